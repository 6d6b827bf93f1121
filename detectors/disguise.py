"""Words as they are meant, however they are written: h4te, f**k, h a t e, haaate, Ihateyou.

Only what turns into a word of the lists is turned; B801 stays B801. Every word keeps the place
of the characters it was read from. A word is read in bounded time whatever stands in it.
"""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import product

from detectors.wordlists import real_words, some, stances
from section9 import Span

_EDGES = ".,;:!?\"'()[]{}<>“”‘’«»…-–~`^=/\\|#&*_"
_PUNCTUATION = ".,;:?\"'()[]{}<>“”‘’«»…-–`"
_QUOTES = frozenset('"“”«»`')
_CHUNK = re.compile(r"\S+")
_LETTER = r"[^\W\d_]"
_SPACED = re.compile(rf"(?<![^\W_])(?:{_LETTER}[ .*_-]{{1,2}}){{2,20}}{_LETTER}(?![^\W_])")
_TWO_LETTERS = re.compile(rf"[ .*_-]{_LETTER}[ .*_-]{{1,2}}{_LETTER}(?![^\W_])")  # a quick look
_RUN = re.compile(r"(.)\1{2,}")
_TWICE = re.compile(r"(.)\1+")
_NO_LETTERS = re.compile(r"[^a-z]+")
_PARTING = re.compile(r"[-/.,:;_&!?\"()*=+|<>“”]+")
_STARRED = re.compile(rf"{_LETTER}(?=.*[*#])(?:{_LETTER}|[*#%&@$!-]){{3,20}}")
_LONGEST = 40  # characters of a word that may be disguised
_LEAST_GLUED = 7
_LONGEST_PIECE = 16  # characters of a word among glued ones
_LEAST_MISSPELT = 5
_LEAST_SWAPPED = 3
_FEW = 2  # pieces that chance may glue
_MEAN = 3  # letters of a piece, on average, where there are more
_LEET = (
    str.maketrans("4@31!|0$5+789", "aaeiiiossttbg"),
    str.maketrans("4@31!|0$5+789", "aaelllossttbg"),
)
_TWINS = str.maketrans("авеѕіјкмнорстухαεικορτυνԁո", "abesijkmhopctyxaeikoptuvdn")
_EMOJI = {
    "🐒": "monkey", "🐵": "monkey", "🙈": "monkey", "🦍": "gorilla", "🦧": "ape", "🐷": "pig",
    "🐖": "pig", "🐽": "pig", "🐀": "rat", "🐁": "rat", "🐍": "snake", "🪳": "cockroach",
    "🐜": "insect", "🪲": "insect", "🐛": "maggot", "🪱": "worm", "🐕": "dog", "🐶": "dog",
    "🐄": "cow", "🐮": "cow", "🐐": "goat", "🦠": "virus", "💩": "shit", "🗑": "trash",
    "🚮": "trash", "🤮": "disgusting", "🤢": "disgusting", "🖕": "fuck", "🔪": "stab", "🗡": "stab",
    "🔫": "shoot", "💣": "bomb", "🔥": "burn", "☠": "die", "💀": "dead", "👊": "punch",
    "🤬": "hate",
    "❤": "love", "💕": "love", "💖": "love", "😍": "love", "🥰": "love", "👏": "celebrate",
    "👳": "muslim", "🧕": "muslim", "🕌": "muslim", "✡": "jew", "🕍": "jew", "🏿": "black people",
    "🏾": "black people", "🏽": "brown people", "🌈": "gay", "⚧": "transgender", "♿": "disabled",
    "🦽": "disabled", "👩": "woman", "👧": "girl", "👭": "lesbian", "👬": "gay", "🤡": "clown",
    "🍆": "cock", "🍑": "arse",
}  # fmt: skip
_PICTURE = re.compile("[" + "".join(_EMOJI) + "]")


@dataclass(frozen=True, slots=True)
class Word:
    """A word in plain lower case, and the characters it was read from."""

    text: str
    start: int
    end: int  # exclusive


def words(text: str) -> Iterator[Word]:
    """Yield the words of a lower-case text; a quotation mark counts as one."""
    last = 0
    for match in _SPACED.finditer(text) if _TWO_LETTERS.search(text) else ():
        if meant := _spelt(match[0]):
            yield from _chunks(text, last, match.start())
            yield from (Word(each, match.start(), match.end()) for each in meant)
            last = match.end()
    yield from _chunks(text, last, len(text))


def disguised(text: str) -> Iterator[tuple[str, str]]:
    """Yield the listed words that a lower-case text writes otherwise, each after how it does.

    The pictures of a text count. What single letters spell is not here: see `spelt`.
    """
    chunks = {chunk for chunk in set(text.split()) if len(chunk) <= _LONGEST}
    for chunk in filter(_otherwise, chunks):
        yield from ((chunk, word) for word in _otherwise(chunk))


def spelt(text: str) -> Iterator[tuple[Span, str]]:
    """Yield where single letters of a lower-case text spell listed words, and which."""
    for match in _SPACED.finditer(text) if _TWO_LETTERS.search(text) else ():
        yield from ((Span(*match.span()), word) for word in _spelt(match[0]))


