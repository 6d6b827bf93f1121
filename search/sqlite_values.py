"""Conditions on exact values, moments and sizes, which all stand in one table."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import msgspec

from search.fields import BY_NAME, FINDING_FIELDS
from search.order import ranks
from search.sqlite_rows import EVERY, Rows

MAX_MARKS = 500  # values that are a parameter each
ANY_FINDING = ("any", "finding")
"""The value of every mail in which anything is found, so that `finding:*` asks for one value."""
_AFTER = "\U0010ffff"


@dataclass(frozen=True, slots=True)
class Condition:
    """A piece of SQL that is true or false of a row of `mail AS m`."""

    sql: str
    parameters: tuple[str | int, ...] = ()


def exactly(field: str, values: Sequence[str], rows: Rows = EVERY) -> Condition:
    """Any of some values."""
    among = _among(values)
    if field == "id" and len(values) > MAX_MARKS:  # numbers are compared faster than ids
        sql = f"SELECT i.row FROM ({among.sql}) AS k CROSS JOIN mail AS i ON i.id = k.value"  # noqa: S608 - marks, or ours
        return Condition(f"m.row IN ({sql})", among.parameters)
    if field == "id":
        return Condition(f"m.id IN ({among.sql})", among.parameters)
    return _valued(BY_NAME[field].columns, f"value IN ({among.sql})", among.parameters, rows)


def starting(field: str, value: str, rows: Rows = EVERY) -> Condition:
    """A value that begins so."""
    if field == "id":
        return Condition("m.id >= ? AND m.id < ?", (value, value + _AFTER))
    if not value and field in FINDING_FIELDS:
        column, named = ANY_FINDING
        return _valued((column,), "value = ?", (named,), rows)
    ends = (value, value + _AFTER)
    return _valued(BY_NAME[field].columns, "value >= ? AND value < ?", ends, rows)


def between(low: datetime | None, high: datetime | None) -> Condition:
    """The mail's own date in `[low, high)`."""
    return Condition("m.rank > ? AND m.rank <= ?", ranks(low, high))


def ordered(field: str, ends: tuple[str | None, str | None], rows: Rows = EVERY) -> Condition:
    """A moment or size, kept as values in order, of which a mail may have several."""
    low, high = ends
    limits = (low or "", high or _AFTER)
    return _valued(BY_NAME[field].columns, "value >= ? AND value < ?", limits, rows)


def marks(values: Sequence[str]) -> str:
    """Write a question mark for each."""
    return ", ".join("?" * len(values))


def _valued(
    columns: Sequence[str], test: str, parameters: Sequence[str | int], rows: Rows
) -> Condition:
    """Rows with a value of some columns that passes a test. The planner would scan the rows."""
    return Condition(
        "m.row IN (SELECT row FROM value INDEXED BY value_found "  # noqa: S608 - constants of ours
        f"WHERE col IN ({marks(columns)}) AND {test}{rows.among('row')})",
        (*columns, *parameters),
    )


def _among(values: Sequence[str]) -> Condition:
    """List values; many are one parameter, for SQLite may take no more than 32,766 of them."""
    if len(values) <= MAX_MARKS:
        return Condition(marks(values), tuple(values))
    json = msgspec.json.encode(list(values)).decode()
    return Condition("SELECT j.value FROM json_each(?) AS j", (json,))
