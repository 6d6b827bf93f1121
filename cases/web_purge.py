"""Purging web lines when their time is over, but for those that something keeps.

    decide      no hold on the `cases` book as it stands keeps them: certificate, then `WebPurged`
    carry out   what remains of each batch in place of it, in the archive and in every index

A batch is written anew without the lines that go, so that one person's hold keeps nobody else's.
What remains is exact and in its order; that it is what it was rests on this program and on the
ledger's chain, which names both (docs/decisions/0017). As with mail, an interrupted purge is
carried out by whoever purges next.
"""

import heapq
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from itertools import groupby
from operator import itemgetter

from archive import certificates, web_book
from archive.batches import Batches
from archive.books import Book
from archive.events import Event
from archive.ledger import Ledger
from archive.web_book import Batch, WebBook, gathered, spread
from archive.web_certificates import WebCertificate, WebEntry
from archive.web_events import WebPurged, WebPurgeFinished
from cases import web_holds
from cases.deciding import record
from cases.retention import RetentionClass, later
from cases.web_sight import Users
from search.tree import All, AnyOf, Between, Not, Query, StartsWith
from search.web import Place, WebIndex

AT_ONCE = 50  # batches that one certificate tells of
KEPT, FREE, UNREAD = range(3)  # what becomes of a line whose time is over


@dataclass(frozen=True, slots=True)
class WebDue:
    """What of one batch is due, and what of that is kept."""

    batch: Batch
    due: frozenset[int]  # positions
    kept: frozenset[int]

    @property
    def going(self) -> frozenset[int]:
        """The positions of the lines that go."""
        return self.due - self.kept


@dataclass(slots=True)
class WebRan:
    """What a run has done so far."""

    purged: int = 0  # lines
    kept: int = 0  # that were due
    certificates: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class WebPurge:
    """Purges web lines for ever. Nobody else may take in or purge meanwhile."""

    ledger: Ledger
    batches: Batches
    index: WebIndex
    users: Users
    months: int
    actor: str
    clock: Callable[[], datetime]

    @property
    def rule(self) -> str:
        """By which rule lines go."""
        return f"{RetentionClass.WEB_LOG}, {self.months} months"

    def plan(self) -> Iterator[WebDue]:
        """Yield the batches of which something is due now."""
        yield from self._due(tuple(self.ledger.events(Book.CASES)))

    def run(self) -> WebRan:
        """Purge all that is due and not kept. Interrupted, it goes on when it is run again."""
        self.resume()
        ran = WebRan()
        numbers = []
        for one in self.plan():
            ran.kept += len(one.kept)
            numbers += [one.batch.number] if one.going else []
        for some in _batched(numbers):
            name, purged = self._decide(frozenset(some))
            if name:
                self._carry_out(name)
                ran.purged += purged
                ran.certificates.append(name)
        if ran.certificates:
            self.index.scrub()
        return ran

    def resume(self) -> None:
        """Carry out what was decided and interrupted."""
        for name in web_book.read(self.ledger, self.batches.store).unfinished:
            self._carry_out(name)

    def sweep(self) -> None:
        """Remove again what a restored backup brought back of anything that was purged."""
        needed = _needed(web_book.read(self.ledger, self.batches.store))
        there = frozenset(self.batches.ids())
        for event in self.ledger.events(Book.CASES):
            if isinstance(event, WebPurgeFinished):
                entries = certificates.get(
                    self.batches.store, event.certificate, WebCertificate
                ).entries
                self.batches.remove_all({entry.gone for entry in entries} & there - needed)

    def _due(
        self, events: tuple[Event, ...], wanted: frozenset[int] = frozenset()
    ) -> Iterator[WebDue]:
        """What is due by the clock, of all batches or some, and kept by the book as it is."""
        before = later(self.clock(), -self.months)
        guards = AnyOf(tuple(web_holds.guards(events, self.users).values()))
        within = AnyOf(tuple(StartsWith("id", f"w-{number}.") for number in sorted(wanted)))
        old: tuple[Query, ...] = (Between("date", None, before), *((within,) if wanted else ()))
        book = web_book.read(self.ledger, self.batches.store)
        lines = heapq.merge(
            ((place.batch, place.position, KEPT) for place in self._places(*old, guards)),
            ((place.batch, place.position, FREE) for place in self._places(*old, Not(guards))),
            self._unread(book, before, wanted),
        )
        for number, some in groupby(lines, key=itemgetter(0)):
            found: dict[int, set[int]] = {KEPT: set(), FREE: set(), UNREAD: set()}
            for _, position, fate in some:
                found[fate].add(position)
            # Anybody's may be among what could not be read, so what keeps a line keeps that too.
            kept = found[KEPT] | (found[UNREAD] if found[KEPT] else set())
            due = found[KEPT] | found[FREE] | found[UNREAD]
            yield WebDue(book.batches[number], frozenset(due), frozenset(kept))

    def _places(self, *parts: Query) -> Iterator[Place]:
        return self.index.places(All(parts))

    def _unread(
        self, book: WebBook, before: datetime, wanted: frozenset[int]
    ) -> Iterator[tuple[int, int, int]]:
        """Yield the lines that could not be read: their period runs from when they came."""
        for number, batch in sorted(book.batches.items()):
            if wanted and number not in wanted:
                continue
            if batch.blob and batch.taken.bad and batch.taken.at < before:
                yield from ((number, position, UNREAD) for position in self.index.unread(number))

    def _decide(self, wanted: frozenset[int]) -> tuple[str, int]:
        """Write down what goes, unless the book moves meanwhile: then all is asked again."""
        at = self.clock()
        decided = ("", 0)

        def decide(events: tuple[Event, ...]) -> tuple[WebPurged, ...]:
            nonlocal decided
            due = [one for one in self._due(events, wanted) if one.going]
            if not due:
                decided = ("", 0)
                return ()
            entries = tuple(map(self._entry, due))
            name = certificates.put(
                self.batches.store, WebCertificate(at, self.actor, self.rule, entries)
            )
            purged, kept = sum(one.purged for one in entries), sum(len(one.kept) for one in due)
            decided = (name, purged)
            return (WebPurged(at, self.actor, name, purged, kept),)

        record(self.ledger, Book.CASES, decide)
        return decided

    def _entry(self, one: WebDue) -> WebEntry:
        """Store what remains of a batch, before it is said that the rest goes."""
        batch = one.batch
        gone = batch.blob or batch.taken.blob
        lines = zip(spread(batch.positions), self.batches.get(gone), strict=True)
        rest = [(position, line) for position, line in lines if position not in one.going]
        return WebEntry(
            batch=batch.number,
            gone=gone,
            purged=len(one.going),
            remains=self.batches.put(line for _, line in rest) if rest else None,
            positions=gathered(position for position, _ in rest),
        )

    def _carry_out(self, name: str) -> None:
        """Delete what a certificate names. Every step may be run again: a crash costs nothing."""
        entries = certificates.get(self.batches.store, name, WebCertificate).entries
        for entry in entries:
            self.index.keep(entry.batch, spread(entry.positions))
        needed = _needed(web_book.read(self.ledger, self.batches.store))
        self.batches.remove_all({entry.gone for entry in entries} - needed)
        self.ledger.append(Book.CASES, (WebPurgeFinished(self.clock(), self.actor, name),))


def _needed(book: WebBook) -> frozenset[str]:
    """The blobs that batches are in now."""
    return frozenset(batch.blob for batch in book.batches.values() if batch.blob)


def _batched(numbers: list[int]) -> Iterator[list[int]]:
    for start in range(0, len(numbers), AT_ONCE):
        yield numbers[start : start + AT_ONCE]
