"""Unique Learner Numbers: ten digits, the last a modulus 11 check (ESFA, ULN validation guide).

One random number in eleven passes, as many as pass the NHS check, so a ULN is one only where it
is named.
"""

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from detectors.contract import Context, Detector, Rule, Suspect, Text
from detectors.shapes import Seat, matches, seat
from detectors.verdict import Terms, judged
from detectors.vocabulary import Topic, spelled
from section9 import Category, Confidence, Finding, RuleId

if TYPE_CHECKING:
    from spacy.tokens import Doc

RULE = Rule(
    id=RuleId("uln"),
    version=1,
    category=Category.PERSONAL_DATA,
    clause="4.5",
    severity=2,
    title="Unique Learner Number",
    help="Follows one learner through every examination and course; for education only.",
)
TERMS = Terms(names=frozenset({Topic.ULN}), hints=frozenset(), contested=None)

_SHAPE = re.compile(r"(?<!\w)[1-9](?:[ -]?\d){9}(?!\w)", re.ASCII)


def suspects(seen: Text) -> Iterator[Suspect]:
    """Yield the numbers that pass the check."""
    for match in matches(_SHAPE, seen.text, seen.zones):
        digits = [int(char) for char in match[0] if char.isdigit()]
        if passes(digits) and seat(seen.text, *match.span()) is not Seat.EMBEDDED:
            yield Suspect(*match.span(), alone=None, named=Confidence.HIGH, about=Confidence.MEDIUM)


def passes(digits: list[int]) -> bool:
    """Check ten digits: weights 10 to 2 over nine, and ten less the remainder of 11 is the last."""
    weighted = sum(weight * digit for weight, digit in zip(range(10, 1, -1), digits, strict=False))
    return 10 - weighted % 11 == digits[9] and len(set(digits)) > 1


def detect(doc: "Doc", context: Context) -> Iterator[Finding]:
    """Yield each learner number that is called one."""
    return judged(
        doc, context, RULE, suspects, TERMS, what="10 digits pass the learner number's check"
    )


DETECTOR = Detector(RULE, suspects, detect, cues=spelled(TERMS.names))
