"""How a breach stands, as it is printed: its clock, what was done, and which command comes next."""

from datetime import datetime
from typing import TYPE_CHECKING

import click

from archive.breach_events import Question
from commands.app import App
from commands.investigation import SHORT

if TYPE_CHECKING:
    from cases.breaches import Breach


def show(app: App, found: "Breach", *, as_json: bool) -> None:
    """Print one breach."""
    from commands.breach_lines import breach_line
    from commands.lines import echo_json

    if as_json:
        echo_json(breach_line(found, now=app.case_clock()))
        return
    _print(found, app.case_clock())


def _print(found: "Breach", now: datetime) -> None:
    from cases.deadlines import at_home, countdown, spoken

    remaining = found.left(now)
    clock = "" if remaining is None else f"  {countdown(found.aware, now)}"
    click.secho(f"{found.id}  case {found.case}  {found.state}{clock}", bold=True)
    click.echo(f"    aware {at_home(found.aware)}; notify by {at_home(found.notify_by)}")
    more = len(found.mails) - 1
    rest = f" and {more:,} more" if more else ""
    click.echo(f"    message {found.mails[0][:SHORT]}{rest}")
    for one in found.notified:
        late = f"; {one.delay}" if one.delay else ""
        click.echo(
            f"    {one.phase} report sent {at_home(one.sent)}, "
            f"{spoken(one.sent - found.aware)} after awareness{late}"
        )
    if found.decided:
        weighed = f"{found.decided.likelihood}, {found.decided.harm} harm"
        click.echo(f"    decided: {found.decided.verdict} ({weighed}): {found.decided.reason}")
    for told in found.told:
        click.echo(f"    {told.people:,} people told by {told.how}, {at_home(told.sent)}")
    click.echo(f"    next: {_next(found)}")


def _next(found: "Breach") -> str:
    """Say what comes next."""
    from cases.breaches import State

    unanswered = [one.value for one in Question if one not in found.answers]
    match found.state:
        case State.CLOSED:
            return "nothing; it is closed"
        case State.ASSESSING if unanswered:
            return (
                f"section9 breach note {found.id} {unanswered[0]} …"
                f" ({len(unanswered)} questions open), then breach draft and breach decide"
            )
        case State.ASSESSING:
            return f"section9 breach draft {found.id} FOLDER, then breach decide"
        case State.TO_NOTIFY:
            return (
                f"section9 breach draft {found.id} FOLDER; enter it at ico.org.uk; "
                f"then section9 breach notify {found.id}"
            )
        case State.NOTIFIED if not (found.told or found.not_told):
            return f"section9 breach tell {found.id} (the people concerned, Article 34)"
    return f"section9 breach close {found.id}"
