"""Offensive matter: hate by whom it is aimed at, harassment, threats, sexual matter, profanity.

Two steps. A text without a word of the lists, however written, is left at once. Of the others
each passage with such a word is read as marks, and a small linear model of our own weighs what
is done with the words: said, quoted, denied, taught. Groups are one mark, so that none weighs by
its name; which rule it falls under is told by the group or the slur that stands nearest to what
is said. Whoever judges more dearly what the model suspects takes `suspected` as its input.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from detectors.contract import Context, Rule, Text, TextDetector, finding
from detectors.cues import lowered
from detectors.disguise import disguised
from detectors.linear import model
from detectors.stance import HOSTILE, TARGETS, Passage, marks, read_passage
from detectors.wordlists import Sign, some
from section9 import Category, Confidence, Finding, RuleId

CLAUSE = "5.4"
_HATE_HELP = "Hatred of a group of people; unlawful at work and at school (Equality Act 2010)."


def _rule(name: str, severity: int, title: str, help_: str) -> Rule:
    return Rule(RuleId(name), 1, Category.OFFENSIVE, CLAUSE, severity, title, help_)


RACIST = _rule("racist", 4, "Racist", _HATE_HELP)
SEXIST = _rule("sexist", 3, "Sexist", _HATE_HELP)
HOMOPHOBIC = _rule("homophobic", 4, "Homophobic or transphobic", _HATE_HELP)
RELIGIOUS = _rule("religious-hatred", 4, "Hatred of a religion's people", _HATE_HELP)
DISABILITY = _rule("disability-abuse", 4, "Abuse of disabled people", _HATE_HELP)
HARASSMENT = _rule(
    "harassment", 3, "Abuse of a person", "Insults somebody: harassment, or bullying if repeated."
)
THREAT = _rule("threat", 5, "A threat", "Somebody may be in danger; the police where it is meant.")
SEXUAL = _rule(
    "sexual-content", 3, "Sexually explicit", "Explicit matter has no place in the Trust's mail."
)
PROFANITY = _rule("profanity", 1, "Strong language", "A matter of manners, where nobody is abused.")

OF_GROUP = {
    "race": RACIST,
    "sex": SEXIST,
    "lgbt": HOMOPHOBIC,
    "religion": RELIGIOUS,
    "disability": DISABILITY,
}
RULES = (*OF_GROUP.values(), HARASSMENT, THREAT, SEXUAL, PROFANITY)

_LIKELY, _SURE = 0.5, 0.8
_THREATENED = 0.6
_UNSAID = 0.6  # of a group, with no hostile word near it
_SHORT = 25  # words of a passage that says one thing
_STARTS = frozenset(
    {"group", "slur", "insult", "sexual", "suggestive", "profanity", "kill", "animal", "hate"}
    | {"disgust"}
)
_INSULTS = frozenset({"insult", "slur"})
_NEAR = 80  # characters between whom it is about and what is said
_LEAST_GRAVE = 2  # the severity of what is only hinted at
_END = re.compile(r"(?<=[.!?])[\"”’)]*\s+|\n\s*\n|\n(?=[>*•-])")
_LONGEST = 300  # characters of a passage, unless one sentence is longer
_CUT = 600  # characters at which a sentence without an end is cut
MOST = 300
"""Passages of one text that are judged: a long letter has fewer."""


@dataclass(frozen=True, slots=True)
class Suspicion:
    """What the model makes of a passage."""

    passage: Passage
    start: int  # where the passage stands in the text
    hate: float
    abuse: float
    threat: float


def detect(seen: Text, context: Context) -> Iterator[Finding]:
    """Yield what is offensive in a text, passage by passage."""
    for one in suspected(seen.text):
        for rule, signs, likely, why in _verdicts(one):
            for start, end in _clusters(one.passage, signs):
                found = finding(
                    rule,
                    context,
                    start=one.start + start,
                    end=one.start + end,
                    confidence=_confidence(likely),
                    why=why,
                )
                grave = rule.severity if likely >= _LIKELY else min(rule.severity, _LEAST_GRAVE)
                yield replace(found, severity=grave)


def suspected(text: str) -> Iterator[Suspicion]:
    """Yield each passage with a word of the lists, and how the model weighs it."""
    lower = lowered(text)
    if not notable(lower):
        return
    judged = 0
    for start, end in passages(lower):
        piece = lower[start:end]
        if not notable(piece):
            continue
        passage = read_passage(piece)
        if passage.has(_STARTS):
            yield Suspicion(passage, start, **model().judge(marks(passage)))
            judged += 1
            if judged == MOST:
                return


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
    words = some(_STARTS)
    return bool(words.search.look(text)) or any(word in words.phrases for word in disguised(text))


def _verdicts(one: Suspicion) -> Iterator[tuple[Rule, Sequence[Sign], float, str]]:
    """Yield each rule that a passage breaks, the signs that show it, how likely, and why."""
    signs = one.passage.signs
    hostile = [sign for sign in signs if sign.label in HOSTILE]
    target = _target(signs, hostile)
    near = [sign for sign in hostile if target and abs(sign.start - target.start) <= _NEAR]
    if target and one.hate >= (_LIKELY if near else _alone(one.passage)):
        shown = [sign for sign in near if sign.label != "profanity"] or [target]
        yield OF_GROUP[target.kind], shown, one.hate, "hostile to a group of people"
    violent = [sign for sign in signs if sign.label == "kill"]
    if one.threat >= (_THREATENED if violent else _SURE) and (shown := violent or hostile):
        yield THREAT, shown, one.threat, "speaks of doing violence to somebody"
    if one.abuse >= _LIKELY and one.hate < _LIKELY:
        insults = [sign for sign in hostile if sign.label in _INSULTS]
        if shown := insults or (hostile if one.abuse >= _SURE else []):
            yield HARASSMENT, shown, one.abuse, "abuses a person"
    yield from _coarse(signs, abused=one.abuse >= _LIKELY)


def _alone(passage: Passage) -> float:
    """Return how likely hate must be where no hostile word shows it: much is said in passing."""
    return _UNSAID if len(passage.words) <= _SHORT else _SURE


def _coarse(
    signs: Sequence[Sign], *, abused: bool
) -> Iterator[tuple[Rule, Sequence[Sign], float, str]]:
    """Yield sexual matter and strong language; a lesson or a policy speaks of sex as it must."""
    explicit = [sign for sign in signs if sign.label == "sexual"]
    suggestive = [sign for sign in signs if sign.label == "suggestive"]
    taught = any(sign.label in ("school", "wrong") for sign in signs)
    if not taught and (explicit or suggestive):
        likely = _SURE if len(explicit) > 1 else _LIKELY if explicit else 0.0
        yield SEXUAL, explicit or suggestive, likely, "sexually explicit words"
    swearing = [sign for sign in signs if sign.label == "profanity"]
    if swearing:
        why = "strong language at somebody" if abused else "strong language, aimed at nobody"
        yield PROFANITY, swearing, _LIKELY if abused else 0.0, why


def _target(signs: Sequence[Sign], hostile: Sequence[Sign]) -> Sign | None:
    """Return the group or the slur nearest to what is said, a slur first."""
    targets = [sign for sign in signs if sign.label in TARGETS and sign.kind in OF_GROUP]
    if not targets:
        return None
    said = [sign.start for sign in hostile] or [0]
    return min(
        targets,
        key=lambda sign: (sign.label != "slur", min(abs(sign.start - at) for at in said)),
    )


def _clusters(passage: Passage, signs: Sequence[Sign]) -> Iterator[tuple[int, int]]:
    """Yield the characters of the signs; those with one word between them are one."""
    places = sorted(passage.place(sign) for sign in signs)
    start, end = places[0]
    for begun, ended in places[1:]:
        if begun - end > _BETWEEN:
            yield start, end
            start, end = begun, ended
        end = max(end, ended)
    yield start, end


_BETWEEN = 3  # characters: a blank, or a comma and a blank


def _confidence(likely: float) -> Confidence:
    if likely < _LIKELY:
        return Confidence.LOW
    return Confidence.HIGH if likely >= _SURE else Confidence.MEDIUM


DETECTOR = TextDetector(RULES, detect)
