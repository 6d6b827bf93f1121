"""`section9 timeline`: what somebody did, in the order of time."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import click

from cases.telling import safe
from commands import web_house
from commands.app import App
from commands.completing import PEOPLE
from commands.investigation import NO_HITS, SHORT, case_option

if TYPE_CHECKING:
    from cases.answers import Answer, Deletions
    from cases.timeline import Moment
    from cases.web_gate import WebAnswer

DAY = click.DateTime(["%Y-%m-%d"])
MOST = 10_000  # messages, and as many visits
COLOURS = {"finding": "red", "blocked": "red", "deletion": "magenta", "web": "blue"}


@dataclass(frozen=True, slots=True)
class Wanted:
    """Whose timeline, in which case, from when to when: both days included, by local clocks."""

    case: str
    person: str
    since: date | None
    until: date | None
    zone: ZoneInfo

    @property
    def low(self) -> datetime | None:
        """The first moment, UTC."""
        return self._midnight(self.since) if self.since else None

    @property
    def high(self) -> datetime | None:
        """The first moment after it, UTC."""
        return self._midnight(self.until + timedelta(days=1)) if self.until else None

    def _midnight(self, day: date) -> datetime:
        return datetime.combine(day, time(), self.zone).astimezone(UTC)


@dataclass(frozen=True, slots=True)
class Given:
    """What the gates gave, and the moments made of it."""

    mails: "Answer"
    deletions: "Deletions"
    visits: "WebAnswer"
    moments: "Sequence[Moment]"
    meant: "Sequence[str] | None" = None  # names like this one, where the directory has it not


@click.command()
@case_option
@click.option(
    "--person",
    required=True,
    shell_complete=PEOPLE,
    help="Whose: a name of the directory, or an address.",
)
@click.option("--since", type=DAY, metavar="DAY", help="The first day, by the trust's clocks.")
@click.option("--until", type=DAY, metavar="DAY", help="The last day.")
@click.option(
    "--html",
    "page",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Write it as a page with a plot, which needs no network and no script.",
)
@click.option("--json", "as_json", is_flag=True, help="One JSON object a moment.")
@click.pass_obj
def timeline(  # noqa: PLR0913 - each is an option of the command
    app: App,
    *,
    case_id: str,
    person: str,
    since: datetime | None,
    until: datetime | None,
    page: Path | None,
    as_json: bool,
) -> None:
    """Tell somebody's mail, its findings, deletions and web visits in the order of time.

    As far as the case goes: what it withholds is told by its metadata alone. Every look is
    recorded. Times are those of the trust's clocks ([trust] zone). Exit code 4: there is nothing.

    \b
    section9 timeline --case C-0001 --person 'Jane Doe'
    section9 timeline --case C-0001 --person j.doe@school.example --since 2026-09-01 --html j.html
    """
    zone = ZoneInfo(app.settings.trust.zone)
    days = (since.date() if since else None, until.date() if until else None)
    wanted = Wanted(case_id, person, *days, zone)
    _check(wanted, page)
    given = _gather(app, wanted)
    if page:
        _write(page, given, wanted)
    if as_json:
        _print_json(given)
    elif not page:
        _print(given, zone)
    _say_what_is_not_on_it(given)
    if not given.moments:
        raise click.exceptions.Exit(NO_HITS)


def _check(wanted: Wanted, page: Path | None) -> None:
    """Refuse what could not be told, before anything is looked at."""
    if not wanted.person.strip():
        raise click.BadParameter("name somebody, or give an address", param_hint="--person")
    if wanted.since and wanted.until and wanted.until < wanted.since:
        raise click.BadParameter("comes before --since: swap the two", param_hint="--until")
    if page and page.exists():
        raise click.BadParameter("exists already; name another file", param_hint="--html")
    if page and not page.parent.is_dir():
        raise click.BadParameter(f"there is no folder {page.parent}", param_hint="--html")


def _gather(app: App, wanted: Wanted) -> Given:
    """Ask the gates; each writes the look down."""
    from cases.deleted import deleted
    from cases.timeline import moments
    from people import Directory

    known = Directory(app.people_path).addresses_of(wanted.person)
    name = _quoted(wanted.person)
    whose, who = ("person", "person") if known else ("participant", "user")
    mails = app.gate.search(wanted.case, f"{whose}:{name}{_days(wanted)}", limit=MOST)
    deletions = deleted(app.gate, wanted.case, since=wanted.low)
    with web_house.gate(app) as gate:
        visits = gate.search(wanted.case, f"{who}:{name}{_days(wanted)}", limit=MOST)
    mailboxes = known or (wanted.person.lower(),)
    found = moments(
        mails.page.hits,
        mails.sizes,
        (
            one
            for one in deletions.found
            if one.mailbox in mailboxes and (not wanted.high or one.turn.before < wanted.high)
        ),
        visits.page.hits,
        visits.closed,
    )
    meant = (
        () if known or "@" in wanted.person else app.gate.glossary.meant("person", wanted.person)
    )
    return Given(mails, deletions, visits, found, None if known else tuple(meant))


def _quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def _days(wanted: Wanted) -> str:
    """The days as a query has them: moments, UTC."""
    if not (wanted.low or wanted.high):
        return ""
    ends = (f"{end:%Y-%m-%dT%H:%M}" if end else "*" for end in (wanted.low, wanted.high))
    return f" date:[{' TO '.join(ends)}}}"


def _print_json(given: Given) -> None:
    from commands.lines import echo_json
    from commands.timeline_lines import moment_line

    for one in given.moments:
        echo_json(moment_line(one))


def _print(given: Given, zone: ZoneInfo) -> None:
    """Print it by days."""
    from cases.timeline import folded

    for day, some in groupby(folded(given.moments), lambda one: one.at.astimezone(zone).date()):
        click.secho(f"\n{day:%A} {day.day} {day:%B %Y}", bold=True)
        for one in some:
            _print_moment(one, zone)


def _print_moment(one: "Moment", zone: ZoneInfo) -> None:
    when = f"{one.at.astimezone(zone):%H:%M}"
    kind = click.style(f"{one.kind:<9}", fg=COLOURS.get(one.kind))
    name = click.style(one.id[:SHORT], fg="yellow")
    click.echo(f"  {when}  {kind} {safe(said(one, zone))}  {name}")


def said(one: "Moment", zone: ZoneInfo) -> str:
    """Say in a line what happened, and to or by whom."""
    what = one.what or ("(withheld)" if one.withheld else "(no subject)")
    if one.withheld and one.what:
        what = f"{one.what} (page withheld)"
    if one.times > 1:
        until = f"{(one.until or one.at).astimezone(zone):%H:%M}"
        what = f"{one.times:,} visits to {what}, until {until}"
    return f"{what}  —  {one.who}"


def _write(page: Path, given: Given, wanted: Wanted) -> None:
    from cases.timeline import folded
    from commands.display import whose
    from evidence.timeline import html

    scope = given.mails.authority.scope
    content = html(
        folded(given.moments),
        person=wanted.person,
        case=given.mails.authority.case,
        scope=whose(scope),
        zone=wanted.zone,
        said=lambda one: said(one, wanted.zone),
        notes=list(_notes(given)),
    )
    with page.open("x", encoding="utf-8") as file:
        file.write(content)
    click.echo(f"{page} is written: {len(given.moments):,} moments", err=True)


def _say_what_is_not_on_it(given: Given) -> None:
    for note in _notes(given):
        click.echo(note, err=True)


def _notes(given: Given) -> "Sequence[str]":
    """What must be said with it."""
    mails, visits = given.mails, given.visits
    undated = sum(hit.date is None for hit in mails.page.hits)
    counts = f"{mails.page.total:,} messages and {visits.page.total:,} web visits of this person"
    as_of = f"entry {mails.as_of.number:,} of mail and batch {visits.as_of.number:,} of web logs"
    total, case = len(given.moments), mails.authority.case
    notes = [f"{total:,} moments: {counts} in case {case}, as of {as_of}"]
    for answer, unit in ((mails.page, "messages"), (visits.page, "web visits")):
        if answer.next:
            notes.append(f"only the newest {len(answer.hits):,} {unit}: narrow it with --since")
    if given.meant is not None:
        meant = " or ".join(f'"{name}"' for name in given.meant)
        question = f": did you mean {meant}?" if meant else ""
        notes.append(f"the directory has no such person, so this is of all so named{question}")
    if undated:
        notes.append(f"{undated:,} messages have no date and are not on it")
    if mails.withheld:
        notes.append(f"of {mails.withheld:,} messages the content is withheld")
    if visits.withheld:
        notes.append(f"of {visits.withheld:,} web visits the page is withheld")
    if mails.unsearchable:
        notes.append(f"{mails.unsearchable:,} messages in scope could not be fully searched")
    return notes
