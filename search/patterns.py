"""Terms that stand for more than they say: wildcards, misspellings, words near one another.

Each is bounded where it is read, so that no engine is asked for half of its words.
"""

import re
from decimal import Decimal

from search.expressions import ExpressionError, of_wildcards
from search.expressions import read as read_expression
from search.fields import DEFAULT, Kind
from search.terms import FORMS, QUOTE, Here
from search.tree import Fuzzy, Matches, Near, Query, Wild
from search.words import words

MIN_LETTERS = 3  # of a word with a wildcard inside
MAX_LETTERS = 50  # of a word with wildcards, or one that may be misspelt
MAX_EDITS = 2
LETTERS = {1: 3, 2: 4}
"""Letters of a word, by the edits that may be looked for: fewer are like too many others."""
LONG = 6  # letters of a word for which a ~ alone means two edits
UNTOLD = Decimal("0.5")
"""What luqum says where no number follows the ~."""
MAX_DISTANCE = 100  # words
MAX_NEAR = 10  # words near one another

_WORDED = frozenset({Kind.TEXT, Kind.PEOPLE})
_PIECE = re.compile(r"(\\.|[*?])", re.DOTALL)


def is_expressible(here: Here) -> bool:
    """Tell whether the field has whole values that an expression can describe."""
    field = here.field
    return field.kind is Kind.PEOPLE or (field.kind is Kind.VALUE and not field.choices)


def read_wild(raw: str, position: int, here: Here) -> Query:
    """Read `sch*l` or `*burger`: of one word in a text, or of a whole value or address."""
    if is_expressible(here) and (here.field.kind is Kind.VALUE or "@" in raw):
        return Matches(here.field.name, of_wildcards(raw))
    if here.field.kind not in _WORDED:
        advice = f"{here.field.name}: takes no wildcard inside a value"
        raise here.error(position, advice, f"write the whole value; {FORMS}")
    pattern = _pattern(raw, position, here)
    letters = len(pattern) - pattern.count("*") - pattern.count("?")
    if letters < MIN_LETTERS:
        advice = f"write at least {MIN_LETTERS} letters beside the wildcards; {QUOTE}"
        raise here.error(position, "this would match too many words", advice)
    if letters > MAX_LETTERS:
        raise here.error(position, f"more than {MAX_LETTERS} letters", "write fewer of them")
    return Wild(here.field.name, pattern)


def _pattern(raw: str, position: int, here: Here) -> str:
    """Fold the letters between the wildcards; of one word there is nothing else."""
    pieces, place = [], position
    for piece in _PIECE.split(raw):
        found = words(piece)
        if piece in {"*", "?"}:
            pieces.append(piece)
        elif piece and (len(found) != 1 or not words(piece[0]) or not words(piece[-1])):
            raise _several(raw, place, here)
        else:
            pieces += found
        place += len(piece)
    return re.sub(r"\*+", "*", "".join(pieces))


def _several(raw: str, position: int, here: Here) -> Exception:
    """Make the error of a wildcard in what is more than one word."""
    if "@" in raw and here.field.name == DEFAULT:
        advice = f"write participant:{raw} for addresses"
    else:
        advice = f"write the words apart; {QUOTE}"
    return here.error(position, "a wildcard stands for letters of one word", advice)


def read_fuzzy(raw: str, degree: Decimal, position: int, here: Here) -> Query:
    """Read `word~2`, or `word~`, which allows one edit, or two of a long word."""
    found = words(raw)
    if here.field.kind not in _WORDED or len(found) != 1:
        advice = f"~ stands behind one word of a text or a name; {QUOTE}"
        raise here.error(position, "only a word can be misspelt", advice)
    [word] = found
    edits = Decimal(2 if len(word) >= LONG else 1) if degree == UNTOLD else degree
    if not LETTERS[1] <= len(word) <= MAX_LETTERS:
        advice = f"write {LETTERS[1]} to {MAX_LETTERS} letters before the ~"
        raise here.error(position, "too short or too long to be misspelt", advice)
    if edits not in {known for known, least in LETTERS.items() if len(word) >= least}:
        advice = f"write ~1, or ~{MAX_EDITS} of {LETTERS[MAX_EDITS]} letters and more"
        raise here.error(position, f"not with ~{edits}", advice)
    return Fuzzy(here.field.name, word, int(edits))


def read_near(raw: str, degree: Decimal, position: int, here: Here) -> Query:
    """Read `"a b"~10`: the words in any order, with at most so many others among them."""
    found = tuple(dict.fromkeys(words(raw)))
    if here.field.kind not in _WORDED or not 1 < len(found) <= MAX_NEAR:
        advice = f'write two to {MAX_NEAR} different words, as in "pay review"~10'
        raise here.error(position, "nothing to be near one another", advice)
    if degree not in set(range(MAX_DISTANCE + 1)):
        advice = f"write how many words may stand between, up to ~{MAX_DISTANCE}"
        raise here.error(position, f"not ~{degree}", advice)
    return Near(here.field.name, found, int(degree))


def read_regex(raw: str, position: int, here: Here) -> Query:
    """Read `from:/…/`, an expression that describes a whole address or value."""
    if not is_expressible(here):
        advice = f"write from:/…/ or participant:/…/; a word takes * and ?; {QUOTE}"
        raise here.error(position, "an expression describes an address or a value", advice)
    try:
        expression = read_expression(raw[1:-1])
    except ExpressionError as error:
        place = position + 1 + error.position
        raise here.error(place, error.problem, f"a \\ makes a sign plain; {FORMS}") from error
    return Matches(here.field.name, expression)
