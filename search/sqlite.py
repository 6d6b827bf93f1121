"""The embedded index: one SQLite file with FTS5, for one host.

FTS5 keeps no text (`content=''`): the record is stored once, as JSON, and gives the very words
back when it is changed or dropped. One table holds every exact value, so that a new field needs
no new table. Readers go on while a writer writes (WAL); writers wait for each other.
"""

import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import msgspec
import structlog

from search.document import Document, document
from search.excerpts import hit, marking
from search.fields import FACETS, TEXT_COLUMNS
from search.generations import discard
from search.index import (
    Cursor,
    Facet,
    IndexCorruptError,
    IndexUnavailableError,
    IndexVersionError,
    NoFacetError,
    Page,
)
from search.merge import merge
from search.order import Order, rank
from search.recipients import gather
from search.sealed import is_sealed
from search.sqlite_file import COLUMNS, Mode, open_file, transaction, translated
from search.sqlite_match import Known
from search.sqlite_rows import counted as counted_mails
from search.sqlite_rows import dated, note, period, reach
from search.sqlite_values import Condition
from search.sqlite_where import Found, counted, found, months, parts_of
from search.sqlite_words import Learnt, Vocabulary
from search.tree import Between, Query, clean
from section9 import MailId, Record, SightingId

CHOICES = 10  # ids that `resolve` lists
TRACES = 1  # the file's `user_version` from a drop until it is scrubbed
STREAMED = 1_000  # ids fetched at a time

_MARKS = ", ".join("?" * len(TEXT_COLUMNS))
_PUT_TEXT = f"INSERT INTO text (rowid, {COLUMNS}) VALUES (?, {_MARKS})"  # noqa: S608 - our columns
_DROP_TEXT = f"INSERT INTO text (text, rowid, {COLUMNS}) VALUES ('delete', ?, {_MARKS})"  # noqa: S608 - our columns
_PAGED = {
    Order.NEWEST: (">", "ASC", (-(2**63), "")),
    Order.OLDEST: ("<", "DESC", (2**63 - 1, "")),
}
"""How a page is asked for: what lies beyond a place, which way, and the place before all."""

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class _Change:
    """What becomes of one row; without `old` it is put in, without `new` it is taken out."""

    row: int
    mail: MailId
    old: Document | None
    new: Record | None


def open_sqlite(path: Path, *, mode: Mode) -> "SqliteIndex":
    """Open an index; `write` makes it where there is none, `read` never changes it.

    Raises `IndexMissingError`, `IndexVersionError`, `IndexCorruptError`, `IndexUnavailableError`.
    """
    return SqliteIndex(open_file(path, mode=mode))


def open_afresh(path: Path) -> "SqliteIndex":
    """Open an index to rebuild into: gone on with where it is sound, else begun again."""
    try:
        return open_sqlite(path, mode="write")
    except (IndexCorruptError, IndexVersionError) as error:
        log.warning("generation discarded", error=type(error).__name__)
        discard(path)
        return open_sqlite(path, mode="write")


