"""What collectors remember: where each copy was last seen, and how far each folder was read.

A fold over the mail book, in a file of its own so that a run need not read the whole ledger. It
follows the ledger and never leads. Losing the file loses nothing: it is folded again, and what
only servers know (their sync states, names that they changed) is learnt by looking again.
"""

import sqlite3
from collections.abc import Iterable, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from archive.books import Book
from archive.events import Event
from archive.ledger import Ledger
from archive.mail_events import Collected, Sighted, Turned
from ingest import folded
from ingest.collectors.door import FolderId, ItemId
from section9 import BlobId, MailId, Sighting, SightingId, Source

FORMAT = 1
COLLECTED = frozenset({Source.IMAP, Source.EXCHANGE, Source.GRAPH})

SCHEMA = """
CREATE TABLE mailbox (number INTEGER PRIMARY KEY, source TEXT, address TEXT,
                      UNIQUE (source, address));
CREATE TABLE copy (sighting TEXT PRIMARY KEY, mail TEXT, blob TEXT, mailbox INTEGER,
                   folder TEXT, item TEXT, lasting TEXT, since TEXT) WITHOUT ROWID;
CREATE INDEX copy_there ON copy (mailbox, folder, item);
CREATE INDEX copy_same ON copy (mailbox, blob);
CREATE INDEX copy_lasting ON copy (mailbox, lasting) WHERE lasting <> '';
CREATE TABLE looked (mailbox INTEGER, folder TEXT, at TEXT, PRIMARY KEY (mailbox, folder));
CREATE TABLE sync (mailbox INTEGER, id TEXT, folder TEXT, state TEXT, PRIMARY KEY (mailbox, id));
CREATE TABLE failure (mailbox INTEGER, folder TEXT, item TEXT, why TEXT,
                      PRIMARY KEY (mailbox, folder, item));
CREATE TABLE applied (segment INTEGER);
INSERT INTO applied VALUES (0);
"""
LAYOUT = folded.Layout(FORMAT, SCHEMA)
_COPY = "SELECT sighting, mail, blob, folder, item, since FROM copy "


@dataclass(frozen=True, slots=True)
class Copy:
    """A copy that is archived, and where in its mailbox it was last seen."""

    sighting: SightingId
    mail: MailId
    blob: BlobId
    folder: str  # its path; empty when it was purged
    item: ItemId
    since: datetime  # it was there at this moment


@dataclass(frozen=True, slots=True)
class Place:
    """A mailbox that is remembered."""

    source: Source
    mailbox: str
    number: int


