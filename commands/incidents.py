"""`section9 incident`: short written records of what was met (clauses 5.7 and 6.6)."""

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from commands.app import App
from commands.completing import CASES
from commands.moments import Moment

if TYPE_CHECKING:
    from cases.incidents import Incident, Incidents
    from section9 import CaseId, MailId

json_option = click.option("--json", "as_json", is_flag=True, help="One JSON object a line.")
mail_option = click.option(
    "--mail", "mails", multiple=True, help="A message it is about: its id, or the beginning."
)
linked_option = click.option(
    "--case", "case_id", default="", shell_complete=CASES, help="The case it is part of."
)


@click.group()
def incident() -> None:
    """Record what somebody met: who, when, what, and what was done about it.

    \b
    section9 incident file --what 'threats in a message' --mail 1f3a9c0b21de
    section9 incident list --open
    section9 incident show I-0001 > record.txt
    """


@incident.command("file")
@click.option("--what", required=True, help="What happened, in a few words.")
@click.option("--done", default="", help="What was done about it.")
@click.option("--when", type=Moment(), help="When it happened, by the clock.  [default: now]")
@click.option("--reporter", default="", help="Who met it.  [default: you]")
@click.option("--about", "concerns", multiple=True, help="An address of somebody it concerns.")
@click.option("--pattern", default="", help="A pattern it is about.")
@mail_option
@linked_option
@json_option
@click.pass_obj
def file(  # noqa: PLR0913 - a record is all of these
    app: App,
    *,
    what: str,
    done: str,
    when: datetime | None,
    reporter: str,
    concerns: tuple[str, ...],
    pattern: str,
    mails: tuple[str, ...],
    case_id: str,
    as_json: bool,
) -> None:
    """Make a record of something unacceptable that somebody met or was told of.

    Whoever it concerns is never shown it.

    The messages that it names are not deleted until it is closed: `section9 hold list`.

    \b
    section9 incident file --what 'threats in a message' --done 'parents called' \\
        --mail 1f3a9c0b21de --about j.doe@school.example
    """
    from cases.incidents import Report

    report = Report(
        happened=when or app.case_clock(),
        reporter=reporter,
        what=what,
        done=done,
        concerns=concerns,
        mails=_mails(app, mails),
        pattern=pattern,
        case=_case(app, case_id),
    )
    _tell(app, incidents(app).file(report), as_json=as_json)


@incident.command("list")
@click.option("--open", "open_", is_flag=True, help="Only those that are not closed.")
@json_option
@click.pass_obj
def list_incidents(app: App, *, open_: bool, as_json: bool) -> None:
    """List the records that you may read, the newest last.

    \b
    section9 incident list --open
    """
    shown = [one for one in incidents(app).visible() if not (open_ and one.closed)]
    for found in shown:
        _print(found, as_json=as_json)
    if not shown:
        click.echo("no record that you may read", err=True)


@incident.command("show")
@click.argument("name", metavar="INCIDENT")
@click.option("--html", type=click.Path(path_type=Path), help="Write a page for printing.")
@json_option
@click.pass_obj
def show(app: App, name: str, *, html: Path | None, as_json: bool) -> None:
    """Show a record as it is printed for the safeguarding system: no message is on it.

    \b
    section9 incident show I-0001 > record.txt
    section9 incident show I-0001 --html record.html
    """
    from commands.lines import echo_json
    from commands.triage_lines import incident_line
    from evidence import incident_page as page

    found = incidents(app).incident(name)
    if as_json:
        echo_json(incident_line(found))
        return
    if html is None:
        click.echo(page.text(found, printed=app.clock(), by=app.actor), nl=False)
        return
    html.write_text(page.html(found, printed=app.clock(), by=app.actor), encoding="utf-8")
    click.echo(f"{found.id}  written to {html}")


@incident.command("amend")
@click.argument("name", metavar="INCIDENT")
@click.option("--done", default="", help="What was done since, or has to be put right.")
@mail_option
@linked_option
@json_option
@click.pass_obj
def amend(  # noqa: PLR0913 - each is an option of the command
    app: App, name: str, *, done: str, mails: tuple[str, ...], case_id: str, as_json: bool
) -> None:
    """Add to a record. What stood there before stays.

    \b
    section9 incident amend I-0001 --done 'met the parents on Tuesday'
    """
    mails_, case = _mails(app, mails), _case(app, case_id)
    _tell(app, incidents(app).amend(name, done, mails=mails_, case=case), as_json=as_json)


@incident.command("close")
@click.argument("name", metavar="INCIDENT")
@click.option("--outcome", required=True, help="How it ended.")
@json_option
@click.pass_obj
def close(app: App, name: str, *, outcome: str, as_json: bool) -> None:
    """Say how it ended; the record takes nothing more, and its messages are held no longer.

    Where it holds messages that takes two people: run it once to ask, have somebody else approve,
    and run it again.

    \b
    section9 incident close I-0001 --outcome 'warned; no further action'
    section9 approve R-0007                        # somebody else
    section9 incident close I-0001 --outcome 'warned; no further action'
    """
    from cases.approvals import ApprovalMissingError
    from commands.holding import ask

    kept = incidents(app)
    try:
        closed = kept.close(name, outcome)
    except ApprovalMissingError as error:
        if (asked := kept.closing(name, outcome)) is None:
            raise
        ask(app, asked, error, as_json=as_json)
        return
    _tell(app, closed, as_json=as_json)


def incidents(app: App) -> "Incidents":
    """The records, as whoever acts may keep them."""
    from cases.incidents import Incidents

    return Incidents(app.ledger, app.actor, app.case_clock, app.accounts)


def _mails(app: App, given: tuple[str, ...]) -> "tuple[MailId, ...]":
    """The whole ids of messages, which say nothing of them."""
    found = []
    for begun in given:
        fits = app.index.resolve(begun)
        if len(fits) != 1:
            what = "is no message's id" if not fits else "begins several ids: give more of it"
            raise click.BadParameter(f"{begun} {what}", param_hint="--mail")
        found += fits
    return tuple(found)


def _case(app: App, given: str) -> "CaseId | None":
    return app.casebook.case(given).id if given else None


def _tell(app: App, found: "Incident", *, as_json: bool) -> None:
    """Print a record that was changed, and what is held for it now."""
    from cases.holds import live

    _print(found, as_json=as_json)
    for hold in live(app.holds.standing()):
        if hold.incident == found.id and not as_json:
            named = f"{len(hold.mails):,} message{'' if len(hold.mails) == 1 else 's'}"
            click.echo(f"    {hold.id} keeps {named} until two people close the record")


def _print(found: "Incident", *, as_json: bool) -> None:
    from cases.telling import safe
    from commands.lines import echo_json
    from commands.triage_lines import incident_line

    if as_json:
        echo_json(incident_line(found))
        return
    filed = found.filed
    state = f"closed {found.closed.at:%Y-%m-%d}" if found.closed else "open"
    number = len(found.mails)
    linked = f"  {number:,} message{'' if number == 1 else 's'}" if number else ""
    case = f"  {found.case}" if found.case else ""
    click.secho(f"{found.id}  {filed.happened:%Y-%m-%d %H:%M}  {state}{linked}{case}", bold=True)
    click.echo(f"    {safe(filed.reporter)} reported: {safe(filed.words)}")
