"""How sure to be that a number is what its shape and checksum allow it to be.

In this order: what heads its column; what labels it; what names it near by; the list it stands
in; what the text is about; and, where nothing speaks, what the shape is worth alone.
"""

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from enum import Enum, auto
from typing import TYPE_CHECKING

from detectors.contract import Context, Rule, Suspect, Text, finding
from detectors.language import JOINED, PLAIN
from detectors.shapes import zones
from detectors.surroundings import SENTENCE_END, Clue, Surroundings, surroundings
from detectors.vocabulary import NAMES, Topic
from section9 import Confidence, Finding

if TYPE_CHECKING:
    from spacy.tokens import Doc

LEVELS = (Confidence.LOW, Confidence.MEDIUM, Confidence.HIGH)

_LIST_REACH = 120  # characters between two values of one list
_LABEL_WORDS = 4  # a label stands this close before its value on the same line
_LABEL_WORDS_ABOVE = 2  # or this close when it stands on a line above
_LABEL_WORDS_BEHIND = 3
_VALUE = re.compile(r"\d{3}")  # a label with a number behind it has found its own
_LONG_VALUE = re.compile(r"\d[\d -]{7,}\d")
_TOGETHER = re.compile(r"[\s,/&+().:-]*(?:and|or)?[\s,/&+().:-]*", re.IGNORECASE)


class Standing(Enum):
    """Whether anything says what a number is."""

    NAMED = auto()
    CONTESTED = auto()  # it is named, as something else
    OPEN = auto()


@dataclass(frozen=True, slots=True)
class Terms:
    """The topics that speak for a rule."""

    names: frozenset[Topic]  # say what the number is
    hints: frozenset[Topic]  # say that such a number is likely here
    contested: Confidence | None  # what is left when a label names another number; None: nothing
    rivals: frozenset[Topic] = NAMES  # what else such a value may be called

    @property
    def labels(self) -> frozenset[Topic]:
        """All that may stand before such a value to say what it is."""
        return self.names | self.rivals

    @property
    def telling(self) -> frozenset[Topic]:
        """All that speaks for the rule."""
        return self.names | self.hints


@dataclass(frozen=True, slots=True)
class Verdict:
    """How sure we are, and the words that made us so; never the number."""

    confidence: Confidence | None  # None: no finding
    because: str
    standing: Standing = Standing.OPEN
    topic: Topic | None = None  # of the phrase that decided


def judged(  # noqa: PLR0913 - a rule, and the text that it is put to
    doc: "Doc",
    context: Context,
    rule: Rule,
    suspects: Callable[[Text], Iterator[Suspect]],
    terms: Terms,
    *,
    what: str,
) -> Iterator[Finding]:
    """Yield a finding for each suspect that stands up: `what` it is, and what speaks for it."""
    plain = doc.user_data[PLAIN]
    found = suspects(Text(plain, zones(plain), doc.user_data[JOINED]))
    for suspect, confidence, because in judge(surroundings(doc), found, terms):
        yield finding(
            rule,
            context,
            start=suspect.start,
            end=suspect.end,
            confidence=confidence,
            why=f"{what}; {because}",
        )


def judge(
    near: Surroundings, suspects: Iterable[Suspect], terms: Terms
) -> Iterator[tuple[Suspect, Confidence, str]]:
    """Yield each suspect that stands up, how sure we are and why; a list hands its name down."""
    named: Suspect | None = None
    for suspect in suspects:
        verdict = weigh(near, suspect, terms)
        if verdict.standing is Standing.OPEN and named and _one_list(near, named, suspect, terms):
            verdict = Verdict(_top(suspect), "it goes on a list that is named", Standing.NAMED)
        named = suspect if verdict.standing is Standing.NAMED else None
        if verdict.confidence is not None:
            yield suspect, verdict.confidence, verdict.because


def _one_list(near: Surroundings, named: Suspect, suspect: Suspect, terms: Terms) -> bool:
    """Whether two suspects are on one list: close, and nothing else is named between them."""
    if suspect.start - named.end > _LIST_REACH:
        return False
    between = near.between(named.end, suspect.start)
    return not any(clue.topic in NAMES - terms.names for clue in between) and not (
        SENTENCE_END.search(near.text, named.end, suspect.start)
    )