def _chunks(text: str, start: int, end: int) -> Iterator[Word]:
    for match in _CHUNK.finditer(text, start, end):
        chunk, offset = match[0], match.start()
        if chunk.isalnum():  # as most are: no mark stands at either end
            yield from (Word(read, offset, match.end()) for read in _read(chunk))
            continue
        if chunk[0] in _QUOTES:
            yield Word("quotemark", match.start(), match.start() + 1)
        begin, finish = _trimmed(chunk)
        for read in _read(chunk):
            yield Word(read, offset + begin, offset + finish)
        if chunk[-1] in ".!?;,":
            yield Word("stop" if chunk[-1] != "," else "comma", match.end() - 1, match.end())
        if len(chunk) > 1 and not _QUOTES.isdisjoint(chunk[-3:]):
            yield Word("quotemark", match.end() - 1, match.end())


def _trimmed(chunk: str) -> tuple[int, int]:
    """Return where a chunk begins and ends without its punctuation; stars belong to the word."""
    begin = len(chunk) - len(chunk.lstrip(_PUNCTUATION))
    return (begin, len(chunk.rstrip(_PUNCTUATION))) if begin < len(chunk) else (0, len(chunk))


@lru_cache(maxsize=1 << 15)
def _otherwise(chunk: str) -> tuple[str, ...]:
    """Return what a chunk of honest length stands for that is not what it says; mostly nothing."""
    if len(chunk) <= _LEAST_SWAPPED and chunk.isascii():
        return ()
    bare = chunk.strip(_EDGES)
    return tuple(word for word in _read(chunk) if word != bare)


def _read(chunk: str) -> tuple[str, ...]:
    """Return the word or words that characters without a space stand for."""
    return _short(chunk) if len(chunk) <= _LONGEST else (chunk.strip(_EDGES)[:_LONGEST],)


@lru_cache(maxsize=1 << 14)
def _short(chunk: str) -> tuple[str, ...]:
    """Read a chunk of honest length; most have been read before."""
    bare = chunk.strip(_EDGES)
    if bare.isascii() and bare.isalpha() and "*" not in chunk:
        return (bare,) if bare in _known() or len(bare) <= _LEAST_SWAPPED else _unusual(bare)
    return _strange(chunk)


def _unusual(word: str) -> tuple[str, ...]:
    """Return what a word of letters that is in no list may be: misspelt, drawn out, glued."""
    if len(word) > _LONGEST:
        return (word[:_LONGEST],)
    return _meant(word) or (word,)


def _strange(chunk: str) -> tuple[str, ...]:
    """Return what is meant by characters that are not all letters."""
    pictures = tuple(_EMOJI[match[0]] for match in _PICTURE.finditer(chunk))
    bare = _PICTURE.sub("", chunk).strip(_EDGES).replace("’", "'")
    if not bare.isascii():
        bare = unicodedata.normalize("NFKD", bare.translate(_TWINS))
        bare = "".join(char for char in bare if not unicodedata.combining(char))
    spread = tuple(word for picture in pictures for word in picture.split())
    if not bare:
        starred = _starred(chunk.strip('.,;:?"'))
        return (*((starred,) if starred else ()), *spread)
    if bare in _known():
        return (bare, *spread)
    meant = _leet(chunk) or _starred(chunk.strip(".,;:?\"'()[]-")) or ""
    if meant:
        return (*meant.split(), *spread)
    pieces = tuple(piece for piece in _PARTING.split(bare) if piece)
    return (*pieces[:_LONGEST], *spread)


def _leet(chunk: str) -> str:
    """Return the listed word that digits and signs stand in for letters of; or nothing."""
    bare = chunk.strip(".,;:?\"'()[]-")
    if not any(map(str.isalpha, bare)) or len(bare) > _LONGEST:
        return ""
    shapes = {bare: None, bare.rstrip("!"): None}  # in this order, each once
    for table, shape in product(_LEET, shapes):
        plain = shape.translate(table)
        if plain != shape and plain.isalpha() and plain in _sensitive():
            return plain
        joined = _NO_LETTERS.sub("", plain)
        if len(joined) > 3 and joined in _sensitive() and shape != joined:  # noqa: PLR2004 - a.s.s may be initials
            return joined
    return ""


def _starred(chunk: str) -> str:
    """Return the listed word of which signs hide some letters; or nothing."""
    bare = chunk if chunk.endswith(("*", "#")) else chunk.strip("!")
    if not _STARRED.fullmatch(bare):
        return ""
    for word in _by_shape().get((bare[0], len(bare)), ()):
        if all(mark == char or not mark.isalpha() for mark, char in zip(bare, word, strict=True)):
            return word
    return ""


