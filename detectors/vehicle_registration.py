"""Vehicle registration marks of the United Kingdom (DVLA, INF104), in every style since 1932.

`AB51 ABC` since 2001, `A123 ABC` and `ABC 123A` before, and Northern Ireland's `AIZ 1234`. Order
and product codes look alike: without a word about vehicles only the present style, spaced, counts.
"""

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from detectors.contract import Context, Detector, Rule, Suspect, Text
from detectors.shapes import Seat, led, seat
from detectors.verdict import Terms, judged
from detectors.vocabulary import Topic, spelled
from section9 import Category, Confidence, Finding, RuleId

if TYPE_CHECKING:
    from spacy.tokens import Doc

RULE = Rule(
    id=RuleId("vehicle-registration"),
    version=1,
    category=Category.PERSONAL_DATA,
    clause="4.5",
    severity=1,
    title="Vehicle registration",
    help="Leads to its keeper, and tells a car by sight.",
)
TERMS = Terms(names=frozenset({Topic.VEHICLE}), hints=frozenset({Topic.CAR}), contested=None)

# Two letters, the age (02 to 29 from March, 51 to 79 from September), three letters; no I, Q or Z.
_PRESENT = r"[A-HJ-PR-Y]{2}(?:0[2-9]|[12]\d|5[1-9]|[67]\d) ?[A-HJ-PR-Z]{3}"
_PREFIX = r"[A-HJ-NPR-TV-Y]\d{1,3} ?[A-HJ-PR-Y][A-HJ-PR-Z]{2}"
_SUFFIX = r"[A-HJ-PR-Y]{3} ?\d{1,3}[A-HJ-NPR-TV-Y]"
_IRISH = r"[A-Z]{1,2}[IZ] ?\d{1,4}"
_SHAPE = re.compile(
    rf"(?<![\w.&/-])(?:(?P<present>{_PRESENT})|{_PREFIX}|{_SUFFIX}|{_IRISH})(?![\w&/-])", re.ASCII
)
_LEAD = re.compile(r"[A-Z](?<![\w.&/-].)[A-Z]{0,2} ?\d", re.ASCII)
_SMALL_LEAD = re.compile(_LEAD.pattern, re.ASCII | re.IGNORECASE)
_SMALL = re.compile(
    rf"(?<![\w.&/-])(?:{_PRESENT}|{_PREFIX}|{_SUFFIX})(?![\w&/-])", re.ASCII | re.IGNORECASE
)


_CODE = re.compile(  # what else such letters may be called, right before them
    r"\b(?:order|ref|reference|code|item|part|invoice|batch|form|room)\b\W{0,3}(?:\w+\W{1,3})?\Z",
    re.IGNORECASE,
)
_UNSAID = "the shape of a UK registration mark; nothing says that it is one"


def suspects(seen: Text) -> Iterator[Suspect]:
    """Yield what has a style's shape, in capitals or in small letters."""
    for match in led(_LEAD, _SHAPE, seen.text):
        if seat(seen.text, *match.span()) is Seat.FREE:
            spaced = match["present"] and " " in match[0]
            other = _CODE.search(seen.text, max(0, match.start() - 30), match.start())
            alone = Confidence.LOW if spaced and not other else None
            about = Confidence.MEDIUM if match["present"] and not alone else None
            yield Suspect(*match.span(), alone, named=Confidence.HIGH, about=about, why=_UNSAID)
    if seen.cues and RULE.id not in seen.cues:
        return  # in small letters it needs its name
    for match in led(_SMALL_LEAD, _SMALL, seen.text):
        if not match[0].isupper() and seat(seen.text, *match.span()) is Seat.FREE:
            yield Suspect(*match.span(), alone=None, named=Confidence.HIGH)


def detect(doc: "Doc", context: Context) -> Iterator[Finding]:
    """Yield each mark; `registration` or `number plate` near by makes it high."""
    return judged(doc, context, RULE, suspects, TERMS, what="the shape of a UK registration mark")


DETECTOR = Detector(RULE, suspects, detect, cues=spelled(TERMS.telling), unaided=True)