def weigh(near: Surroundings, suspect: Suspect, terms: Terms) -> Verdict:
    """Judge one suspect by the words round it."""
    heading = near.heading(suspect.start)
    if heading and (clue := _naming(heading)):
        return _decided(clue, suspect, terms, f"{clue.phrase!r} heads its column")
    label = _label_before(near, suspect, terms, above=heading is None)
    label = label or _label_behind(near, suspect, terms)
    if label:
        return _decided(label, suspect, terms, _where(label, suspect))
    return _hinted(near, suspect, terms)


def _naming(heading: tuple[Clue, ...]) -> Clue | None:
    """Return the first phrase of a heading that says what the column holds."""
    return next((clue for clue in heading if clue.topic in NAMES), None)


def _decided(clue: Clue, suspect: Suspect, terms: Terms, where: str) -> Verdict:
    """Judge by the phrase that labels a suspect: the rule's own name, or another's."""
    if clue.topic in terms.names:
        return Verdict(_top(suspect), where, Standing.NAMED, clue.topic)
    left = terms.contested if suspect.alone else None
    return Verdict(left, f"but {where}", Standing.CONTESTED, clue.topic)


def _top(suspect: Suspect) -> Confidence:
    """What a name makes of a suspect: less where it is not written as such numbers are."""
    if suspect.named:
        return suspect.named
    return Confidence.HIGH if suspect.alone else Confidence.MEDIUM


def _label_before(
    near: Surroundings, suspect: Suspect, terms: Terms, *, above: bool
) -> Clue | None:
    """Return the phrase before a suspect that says what it is, by its own name or another's."""
    rival = None
    for clue in near.before(suspect.start):
        if clue.topic not in terms.labels or not (above or clue.same_line):
            continue
        if clue.topic not in terms.names:
            rival = rival or (clue if _labels(clue) else None)
        elif rival is None:
            return clue if _owns(clue) else None
        elif _TOGETHER.fullmatch(near.text, clue.end, rival.start):
            return clue
    return rival


def _label_behind(near: Surroundings, suspect: Suspect, terms: Terms) -> Clue | None:
    """Return the phrase behind a suspect that says what it is."""
    for clue in near.after(suspect.end):
        if clue.spent:
            continue
        if clue.topic in terms.names and clue.same_sentence:
            return clue
        if clue.topic in terms.labels and clue.same_line and clue.words <= _LABEL_WORDS_BEHIND:
            return clue
    return None


def _owns(clue: Clue) -> bool:
    """Whether a name before a suspect is still free: no other value, no sentence between."""
    return clue.same_sentence and not _LONG_VALUE.search(clue.between)


def _labels(clue: Clue) -> bool:
    """Whether a rival stands close enough before a suspect, with no value in between."""
    reach = _LABEL_WORDS if clue.same_line else _LABEL_WORDS_ABOVE
    return clue.words <= reach and clue.same_sentence and not _VALUE.search(clue.between)


def _hinted(near: Surroundings, suspect: Suspect, terms: Terms) -> Verdict:
    """Judge by what the text is about; a shape that needs its name gets nothing without it."""
    if suspect.about:
        said = next((one for one in near.far(suspect.start) if one.topic in terms.telling), None)
        why = f"{said.phrase!r} stands some way before" if said else "nothing names it"
        return Verdict(suspect.about if said else None, why)
    if suspect.alone is None:
        return Verdict(None, "nothing names it")
    for clue in (*near.before(suspect.start), *near.after(suspect.end)):
        if clue.topic in terms.telling:
            why = f"the words near it speak of {clue.phrase!r}"
            return Verdict(_raised(suspect.alone), why, topic=clue.topic)
    for clue in near.far(suspect.start):
        if clue.topic in terms.names:
            why = f"{clue.phrase!r} stands some lines before"
            return Verdict(_raised(suspect.alone), why, topic=clue.topic)
    return Verdict(suspect.alone, "no word near it says what it is")


def _raised(confidence: Confidence) -> Confidence:
    return LEVELS[min(LEVELS.index(confidence) + 1, len(LEVELS) - 1)]


def _where(clue: Clue, suspect: Suspect) -> str:
    """Say where a phrase stands, counted in words."""
    side = "before it" if clue.start < suspect.start else "after it"
    steps = {0: "just", 1: "1 word"}.get(clue.words, f"{clue.words} words")
    return f"{clue.phrase!r} stands {steps} {side}"