@lru_cache(maxsize=1 << 13)
def _meant(word: str) -> tuple[str, ...]:
    """Return the listed words that letters misspell, draw out or glue together; or none."""
    if word in _sensitive():
        return (word,)
    if _RUN.search(word):
        for shape in (_RUN.sub(r"\1\1", word), _RUN.sub(r"\1", word), _TWICE.sub(r"\1", word)):
            if shape in _sensitive():
                return (shape,)
    if found := _misspelt().get(word):
        return (found,)
    return _parted(word) if _LEAST_GLUED <= len(word) <= _LONGEST else ()


def _spelt(letters: str) -> tuple[str, ...]:
    """Return the listed words that single letters spell; or none."""
    word = "".join(filter(str.isalpha, letters))
    return _meant(word) or _parted(word)


def _parted(word: str) -> tuple[str, ...]:
    """Part glued words, where every piece is a known word and one of them a heavy one."""
    best: list[tuple[str, ...] | None] = [(), *([None] * len(word))]  # by how far it was parted
    pieces = _pieces()
    for start in range(len(word)):
        before = best[start]
        if before is None:
            continue
        for end in range(start + 1, min(start + _LONGEST_PIECE, len(word)) + 1):
            kept = best[end]
            if word[start:end] in pieces and (kept is None or len(before) + 1 < len(kept)):
                best[end] = (*before, word[start:end])
    found = best[-1] or ()
    return found if _glued(found, len(word)) else ()


def _glued(pieces: tuple[str, ...], length: int) -> bool:
    """Tell whether somebody glued these pieces, rather than chance: transition, girlfriend."""
    if len(pieces) > _FEW:
        return length >= _MEAN * len(pieces) and not (_heavy() | _named()).isdisjoint(pieces)
    return len(pieces) > 1 and not _heavy().isdisjoint(pieces) and _telling().issuperset(pieces)


@lru_cache(maxsize=1)
def _known() -> frozenset[str]:
    return frozenset(stances().phrases)


@lru_cache(maxsize=1)
def _heavy() -> frozenset[str]:
    """The words that nobody runs together with others by chance."""
    listed = stances().words("slur", "insult", "hate", "profanity", "group", "sexual", "disgust")
    return frozenset(word for word in listed if len(word) >= 4) - _CHANCE  # noqa: PLR2004


@lru_cache(maxsize=1)
def _named() -> frozenset[str]:
    """The words for groups, which many an innocent word begins or ends with."""
    return stances().words("group", "animal", "bad", "remove")


@lru_cache(maxsize=1)
def _telling() -> frozenset[str]:
    """The words of which two may be glued: those of groups, and what is said of them."""
    groups = some(frozenset({"group"})).phrases
    named = (word for phrase in groups for word in phrase.split())
    return _sensitive() | _LITTLE | frozenset(named)


@lru_cache(maxsize=1)
def _sensitive() -> frozenset[str]:
    """The words that somebody may care to disguise."""
    return stances().words(
        "slur", "insult", "hate", "profanity", "group", "sexual", "disgust", "animal", "kill", "bad"
    )


_CHANCE = frozenset(
    {"gross", "foul", "sick", "arse", "hell", "vile", "knob", "jews", "ladies", "lady", "smell"}
)
_FEW_LETTERS = (
    "i a an all are is am you u we they he she it the to be of and in my your our their them "
    "those these so really just such that this should will must not no never do dont who what "
    "off up out on with like at for me him her us people here back"
)
_LITTLE = frozenset(_FEW_LETTERS.split(" "))


@lru_cache(maxsize=1)
def _pieces() -> frozenset[str]:
    """The words that glued ones are made of; of a phrase each word: blackpeople."""
    every = (word for phrase in stances().phrases for word in phrase.split())
    return frozenset(word for word in every if len(word) >= 3) | _LITTLE  # noqa: PLR2004 - shorter ones are in any word


@lru_cache(maxsize=1)
def _by_shape() -> dict[tuple[str, int], list[str]]:
    """The words that are written with stars, by first letter and length."""
    shapes: dict[tuple[str, int], list[str]] = {}
    for word in sorted(stances().words("slur", "insult", "profanity", "sexual")):
        shapes.setdefault((word[0], len(word)), []).append(word)
    for usual in ("shit", "fuck", "cunt", "fucking", "bitch"):
        shapes[usual[0], len(usual)].insert(0, usual)
    return shapes


@lru_cache(maxsize=1)
def _misspelt() -> dict[str, str]:
    """Words with one letter missing, or two neighbours swapped, that are no words themselves."""
    found: dict[str, str] = {}
    for word in sorted(_sensitive()):
        for wrong in _slips(word):
            found.setdefault(wrong, word)
    real = _known() | _LITTLE | frozenset(real_words().phrases)
    return {wrong: word for wrong, word in found.items() if wrong not in real}


def _slips(word: str) -> Iterator[str]:
    """Yield how a hurried hand writes a word; a short word has too many neighbours to tell."""
    for at in range(1, len(word)):
        if len(word) > _LEAST_MISSPELT:
            yield word[:at] + word[at + 1 :]
        if at + 1 < len(word) > _LEAST_SWAPPED:
            yield word[:at] + word[at + 1] + word[at] + word[at + 2 :]
