"""Prove that the archive is whole, or name what is not: blobs, chains, and no message missing.

Nothing here trusts the archive: whatever was done to the files, `verify` returns and says so.
"""

import itertools
import os
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, suppress
from dataclasses import dataclass
from enum import StrEnum

from archive import certificates, chain, segment
from archive.blobs import BlobMissingError, Blobs, BlobTamperedError
from archive.census import Census
from archive.certificates import CertificateError
from archive.chain import Altered, Link, Missing
from archive.events import (
    Book,
    Event,
    Head,
    Purged,
    PurgeFinished,
    Searched,
    Sighted,
    Turned,
    Verified,
)
from archive.ledger import Ledger, LedgerBrokenError
from archive.segment import Reading
from archive.store import StoreError
from section9 import BlobId, SpoolId

CHUNK = 512  # blobs at a time; bounds what is in memory beside the blobs being read
WORKERS = os.cpu_count() or 1  # on two cores and a cold disk, two read twice as fast as one


class ProblemKind(StrEnum):
    """What is wrong."""

    ALTERED_SEGMENT = "altered-segment"
    MISPLACED_SEGMENT = "misplaced-segment"  # its first line names another book or number
    MISSING_SEGMENT = "missing-segment"
    TRUNCATED_BOOK = "truncated-book"  # the end of a chain is gone
    UNREADABLE_LINE = "unreadable-line"
    ALTERED_BLOB = "altered-blob"
    MISSING_BLOB = "missing-blob"
    UNNAMED_BLOB = "unnamed-blob"
    UNPURGED_BLOB = "unpurged-blob"  # there, although it was purged
    BAD_CERTIFICATE = "bad-certificate"  # of a purge
    STRAY_FILE = "stray-file"
    MISSING_MESSAGE = "missing-message"
    UNNUMBERED_MESSAGE = "unnumbered-message"


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong, in words that hold no mail text."""

    kind: ProblemKind
    where: str  # `mail 41`, `mail 41 line 3`, `mail 41-43`, `blob <id>`, `run <run> 17`, a key
    detail: str


@dataclass(frozen=True, slots=True)
class Progress:
    """How far `verify` has come."""

    events: int
    blobs: int


@dataclass(frozen=True, slots=True)
class Verification:
    """What `verify` found: the archive is whole when there are no problems."""

    heads: tuple[Head, ...]  # of every book, as found
    blobs: int
    events: int
    problems: tuple[Problem, ...]
    notes: tuple[Problem, ...]  # blobs that no sighting names: a crash leaves them, harmlessly


def _quiet(progress: Progress) -> None:
    """Tell nobody."""


def verify(
    blobs: Blobs,
    ledger: Ledger,
    *,
    heads: Iterable[Head] = (),
    waiting: Callable[[], Iterable[SpoolId]] = tuple,
    progress: Callable[[Progress], None] = _quiet,
) -> Verification:
    """Rehash every blob, walk every chain, count every message.

    `heads` are those of the checkpoint, read before the call. `waiting` lists the messages still
    spooled or in quarantine; it is called once the end of the mail book is known, so that the
    archive may be at work meanwhile. Memory stays flat, apart from what is found wrong.
    """
    with closing(Census()) as census:
        audit = _Audit(blobs, ledger, census, progress)
        audit.call_witnesses(heads)
        last = max(ledger.numbers(Book.MAIL), default=0)
        census.add_waiting(waiting())
        # The ledger before the blobs: what a segment names was stored before the segment was.
        for book in Book:
            audit.walk(book, upto=last)
        audit.weigh_witnesses()
        audit.read_certificates()
        audit.rehash()
        audit.compare()
        notes = tuple(_unnamed(blob) for blob in census.unnamed())
    return Verification(
        heads=tuple(audit.heads[book] for book in Book),
        blobs=audit.done.blobs,
        events=audit.done.events,
        problems=tuple(audit.problems.values()),
        notes=notes,
    )


@dataclass(frozen=True, slots=True)
class _Share:
    """What was found in some of the blobs."""

    bad: dict[str, Problem]  # by place
    vanished: list[BlobId]  # between being listed and being read


class _Audit:
    """One run of `verify`, and what it has found so far."""

    def __init__(
        self, blobs: Blobs, ledger: Ledger, census: Census, progress: Callable[[Progress], None]
    ) -> None:
        self._blobs = blobs
        self._ledger = ledger
        self._census = census
        self._progress = progress
        self._recorded: dict[Book, dict[int, dict[str, str]]] = {book: {} for book in Book}
        self._contradicted: list[tuple[str, str]] = []  # a segment's place, and the witness
        self.heads = {book: Head(book, 0, segment.ZEROS) for book in Book}  # as found
        self.done = Progress(0, 0)
        self.problems: dict[str, Problem] = {}  # by place; the first that names a place is kept

    def call_witnesses(self, heads: Iterable[Head]) -> None:
        """Collect every head that was written down outside its own place in a chain."""
        for head in heads:
            self._record(head, "the checkpoint")
        for number in self._ledger.numbers(Book.ACCESS):
            with suppress(LedgerBrokenError, StoreError):  # `walk` comes here again and reports it
                reading = segment.read(Book.ACCESS, self._ledger.raw(Book.ACCESS, number))
                for head in _heads_in(reading.events):
                    self._record(head, _place(Book.ACCESS, number))

    def walk(self, book: Book, *, upto: int) -> None:
        """Read a book from end to end and judge its chain. `upto` is as in `Census.gaps`."""
        recorded = {number: frozenset(said) for number, said in self._recorded[book].items()}
        for verdict in chain.judge(self._links(book, upto), recorded):
            match verdict:
                case Missing(first, last):
                    place = _place(book, first, last)
                    self._report(ProblemKind.MISSING_SEGMENT, place, "later segments are there")
                case Altered(number, why):
                    self._report(ProblemKind.ALTERED_SEGMENT, _place(book, number), why)

    def weigh_witnesses(self) -> None:
        """Believe each recorded head, unless the segment it stands in is itself in question."""
        # Backwards from the access book's end: a witness is judged before what it says of others.
        for place, witness in reversed(self._contradicted):
            if witness not in self.problems:
                why = f"{witness} recorded another hash for it"
                self._report(ProblemKind.ALTERED_SEGMENT, place, why)
        for book, recorded in self._recorded.items():
            self._find_cut(book, recorded)

    def read_certificates(self) -> None:
        """Learn what was purged. What is purged after this is still being verified as mail."""
        decided: dict[str, bool] = {}  # by certificate, whether it was carried out
        for number in self._ledger.numbers(Book.CASES):
            with suppress(LedgerBrokenError, StoreError):  # `walk` has reported it
                for event in segment.read(Book.CASES, self._ledger.raw(Book.CASES, number)).events:
                    if isinstance(event, Purged | PurgeFinished):
                        decided[event.certificate] = isinstance(event, PurgeFinished)
        for name, finished in decided.items():
            try:
                self._census.add_purged(
                    certificates.get(self._blobs.store, name), finished=finished
                )
            except (CertificateError, StoreError) as error:
                self._report(ProblemKind.BAD_CERTIFICATE, f"certificate {name}", str(error))

    def rehash(self) -> None:
        """Read every blob and hash it again."""
        ids = self._blobs.ids()
        # Shares, not single blobs: handing one over costs more than hashing a short message.
        with ThreadPoolExecutor(WORKERS) as pool:
            while some := list(itertools.islice(ids, CHUNK)):
                self._census.add_blobs(some)
                shares = [some[n::WORKERS] for n in range(WORKERS)]
                for share in pool.map(self._check, shares):
                    self.problems.update(share.bad)
                    for blob in share.vanished:
                        self._census.drop_blob(blob)
                self._advance(blobs=len(some))

    def compare(self) -> None:
        """Set what the ledger names against what is there."""
        self.read_certificates()  # again: what was purged meanwhile is not missing
        for blob, number in self._census.missing():
            named = f"named by {_place(Book.MAIL, number)}: restore it from a replica"
            self._report(ProblemKind.MISSING_BLOB, f"blob {blob}", named)
        for blob in self._census.unpurged():
            why = "was purged and is there: run `section9 retention run`, which removes it"
            self._report(ProblemKind.UNPURGED_BLOB, f"blob {blob}", why)
        for gap in self._census.gaps():
            place = f"run {gap.run} {_span(gap.first, gap.last)}"
            self._report(
                ProblemKind.MISSING_MESSAGE, place, "received, but not archived or waiting"
            )
        for received in self._census.unnumbered():
            why = "is no number that a listener gives, so nothing proves what came before it"
            self._report(ProblemKind.UNNUMBERED_MESSAGE, f"sighting {received}", why)
        for key in itertools.chain(self._blobs.strays(), self._ledger.strays()):
            self._report(ProblemKind.STRAY_FILE, ascii(key), "section9 never wrote it")

    def _links(self, book: Book, upto: int) -> Iterator[Link]:
        """Read every segment, count and judge its lines, and yield what the chain needs."""
        for number in self._ledger.numbers(book):
            try:
                content = self._ledger.raw(book, number)
            except (LedgerBrokenError, StoreError) as error:
                self._report(ProblemKind.ALTERED_SEGMENT, _place(book, number), str(error))
                continue
            reading = segment.read(book, content)
            link = Link(number, segment.hash_of(content), _previous(book, number, reading))
            self._inspect(book, link, reading)
            told = (event for event in reading.events if isinstance(event, Sighted | Turned))
            sightings = [event.sighting for event in told]
            self._census.add_sightings(sightings, segment=number, upto=upto)
            self._advance(events=len(reading.events))
            yield link

    def _inspect(self, book: Book, link: Link, reading: Reading) -> None:
        """Judge a segment by itself, and by the heads recorded of it."""
        place = _place(book, link.number)
        self.heads[book] = Head(book, link.number, link.sha256)
        for fault in reading.faults:
            self._report(ProblemKind.UNREADABLE_LINE, f"{place} line {fault.line}", fault.why)
        if reading.header and link.previous is None:
            held = _place(reading.header.book, reading.header.number)
            self._report(ProblemKind.MISPLACED_SEGMENT, place, f"its first line says {held}")
        for sha256, witness in self._recorded[book].get(link.number, {}).items():
            if sha256 != link.sha256:
                self._contradicted.append((place, witness))

    def _find_cut(self, book: Book, recorded: dict[int, dict[str, str]]) -> None:
        """Report a chain that ends before the last head that anybody recorded of it."""
        end = self.heads[book].number
        beyond = {
            number: witness
            for number, said in recorded.items()
            for witness in said.values()
            if number > end and witness not in self.problems
        }
        if beyond:
            last = max(beyond)
            why = f"{beyond[last]} recorded segment {last}; the book now ends at {end}"
            self._report(ProblemKind.TRUNCATED_BOOK, _place(book, end + 1, last), why)

    def _check(self, some: Iterable[BlobId]) -> "_Share":
        """Read a share of the blobs. Runs in a thread."""
        share = _Share({}, [])
        for blob in some:
            try:
                self._blobs.get(blob)
            except BlobMissingError:  # purged since it was listed, or worse: `compare` tells
                share.vanished.append(blob)
            except (BlobTamperedError, StoreError) as error:
                place = f"blob {blob}"
                share.bad[place] = Problem(ProblemKind.ALTERED_BLOB, place, str(error))
        return share

    def _record(self, head: Head, witness: str) -> None:
        if head.number > 0:
            self._recorded[head.book].setdefault(head.number, {}).setdefault(head.sha256, witness)

    def _report(self, kind: ProblemKind, place: str, detail: str) -> None:
        self.problems.setdefault(place, Problem(kind, place, detail))

    def _advance(self, *, events: int = 0, blobs: int = 0) -> None:
        self.done = Progress(self.done.events + events, self.done.blobs + blobs)
        self._progress(self.done)


def _heads_in(events: Iterable[Event]) -> Iterator[Head]:
    """Yield the heads of books that events recorded in passing."""
    for event in events:
        match event:
            case Searched():
                yield event.as_of
            case Verified():
                yield from event.heads


def _previous(book: Book, number: int, reading: Reading) -> str | None:
    """Return the hash that a header names; None unless it is the header of this very segment."""
    header = reading.header
    return header.previous if header and (header.book, header.number) == (book, number) else None


def _unnamed(blob: BlobId) -> Problem:
    detail = "no sighting names it: a crash leaves such a blob, and its message is still spooled"
    return Problem(ProblemKind.UNNAMED_BLOB, f"blob {blob}", detail)


def _place(book: Book, first: int, last: int | None = None) -> str:
    return f"{book} {_span(first, first if last is None else last)}"


def _span(first: int, last: int) -> str:
    return str(first) if first == last else f"{first}-{last}"
