"""`section9 case`: open, list, show, extend, close."""

from datetime import UTC, datetime, timedelta

import click

from archive.case_words import Case, CaseKind, Extent, Purpose, Scope
from commands.app import App

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
    type=click.Choice([kind.value for kind in CaseKind]),
    default=CaseKind.INVESTIGATION.value,
    show_default=True,
    help="sar, foi and breach hold the mail in scope by themselves.",
)
@click.option("--authoriser", default="", help="Who allows it: an account, not the investigator's.")
@click.option("--investigator", help="Who will read: an account.  [default: you]")
@click.option("--reason", required=True, help="Why; written to the ledger.")
@click.option("--dpia", default="", help="Reference of the impact assessment.")
@click.option("--person", "people", multiple=True, help="Whose mail: an address.")
@click.option("--mailbox", "mailboxes", multiple=True, help="Which mailbox's copies: an address.")
@click.option("--metadata-only", "metadata", is_flag=True, help="Who and when; not a word of it.")
@click.option(
    "--programme",
    is_flag=True,
    help="The standing programme: what detectors flagged of everybody's, excerpts first.",
)
@click.option("--since", type=DAY, required=True, help="First day in scope.")
@click.option("--until", type=DAY, required=True, help="Last day in scope.")
@click.option("--expires", type=DAY, required=True, help="The last day of the case.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object.")
@click.pass_obj
def open_case(  # noqa: PLR0913 - a case is all of these
    app: App,
    *,
    purpose: str,
    kind: str,
    authoriser: str,
    investigator: str | None,
    reason: str,
    dpia: str,
    people: tuple[str, ...],
    mailboxes: tuple[str, ...],
    metadata: bool,
    programme: bool,
    since: datetime,
    until: datetime,
    expires: datetime,
    as_json: bool,
) -> None:
    """Open a case: a purpose, two people, a reason, a scope and an end.

    Where section9.toml has [roles], an investigator's case opens when an authoriser runs
    `section9 approve`; or an authoriser opens it for an investigator with --investigator.

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
        scope=_scope(app, people, mailboxes, programme=programme, days=(since, until)),
        expires=_end_of(expires),
        kind=CaseKind(kind),
        extent=_extent(metadata=metadata, programme=programme),
        dpia=dpia,
    )
    _print(app, app.casebook.open(application), as_json=as_json)


def _extent(*, metadata: bool, programme: bool) -> Extent:
    if metadata and programme:
        raise click.UsageError("--programme shows excerpts, --metadata-only none: choose one")
    if programme:
        return Extent.FLAGGED
    return Extent.METADATA if metadata else Extent.CONTENT


def _scope(
    app: App,
    people: tuple[str, ...],
    mailboxes: tuple[str, ...],
    *,
    programme: bool,
    days: tuple[datetime, datetime],
) -> Scope:
    """The programme is over everybody at the trust's domains, unless people are named."""
    since, until = days
    everybody = programme and not (people or mailboxes)
    return Scope(
        people=tuple(map(str.lower, people)),
        since=since.date(),
        until=until.date(),
        mailboxes=tuple(map(str.lower, mailboxes)),
        domains=tuple(map(str.lower, app.settings.trust.domains)) if everybody else (),
    )


@case.command("list")
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line.")
@click.pass_obj
def list_cases(app: App, *, as_json: bool) -> None:
    """List the cases that you may know of, newest last.

    \b
    section9 case list
    """
    for found in app.casebook.visible():
        _print(app, found, as_json=as_json)


@case.command("show")
@click.argument("case_id")
@click.option("--json", "as_json", is_flag=True, help="One JSON object.")
@click.pass_obj
def show_case(app: App, case_id: str, *, as_json: bool) -> None:
    """Show one case: its ground, its people, its scope, and the notice users had been given.

    \b
    section9 case show C-0001
    """
    _print(app, app.casebook.seen(case_id), as_json=as_json)


@case.command("extend")
@click.argument("case_id")
@click.option("--authoriser", default="", help="Who allows it; not the investigator.")
@click.option("--reason", required=True, help="Why; written to the ledger.")
@click.option("--expires", type=DAY, required=True, help="The new last day of the case.")
@click.pass_obj
def extend_case(app: App, case_id: str, *, authoriser: str, reason: str, expires: datetime) -> None:
    """Move a case's end; where section9.toml has [roles], once an authoriser approves.

    \b
    section9 case extend C-0001 --authoriser h.ead --reason 'hearing moved' --expires 2027-02-01
    """
    changed = app.casebook.extend(
        case_id, authoriser=authoriser, reason=reason, expires=_end_of(expires)
    )
    _print(app, changed, as_json=False)
    if changed.expires != _end_of(expires):
        click.echo(
            "    a later end is applied for: `section9 request list` tells what it waits for"
        )


@case.command("close")
@click.argument("case_id")
@click.option("--reason", required=True, help="Why; written to the ledger.")
@click.pass_obj
def close_case(app: App, case_id: str, *, reason: str) -> None:
    """End a case: it opens nothing from here on.

    \b
    section9 case close C-0001 --reason 'no further action'
    """
    _print(app, app.casebook.close(case_id, reason=reason), as_json=False)


def _end_of(day: datetime) -> datetime:
    """The moment at which a day is over."""
    return day.replace(tzinfo=UTC) + timedelta(days=1)


def _print(app: App, found: Case, *, as_json: bool) -> None:
    from commands.case_lines import case_line
    from commands.lines import echo_json

    if as_json:
        echo_json(case_line(found, now=app.case_clock()))
        return
    click.secho(
        f"{found.id}  {found.kind}, clause {found.purpose}  {_state(app, found)}", bold=True
    )
    click.echo(f"    {found.investigator} reads{EXTENTS[found.extent]}: {found.reason}")
    if found.reviewers:
        click.echo(f"    reviewed by {', '.join(found.reviewers)} too")
    click.echo(f"    {_allowed(app, found)}")
    scope = found.scope
    whose = ", ".join((*scope.people, *scope.mailboxes, *scope.domains))
    click.echo(f"    mail of {whose}, {scope.since} to {scope.until}")
    if found.dpia:
        click.echo(f"    impact assessment {found.dpia}")
    versions = ", ".join(found.notices)
    click.echo(
        f"    notice to users: {versions}"
        if versions
        else "    no notice to users is on record for these days: `section9 notice add`"
    )


EXTENTS = {
    Extent.CONTENT: "",
    Extent.METADATA: " metadata only",
    Extent.FLAGGED: " what is flagged, excerpts first",
}


def _state(app: App, found: Case) -> str:
    last_day = f"{found.expires - timedelta(days=1):%Y-%m-%d}"
    match found.state(app.case_clock()):
        case "applied":
            return f"applied for, waits for {found.awaiting}"
        case "closed":
            return f"closed {found.closed:%Y-%m-%d}"
        case "expired":
            return f"expired {last_day}"
    return f"until {last_day}"


def _allowed(app: App, found: Case) -> str:
    """Say who authorised a case, and whether they did so themselves."""
    if found.awaiting:
        return f"nobody has allowed it yet: section9 approve {found.awaiting}"
    if found.attested:
        return f"{found.authoriser} allowed it on {found.opened:%Y-%m-%d}"
    now = "so it opens nothing now" if app.accounts.configured else "so it is one person's word"
    return click.style(
        f"NOT ATTESTED: {found.authoriser} is named as having allowed it and never acted, "
        f"for section9.toml had no [roles]; {now}",
        fg="yellow",
    )
