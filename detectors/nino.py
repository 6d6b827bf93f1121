"""National Insurance numbers: two letters, six digits, A to D (HMRC manual NIM39110).

There is no checksum. The prefix rules leave so few that one in capitals is strong by itself.
"""

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from detectors.contract import Context, Detector, Rule, Suspect, Text
from detectors.shapes import GAP, Seat, matches, seat
from detectors.verdict import Terms, judged
from detectors.vocabulary import Topic
from section9 import Category, Confidence, Finding, RuleId

if TYPE_CHECKING:
    from spacy.tokens import Doc

RULE = Rule(
    id=RuleId("nino"),
    version=1,
    category=Category.PERSONAL_DATA,
    clause="4.5",
    severity=3,
    title="National Insurance number",
    help="Opens a person's tax and benefit records: enough, with a name, for identity fraud.",
)
TERMS = Terms(
    names=frozenset({Topic.NINO}),
    hints=frozenset({Topic.WORK, Topic.PERSON, Topic.BIRTH, Topic.ADDRESS}),
    contested=Confidence.LOW,
)

# Neither letter is D, F, I, Q, U or V, and the second is no O. `QQ` so never passes.
_SHAPE = re.compile(
    rf"(?<!\w)([A-CEGHJ-PR-TW-Z]) ?([A-CEGHJ-NPR-TW-Z]){GAP}\d(?:{GAP}\d){{5}}"
    rf"(?:{GAP}([A-D])(?!\w)|(?!\w|{GAP}[A-Z0-9](?!\w)))",
    re.ASCII | re.IGNORECASE,
)
_USUAL = re.compile(
    r"[A-Z]{2}[ -]?(?:\d{2}[ -]?\d{2}[ -]?\d{2}|\d{3}[ -]?\d{3})[ -]?[A-D]", re.ASCII
)
_IN_SMALL = re.compile(
    r"[A-Z]{2}(?:\d{6}|[ -]?\d{2}[ -]\d{2}[ -]\d{2}[ -]?)[A-D]", re.ASCII | re.IGNORECASE
)
_NEVER_ISSUED = frozenset({"BG", "GB", "KN", "NK", "NT", "TN", "ZZ"})


def suspects(seen: Text) -> Iterator[Suspect]:
    """Yield what has the shape and a prefix in use. Without its last letter it needs a name."""
    for match in matches(_SHAPE, seen.text, seen.zones):
        if (match[1] + match[2]).upper() in _NEVER_ISSUED:
            continue
        how = seat(seen.text, *match.span())
        if how is not Seat.EMBEDDED:
            yield Suspect(*match.span(), alone=_alone(match[0]) if how is Seat.FREE else None)


def _alone(written: str) -> Confidence | None:
    """What the way of writing is worth; `at 123456 a` is English, `ab 12 34 56 a` may be one."""
    if _USUAL.fullmatch(written):
        return Confidence.MEDIUM
    return Confidence.LOW if _IN_SMALL.fullmatch(written) else None


def detect(doc: "Doc", context: Context) -> Iterator[Finding]:
    """Yield each National Insurance number; its name near by makes it high."""
    return judged(
        doc,
        context,
        RULE,
        suspects,
        TERMS,
        what="the shape of a National Insurance number, with a prefix in use",
    )


DETECTOR = Detector(RULE, suspects, detect)
