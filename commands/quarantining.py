"""`section9 quarantine`: messages that could not be read, seen from outside and tried again."""

from typing import TYPE_CHECKING

import click

from cases.telling import safe
from commands.app import App
from section9 import SpoolId

if TYPE_CHECKING:
    from ingest.quarantine import Aside


@click.group()
def quarantine() -> None:
    """Look after messages that could not be read. Nothing of them is lost, or shown."""


@quarantine.command("list")
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line.")
@click.pass_obj
def list_(app: App, *, as_json: bool) -> None:
    """List what was set aside, the oldest first.

    \b
    section9 quarantine list
    """
    from commands.lines import echo_json
    from commands.upkeep_lines import quarantined_line
    from ingest.quarantine import everything

    found = tuple(everything(app.spool))
    for aside in found:
        if as_json:
            echo_json(quarantined_line(aside))
        else:
            click.echo(_row(aside))
    if not found:
        click.echo("nothing is set aside", err=True)


def _row(aside: "Aside") -> str:
    note = aside.note
    return (
        f"{note.id}  {note.at:%Y-%m-%d %H:%M:%S}  {aside.size:,} bytes"
        f"  {note.attempts} attempts  {safe(note.reason) or 'no reason noted'}"
    )


@quarantine.command("show")
@click.argument("entry", metavar="ID")
@click.option("--json", "as_json", is_flag=True, help="One JSON object.")
@click.pass_obj
def show(app: App, entry: str, *, as_json: bool) -> None:
    """Say what is known of one message: its size, its road and why it is here; no word of it.

    \b
    section9 quarantine show 20260901T090000000000abcd-00000001
    """
    from commands.lines import echo_json
    from commands.upkeep_lines import quarantined_line
    from ingest.quarantine import inspect

    aside = inspect(app.spool, SpoolId(entry))
    if as_json:
        echo_json(quarantined_line(aside))
    else:
        _print(aside)


def _print(aside: "Aside") -> None:
    note, envelope = aside.note, aside.envelope
    click.echo(f"Id          {note.id}")
    click.echo(f"Set aside   {note.at:%Y-%m-%d %H:%M:%S} UTC, after {note.attempts} attempts")
    click.echo(f"Reason      {safe(note.reason) or 'not noted'}")
    click.echo(f"Size        {aside.size:,} bytes")
    if envelope is None:
        click.echo("Envelope    not readable: the file is damaged")
        return
    click.echo(f"Received    {envelope.received:%Y-%m-%d %H:%M:%S} UTC from {envelope.peer}")
    click.echo(f"Proven by   {envelope.tls or 'no TLS'}, {envelope.user or 'no login'}")
    click.echo(f"Recipients  {len(envelope.rcpt_to):,}")


@quarantine.command("retry")
@click.argument("entries", nargs=-1, metavar="[ID…]")
@click.option("--all", "every", is_flag=True, help="Everything that was set aside.")
@click.pass_obj
def retry(app: App, entries: tuple[str, ...], *, every: bool) -> None:
    """Put messages back into the spool, once what kept them from being read is mended.

    `section9 serve` or `conduct` reads them next; one that fails again comes back here.

    \b
    section9 quarantine retry --all
    """
    from ingest.quarantine import retry as put_back

    if every == bool(entries):
        raise click.UsageError("name the messages, or say --all")
    named = [one.id for one in app.spool.quarantined()] if every else map(SpoolId, entries)
    count = 0
    for entry in named:
        put_back(app.spool, entry)
        count += 1
    click.echo(f"{count:,} messages wait in the spool again")
