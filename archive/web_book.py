"""The web book folded: which batches there are, and what a purge has left of each."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace

from archive import certificates
from archive.books import Book
from archive.ledger import Ledger
from archive.store import FolderStore
from archive.web_certificates import WebCertificate
from archive.web_events import Run, WebPurged, WebPurgeFinished, WebTaken
from section9 import BlobId


@dataclass(frozen=True, slots=True)
class Batch:
    """One batch as it stands now."""

    number: int  # the segment of the book that tells of it
    taken: WebTaken
    blob: BlobId | None  # its lines now; None where all were purged
    positions: tuple[Run, ...]  # of these lines in the batch as it was taken

    @property
    def size(self) -> int:
        """How many lines there are now."""
        return count(self.positions)


@dataclass(slots=True)
class WebBook:
    """Every batch, and every purge that was decided and not carried out."""

    batches: dict[int, Batch] = field(default_factory=dict)
    unfinished: dict[str, None] = field(default_factory=dict)  # certificates, in order


def read(ledger: Ledger, store: FolderStore) -> WebBook:
    """Read the book and the purges. Batches are few: 10,000 lines each."""
    book = WebBook()
    for segment in ledger.segments(Book.WEB):
        for event in segment.events:
            if isinstance(event, WebTaken):
                whole = ((1, event.visits + event.bad),)
                book.batches[segment.number] = Batch(segment.number, event, event.blob, whole)
    for event in ledger.events(Book.CASES):
        match event:
            case WebPurged():
                book.unfinished[event.certificate] = None
                _purge(book, certificates.get(store, event.certificate, WebCertificate))
            case WebPurgeFinished():
                book.unfinished.pop(event.certificate, None)
            case _:
                pass
    return book


def _purge(book: WebBook, certificate: WebCertificate) -> None:
    for entry in certificate.entries:
        batch = book.batches[entry.batch]
        book.batches[entry.batch] = replace(batch, blob=entry.remains, positions=entry.positions)


def spread(runs: Iterable[Run]) -> Iterator[int]:
    """Yield every number of some runs."""
    for first, last in runs:
        yield from range(first, last + 1)


def gathered(numbers: Iterable[int]) -> tuple[Run, ...]:
    """Write rising numbers as runs."""
    runs: list[Run] = []
    for number in numbers:
        if runs and runs[-1][1] == number - 1:
            runs[-1] = (runs[-1][0], number)
        else:
            runs.append((number, number))
    return tuple(runs)


def count(runs: Iterable[Run]) -> int:
    """Count the numbers of some runs."""
    return sum(last - first + 1 for first, last in runs)
