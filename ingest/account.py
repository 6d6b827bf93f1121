"""The account: every message that was accepted is archived, scanned and indexed, or it says not.

Accepted is counted apart from the rest: by the numbers that the listener gave, which have no
gaps. So the sums below can fail, and say so.
"""

import sys
from collections import Counter
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime

from archive.books import Book
from archive.events import Event
from archive.ledger import Ledger
from archive.mail_events import Scanned, Sighted
from archive.segment import decode
from cases.custody import Custody
from ingest.spool import Spool, SpoolEntryDamagedError, SpoolEntryMissingError
from search.index import Index
from search.tree import Everything, Exact
from section9 import SightingId, Source, SpoolId

LOOKED_AT = 100  # messages at the end of the spool, for the newest that can be read


@dataclass(frozen=True, slots=True)
class Run:
    """What became of the messages that one start of the listener accepted."""

    run: str
    accepted: int
    spooled: int
    quarantined: int
    archived: int

    @property
    def nowhere(self) -> int:
        """How many are lost from sight."""
        return self.accepted - self.spooled - self.quarantined - self.archived


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
    last: datetime | None = None  # when a mail server last handed a message over
    runs: tuple[Run, ...] = ()  # in order of time

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
        unbalanced = (
            f"{run.nowhere:,} messages of run {run.run} are nowhere"
            for run in self.runs
            if run.nowhere
        )
        return (*(problem for holds, problem in sums if not holds), *unbalanced)


@dataclass(slots=True)
class _Count:
    archived: int = 0
    copies: int = 0
    scanned: int = 0
    indexed: int = 0
    last: dict[str, int] = field(default_factory=dict)  # the highest number of each run
    runs: Counter[tuple[str, str]] = field(default_factory=Counter)  # of each run, where they are
    heard: datetime | None = None  # when the last message came in

    def met(self, entry: str, where: str) -> None:
        """Take in the number of a message that a listener gave."""
        run, _, number = entry.rpartition("-")
        self.last[run] = max(self.last.get(run, 0), int(number))
        self.runs[run, where] += 1

    def hear(self, moment: datetime) -> None:
        """Take in when a message came."""
        self.heard = max(self.heard or moment, moment)

    def add(self, events: Iterable[Event], index: Index) -> None:
        """Count one segment of the mail book."""
        copies: list[SightingId] = []
        for event in events:
            if isinstance(event, Sighted):
                copies.append(event.sighting.id)
                if event.sighting.source is Source.SMTP:
                    self.archived += 1
                    self.met(event.sighting.id, "archived")
                    self.hear(event.sighting.seen)
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
    for entry in waiting:
        count.met(entry, "spooled")
    for one in quarantined:
        count.met(one.id, "quarantined")
    if newest := newest_spooled(spool, waiting):
        count.hear(newest)
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
        last=count.heard,
        runs=tuple(_run(count, run) for run in sorted(count.last)),
    )


def _run(count: _Count, run: str) -> Run:
    where = {name: count.runs[run, name] for name in ("spooled", "quarantined", "archived")}
    return Run(run, accepted=count.last[run], **where)


def newest_spooled(spool: Spool, waiting: Sequence[SpoolId]) -> datetime | None:
    """When the newest of the waiting messages came in; none where all have left meanwhile."""
    for entry in reversed(waiting[-LOOKED_AT:]):
        with suppress(SpoolEntryMissingError, SpoolEntryDamagedError):
            return spool.read(entry).envelope.received
    return None


def last_heard(ledger: Ledger, spool: Spool) -> datetime | None:
    """When a mail server last handed a message over: from the end of the ledger, so at once."""
    newest = newest_spooled(spool, spool.pending(limit=sys.maxsize))
    for number in range(ledger.head(Book.MAIL).number, 0, -1):
        if newest:
            return newest
        events = decode(Book.MAIL, number, ledger.raw(Book.MAIL, number)).events
        heard = (one.sighting for one in events if isinstance(one, Sighted))
        newest = max((one.seen for one in heard if one.source is Source.SMTP), default=None)
    return newest
