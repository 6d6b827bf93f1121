"""Word pieces: what the small transformer reads instead of words (BERT's, lower case).

A text becomes numbers of the pieces listed in `models/judge-pieces.txt`, between the two marks
that open and close it. Bounded: what goes beyond `MOST` pieces is cut off.
"""

import re
import unicodedata
from functools import lru_cache
from importlib.resources import files

from curated_tokenizers import WordPieceProcessor  # type: ignore[attr-defined]  # it has no __all__

PIECES = "judge-pieces.txt"
MOST = 64
"""Pieces of a text, its two marks included."""
_TOKEN = re.compile(r"[^\W_]+|[^\w\s]|_")
_OPEN, _CLOSE, _UNKNOWN = "[CLS]", "[SEP]", "[UNK]"
_LONGEST = 40  # characters of a word; a longer one is unknown


def numbers(text: str) -> list[int]:
    """Return the pieces of a text: at least the two marks, at most `MOST` numbers."""
    processor, (opens, closes, unknown) = _processor()
    found = [opens]
    for match in _TOKEN.finditer(_bare(text)):
        ids = processor.encode(match[0])[0] if len(match[0]) <= _LONGEST else [-1]
        found.extend(ids if -1 not in ids else [unknown])
        if len(found) >= MOST - 1:
            break
    return [*found[: MOST - 1], closes]


def _bare(text: str) -> str:
    """Return a text in lower case without accents."""
    if text.isascii():
        return text.lower()
    whole = text.encode("utf-8", "replace").decode("utf-8")  # half a character is no text
    decomposed = unicodedata.normalize("NFD", whole.lower())
    return "".join(char for char in decomposed if not unicodedata.combining(char))


@lru_cache(maxsize=1)
def _processor() -> tuple[WordPieceProcessor, tuple[int, int, int]]:
    """Load the list; some tens of milliseconds, once."""
    listed = files("detectors").joinpath("models", PIECES).read_text("utf-8").splitlines()
    marks = (listed.index(_OPEN), listed.index(_CLOSE), listed.index(_UNKNOWN))
    return WordPieceProcessor(listed), marks
