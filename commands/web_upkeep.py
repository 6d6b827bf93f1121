"""Web logs in `status`, `doctor`, `index status` and `index rebuild`."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

import click

from commands import web_house
from section9 import Section9Error

if TYPE_CHECKING:
    from commands.app import App
    from ingest.health import Check


@dataclass(frozen=True, slots=True)
class WebState:
    """What there is of web logs. Taken in = there + purged."""

    batches: int
    lines: int  # that are there now
    purged: int  # lines
    behind: int  # batches that the index lacks


def state(app: "App") -> WebState:
    """Count, by the ledger. The index is opened only where there is something to ask it."""
    from archive import web_book

    book = web_book.read(app.ledger, app.store)
    there = sum(batch.size if batch.blob else 0 for batch in book.batches.values())
    taken = sum(batch.taken.visits + batch.taken.bad for batch in book.batches.values())
    behind = 0
    if book.batches:
        with web_house.reading(app) as index:
            behind = len(book.batches.keys() - index.applied())
    return WebState(len(book.batches), there, taken - there, behind)


def print_state(found: WebState) -> None:
    """Print it, where there are any."""
    if not found.batches:
        return
    click.echo(
        f"web logs {found.lines:,} lines in {found.batches:,} batches, and {found.purged:,} purged"
    )
    if found.behind:
        click.secho(
            f"problem  {found.behind:,} batches of web logs are not indexed: "
            "run `section9 index rebuild`",
            fg="red",
        )


def check(app: "App") -> "Check":
    """Look at the web logs and their index, for `doctor`."""
    from ingest import health

    try:
        found = state(app)
    except Section9Error as error:
        return health.web_logs(0, 0, trouble=str(error))
    return health.web_logs(found.batches, found.behind)


def rebuild(app: "App") -> int:
    """Make the index of visits again; give the number of batches. Searches use the old one."""
    from archive.books import Book
    from commands.progress import progress
    from ingest.weblogs.replay import catch_up

    total = app.ledger.head(Book.WEB).number
    if not total and not (app.data / web_house.INDEX).exists():
        return 0
    with (
        web_house.afresh(app) as index,
        progress("indexing web logs", total=total, unit="batches") as bar,
    ):
        return catch_up(app.ledger, web_house.batches(app), index, progress=bar.advance)
