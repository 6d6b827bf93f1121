"""What a query is: a closed union of our own words, and its canonical text.

Queries are built as trees, never by joining text: `All((scope, typed))` cannot be widened by
anything that was typed. Words in it are already folded (see `words.py`), values already clean.
"""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime

from search.fields import DEFAULT

BARE_OPERATORS = frozenset({"and", "or", "not"})
"""Words that are refused bare, for somebody meant the operator in capitals."""


@dataclass(frozen=True, slots=True)
class Everything:
    """Every message."""


@dataclass(frozen=True, slots=True)
class Word:
    """One word; in prose, its English inflections too."""

    field: str
    word: str


@dataclass(frozen=True, slots=True)
class Phrase:
    """These words, as they stand, one after the other."""

    field: str
    words: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Prefix:
    """These words, one after the other, where the last is only the beginning of one."""

    field: str
    words: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Near:
    """These words, in any order, with at most `distance` others among them.

    Words are counted through the seams between two texts of a column: see docs/searching.md.
    """

    field: str
    words: tuple[str, ...]  # different ones, at least two
    distance: int


@dataclass(frozen=True, slots=True)
class Wild:
    """A word that looks so: `*` stands for any letters or none, `?` for one."""

    field: str
    pattern: str


@dataclass(frozen=True, slots=True)
class Fuzzy:
    """A word that differs in at most `edits` letters: another, one more, one less, or two swapped.

    The optimal string alignment distance, which Lucene computes too.
    """

    field: str
    word: str
    edits: int


@dataclass(frozen=True, slots=True)
class Exact:
    """A value or an address, the whole of it. Make the value with `clean`."""

    field: str
    value: str


@dataclass(frozen=True, slots=True)
class StartsWith:
    """A value that begins so; any value at all where `value` is empty."""

    field: str
    value: str


@dataclass(frozen=True, slots=True)
class Matches:
    """A value that an expression of `search.expressions` describes from end to end."""

    field: str
    expression: str


@dataclass(frozen=True, slots=True)
class Between:
    """A moment in `[low, high)`, both UTC; None leaves an end open. The undated never match."""

    field: str
    low: datetime | None
    high: datetime | None


@dataclass(frozen=True, slots=True)
class Sized:
    """A number of bytes in `[low, high)`; None leaves an end open."""

    field: str
    low: int | None
    high: int | None


@dataclass(frozen=True, slots=True)
class All:
    """What matches every part; without parts, every message."""

    parts: "tuple[Query, ...]"


@dataclass(frozen=True, slots=True)
class AnyOf:
    """What matches at least one part; without parts, nothing (a scope of nobody opens nothing)."""

    parts: "tuple[Query, ...]"


@dataclass(frozen=True, slots=True)
class Not:
    """What does not match the part."""

    part: "Query"


Worded = Word | Phrase | Prefix | Near | Wild | Fuzzy
"""What asks for words of a text."""
Leaf = Everything | Worded | Exact | StartsWith | Matches | Between | Sized
Query = Leaf | All | AnyOf | Not


STRAIGHT = str.maketrans("“”„", '"""')
"""Word processors bend quotation marks; a query and what it is compared with are straightened."""


def clean(value: str) -> str:
    """Make an exact value comparable: lower case, single spaces, straight quotes, 500 at most."""
    return " ".join(value.translate(STRAIGHT).split()).lower()[:500]


def all_of(parts: Iterable[Query]) -> Query:
    """Join with AND, flat: a part that is an `All` gives its parts, a single part stands alone."""
    flat = tuple(p for part in parts for p in (part.parts if isinstance(part, All) else (part,)))
    return flat[0] if len(flat) == 1 else All(flat)


def any_of(parts: Iterable[Query]) -> Query:
    """Join with OR, flat, as `all_of` does with AND."""
    flat = tuple(p for part in parts for p in (part.parts if isinstance(part, AnyOf) else (part,)))
    return flat[0] if len(flat) == 1 else AnyOf(flat)


def each_leaf(query: Query, of: Callable[[Leaf], Query]) -> Query:
    """A query with, in the place of each leaf, what `of` gives for it."""
    match query:
        case All(parts):
            return All(tuple(each_leaf(part, of) for part in parts))
        case AnyOf(parts):
            return AnyOf(tuple(each_leaf(part, of) for part in parts))
        case Not(part):
            return Not(each_leaf(part, of))
    return of(query)


def negate(part: Query) -> Query:
    """Turn a query round; twice is not at all."""
    return part.part if isinstance(part, Not) else Not(part)


def render(query: Query) -> str:  # noqa: PLR0911 - one return a form
    """Give the canonical text: `parse(render(query)) == query` for every parsed query."""
    match query:
        case All(()) | Everything():
            return "*"
        case AnyOf(()):
            return "NOT *"
        case All(parts):
            return " AND ".join(_operand(part) for part in parts)
        case AnyOf(parts):
            return " OR ".join(_operand(part) for part in parts)
        case Not(part):
            return f"NOT {_operand(part)}"
        case Between(field, low, high):
            return f"{field}:[{_moment(low)} TO {_moment(high)}}}"
        case Sized(field, low, high):
            ends = ["*" if end is None else str(end) for end in (low, high)]
            return f"{field}:[{ends[0]} TO {ends[1]}}}"
        case _:
            return _term(query)


def _operand(part: Query) -> str:
    return f"({render(part)})" if isinstance(part, All | AnyOf) and part.parts else render(part)


def _term(leaf: Worded | Exact | StartsWith | Matches) -> str:  # noqa: PLR0911 - one return a form
    match leaf:
        case Word(field, word):
            # A bare `or` is refused as a mistyped OR, so these three name their field.
            return word if field == DEFAULT and word not in BARE_OPERATORS else f"{field}:{word}"
        case Phrase(field, words):
            return f'{_named(field)}"{" ".join(words)}"'
        case Prefix(field, words):
            return f"{_named(field)}{'.'.join(words)}*"
        case Near(field, words, distance):
            return f'{_named(field)}"{" ".join(words)}"~{distance}'
        case Wild(field, pattern):
            return f"{_named(field)}{pattern}"
        case Fuzzy(field, word, edits):
            return f"{_named(field)}{word}~{edits}"
        case Exact(field, value):
            return f"{field}:{_value(value)}"
        case Matches(field, expression):
            return f"{field}:/{expression}/"
        case StartsWith(field, value):
            escaped = re.sub(r"([^a-z0-9])", r"\\\1", value)
            return f"{field}:{escaped}*"


def _named(field: str) -> str:
    return "" if field == DEFAULT else f"{field}:"


def _value(value: str) -> str:
    if re.fullmatch(r"[a-z0-9][a-z0-9@._-]*", value):
        return value
    return '"' + re.sub(r'(["\\])', r"\\\1", value) + '"'


def _moment(moment: datetime | None) -> str:
    if moment is None:
        return "*"
    plain = moment.astimezone(UTC).replace(tzinfo=None)
    at_midnight = (plain.hour, plain.minute, plain.second, plain.microsecond) == (0, 0, 0, 0)
    return plain.date().isoformat() if at_midnight else plain.isoformat()
