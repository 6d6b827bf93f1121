"""Words to FTS5's own language, which intersects lists of rows faster than SQL does."""

from collections.abc import Sequence
from dataclasses import dataclass

import msgspec

from search.fields import BY_NAME, PROSE_COLUMNS
from search.sqlite_rows import EVERY, Rows
from search.sqlite_values import Condition, marks
from search.sqlite_words import Vocabulary
from search.tree import All, AnyOf, Near, Phrase, Prefix, Query, Word

MAX_MATCH_DEPTH = 8  # FTS5 parses about 30 parentheses inside one another
MAX_FORMS = 300  # words that one MATCH holds; of more, their places are listed one by one


@dataclass(frozen=True, slots=True)
class Known:
    """What the translation of a query needs of the index."""

    words: Vocabulary
    rows: Rows = EVERY  # in which all lies that can match


def is_text(query: Query, depth: int = 0) -> bool:
    """Tell whether one MATCH can hold it: words alone, not too deep for FTS5's parser."""
    match query:
        case All(parts) | AnyOf(parts):
            fits = bool(parts) and depth < MAX_MATCH_DEPTH
            return fits and all(is_text(part, depth + 1) for part in parts)
    return isinstance(query, Word | Phrase | Prefix | Near)


def matched(wanted: str, rows: Rows) -> Condition:
    """The rows that an FTS5 expression matches."""
    among = rows.among("rowid")
    sql = f"m.row IN (SELECT rowid FROM text WHERE text MATCH ?{among})"  # noqa: S608 - two numbers
    return Condition(sql, (wanted,))


def expression(query: Query, known: Known) -> str:
    """Write an FTS5 expression. Words hold only letters and digits, so quotes hold them."""
    match query:
        case All(parts):
            return " AND ".join(f"({expression(part, known)})" for part in parts)
        case AnyOf(parts):
            return " OR ".join(f"({expression(part, known)})" for part in parts)
        case Word(field, word):
            return _word(field, word, known)
        case Phrase(field, words):
            return _within(BY_NAME[field].columns, f'"{" ".join(words)}"')
        case Prefix(field, words):
            return _within(BY_NAME[field].columns, f'"{" ".join(words)}" *')
        case Near(field, words, distance):
            return _within(BY_NAME[field].columns, near(words, distance))
    raise TypeError(query)


def near(words: Sequence[str], distance: int) -> str:
    """Write `Near`. FTS5 counts the words between the first and the last, those asked for too."""
    quoted = " ".join(f'"{word}"' for word in words)
    return f"NEAR({quoted}, {distance + len(words) - 2})"


def _word(field: str, word: str, known: Known) -> str:
    """Look for a word's inflections in prose, for the word itself among names."""
    columns = BY_NAME[field].columns
    prose = [column for column in columns if column in PROSE_COLUMNS]
    names = [column for column in columns if column not in PROSE_COLUMNS]
    sides = []
    if prose:
        forms = sorted({word, *known.words.forms(word)})
        sides.append(_within(prose, "(" + " OR ".join(f'"{form}"' for form in forms) + ")"))
    if names:
        sides.append(_within(names, f'"{word}"'))
    return " OR ".join(f"({side})" for side in sides)


def any_word(field: str, found: Sequence[str], rows: Rows) -> Condition:
    """Look for any of some words as they stand."""
    columns = BY_NAME[field].columns
    if not found:
        return Condition("0")
    if len(found) <= MAX_FORMS:
        return matched(_within(columns, "(" + " OR ".join(f'"{one}"' for one in found) + ")"), rows)
    json = msgspec.json.encode(found).decode()
    return Condition(
        "m.row IN (SELECT doc FROM occurrence "  # noqa: S608 - only question marks are put in
        f"WHERE term IN (SELECT j.value FROM json_each(?) AS j) AND col IN ({marks(columns)})"
        f"{rows.among('doc')})",
        (json, *columns),
    )


def _within(columns: Sequence[str], wanted: str) -> str:
    return f"{{{' '.join(columns)}}} : {wanted}"
