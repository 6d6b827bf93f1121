"""`section9 sar`: a subject access request, from receipt to the bundle (UK GDPR, Article 15)."""

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import click

from archive.sar_events import Wait
from commands.app import App
from commands.investigation import SHORT, case_option
from commands.moments import Day

if TYPE_CHECKING:
    from cases.sar_desk import SarDesk
    from cases.sars import Sar

DAY = Day()
WAITS = click.Choice([one.value for one in Wait])
json_option = click.option("--json", "as_json", is_flag=True, help="One JSON object a line.")


@click.group()
def sar() -> None:
    """Answer a subject access request within its month.

    \b
    section9 case open --kind sar …                  the case that it is answered in
    section9 sar open --case C-0004 --received 2026-11-02 --name 'Jane Doe' \\
        --address j.doe@home.example
    section9 sar search S-0001                       by their names and addresses
    section9 sar search S-0001 '"the Year 7 trip"'   and by words of yours, on record
    section9 sar propose S-0001                      what is other people's
    section9 sar decide S-0001 1f3a9c --accept all   you decide, message by message
    section9 sar bundle S-0001 FOLDER                the rest, burnt in
    section9 sar answer S-0001 --sent 2026-11-30
    """


@sar.command("open")
@case_option
@click.option("--received", type=DAY, required=True, help="The day that it was received.")
@click.option("--name", "names", multiple=True, help="A name of the person, as others write it.")
@click.option("--address", "addresses", multiple=True, help="An address of theirs.")
@json_option
@click.pass_obj
def open_sar(  # noqa: PLR0913 - a request is all of these
    app: App,
    *,
    case_id: str,
    received: date,
    names: tuple[str, ...],
    addresses: tuple[str, ...],
    as_json: bool,
) -> None:
    """Open a request in a case of the kind `sar`. Give every name and address of the person.

    \b
    section9 sar open --case C-0004 --received 2026-11-02 --name 'Jane Doe' \\
        --name 'Jane Smith' --address j.doe@home.example --address j.doe@school.example
    """
    if not (names or addresses):
        raise click.UsageError("give at least one --name or --address of the person")
    opened = desk(app).open(case_id, received=received, names=names, addresses=addresses)
    show(app, opened, as_json=as_json)


@sar.command("status")
@click.argument("sar_id", metavar="SAR", required=False)
@json_option
@click.pass_obj
def status(app: App, sar_id: str | None, *, as_json: bool) -> None:
    """Show the clock of each request that is not answered, and what comes next; or one.

    \b
    section9 sar status
    """
    if sar_id:
        show(app, desk(app).seen(sar_id), as_json=as_json)
        return
    for found in desk(app).visible().values():
        if found.answered is None:
            show(app, found, as_json=as_json)


@sar.command("search")
@click.argument("sar_id", metavar="SAR")
@click.argument("query", required=False, default="")
@json_option
@click.pass_obj
def search(app: App, sar_id: str, query: str, *, as_json: bool) -> None:
    """Search the case for the person: by their names and addresses, or by a query of yours.

    Every search is recorded with its terms. What all of them find is what is disclosed.

    \b
    section9 sar search S-0001
    section9 sar search S-0001 'subject:"Jane D" date:2026'
    """
    searched = desk(app).search(sar_id, query)
    show(app, searched, as_json=as_json)


@sar.command("ask")
@click.argument("sar_id", metavar="SAR")
@click.argument("wait", type=WAITS)
@click.option("--asked", type=DAY, required=True, help="The day that you asked.")
@click.option("--reason", required=True, help="Why you need it.")
@json_option
@click.pass_obj
def ask(  # noqa: PLR0913 - each is an option of the command
    app: App, sar_id: str, wait: str, *, asked: date, reason: str, as_json: bool
) -> None:
    """Record that you asked who they are, or what they mean: the clock stops until they say.

    \b
    section9 sar ask S-0001 clarification --asked 2026-11-04 --reason 'which of two schools'
    """
    show(app, desk(app).ask(sar_id, Wait(wait), asked=asked, reason=reason), as_json=as_json)


