"""`section9 deletions`: what was deleted from the mailboxes of a case, newest first."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import TYPE_CHECKING

import click

from cases.telling import safe, step
from commands.app import App
from commands.display import whose
from commands.investigation import NO_HITS, SHORT, case_option

if TYPE_CHECKING:
    from cases.deletions import Deletion

DAY = click.DateTime(["%Y-%m-%d", "%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S"])


@click.command()
@case_option
@click.option(
    "--since", type=DAY, metavar="DATE", help="Only what was found deleted from then on, in UTC."
)
@click.option("--limit", default=100, show_default=True, type=click.IntRange(1, 100_000))
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line.")
@click.pass_obj
def deletions(app: App, *, case_id: str, since: datetime | None, limit: int, as_json: bool) -> None:
    """List what was deleted from the mailboxes of a case's people, newest first.

    Told by `section9 collect`: a message that was in a mailbox at one time and, at another, was
    in the deleted items or nowhere. Flagged are bursts, many at once for that mailbox, and what
    was deleted after the case or one of its holds began. Listing them is recorded.
    Exit code 4 says that nothing was deleted.

    \b
    section9 deletions --case C-0001
    section9 deletions --case C-0001 --since 2026-09-01 --json
    """
    from datetime import UTC

    from cases.deleted import deleted

    given = deleted(app.gate, case_id, since=since.replace(tzinfo=UTC) if since else None)
    shown = given.found[:limit]
    if as_json:
        _print_json(shown)
    else:
        for one in shown:
            _print(one)
    scope = given.answer.authority.scope
    click.echo(
        f"{len(given.found):,} deletions, {len(shown):,} shown, in case"
        f" {given.answer.authority.case}: {whose(scope)},"
        f" as of entry {given.answer.as_of.number:,}",
        err=True,
    )
    if not given.found:
        raise click.exceptions.Exit(NO_HITS)


def _print_json(shown: "Sequence[Deletion]") -> None:
    from commands.lines import deletion_line, echo_json

    for one in shown:
        echo_json(deletion_line(one))


def _print(one: "Deletion") -> None:
    mail = click.style(one.mail[:SHORT], fg="yellow")
    click.echo(f"{mail}  {safe(one.mailbox)}: {safe(one.subject or '(no subject)')}")
    flags = "".join(click.style(f"  [{flag}]", fg="red") for flag in _flags(one))
    where = f"was in {one.folder}; " if one.folder else ""
    click.echo(f"    {safe(where + step(one.turn))}{flags}")


def _flags(one: "Deletion") -> Iterator[str]:
    """Say in a few words each what makes a deletion stand out."""
    if one.burst:
        yield f"one of {one.burst:,} at once"
    for name in one.after:
        yield f"after {name} began"
    for name in one.perhaps_after:
        yield f"perhaps after {name} began"
    if one.restored:
        yield "restored since"
