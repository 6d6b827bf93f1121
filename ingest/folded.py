"""Files of SQLite into which a book of the ledger is folded, so that a look costs what is new.

Such a file follows the ledger and never leads: losing it loses nothing, for it is folded again.
"""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Layout:
    """The tables of a file. A file of another format is begun again."""

    format: int  # raised whenever the tables change
    schema: str


def opened(path: Path, layout: Layout) -> sqlite3.Connection:
    """Open a file, empty where it is new or of another format. Close it."""
    db = sqlite3.connect(path, isolation_level=None)
    db.execute("PRAGMA journal_mode = WAL")
    # A crash may lose the last acts, never their order: the ledger tells them again.
    db.execute("PRAGMA synchronous = NORMAL")
    [found] = db.execute("PRAGMA user_version").fetchone()
    if found != layout.format:
        begin_again(db, layout)
    return db


def begin_again(db: sqlite3.Connection, layout: Layout) -> None:
    """Forget everything: the ledger tells it again."""
    tables = db.execute("SELECT name FROM sqlite_schema WHERE type = 'table'").fetchall()
    drops = "".join(f"DROP TABLE {table};" for (table,) in tables)
    db.executescript(f"{drops}{layout.schema}PRAGMA user_version = {layout.format};")


@contextmanager
def transaction(db: sqlite3.Connection) -> Iterator[None]:
    """Write all that is written within, or nothing."""
    db.execute("BEGIN IMMEDIATE")
    try:
        yield
    except BaseException:
        db.execute("ROLLBACK")
        raise
    db.execute("COMMIT")
