"""`Query` to SQL over `visit AS v`, with every value of the query as a parameter."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import msgspec

from search import tree
from search.sqlite_match import near
from search.sqlite_values import Condition
from search.web import read_place

ROOM = 1 << 20
"""Rows of a batch: a line's row is its batch times this, and its position."""
NAMES = ("user", "site", "computer", "category", "method")
"""Columns of names, each kept once in a table of their own."""
Text = tree.Word | tree.Phrase | tree.Prefix | tree.Near
"""What FTS5 finds."""
LAST = "\U0010ffff"
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_NOTHING = Condition("0")


def condition(query: tree.Query) -> Condition:  # noqa: C901, PLR0911, PLR0912 - one branch a form
    """Translate a query."""
    match query:
        case tree.Everything() | tree.All(()):
            return Condition("1")
        case tree.AnyOf(()):
            return _NOTHING
        case tree.All(parts):
            return _joined(_demanded(parts), "AND")
        case tree.AnyOf(parts):
            return _joined(_alternatives(parts), "OR")
        case tree.Not(part):
            inner = condition(part)
            return Condition(f"NOT ({inner.sql})", inner.parameters)
        case tree.Between(_, low, high):
            return _between("time", *(None if end is None else micros(end) for end in (low, high)))
        case tree.Sized(_, low, high):
            return _between("size", low, high)
        case tree.Exact(field, value):
            return _exactly(field, [value])
        case tree.StartsWith(field, value):
            return _starting(field, value)
        case tree.Word() | tree.Phrase() | tree.Prefix() | tree.Near():
            return _matched(_expression(query))
        case tree.Wild(_, pattern):
            return _like(pattern)
        case tree.Fuzzy(_, word, edits):
            return _spelt_like(word, edits)
        case tree.Matches(field, expression):
            return _described(field, expression)


def micros(moment: datetime) -> int:
    """Number a moment: microseconds since 1970."""
    return (moment - _EPOCH) // timedelta(microseconds=1)


def moment(number: int) -> datetime:
    """Give the moment of a number."""
    return _EPOCH + timedelta(microseconds=number)


def _demanded(parts: Sequence[tree.Query]) -> list[Condition]:
    """Translate what must all be so: those of words alone as one, which FTS5 intersects."""
    texts = [part for part in parts if isinstance(part, Text)]
    others = [part for part in parts if not isinstance(part, Text)]
    match = " AND ".join(f"({_expression(text)})" for text in texts)
    return [condition(part) for part in others] + ([_matched(match)] if texts else [])


def _expression(text: Text) -> str:
    """Write an FTS5 expression. Words hold only letters and digits, so quotes hold them."""
    match text:
        case tree.Word(_, word):
            return f'"{word}"'
        case tree.Phrase(_, words):
            return f'"{" ".join(words)}"'
        case tree.Prefix(_, words):
            return f'"{" ".join(words)}" *'
        case tree.Near(_, words, distance):
            return near(words, distance)


def _alternatives(parts: Sequence[tree.Query]) -> list[Condition]:
    """Translate what may each be so: any of several names as one."""
    names: dict[str, list[str]] = {}
    others = []
    for part in parts:
        if isinstance(part, tree.Exact) and part.field in NAMES and part.field != "site":
            names.setdefault(part.field, []).append(part.value)
        else:
            others.append(condition(part))
    return [_exactly(field, values) for field, values in names.items()] + others


def _exactly(field: str, values: list[str]) -> Condition:
    match field:
        case "site":
            [value] = values
            return _named(
                field, "value = ? OR substr(value, ?) = ?", value, -len(value) - 1, f".{value}"
            )
        case "status":
            return _status(values[0])
        case "is":
            return Condition("v.blocked = ?", (int(values[0] == "blocked"),))
        case "id":
            place = read_place(values[0])
            return (
                Condition("v.row = ?", (row_of(place.batch, place.position),))
                if place
                else _NOTHING
            )
    asked = msgspec.json.encode(values).decode()
    return _named(field, "value IN (SELECT j.value FROM json_each(?) AS j)", asked)


