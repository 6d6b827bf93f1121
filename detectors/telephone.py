"""Telephone numbers, judged by Google's library of numbering plans, and by whose they are.

Every signature has one, so a number alone is low; one that a text calls somebody's own, their
home's or their parents' is what must not get out.
"""

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from detectors.contract import Context, Detector, Rule, Suspect, Text
from detectors.shapes import matches
from detectors.verdict import Terms, judged
from detectors.vocabulary import Topic, spelled
from section9 import Category, Confidence, Finding, RuleId

if TYPE_CHECKING:
    from spacy.tokens import Doc

RULE = Rule(
    id=RuleId("telephone"),
    version=1,
    category=Category.PERSONAL_DATA,
    clause="4.5",
    severity=1,
    title="Telephone number",
    help="A private number lets a stranger reach a child or a colleague at home.",
)
TERMS = Terms(names=frozenset({Topic.OWN_PHONE}), hints=frozenset(), contested=Confidence.LOW)

_SHAPE = re.compile(
    r"(?<![\w./=£$€#+-])(?<!\d,)(?:\+|00)?\(?\+?(?:\d[ ()./-]{0,3}){9,14}\d(?![\w@]|[.,/-]\d)",
    re.ASCII,
)
_AMERICAN = re.compile(r"\(\d{3}\) ?\d{3}[-.]\d{4}|(?:1[-.])?\d{3}([-.])\d{3}\1\d{4}", re.ASCII)
_SPOKEN = re.compile(
    r"\b(?:phone|tel|call|ring|fax|cell|mobile|text|number is|is)\b", re.IGNORECASE
)
_BRITISH = re.compile(r"0[1-9]|(?:\+|00)44")
# Set aside by Ofcom for drama, so no plan knows them; people who must not give theirs use them.
_DRAMA = re.compile(
    r"(?:7700900|1632960|2079460|1[1-9]\d4960|2896496|2920180|8081570|9098790|3069990)\d{3}"
)


_UNSAID = "a number of a telephone plan; nothing says whose it is"


def suspects(seen: Text) -> Iterator[Suspect]:
    """Yield what a numbering plan has: British numbers, American ones, others with a +."""
    for match in matches(_SHAPE, seen.text, seen.zones):
        said = _SPOKEN.search(seen.text, max(0, match.start() - 30), match.start())
        if is_number(match[0], american=bool(said) or match[0].startswith("(")):
            yield Suspect(*match.span(), alone=Confidence.LOW, why=_UNSAID)


def is_number(written: str, *, american: bool) -> bool:
    """Tell whether digits so written are somebody's telephone number."""
    import phonenumbers  # noqa: PLC0415 - costs 30 ms, and most texts have no such digits

    bare = re.sub(r"[^\d+]", "", written.replace("(0)", ""))
    if american and _AMERICAN.fullmatch(written):
        return phonenumbers.is_possible_number(phonenumbers.parse(bare, "US"))
    if not (_BRITISH.match(bare) or bare.startswith("+")):
        return False
    try:
        number = phonenumbers.parse(bare, "GB")
    except phonenumbers.NumberParseException:
        return False
    drama = number.country_code == 44 and _DRAMA.fullmatch(str(number.national_number))  # noqa: PLR2004 - the code of the United Kingdom
    return bool(drama) or phonenumbers.is_valid_number(number)


def detect(doc: "Doc", context: Context) -> Iterator[Finding]:
    """Yield each number; words that make it somebody's own make it high."""
    return judged(doc, context, RULE, suspects, TERMS, what="a number of a telephone plan")


DETECTOR = Detector(RULE, suspects, detect, cues=spelled(TERMS.names), unaided=True)
