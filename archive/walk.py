"""Walk the chains of every book, and weigh them against heads that were written down elsewhere.

Nothing here trusts the ledger: whatever was done to its files, the walk ends and says so. Blobs
and messages are for `verify`, signatures of heads for `audit`.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from enum import StrEnum

from archive import chain, segment
from archive.access_events import Audited, Searched, Verified
from archive.books import Book, Head
from archive.chain import Altered, Link, Missing
from archive.events import Event
from archive.ledger import Ledger, LedgerBrokenError
from archive.segment import Reading
from archive.store import StoreError
from archive.web_events import WebSearched

Told = Callable[[Book, int, Sequence[Event]], None]


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
    BAD_ANCHOR = "bad-anchor"  # not signed by us, altered, or gone
    BAD_STAMP = "bad-stamp"  # a time stamp that does not prove its anchor
    STRAY_FILE = "stray-file"
    MISSING_MESSAGE = "missing-message"
    UNNUMBERED_MESSAGE = "unnumbered-message"


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong, in words that hold no mail text."""

    kind: ProblemKind
    where: str  # `mail 41`, `mail 41 line 3`, `mail 41-43`, `blob <id>`, `run <run> 17`, a key
    detail: str


def _quiet(_book: Book, _number: int, _events: Sequence[Event]) -> None:
    """Tell nobody."""


class Walk:
    """One walk through the ledger, and what it has found so far.

    `told` hears of the events of every segment. First call the witnesses, then walk each book,
    then weigh.
    """

    def __init__(self, ledger: Ledger, told: Told = _quiet) -> None:
        self._ledger = ledger
        self._told = told
        self._recorded: dict[Book, dict[int, dict[str, str]]] = {book: {} for book in Book}
        self._contradicted: list[tuple[str, str]] = []  # a segment's place, and the witness
        self.heads = {book: Head(book, 0, segment.ZEROS) for book in Book}  # as found
        self.events = 0
        self.problems: dict[str, Problem] = {}  # by place; the first that names a place is kept

    def believe(self, heads: Iterable[Head], witness: str) -> None:
        """Take heads that were written down outside the chains, and who says so."""
        for head in heads:
            if head.number > 0:
                said = self._recorded[head.book].setdefault(head.number, {})
                said.setdefault(head.sha256, witness)

    def call_witnesses(self) -> None:
        """Collect every head that the access book recorded in passing."""
        for number in self._ledger.numbers(Book.ACCESS):
            with suppress(LedgerBrokenError, StoreError):  # `walk` comes here again and reports it
                reading = segment.read(Book.ACCESS, self._ledger.raw(Book.ACCESS, number))
                self.believe(_heads_in(reading.events), place(Book.ACCESS, number))

    def walk(self, book: Book) -> None:
        """Read a book from end to end and judge its chain."""
        recorded = {number: frozenset(said) for number, said in self._recorded[book].items()}
        for verdict in chain.judge(self._links(book), recorded):
            match verdict:
                case Missing(first, last):
                    where = place(book, first, last)
                    self.report(ProblemKind.MISSING_SEGMENT, where, "later segments are there")
                case Altered(number, why):
                    self.report(ProblemKind.ALTERED_SEGMENT, place(book, number), why)

    def weigh_witnesses(self) -> None:
        """Believe each recorded head, unless the segment it stands in is itself in question."""
        # Backwards from the access book's end: a witness is judged before what it says of others.
        for where, witness in reversed(self._contradicted):
            if witness not in self.problems:
                why = f"{witness} recorded another hash for it"
                self.report(ProblemKind.ALTERED_SEGMENT, where, why)
        for book, recorded in self._recorded.items():
            self._find_cut(book, recorded)

    def report(self, kind: ProblemKind, where: str, detail: str) -> None:
        """Note that something is wrong."""
        self.problems.setdefault(where, Problem(kind, where, detail))

    def _links(self, book: Book) -> Iterator[Link]:
        """Read every segment, judge its lines, and yield what the chain needs."""
        for number in self._ledger.numbers(book):
            try:
                content = self._ledger.raw(book, number)
            except (LedgerBrokenError, StoreError) as error:
                self.report(ProblemKind.ALTERED_SEGMENT, place(book, number), str(error))
                continue
            reading = segment.read(book, content)
            link = Link(number, segment.hash_of(content), _previous(book, number, reading))
            self._inspect(book, link, reading)
            self.events += len(reading.events)
            self._told(book, number, reading.events)
            yield link

    def _inspect(self, book: Book, link: Link, reading: Reading) -> None:
        """Judge a segment by itself, and by the heads recorded of it."""
        where = place(book, link.number)
        self.heads[book] = Head(book, link.number, link.sha256)
        for fault in reading.faults:
            self.report(ProblemKind.UNREADABLE_LINE, f"{where} line {fault.line}", fault.why)
        if reading.header and link.previous is None:
            held = place(reading.header.book, reading.header.number)
            self.report(ProblemKind.MISPLACED_SEGMENT, where, f"its first line says {held}")
        for sha256, witness in self._recorded[book].get(link.number, {}).items():
            if sha256 != link.sha256:
                self._contradicted.append((where, witness))

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
            self.report(ProblemKind.TRUNCATED_BOOK, place(book, end + 1, last), why)


def _heads_in(events: Iterable[Event]) -> Iterator[Head]:
    """Yield the heads of books that events recorded in passing."""
    for event in events:
        match event:
            case Searched() | WebSearched():
                yield event.as_of
            case Verified() | Audited():
                yield from event.heads


def _previous(book: Book, number: int, reading: Reading) -> str | None:
    """Return the hash that a header names; None unless it is the header of this very segment."""
    header = reading.header
    return header.previous if header and (header.book, header.number) == (book, number) else None


def place(book: Book, first: int, last: int | None = None) -> str:
    """Name a segment, or several in a row."""
    return f"{book} {span(first, first if last is None else last)}"


def span(first: int, last: int) -> str:
    """Write a run of numbers."""
    return str(first) if first == last else f"{first}-{last}"
