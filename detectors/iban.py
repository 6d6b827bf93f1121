"""International bank account numbers (ISO 13616): each carries its own check, modulus 97."""

import re
from collections.abc import Iterator

from stdnum import iban

from detectors.contract import Detector, Rule, Suspect, Text
from detectors.shapes import Seat, matches, seat
from section9 import Category, Confidence, RuleId

RULE = Rule(
    id=RuleId("iban"),
    version=1,
    category=Category.FINANCIAL,
    clause="4.5",
    severity=4,
    title="International bank account number",
    help="Money can be sought or sent with it.",
)

# Possessive, or a long word could be cut into groups in thousands of ways.
_SHAPE = re.compile(r"(?<!\w)[A-Z]{2}\d\d(?:[ -]?[A-Z0-9]{1,4}+){3,8}+", re.ASCII)


def suspects(seen: Text) -> Iterator[Suspect]:
    """Yield those that pass their check; what follows in capitals may look like more."""
    for match in matches(_SHAPE, seen.text, seen.zones):
        written = match[0]
        while written and not iban.is_valid(written, check_country=False):
            written = written.rpartition(" ")[0]
        end = match.start() + len(written)
        if written and seat(seen.text, match.start(), end) is not Seat.EMBEDDED:
            why = "it passes its check (modulus 97)"
            yield Suspect(match.start(), end, Confidence.HIGH, why=why)


DETECTOR = Detector(RULE, suspects)
