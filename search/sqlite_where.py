"""`Query` to SQL over `mail AS m`, with every value of the query as a parameter.

The text of the SQL is made of constants of ours alone. Words go to FTS5 in one MATCH for as much
of the tree as possible: it intersects lists of rows faster than SQL does.
"""

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

import msgspec

from search.dates import stamp
from search.fields import BY_NAME, PROSE_COLUMNS, Kind
from search.order import UNDATED, ranks
from search.sizes import figure
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
    Sized,
    StartsWith,
    Word,
    all_of,
)
from search.words import words

MAX_MATCH_DEPTH = 8  # FTS5 parses about 30 parentheses inside one another
MAX_HINTS = 50  # addresses
MAX_MARKS = 500  # values that are a parameter each
_PLAIN = re.compile(r"[a-z0-9.@_+-]{0,400}[a-z0-9]")
_LAST = "\U0010ffff"

Expand = Callable[[str], Iterable[str]]
"""Gives the words of the index with the same English stem as a word."""


@dataclass(frozen=True, slots=True)
class Condition:
    """A piece of SQL that is true or false of a row of `mail AS m`."""

    sql: str
    parameters: tuple[str | int, ...] = ()


@dataclass(frozen=True, slots=True)
class Found:
    """The mails that a query finds, each as `FROM … WHERE …` without what is selected."""

    rows: Condition  # of `mail AS m`
    number: Condition  # as many rows, of whatever is counted fastest


def found(query: Query, expand: Expand) -> Found:
    """Say where the mails are that a query finds.

    Words come first where a mail must have them: FTS5 lists the rows, and nothing is gathered.
    """
    parts = _parts(query)
    texts = [part for part in parts if _is_text(part)]
    if not texts:
        where = condition(query, expand)
        rows = Condition(f"FROM mail AS m WHERE ({where.sql})", where.parameters)
        return Found(rows, rows)
    unwanted = [part for part in parts if isinstance(part, Not) and _is_text(part.part)]
    others = [part for part in parts if part not in texts and part not in unwanted]
    hints = [hint for part in others if (hint := _hint(part))]
    match = _match(All((*texts, *hints)), expand)
    if unwanted:
        match = f"({match}) NOT ({_match(AnyOf(tuple(part.part for part in unwanted)), expand)})"
    words = Condition("text MATCH ?", (match,))
    where = _joined([words, *(condition(part, expand) for part in others)], "AND")
    tables = "text CROSS JOIN mail AS m ON m.row = text.rowid"
    rows = Condition(f"FROM {tables} WHERE ({where.sql})", where.parameters)
    # Of words alone, FTS5 knows the number without the mails.
    return Found(rows, rows if others else Condition(f"FROM text WHERE {words.sql}", (match,)))


def _parts(query: Query) -> tuple[Query, ...]:
    """List what a mail must match, each and all."""
    flat = all_of(query.parts) if isinstance(query, All) else query
    return flat.parts if isinstance(flat, All) else (flat,)


def _hint(part: Query) -> Query | None:
    """Give words that every mail has which matches, so that FTS5 need not list the others.

    An address is kept whole and as words. Words are cut from it as it was written, before it was
    made comparable: the same, where it is plain.
    """
    match part:
        case Exact(field, value) if BY_NAME[field].kind is Kind.PEOPLE and _PLAIN.fullmatch(value):
            return Phrase(field, tuple(words(value)))
        case AnyOf(parts) if parts:
            hints = [_hint(one) for one in parts[:MAX_HINTS]]
            known = tuple(hint for hint in hints if hint)
            return AnyOf(known) if len(known) == len(parts) else None
    return None


def condition(query: Query, expand: Expand) -> Condition:  # noqa: C901, PLR0911 - one branch a form
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
            return _valued(field, stamp(low) if low else None, stamp(high) if high else None)
        case Sized(field, low, high):
            return _valued(field, *(None if end is None else figure(end) for end in (low, high)))
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
    among = _among(values)
    if field == "id":
        return Condition(f"m.id IN ({among.sql})", among.parameters)
    columns = BY_NAME[field].columns
    return Condition(
        "m.row IN (SELECT row FROM value "  # noqa: S608 - only question marks are put in
        f"WHERE col IN ({_marks(columns)}) AND value IN ({among.sql}))",
        (*columns, *among.parameters),
    )


def _among(values: Sequence[str]) -> Condition:
    """List values; many are one parameter, for SQLite may take no more than 32,766 of them."""
    if len(values) <= MAX_MARKS:
        return Condition(_marks(values), tuple(values))
    json = msgspec.json.encode(list(values)).decode()
    return Condition("SELECT j.value FROM json_each(?) AS j", (json,))


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


def _valued(field: str, low: str | None, high: str | None) -> Condition:
    """Compare moments and sizes, kept as values in order, of which a mail may have several."""
    columns = BY_NAME[field].columns
    return Condition(
        "m.row IN (SELECT row FROM value "  # noqa: S608 - only question marks are put in
        f"WHERE col IN ({_marks(columns)}) AND value >= ? AND value < ?)",
        (*columns, low or "", high or _LAST),
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


def months(rows: Condition) -> Condition:
    """Count the mails of each month; the undated have none."""
    return Condition(
        "SELECT strftime('%Y-%m', -m.rank / 1000000, 'unixepoch'), count(*) "
        f"{rows.sql} AND m.rank < ? GROUP BY 1",
        (*rows.parameters, UNDATED),
    )


def counted(rows: Condition, field: str) -> Condition:
    """Count mails, not values: somebody on both the To and the Cc line counts once."""
    columns = BY_NAME[field].columns
    return Condition(
        "SELECT v.value, count(DISTINCT v.row) "  # noqa: S608 - made above
        f"FROM (SELECT m.row AS row {rows.sql}) AS f JOIN value AS v ON v.row = f.row "
        f"WHERE v.col IN ({_marks(columns)}) GROUP BY v.value",
        (*rows.parameters, *columns),
    )
