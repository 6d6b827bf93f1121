"""What may offend: passages with a word of the lists, and what two models make of them.

The linear model sees every such passage. The transformer sees what the first suspects, what names
a group or a slur, and the whole of a short text; so it is asked about few passages of a mail.
"""

import re
from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from math import exp, log

from detectors.cues import lowered
from detectors.disguise import disguised, spelt
from detectors.judge import judged
from detectors.linear import model
from detectors.stance import TARGETS, Passage, marks, read_passage
from detectors.wordlists import some

_STARTS = frozenset(
    {"group", "slur", "insult", "sexual", "suggestive", "profanity", "kill", "animal", "hate"}
    | {"disgust"}
)
_POST_STARTS = _STARTS | {"bad", "remove", "you", "rude"}  # of a post: short, it costs little
_END = re.compile(r"[.!?][\"”’)]*\s+|\n(?:\s*\n|(?=[>*•-]))")
_LONGEST = 300  # characters of a passage, unless one sentence is longer
_CUT = 600  # characters at which a sentence without an end is cut
_POST = 300  # characters of a text that is one passage, and always worth a second opinion
_WORTH = 0.3  # how likely anything must seem to the first model
_HINT = 0.15  # how likely hate must, where a group is named
_GRAVE = ("hate", "abuse", "threat")
_FIRST, _SECOND = 0.8, 1.0  # what each model's opinion weighs
_ABUSIVE = 0.5  # how likely hate or abuse is where a threat may stand among it
_SENTENCES = 6  # of such a passage that are read by themselves
_COARSE = 0.4  # what the first's weighs of whether something offends at all: it goes by words
MOST = 300
"""Passages of one text that are weighed: a long letter has fewer."""
MOST_JUDGED = 40
"""Passages of one text that the transformer reads."""


@dataclass(frozen=True, slots=True)
class Suspicion:
    """What the model makes of a passage."""

    passage: Passage
    start: int  # where the passage stands in the text
    hate: float
    abuse: float
    threat: float
    offensive: float
    worth: bool  # whether the transformer is to read it


def suspected(text: str) -> Iterator[Suspicion]:
    """Yield each passage with a word of the lists, and how the linear model weighs it."""
    lower = lowered(text)
    starts = _STARTS if len(lower) > _POST else _POST_STARTS
    noted = _noted(lower, starts)
    weighed = asked = 0
    for start, end in passages(lower) if noted else ():
        piece = lower[start:end]
        if weighed == MOST or not noted.within(piece, start, end):
            continue
        passage = read_passage(piece)
        if passage.has(starts):
            likely = model().judge(marks(passage))
            worth = asked < MOST_JUDGED and _worth(passage, likely, alone=len(lower) <= _POST)
            yield Suspicion(passage, start, **likely, worth=worth)
            weighed += 1
            asked += worth


def _worth(passage: Passage, likely: Mapping[str, float], *, alone: bool) -> bool:
    """Tell whether a passage is worth the transformer's time."""
    aimed = passage.has(TARGETS) and likely["hate"] >= _HINT
    return alone or aimed or max(likely[head] for head in _GRAVE) >= _WORTH


def passages(text: str) -> Iterator[tuple[int, int]]:
    """Yield where the passages of a text begin and end: whole sentences up to a length."""
    start = end = 0
    ends = [*(match.end() for match in _END.finditer(text)), len(text)]
    for following in ends:
        if following - start > _LONGEST and end > start:
            yield start, end
            start = end
        end = following
        while end - start > _CUT:
            yield start, start + _CUT
            start += _CUT
    if end > start:
        yield start, end


def notable(text: str) -> bool:
    """Tell whether a lower-case text holds a word that may offend, however it is written."""
    return bool(_noted(text, _STARTS))


@dataclass(frozen=True, slots=True)
class _Noted:
    """Where a text holds words that may offend."""

    places: Sequence[int]  # of words of the lists, in order
    chunks: frozenset[str]  # that stand for such words, between blanks

    def __bool__(self) -> bool:
        return bool(self.places or self.chunks)

    def within(self, piece: str, start: int, end: int) -> bool:
        """Tell whether any of them is in this piece of the text, or may be."""
        first = bisect_left(self.places, start)
        if first < len(self.places) and self.places[first] < end:
            return True
        return bool(self.chunks) and not self.chunks.isdisjoint(piece.split())


def _noted(text: str, starts: frozenset[str]) -> _Noted:
    """Look once for the words of a lower-case text, however they are written; linear."""
    words = some(starts)
    spelled = [span for span, word in spelt(text) if word in words.phrases]
    places = (
        *words.search.places(text),
        *(at for one in spelled for at in (one.start, one.end - 1)),
    )
    chunks = frozenset(chunk for chunk, word in disguised(text) if word in words.phrases)
    return _Noted(sorted(places), chunks)


def weighed(one: Suspicion) -> Suspicion:
    """Ask the transformer about a suspicion that is worth it, and join both opinions."""
    if not one.worth:
        return one
    second = judged(one.passage.meant)
    return replace(
        one,
        hate=_joined(one.hate, second.hate),
        abuse=_joined(one.abuse, second.abuse),
        threat=_joined(one.threat, second.threat),
        offensive=_joined(one.offensive, second.offensive, weight=_COARSE),
    )


def sentences(one: Suspicion) -> Iterator[Suspicion]:
    """Yield the sentences of an abusive passage, each weighed by itself.

    What is shouted around a threat outweighs it, where a passage is read as a whole.
    """
    written = one.passage.written
    cuts = [0, *(match.end() for match in _END.finditer(written)), len(written)]
    spans = [(start, end) for start, end in pairwise(cuts) if written[start:end].strip()]
    if len(spans) > 1 and one.worth and max(one.hate, one.abuse) >= _ABUSIVE:
        for start, end in spans[:_SENTENCES]:
            passage = read_passage(written[start:end])
            likely = model().judge(marks(passage))
            yield weighed(Suspicion(passage, one.start + start, **likely, worth=True))


def _joined(first: float, second: float, *, weight: float = _FIRST) -> float:
    """Join two opinions, each 0 to 1, as evidence is added: on the scale of log odds."""
    return 1 / (1 + exp(-weight * _odds(first) - _SECOND * _odds(second)))


def _odds(likely: float) -> float:
    bounded = min(max(likely, 1e-6), 1 - 1e-6)
    return log(bounded / (1 - bounded))
