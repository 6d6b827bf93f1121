"""`section9 audit digest`: a week's acts for somebody outside IT, on the terminal or by mail."""

from datetime import datetime
from typing import TYPE_CHECKING

import click

from commands.app import App

if TYPE_CHECKING:
    from archive.report_events import Period
    from cases.digest import Counts, Digest

DAY = click.DateTime(formats=["%Y-%m-%d"])


@click.command()
@click.option("--week", type=DAY, help="The week that has this day.  [default: the last full one]")
@click.option("--mail", is_flag=True, help="Mail it to those in [audit] mail_to.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object.")
@click.pass_obj
def digest(app: App, *, week: datetime | None, mail: bool, as_json: bool) -> None:
    """Tell what was done in a week, for somebody outside IT: counts and cases, no content.

    \b
    section9 audit digest
    section9 audit digest --week 2026-11-16 --mail
    """
    from cases.digest import last_week, week_of
    from commands.audit_lines import digest_line
    from commands.lines import echo_json

    chosen = week_of(week.date()) if week else last_week(app.clock())
    enter(app, f"digest {chosen.first}")
    if mail:
        _mail(app, chosen)
        return
    told = _digest(app, chosen, app.accounts.addresses(app.actor))
    if as_json:
        echo_json(digest_line(told))
    else:
        click.echo(digest_text(told), nl=False)


def _mail(app: App, week: "Period") -> None:
    """Send to each what they may know: nobody learns that they are investigated."""
    from archive.books import Book
    from archive.case_events import Reported
    from commands.mailing import letter, send

    settings, what = app.settings, f"digest {week.first}"
    if not settings.audit.mail_to:
        raise click.UsageError("nobody gets it: name them in [audit] mail_to of section9.toml")
    for to in settings.audit.mail_to:
        text = digest_text(_digest(app, week, app.accounts.behind(to)))
        subject, now = f"Section 9: week of {week.first}", app.clock()
        send(settings.alerts, letter(settings.alerts, to, subject, text, at=now))
        app.ledger.append(Book.CASES, (Reported(app.clock(), app.actor, what, to),))
    click.echo(f"{what} was mailed to {len(settings.audit.mail_to):,}")


def _digest(app: App, week: "Period", reader: frozenset[str]) -> "Digest":
    from itertools import chain

    from archive.books import Book
    from cases.digest import digest as count
    from cases.oversight import affairs

    about = affairs(app.ledger.events(Book.CASES))
    events = chain(app.ledger.events(Book.CASES), app.ledger.events(Book.ACCESS))
    return count(week, events, app.casebook.cases().values(), about, reader=reader)


def enter(app: App, what: str, filters: tuple[str, ...] = ()) -> None:
    """Record that somebody reads the log, or that they may not, before anything is shown."""
    from archive.access_events import LogRead, Refused
    from archive.books import Book
    from cases.roles import Deed, NoAuthorityError

    now = app.case_clock()
    try:
        app.require_operator(Deed.AUDIT)
    except NoAuthorityError as error:
        refused = Refused(now, app.actor, "", f"audit {what}", type(error).__name__)
        app.ledger.append(Book.ACCESS, (refused,))
        raise
    app.ledger.append(Book.ACCESS, (LogRead(now, app.actor, what, filters),))


def digest_text(told: "Digest") -> str:
    """A digest, as a person outside IT reads it."""
    blocks = (
        (f"Section 9: what was done in the seven days from {told.period.start:%A %d %B %Y} (UTC)",),
        ("Cases", *_cases(told)),
        ("Looking at mail", *_looks(told)),
        ("Keeping, deleting and the system", *_upkeep(told)),
        ("Who did how much", *(f"{one.account}: {_each(one.acts)}" for one in told.deeds)),
    )
    return "\n".join("\n  ".join(block) + "\n" for block in blocks)


def _cases(told: "Digest") -> tuple[str, ...]:
    acts = dict(told.acts)
    alone = f", {told.unattested:,} of them by one account alone" if told.unattested else ""
    asked, agreed, declined = (acts.get(one, 0) for one in ("requested", "approved", "declined"))
    return (
        f"opened: {_named(told.opened)}{alone}",
        f"extended: {_named(told.extended)}",
        f"closed: {_named(told.closed)}",
        f"expired: {_named(told.expired)}",
        f"open at the end of the week: {told.live:,}",
        f"what takes two people: asked {asked:,}, approved {agreed:,}, declined {declined:,}",
    )


def _looks(told: "Digest") -> tuple[str, ...]:
    acts = dict(told.acts)
    return (
        f"searches: {acts.get('searched', 0):,}, which found {told.found:,} messages",
        f"messages opened: {_counted(told.views)}",
        f"refused: {_counted(told.refusals)}",
        *(
            f"an ended case was tried in vain: {one.case} by {one.account}, {one.times:,} times"
            for one in told.in_vain
        ),
        f"protected messages that a second person opened: {told.protected:,}",
        f"exports: {acts.get('exported', 0):,}",
        f"readings of the audit log: {acts.get('log-read', 0):,}",
    )


def _upkeep(told: "Digest") -> tuple[str, ...]:
    acts = dict(told.acts)
    proofs = acts.get("verified", 0) + acts.get("audited", 0)
    return (
        f"holds: {acts.get('hold-placed', 0):,} placed, {acts.get('hold-released', 0):,} released",
        f"seals: {acts.get('sealed', 0):,} put on, {acts.get('seal-broken', 0):,} broken",
        f"retention ran {acts.get('retention-ran', 0):,} times; {told.purged:,} messages purged",
        f"who may do what was changed {acts.get('rights-changed', 0):,} times",
        f"the archive was proven {proofs:,} times, with {told.problems:,} problems at worst",
        f"the ledger was anchored {acts.get('anchored', 0):,} times",
    )


def _named(cases: tuple[str, ...]) -> str:
    return f"{len(cases):,} ({', '.join(cases)})" if cases else "none"


def _counted(counts: "Counts") -> str:
    total = sum(count for _, count in counts)
    return f"{total:,} ({_each(counts)})" if counts else "none"


def _each(counts: "Counts") -> str:
    return ", ".join(f"{name} {count:,}" for name, count in counts)
