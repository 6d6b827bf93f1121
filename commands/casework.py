"""`section9 case`: open, list, show, extend, close."""

from datetime import UTC, datetime, timedelta

import click

from commands.app import App
from section9 import Case, CaseKind, Purpose, Scope

DAY = click.DateTime(formats=["%Y-%m-%d"])
PURPOSES = {
    "a": Purpose.WRONGFUL_ACT,
    "b": Purpose.LEGAL_OBLIGATION,
    **{purpose.value: purpose for purpose in Purpose},
}


@click.group()
def case() -> None:
    """Open and keep the cases that mail may be read in (policy clause 9.2)."""


@case.command("open")
@click.option(
    "--purpose",
    type=click.Choice(list(PURPOSES)),
    required=True,
    help="a: alleged wrongful acts; b: a legal obligation.",
)
@click.option(
    "--kind",
    type=click.Choice(list(CaseKind)),
    default=CaseKind.INVESTIGATION,
    show_default=True,
    help="sar, foi and breach hold the mail in scope by themselves.",
)
@click.option("--authoriser", required=True, help="Who allows it: an account, not yours.")
@click.option("--investigator", help="Who will read: an account.  [default: you]")
@click.option("--reason", required=True, help="Why; written to the ledger.")
@click.option("--person", "people", multiple=True, required=True, help="Whose mail: an address.")
@click.option("--since", type=DAY, required=True, help="First day in scope.")
@click.option("--until", type=DAY, required=True, help="Last day in scope.")
@click.option("--expires", type=DAY, required=True, help="The last day of the case.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object.")
@click.pass_obj
def open_case(  # noqa: PLR0913 - a case is all of these
    app: App,
    *,
    purpose: str,
    kind: CaseKind,
    authoriser: str,
    investigator: str | None,
    reason: str,
    people: tuple[str, ...],
    since: datetime,
    until: datetime,
    expires: datetime,
    as_json: bool,
) -> None:
    """Open a case: a purpose, two people, a reason, a scope and an end.

    \b
    section9 case open --purpose a --authoriser h.ead --reason 'HR referral 17' \\
        --person j.doe@school.example --since 2026-09-01 --until 2026-10-31 \\
        --expires 2026-12-31
    """
    from cases.applications import Application

    application = Application(
        purpose=PURPOSES[purpose],
        reason=reason,
        authoriser=authoriser,
        investigator=investigator or app.actor,
        scope=Scope(tuple(map(str.lower, people)), since.date(), until.date()),
        expires=_end_of(expires),
        kind=kind,
    )
    _print(app.casebook.open(application), as_json=as_json)


@case.command("list")
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line.")
@click.pass_obj
def list_cases(app: App, *, as_json: bool) -> None:
    """List every case, newest last.

    \b
    section9 case list
    """
    for found in app.casebook.cases().values():
        _print(found, as_json=as_json)


@case.command("show")
@click.argument("case_id")
@click.option("--json", "as_json", is_flag=True, help="One JSON object.")
@click.pass_obj
def show_case(app: App, case_id: str, *, as_json: bool) -> None:
    """Show one case.

    \b
    section9 case show C-0001
    """
    _print(app.casebook.case(case_id), as_json=as_json)


@case.command("extend")
@click.argument("case_id")
@click.option("--authoriser", required=True, help="Who allows it; not the investigator.")
@click.option("--reason", required=True, help="Why; written to the ledger.")
@click.option("--expires", type=DAY, required=True, help="The new last day of the case.")
@click.pass_obj
def extend_case(app: App, case_id: str, *, authoriser: str, reason: str, expires: datetime) -> None:
    """Move a case's end.

    \b
    section9 case extend C-0001 --authoriser h.ead --reason 'hearing moved' --expires 2027-02-01
    """
    changed = app.casebook.extend(
        case_id, authoriser=authoriser, reason=reason, expires=_end_of(expires)
    )
    _print(changed, as_json=False)


@case.command("close")
@click.argument("case_id")
@click.option("--reason", required=True, help="Why; written to the ledger.")
@click.pass_obj
def close_case(app: App, case_id: str, *, reason: str) -> None:
    """End a case: it opens nothing from here on.

    \b
    section9 case close C-0001 --reason 'no further action'
    """
    _print(app.casebook.close(case_id, reason=reason), as_json=False)


def _end_of(day: datetime) -> datetime:
    """The moment at which a day is over."""
    return day.replace(tzinfo=UTC) + timedelta(days=1)


def _print(found: Case, *, as_json: bool) -> None:
    from commands.lines import case_line, echo_json

    if as_json:
        echo_json(case_line(found))
        return
    last_day = found.expires - timedelta(days=1)
    state = f"closed {found.closed:%Y-%m-%d}" if found.closed else f"until {last_day:%Y-%m-%d}"
    click.secho(f"{found.id}  {found.kind}, clause {found.purpose}  {state}", bold=True)
    click.echo(f"    {found.investigator} reads, {found.authoriser} allowed it: {found.reason}")
    people = ", ".join(found.scope.people)
    click.echo(f"    mail of {people}, {found.scope.since} to {found.scope.until}")
