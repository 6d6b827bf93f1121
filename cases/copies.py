"""Copies: which blobs each message needs, read from the ledger, so that none goes too soon.

A blob may be needed twice: a journal report that was believed once and doubted once is the
wrapping of one message and the whole of another.
"""

import sqlite3
from collections.abc import Iterable, Iterator

import msgspec

from archive import certificates
from archive.books import Book
from archive.case_events import Purged
from archive.certificates import Certificate
from archive.ledger import Ledger
from archive.mail_events import Sighted
from archive.segment import Segment
from archive.store import FolderStore
from section9 import BlobId, MailId, SightingId

SCHEMA = """
    PRAGMA journal_mode = OFF;
    CREATE TABLE needed (copy TEXT, blob TEXT, mail TEXT NOT NULL, wraps INTEGER NOT NULL,
                         PRIMARY KEY (copy, blob)) WITHOUT ROWID;
    CREATE INDEX by_mail ON needed (mail);
    CREATE INDEX by_blob ON needed (blob);
"""
NEEDED_BY_OTHERS = """
    SELECT DISTINCT blob FROM needed WHERE blob IN (SELECT value FROM json_each(?1))
    AND mail NOT IN (SELECT value FROM json_each(?2))
"""


class Copies:
    """Every copy that was archived and not purged. Close it; it serves one thread.

    Ids stand in a private temporary database, so that memory stays flat.
    """

    def __init__(self, ledger: Ledger, store: FolderStore) -> None:
        self._ledger = ledger
        self._store = store
        self._db = sqlite3.connect("", isolation_level=None)
        self._db.executescript(SCHEMA)
        self._read = dict.fromkeys(Book, 0)  # segments of each book

    def close(self) -> None:
        """Delete the temporary database."""
        self._db.close()

    def refresh(self) -> None:
        """Read on in the ledger."""
        for segment in self._ledger.segments(Book.MAIL, after=self._read[Book.MAIL]):
            self._db.executemany("INSERT OR IGNORE INTO needed VALUES (?, ?, ?, ?)", _rows(segment))
            self._read[Book.MAIL] = segment.number
        # The mail before the purges: a purged copy was filed before it was purged.
        for segment in self._ledger.segments(Book.CASES, after=self._read[Book.CASES]):
            for event in segment.events:
                if isinstance(event, Purged):
                    self._forget(event.certificate)
            self._read[Book.CASES] = segment.number

    def of(self, mail: MailId) -> tuple[SightingId, ...]:
        """The copies of a message."""
        rows = self._db.execute(
            "SELECT DISTINCT copy FROM needed WHERE mail = ? ORDER BY 1", (mail,)
        )
        return tuple(SightingId(copy) for (copy,) in rows)

    def blobs_of(self, mail: MailId) -> dict[BlobId, bool]:
        """The blobs that a message's copies need; true of a journal report around the message."""
        sql = "SELECT blob, max(wraps) FROM needed WHERE mail = ? GROUP BY 1 ORDER BY 1"
        return {BlobId(blob): bool(wraps) for blob, wraps in self._db.execute(sql, (mail,))}

    def needed_by_others(self, blobs: Iterable[BlobId], mails: Iterable[MailId]) -> set[BlobId]:
        """Tell which of these blobs a message needs that is none of `mails`."""
        asked = (_json(blobs), _json(mails))
        return {BlobId(blob) for (blob,) in self._db.execute(NEEDED_BY_OTHERS, asked)}

    def _forget(self, name: str) -> None:
        entries = certificates.get(self._store, name, Certificate).entries
        rows = ((copy,) for entry in entries for copy in entry.copies)
        self._db.executemany("DELETE FROM needed WHERE copy = ?", rows)


def _rows(segment: Segment) -> Iterator[tuple[SightingId, BlobId, MailId, bool]]:
    for event in segment.events:
        if isinstance(event, Sighted):
            copy = event.sighting
            yield copy.id, copy.message, event.mail, False
            if copy.original:
                yield copy.id, copy.blob, event.mail, True


def _json(values: Iterable[str]) -> str:
    return msgspec.json.encode(list(values)).decode()
