"""A small archive in one process, with all that keeps mail and all that deletes it."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path

from engines import embedded

from archive.blobs import Blobs
from archive.books import Book
from archive.case_words import CaseKind, Purpose, Scope
from archive.ledger import Ledger
from archive.mail_events import Sighted
from archive.store import FolderStore
from cases.applications import Application
from cases.casebook import Casebook
from cases.copies import Copies
from cases.custody import Custody
from cases.holds import Holds
from cases.purge import Outside, Purge
from ingest.arrival import originals_in
from ingest.identity import mail_id
from ingest.parse import parse
from search.index import Index
from section9 import (
    BlobId,
    CaseId,
    MailId,
    Record,
    Sighting,
    SightingId,
    Source,
)

NOW = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)
PERSON = "j.doe@school.example"
MAIL = """\
Message-ID: <{number}@school.example>
Date: Tue, 1 Sep 2020 09:00:{number:02d} +0000
From: {sender}
To: a.head@school.example
Subject: trip{number}

quagga{number} leaves at nine.
"""


def mail(number: int, *, sender: str = PERSON) -> bytes:
    return MAIL.format(number=number, sender=sender).encode()


@dataclass(frozen=True)
class Keeping:
    """The archive and its doors."""

    root: Path
    ledger: Ledger
    blobs: Blobs
    index: Index
    custody: Custody
    holds: Holds
    casebook: Casebook
    purge: Purge

    def file(self, content: bytes, *, copy: str = "", wrapped: bytes = b"") -> MailId:
        """Archive and index a message, in the way of the pipeline; `wrapped` is a report's."""
        parsed = parse(content)
        found = mail_id(parsed)
        original = self.blobs.put(content)
        sighting = Sighting(
            SightingId(copy or found),
            self.blobs.put(wrapped) if wrapped else original,
            Source.FILE,
            NOW,
            original=original if wrapped else None,
        )
        with self.custody.filing():
            head = self.ledger.append(Book.MAIL, (Sighted(NOW, "section9", found, sighting),))
            record = Record(found, parsed.date, parsed, (sighting,))
            self.index.put((record,), segment=head.number)
        return found

    def is_whole(self, mail: MailId) -> bool:
        """Tell whether a message can be found and opened."""
        record = self.index.get(mail)
        return record is not None and all(self.blobs.has(one.blob) for one in record.sightings)

    def open_case(self, kind: CaseKind = CaseKind.INVESTIGATION) -> CaseId:
        """Open a case on the person's mail of all years."""
        scope = Scope((PERSON,), date(2000, 1, 1), date(2030, 12, 31))
        application = Application(
            purpose=Purpose.WRONGFUL_ACT,
            reason="HR referral 17",
            authoriser="h.ead",
            investigator="i.nspector",
            scope=scope,
            expires=datetime(2099, 1, 1, tzinfo=UTC),
            kind=kind,
        )
        return self.casebook.open(application).id

    def holding(self, word: str) -> Sequence[Path]:
        """Every file below the data folder in which a word stands, in any case."""
        wanted = word.encode()
        files = (path for path in self.root.rglob("*") if path.is_file())
        return [path for path in files if wanted in path.read_bytes().lower()]

    def blob_of(self, mail: MailId) -> BlobId:
        """The bytes of a message's first copy."""
        record = self.index.get(mail)
        assert record is not None
        return record.sightings[0].blob


@contextmanager
def keeping(root: Path, *, engine: Callable[[Path], Index] = embedded) -> Iterator[Keeping]:
    """Open an archive in a folder; what a spool would hold is nobody's business here."""
    root.mkdir(exist_ok=True)
    store = FolderStore(root / "archive")
    ledger, blobs = Ledger(store), Blobs(store)
    with (
        closing(engine(root)) as index,
        closing(Custody(ledger, store, root / "custody.lock")) as custody,
        closing(Copies(ledger, store)) as copies,
    ):

        @contextmanager
        def indexes() -> Iterator[Sequence[Index]]:
            yield [index]

        outside = Outside(originals_in, lambda _: None)
        yield Keeping(
            root,
            ledger,
            blobs,
            index,
            custody,
            Holds(ledger, "i.nspector", lambda: NOW),
            Casebook(ledger, actor="i.nspector", clock=lambda: NOW),
            Purge(ledger, blobs, indexes, custody, copies, outside, "section9", lambda: NOW),
        )
