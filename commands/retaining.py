"""`section9 retention` and `section9 purge`: what is deleted, when, and by which rule."""

from collections import Counter
from typing import TYPE_CHECKING

import click

from commands.app import App
from commands.investigation import case_option
from section9 import MailId

if TYPE_CHECKING:
    from archive.events import Event
    from cases.approvals import Asked
    from cases.retaining import Planned


@click.group()
def retention() -> None:
    """Delete mail when its time is over, unless a hold, a seal or an open case keeps it."""


@retention.command("plan")
@click.option("--json", "as_json", is_flag=True, help="One JSON object a message.")
@click.pass_obj
def plan(app: App, *, as_json: bool) -> None:
    """Show what would go, and what is kept and why. Nothing is changed.

    \b
    section9 retention plan
    """
    from cases.roles import Deed
    from commands.keeping_lines import planned_line
    from commands.lines import echo_json
    from commands.web_keeping import plan as plan_web

    app.require_operator(Deed.RETAIN)
    goes, kept = Counter[str](), Counter[str]()
    with app.custody() as custody:
        custody.refresh()
        for one in app.retention(custody).plan():
            _count(one, goes, kept)
            if as_json:
                echo_json(planned_line(one))
    web = plan_web(app, as_json=as_json)
    if not as_json:
        _print(goes, kept)
        click.echo(web)


def _count(one: "Planned", goes: "Counter[str]", kept: "Counter[str]") -> None:
    kept.update(one.kept)
    if not one.kept:
        goes[one.due.rule] += 1


def _print(goes: "Counter[str]", kept: "Counter[str]") -> None:
    for rule, count in sorted(goes.items()):
        click.echo(f"{count:>9,} would go: {rule}")
    for name, count in sorted(kept.items()):
        click.echo(f"{count:>9,} are due and kept by {name}")
    click.echo(f"{goes.total():,} messages would go")


@retention.command("run")
@click.option(
    "--clock-is-right",
    is_flag=True,
    help="You have looked: so much time has really passed since retention last ran.",
)
@click.option("--json", "as_json", is_flag=True, help="One JSON object.")
@click.pass_obj
def run(app: App, *, clock_is_right: bool, as_json: bool) -> None:
    """Purge what is due and not kept; a certificate says what went, by which rule.

    Interrupted, it goes on when it is run again. It is refused while the clock runs behind the
    ledger, or has leapt ahead by more than a month since the last run.

    \b
    section9 retention run
    """
    from cases.roles import Deed
    from commands.keeping_lines import RetentionLine
    from commands.lines import echo_json
    from commands.logs import log_to_stderr
    from commands.progress import progress
    from commands.web_keeping import run as run_web

    app.require_operator(Deed.RETAIN)
    log_to_stderr()
    with (
        app.custody() as custody,
        app.purging(custody) as purge,
        progress("purging", total=None, unit="messages") as bar,
    ):
        purge.resume()
        ran = app.retention(custody).run(
            purge, clock_confirmed=clock_is_right, progress=bar.advance
        )
    web = run_web(app)
    names = (*ran.certificates, *web.certificates)
    if as_json:
        echo_json(RetentionLine(ran.purged, ran.kept, names, web.purged, web.kept))
        return
    for name in names:
        click.echo(f"certificate {app.data / 'archive' / 'certificates' / name}.json")
    click.echo(f"{ran.purged:,} messages purged, {ran.kept:,} due and kept")
    click.echo(f"{web.purged:,} lines of web logs purged, {web.kept:,} due and kept")


@click.command()
@click.argument("mails", nargs=-1, required=True, metavar="MAIL…")
@case_option
@click.option("--reason", required=True, help="Why; written to the ledger.")
@click.pass_obj
def purge(app: App, mails: tuple[str, ...], *, case_id: str, reason: str) -> None:
    """Purge messages of a case's scope before their time. It takes two people.

    Run it once to ask, have somebody else approve, and run it again. What is held or sealed stays.

    \b
    section9 purge 1f3a9c0b21de --case C-0001 --reason 'erasure request 4'
    section9 approve R-0003                        # somebody else
    section9 purge 1f3a9c0b21de --case C-0001 --reason 'erasure request 4'
    """
    from archive.case_words import Act
    from cases.approvals import ApprovalMissingError, Asked
    from commands.holding import ask
    from commands.logs import log_to_stderr

    log_to_stderr()
    found = tuple(app.gate.find(case_id, mail, act="purge") for mail in mails)
    case = app.casebook.case(case_id)
    asked = Asked(Act.PURGE_EARLY, found, reason, case.id, case.scope.concerned)
    try:
        _purge(app, asked)
    except ApprovalMissingError as error:
        ask(app, asked, error)


def _purge(app: App, asked: "Asked") -> None:
    from archive.case_events import RequestUsed
    from cases.approvals import fold, granted
    from cases.purge import Doomed

    def consent(events: "tuple[Event, ...]") -> "tuple[Event, ...]":
        now = app.case_clock()
        request = granted(fold(events), asked.act, asked.subject, now, case=asked.case)
        return (RequestUsed(now, app.actor, request.id),)

    doomed = [Doomed(mail, f"before time: {asked.reason}") for mail in map(MailId, asked.subject)]
    with app.custody() as custody, app.purging(custody) as purging:
        outcome = purging.early(doomed, consent=consent)
    click.echo(f"{len(outcome.purged):,} messages purged")
    click.echo(f"certificate {app.data / 'archive' / 'certificates' / outcome.certificate}.json")
