"""Unique Taxpayer References: ten digits, the first a check over the rest (HMRC).

One random number in eleven passes, so it is one only where it is named.
"""

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from stdnum.gb import utr

from detectors.contract import Context, Detector, Rule, Suspect, Text
from detectors.shapes import Seat, matches, seat
from detectors.verdict import Terms, judged
from detectors.vocabulary import Topic, spelled
from section9 import Category, Confidence, Finding, RuleId

if TYPE_CHECKING:
    from spacy.tokens import Doc

RULE = Rule(
    id=RuleId("utr"),
    version=1,
    category=Category.PERSONAL_DATA,
    clause="4.5",
    severity=3,
    title="Unique Taxpayer Reference",
    help="Opens a person's tax affairs: enough, with a name, for identity fraud.",
)
TERMS = Terms(names=frozenset({Topic.UTR}), hints=frozenset(), contested=None)

_SHAPE = re.compile(r"(?<!\w)\d(?:[ -]?\d){9}K?(?!\w)", re.ASCII | re.IGNORECASE)


def suspects(seen: Text) -> Iterator[Suspect]:
    """Yield the numbers that pass the check."""
    for match in matches(_SHAPE, seen.text, seen.zones):
        digits = re.sub(r"\D", "", match[0])
        if len(set(digits)) == 1 or not utr.is_valid(digits):
            continue
        if seat(seen.text, *match.span()) is not Seat.EMBEDDED:
            yield Suspect(*match.span(), alone=None, named=Confidence.HIGH, about=Confidence.MEDIUM)


def detect(doc: "Doc", context: Context) -> Iterator[Finding]:
    """Yield each taxpayer reference that is called one."""
    return judged(
        doc, context, RULE, suspects, TERMS, what="10 digits pass the taxpayer reference's check"
    )


DETECTOR = Detector(RULE, suspects, detect, cues=spelled(TERMS.names))
