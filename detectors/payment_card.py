"""Payment cards: 13 to 19 digits that pass the Luhn check (ISO/IEC 7812-1), of a known scheme."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from stdnum import luhn

from detectors.contract import Context, Detector, Rule, Suspect, Text
from detectors.shapes import GAP, Seat, matches, seat
from detectors.verdict import Terms, judged
from detectors.vocabulary import Topic
from section9 import Category, Confidence, Finding, RuleId

if TYPE_CHECKING:
    from spacy.tokens import Doc

RULE = Rule(
    id=RuleId("payment-card"),
    version=1,
    category=Category.FINANCIAL,
    clause="4.5",
    severity=4,
    title="Payment card number",
    help="Can be spent; PCI DSS forbids sending a full card number by e-mail.",
)
TERMS = Terms(
    names=frozenset({Topic.CARD}),
    hints=frozenset({Topic.MONEY}),
    contested=Confidence.LOW,
)


@dataclass(frozen=True, slots=True)
class Scheme:
    """A range of first digits, the lengths issued in it, and what those are worth alone."""

    low: str
    high: str
    lengths: frozenset[int]
    alone: Confidence | None = Confidence.MEDIUM

    def issues(self, digits: str) -> bool:
        """Whether a number could be this scheme's."""
        first = digits[: len(self.low)]
        return len(digits) in self.lengths and self.low <= first <= self.high


_16 = frozenset({16})
_16_TO_19 = frozenset(range(16, 20))
# The schemes' published issuer ranges. Visa gave up 13 digits long ago: barcodes have them now.
SCHEMES = (
    Scheme("4", "4", _16),  # Visa
    Scheme("4", "4", frozenset({13}), alone=None),
    Scheme("4", "4", frozenset({19}), alone=Confidence.LOW),
    Scheme("51", "55", _16),  # Mastercard
    Scheme("2221", "2720", _16),
    Scheme("34", "34", frozenset({15})),  # American Express
    Scheme("37", "37", frozenset({15})),
    Scheme("300", "305", frozenset({14, 16})),  # Diners Club
    Scheme("36", "36", frozenset({14, 16})),
    Scheme("38", "39", frozenset({14, 16})),
    Scheme("6011", "6011", _16_TO_19),  # Discover
    Scheme("644", "659", _16_TO_19),
    Scheme("3528", "3589", _16_TO_19),  # JCB
    Scheme("62", "62", _16_TO_19),  # UnionPay
    Scheme("5018", "5020", _16_TO_19),  # Maestro
    Scheme("5038", "5038", _16_TO_19),
    Scheme("5893", "5893", _16_TO_19),
    Scheme("6304", "6304", _16_TO_19),
    Scheme("6759", "6763", _16_TO_19),
    Scheme("676770", "676774", _16_TO_19),
)

_SHAPE = re.compile(
    rf"(?<!\w)(?:\d{{13,19}}"
    rf"|\d{{4}}{GAP}\d{{4}}{GAP}\d{{4}}(?:{GAP}\d{{1,4}}(?:{GAP}\d{{1,3}}(?!/))?)?"  # by fours
    rf"|\d{{4}}{GAP}\d{{6}}{GAP}\d{{4,5}}"  # 4-6-5 American Express, 4-6-4 Diners Club
    rf"|\d(?: \d){{12,18}})(?!\w)",
    re.ASCII,
)
_USUAL = re.compile(r"\d+(?:([ -])\d{3,}(?:\1\d+)*)?|\d{4}(?: ?- ?\d{4}){3}", re.ASCII)
_SHORTER = re.compile(r"\s\d{3}\Z")


def suspects(seen: Text) -> Iterator[Suspect]:
    """Yield the numbers that a known scheme could have issued and that pass the Luhn check."""
    for match in matches(_SHAPE, seen.text, seen.zones):
        start, end = match.span()
        scheme = _scheme(match[0])
        if scheme is None and (code := _SHORTER.search(match[0])):
            end = start + code.start()  # a security code may follow the number
            scheme = _scheme(seen.text[start:end])
        if scheme and (how := seat(seen.text, start, match.end())) is not Seat.EMBEDDED:
            free = how is Seat.FREE and _USUAL.fullmatch(seen.text, start, end)
            yield Suspect(start, end, alone=scheme.alone if free else None)


def _scheme(written: str) -> Scheme | None:
    """Return the scheme that could have issued a number; None where none could."""
    digits = re.sub(r"\D", "", written)
    scheme = next((each for each in SCHEMES if each.issues(digits)), None)
    sound = scheme and len(set(digits)) > 1 and luhn.is_valid(digits)
    return scheme if sound else None


def detect(doc: "Doc", context: Context) -> Iterator[Finding]:
    """Yield each card number; a card's name near by makes it high, another number's low."""
    return judged(
        doc,
        context,
        RULE,
        suspects,
        TERMS,
        what="a card scheme's number that passes the Luhn check",
    )


DETECTOR = Detector(RULE, suspects, detect)
