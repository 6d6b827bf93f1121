"""What happens to web logs (clause 5.5): lines taken in, asked after, looked at and purged.

Every dataclass is frozen and survives a trip through JSON; its `kind` tells it from the others.
The lines stand in write-once batches (see `archive/batches.py`). A line is named by its batch,
which is the segment of the `web` book that tells of it, and by its position there.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Literal, NewType

from archive.books import Head
from section9 import BlobId, CaseId

VisitId = NewType("VisitId", str)
"""`W-42.317`: the 317th line of batch 42."""

Run = tuple[int, int]
"""Numbers in a row, the first and the last."""


class LogForm(StrEnum):
    """How a log is written."""

    SQUID = "squid"  # Squid's native access.log
    COMBINED = "combined"  # that of web servers, which Squid writes too
    W3C = "w3c"  # W3C Extended Log File Format
    CSV = "csv"


@dataclass(frozen=True, slots=True)
class Layout:
    """All that it takes to read a line of a log: the rest of what its file said before it."""

    form: LogForm
    columns: tuple[tuple[str, int], ...] = ()  # of a table: what is said there, and in which one
    delimiter: str = ","
    zone: str = "UTC"  # of times that name none
    time_format: str = ""  # as `strptime` takes it; empty for ISO 8601 and for seconds since 1970
    blocked: tuple[str, ...] = ()  # what a table says of a visit that was blocked, in lower case
    date: str = ""  # of lines that tell the time of day alone (W3C `#Date`)


@dataclass(frozen=True, slots=True)
class WebTaken:
    """A batch of lines was archived: all that a log had that no batch had yet."""

    at: datetime
    by: str
    blob: BlobId
    file: str  # the log's name, without its folder
    layout: Layout
    lines: tuple[Run, ...]  # of the log, in order: where the batch's lines stood
    visits: int
    bad: int  # lines that could not be read, which are kept all the same
    since: datetime | None  # the earliest and the latest visit
    until: datetime | None
    kind: Literal["web-taken"] = "web-taken"


@dataclass(frozen=True, slots=True)
class WebPurged:
    """It was decided to purge web lines, in the same breath as no hold was found on them.

    It stands before any byte is gone; `WebPurgeFinished` stands after the last.
    """

    at: datetime
    by: str
    certificate: str  # SHA-256 of its bytes; see archive/web_certificates.py
    purged: int  # lines
    kept: int  # lines that were due and are held
    kind: Literal["web-purged"] = "web-purged"


@dataclass(frozen=True, slots=True)
class WebPurgeFinished:
    """All that a certificate names is gone from the archive and from every index."""

    at: datetime
    by: str
    certificate: str
    kind: Literal["web-purge-finished"] = "web-purge-finished"


@dataclass(frozen=True, slots=True)
class WebSearched:
    """Somebody asked for web visits inside a case."""

    at: datetime
    by: str
    case: CaseId
    query: str  # exactly as typed
    ran: str  # the whole query with the case's scope, as the engine got it
    engine: str
    as_of: Head  # the web book when the query ran
    total: int
    shown: tuple[VisitId, ...]
    withheld: int = 0  # of the total, told without the page
    facets: tuple[str, ...] = ()
    kind: Literal["web-searched"] = "web-searched"


@dataclass(frozen=True, slots=True)
class WebViewed:
    """Somebody opened one line of a web log inside a case, exactly as it came."""

    at: datetime
    by: str
    case: CaseId
    visit: VisitId
    blob: BlobId
    view: str  # `line`, or `metadata` where no more was opened
    kind: Literal["web-viewed"] = "web-viewed"


WebEvent = WebTaken
"""Every event of the `web` book."""
WebPurgeEvent = WebPurged | WebPurgeFinished
"""Those of the `cases` book, where the holds stand."""
WebAccessEvent = WebSearched | WebViewed
"""Those of the `access` book."""
