"""Our word lists, read from `lexicons/`: which phrase belongs to which class.

A file holds classes, `[animal]`, and under each its phrases, parted by commas, lower case; `~`
adds the form with an s. A class may name its kind: `[slur race]`. Where a phrase is listed twice
the first counts.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files

from detectors.cues import Lexicon, lexicon
from section9 import RuleId, Span

_SECTION = re.compile(r"^\[([a-z -]+)\]$", re.MULTILINE)
_COMMENT = re.compile(r"^#.*$", re.MULTILINE)
_ORDER = ("slurs", "groups", "abuse", "frames")
_CONCERNS = ("concerns",)


@dataclass(frozen=True, slots=True)
class Sign:
    """A phrase of the lists, and where it stands: characters of the text that was looked at."""

    label: str  # its class: `animal`
    kind: str  # which group it is about, where its class names one: `race`
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Wordlist:
    """The phrases of some files, ready to be looked for in plain lower-case words."""

    phrases: dict[str, str]  # to its class
    search: Lexicon

    def signs(self, text: str) -> list[Sign]:
        """Return the phrases met, in order; of those that overlap the longest, and the first."""
        met = self.search.look(text)
        spans = sorted(
            ((span, str(label)) for label, found in met.items() for span in found),
            key=lambda each: (each[0].start - each[0].end, each[0].start),
        )
        taken = bytearray(len(text))
        return sorted(_apart(spans, taken), key=lambda sign: sign.start)

    def words(self, *labels: str) -> frozenset[str]:
        """Return the phrases of one word that belong to these classes, of whatever kind."""
        return frozenset(
            phrase
            for phrase, label in self.phrases.items()
            if label.split()[0] in labels and phrase.isalpha()
        )


@lru_cache(maxsize=1)
def stances() -> Wordlist:
    """Return who is spoken of, what is said of them, and how it is meant."""
    return _wordlist(_ORDER)


@lru_cache(maxsize=8)
def some(labels: frozenset[str]) -> Wordlist:
    """Return the phrases of `stances` that belong to these classes, of whatever kind."""
    every = stances().phrases
    return _searchable({each: every[each] for each in every if every[each].split()[0] in labels})


@lru_cache(maxsize=1)
def real_words() -> Wordlist:
    """Return honest words that look like a slip of the pen in a listed one."""
    return _wordlist(("real",))


@lru_cache(maxsize=1)
def concerns() -> Wordlist:
    """Return the phrases of welfare and criminal matter."""
    return _wordlist(_CONCERNS)


def _apart(spans: Sequence[tuple[Span, str]], taken: bytearray) -> Iterator[Sign]:
    """Yield the spans that share no character with one before them."""
    for span, label in spans:
        if not any(taken[span.start : span.end]):
            taken[span.start : span.end] = b"\1" * (span.end - span.start)
            name, _, kind = label.partition(" ")
            yield Sign(name, kind, span.start, span.end)


def _wordlist(names: Sequence[str]) -> Wordlist:
    phrases: dict[str, str] = {}
    for name in names:
        for phrase, label in _read(name):
            phrases.setdefault(phrase, label)
    return _searchable(phrases)


def _searchable(phrases: dict[str, str]) -> Wordlist:
    classes: dict[RuleId, set[str]] = {}
    for phrase, label in phrases.items():
        classes.setdefault(RuleId(label), set()).add(phrase)
    search = lexicon({label: frozenset(each) for label, each in classes.items()})
    return Wordlist(phrases, search)


def _read(name: str) -> Iterator[tuple[str, str]]:
    """Yield each phrase of a file with its class."""
    text = files("detectors").joinpath("lexicons", f"{name}.txt").read_text("utf-8")
    pieces = _SECTION.split(_COMMENT.sub("", text))
    for label, listed in zip(pieces[1::2], pieces[2::2], strict=True):
        for entry in listed.replace("\n", " ").split(","):
            phrase = entry.strip()
            yield phrase.removesuffix("~"), label
            if phrase.endswith("~"):
                yield f"{phrase.removesuffix('~')}s", label
