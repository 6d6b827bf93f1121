"""Keys to services: tokens that carry their maker's mark, and private keys (RFC 7468).

The marks are those that the makers publish so that leaks can be found.
"""

import re
from collections.abc import Iterator

from detectors.contract import Detector, Rule, Suspect, Text
from section9 import Category, Confidence, RuleId

RULE = Rule(
    id=RuleId("secret-key"),
    version=1,
    category=Category.CREDENTIALS,
    clause="4.5",
    severity=4,
    title="Key to a service",
    help="Lets whoever reads it act as the Trust's own programs, with all their rights.",
)

_KEY = re.compile(
    r"(?<![A-Za-z0-9_])(?:"
    r"(?:AKIA|ASIA)[A-Z2-7]{16}"  # Amazon Web Services
    r"|gh[pousr]_[A-Za-z0-9]{36,255}|github_pat_\w{60,90}"  # GitHub
    r"|glpat-[\w-]{20,64}"  # GitLab
    r"|xox[abeprs]-[\w-]{10,250}"  # Slack
    r"|[rs]k_(?:live|test)_\w{20,250}"  # Stripe
    r"|sk-[\w-]{40,200}"  # OpenAI, Anthropic
    r"|AIza[\w-]{35}"  # Google
    r"|SG\.[\w-]{22}\.[\w-]{43}"  # SendGrid
    r"|eyJ[\w-]{10,2000}\.eyJ[\w-]{10,4000}\.[\w-]{20,1000}"  # JSON Web Tokens, RFC 7519
    r"|AccountKey=[A-Za-z0-9+/]{86}=="  # Azure Storage
    r"|-----BEGIN (?:[A-Z]+ ){0,3}PRIVATE KEY-----"
    r")",
    re.ASCII,
)


_MARKS = (
    *("AKIA", "ASIA", "ghp_", "gho_", "ghu_", "ghs_", "ghr_", "github_pat_", "glpat-", "xox"),
    *("sk_", "rk_", "sk-", "AIza", "SG.", "eyJ", "AccountKey=", "PRIVATE KEY"),
)
"""Pieces, one of which every key has: looking for them is much the faster."""


def suspects(seen: Text) -> Iterator[Suspect]:
    """Yield what carries a maker's mark."""
    why = "it carries the mark of a service's secret keys"
    if not any(mark in seen.joined for mark in _MARKS):
        return
    for match in _KEY.finditer(seen.joined):
        yield Suspect(*match.span(), alone=Confidence.HIGH, why=why)


DETECTOR = Detector(RULE, suspects)
