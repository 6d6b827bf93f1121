"""What a passage does to whoever reads it, as the transformer reads it (clauses 6.2, 6.4 and 8).

Phrases are seen only as they are listed; the transformer reads what is meant. It is asked about
few messages: those between an adult and a student with nobody watching, and those between few
people of the trust. Of these it reads the writer's own passages, those that speak of `you` and
`me` first of all. What it takes for an act in one message is a note and never more: low, and hardly
grave. `detectors/patterns` weighs what goes on over the weeks.
"""

import re
from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from itertools import islice

from detectors import belittling
from detectors.contact.detector import SPOKEN
from detectors.contact.pairs import contact, readers, without_exempt
from detectors.contact.phrases import AFFECTION, EXCHANGE, MEETING, PERSONAL, SECRECY
from detectors.contract import Context, MailDetector, Rule, finding
from detectors.cues import lowered
from detectors.judge import judged
from detectors.normalise import fold
from detectors.own_words import bodies
from detectors.patterns.bullying import READERS
from detectors.stance import read_passage
from section9 import Category, Confidence, Finding, ParsedMail, RuleId

PERSONAL_TALK = Rule(
    PERSONAL, 1, Category.STUDENT_CONTACT, "6.4", 1,
    "Personal talk between staff and a student",
    "Nothing in one message; where it goes on it is how boundaries are moved.",
)  # fmt: skip
BULLYING: Mapping[RuleId, Rule] = {rule.id: rule for rule in belittling.RULES}
CONTACT: Mapping[RuleId, Rule] = {**SPOKEN, PERSONAL: PERSONAL_TALK}
BELITTLING, SHUNNING, INTIMIDATION = BULLYING


