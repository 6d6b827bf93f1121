"""Private e-mail addresses: those at a provider of free or household mail.

Alone low, because they stand in every forwarded header; high where a text calls one private.
"""

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from detectors.contract import Context, Detector, Rule, Suspect, Text
from detectors.providers import is_personal
from detectors.verdict import Terms, judged
from detectors.vocabulary import Topic, spelled
from section9 import Category, Confidence, Finding, RuleId

if TYPE_CHECKING:
    from spacy.tokens import Doc

RULE = Rule(
    id=RuleId("personal-email"),
    version=1,
    category=Category.PERSONAL_DATA,
    clause="4.5",
    severity=1,
    title="Personal e-mail address",
    help="Lets a stranger reach a child, a parent or a colleague outside the Trust's care.",
)
TERMS = Terms(
    names=frozenset({Topic.OWN_EMAIL}),
    hints=frozenset({Topic.PERSON, Topic.BIRTH}),
    contested=Confidence.LOW,
)

# The part behind the @ is looked for first: few words of a text have one.
_DOMAIN = re.compile(r"@((?:[\w-]{1,63}\.){1,8}[a-z]{2,24})(?![\w-])", re.IGNORECASE)
_LOCAL = re.compile(r"(?<![\w.+-])[\w.+-]{1,64}\Z")
_LONGEST = 65  # characters of a local part (RFC 5321, 4.5.3.1.1), and one to see that it ends
_UNSAID = "an address at a private provider; nothing says whose it is"


def suspects(seen: Text) -> Iterator[Suspect]:
    """Yield the addresses at a private provider."""
    for domain in _DOMAIN.finditer(seen.joined):
        start = max(0, domain.start() - _LONGEST)
        local = _LOCAL.search(seen.joined, start, domain.start())
        if local and is_personal(domain[1]):
            yield Suspect(local.start(), domain.end(), alone=Confidence.LOW, why=_UNSAID)


def detect(doc: "Doc", context: Context) -> Iterator[Finding]:
    """Yield each address; words that make it somebody's own make it high."""
    return judged(doc, context, RULE, suspects, TERMS, what="an address at a private provider")


DETECTOR = Detector(RULE, suspects, detect, cues=spelled(TERMS.telling), unaided=True)
