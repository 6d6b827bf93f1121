"""`section9 people exception`: staff and students who may write to each other, for a time."""

from datetime import datetime
from typing import TYPE_CHECKING

import click

from commands.app import App
from commands.holding import ask

if TYPE_CHECKING:
    from cases.exceptions import Declared, Exceptions

DAY = click.DateTime(formats=["%Y-%m-%d"])


@click.group()
def exception() -> None:
    """Declare who may write to each other though one is staff and one a student.

    A parent who works at the school, a family that is friends. What passes between the two is
    then a note that alerts nobody, and makes no pattern. It takes two people and has an end.
    """


@exception.command("add")
@click.option("--adult", required=True, help="An address of the member of staff.")
@click.option("--child", required=True, help="An address of the student.")
@click.option("--until", type=DAY, required=True, help="The last day: renew it, or it lapses.")
@click.option("--reason", required=True, help="Why; written to the ledger.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object.")
@click.pass_obj
def add(  # noqa: PLR0913 - an option each
    app: App, *, adult: str, child: str, until: datetime, reason: str, as_json: bool
) -> None:
    """Declare an exception: run it once to ask, and again when the DSL or the head has approved.

    \b
    section9 people exception add --adult j.doe@school.example --child 26a@school.example \\
        --until 2027-07-31 --reason 'mother and daughter'
    section9 approve R-0007                        # the DSL or the head teacher
    """
    from cases.approvals import ApprovalMissingError
    from cases.exceptions import asked
    from commands.logs import log_to_stderr
    from commands.watching import look, standing_for

    log_to_stderr()
    one, other = standing_for(app, adult), standing_for(app, child)
    try:
        made = _exceptions(app).declare(one, other, until.date(), reason=reason)
    except ApprovalMissingError as error:
        ask(app, asked(one, other, until.date(), reason=reason), error, as_json=as_json)
        return
    look(app)
    _print(made, as_json=as_json)


@exception.command("list")
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line.")
@click.pass_obj
def list_(app: App, *, as_json: bool) -> None:
    """List the exceptions, those of [[trust.exception]] too, but none of your own.

    \b
    section9 people exception list
    """
    found = (*_exceptions(app).declared().values(), *_in_settings(app))
    for one in found:
        _print(one, as_json=as_json)
    if not found:
        click.echo("no exception is declared", err=True)


@exception.command("end")
@click.argument("name", metavar="EXCEPTION")
@click.option("--reason", required=True, help="Why; written to the ledger.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object.")
@click.pass_obj
def end(app: App, name: str, *, reason: str, as_json: bool) -> None:
    """End an exception today: what passes from tomorrow on counts again.

    \b
    section9 people exception end E-0001 --reason 'she has left the school'
    """
    _print(_exceptions(app).end(name, reason=reason), as_json=as_json)


def _exceptions(app: App) -> "Exceptions":
    from cases.exceptions import Exceptions

    return Exceptions(app.ledger, app.actor, app.case_clock, app.accounts)


def _in_settings(app: App) -> "list[Declared]":
    from archive.pattern_events import ExceptionId
    from cases.exceptions import Declared

    return [
        Declared(
            *(ExceptionId("settings"), one.adult, one.child, one.until, one.reviewer, "", one.why)
        )
        for one in app.settings.trust.exception
        if not app.accounts.concerned(app.actor, (one.adult, one.child))
    ]


def _print(one: "Declared", *, as_json: bool) -> None:
    from commands.lines import echo_json
    from commands.pattern_lines import exception_line

    if as_json:
        echo_json(exception_line(one))
        return
    ended = f", ended {one.ended:%Y-%m-%d}" if one.ended else ""
    click.echo(f"{one.id:<9} {one.adult} and {one.child} until {one.until}{ended}")
    click.echo(f"          agreed by {one.reviewer}: {one.reason}")
