"""The door of the index of web visits: what it takes in, what it answers.

It follows the `web` book and can be made again from the archive at any time, as the index of mail
can; `search.index` has the errors of both.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NewType, Protocol

from search.index import Facet
from search.order import Order
from search.tree import Query
from section9 import Section9Error

LineDigest = NewType("LineDigest", bytes)
"""What tells a line from others: 16 bytes."""

BATCH_SIZE = 10_000  # lines, at most
_ID = re.compile(r"w-([1-9][0-9]{0,11})\.([1-9][0-9]{0,5})", re.ASCII | re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Visit:
    """One visit to a page, or an attempt at one, as the filter or proxy saw it (clause 5.5)."""

    time: datetime  # UTC
    user: str  # lower case, without a Windows domain; empty where the log names nobody
    site: str  # the host, lower case
    page: str  # the address as logged, without any password in it
    blocked: bool
    computer: str  # name or IP address, lower case
    method: str = ""  # lower case
    status: int = 0  # of HTTP; 0 where there is none
    size: int = 0  # bytes that went to the reader
    category: str = ""  # as the filter calls it, lower case


@dataclass(frozen=True, slots=True)
class Place:
    """Where a line stands: which of a batch's."""

    batch: int
    position: int  # from 1

    @property
    def id(self) -> str:
        """The name of the visit that the line tells of."""
        return f"W-{self.batch}.{self.position}"


def read_place(text: str) -> Place | None:
    """Read a visit's name; None for what is none."""
    found = _ID.fullmatch(text)
    return Place(int(found[1]), int(found[2])) if found else None


@dataclass(frozen=True, slots=True)
class WebLine:
    """One line of a batch, as it is indexed."""

    position: int
    digest: LineDigest
    visit: Visit | None  # None where it could not be read


@dataclass(frozen=True, slots=True)
class WebHit:
    """One visit that a search found."""

    place: Place
    visit: Visit


@dataclass(frozen=True, slots=True)
class WebPage:
    """Some hits of `total`, in the order asked for; `next` asks for more."""

    hits: tuple[WebHit, ...]
    total: int
    next: Place | None


class PlaceGoneError(Section9Error):
    """A listing was to go on after a visit that is not there."""

    exit_code = 2

    def __init__(self, place: Place) -> None:
        super().__init__(f"there is no visit {place.id} any more: begin the listing again")


class WebIndex(Protocol):
    """An engine that finds web visits."""

    @property
    def description(self) -> str:
        """Name the engine and its version, for the ledger."""

    def put(self, batch: int, lines: Sequence[WebLine]) -> None:
        """Take a batch in, whole or not at all; durable on return. Again, it changes nothing."""

    def applied(self) -> frozenset[int]:
        """List the batches that are in."""

    def seen(self, digests: Iterable[LineDigest]) -> Mapping[LineDigest, int]:
        """Count the lines that are in, of those with these digests."""

    def search(
        self, query: Query, *, limit: int, after: Place | None = None, order: Order = Order.NEWEST
    ) -> WebPage:
        """Find a page of visits, after a place of the same order."""

    def count(self, query: Query) -> int:
        """Count the visits that match."""

    def facets(self, query: Query, field: str, *, limit: int) -> list[Facet]:
        """Count the values of a field among what matches, the most frequent first."""

    def places(self, query: Query) -> Iterator[Place]:
        """Stream where all that match stand, by batch and position."""

    def unread(self, batch: int) -> tuple[int, ...]:
        """List the positions in a batch of the lines that could not be read."""

    def keep(self, batch: int, positions: Iterable[int]) -> None:
        """Take out every line of a batch but these. Durable on return."""

    def scrub(self) -> None:
        """Leave nothing in the engine's files of what was taken out."""

    def close(self) -> None:
        """Let the engine go."""
