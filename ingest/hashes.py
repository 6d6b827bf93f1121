"""Hash lists: files that nobody may open, known by SHA-256 or MD5 (clause 7.4).

Such lists come from the police, the Internet Watch Foundation or a vendor, and hold a million
digests and more; they stand in one SQLite file, which is read where it lies.
"""

import hashlib
import re
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from section9 import Section9Error

HASHES_FILE = "hashes.sqlite"
WAIT = 30  # seconds that a reader waits while a list is being added
DIGEST = re.compile(rb'^[\s"]*([0-9A-Fa-f]{64}|[0-9A-Fa-f]{32})(?![0-9A-Za-z])')
"""A digest at the start of a line; what follows, such as a name, is not read."""
SCHEMA = "CREATE TABLE IF NOT EXISTS hash (digest BLOB PRIMARY KEY) WITHOUT ROWID"


class HashesError(Section9Error):
    """The file of hash lists cannot be used."""

    exit_code = 31

    def __init__(self, why: str) -> None:
        super().__init__(
            f"{HASHES_FILE} cannot be used ({why}): restore it, or move it aside and add the lists "
            "again with `section9 seal add-hashes`"
        )


@dataclass(frozen=True, slots=True)
class Added:
    """What became of the lines of a list."""

    new: int
    known: int
    unread: int  # lines that begin with no SHA-256 and no MD5


class HashLists:
    """The lists in the folder of the data; none until some were added."""

    def __init__(self, home: Path) -> None:
        self._path = home / HASHES_FILE
        self._db: sqlite3.Connection | None = None

    def match(self, contents: Iterable[bytes], digests: Iterable[str] = ()) -> bool:
        """Tell whether any of these contents, or SHA-256 digests, is listed."""
        if self._db is None:
            if not self._path.exists():
                return False
            where = f"{self._path.absolute().as_uri()}?mode=ro"
            self._db = sqlite3.connect(where, uri=True, timeout=WAIT)
        asked = [*map(bytes.fromhex, digests)]
        for content in contents:
            asked += [
                hashlib.sha256(content).digest(),
                hashlib.md5(content, usedforsecurity=False).digest(),
            ]
        try:
            return any(self._has(digest) for digest in asked)
        except sqlite3.DatabaseError as error:
            raise HashesError(type(error).__name__) from error

    def _has(self, digest: bytes) -> bool:
        if self._db is None:
            return False
        return bool(self._db.execute("SELECT 1 FROM hash WHERE digest = ?", (digest,)).fetchone())


def add(home: Path, lines: Iterable[bytes]) -> Added:
    """Add a list, one digest a line, in hexadecimal; empty lines and `#` comments are passed over.

    Lines are read one by one, so a list may be of any length. All of it is added, or nothing.
    """
    met = unread = 0

    def digests() -> Iterator[tuple[bytes]]:
        nonlocal met, unread
        for line in lines:
            if found := DIGEST.match(line):
                met += 1
                yield (bytes.fromhex(found[1].decode()),)
            elif line.strip() and not line.lstrip().startswith(b"#"):
                unread += 1

    try:
        with closing(sqlite3.connect(home / HASHES_FILE)) as db, db:
            db.execute(SCHEMA)
            new = db.executemany("INSERT OR IGNORE INTO hash VALUES (?)", digests()).rowcount
    except sqlite3.DatabaseError as error:
        raise HashesError(type(error).__name__) from error
    return Added(new, met - new, unread)