class Memory:
    """The file, open in one process. Close it."""

    def __init__(self, path: Path) -> None:
        self._db = folded.opened(path, LAYOUT)

    def close(self) -> None:
        """Let the file go."""
        self._db.close()

    def follow(self, ledger: Ledger) -> None:
        """Take in what the ledger has told since."""
        [applied] = self._db.execute("SELECT segment FROM applied").fetchone()
        if applied > ledger.head(Book.MAIL).number:  # an older archive was restored
            folded.begin_again(self._db, LAYOUT)
            applied = 0
        for segment in ledger.segments(Book.MAIL, after=applied):
            with folded.transaction(self._db):
                for event in segment.events:
                    self._take(event)
                self._db.execute("UPDATE applied SET segment = ?", (segment.number,))

    def place(self, source: Source, mailbox: str) -> Place:
        """Give a mailbox its number."""
        named = (source, mailbox)
        self._db.execute("INSERT OR IGNORE INTO mailbox (source, address) VALUES (?, ?)", named)
        sql = "SELECT number FROM mailbox WHERE source = ? AND address = ?"
        return Place(source, mailbox, self._db.execute(sql, named).fetchone()[0])

    # --- copies ---------------------------------------------------------------------------------

    def there(self, place: Place, folder: str) -> dict[ItemId, SightingId]:
        """Tell what was last seen in a folder."""
        sql = "SELECT item, sighting FROM copy WHERE mailbox = ? AND folder = ?"
        return dict(self._db.execute(sql, (place.number, folder)))

    def folders(self, place: Place) -> set[str]:
        """Name the folders in which something was last seen."""
        sql = "SELECT DISTINCT folder FROM copy WHERE mailbox = ? AND folder <> ''"
        return {folder for (folder,) in self._db.execute(sql, (place.number,))}

    def copy(self, sighting: SightingId) -> Copy:
        """Give one copy."""
        return _copy(self._db.execute(f"{_COPY} WHERE sighting = ?", (sighting,)).fetchone())

    def same(self, place: Place, blob: BlobId) -> list[Copy]:
        """List the copies in a mailbox that have the same bytes."""
        sql = f"{_COPY} WHERE mailbox = ? AND blob = ? ORDER BY since DESC, sighting"
        return [_copy(row) for row in self._db.execute(sql, (place.number, blob))]

    def lasting(self, place: Place, name: str) -> Copy | None:
        """Find a copy by the name that lasts when it is moved."""
        sql = f"{_COPY} WHERE mailbox = ? AND lasting = ? AND lasting <> ''"
        row = self._db.execute(sql, (place.number, name)).fetchone()
        return _copy(row) if row else None

    def rename(self, sighting: SightingId, folder: str, item: ItemId) -> None:
        """Note that the server calls a copy otherwise, though nothing befell it."""
        sql = "UPDATE copy SET folder = ?, item = ? WHERE sighting = ?"
        self._db.execute(sql, (folder, item, sighting))

    def name_lasting(self, names: Iterable[tuple[SightingId, str]]) -> None:
        """Note the names that last."""
        sql = "UPDATE copy SET lasting = ? WHERE sighting = ?"
        with folded.transaction(self._db):
            self._db.executemany(sql, ((name, sighting) for sighting, name in names))

    # --- folders --------------------------------------------------------------------------------

    def looked(self, place: Place, folder: str) -> datetime | None:
        """Tell when a folder was last looked through, to the end."""
        sql = "SELECT at FROM looked WHERE mailbox = ? AND folder = ?"
        row = self._db.execute(sql, (place.number, folder)).fetchone()
        return datetime.fromisoformat(row[0]) if row else None

    def state(self, place: Place, folder: FolderId) -> str:
        """Give the server's state of a folder after the last look; empty where there is none."""
        sql = "SELECT state FROM sync WHERE mailbox = ? AND id = ?"
        row = self._db.execute(sql, (place.number, folder)).fetchone()
        return str(row[0]) if row else ""

    def finish(self, place: Place, looks: Sequence[tuple[FolderId, str, datetime, str]]) -> None:
        """Note how far each folder was read: its id, path, when, and the server's state."""
        with folded.transaction(self._db):
            for folder, path, at, state in looks:
                self._look(place.number, path, at)
                sync = (place.number, folder, path, state)
                self._db.execute("INSERT OR REPLACE INTO sync VALUES (?, ?, ?, ?)", sync)

    def follow_names(self, place: Place, folders: Sequence[tuple[FolderId, str]]) -> None:
        """Note which folders have another path now, where the server knows them by an id."""
        sql = "SELECT folder FROM sync WHERE mailbox = ? AND id = ?"
        paths = {path for _, path in folders}
        for folder, path in folders:
            row = self._db.execute(sql, (place.number, folder)).fetchone()
            if row and row[0] != path and row[0] not in paths:
                self._move(place, row[0], path)

    def _move(self, place: Place, old: str, new: str) -> None:
        with folded.transaction(self._db):
            for table in ("copy", "looked", "sync"):
                sql = f"UPDATE OR REPLACE {table} SET folder = ? WHERE mailbox = ? AND folder = ?"  # noqa: S608 - ours
                self._db.execute(sql, (new, place.number, old))

    # --- failures -------------------------------------------------------------------------------

    def failures(self, place: Place, folder: str) -> list[ItemId]:
        """List what could not be taken from a folder so far."""
        sql = "SELECT item FROM failure WHERE mailbox = ? AND folder = ?"
        return [ItemId(item) for (item,) in self._db.execute(sql, (place.number, folder))]

    def fail(self, place: Place, folder: str, item: ItemId, why: str) -> None:
        """Note what could not be taken, to try it again."""
        row = (place.number, folder, item, why)
        self._db.execute("INSERT OR REPLACE INTO failure VALUES (?, ?, ?, ?)", row)

    def forgive(self, place: Place, folder: str, item: ItemId) -> None:
        """Forget a failure: the message was taken, or is no longer there."""
        sql = "DELETE FROM failure WHERE mailbox = ? AND folder = ? AND item = ?"
        self._db.execute(sql, (place.number, folder, item))

    # --- the fold -------------------------------------------------------------------------------

    def _take(self, event: Event) -> None:
        match event:
            case Sighted() | Turned() if event.sighting.source in COLLECTED:
                self._see(event.mail, event.sighting)
            case Collected():
                number = self.place(event.source, event.mailbox).number
                for folder in event.folders:
                    self._look(number, folder, event.began)

    def _see(self, mail: MailId, sighting: Sighting) -> None:
        last = sighting.story[-1] if sighting.story else None
        item = last.item if last else sighting.item
        since = last.before if last else sighting.seen
        number = self.place(sighting.source, sighting.mailbox).number
        self._db.execute(
            "INSERT INTO copy VALUES (?, ?, ?, ?, ?, ?, '', ?) ON CONFLICT (sighting) "
            "DO UPDATE SET folder = excluded.folder, item = excluded.item, since = excluded.since",
            (sighting.id, mail, sighting.blob, number, sighting.place, item, since.isoformat()),
        )

    def _look(self, number: int, folder: str, at: datetime) -> None:
        row = (number, folder, at.isoformat())
        self._db.execute(
            "INSERT INTO looked VALUES (?, ?, ?) ON CONFLICT (mailbox, folder) "
            "DO UPDATE SET at = max(at, excluded.at)",
            row,
        )


def last_looked(path: Path, source: Source, mailbox: str, folder: str) -> datetime | None:
    """Tell when a folder was last looked through, without opening the memory for a collector."""
    sql = (
        "SELECT at FROM looked JOIN mailbox ON mailbox = number "
        "WHERE source = ? AND address = ? AND folder = ?"
    )
    try:
        with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)) as db:
            row = db.execute(sql, (source, mailbox, folder)).fetchone()
    except sqlite3.Error:  # there is none, or it is of another format
        return None
    return datetime.fromisoformat(row[0]) if row else None


def _copy(row: tuple[str, str, str, str, str, str]) -> Copy:
    sighting, mail, blob, folder, item, since = row
    return Copy(
        SightingId(sighting),
        MailId(mail),
        BlobId(blob),
        folder,
        ItemId(item),
        datetime.fromisoformat(since),
    )
