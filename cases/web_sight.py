"""What an authority lets be seen of web visits, as trees that nothing typed can widen. Pure.

A case opens the visits of its people, by the user names that the directory has for their addresses;
the standing programme, blocked attempts alone, for there the filter is the detector. Metadata is
who, when, from where and which site: of an address all before the first slash (Investigatory Powers
Act 2016, section 261). The page and its category are content. So they are for sites of protected
correspondence, as `veil` has them for mail.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, time, timedelta

from archive.case_words import Extent, Scope
from cases.authority import Authority
from cases.veil import NOTHING, Protected, veiled
from search.tree import (
    All,
    AnyOf,
    Between,
    Everything,
    Exact,
    Leaf,
    Not,
    Query,
    clean,
)
from search.web import Visit

CONTENT = frozenset({"text", "page", "category"})
"""Fields that tell what stood on a page."""
BLOCKED = Exact("is", "blocked")

Lookup = Callable[[str], Iterable[str]]


@dataclass(frozen=True, slots=True)
class Users:
    """Who is who in web logs, as the directory knows it now."""

    of: Lookup  # the user names of whoever has an address
    at: Lookup  # of everybody with an address of a domain
    like: Lookup  # of an address or part of a name, generously: for what must not be deleted


@dataclass(frozen=True, slots=True)
class WebSight:
    """What an authority lets be seen now: the visits in its scope, and the veil over some."""

    authority: Authority
    users: Users
    protected: tuple[str, ...]  # domains

    @property
    def veil(self) -> Query:
        """What finds the visits whose page is withheld."""
        if self.authority.extent is Extent.METADATA:
            return Everything()
        return AnyOf(tuple(Exact("site", clean(domain)) for domain in self.protected))

    def narrow(self, query: Query) -> Query:
        """What of a query the authority answers."""
        authority = self.authority
        own = Not(_any_user(authority.own, self.users))
        blocked = (BLOCKED,) if authority.extent is Extent.FLAGGED else ()
        scope = in_web_scope(authority.scope, self.users)
        seen = veiled(query, self.veil, of_metadata)
        return All((*scope.parts, *(own,) * bool(authority.own), *blocked, seen))

    def counted(self, query: Query, field: str) -> Query:
        """What of that may be counted by a field's values."""
        narrowed = self.narrow(query)
        return All((narrowed, Not(self.veil))) if field in CONTENT else narrowed

    def own(self) -> Query:
        """The reader's own visits in the scope."""
        whose = _any_user(self.authority.own, self.users)
        return All((in_web_scope(self.authority.scope, self.users), whose))

    def is_open(self, visit: Visit) -> bool:
        """Tell whether a visit's page may be shown."""
        if self.authority.extent is Extent.METADATA:
            return False
        return not any(
            visit.site == clean(domain) or visit.site.endswith(f".{clean(domain)}")
            for domain in self.protected
        )


def web_sight(authority: Authority, users: Users, protected: Protected) -> WebSight:
    """What an authority lets be seen of web visits."""
    return WebSight(authority, users, protected.domains)


def in_web_scope(scope: Scope, users: Users) -> All:
    """What is in a scope. The days are whole days, UTC, both included."""
    named = _any_user(scope.people + scope.mailboxes, users).parts
    there = tuple(Exact("user", clean(user)) for one in scope.domains for user in users.at(one))
    since = datetime.combine(scope.since, time(), UTC)
    until = datetime.combine(scope.until, time(), UTC) + timedelta(days=1)
    return All((AnyOf((*named, *there)), Between("date", since, until)))


def blank(visit: Visit) -> Visit:
    """A visit without what stood on the page."""
    return replace(visit, page="", category="")


def of_metadata(leaf: Leaf) -> Query:
    """What of a leaf asks for no page: what does finds nothing."""
    return leaf if isinstance(leaf, Everything) or leaf.field not in CONTENT else NOTHING


def _any_user(addresses: Iterable[str], users: Users) -> AnyOf:
    found = (user for address in addresses for user in users.of(address))
    return AnyOf(tuple(Exact("user", clean(user)) for user in dict.fromkeys(found)))
