"""The embedded index of web visits: one SQLite file of its own, made for millions of lines.

Names (users, sites, computers) are kept once and counted by their numbers. FTS5 keeps no text: the
page's address in the row gives the very words back when it goes.
"""

import sqlite3
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from itertools import islice
from pathlib import Path
from urllib.parse import unquote_plus

import structlog

from search.expressions import compiled
from search.index import Facet, NoFacetError
from search.order import Order
from search.sqlite_file import Mode, Schema, open_file, transaction, translated
from search.sqlite_values import Condition
from search.tree import Query
from search.web import LineDigest, Place, PlaceGoneError, Visit, WebHit, WebLine, WebPage
from search.web_fields import FACETS
from search.web_where import NAMES, ROOM, condition, micros, moment, row_of
from search.words import words

STREAMED = 1_000  # rows fetched at a time
TRACES = 1  # the file's `user_version` from a drop until it is scrubbed
FORMAT = f"web 2/{unicodedata.unidata_version}"

_COLUMNS = f"row, time, page, blocked, status, size, {', '.join(NAMES)}"
SCHEMA = Schema(
    f"""
CREATE TABLE format (format TEXT NOT NULL);
CREATE TABLE name (row INTEGER PRIMARY KEY, col TEXT NOT NULL, value TEXT NOT NULL,
                   UNIQUE (col, value));
CREATE TABLE visit (row INTEGER PRIMARY KEY, time INTEGER NOT NULL, page TEXT NOT NULL,
                    blocked INTEGER NOT NULL, status INTEGER NOT NULL, size INTEGER NOT NULL,
                    {", ".join(f"{name} INTEGER NOT NULL" for name in NAMES)});
CREATE INDEX visit_time ON visit (time);
CREATE INDEX visit_user ON visit (user, time);
CREATE INDEX visit_site ON visit (site, time);
CREATE INDEX visit_computer ON visit (computer, time);
CREATE TABLE line (row INTEGER PRIMARY KEY, digest BLOB NOT NULL);
CREATE INDEX line_digest ON line (digest);
CREATE TABLE applied (batch INTEGER PRIMARY KEY);
CREATE VIRTUAL TABLE text USING fts5 (page, content='', columnsize=0,
                                      tokenize="unicode61 remove_diacritics 0");
INSERT INTO text (text, rank) VALUES ('hashsize', {16 * 2**20});
INSERT INTO format VALUES ('{FORMAT}');
""",  # noqa: S608 - columns and numbers of ours alone
    FORMAT,
)

_PUT = f"INSERT INTO visit ({_COLUMNS}) VALUES ({', '.join('?' * 11)})"  # noqa: S608 - our columns
_NAMED = "(SELECT value FROM name WHERE name.row = v.{0})"
_SELECT = f"""
SELECT v.row, v.time, v.page, v.blocked, v.status, v.size, {", ".join(map(_NAMED.format, NAMES))}
FROM visit AS v"""  # noqa: S608 - our columns
_PAGED = {Order.NEWEST: ("<", "DESC", (2**63 - 1, 0)), Order.OLDEST: (">", "ASC", (-(2**63), 0))}

log = structlog.get_logger()


def open_web_sqlite(path: Path, *, mode: Mode) -> "WebSqlite":
    """Open an index of web visits; `write` makes it where there is none."""
    connection = open_file(path, mode=mode, schema=SCHEMA)
    with translated():
        for view, kind in (("web_word", "row"), ("web_occurrence", "instance")):
            connection.execute(
                f"CREATE VIRTUAL TABLE temp.{view} USING fts5vocab ('main', 'text', '{kind}')"
            )
    connection.create_function("fits", 2, _fits, deterministic=True)
    connection.create_function("edits", 2, _edits, deterministic=True)
    return WebSqlite(connection)


_described = lru_cache(maxsize=8)(compiled)


def _fits(value: str | int, expression: str) -> bool:
    return _described(expression)(str(value))


def _edits(word: str, asked: str) -> int:
    from rapidfuzz.distance import OSA  # noqa: PLC0415 - only a misspelt word pays for it

    return OSA.distance(word, asked)


def text_of(page: str) -> str:
    """The words of an address, as they are indexed."""
    return " ".join(words(unquote_plus(page, errors="replace")))


