"""Prove that the archive is whole, or name what is not: blobs, chains, and no message missing.

Nothing here trusts the archive: whatever was done to the files, `verify` returns and says so.
"""

import itertools
import os
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, suppress
from dataclasses import dataclass

from archive import certificates, segment
from archive.batches import Batches
from archive.blobs import BlobMissingError, Blobs, BlobTamperedError
from archive.books import Book, Head
from archive.case_events import Purged, PurgeFinished
from archive.census import Census
from archive.certificates import Certificate, CertificateError
from archive.events import Event
from archive.ledger import Ledger, LedgerBrokenError
from archive.mail_events import Sighted, Turned
from archive.store import StoreError
from archive.walk import Problem, ProblemKind, Walk, place, span
from archive.web_verify import examine
from section9 import BlobId, SpoolId

CHUNK = 512  # blobs at a time; bounds what is in memory beside the blobs being read
WORKERS = os.cpu_count() or 1  # on two cores and a cold disk, two read twice as fast as one


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
    batches: int = 0  # of web logs


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
        audit.walk.believe(heads, "the checkpoint")
        audit.walk.call_witnesses()
        audit.upto = max(ledger.numbers(Book.MAIL), default=0)
        census.add_waiting(waiting())
        # The ledger before the blobs: what a segment names was stored before the segment was.
        for book in Book:
            audit.walk.walk(book)
        audit.walk.weigh_witnesses()
        audit.read_certificates()
        audit.rehash()
        audit.compare()
        batches, web_notes = examine(Batches(blobs.store), ledger, audit.walk.report)
        notes = tuple(_unnamed(blob) for blob in census.unnamed())
    return Verification(
        heads=tuple(audit.walk.heads[book] for book in Book),
        blobs=audit.done.blobs,
        events=audit.done.events,
        problems=tuple(audit.walk.problems.values()),
        notes=(*notes, *web_notes),
        batches=batches,
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
        self.walk = Walk(ledger, self._count)
        self.upto = 0  # the mail book's last segment when it was begun: see `Census.gaps`
        self.done = Progress(0, 0)

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
                    certificates.get(self._blobs.store, name, Certificate), finished=finished
                )
            except (CertificateError, StoreError) as error:
                self.walk.report(ProblemKind.BAD_CERTIFICATE, f"certificate {name}", str(error))

    def rehash(self) -> None:
        """Read every blob and hash it again."""
        ids = self._blobs.ids()
        # Shares, not single blobs: handing one over costs more than hashing a short message.
        with ThreadPoolExecutor(WORKERS) as pool:
            while some := list(itertools.islice(ids, CHUNK)):
                self._census.add_blobs(some)
                shares = [some[n::WORKERS] for n in range(WORKERS)]
                for share in pool.map(self._check, shares):
                    self.walk.problems.update(share.bad)
                    for blob in share.vanished:
                        self._census.drop_blob(blob)
                self._advance(blobs=len(some))

    def compare(self) -> None:
        """Set what the ledger names against what is there."""
        self.read_certificates()  # again: what was purged meanwhile is not missing
        for blob, number in self._census.missing():
            named = f"named by {place(Book.MAIL, number)}: restore it from a replica"
            self.walk.report(ProblemKind.MISSING_BLOB, f"blob {blob}", named)
        for blob in self._census.unpurged():
            why = "was purged and is there: run `section9 retention run`, which removes it"
            self.walk.report(ProblemKind.UNPURGED_BLOB, f"blob {blob}", why)
        for gap in self._census.gaps():
            where = f"run {gap.run} {span(gap.first, gap.last)}"
            self.walk.report(
                ProblemKind.MISSING_MESSAGE, where, "received, but not archived or waiting"
            )
        for received in self._census.unnumbered():
            why = "is no number that a listener gives, so nothing proves what came before it"
            self.walk.report(ProblemKind.UNNUMBERED_MESSAGE, f"sighting {received}", why)
        for key in itertools.chain(self._blobs.strays(), self._ledger.strays()):
            self.walk.report(ProblemKind.STRAY_FILE, ascii(key), "section9 never wrote it")

    def _count(self, book: Book, number: int, events: Sequence[Event]) -> None:
        """Add what a segment of the mail book names."""
        if book is Book.MAIL:
            told = [event.sighting for event in events if isinstance(event, Sighted | Turned)]
            self._census.add_sightings(told, segment=number, upto=self.upto)
        self._advance(events=len(events))

    def _check(self, some: Iterable[BlobId]) -> "_Share":
        """Read a share of the blobs. Runs in a thread."""
        share = _Share({}, [])
        for blob in some:
            try:
                self._blobs.get(blob)
            except BlobMissingError:  # purged since it was listed, or worse: `compare` tells
                share.vanished.append(blob)
            except (BlobTamperedError, StoreError) as error:
                where = f"blob {blob}"
                share.bad[where] = Problem(ProblemKind.ALTERED_BLOB, where, str(error))
        return share

    def _advance(self, *, events: int = 0, blobs: int = 0) -> None:
        self.done = Progress(self.done.events + events, self.done.blobs + blobs)
        self._progress(self.done)


def _unnamed(blob: BlobId) -> Problem:
    detail = "no sighting names it: a crash leaves such a blob, and its message is still spooled"
    return Problem(ProblemKind.UNNAMED_BLOB, f"blob {blob}", detail)
