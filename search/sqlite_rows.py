"""Which rows can matter: of a period, and of the page that is asked for.

Mail comes in order of time, or nearly: so the mail of some weeks lies in some stretch of rows, and
what is asked of a period need not be looked for in the others. Where mail of all times came in at
once the stretch is long, and no answer is different for it.
"""

import sqlite3
from collections.abc import Iterable
from dataclasses import dataclass

from search.index import Cursor
from search.order import Order, rank, ranks
from search.tree import Between, Query

WEEK = 7 * 24 * 3_600 * 1_000_000  # microseconds, of which ranks are
MARGIN = 4  # times as many mails are looked at as would do if those that match lay evenly
MOST = 50_000  # mails that are counted off to find where a page may end
FIRST, LAST = -(2**63), 2**63 - 1

_WAYS = {Order.NEWEST: (">=", "ASC"), Order.OLDEST: ("<=", "DESC")}


@dataclass(frozen=True, slots=True)
class Rows:
    """A stretch of rows, both ends included."""

    first: int = FIRST
    last: int = LAST

    def among(self, column: str) -> str:
        """Write the condition that a column is one of them, to stand behind another."""
        if self == EVERY:
            return ""
        return f" AND {column} BETWEEN {self.first:d} AND {self.last:d}"

    def __and__(self, other: "Rows") -> "Rows":
        return Rows(max(self.first, other.first), min(self.last, other.last))


EVERY = Rows()


@dataclass(frozen=True, slots=True)
class Reach:
    """Where a page surely ends, if what it says is found there: a rank, and the rows up to it."""

    rank: int
    rows: Rows


def note(db: sqlite3.Connection, placed: Iterable[tuple[int, int]]) -> None:
    """Remember in which rows the mail of each week is: pairs of a row and a rank."""
    db.executemany(
        "INSERT INTO week VALUES (?1, ?2, ?2) ON CONFLICT (week) "
        "DO UPDATE SET first = min(first, ?2), last = max(last, ?2)",
        [(ranked // WEEK, row) for row, ranked in placed],
    )


def period(parts: Iterable[Query]) -> tuple[int, int]:
    """The ranks of all mail that matches all of some parts, by the dates they ask for."""
    first, last = FIRST, LAST
    for part in parts:
        if isinstance(part, Between) and part.field == "date":
            newest, oldest = ranks(part.low, part.high)
            first, last = max(first, newest), min(last, oldest)
    return first, last


def dated(db: sqlite3.Connection, parts: Iterable[Query]) -> Rows:
    """The rows in which all mail lies that matches all of some parts, by the dates they ask for."""
    first, last = period(parts)
    return EVERY if (first, last) == (FIRST, LAST) else _of_weeks(db, first, last)


def counted(db: sqlite3.Connection, first: int, last: int) -> int:
    """Count the mail of a period, by what lies outside it where that is probably less."""
    if first >= last:  # two periods that have nothing in common
        return 0
    within, [total] = _of_weeks(db, first, last), db.execute("SELECT count(*) FROM mail").fetchone()
    if within.last - within.first < total // 2:
        inside = "SELECT count(*) FROM mail WHERE rank > ? AND rank <= ?"
        return int(db.execute(inside, (first, last)).fetchone()[0])
    before, after = "rank <= ?", "rank > ?"  # two questions: an OR would look at every mail
    sql = "SELECT count(*) FROM mail WHERE "
    outside = [db.execute(sql + end, (at,)) for end, at in ((before, first), (after, last))]
    return int(total - sum(count for answer in outside for (count,) in answer))


def reach(  # noqa: PLR0913 - what a page is asked by
    db: sqlite3.Connection,
    parts: Iterable[Query],
    *,
    size: int,
    total: int,
    after: Cursor | None,
    order: Order,
) -> Reach | None:
    """Say how far a page of `size` out of `total` will hardly go; None where that is no help."""
    first, last = period(parts)
    known = db.execute("SELECT max(row) FROM mail").fetchone()[0] or 0
    mails = MARGIN * size * known // max(total, 1)
    if mails > min(known // 2, MOST):
        return None
    onward, way = _WAYS[order]
    if order is Order.NEWEST:
        begin = first if after is None else max(first, rank(after.date))
    else:
        begin = last if after is None else min(last, rank(after.date))
    sql = f"SELECT rank FROM mail WHERE rank {onward} ? ORDER BY rank {way} LIMIT 1 OFFSET ?"  # noqa: S608 - ours
    found = db.execute(sql, (begin, mails)).fetchone()
    if found is None:
        return None
    ends = (begin, found[0]) if order is Order.NEWEST else (found[0], begin)
    return Reach(found[0], _of_weeks(db, *ends))


def _of_weeks(db: sqlite3.Connection, low: int, high: int) -> Rows:
    """The rows of the mail with ranks from `low` to `high`, and of some more."""
    first, last = db.execute(
        "SELECT min(first), max(last) FROM week WHERE week BETWEEN ? AND ?",
        (low // WEEK, high // WEEK),
    ).fetchone()
    return Rows(0, -1) if first is None else Rows(first, last)
