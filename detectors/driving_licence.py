"""Driver numbers on UK driving licences: 16 characters that spell a surname and a birthday (DVLA).

Five letters of the surname (9 fills up), the decade of birth, the month (50 more for a woman),
the day, the year, two initials (9 for none), a digit and two letters that only DVLA can check.
"""

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from detectors.contract import Context, Detector, Rule, Suspect, Text
from detectors.shapes import matches
from detectors.verdict import Terms, judged
from detectors.vocabulary import Topic
from section9 import Category, Confidence, Finding, RuleId

if TYPE_CHECKING:
    from spacy.tokens import Doc

RULE = Rule(
    id=RuleId("driving-licence"),
    version=1,
    category=Category.PERSONAL_DATA,
    clause="4.5",
    severity=4,
    title="Driving licence number",
    help="Tells a surname and a birthday, and opens a driver's record.",
)
TERMS = Terms(
    names=frozenset({Topic.LICENCE}),
    hints=frozenset({Topic.PERSON, Topic.BIRTH, Topic.WORK, Topic.CAR}),
    contested=Confidence.LOW,
)

_SHAPE = re.compile(
    r"(?<![\w-])(?=[A-Z])[A-Z]{1,5}9{0,4}(?<=[A-Z9]{5})[ -]?\d(?:[05][1-9]|[16][0-2])"
    r"(?:0[1-9]|[12]\d|3[01])\d[ -]?[A-Z9]{2}[A-Z0-9] ?[A-Z]{2}(?:[ -]?\d\d)?(?![\w-])",
    re.ASCII | re.IGNORECASE,
)


def suspects(seen: Text) -> Iterator[Suspect]:
    """Yield what spells a surname and a day that exists; in capitals it speaks for itself."""
    for match in matches(_SHAPE, seen.text, seen.zones):
        alone = Confidence.MEDIUM if match[0].isupper() else Confidence.LOW
        yield Suspect(*match.span(), alone=alone)


def detect(doc: "Doc", context: Context) -> Iterator[Finding]:
    """Yield each driver number; its name near by makes it high."""
    return judged(doc, context, RULE, suspects, TERMS, what="the shape of a UK driver number")


DETECTOR = Detector(RULE, suspects, detect)
