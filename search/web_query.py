"""Text to a query of web visits, as of mail, in fields of their own."""

from search.glossary import NOTHING_KNOWN, Glossary
from search.query import parse
from search.tree import Exact, Leaf, Query, each_leaf
from search.web_fields import BY_NAME


def parse_web(text: str, glossary: Glossary = NOTHING_KNOWN) -> Query:
    """Read a query of web visits. Raises as `search.query.parse` does.

    `glossary` gives user names where that of mail gives addresses.
    """
    return each_leaf(parse(text, glossary, BY_NAME), _of_users)


def _of_users(leaf: Leaf) -> Query:
    """Names of people stand for participants of mail; here, for users."""
    match leaf:
        case Exact("participant", value):
            return Exact("user", value)
    return leaf
