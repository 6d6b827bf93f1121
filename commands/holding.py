"""`section9 hold`: what must not be deleted."""

from datetime import datetime
from typing import TYPE_CHECKING

import click

from commands.app import App
from commands.casework import DAY
from commands.completing import QUERIES

if TYPE_CHECKING:
    from cases.approvals import Asked
    from cases.holds import Standing


@click.group()
def hold() -> None:
    """Freeze mail for a case: what a hold matches is not deleted, now or in future."""


@hold.command("place")
@click.argument("case_id", metavar="CASE")
@click.option(
    "--query",
    default="",
    shell_complete=QUERIES,
    help="Which messages, in the language of `search`.",
)
@click.option("--person", "people", multiple=True, help="Whose mail: an address.")
@click.option("--since", type=DAY, help="First day held.")
@click.option("--until", type=DAY, help="Last day held.")
@click.option("--reason", required=True, help="Why; written to the ledger.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object.")
@click.pass_obj
def place(  # noqa: PLR0913 - each narrows the hold
    app: App,
    case_id: str,
    *,
    query: str,
    people: tuple[str, ...],
    since: datetime | None,
    until: datetime | None,
    reason: str,
    as_json: bool,
) -> None:
    """Freeze every message that fits all that is given, now and in future.

    A message may be under many holds. One that could not be fully read is held where it may fit.

    \b
    section9 hold place C-0042 --query 'from:j.doe' --reason 'HR referral 17'
    section9 hold place C-0042 --person j.doe@school.example --since 2026-09-01 --reason 'tribunal'
    """
    from cases.holds import Terms

    days = {
        "since": since.date() if since else None,
        "until": until.date() if until else None,
    }
    placed = app.holds.place(case_id, Terms(reason, people, **days, query=query))
    _print(app, app.holds.standing()[placed.id], as_json=as_json)


@hold.command("release")
@click.argument("hold_id", metavar="HOLD")
@click.option("--reason", required=True, help="Why; written to the ledger.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object.")
@click.pass_obj
def release(app: App, hold_id: str, *, reason: str, as_json: bool) -> None:
    """End a hold. It takes two people, and then some days to think again.

    Run it once to ask, have somebody else approve, and run it again when it has cooled off.

    \b
    section9 hold release H-0003 --reason 'tribunal is over'
    section9 approve R-0007                        # somebody else
    section9 hold release H-0003 --reason 'tribunal is over'
    """
    from cases.approvals import ApprovalMissingError
    from cases.holds import asked_release, find

    try:
        released = app.holds.release(hold_id, reason=reason)
    except ApprovalMissingError as error:
        held = find(app.holds.standing(), hold_id).hold
        ask(app, asked_release(held, reason=reason), error, as_json=as_json)
        return
    _print(app, released, as_json=as_json)


@hold.command("list")
@click.option("--all", "released", is_flag=True, help="Those that were released, too.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line.")
@click.pass_obj
def list_holds(app: App, *, released: bool, as_json: bool) -> None:
    """List the holds, and how much mail of its case's scope each holds now.

    Those of incident records, too. None that concerns whoever asks.

    \b
    section9 hold list
    """
    from cases.roles import Deed

    app.accounts.require(app.actor, Deed.SEE_CASES)
    for found in app.holds.visible():
        if released or found.released is None:
            _print(app, found, as_json=as_json)


def ask(app: App, asked: "Asked", missing: Exception, *, as_json: bool = False) -> None:
    """Ask for what takes two people, unless it is asked already: then say what is missing."""
    from cases.approvals import pending
    from commands.case_lines import request_line
    from commands.lines import echo_json

    if pending(app.desk.requests(), asked, app.case_clock()):
        raise missing
    request = app.desk.ask(asked)
    if as_json:
        echo_json(request_line(request, now=app.case_clock()))
        return
    click.echo(
        f"{request.id} asks for it: have somebody else run `section9 approve {request.id}` "
        f"before {request.lapses:%Y-%m-%d %H:%M} UTC, then run this again"
    )


def _print(app: App, found: "Standing", *, as_json: bool) -> None:
    from cases.holds import count_in_case
    from commands.keeping_lines import hold_line
    from commands.lines import echo_json

    count = 0 if found.released else count_in_case(app.index, app.casebook, found.hold)
    if as_json:
        echo_json(hold_line(found, count))
        return
    held, state = found.hold, "released" if found.released else "holds"
    of = f"incident {held.incident}" if held.incident else f"case {held.case}"
    click.secho(f"{held.id}  {of}  {state}", bold=True)
    click.echo(f"    {found.by} placed it on {found.placed:%Y-%m-%d}: {held.reason}")
    if held.mails:
        named = f"{len(held.mails):,} message{'' if len(held.mails) == 1 else 's'}"
        click.echo(f"    {named} that it names{'' if found.released else ', until it is closed'}")
        return
    people = " ".join(held.people) or "anybody"
    dates = f"{held.since or 'the beginning'} to {held.until or 'whenever'}"
    click.echo(f"    mail of {people}, {dates}{f', that matches {held.query}' * bool(held.query)}")
    if not found.released:
        click.echo(f"    {count:,} messages of the case's scope now, and all that match later")
