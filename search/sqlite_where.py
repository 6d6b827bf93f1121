"""`Query` to an SQL condition on `mail AS m`, with every value of the query as a parameter.

The text of the SQL is made of constants of ours alone. Words go to FTS5 in one MATCH for as much
of the tree as possible: it intersects lists of rows faster than SQL does.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from search.dates import stamp
from search.fields import BY_NAME, PROSE_COLUMNS
from search.order import UNDATED, ranks
from search.tree import (
    All,
    AnyOf,
    Between,
    Everything,
    Exact,
    Not,
    Phrase,
    Prefix,
    Query,
    StartsWith,
    Word,
)

MAX_MATCH_DEPTH = 8  # FTS5 parses about 30 parentheses inside one another
_LAST = "\U0010ffff"

Expand = Callable[[str], Iterable[str]]
"""Gives the words of the index with the same English stem as a word."""


@dataclass(frozen=True, slots=True)
class Condition:
    """A piece of SQL that is true or false of a row of `mail AS m`."""

    sql: str
    parameters: tuple[str | int, ...] = ()


def condition(query: Query, expand: Expand) -> Condition:  # noqa: PLR0911 - one return a form
    """Translate a query."""
    match query:
        case Everything():
            return Condition("1")
        case Word() | Phrase() | Prefix():
            return _matched(_match(query, expand))
        case Exact(field, value):
            return _exactly(field, [value])
        case StartsWith(field, value):
            return _starting(field, value)
        case Between("date", low, high):
            return _between(low, high)
        case Between(field, low, high):
            return _valued_between(field, low, high)
        case Not(part):
            inner = condition(part, expand)
            return Condition(f"NOT ({inner.sql})", inner.parameters)
        case All(parts):
            return _joined(_grouped(query, expand), "AND") if parts else Condition("1")
        case AnyOf(parts):
            return _joined(_grouped(query, expand), "OR") if parts else Condition("0")


def _grouped(query: All | AnyOf, expand: Expand) -> list[Condition]:
    """Translate the parts: those of words alone as one, any of several values as one."""
    texts = [part for part in query.parts if _is_text(part)]
    others = [part for part in query.parts if not _is_text(part)]
    conditions = [_matched(_match(type(query)(tuple(texts)), expand))] if texts else []
    if isinstance(query, AnyOf):
        values: dict[str, list[str]] = {}
        for part in others:
            if isinstance(part, Exact):
                values.setdefault(part.field, []).append(part.value)
        conditions += [_exactly(field, found) for field, found in values.items()]
        others = [part for part in others if not isinstance(part, Exact)]
    return conditions + [condition(part, expand) for part in others]


def _joined(parts: Sequence[Condition], operator: str) -> Condition:
    """Join as a balanced tree: SQLite refuses expressions more than 1,000 deep."""
    if len(parts) == 1:
        return parts[0]
    middle = len(parts) // 2
    left, right = _joined(parts[:middle], operator), _joined(parts[middle:], operator)
    return Condition(f"({left.sql}) {operator} ({right.sql})", left.parameters + right.parameters)


# --- values and dates -------------------------------------------------------------------------


def _exactly(field: str, values: Sequence[str]) -> Condition:
    if field == "id":
        return Condition(f"m.id IN ({_marks(values)})", tuple(values))
    columns = BY_NAME[field].columns
    return Condition(
        "m.row IN (SELECT row FROM value "  # noqa: S608 - only question marks are put in
        f"WHERE col IN ({_marks(columns)}) AND value IN ({_marks(values)}))",
        (*columns, *values),
    )


def _starting(field: str, value: str) -> Condition:
    if field == "id":
        return Condition("m.id >= ? AND m.id < ?", (value, value + _LAST))
    columns = BY_NAME[field].columns
    return Condition(
        "m.row IN (SELECT row FROM value "  # noqa: S608 - only question marks are put in
        f"WHERE col IN ({_marks(columns)}) AND value >= ? AND value < ?)",
        (*columns, value, value + _LAST),
    )


def _between(low: datetime | None, high: datetime | None) -> Condition:
    return Condition("m.rank > ? AND m.rank <= ?", ranks(low, high))


def _valued_between(field: str, low: datetime | None, high: datetime | None) -> Condition:
    """Compare moments that are kept as values, of which a mail may have several."""
    columns = BY_NAME[field].columns
    least, end = stamp(low) if low else "", stamp(high) if high else _LAST
    return Condition(
        "m.row IN (SELECT row FROM value "  # noqa: S608 - only question marks are put in
        f"WHERE col IN ({_marks(columns)}) AND value >= ? AND value < ?)",
        (*columns, least, end),
    )


def _marks(values: Sequence[str]) -> str:
    return ", ".join("?" * len(values))


# --- words ------------------------------------------------------------------------------------


def _is_text(query: Query, depth: int = 0) -> bool:
    """Tell whether one MATCH can hold it: words alone, not too deep for FTS5's parser."""
    match query:
        case All(parts) | AnyOf(parts):
            fits = bool(parts) and depth < MAX_MATCH_DEPTH
            return fits and all(_is_text(part, depth + 1) for part in parts)
    return isinstance(query, Word | Phrase | Prefix)


def _matched(expression: str) -> Condition:
    return Condition("m.row IN (SELECT rowid FROM text WHERE text MATCH ?)", (expression,))


def _match(query: Query, expand: Expand) -> str:
    """Write an FTS5 expression. Words hold only letters and digits, so quotes hold them."""
    match query:
        case All(parts):
            return " AND ".join(f"({_match(part, expand)})" for part in parts)
        case AnyOf(parts):
            return " OR ".join(f"({_match(part, expand)})" for part in parts)
        case Word(field, word):
            return _word(field, word, expand)
        case Phrase(field, words):
            return _within(BY_NAME[field].columns, f'"{" ".join(words)}"')
        case Prefix(field, words):
            return _within(BY_NAME[field].columns, f'"{" ".join(words)}" *')
    raise TypeError(query)


def _word(field: str, word: str, expand: Expand) -> str:
    """Look for a word's inflections in prose, for the word itself among names."""
    columns = BY_NAME[field].columns
    prose = [column for column in columns if column in PROSE_COLUMNS]
    names = [column for column in columns if column not in PROSE_COLUMNS]
    sides = []
    if prose:
        forms = sorted({word, *expand(word)})
        sides.append(_within(prose, "(" + " OR ".join(f'"{form}"' for form in forms) + ")"))
    if names:
        sides.append(_within(names, f'"{word}"'))
    return " OR ".join(f"({side})" for side in sides)


def _within(columns: Sequence[str], expression: str) -> str:
    return f"{{{' '.join(columns)}}} : {expression}"


# --- facets ------------------------------------------------------------------------------------


def months(where: Condition) -> Condition:
    """Count the mails of each month; the undated have none."""
    return Condition(
        "SELECT strftime('%Y-%m', -m.rank / 1000000, 'unixepoch'), count(*) FROM mail AS m "  # noqa: S608 - made above
        f"WHERE m.rank < ? AND ({where.sql}) GROUP BY 1",
        (UNDATED, *where.parameters),
    )


def counted(where: Condition, field: str) -> Condition:
    """Count mails, not values: somebody on both the To and the Cc line counts once."""
    columns = BY_NAME[field].columns
    return Condition(
        "SELECT v.value, count(DISTINCT v.row) FROM mail AS m JOIN value AS v ON v.row = m.row "  # noqa: S608 - made above
        f"WHERE v.col IN ({_marks(columns)}) AND ({where.sql}) GROUP BY v.value",
        (*columns, *where.parameters),
    )