class WebSqlite:
    """An open index: what `search.web.WebIndex` says, in SQLite."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._db = connection
        self._names: dict[tuple[str, str], int] = {}

    @property
    def description(self) -> str:
        """Name the engine and its version."""
        return f"sqlite {sqlite3.sqlite_version}"

    # --- writing ------------------------------------------------------------------------------

    def put(self, batch: int, lines: Sequence[WebLine]) -> None:
        """Take a batch in, in one transaction."""
        with translated(), transaction(self._db, "IMMEDIATE"):
            if self._db.execute("SELECT 1 FROM applied WHERE batch = ?", (batch,)).fetchone():
                return
            self._names.clear()  # another process may have written names, or dropped them
            rows = [(row_of(batch, line.position), line) for line in lines]
            self._db.executemany(
                "INSERT INTO line VALUES (?, ?)", ((row, line.digest) for row, line in rows)
            )
            visits = [(row, line.visit) for row, line in rows if line.visit]
            self._db.executemany(_PUT, (self._row(row, visit) for row, visit in visits))
            self._db.executemany(
                "INSERT INTO text (rowid, page) VALUES (?, ?)",
                ((row, text_of(visit.page)) for row, visit in visits),
            )
            self._db.execute("INSERT INTO applied VALUES (?)", (batch,))
        log.debug("web indexed", batch=batch, lines=len(lines))

    def keep(self, batch: int, positions: Iterable[int]) -> None:
        """Take out every line of a batch but these. Traces stay until the file is scrubbed."""
        wanted = {row_of(batch, position) for position in positions}
        ends = (batch * ROOM, (batch + 1) * ROOM)
        with translated(), transaction(self._db, "IMMEDIATE"):
            rows = self._db.execute("SELECT row FROM line WHERE row >= ? AND row < ?", ends)
            gone = [(row,) for (row,) in rows if row not in wanted]
            if gone:
                self._db.execute(f"PRAGMA user_version = {TRACES}")
            self._drop(gone)

    def _drop(self, rows: list[tuple[int]]) -> None:
        for row in rows:
            found = self._db.execute("SELECT page FROM visit WHERE row = ?", row).fetchone()
            if found:
                self._db.execute(
                    "INSERT INTO text (text, rowid, page) VALUES ('delete', ?, ?)",
                    (*row, text_of(found[0])),
                )
        self._db.executemany("DELETE FROM visit WHERE row = ?", rows)
        self._db.executemany("DELETE FROM line WHERE row = ?", rows)

    def scrub(self) -> None:
        """Write the file anew, without the names that nothing bears any more."""
        with translated():
            [traces] = self._db.execute("PRAGMA user_version").fetchone()
            if not traces:
                return
            with transaction(self._db, "IMMEDIATE"):
                borne = " UNION ".join(f"SELECT {name} FROM visit" for name in NAMES)  # noqa: S608 - our columns
                self._db.execute(f"DELETE FROM name WHERE row NOT IN ({borne})")  # noqa: S608 - likewise
                self._db.execute("INSERT INTO text (text) VALUES ('optimize')")
            self._db.execute("VACUUM")
            self._db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            self._db.execute("PRAGMA user_version = 0")

    def _row(self, row: int, visit: Visit) -> tuple[int | str, ...]:
        return (
            row,
            micros(visit.time),
            visit.page,
            int(visit.blocked),
            visit.status,
            visit.size,
            self._name("user", visit.user),
            self._name("site", visit.site),
            self._name("computer", visit.computer),
            self._name("category", visit.category),
            self._name("method", visit.method),
        )

    def _name(self, column: str, value: str) -> int:
        """Give the number of a name, a new one where it has none."""
        known = self._names.get((column, value))
        if known is None:
            pair = (column, value)
            self._db.execute("INSERT OR IGNORE INTO name (col, value) VALUES (?, ?)", pair)
            found = self._db.execute("SELECT row FROM name WHERE col = ? AND value = ?", pair)
            known = self._names[column, value] = int(found.fetchone()[0])
        return known

    # --- reading ------------------------------------------------------------------------------

    def applied(self) -> frozenset[int]:
        """List the batches that are in."""
        with translated():
            return frozenset(batch for (batch,) in self._db.execute("SELECT batch FROM applied"))

    def seen(self, digests: Iterable[LineDigest]) -> Counter[LineDigest]:
        """Count the lines that are in, of those with these digests."""
        asked, found = iter(set(digests)), Counter[LineDigest]()
        with translated():
            while some := list(islice(asked, STREAMED)):
                marks = ", ".join("?" * len(some))
                sql = f"SELECT digest, count(*) FROM line WHERE digest IN ({marks}) GROUP BY 1"  # noqa: S608 - question marks
                found.update(dict(self._db.execute(sql, some).fetchall()))
        return found

    def search(
        self, query: Query, *, limit: int, after: Place | None = None, order: Order = Order.NEWEST
    ) -> WebPage:
        """Find a page of visits; the count and the page are of one moment."""
        where, (beyond, way, first) = condition(query), _PAGED[order]
        with translated(), transaction(self._db, "DEFERRED"):
            total = self._count(where)
            sql = (
                f"{_SELECT} WHERE ({where.sql}) AND (v.time, v.row) {beyond} (?, ?) "
                f"ORDER BY v.time {way}, v.row {way} LIMIT ?"
            )
            start = first if after is None else self._start(after)
            rows = self._db.execute(sql, (*where.parameters, *start, limit + 1)).fetchall()
        hits = tuple(map(_hit, rows[:limit]))
        return WebPage(hits, total, hits[-1].place if len(rows) > limit and hits else None)

    def count(self, query: Query) -> int:
        """Count the visits that match."""
        with translated():
            return self._count(condition(query))

    def facets(self, query: Query, field: str, *, limit: int) -> list[Facet]:
        """Count the values of a field among what matches."""
        if field not in FACETS:
            raise NoFacetError(field, FACETS)
        where = condition(query)
        sql = (
            f"SELECT {_VALUES.get(field, _NAMED.format(field))} AS value, count(*) "  # noqa: S608 - our columns
            f"FROM visit AS v WHERE {where.sql} GROUP BY 1 HAVING value != '' "
            "ORDER BY 2 DESC, 1 LIMIT ?"
        )
        with translated():
            counts = self._db.execute(sql, (*where.parameters, limit))
            return [Facet(value, count) for value, count in counts]

    def places(self, query: Query) -> Iterator[Place]:
        """Stream where all that match stand."""
        where = condition(query)
        sql = f"SELECT v.row FROM visit AS v WHERE {where.sql} ORDER BY v.row"  # noqa: S608 - see web_where
        with translated():
            rows = self._db.execute(sql, where.parameters)
            while some := rows.fetchmany(STREAMED):
                yield from (Place(*divmod(row, ROOM)) for (row,) in some)

    def unread(self, batch: int) -> tuple[int, ...]:
        """List the positions in a batch of the lines that could not be read."""
        with translated():
            rows = self._db.execute(
                "SELECT row FROM line WHERE row >= ? AND row < ? "
                "AND row NOT IN (SELECT row FROM visit) ORDER BY row",
                (batch * ROOM, (batch + 1) * ROOM),
            )
            return tuple(row % ROOM for (row,) in rows)

    def close(self) -> None:
        """Close the file."""
        self._db.close()

    def _count(self, where: Condition) -> int:
        sql = f"SELECT count(*) FROM visit AS v WHERE {where.sql}"  # noqa: S608 - see web_where
        return int(self._db.execute(sql, where.parameters).fetchone()[0])

    def _start(self, after: Place) -> tuple[int, int]:
        """Where to go on."""
        row = row_of(after.batch, after.position)
        found = self._db.execute("SELECT time FROM visit WHERE row = ?", (row,)).fetchone()
        if found is None:
            raise PlaceGoneError(after)
        return found[0], row


_VALUES = {
    "blocked": "CASE v.blocked WHEN 1 THEN 'blocked' ELSE 'allowed' END",
    "date": "strftime('%Y-%m', v.time / 1000000, 'unixepoch')",
    "status": "CASE v.status WHEN 0 THEN '' ELSE CAST(v.status AS TEXT) END",
}
"""How the value of a facet is written."""


def _hit(found: tuple[int, int, str, int, int, int, str, str, str, str, str]) -> WebHit:
    row, time, page, blocked, status, size, user, site, computer, category, method = found
    visit = Visit(
        moment(time), user, site, page, bool(blocked), computer, method, status, size, category
    )
    return WebHit(Place(*divmod(row, ROOM)), visit)
