"""Words as a reader sees them, however a mail program put their letters together.

`é` is one character or two, a soft hyphen or a blank of no width may stand in the midst of a name,
and the name looks the same. What is taken out, or looked for, has to be the same then too.
"""

import re
import unicodedata

UNSEEN = "\u00ad\u034f\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufe00-\ufe0f\ufeff"
MARKS = "\u0300-\u034e\u0350-\u036f\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f"
WORD = re.compile(rf"[^\W_](?:[{UNSEEN}{MARKS}]*[^\W_])*[{MARKS}]*")
"""Letters and digits, with the accents on them and what is not seen between them."""
_UNSEEN = re.compile(f"[{UNSEEN}]")
_OVER = re.compile(f"[{UNSEEN}{MARKS}]")


def seen(text: str) -> str:
    """A text without what is not seen, an accent and its letter one character."""
    return text if text.isascii() else unicodedata.normalize("NFC", _UNSEEN.sub("", text))


def bare(word: str) -> str:
    """The plain letters of a word, without accents."""
    return word if word.isascii() else _OVER.sub("", unicodedata.normalize("NFKD", word))


def key(word: str) -> str:
    """What all ways to write a word agree on."""
    return bare(bare(word).casefold())
