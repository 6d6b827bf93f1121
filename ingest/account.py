"""The account: every message that was accepted is archived, scanned and indexed, or it says not.

Accepted is counted apart from the rest: by the numbers that the listener gave, which have no
gaps. So the sums below can fail, and say so.
"""

import sys
from collections.abc import Iterable
from dataclasses import dataclass, field

from archive.events import Book, Event, Scanned, Sighted
from archive.ledger import Ledger
from cases.custody import Custody
from ingest.spool import Spool
from search.index import Index
from search.tree import Everything, Exact
from section9 import SightingId, Source


@dataclass(frozen=True, slots=True)
class Account:
    """Counts of copies, but where they are said to be of messages."""

    accepted: int  # that mail servers were promised
    spooled: int
    quarantined: int
    archived: int  # of those accepted
    copies: int  # in the ledger, whatever their road
    scanned: int
    indexed: int
    purged: int
    messages: int  # in the index
    opaque: int  # messages that could not be fully read

    @property
    def problems(self) -> tuple[str, ...]:
        """Say what does not add up."""
        unindexed = self.copies - self.indexed - self.purged
        held = self.spooled + self.quarantined + self.archived
        sums = (
            (self.accepted == held, f"{self.accepted - held:,} accepted messages are nowhere"),
            (self.scanned == self.copies, f"{self.copies - self.scanned:,} copies are not scanned"),
            (not unindexed, f"{unindexed:,} copies are neither indexed nor purged"),
            (not self.quarantined, f"{self.quarantined:,} messages are quarantined"),
        )
        return tuple(problem for holds, problem in sums if not holds)


@dataclass(slots=True)
class _Count:
    archived: int = 0
    copies: int = 0
    scanned: int = 0
    indexed: int = 0
    last: dict[str, int] = field(default_factory=dict)  # the highest number of each run

    def met(self, entry: str) -> None:
        """Take in the number of a message that a listener gave."""
        run, _, number = entry.rpartition("-")
        self.last[run] = max(self.last.get(run, 0), int(number))

    def add(self, events: Iterable[Event], index: Index) -> None:
        """Count one segment of the mail book."""
        copies: list[SightingId] = []
        for event in events:
            if isinstance(event, Sighted):
                copies.append(event.sighting.id)
                if event.sighting.source is Source.SMTP:
                    self.archived += 1
                    self.met(event.sighting.id)
            elif isinstance(event, Scanned):
                self.scanned += 1
        self.copies += len(copies)
        self.indexed += len(index.known(copies))


def take(ledger: Ledger, spool: Spool, index: Index, custody: Custody) -> Account:
    """Count everything, from the ledger. Messages may be under way meanwhile."""
    count = _Count()
    waiting = spool.pending(
        limit=sys.maxsize
    )  # first: what leaves the spool from now on is met in the ledger
    quarantined = spool.quarantined()
    custody.refresh()
    for segment in ledger.segments(Book.MAIL):
        count.add(segment.events, index)
    for entry in (*waiting, *(one.id for one in quarantined)):
        count.met(entry)
    return Account(
        accepted=sum(count.last.values()),
        spooled=len(waiting),
        quarantined=len(quarantined),
        archived=count.archived,
        copies=count.copies,
        scanned=count.scanned,
        indexed=count.indexed,
        purged=custody.count_purged(),
        messages=index.count(Everything()),
        opaque=index.count(Exact("is", "opaque")),
    )
