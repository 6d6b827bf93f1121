"""The cues of every rule, found in a text by one search (Aho-Corasick): linear in its length.

A cue is met only as whole words, blind to case; a line may end between two of its words.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from ahocorasick_rs import AhoCorasick

from section9 import RuleId, Span

Cues = Mapping[RuleId, frozenset[str]]

_HALF = re.compile("[\ud800-\udfff]")  # of a character: no text to the automaton
_BLANKS = "\t\n\r\v\f"  # a line may end between two words
MOST = 1_000
"""Of one rule in one text: enough to read every sentence of any honest mail."""


@dataclass(frozen=True, slots=True)
class Lexicon:
    """An automaton over the cues of many rules."""

    automaton: AhoCorasick
    rules: Sequence[Sequence[RuleId]]  # by the number of the cue

    def look(self, text: str) -> dict[RuleId, list[Span]]:
        """Return where the cues of each rule stand, in order of their ends; `MOST` at most."""
        met: dict[RuleId, list[Span]] = {}
        for number, start, end in self._matches(text):
            for rule in self.rules[number]:
                spans = met.setdefault(rule, [])
                if len(spans) < MOST:
                    spans.append(Span(start, end))
        return met

    def places(self, text: str) -> list[int]:
        """Return where any cue begins, however many there are, in the order of their ends."""
        return [start for _, start, _ in self._matches(text)]

    def _matches(self, text: str) -> Iterator[tuple[int, int, int]]:
        """Yield each cue that is met whole: its number, start and end."""
        plain = _plain(text)
        for match in self.automaton.find_matches_as_indexes(plain, overlapping=True):
            if _whole(plain, match[1], match[2]):
                yield match


def lexicon(cues: Cues) -> Lexicon:
    """Make the automaton; milliseconds for thousands of cues."""
    rules: dict[str, list[RuleId]] = {}
    for rule, phrases in cues.items():
        for phrase in phrases:
            rules.setdefault(phrase, []).append(rule)
    return Lexicon(AhoCorasick(list(rules)), tuple(map(tuple, rules.values())))


def _plain(text: str) -> str:
    """Return what the automaton reads: as many characters, in lower case, all blanks alike."""
    plain = lowered(text)
    for blank in _BLANKS:
        plain = plain.replace(blank, " ")  # a fifth of the time of `translate`
    return plain if plain.isascii() else _HALF.sub("\ufffd", plain)


def lowered(text: str) -> str:
    """Lower the case of a text without moving a character."""
    lower = text.lower()
    if len(lower) != len(text):  # one capital, the Turkish I with a dot, grows
        lower = "".join(_lower(char) for char in text)
    return lower


@lru_cache(maxsize=4096)
def _lower(char: str) -> str:
    lower = char.lower()
    return lower if len(lower) == 1 else char


def _whole(text: str, start: int, end: int) -> bool:
    """Whether no letter or digit runs on at either end."""
    return not (text[start - 1 : start].isalnum() or text[end : end + 1].isalnum())