@sar.command("reply")
@click.argument("sar_id", metavar="SAR")
@click.argument("wait", type=WAITS)
@click.option("--replied", type=DAY, required=True, help="The day that the reply came.")
@json_option
@click.pass_obj
def reply(app: App, sar_id: str, wait: str, *, replied: date, as_json: bool) -> None:
    """Record that they answered: the clock runs again.

    \b
    section9 sar reply S-0001 clarification --replied 2026-11-09
    """
    show(app, desk(app).reply(sar_id, Wait(wait), replied=replied), as_json=as_json)


@sar.command("extend")
@click.argument("sar_id", metavar="SAR")
@click.option("--told", type=DAY, required=True, help="The day that you told the person.")
@click.option("--reason", required=True, help="Why it is complex, or one of many.")
@json_option
@click.pass_obj
def extend(app: App, sar_id: str, *, told: date, reason: str, as_json: bool) -> None:
    """Take two months more. The person has to be told why within the first.

    \b
    section9 sar extend S-0001 --told 2026-11-20 --reason '14,000 messages over nine years'
    """
    show(app, desk(app).extend(sar_id, told=told, reason=reason), as_json=as_json)


@sar.command("answer")
@click.argument("sar_id", metavar="SAR")
@click.option("--sent", type=DAY, required=True, help="The day that the person was answered.")
@click.option("--reason", default="", help="Why it was late.")
@click.option(
    "--bundle",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="The bundle that was sent: its sums are recorded.",
)
@json_option
@click.pass_obj
def answer(  # noqa: PLR0913 - each is an option of the command
    app: App, sar_id: str, *, sent: date, reason: str, bundle: Path | None, as_json: bool
) -> None:
    """Record that the person was given the answer.

    \b
    section9 sar answer S-0001 --sent 2026-11-30 --bundle S-0001
    """
    from commands.breaching import sha256_of
    from evidence.pack import SUMS

    sums = bundle / SUMS if bundle else None
    if sums and not sums.is_file():
        raise click.UsageError(f"{bundle} holds no {SUMS}: give the folder of the bundle")
    sha256 = sha256_of(sums) if sums else ""
    show(app, desk(app).answer(sar_id, sent=sent, reason=reason, sha256=sha256), as_json=as_json)


def desk(app: App) -> "SarDesk":
    """Where requests are kept, for the person who acts."""
    from cases.sar_desk import SarDesk

    return SarDesk(app.gate)


def show(app: App, found: "Sar", *, as_json: bool) -> None:
    """Print one request."""
    from cases.deadlines import UK
    from commands.lines import echo_json
    from commands.sar_lines import clock, sar_line

    today = app.case_clock().astimezone(UK).date()
    if as_json:
        echo_json(sar_line(found, today=today))
        return
    ended = f"answered on {found.answered.sent}" if found.answered else clock(found, today=today)
    click.secho(f"{found.id}  case {found.case}  {ended}", bold=True)
    longer = ", two months longer" if found.extended else ""
    click.echo(f"    received {found.opened.received}; answer by {found.due:%a %-d %b %Y}{longer}")
    for one in found.searches:
        click.echo(f"    searched {one.query}: {one.total:,} messages")
        if one.unsearchable:
            click.echo(f"        {one.unsearchable:,} in scope hold what no search can read")
    if found.proposed:
        click.echo(f"    decided {len(found.decided):,} of {len(found.proposed):,} messages")
    click.echo(f"    next: {_next(found)}")


def _next(found: "Sar") -> str:
    """Say what comes next."""
    if found.answered:
        return "nothing; it is answered"
    if found.waiting:
        return f"section9 sar reply {found.id} {found.waiting.wait} --replied DAY"
    if not found.searches:
        return f"section9 sar search {found.id}"
    if not found.proposed:
        return f"section9 sar propose {found.id}"
    left = [mail for mail in found.proposed if mail not in found.decided]
    if left:
        return f"section9 sar propose {found.id} {left[0][:SHORT]}, then sar decide"
    return f"section9 sar bundle {found.id} FOLDER, then sar answer"
