"""Text to a query of web visits, as of mail, in fields of their own."""

from search.glossary import NOTHING_KNOWN, Glossary
from search.query import parse
from search.tree import All, AnyOf, Exact, Not, Query
from search.web_fields import BY_NAME


def parse_web(text: str, glossary: Glossary = NOTHING_KNOWN) -> Query:
    """Read a query of web visits. Raises as `search.query.parse` does.

    `glossary` gives user names where that of mail gives addresses.
    """
    return _of_users(parse(text, glossary, BY_NAME))


def _of_users(query: Query) -> Query:
    """Names of people stand for participants of mail; here, for users."""
    match query:
        case All(parts):
            return All(tuple(map(_of_users, parts)))
        case AnyOf(parts):
            return AnyOf(tuple(map(_of_users, parts)))
        case Not(part):
            return Not(_of_users(part))
        case Exact("participant", value):
            return Exact("user", value)
    return query