RARITY = (10, 30, 100, 300)
"""Of so many ordinary passages one is as likely an act as this: the steps of being sure."""
LIKELY: Mapping[RuleId, tuple[float, ...]] = {
    BELITTLING: (0.261, 0.596, 0.814, 0.918),
    SHUNNING: (0.130, 0.234, 0.313, 0.527),
    INTIMIDATION: (0.176, 0.291, 0.433, 0.752),
    SECRECY: (0.156, 0.218, 0.292, 0.363),
    MEETING: (0.085, 0.174, 0.260, 0.421),
    EXCHANGE: (0.105, 0.214, 0.353, 0.521),
    AFFECTION: (0.154, 0.385, 0.531, 0.724),
    PERSONAL: (0.135, 0.250, 0.403, 0.528),
}
"""How likely an act must seem to be as rare as that, measured by `bench.rarity`."""
WHY = "a model reads the passage so; no phrase of ours says it"
_THREE = 3
_GRAVEST = 2  # severity of a note
_MOST = 10  # passages of a message that are read
_LONGEST = 100  # characters of a passage, unless one sentence is longer
_CUT = 400  # characters at which a sentence without an end is cut
_SHORT = 300  # characters of a message that is read whole, whomever it speaks of
_LEAST = 2  # words of a passage
_END = re.compile(r"(?<=[.!?])[\"”’)]*\s+|^.{0,59}\n", re.MULTILINE)
_TO_READER = re.compile(
    r"\b(?:you\w*|u|ur|ya|yer|we|us|our|i|i['’]?m|ill|ive|me|my|mine|let['’]?s)\b", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class Act:
    """What one passage does to its reader."""

    rule: RuleId
    start: int
    end: int
    steps: int  # how sure, by RARITY; 1 or more


def detect(mail: ParsedMail, found: Sequence[Finding], context: Context) -> Iterator[Finding]:
    """Yield what the passages of a message do, where nothing found says it already."""
    wanted = {**_of_contact(mail, context), **_of_bullying(mail, context)}
    if not wanted:
        return
    for part, text in bodies(mail):
        said = [one for one in found if one.part == part.id]
        for act in read(text):
            if act.rule in wanted and not any(_is_same(act, one) for one in said):
                yield _noted(act, wanted[act.rule], replace(context, part=part.id))


def read(text: str) -> Iterator[Act]:
    """Yield what the passages of a text do, in order; only some of them are read.

    Ten passages have ten chances to look like something, so of each the more is asked the more
    there are. Of what hurts the likeliest alone is told: what belittles mostly shuts out as well.
    """
    spans = list(islice(worth_reading(text), _MOST))
    for start, end in spans:
        likely = likelihoods(text[start:end])
        steps = {rule: _steps(rule, likely[rule]) - _chances(len(spans)) for rule in LIKELY}
        hurts = max(BULLYING, key=lambda rule: steps[rule])
        yield from (
            Act(rule, start, end, steps[rule]) for rule in (hurts, *CONTACT) if steps[rule] > 0
        )


def _steps(rule: RuleId, likely: float) -> int:
    """Return how rare an act this likely is among ordinary passages, in steps of RARITY."""
    return bisect_right(LIKELY[rule], likely)


def _chances(passages: int) -> int:
    """Return how many steps so many passages take off: each step is about three times as rare."""
    return 0 if passages == 1 else 1 if passages <= _THREE else 2


def passages(text: str) -> Iterator[tuple[int, int]]:
    """Yield where the passages of a text begin and end: whole sentences up to a length.

    A short line is a passage by itself, as in a chat; longer ones may be wrapped.
    """
    start = end = 0
    for match in _END.finditer(f"{text}\n"):
        following = min(match.end(), len(text))
        if following - start > _LONGEST and end > start:
            yield start, end
            start = end
        end = following
        *cut, (start, end) = _cut(start, end)
        yield from cut
        if end > start and match[0].endswith("\n"):
            yield start, end
            start = end
    if len(text) > start:
        yield from _cut(start, len(text))


def _cut(start: int, end: int) -> list[tuple[int, int]]:
    """Cut what is too long for a passage."""
    return [(at, min(at + _CUT, end)) for at in range(start, end, _CUT)] or [(start, end)]


def worth_reading(text: str) -> Iterator[tuple[int, int]]:
    """Yield the passages that may be said to the reader, without the blanks around them."""
    short = len(text.strip()) <= _SHORT
    for start, end in passages(text):
        piece = text[start:end]
        begins = start + len(piece) - len(piece.lstrip())
        ends = start + len(piece.rstrip())
        words = piece.split(maxsplit=_LEAST)
        if len(words) >= _LEAST and (short or _TO_READER.search(piece)):
            yield begins, ends


def _of_contact(mail: ParsedMail, context: Context) -> Mapping[RuleId, Rule]:
    """Return the rules of contact, where a message passes between the two sides unseen."""
    now = context.now or datetime.now(UTC)
    day = min(mail.date or now, now).date()
    met = contact(mail, context, day=day)
    if met is None or met.watched or met.group:
        return {}
    live = (one for one in context.exempt if now.date() <= one.until)
    return CONTACT if without_exempt(met, live, context) else {}


def _of_bullying(mail: ParsedMail, context: Context) -> Mapping[RuleId, Rule]:
    """Return the rules of bullying, where people of the directory write to few of them."""
    to = readers(mail, context)
    few = 0 < len(to) <= READERS and context.person(context.sender.lower())
    return BULLYING if few and any(map(context.person, to)) else {}


def likelihoods(passage: str) -> Mapping[RuleId, float]:
    """Ask the transformer how likely a passage is each of the acts, 0 to 1."""
    one = judged(read_passage(lowered(fold(passage).text)).meant)
    return {
        BELITTLING: one.belittling,
        SHUNNING: one.shunning,
        INTIMIDATION: one.intimidation,
        SECRECY: one.secrecy,
        MEETING: one.meeting,
        EXCHANGE: one.exchange,
        AFFECTION: one.affection,
        PERSONAL: one.personal,
    }


def _is_same(act: Act, one: Finding) -> bool:
    """Whether a phrase in the passage was found to say the same."""
    return one.rule == act.rule and one.start < act.end and act.start < one.end


def _noted(act: Act, rule: Rule, context: Context) -> Finding:
    made = finding(
        rule,
        context,
        start=act.start,
        end=act.end,
        confidence=Confidence.LOW,
        why=WHY,
    )
    return replace(made, severity=min(act.steps, _GRAVEST))


DETECTOR = MailDetector((PERSONAL_TALK,), detect)
