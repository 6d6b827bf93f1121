"""What the ledger names against what is there, compared with memory that stays flat.

The names go into a private temporary database, which SQLite spills to disk and deletes when it is
closed. It holds ids and numbers only. SQLite serves one thread.
"""

import re
import sqlite3
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from archive.certificates import Certificate
from section9 import BlobId, Sighting, Source, SpoolId

SPOOL_ID = re.compile(r"(?P<run>.+)-(?P<sequence>[0-9]{8,18})")  # 18 digits fit an SQLite integer

SCHEMA = """
    PRAGMA journal_mode = OFF;
    CREATE TABLE named (blob TEXT, copy TEXT, segment INTEGER NOT NULL,
                        PRIMARY KEY (blob, copy)) WITHOUT ROWID;
    CREATE TABLE purged (copy TEXT PRIMARY KEY) WITHOUT ROWID;
    CREATE TABLE gone (blob TEXT PRIMARY KEY) WITHOUT ROWID;
    CREATE TABLE present (blob TEXT PRIMARY KEY) WITHOUT ROWID;
    CREATE TABLE received (run TEXT, sequence INTEGER, PRIMARY KEY (run, sequence)) WITHOUT ROWID;
"""
MISSING = """
    SELECT blob, min(segment) FROM named
    WHERE copy NOT IN (SELECT copy FROM purged) AND blob NOT IN (SELECT blob FROM present)
    GROUP BY blob ORDER BY blob
"""
UNNAMED = """
    SELECT blob FROM present
    WHERE blob NOT IN (SELECT blob FROM named) AND blob NOT IN (SELECT blob FROM gone)
    ORDER BY blob
"""
UNPURGED = """
    SELECT blob FROM present JOIN gone USING (blob)
    WHERE blob NOT IN (SELECT blob FROM named WHERE copy NOT IN (SELECT copy FROM purged))
    ORDER BY blob
"""
UNNUMBERED = "SELECT run FROM received WHERE sequence = 0 ORDER BY run"  # they count from one
GAPS = """
    SELECT run, before + 1, sequence - 1 FROM (
        SELECT run, sequence, LAG(sequence, 1, 0) OVER (PARTITION BY run ORDER BY sequence) before
        FROM received
    ) WHERE sequence > before + 1 ORDER BY run, sequence
"""


@dataclass(frozen=True, slots=True)
class Gap:
    """Messages `first` to `last` of a listener's run, both included, are nowhere."""

    run: str
    first: int
    last: int


class Census:
    """A count of blobs and messages. Close it."""

    def __init__(self) -> None:
        self._db = sqlite3.connect("", isolation_level=None)
        self._db.executescript(SCHEMA)
        self._limits: dict[str, int] = {}

    def close(self) -> None:
        """Delete the temporary database."""
        self._db.close()

    def add_sightings(self, sightings: Iterable[Sighting], *, segment: int, upto: int) -> None:
        """Count what a segment of the mail book names. `upto` is as in `gaps`."""
        for sighting in sightings:
            named = ((blob, sighting.id, segment) for blob in {sighting.blob, sighting.message})
            self._db.executemany("INSERT OR IGNORE INTO named VALUES (?, ?, ?)", named)
            if sighting.source is Source.SMTP:
                self._add_received(sighting.id, limits=segment <= upto)

    def add_purged(self, certificate: Certificate, *, finished: bool) -> None:
        """Count what a certificate says is gone; while it is unfinished some may still be there."""
        copies = ((copy,) for entry in certificate.entries for copy in entry.copies)
        self._db.executemany("INSERT OR IGNORE INTO purged VALUES (?)", copies)
        if finished:
            blobs = ((blob,) for entry in certificate.entries for blob in entry.blobs)
            self._db.executemany("INSERT OR IGNORE INTO gone VALUES (?)", blobs)

    def add_waiting(self, ids: Iterable[SpoolId]) -> None:
        """Count the messages that were received and are not archived yet."""
        for spooled in ids:
            self._add_received(spooled, limits=True)

    def add_blobs(self, ids: Iterable[BlobId]) -> None:
        """Count the blobs that are there."""
        rows = ((blob,) for blob in ids)
        self._db.executemany("INSERT OR IGNORE INTO present VALUES (?)", rows)

    def drop_blob(self, blob: BlobId) -> None:
        """Uncount a blob that went while the archive was being verified."""
        self._db.execute("DELETE FROM present WHERE blob = ?", (blob,))

    def missing(self) -> Iterator[tuple[BlobId, int]]:
        """Yield each blob that is needed but not there, and the first segment to name it."""
        yield from self._db.execute(MISSING)

    def unnamed(self) -> Iterator[BlobId]:
        """Yield each blob that is there but not named."""
        return (blob for (blob,) in self._db.execute(UNNAMED))

    def unpurged(self) -> Iterator[BlobId]:
        """Yield each blob that is there although it was purged and no later copy needs it."""
        return (blob for (blob,) in self._db.execute(UNPURGED))

    def gaps(self) -> Iterator[Gap]:
        """Yield the numbers that a run skipped, below the last that is sure to be complete.

        The last that is sure is the highest in a waiting message or in a segment up to `upto`:
        mail goes on arriving while the archive is verified, and a message that came in after
        the waiting ones were listed may be in neither place without being lost.
        """
        for run, first, last in self._db.execute(GAPS):
            limit = self._limits.get(run, 0)
            if first <= limit:
                yield Gap(run, first, min(last, limit))

    def unnumbered(self) -> Iterator[str]:
        """Yield what was received under an id that no listener gives: it proves nothing."""
        return (run for (run,) in self._db.execute(UNNUMBERED))

    def _add_received(self, spooled: str, *, limits: bool) -> None:
        match = SPOOL_ID.fullmatch(spooled)
        run, sequence = (match["run"], int(match["sequence"])) if match else (spooled, 0)
        self._db.execute("INSERT OR IGNORE INTO received VALUES (?, ?)", (run, sequence))
        if limits:
            self._limits[run] = max(sequence, self._limits.get(run, 0))
