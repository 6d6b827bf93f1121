"""Prove that the batches of web logs are whole, or name what is not. For `archive.verify`.

Nothing here trusts the archive: whatever was done to the files, it ends and says so.
"""

from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field

from archive import certificates, segment
from archive.batches import Batches
from archive.blobs import BlobMissingError, BlobTamperedError
from archive.books import Book
from archive.certificates import CertificateError
from archive.events import Event
from archive.ledger import Ledger, LedgerBrokenError
from archive.store import StoreError
from archive.walk import Problem, ProblemKind, place
from archive.web_certificates import WebCertificate
from archive.web_events import WebPurged, WebPurgeFinished, WebTaken
from section9 import BlobId

Report = Callable[[ProblemKind, str, str], None]
"""Takes down that something is wrong: the kind, where, and the detail."""


@dataclass(slots=True)
class _Named:
    """What the ledger says that there is."""

    needed: dict[int, BlobId] = field(default_factory=dict)  # by batch
    gone: set[BlobId] = field(default_factory=set)  # purged, and said to be gone
    going: set[BlobId] = field(default_factory=set)  # purged; perhaps not gone yet


def examine(batches: Batches, ledger: Ledger, report: Report) -> tuple[int, tuple[Problem, ...]]:
    """Rehash every batch and set them against the ledger; give their number, and notes."""
    named = _read(batches, ledger, report)
    needed = {blob: number for number, blob in named.needed.items()}
    present = set[BlobId]()
    notes = []
    for blob in batches.ids():
        present.add(blob)
        _check(batches, blob, report)
        if blob in needed or blob in named.going:
            continue
        where = f"web log {blob}"
        if blob in named.gone:
            why = "was purged and is there: run `section9 retention run`, which removes it"
            report(ProblemKind.UNPURGED_BLOB, where, why)
        else:
            why = "no entry names it: a crash leaves such a batch, and its log is taken again"
            notes.append(Problem(ProblemKind.UNNAMED_BLOB, where, why))
    for blob in sorted(needed.keys() - present):
        why = f"named by {place(Book.WEB, needed[blob])}: restore it from a replica"
        report(ProblemKind.MISSING_BLOB, f"web log {blob}", why)
    for key in batches.strays():
        report(ProblemKind.STRAY_FILE, ascii(key), "section9 never wrote it")
    return len(present), tuple(notes)


def _check(batches: Batches, blob: BlobId, report: Report) -> None:
    try:
        batches.get(blob)
    except BlobMissingError:  # purged since it was listed
        return
    except (BlobTamperedError, StoreError) as error:
        report(ProblemKind.ALTERED_BLOB, f"web log {blob}", str(error))


def _read(batches: Batches, ledger: Ledger, report: Report) -> _Named:
    named = _Named()
    for number, event in _events(ledger, Book.WEB):
        if isinstance(event, WebTaken):
            named.needed[number] = event.blob
    finished = {
        event.certificate
        for _, event in _events(ledger, Book.CASES)
        if isinstance(event, WebPurgeFinished)
    }
    for _, event in _events(ledger, Book.CASES):
        if not isinstance(event, WebPurged):
            continue
        try:
            certificate = certificates.get(batches.store, event.certificate, WebCertificate)
        except (CertificateError, StoreError) as error:
            where = f"certificate {event.certificate}"
            report(ProblemKind.BAD_CERTIFICATE, where, str(error))
            continue
        for entry in certificate.entries:
            named.needed.pop(entry.batch, None)
            if entry.remains:
                named.needed[entry.batch] = entry.remains
            (named.gone if event.certificate in finished else named.going).add(entry.gone)
    return named


def _events(ledger: Ledger, book: Book) -> Iterator[tuple[int, Event]]:
    """Read what can be read of a book; the walk reports the rest."""
    for number in ledger.numbers(book):
        with suppress(LedgerBrokenError, StoreError):
            for event in segment.read(book, ledger.raw(book, number)).events:
                yield number, event
