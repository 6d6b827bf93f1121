"""What every command of `section9 triage` takes, and the desk that it works at."""

from typing import TYPE_CHECKING

import click

from commands.app import App
from commands.completing import CASES

if TYPE_CHECKING:
    from cases.triage.desk import Triage

DAY = click.DateTime(formats=["%Y-%m-%d"])

case_option = click.option(
    "--case",
    "case_id",
    default="",
    shell_complete=CASES,
    help="Your standing programme.  [default: the newest]",
)
json_option = click.option("--json", "as_json", is_flag=True, help="One JSON object a line.")


def desk(app: App, case_id: str) -> "Triage":
    """The desk of whoever acts, in their standing programme."""
    from cases.triage.desk import Triage, programme

    return Triage(app.gate, programme(app.gate, case_id))


def name(item: str) -> str:
    """What an item is called: the beginning of a message's id, the whole of a pattern's."""
    from cases.triage.items import short

    return short(item)
