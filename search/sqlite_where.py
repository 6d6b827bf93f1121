"""`Query` to SQL over `mail AS m`, with every value of the query as a parameter.

The text of the SQL is made of constants of ours alone. Words go to FTS5 in one MATCH for as much
of the tree as possible: it intersects lists of rows faster than SQL does.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from search import tree
from search.dates import stamp
from search.fields import BY_NAME, Kind
from search.order import UNDATED
from search.sizes import figure
from search.sqlite_match import Known, any_word, expression, is_text, matched
from search.sqlite_values import Condition, between, exactly, marks, ordered, starting
from search.words import words

MAX_HINTS = 50  # addresses
_PLAIN = re.compile(r"[a-z0-9.@_+-]{0,400}[a-z0-9]")


@dataclass(frozen=True, slots=True)
class Found:
    """The mails that a query finds, each as `FROM … WHERE …` without what is selected."""

    rows: Condition  # of `mail AS m`
    number: Condition  # as many rows, of whatever is counted fastest


def found(query: tree.Query, known: Known) -> Found:
    """Say where the mails are that a query finds.

    Words come first where a mail must have them: FTS5 lists the rows, and nothing is gathered.
    """
    parts = parts_of(query)
    texts = [part for part in parts if is_text(part)]
    if not texts:
        where, among = condition(query, known), ""
        if not all(isinstance(part, tree.Between) for part in parts):
            among = known.rows.among("+m.row")  # a plus, or the rows would be walked, not the dates
        rows = Condition(f"FROM mail AS m WHERE ({where.sql}){among}", where.parameters)
        return Found(rows, rows)
    unwanted = [part for part in parts if isinstance(part, tree.Not) and is_text(part.part)]
    others = [part for part in parts if part not in texts and part not in unwanted]
    hints = [hint for part in others if (hint := _hint(part))]
    wanted = expression(tree.All((*texts, *hints)), known)
    if unwanted:
        without = expression(tree.AnyOf(tuple(part.part for part in unwanted)), known)
        wanted = f"({wanted}) NOT ({without})"
    words = Condition(f"text MATCH ?{known.rows.among('text.rowid')}", (wanted,))
    where = _joined([words, *(condition(part, known) for part in others)], "AND")
    tables = "text CROSS JOIN mail AS m ON m.row = text.rowid"
    rows = Condition(f"FROM {tables} WHERE ({where.sql})", where.parameters)
    # Of words alone, FTS5 knows the number without the mails.
    return Found(rows, rows if others else Condition(f"FROM text WHERE {words.sql}", (wanted,)))


def parts_of(query: tree.Query) -> tuple[tree.Query, ...]:
    """List what a mail must match, each and all."""
    flat = tree.all_of(query.parts) if isinstance(query, tree.All) else query
    return flat.parts if isinstance(flat, tree.All) else (flat,)


def _hint(part: tree.Query) -> tree.Query | None:
    """Give words that every mail has which matches, so that FTS5 need not list the others.

    An address is kept whole and as words. Words are cut from it as it was written, before it was
    made comparable: the same, where it is plain.
    """
    match part:
        case tree.Exact(field, value) if BY_NAME[field].kind is Kind.PEOPLE and _PLAIN.fullmatch(
            value
        ):
            return tree.Phrase(field, tuple(words(value)))
        case tree.AnyOf(parts) if parts:
            hints = [_hint(one) for one in parts[:MAX_HINTS]]
            known = tuple(hint for hint in hints if hint)
            return tree.AnyOf(known) if len(known) == len(parts) else None
    return None


def condition(query: tree.Query, known: Known) -> Condition:
    """Translate a query."""
    match query:
        case tree.Not(part):
            inner = condition(part, known)
            return Condition(f"NOT ({inner.sql})", inner.parameters)
        case tree.All(parts):
            return _joined(_grouped(query, known), "AND") if parts else Condition("1")
        case tree.AnyOf(parts):
            return _joined(_grouped(query, known), "OR") if parts else Condition("0")
    return _leaf(query, known)


def _leaf(leaf: tree.Leaf, known: Known) -> Condition:  # noqa: C901, PLR0911 - one branch a form
    rows = known.rows
    match leaf:
        case tree.Everything():
            return Condition("1")
        case tree.Word() | tree.Phrase() | tree.Prefix() | tree.Near():
            return matched(expression(leaf, known), rows)
        case tree.Wild(field, pattern):
            return any_word(field, known.words.like(pattern), rows)
        case tree.Fuzzy(field, word, edits):
            return any_word(field, known.words.spelt_like(word, edits), rows)
        case tree.Exact(field, value):
            return exactly(field, [value], rows)
        case tree.Matches(field, described):
            return exactly(field, known.words.values(BY_NAME[field].columns, described), rows)
        case tree.StartsWith(field, value):
            return starting(field, value, rows)
        case tree.Between("date", low, high):
            return between(low, high)
        case tree.Between(field, low, high):
            ends = (stamp(low) if low else None, stamp(high) if high else None)
            return ordered(field, ends, rows)
        case tree.Sized(field, low, high):
            sizes = (None if low is None else figure(low), None if high is None else figure(high))
            return ordered(field, sizes, rows)


def _grouped(query: tree.All | tree.AnyOf, known: Known) -> list[Condition]:
    """Translate the parts: those of words alone as one, any of several values as one.

    In one pass: what a review says stands for tens of thousands of ids.
    """
    texts: list[tree.Query] = []
    others: list[tree.Query] = []
    values: dict[str, list[str]] = {}
    joins = isinstance(query, tree.AnyOf)
    for part in query.parts:
        if joins and isinstance(part, tree.Exact):
            values.setdefault(part.field, []).append(part.value)
        else:
            (texts if is_text(part) else others).append(part)
    words = [matched(expression(type(query)(tuple(texts)), known), known.rows)] if texts else []
    exact = [exactly(field, found, known.rows) for field, found in values.items()]
    return [*words, *exact, *(condition(part, known) for part in others)]


def _joined(parts: Sequence[Condition], operator: str) -> Condition:
    """Join as a balanced tree: SQLite refuses expressions more than 1,000 deep."""
    if len(parts) == 1:
        return parts[0]
    middle = len(parts) // 2
    left, right = _joined(parts[:middle], operator), _joined(parts[middle:], operator)
    return Condition(f"({left.sql}) {operator} ({right.sql})", left.parameters + right.parameters)


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
        f"WHERE v.col IN ({marks(columns)}) GROUP BY v.value",
        (*rows.parameters, *columns),
    )
