"""Web logs to test with: people, sites and times are invented."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from archive.batches import Batches
from archive.ledger import Ledger
from archive.store import FolderStore
from ingest.weblogs.take import Taking
from search.web import BATCH_SIZE, Visit, WebIndex
from search.web_sqlite import open_web_sqlite

NOW = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)
LATELY = NOW - timedelta(days=20)
JANE = "j.doe"


def squid(  # noqa: PLR0913 - each is a field of the line
    number: int = 0,
    *,
    time: datetime = LATELY,
    user: str = JANE,
    page: str = "http://www.video.example/watch?q=cheap+flights",
    result: str = "TCP_MISS/200",
    client: str = "192.0.2.7",
) -> str:
    """A line of Squid's native log; `number` seconds after `time`."""
    at = (time + timedelta(seconds=number)).timestamp()
    return f"{at:.3f}    921 {client} {result} 507 GET {page} {user} HIER_DIRECT/198.51.100.1 -"


PLAIN = Visit(
    time=LATELY,
    user=JANE,
    site="www.video.example",
    page="http://www.video.example/watch?q=cheap+flights",
    blocked=False,
    computer="192.0.2.7",
    method="get",
    status=200,
    size=507,
)
"""What the plainest line says."""


def visit(**said: Any) -> Visit:
    """What the plainest line says, but for what is said otherwise."""
    return replace(PLAIN, **said)


def taking(folder: Path, *, size: int = BATCH_SIZE) -> tuple[Taking, WebIndex]:
    """A small archive and its index of visits; the caller closes the index."""
    store = FolderStore(folder / "archive")
    index = open_web_sqlite(folder / "web.sqlite", mode="write")
    return Taking(Ledger(store), Batches(store), index, "section9", lambda: NOW, size), index
