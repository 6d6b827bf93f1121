"""NHS numbers: ten digits, the last a modulus 11 check (NHS Data Dictionary, NHS NUMBER).

One random number in eleven passes the check, so the words near it decide: without any, low.
"""

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from stdnum.gb import nhs

from detectors.contract import Context, Detector, Rule, Suspect, Text
from detectors.shapes import GAP, Seat, matches, seat
from detectors.verdict import Terms, judged
from detectors.vocabulary import Topic
from section9 import Category, Confidence, Finding, RuleId

if TYPE_CHECKING:
    from spacy.tokens import Doc

RULE = Rule(
    id=RuleId("nhs-number"),
    version=1,
    category=Category.PERSONAL_DATA,
    clause="4.5",
    severity=4,
    title="NHS number",
    help="Identifies one patient in every NHS record: health data, special under UK GDPR Art. 9.",
)
TERMS = Terms(
    names=frozenset({Topic.NHS}),
    hints=frozenset({Topic.HEALTH, Topic.PERSON, Topic.BIRTH, Topic.ADDRESS}),
    contested=None,  # a tenth of all phone, order and learner numbers pass: their label is right
)

_SHAPE = re.compile(rf"(?<!\w)(?:\d{{3}}{GAP}\d{{3}}{GAP}\d{{4}}|\d(?: \d){{9}})(?!\w)", re.ASCII)
_USUAL = re.compile(r"[1-9]\d{2}([ -]?)\d{3}\1\d{4}", re.ASCII)
_IN_A_ROW = "01234567890123456789"


def suspects(seen: Text) -> Iterator[Suspect]:
    """Yield the numbers that pass the check. A leading 0 is a telephone's until it is named."""
    for match in matches(_SHAPE, seen.text, seen.zones):
        digits = re.sub(r"\D", "", match[0])
        if len(set(digits)) == 1 or not nhs.is_valid(digits):
            continue
        how = seat(seen.text, *match.span())
        if how is not Seat.EMBEDDED:
            free = how is Seat.FREE and _USUAL.fullmatch(match[0]) and digits not in _IN_A_ROW
            yield Suspect(*match.span(), alone=Confidence.LOW if free else None)


def detect(doc: "Doc", context: Context) -> Iterator[Finding]:
    """Yield each NHS number; its name near by makes it high, talk of health medium."""
    return judged(
        doc, context, RULE, suspects, TERMS, what="10 digits pass the NHS check (modulus 11)"
    )


DETECTOR = Detector(RULE, suspects, detect)
