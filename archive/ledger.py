"""The ledger: what was done, in books that are chains of write-once segments.

    archive/ledger/<book>/000000000042.jsonl

Segment n+1 names the SHA-256 of segment n and is put new. Whoever loses that race reads the
winner and tries the next number, so many processes and hosts write one chain with no lock server.
"""

import re
from collections.abc import Iterator, Sequence
from datetime import datetime
from pathlib import Path

from archive import segment
from archive.books import Book, Head
from archive.checkpoint import Checkpoint
from archive.events import Event
from archive.segment import Header, Segment
from archive.store import FolderStore, KeyMissingError, KeyTakenError
from section9 import Section9Error

KEY = re.compile(rf"ledger/(?:{'|'.join(Book)})/(?P<number>[0-9]{{12}})\.jsonl")


class LedgerBrokenError(Section9Error):
    """A segment is gone, or is not the one that its successor or the checkpoint remembers."""

    exit_code = 23

    def __init__(self, book: Book, number: int, what: str) -> None:
        super().__init__(
            f"segment {number} of {book} {what}: run `section9 verify` to see all that changed, "
            "then restore the ledger from a replica"
        )
        self.book = book
        self.number = number


class LedgerMovedError(Section9Error):
    """Somebody else wrote to the book first."""

    exit_code = 28

    def __init__(self, book: Book, number: int) -> None:
        super().__init__(f"the {book} book has moved on to segment {number}: decide again on it")


class Ledger:
    """The books of one store.

    `checkpoint` is the file in which this host remembers the heads it wrote or saw. With it, a
    chain that was cut short or rewritten is refused on first use, and never built upon.
    """

    def __init__(self, store: FolderStore, *, checkpoint: Path | None = None) -> None:
        self._store = store
        self._checkpoint = Checkpoint(checkpoint) if checkpoint else None
        self._heads: dict[Book, Head] = {}
        self._decided: list[Event] = []  # of the cases book, as far as segment `_told`
        self._told = 0

    def append(self, book: Book, events: Sequence[Event], *, after: Head | None = None) -> Head:
        """Write the events, durably, as one new segment; return the head that it makes.

        With `after` they are written only if that is still the head: what was decided on a fold
        of the book must not follow what the fold has not seen. Raises `LedgerMovedError` else.

        No events make no segment, and the head is as it was. Raises `ValueError` on an event of
        another book, `LedgerBrokenError` if the chain is not the one that we remember.
        """
        lines = segment.body(book, events)
        while lines:
            head = self.head(book)
            if after not in {None, head}:
                raise LedgerMovedError(book, head.number)
            content = segment.encode(Header(book, head.number + 1, head.sha256), lines)
            try:
                self._store.put_new(key_of(book, head.number + 1), content)
            except KeyTakenError:
                continue  # somebody else's segment came first; ours goes after it
            return self._remember(Head(book, head.number + 1, segment.hash_of(content)))
        return self.head(book)

    def head(self, book: Book) -> Head:
        """Return the end of the chain as it is now: number 0 and 64 zeros where it is empty."""
        known = self._heads.get(book) or self._recall(book)
        if known.number and not self._has(book, known.number):
            # Another folder stands where the archive was, such as an empty mount point.
            raise LedgerBrokenError(book, known.number, "is missing")
        number = self._last_after(book, known.number)
        if number == known.number:
            return known
        return self._remember(Head(book, number, segment.hash_of(self.raw(book, number))))

    def last_moment(self) -> datetime | None:
        """Return the latest moment that any book ends with; None where all are empty."""
        heads = [head for head in map(self.head, Book) if head.number]
        found = [segment.last_moment(self.raw(head.book, head.number)) for head in heads]
        return max((moment for moment in found if moment), default=None)

    def segments(self, book: Book, *, after: int = 0) -> Iterator[Segment]:
        """Yield the segments that follow number `after`, each checked against the one before.

        Raises `LedgerBrokenError` where the chain is broken, `LedgerFormatError` on a bad line.
        """
        last = self.head(book).number
        if after == last:
            return
        previous = segment.hash_of(self.raw(book, after)) if after else segment.ZEROS
        for number in range(after + 1, last + 1):
            this = segment.decode(book, number, self.raw(book, number))
            if this.previous != previous:
                raise LedgerBrokenError(book, number, "does not follow the segment before it")
            yield this
            previous = this.sha256

    def events(self, book: Book, *, after: int = 0) -> Iterator[Event]:
        """Yield the events of those segments, in the order they were written.

        Those of the cases book are read once: one act folds them many times over.
        """
        if book is Book.CASES and not after:
            yield from self._all_decided()
            return
        for this in self.segments(book, after=after):
            yield from this.events

    def _all_decided(self) -> tuple[Event, ...]:
        for this in self.segments(Book.CASES, after=self._told):
            self._decided += this.events
            self._told = this.number
        return tuple(self._decided)

    def backwards(self, book: Book) -> Iterator[Segment]:
        """Yield the segments from the head down, each checked against the one after it."""
        head = self.head(book)
        expected = head.sha256
        for number in range(head.number, 0, -1):
            this = segment.decode(book, number, self.raw(book, number))
            if this.sha256 != expected:
                raise LedgerBrokenError(book, number, "is not the one that its successor names")
            yield this
            expected = this.previous

    def raw(self, book: Book, number: int) -> bytes:
        """Return a segment's bytes, unchecked. Raises `LedgerBrokenError` if it is gone."""
        try:
            return self._store.get(key_of(book, number))
        except KeyMissingError as error:
            raise LedgerBrokenError(book, number, "is missing") from error

    def numbers(self, book: Book) -> Iterator[int]:
        """Yield the number of every segment that is there, rising. It lists them: for `verify`."""
        return (_number_of(key) for key in self._store.keys(f"ledger/{book}/") if _number_of(key))

    def strays(self) -> Iterator[str]:
        """Yield the keys in the ledger that are no segment of ours."""
        return (key for key in self._store.keys("ledger/") if not _number_of(key))

    def remembered(self) -> tuple[Head, ...]:
        """Return the heads in the checkpoint; none where there is no checkpoint."""
        return tuple(self._checkpoint.read().values()) if self._checkpoint else ()

    def _recall(self, book: Book) -> Head:
        """Start from the remembered head, once the archive is seen to hold that very segment."""
        known = next((head for head in self.remembered() if head.book == book), None)
        if known is None:
            return Head(book, 0, segment.ZEROS)
        if segment.hash_of(self.raw(book, known.number)) != known.sha256:
            raise LedgerBrokenError(book, known.number, "is not the one that the checkpoint saw")
        self._heads[book] = known
        return known

    def _remember(self, head: Head) -> Head:
        self._heads[head.book] = head
        if self._checkpoint:
            self._checkpoint.advance(head)
        return head

    def _last_after(self, book: Book, number: int) -> int:
        """Find the last segment, given one that is there: in leaps, then by halves.

        One question when nothing is new, some forty among a million: a listing would be dearer.
        """
        step = 1
        while self._has(book, number + step):
            number, step = number + step, step * 2
        while step := step // 2:
            if self._has(book, number + step):
                number += step
        return number

    def _has(self, book: Book, number: int) -> bool:
        return self._store.has(key_of(book, number))


def key_of(book: Book, number: int) -> str:
    """Say where the store keeps a segment."""
    return f"ledger/{book}/{number:012d}.jsonl"


def _number_of(key: str) -> int:
    """Return the number of the segment that a key names; 0 where it names none."""
    match = KEY.fullmatch(key)
    return int(match["number"]) if match else 0
