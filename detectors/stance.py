"""Who says what of whom: a passage as the marks that a linear model weighs.

A group is one mark whichever group it is, and a slur one whichever slur: so what the model learns
of one group holds for all, and no group's name weighs anything by itself. Marks are words, runs
of words, runs of classes (`i not hate group`) and pairs of classes.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import combinations
from zlib import crc32

from detectors.disguise import Word, words
from detectors.wordlists import Sign, stances

SIZE = 1 << 18  # how many weights a model has: a mark's number is its hash
_MOST_WORDS = 120  # of a passage
_SPAN = 4  # classes that still belong together
_WORD_SPAN = 2  # words that do
_STOPS = frozenset({"stop", "comma", "quotemark"})
TARGETS = frozenset({"group", "slur"})
HOSTILE = frozenset(
    {"slur", "hate", "disgust", "animal", "bad", "kill", "remove", "insult", "profanity"}
)


@dataclass(frozen=True, slots=True)
class Passage:
    """Some sentences: their words in plain letters, and the signs among them."""

    words: Sequence[Word]
    text: str  # the words with a space between
    signs: Sequence[Sign]  # places in `text`
    at: Sequence[int]  # where each word begins in `text`
    written: str  # as it came, in lower case

    def place(self, sign: Sign) -> tuple[int, int]:
        """Return the characters of the original that a sign was read from."""
        inside = [
            word
            for word, start in zip(self.words, self.at, strict=True)
            if start < sign.end and sign.start < start + len(word.text)
        ]
        last = inside[-1]  # a sign may stand for a letter, but not at the very end
        length = len(self.written[last.start : last.end].rstrip("!"))
        return inside[0].start, last.start + length

    @property
    def meant(self) -> str:
        """The passage as it was written, but with the words as they are meant."""
        return "".join(self._pieces())

    def _pieces(self) -> Iterator[str]:
        last = 0
        for word in self.words:
            if word.text in _STOPS and word.start < last:
                continue
            yield self.written[last : word.start] if word.start >= last else " "
            yield self.written[word.start : word.end] if word.text in _STOPS else word.text
            last = word.end

    def has(self, labels: frozenset[str]) -> bool:
        """Tell whether a sign of one of these classes is met."""
        return any(sign.label in labels for sign in self.signs)


def read_passage(text: str) -> Passage:
    """Read a lower-case text of some sentences."""
    found = tuple(words(text))[:_MOST_WORDS]
    at, length = [], 0
    for word in found:
        at.append(length)
        length += len(word.text) + 1
    plain = " ".join(word.text for word in found)
    return Passage(found, plain, stances().signs(plain), at, text)


def marks(passage: Passage) -> list[int]:
    """Return the numbers of a passage's marks, each once, in order."""
    tokens = list(_tokens(passage))
    classes = [token for token, is_class in tokens if is_class]
    plain = [token for token, _ in tokens]
    named = {
        *_runs("w", plain, _WORD_SPAN),
        *_runs("c", classes, _SPAN),
        *_pairs(classes),
        *_near(classes),
        *_exact(passage),
    }
    return sorted({_number(name) for name in named})


def _tokens(passage: Passage) -> Iterator[tuple[str, bool]]:
    """Yield the classes of the signs, and the words between them."""
    signs = iter(passage.signs)
    sign = next(signs, None)
    for word, start in zip(passage.words, passage.at, strict=True):
        while sign and sign.end <= start:
            sign = next(signs, None)
        if sign and sign.start < start < sign.end:
            continue
        if sign and sign.start == start:
            yield sign.label.upper(), True
        else:
            yield word.text, word.text in _STOPS


def _runs(lead: str, tokens: Sequence[str], most: int) -> Iterator[str]:
    for length in range(1, most + 1):
        for start in range(len(tokens) - length + 1):
            yield f"{lead} {' '.join(tokens[start : start + length])}"


def _near(classes: Sequence[str]) -> Iterator[str]:
    """Yield pairs of classes in their order, with at most two others between."""
    for start, one in enumerate(classes):
        for other in classes[start + 1 : start + 4]:
            yield f"n {one} {other}"


def _exact(passage: Passage) -> Iterator[str]:
    """Yield the words behind the signs, but never a group's: a slur may be worse than another."""
    for sign in passage.signs:
        if sign.label != "group":
            yield f"x {passage.text[sign.start : sign.end]}"


def _pairs(classes: Sequence[str]) -> Iterator[str]:
    """Yield each pair of classes that are met at all, and how the passage begins and ends."""
    for one, other in combinations(sorted(set(classes) - _STOPS), 2):
        yield f"p {one} {other}"
    yield f"first {' '.join(classes[:2])}"
    yield f"last {' '.join(classes[-2:])}"


@lru_cache(maxsize=1 << 14)
def _number(name: str) -> int:
    return crc32(name.encode()) % SIZE
