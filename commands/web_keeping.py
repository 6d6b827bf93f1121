"""Retention of web logs, for `section9 retention`."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from commands import web_house

if TYPE_CHECKING:
    from cases.web_purge import WebPurge, WebRan
    from commands.app import App


def plan(app: "App", *, as_json: bool) -> str:
    """Say what of the web logs would go; with `as_json`, print a line for each batch."""
    from commands.lines import echo_json
    from commands.web_lines import planned_web_line

    goes = kept = 0
    with _purging(app) as purge:
        for due in purge.plan():
            goes += len(due.going)
            kept += len(due.kept)
            if as_json:
                echo_json(planned_web_line(due, purge.rule))
        rule = purge.rule
    return f"{goes:,} lines of web logs would go, {kept:,} are due and kept: {rule}"


def run(app: "App") -> "WebRan":
    """Purge what is due of the web logs and not kept."""
    with _purging(app) as purge:
        purge.sweep()
        return purge.run()


@contextmanager
def _purging(app: "App") -> "Iterator[WebPurge]":
    from cases.web_purge import WebPurge
    from ingest.weblogs.replay import catch_up

    batches = web_house.batches(app)
    with web_house.writing(app) as index:
        purge = WebPurge(
            app.ledger,
            batches,
            index,
            web_house.users(app),
            app.settings.retention.web_log_months,
            app.actor,
            app.clock,
        )
        purge.resume()
        catch_up(app.ledger, batches, index)  # what is not indexed would seem due to nobody
        yield purge
