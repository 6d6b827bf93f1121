"""UK passport numbers: nine digits, or two letters and seven digits since 2015.

There is no check digit outside the machine-readable lines, so one counts only where it is named.
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
    id=RuleId("passport"),
    version=1,
    category=Category.PERSONAL_DATA,
    clause="4.5",
    severity=4,
    title="Passport number",
    help="With a name and a birthday it is enough to book, to travel or to open an account.",
)
TERMS = Terms(names=frozenset({Topic.PASSPORT}), hints=frozenset(), contested=None)

_SHAPE = re.compile(
    r"(?<!\w)(?:\d{3} ?\d{3} ?\d{3}|[A-Z]{2} ?\d{3} ?\d{4}|[A-Z]{2} ?\d{7})(?!\w)",
    re.ASCII | re.IGNORECASE,
)


def suspects(seen: Text) -> Iterator[Suspect]:
    """Yield what has either shape."""
    for match in matches(_SHAPE, seen.text, seen.zones):
        if seat(seen.text, *match.span()) is not Seat.EMBEDDED:
            yield Suspect(*match.span(), alone=None, named=Confidence.HIGH)


def detect(doc: "Doc", context: Context) -> Iterator[Finding]:
    """Yield each passport number that is called one."""
    return judged(doc, context, RULE, suspects, TERMS, what="the shape of a UK passport number")


DETECTOR = Detector(RULE, suspects, detect, cues=spelled(TERMS.names))