class SqliteIndex:
    """An open index: what `search.index.Index` says, in SQLite."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._db = connection
        self._words = Vocabulary(connection)
        self._learnt = Learnt(connection)

    @property
    def description(self) -> str:
        """Name the engine and its version."""
        return f"sqlite {sqlite3.sqlite_version}"

    # --- writing ------------------------------------------------------------------------------

    def put(self, records: Sequence[Record], *, segment: int | None) -> None:
        """Take records in, in one transaction; fastest with some hundreds at a time."""
        incoming: dict[MailId, Record] = {}
        for record in records:
            known = incoming.get(record.mail)
            incoming[record.mail] = record if known is None else merge(known, record)
        with translated(), self._writing():
            stored = self._stored(incoming)
            self._write(self._changes(stored, incoming))
            if any(map(is_sealed, incoming.values())):  # it may have emptied what was there
                self._db.execute(f"PRAGMA user_version = {TRACES}")
            if segment is not None:
                self._apply(segment)
        log.debug("indexed", records=len(records), known=len(stored), segment=segment)

    def drop(self, mails: Iterable[MailId]) -> None:
        """Take mails out. Traces of their words stay in the file until it is scrubbed."""
        with translated(), self._writing():
            stored = self._stored(mails)
            if stored:
                self._db.execute(f"PRAGMA user_version = {TRACES}")
            self._write(
                [_Change(row, mail, document(old), None) for mail, (row, old) in stored.items()]
            )

    def scrub(self) -> None:
        """Merge FTS5's lists, which sheds dropped words; write every page anew; empty the log."""
        with translated():
            if self._db.execute("PRAGMA user_version").fetchone() != (TRACES,):
                return
            self._db.execute("INSERT INTO text (text) VALUES ('optimize')")
            with self._writing():
                self._learnt.forget()
                self._db.execute("DELETE FROM word")
                self._db.execute("INSERT INTO word SELECT term FROM vocabulary")
            self._db.execute("VACUUM")
            [busy, *_] = self._db.execute("PRAGMA wal_checkpoint (TRUNCATE)").fetchone()
            if busy:
                raise IndexUnavailableError("a search that is running reads its log")
            self._db.execute("PRAGMA user_version = 0")

    def _changes(
        self, stored: dict[MailId, tuple[int, Record]], incoming: dict[MailId, Record]
    ) -> list[_Change]:
        """Tell what is new, and what changes in the row it has."""
        [free] = self._db.execute("SELECT coalesce(max(row), 0) + 1 FROM mail").fetchone()
        changes = []
        for mail, record in incoming.items():
            if mail not in stored:
                changes.append(_Change(free, mail, None, record))
                free += 1
                continue
            row, old = stored[mail]
            merged = merge(old, record)
            if merged != old:
                changes.append(_Change(row, mail, document(old), merged))
        return changes

    def _write(self, changes: list[_Change]) -> None:
        """Write rows in ascending order: FTS5 flushes its memory at each step backwards."""
        gone: list[tuple[int | str, ...]] = []
        come: list[tuple[int | str, ...]] = []
        learnt: list[str] = []
        for change in sorted(changes, key=lambda change: change.row):
            new = None if change.new is None else document(change.new)
            self._write_record(change)
            self._write_values(change, new)
            if change.old and (new is None or new.texts != change.old.texts):
                gone.append((change.row, *change.old.texts))
            if new and (change.old is None or new.texts != change.old.texts):
                come.append((change.row, *new.texts))
                learnt += new.texts
        self._db.executemany(_DROP_TEXT, gone)
        self._db.executemany(_PUT_TEXT, come)
        self._learnt.learn(learnt)
        note(self._db, [(one.row, rank(one.new.date)) for one in changes if one.new])

    @contextmanager
    def _writing(self) -> Iterator[None]:
        """Write in one transaction; of one that fails, no word counts as known."""
        try:
            with transaction(self._db, "IMMEDIATE"):
                yield
        except BaseException:
            self._learnt.forget()
            raise

    def _write_record(self, change: _Change) -> None:
        if change.new is None:
            self._db.execute("DELETE FROM mail WHERE row = ?", (change.row,))
            self._db.execute("DELETE FROM record WHERE row = ?", (change.row,))
            return
        ranked = (change.row, change.mail, rank(change.new.date))
        self._db.execute("INSERT OR REPLACE INTO mail VALUES (?, ?, ?)", ranked)
        json = msgspec.json.encode(change.new)
        self._db.execute("INSERT OR REPLACE INTO record VALUES (?, ?)", (change.row, json))

    def _write_values(self, change: _Change, new: Document | None) -> None:
        before = change.old.values if change.old else frozenset()
        after = new.values if new else frozenset()
        self._db.executemany(
            "DELETE FROM value WHERE row = ? AND col = ? AND value = ?",
            [(change.row, *pair) for pair in before - after],
        )
        self._db.executemany(
            "INSERT INTO value VALUES (?, ?, ?)",
            [(change.row, *pair) for pair in sorted(after - before)],
        )

    def _apply(self, segment: int) -> None:
        """Add a segment, joined with the ranges before and after it."""
        touching = "first <= ?1 + 1 AND last >= ?1 - 1"
        low, high = self._db.execute(
            f"SELECT min(first), max(last) FROM applied WHERE {touching}",  # noqa: S608 - ours
            (segment,),
        ).fetchone()
        self._db.execute(f"DELETE FROM applied WHERE {touching}", (segment,))  # noqa: S608 - ours
        ends = (segment, segment) if low is None else (min(low, segment), max(high, segment))
        self._db.execute("INSERT INTO applied VALUES (?, ?)", ends)

    # --- reading ------------------------------------------------------------------------------

    def applied(self) -> tuple[range, ...]:
        """List the segments that are in."""
        with translated():
            rows = self._db.execute("SELECT first, last + 1 FROM applied ORDER BY first")
            return tuple(range(first, end) for first, end in rows)

    def known(self, sightings: Iterable[SightingId]) -> set[SightingId]:
        """Tell which of these copies are indexed."""
        asked = msgspec.json.encode(list(sightings)).decode()
        with translated():
            rows = self._db.execute(
                "SELECT value FROM value WHERE col = 'sighting' "
                "AND value IN (SELECT j.value FROM json_each(?) AS j)",
                (asked,),
            )
            return {SightingId(value) for (value,) in rows}

    def sent_to(self, message_ids: Iterable[str]) -> dict[str, frozenset[str]]:
        """Tell whom the mail with these Message-IDs is known to have been sent."""
        asked = msgspec.json.encode([clean(one) for one in message_ids]).decode()
        with translated():
            pairs = self._db.execute(
                "SELECT i.value, p.value FROM value AS i LEFT JOIN value AS p "
                "ON p.row = i.row AND p.col IN ('envelope', 'list') "
                "WHERE i.col = 'message_id' AND i.value IN (SELECT j.value FROM json_each(?) AS j)",
                (asked,),
            )
            return gather(pairs)

    def get(self, mail: MailId) -> Record | None:
        """Give a mail's record."""
        with translated():
            stored = self._stored([mail])
        return stored[mail][1] if stored else None

    def resolve(self, prefix: str) -> list[MailId]:
        """List the first ids that begin so."""
        begun = "SELECT id FROM mail WHERE id >= ? AND id < ? ORDER BY id LIMIT ?"
        ends = (prefix.lower(), f"{prefix.lower()}\U0010ffff", CHOICES)
        with translated():
            return [MailId(mail) for (mail,) in self._db.execute(begun, ends)]

    def search(
        self,
        query: Query,
        *,
        limit: int,
        after: Cursor | None = None,
        order: Order = Order.NEWEST,
    ) -> Page:
        """Find a page of messages; the count and the page are of one moment."""
        with translated(), transaction(self._db, "DEFERRED"):
            mails = found(query, self._known(query))
            total = self._count(query, mails)
            rows = self._near(query, limit + 1, total, after, order)
            if len(rows) <= limit:
                rows = self._page(mails, limit + 1, after, order)
            marks = marking(query)
            hits = tuple(hit(record, marks) for record in self._records(rows[:limit]))
        more = len(rows) > limit and hits
        return Page(hits, total, Cursor(hits[-1].date, hits[-1].mail) if more else None)

    def count(self, query: Query) -> int:
        """Count the messages that match."""
        with translated(), transaction(self._db, "DEFERRED"):
            return self._count(query, found(query, self._known(query)))

    def ids(self, query: Query) -> Iterator[MailId]:
        """Stream the ids of all that match, as they were when the first was asked for."""
        with translated():
            rows = found(query, self._known(query)).rows
            sql = f"SELECT m.id {rows.sql} ORDER BY m.rank, m.id"
            mails = self._db.execute(sql, rows.parameters)
            while chunk := mails.fetchmany(STREAMED):
                yield from (MailId(mail) for (mail,) in chunk)

    def records(self, query: Query) -> Iterator[Record]:
        """Stream the records of all that match, as they were when the first was asked for."""
        with translated():
            rows = found(query, self._known(query)).rows
            sql = (
                f"SELECT json FROM record JOIN (SELECT m.row, m.rank, m.id {rows.sql}) "  # noqa: S608 - see sqlite_where
                "USING (row) ORDER BY rank, id"
            )
            for (json,) in self._db.execute(sql, rows.parameters):
                yield msgspec.json.decode(json, type=Record)

    def facets(self, query: Query, field: str, *, limit: int) -> list[Facet]:
        """Count the values of a field among what matches."""
        if field not in FACETS:
            raise NoFacetError(field, FACETS)
        with translated(), transaction(self._db, "DEFERRED"):
            rows = found(query, self._known(query)).rows
            facet = months(rows) if field == "date" else counted(rows, field)
            counts = self._db.execute(
                f"{facet.sql} ORDER BY 2 DESC, 1 LIMIT ?", (*facet.parameters, limit)
            )
            return [Facet(value, count) for value, count in counts]

    def close(self) -> None:
        """Close the file."""
        self._db.close()

    def _stored(self, mails: Iterable[MailId]) -> dict[MailId, tuple[int, Record]]:
        """Give the rows and records of those mails that are indexed."""
        found = self._db.execute(
            "SELECT id, row, json FROM mail JOIN record USING (row) "
            "WHERE id IN (SELECT value FROM json_each(?))",
            (msgspec.json.encode(list(mails)).decode(),),
        )
        return {mail: (row, msgspec.json.decode(json, type=Record)) for mail, row, json in found}

    def _known(self, query: Query) -> Known:
        return Known(self._words, dated(self._db, parts_of(query)))

    def _count(self, query: Query, mails: Found) -> int:
        parts = parts_of(query)
        if parts and all(isinstance(part, Between) and part.field == "date" for part in parts):
            return counted_mails(self._db, *period(parts))
        sql = f"SELECT count(*) {mails.number.sql}"
        return int(self._db.execute(sql, mails.number.parameters).fetchone()[0])

    def _near(
        self, query: Query, size: int, total: int, after: Cursor | None, order: Order
    ) -> list[int]:
        """List the rows of a page, looked for where they probably are; none is no answer."""
        parts = parts_of(query)
        near = reach(self._db, parts, size=size, total=total, after=after, order=order)
        if near is None:
            return []
        known = self._known(query)
        mails = found(query, replace(known, rows=known.rows & near.rows))
        rows, (beyond, _, _) = mails.rows, _PAGED[order]
        ends = Condition(f"{rows.sql} AND NOT m.rank {beyond} ?", (*rows.parameters, near.rank))
        return self._page(replace(mails, rows=ends), size, after, order)

    def _page(self, mails: Found, size: int, after: Cursor | None, order: Order) -> list[int]:
        """List the rows of a page and one more, if there is one."""
        rows, (beyond, way, first) = mails.rows, _PAGED[order]
        sql = (
            f"SELECT m.row {rows.sql} AND (m.rank, m.id) {beyond} (?, ?) "
            f"ORDER BY m.rank {way}, m.id {way} LIMIT ?"
        )
        start = first if after is None else (rank(after.date), after.mail)
        return [row for (row,) in self._db.execute(sql, (*rows.parameters, *start, size))]

    def _records(self, rows: Iterable[int]) -> Iterator[Record]:
        for row in rows:
            sql = "SELECT json FROM record WHERE row = ?"
            yield msgspec.json.decode(self._db.execute(sql, (row,)).fetchone()[0], type=Record)
