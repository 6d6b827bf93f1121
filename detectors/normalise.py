"""A folded view of a text: what a reader sees, in plain characters, with the way back.

Full-width and Arabic-Indic digits become ASCII, thin and non-breaking spaces a space, every dash
a hyphen, look-alike Cyrillic and Greek capitals their Latin twins, and what is not seen at all
(zero-width characters, soft hyphens, direction marks) goes. An underscore becomes a space: it
parts words in file names and draws the blanks of a form; `joined` keeps it. No character grows,
so the way back is a count of what was removed.
"""

import re
import unicodedata
from array import array
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from section9 import Span

# Capitals that look like Latin ones (Unicode confusables), enough for the letters of a code.
_TWINS = dict(zip("АВЕЅІЈКМНОРСТХУΑΒΕΖΗΙΚΜΝΟΡΤΥΧ", "ABESIJKMHOPCTXYABEZHIKMNOPTYX", strict=True))
_FEW = 16
_UNSEEN = frozenset({"\u034f", "\u20e3", *map(chr, range(0xFE00, 0xFE10))})


@dataclass(frozen=True, slots=True)
class Folded:
    """The folded text and, where characters were removed, the way back to the original."""

    text: str
    joined: str  # the same with its underscores
    resumes: Sequence[int] = ()  # folded offsets at which text goes on after a removal
    removed: Sequence[int] = ()  # how many characters were removed before each of those

    def original(self, start: int, end: int) -> Span:
        """Where folded characters `start` to `end` (exclusive, not empty) stand originally."""
        return Span(self._back(start), self._back(end - 1) + 1)

    def _back(self, offset: int) -> int:
        """Return the original offset of one folded character."""
        index = bisect_right(self.resumes, offset)
        return offset + (self.removed[index - 1] if index else 0)


def fold(text: str) -> Folded:
    """Fold a text; linear, and nearly free for ASCII."""
    if text.isascii():
        return Folded(text.replace("_", " "), text)
    strange = (char for char in set(text) if not char.isascii())
    table = {char: as_read for char in strange if (as_read := fold_char(char)) != char}
    folded = _replaced(text, table)
    unseen = "".join(char for char, as_read in table.items() if not as_read)
    back = _removals(text, unseen) if unseen else ()
    return Folded(folded.replace("_", " "), folded, *back)


def _replaced(text: str, table: dict[str, str]) -> str:
    """Replace single characters: a few one by one, which is much the faster, or all at once."""
    if len(table) > _FEW:
        return text.translate({ord(char): as_read for char, as_read in table.items()})
    for char, as_read in table.items():
        text = text.replace(char, as_read)
    return text


def _removals(text: str, unseen: str) -> tuple[Sequence[int], Sequence[int]]:
    """Return where the folded text resumes after each removal, and how much has gone by then."""
    # Arrays, because hostile text may have a removal at every other character.
    resumes, removed, gone = array("q"), array("q"), 0
    for match in re.finditer(f"[{re.escape(unseen)}]+", text):
        resumes.append(match.start() - gone)
        gone += match.end() - match.start()
        removed.append(gone)
    return resumes, removed


@lru_cache(maxsize=4096)
def fold_char(char: str) -> str:
    """Fold one character beyond ASCII: to one character, or to nothing where none is seen."""
    category = unicodedata.category(char)
    if category == "Cf" or char in _UNSEEN:
        return ""
    if category == "Nd":
        return str(unicodedata.decimal(char))
    if category == "Zs":
        return " "
    if category == "Pd" or char == "\u2212":  # the minus sign is no dash to Unicode
        return "-"
    return _TWINS.get(char) or _compatible(char)


def _compatible(char: str) -> str:
    """Return the plain form of a full-width or styled letter or mark; anything else as it is."""
    plain = unicodedata.normalize("NFKC", char)
    styled = len(plain) == 1 and plain.isascii() and unicodedata.category(char) != "No"
    return plain if styled else char
