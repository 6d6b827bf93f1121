"""Offensive matter: hate by whom it is aimed at, harassment, threats, sexual matter, profanity.

Three steps. A text without a word of the lists, however written, is left at once. Of the others
each passage with such a word is read as marks, and a small linear model of our own weighs what
is done with the words: said, quoted, denied, taught. Groups are one mark, so that none weighs by
its name. What it suspects, and what names a group at all, a small transformer reads as it was
meant, and both opinions are joined. Which rule it falls under is told by the group or the slur
that stands nearest to what is said.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from detectors.contract import Context, Rule, Text, TextDetector, finding
from detectors.stance import HOSTILE, TARGETS, Passage
from detectors.suspicion import Suspicion, sentences, suspected, weighed
from detectors.wordlists import Sign
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

Verdict = tuple[Rule, Sequence[Sign], float, str]
"""A rule that is broken, the signs that show it, how likely it is, 0 to 1, and why."""

_LIKELY, _SURE = 0.5, 0.8
_THREATENED = 0.6
_HATED = 0.2  # a hint of hate is told, low: both models are sparing
_OFFENDS = 0.8  # where nobody in particular is abused: a note, so it must be plain
_SHORT = 25  # words of a passage that says one thing
_INSULTS = frozenset({"insult", "slur"})
_RUDE = HOSTILE | {"rude"}
_NEAR = 80  # characters between whom it is about and what is said
_REPEATED = 2  # less severe
_LEAST_GRAVE = 2  # the severity of what is only hinted at


def detect(seen: Text, context: Context) -> Iterator[Finding]:
    """Yield what is offensive in a text, passage by passage."""
    for one, (rule, signs, likely, why) in _judged(seen.text):
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


def _judged(text: str) -> Iterator[tuple[Suspicion, Verdict]]:
    """Yield each verdict with what it is about: a passage, or a sentence of it that threatens."""
    for one in map(weighed, suspected(text)):
        verdicts = [*_verdicts(one)] or [*_coarse(one)]
        yield from ((one, verdict) for verdict in verdicts)
        if not any(rule is THREAT for rule, *_ in verdicts):
            yield from (
                (sentence, verdict) for sentence in sentences(one) for verdict in _threat(sentence)
            )


def repeated(found: Finding) -> Finding:
    """Return a finding in an earlier message that this one repeats: said before, by another."""
    lower = {Confidence.HIGH: Confidence.MEDIUM}.get(found.confidence, Confidence.LOW)
    return replace(found, confidence=lower, severity=max(1, found.severity - _REPEATED))


def _verdicts(one: Suspicion) -> Iterator[Verdict]:
    """Yield each rule that a passage breaks, the signs that show it, how likely, and why."""
    signs = one.passage.signs
    hostile = [sign for sign in signs if sign.label in HOSTILE]
    target = _target(signs, hostile)
    if target:
        yield from _hate(one, target, hostile)
    yield from _threat(one)
    whole = [_whole(one.passage)]
    abused = one.abuse >= _LIKELY or (one.hate >= _LIKELY and not target)
    if abused and (one.hate < _LIKELY or not target) and (hostile or one.abuse >= _SURE):
        insults = [sign for sign in hostile if sign.label in _INSULTS]
        yield HARASSMENT, insults or hostile or whole, max(one.abuse, one.hate), "abuses a person"
    yield from _sexual(signs)
    swearing = [sign for sign in signs if sign.label == "profanity"]
    if swearing:
        why = "strong language at somebody" if abused else "strong language, aimed at nobody"
        yield PROFANITY, swearing, _LIKELY if abused else 0.0, why


def _threat(one: Suspicion) -> Iterator[Verdict]:
    """Yield a threat; without a word of violence it must be plain."""
    violent = [sign for sign in one.passage.signs if sign.label == "kill"]
    hostile = [sign for sign in one.passage.signs if sign.label in HOSTILE]
    if one.threat >= (_THREATENED if violent else _SURE):
        shown = violent or hostile or [_whole(one.passage)]
        yield THREAT, shown, one.threat, "speaks of doing violence"


def _coarse(one: Suspicion) -> Iterator[Verdict]:
    """Yield a note where something offends without abusing anybody whom we know."""
    if one.worth and one.offensive >= _OFFENDS:
        signs = [sign for sign in one.passage.signs if sign.label in _RUDE]
        why = "insults, but neither a person nor a group that we know"
        yield PROFANITY, signs or [_whole(one.passage)], 0.0, why


def _whole(passage: Passage) -> Sign:
    return Sign("", "", 0, len(passage.text))


def _hate(one: Suspicion, target: Sign, hostile: Sequence[Sign]) -> Iterator[Verdict]:
    """Yield the rule that hate of this group breaks, and what shows it."""
    near = [sign for sign in hostile if abs(sign.start - target.start) <= _NEAR]
    if one.hate >= (_HATED if near else _alone(one.passage)):
        shown = [sign for sign in near if sign.label != "profanity"] or [target]
        yield OF_GROUP[target.kind], shown, one.hate, "hostile to a group of people"


def _alone(passage: Passage) -> float:
    """Return how likely hate must be where no hostile word shows it: long passages say much."""
    return _HATED if len(passage.words) <= _SHORT else _SURE


def _sexual(signs: Sequence[Sign]) -> Iterator[Verdict]:
    """Yield sexual matter; a lesson or a policy speaks of sex as it must."""
    explicit = [sign for sign in signs if sign.label == "sexual"]
    suggestive = [sign for sign in signs if sign.label == "suggestive"]
    taught = any(sign.label in ("school", "wrong") for sign in signs)
    if not taught and (explicit or suggestive):
        likely = _SURE if len(explicit) > 1 else _LIKELY if explicit else 0.0
        yield SEXUAL, explicit or suggestive, likely, "sexually explicit words"


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
