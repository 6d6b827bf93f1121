"""Home addresses: a house and street with a postcode; and postcodes that a text calls a home's.

The postcode's shape is the Royal Mail's (BS 7666): outward and inward code, the inward without
C, I, K, M, O and V. Every letterhead has an address, so one alone is low, and one that names an
office, a school or a company is nobody's home.
"""

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from detectors.contract import Context, Detector, Rule, Suspect, Text, Zones
from detectors.shapes import around, matches
from detectors.verdict import Terms, judged
from detectors.vocabulary import Topic, spelled
from section9 import Category, Confidence, Finding, RuleId

if TYPE_CHECKING:
    from spacy.tokens import Doc

RULE = Rule(
    id=RuleId("home-address"),
    version=1,
    category=Category.PERSONAL_DATA,
    clause="4.5",
    severity=3,
    title="Home address",
    help="Where somebody lives: it may put a child or a colleague in danger.",
)
TERMS = Terms(
    names=frozenset({Topic.ADDRESS}),
    hints=frozenset({Topic.PERSON, Topic.BIRTH}),
    contested=None,
)

_POSTCODE = re.compile(
    r"(?<![\w/-])(?:GIR ?0AA|(?:[A-PR-UWYZ](?:\d{1,2}|[A-HK-Y]\d|[A-HK-Y]\d\d|\d[A-HJKPS-UW]"
    r"|[A-HK-Y]\d[ABEHMNPRVWXY]))(?P<gap> {0,2}|\n)\d[ABD-HJLNP-UW-Z]{2})(?![\w/-])",
    re.ASCII | re.IGNORECASE,
)
_INWARD = re.compile(r"\d[ABD-HJLNP-UW-Z]{2}(?![\w/-])", re.ASCII | re.IGNORECASE)
_OUTWARD = 6  # characters of a postcode before its inward code
_REACH = 160  # characters back from the postcode for the house: five lines of a label
_STREET = re.compile(
    r"(?<![\w/.-])(?:(?:flat|apartment|apt|unit|room) ?\w{1,4},?\s{1,2})?\d{1,4}[a-z]?,?[ \n]"
    r"(?:[A-Z][\w'’.-]*[ ,]{1,2}){1,4}?"
    r"(?:street|st|road|rd|avenue|ave|lane|ln|close|cl|drive|dr|way|crescent|cres|place|pl|court|ct"
    r"|gardens?|gdns|grove|gr|terrace|terr?|hill|park|row|walk|mews|square|sq|rise|view|green"
    r"|parade|croft|meadows?|fields?|gate|end|bank|vale|wharf|yard|mount|heights|circus|broadway)\b",
    re.ASCII | re.IGNORECASE,
)
_NOBODYS_HOME = re.compile(
    r"\b(?:school|academy|college|university|trust|council|hospital|surgery|office|ltd|limited|plc"
    r"|hotel|church|library|centre|business|industrial|estate office|headquarters|house of)\b",
    re.IGNORECASE,
)


_UNSAID = "the shape of a UK address; nothing says whose it is"


def suspects(seen: Text) -> Iterator[Suspect]:
    """Yield addresses from house to postcode, and postcodes that stand without a house."""
    for match in matches(_POSTCODE, seen.text, _ends(seen.text)):
        start = house(seen.text, match.start())
        usual = match["gap"] == " " and match[0].isupper()
        if start is not None:
            yield Suspect(start, match.end(), alone=Confidence.LOW, why=_UNSAID)
        elif usual:
            yield Suspect(*match.span(), alone=Confidence.LOW, why=_UNSAID)
        elif match["gap"] or match[0].isupper():
            yield Suspect(*match.span(), alone=None, named=Confidence.HIGH)


def _ends(text: str) -> Zones:
    """Return where postcodes may end, with room for the whole of them; quick to look for."""
    inward = (match.span() for match in _INWARD.finditer(text))
    return around(text, inward, before=_OUTWARD, after=1)


def house(text: str, postcode: int) -> int | None:
    """Return where the house before a postcode starts; None where none does, or an office."""
    floor = max(0, postcode - _REACH)
    lines = text[floor:postcode]
    blank = lines.rfind("\n\n")
    begin = floor + blank + 2 if blank >= 0 else floor
    streets = list(_STREET.finditer(text, begin, postcode))
    if not streets:
        return None
    start = streets[-1].start()
    line = text.rfind("\n", 0, max(begin, start - 1)) + 1
    return None if _NOBODYS_HOME.search(text, max(begin, line), postcode) else start


def detect(doc: "Doc", context: Context) -> Iterator[Finding]:
    """Yield each address; `lives at` or `home address` near by makes it high."""
    return judged(doc, context, RULE, suspects, TERMS, what="the shape of a UK address")


DETECTOR = Detector(RULE, suspects, detect, cues=spelled(TERMS.telling), unaided=True)
