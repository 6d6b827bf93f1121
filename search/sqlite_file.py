"""The SQLite file: its schema, how it is opened, and SQLite's errors in our words."""

import sqlite3
import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from search.fields import TEXT_COLUMNS
from search.index import (
    IndexCorruptError,
    IndexMissingError,
    IndexUnavailableError,
    IndexVersionError,
)
from section9 import Section9Error

FORMAT = f"10/{unicodedata.unidata_version}"
"""Changes with the schema, with `document.py`, and with Python's idea of a letter: FTS5 takes a
record out by its words, which must be cut as they were when it was put in."""

WAIT = 60  # seconds that a writer waits for another before it gives up
CACHE = 64  # MiB of pages kept in memory
WAL_PAGES = 16_384  # of 4 KiB, before they move into the file
HASH = 16  # MiB of words gathered before FTS5 writes them out

COLUMNS = ", ".join(f'"{column}"' for column in TEXT_COLUMNS)

_SCHEMA = f"""
CREATE TABLE format (format TEXT NOT NULL);
CREATE TABLE mail (row INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, rank INTEGER NOT NULL);
CREATE INDEX mail_newest ON mail (rank);
CREATE TABLE record (row INTEGER PRIMARY KEY, json BLOB NOT NULL);
CREATE TABLE value (row INTEGER NOT NULL, col TEXT NOT NULL, value TEXT NOT NULL,
                    PRIMARY KEY (row, col, value)) WITHOUT ROWID;
CREATE INDEX value_found ON value (col, value);
CREATE TABLE week (week INTEGER PRIMARY KEY, first INTEGER NOT NULL, last INTEGER NOT NULL);
CREATE TABLE word (term TEXT PRIMARY KEY) WITHOUT ROWID;
CREATE TABLE applied (first INTEGER PRIMARY KEY, last INTEGER NOT NULL);
CREATE VIRTUAL TABLE text USING fts5 ({COLUMNS}, content='', columnsize=0,
                                      tokenize="unicode61 remove_diacritics 0");
CREATE VIRTUAL TABLE vocabulary USING fts5vocab (text, row);
CREATE VIRTUAL TABLE occurrence USING fts5vocab (text, instance);
INSERT INTO text (text, rank) VALUES ('hashsize', {HASH * 2**20});
INSERT INTO format VALUES ('{FORMAT}');
"""  # noqa: S608 - constants of ours

Mode = Literal["read", "write"]


@dataclass(frozen=True, slots=True)
class Schema:
    """What a file holds; the format changes with the statements."""

    statements: str
    format: str


MAIL = Schema(_SCHEMA, FORMAT)


def open_file(path: Path, *, mode: Mode, schema: Schema = MAIL) -> sqlite3.Connection:
    """Open an index file of today's format; `write` makes it where there is none."""
    if mode == "read" and not path.exists():
        raise IndexMissingError(str(path))
    uri = f"{path.absolute().as_uri()}?mode={'ro' if mode == 'read' else 'rwc'}"
    with translated():
        connection = sqlite3.connect(uri, uri=True, timeout=WAIT, isolation_level=None)
    try:
        with translated():
            _prepare(connection, mode, schema)
    except Section9Error:
        connection.close()
        raise
    return connection


def _prepare(connection: sqlite3.Connection, mode: Mode, schema: Schema) -> None:
    connection.execute(f"PRAGMA cache_size = -{CACHE * 1024}")
    if mode == "write":
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute(f"PRAGMA wal_autocheckpoint = {WAL_PAGES}")
        # The spool lets go of a message once `put` returns, so each commit reaches the disk.
        connection.execute("PRAGMA synchronous = FULL")
        with transaction(connection, "IMMEDIATE"):
            if connection.execute("SELECT count(*) FROM sqlite_schema").fetchone() == (0,):
                for statement in schema.statements.strip().split(";\n"):
                    connection.execute(statement)
    found = _format(connection)
    if found != schema.format:
        raise IndexVersionError(found, schema.format)


def _format(connection: sqlite3.Connection) -> str:
    named = connection.execute("SELECT 1 FROM sqlite_schema WHERE name = 'format'").fetchone()
    row = connection.execute("SELECT format FROM format").fetchone() if named else None
    return str(row[0]) if row else "unknown"


@contextmanager
def transaction(
    connection: sqlite3.Connection, kind: Literal["DEFERRED", "IMMEDIATE"]
) -> Iterator[None]:
    """Run a block whole or not at all. Readers take `DEFERRED`: one moment of the index."""
    connection.execute(f"BEGIN {kind}")
    try:
        yield
        connection.execute("COMMIT")
    finally:
        if connection.in_transaction:
            connection.execute("ROLLBACK")


@contextmanager
def translated() -> Iterator[None]:
    """Turn SQLite's errors that are not bugs into ours."""
    try:
        yield
    except sqlite3.DatabaseError as error:
        code = getattr(error, "sqlite_errorcode", 0) & 0xFF  # the rest of the number refines it
        name = str(getattr(error, "sqlite_errorname", "unknown"))
        if code in {sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB}:
            raise IndexCorruptError(name) from error
        if code in _UNAVAILABLE:
            raise IndexUnavailableError(_UNAVAILABLE[code]) from error
        raise


_UNAVAILABLE = {
    sqlite3.SQLITE_BUSY: "another process is writing",
    sqlite3.SQLITE_LOCKED: "another process is writing",
    sqlite3.SQLITE_FULL: "the disk is full",
    sqlite3.SQLITE_IOERR: "the disk gave an error",
    sqlite3.SQLITE_CANTOPEN: "the file cannot be opened",
    sqlite3.SQLITE_PERM: "the file may not be opened",
    sqlite3.SQLITE_READONLY: "the file may not be written",
}
