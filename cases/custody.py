"""Custody: what must not be filed or shown again, and the turn-taking of filing and purging.

Whoever files mail, and whoever purges or seals, works on the same blobs and the same index. So
filing is done together, and purging and sealing alone; a purge cannot come between the moment at
which a blob is found to be there and the moment at which the ledger names it.
"""

import fcntl
import sqlite3
from collections.abc import Collection, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import ClassVar

import msgspec

from archive import certificates
from archive.blobs import Blobs
from archive.books import Book
from archive.case_events import Purged, PurgeFinished, SealBroken, Sealed
from archive.certificates import Certificate
from archive.ledger import Ledger
from archive.store import FolderStore
from section9 import BlobId, MailId, Section9Error, SightingId

SCHEMA = """
    PRAGMA journal_mode = OFF;
    CREATE TABLE purged (copy TEXT PRIMARY KEY, mail TEXT NOT NULL) WITHOUT ROWID;
    CREATE INDEX by_mail ON purged (mail);
"""


class PurgeUnfinishedError(Section9Error):
    """A purge was interrupted a moment ago."""

    exit_code: ClassVar[int] = 31

    def __init__(self) -> None:
        super().__init__("a purge was interrupted: run this again, and it is carried out first")


class Custody:
    """What was purged and what is sealed, as the `cases` book says. Close it.

    `lock` is a file beside the archive. Purged ids go into a private temporary database, so that
    memory stays flat however many there are; it serves one thread.
    """

    def __init__(self, ledger: Ledger, store: FolderStore, lock: Path) -> None:
        self._ledger = ledger
        self._store = store
        self._blobs = Blobs(store)
        self._lock = lock
        self._db = sqlite3.connect("", isolation_level=None)
        self._db.executescript(SCHEMA)
        self._read = 0  # segments of the book
        self._sealed: set[MailId] = set()
        self._unfinished: dict[str, None] = {}  # certificates, in order

    def close(self) -> None:
        """Delete the temporary database."""
        self._db.close()

    @contextmanager
    def filing(self) -> Iterator[None]:
        """File mail, together with whoever else does; what is known is up to date.

        Raises `PurgeUnfinishedError` where a purge was interrupted: to file on the half of it
        would bring back what was decided away.
        """
        with self._locked(fcntl.LOCK_SH):
            if self._unfinished:
                raise PurgeUnfinishedError
            yield

    @contextmanager
    def alone(self) -> Iterator[None]:
        """Purge or seal while nobody files; what is known is up to date."""
        with self._locked(fcntl.LOCK_EX):
            yield

    @property
    def sealed(self) -> frozenset[MailId]:
        """Every message under seal."""
        return frozenset(self._sealed)

    @property
    def unfinished(self) -> tuple[str, ...]:
        """Certificates of purges that were interrupted, oldest first."""
        return tuple(self._unfinished)

    def purged_copies(self, copies: Iterable[SightingId]) -> set[SightingId]:
        """Tell which of these copies were purged: they are known, and never taken in again."""
        return set(map(SightingId, self._among("copy", copies)))

    def purged_mails(self, mails: Iterable[MailId]) -> set[MailId]:
        """Tell of which of these messages copies were purged; others may have come since."""
        return set(map(MailId, self._among("mail", mails)))

    def returned(self) -> Iterator[MailId]:
        """Yield every message of which copies were purged."""
        return (MailId(mail) for (mail,) in self._db.execute("SELECT DISTINCT mail FROM purged"))

    def count_purged(self) -> int:
        """Count the copies that were purged."""
        return int(self._db.execute("SELECT count(*) FROM purged").fetchone()[0])

    def lost(self, blobs: Collection[BlobId]) -> set[BlobId]:
        """Tell which of these blobs are not there: purged since they were found."""
        return {blob for blob in blobs if not self._blobs.has(blob)}

    def refresh(self) -> None:
        """Read on in the `cases` book; costs one look where there is nothing new."""
        for segment in self._ledger.segments(Book.CASES, after=self._read):
            for event in segment.events:
                match event:
                    case Sealed():
                        self._sealed.add(event.mail)
                    case SealBroken():
                        self._sealed.discard(event.mail)
                    case Purged():
                        self._add_purged(event.certificate)
                    case PurgeFinished():
                        self._unfinished.pop(event.certificate, None)
                    case _:  # cases, holds and requests stand in the same book
                        pass
            self._read = segment.number

    def _add_purged(self, name: str) -> None:
        self._unfinished[name] = None
        entries = certificates.get(self._store, name, Certificate).entries
        rows = ((copy, entry.mail) for entry in entries for copy in entry.copies)
        self._db.executemany("INSERT OR IGNORE INTO purged VALUES (?, ?)", rows)

    def _among(self, column: str, values: Iterable[str]) -> Iterator[str]:
        asked = msgspec.json.encode(list(values)).decode()
        sql = (
            f"SELECT DISTINCT {column} FROM purged "  # noqa: S608 - a column of ours
            f"WHERE {column} IN (SELECT value FROM json_each(?))"
        )
        return (value for (value,) in self._db.execute(sql, (asked,)))

    @contextmanager
    def _locked(self, kind: int) -> Iterator[None]:
        """Hold the lock between processes. The system lets go of it when a process dies."""
        with self._lock.open("ab") as file:
            fcntl.flock(file, kind)
            self.refresh()
            yield
