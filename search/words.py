"""How text becomes words: once, for every engine, for queries and for highlighting.

A word is a run of letters and digits, folded: compatibility forms and diacritics removed, case
folded, invisible characters inside it dropped (soft hyphens and zero-width characters hide words
from a search otherwise). Chinese and Japanese are not spaced, so each character is a word there.
"""

import re
import threading
import unicodedata
from collections.abc import Sequence
from functools import lru_cache
from typing import Any, NamedTuple

import Stemmer

WORD = re.compile(r"[^\W_]+")
"""A word in a text that has been folded."""

_UNSPACED = re.compile("([\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff])")
_TYPOGRAPHY = re.compile("[\u00a0-\u00a9\u00ab\u00b0\u00b7\u00bb\u2010-\u2027\u2030-\u203a\u20ac]+")
_DROPPED = re.compile(
    "[\u00ad\u034f\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufe00-\ufe0f\ufeff"  # unseen
    "\u0300-\u036f\u0591-\u05bd\u05bf-\u05c7\u0610-\u061a\u064b-\u065f\u0670\u3099\u309a]+"  # marks
)
_RUN = re.compile(r"[\x00-\x7f]+|[^\x00-\x7f]")  # plain characters, or one that is not
_stemmers = threading.local()

MIN_ROOT = 2
"""Letters that a root has for its inflections to be looked for: too many words begin with one."""


class Folded(NamedTuple):
    """A text folded, and the place in the original of each of its characters."""

    text: str
    places: Sequence[int]


def fold(text: str) -> str:
    """Fold text, so that its words are what stands between characters that are in no word."""
    if not text.isascii():
        text = _TYPOGRAPHY.sub(" ", text)  # leaves most English text in ASCII, the fast road
    return text.lower() if text.isascii() else " ".join(WORD.findall(_spread(text)))


def words(text: str) -> list[str]:
    """Split text into folded words, in order."""
    return WORD.findall(fold(text))


def folded(text: str) -> Folded:
    """Fold text with the same words as `fold`, and tell where each of them was written."""
    spaced = _TYPOGRAPHY.sub(_blank, text)
    if spaced.isascii():
        return Folded(spaced.lower(), range(len(spaced)))
    pieces: list[str] = []
    places: list[int] = []
    for run in _RUN.finditer(spaced):
        piece = run[0].lower() if run[0].isascii() else _spread_character(run[0])
        pieces.append(piece)
        same = len(piece) == run.end() - run.start()
        places += range(*run.span()) if same else [run.start()] * len(piece)
    return Folded("".join(pieces), places)


@lru_cache(maxsize=100_000)
def stem(word: str) -> str:
    """Reduce a folded word to its English stem (Snowball English, also called Porter 2)."""
    return str(_stemmer().stemWord(word))


def root(word: str) -> str:
    """Give the letters that every word with the same stem begins with, but for `IRREGULAR`."""
    stemmed = stem(word)
    return stemmed[: max(len(stemmed) - 1, 2)]


IRREGULAR = ("dying", "lying", "tying")
"""Words that do not begin as their stem does; the whole list, of Snowball's exceptions."""


@lru_cache(maxsize=4_096)
def _spread_character(character: str) -> str:
    return _spread(character)


def _spread(text: str) -> str:
    """Take apart and fold: case, compatibility forms, marks; unspaced characters stand alone."""
    spread = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", text).casefold())
    return _UNSPACED.sub(r" \1 ", _DROPPED.sub("", spread))


def _blank(match: re.Match[str]) -> str:
    return " " * len(match[0])


def _stemmer() -> Any:  # noqa: ANN401 - the library is not typed
    """Make one stemmer for each thread: it keeps the word it works on in itself."""
    if not hasattr(_stemmers, "english"):
        _stemmers.english = Stemmer.Stemmer("english")
    return _stemmers.english
