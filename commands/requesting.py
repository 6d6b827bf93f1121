"""`section9 approve` and `section9 request`: what takes two people."""

from typing import TYPE_CHECKING

import click

from commands.app import App
from commands.completing import CASES

if TYPE_CHECKING:
    from cases.approvals import Request


@click.command()
@click.argument("request_id", metavar="REQUEST")
@click.option("--json", "as_json", is_flag=True, help="One JSON object.")
@click.pass_obj
def approve(app: App, request_id: str, *, as_json: bool) -> None:
    """Agree, as the second person, to what somebody else has asked for.

    Never by whoever asked, who investigates the case, or whom it concerns.

    \b
    section9 request show R-0001
    section9 approve R-0001
    """
    _print(app, app.desk.approve(request_id), as_json=as_json)


@click.group()
def request() -> None:
    """See, and turn down, what takes two people: requests that `section9 approve` agrees to."""


@request.command("list")
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line.")
@click.pass_obj
def list_requests(app: App, *, as_json: bool) -> None:
    """List the requests that you may know of, newest last.

    \b
    section9 request list
    """
    for found in app.desk.visible():
        _print(app, found, as_json=as_json)


@request.command("show")
@click.argument("request_id", metavar="REQUEST")
@click.option("--json", "as_json", is_flag=True, help="One JSON object.")
@click.pass_obj
def show_request(app: App, request_id: str, *, as_json: bool) -> None:
    """Show one request: who asks for what, why, and where it stands.

    \b
    section9 request show R-0001
    """
    _print(app, app.desk.seen(request_id), as_json=as_json)


@request.command("open")
@click.argument("mail")
@click.option(
    "--case", "case_id", required=True, metavar="CASE", shell_complete=CASES, help="In which case."
)
@click.option("--reason", required=True, help="Why; written to the ledger.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object.")
@click.pass_obj
def request_open(app: App, mail: str, *, case_id: str, reason: str, as_json: bool) -> None:
    """Ask to open a message of protected correspondence, which `search` and `show` withhold.

    \b
    section9 request open 1f3a9c0b21de --case C-0001 --reason 'she asks for it herself'
    """
    _print(app, app.gate.ask_to_open(case_id, mail, app.desk, reason=reason), as_json=as_json)


@request.command("decline")
@click.argument("request_id", metavar="REQUEST")
@click.option("--reason", required=True, help="Why; written to the ledger.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object.")
@click.pass_obj
def decline_request(app: App, request_id: str, *, reason: str, as_json: bool) -> None:
    """Turn a request down, or take it back, also once it is approved and not yet used.

    \b
    section9 request decline R-0001 --reason 'the parents have objected'
    """
    _print(app, app.desk.decline(request_id, reason=reason), as_json=as_json)


def _print(app: App, found: "Request", *, as_json: bool) -> None:
    from commands.case_lines import request_line
    from commands.lines import echo_json

    now = app.case_clock()
    if as_json:
        echo_json(request_line(found, now=now))
        return
    asked, state = found.asked, found.state(now)
    case = f" in case {asked.case}" if asked.case else ""
    click.secho(f"{found.id}  {asked.act} {' '.join(asked.subject)}{case}  {state}", bold=True)
    click.echo(f"    {found.by} asked on {found.at:%Y-%m-%d %H:%M}: {asked.reason}")
    if found.approved:
        usable = found.approved.usable
        click.echo(f"    {found.approved.by} approved it on {found.approved.at:%Y-%m-%d %H:%M}")
        if state == "cooling":
            click.echo(f"    it cools off until {usable:%Y-%m-%d %H:%M} UTC")
    if found.declined:
        click.echo(f"    {found.declined.by} declined it: {found.declined.reason}")
    if state in {"waiting", "cooling", "approved"}:
        click.echo(f"    lapses on {found.lapses:%Y-%m-%d %H:%M} UTC")
