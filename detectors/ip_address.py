"""IP addresses of the public Internet (RFC 791, RFC 4291): personal data under UK GDPR, Recital 30.

Private, loopback and reserved addresses tell nobody apart. Versions of programs look alike, so
one alone is low.
"""

import re
from collections.abc import Iterator
from ipaddress import ip_address
from typing import TYPE_CHECKING

from detectors.contract import Context, Detector, Rule, Suspect, Text
from detectors.verdict import Terms, judged
from detectors.vocabulary import Topic
from section9 import Category, Confidence, Finding, RuleId

if TYPE_CHECKING:
    from spacy.tokens import Doc

RULE = Rule(
    id=RuleId("ip-address"),
    version=1,
    category=Category.PERSONAL_DATA,
    clause="4.5",
    severity=1,
    title="IP address",
    help="Leads to a household or a device, with the provider's help.",
)
TERMS = Terms(names=frozenset({Topic.IP}), hints=frozenset(), contested=None)

_V4 = re.compile(r"\d(?<![\w.-]\d)\d{0,2}\.(?:\d{1,3}\.){2}\d{1,3}(?![\w-]|\.\d)", re.ASCII)
_V6 = re.compile(r"(?<![\w:.])(?:[0-9a-f]{1,4}::?){2,7}[0-9a-f]{0,4}(?![\w:])", re.IGNORECASE)
_COLONS = re.compile(r":[0-9a-fA-F]{0,4}:")  # without them there is no _V6
# Kept for examples in documents (RFC 5737, RFC 3849): not global, and yet what examples show.
_EXAMPLES = ("192.0.2.", "198.51.100.", "203.0.113.", "2001:db8:")


def suspects(seen: Text) -> Iterator[Suspect]:
    """Yield the addresses that are somebody's on the Internet."""
    for shape in (_V4, _V6) if _COLONS.search(seen.text) else (_V4,):
        for match in shape.finditer(seen.text):
            if is_public(match[0]):
                yield Suspect(*match.span(), alone=Confidence.LOW)


def is_public(written: str) -> bool:
    """Tell whether this is an address, and one that leads to somebody."""
    try:
        address = ip_address(written)
    except ValueError:
        return False
    return address.is_global or written.lower().startswith(_EXAMPLES)


def detect(doc: "Doc", context: Context) -> Iterator[Finding]:
    """Yield each address; `IP address` near by makes it high."""
    return judged(doc, context, RULE, suspects, TERMS, what="a public Internet address")


DETECTOR = Detector(RULE, suspects, detect)