def row_of(batch: int, position: int) -> int:
    """Number a line's row."""
    return batch * ROOM + position


def _status(value: str) -> Condition:
    plain = value.isascii() and value.isdigit() and len(value) < 10  # noqa: PLR2004 - digits of an integer
    return Condition("v.status = ?", (int(value),)) if plain else _NOTHING


def _starting(field: str, value: str) -> Condition:
    if field == "id" and (batch := read_place(f"{value}1")) and value.endswith("."):
        ends = (row_of(batch.batch, 0), row_of(batch.batch + 1, 0))
        return Condition("v.row >= ? AND v.row < ?", ends)
    if field in NAMES:
        return _named(field, "value >= ? AND value < ? AND value != ''", value, value + LAST)
    if field == "status":
        return Condition("v.status >= ? AND CAST(v.status AS TEXT) LIKE ?", (1, f"{value}%"))
    return _NOTHING


def _named(field: str, where: str, *parameters: str | int) -> Condition:
    """Look for a name in its table, and for the visits by its number there."""
    sql = f"v.{field} IN (SELECT row FROM name WHERE col = ? AND ({where}))"  # noqa: S608 - a column of ours
    return Condition(sql, (field, *parameters))


def _between(column: str, low: int | None, high: int | None) -> Condition:
    ends = [(f"v.{column} >= ?", low), (f"v.{column} < ?", high)]
    given = [(sql, end) for sql, end in ends if end is not None]
    sql = " AND ".join(sql for sql, _ in given) or "1"
    return Condition(sql, tuple(end for _, end in given))


def _matched(expression: str) -> Condition:
    """The plus keeps SQLite from going through all that have a word: a case is of few users."""
    return Condition("+v.row IN (SELECT rowid FROM text WHERE text MATCH ?)", (expression,))


def _like(pattern: str) -> Condition:
    """Look for words that look like a pattern of letters, `*` and `?`: GLOB's own signs."""
    start = pattern[: min(place for sign in "*?" if (place := pattern.find(sign)) >= 0)]
    return _with_words("w.term >= ? AND w.term < ? AND w.term GLOB ?", start, start + LAST, pattern)


def _spelt_like(word: str, edits: int) -> Condition:
    """Look for words that so many edits make of a word; `edits` is a function of ours."""
    lengths = (len(word) - edits, len(word) + edits)
    test = "length(w.term) BETWEEN ? AND ? AND edits(w.term, ?) <= ?"
    return _with_words(test, *lengths, word, edits)


def _with_words(test: str, *parameters: str | int) -> Condition:
    """Look for any of the words that pass a test, in the two views that FTS5 gives of its index."""
    sql = (
        "+v.row IN (SELECT o.doc FROM web_word AS w CROSS JOIN web_occurrence AS o "  # noqa: S608 - a test of ours
        f"ON o.term = w.term WHERE {test})"
    )
    return Condition(sql, parameters)


def _described(field: str, expression: str) -> Condition:
    """Look for names or numbers that an expression describes; `fits` is a function of ours."""
    match field:
        case "status":
            return Condition("v.status > 0 AND fits(v.status, ?)", (expression,))
        case "id":
            name = f"'w-' || (v.row / {ROOM}) || '.' || (v.row % {ROOM})"
            return Condition(f"fits({name}, ?)", (expression,))
    return _named(field, "value != '' AND fits(value, ?)", expression)


def _joined(parts: Sequence[Condition], operator: str) -> Condition:
    """Join as a balanced tree: SQLite refuses expressions more than 1,000 deep."""
    if len(parts) == 1:
        return parts[0]
    middle = len(parts) // 2
    left, right = _joined(parts[:middle], operator), _joined(parts[middle:], operator)
    return Condition(f"({left.sql}) {operator} ({right.sql})", left.parameters + right.parameters)
