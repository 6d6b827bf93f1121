"""`section9 notice`: what users were told about monitoring, and when (policy clause 9.1)."""

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from commands.app import App

if TYPE_CHECKING:
    from archive.case_events import NoticeGiven


@click.group()
def notice() -> None:
    """Keep the notices given to users; every case cites those its people had been given."""


@notice.command("add")
@click.argument(
    "file", required=False, type=click.Path(exists=True, dir_okay=False, path_type=Path)
)
@click.option("--text", help="The notice itself, in place of FILE.")
@click.option("--version", required=True, help="Its version, of which there is one.")
@click.option(
    "--given",
    type=click.DateTime(formats=["%Y-%m-%d"]),
    required=True,
    help="The day on which every user had been told.",
)
@click.pass_obj
def add(app: App, file: Path | None, *, text: str | None, version: str, given: datetime) -> None:
    """Record a notice: its text goes on the ledger, for good.

    \b
    section9 notice add notice-2026.txt --version 2026-09 --given 2026-09-01
    """
    if (file is None) == (text is None):
        raise click.UsageError("give the notice as FILE or with --text, one of them")
    try:
        words = file.read_text(encoding="utf-8") if file else text or ""
    except UnicodeDecodeError as error:
        raise click.UsageError("FILE is not text in UTF-8; nothing was recorded") from error
    _print(app.notices.add(words, version=version, given=given.date()), as_json=False)


@notice.command("list")
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line.")
@click.pass_obj
def list_notices(app: App, *, as_json: bool) -> None:
    """List the notices, by the day they were given.

    \b
    section9 notice list
    """
    for each in app.notices.given():
        _print(each, as_json=as_json)


def _print(found: "NoticeGiven", *, as_json: bool) -> None:
    from commands.case_lines import notice_line
    from commands.lines import echo_json

    if as_json:
        echo_json(notice_line(found))
        return
    click.secho(f"{found.version}  given {found.given}", bold=True)
    click.echo(f"    recorded by {found.by} on {found.at:%Y-%m-%d %H:%M} UTC")
    click.echo(f"    {len(found.text):,} characters, sha256 {found.sha256}")
