"""What an authority lets be seen, as trees of a query that nothing typed can widen. Pure."""

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, time, timedelta

from archive.case_words import Extent, Scope
from cases.authority import Authority
from cases.review_words import expand
from cases.reviewing import Review, nothing_said
from cases.veil import METADATA_FIELDS, veiled
from search.tree import All, AnyOf, Between, Exact, Not, Query, clean
from section9 import MailId

FLAGGED = Exact("is", "flagged")


@dataclass(frozen=True, slots=True)
class Sight:
    """What an authority lets be seen now: the mail in its scope, and the veil over some of it."""

    authority: Authority
    veil: Query
    sealed: frozenset[MailId] = frozenset()  # of which is said only that they exist, and when
    screened: frozenset[MailId] = frozenset()  # privileged, and not this reviewer's to read
    review: Review = field(default_factory=nothing_said)

    def told(self, query: Query) -> Query:
        """What of a query the authority answers, as it is written down: `tag:x` stands as it is."""
        return within(self.authority, veiled(query, self.veil))

    def narrow(self, query: Query) -> Query:
        """The same as an engine gets it, the messages in the place of a review's words."""
        return expand(self.told(query), self.review)

    def withheld(self, query: Query) -> Query:
        """What of that is found by its metadata alone."""
        return All((self.narrow(query), self.veil))

    def open(self, query: Query) -> Query:
        """What of that is open."""
        return All((self.narrow(query), Not(self.veil)))

    def counted(self, query: Query, field: str) -> Query:
        """What of that may be counted by the values of a field: who they are, or what they say.

        Nothing is counted of what is sealed, nor of the words of what is withheld.
        """
        counted = self.narrow(query) if field in METADATA_FIELDS else self.open(query)
        return All((counted, *(Not(Exact("id", mail)) for mail in sorted(self.sealed))))


def unflagged(sight: Sight) -> Sight:
    """What a standing programme might see of its scope, flagged or not: to draw samples from it."""
    if sight.authority.extent is not Extent.FLAGGED:
        return sight
    return replace(sight, authority=replace(sight.authority, extent=Extent.CONTENT))


def within(authority: Authority, query: Query) -> Query:
    """Narrow a query to what an authority covers.

    The scope's people, mailboxes and days; never the reader's own mail; and under the standing
    programme only what a detector flagged.
    """
    own = (Not(participant(authority.own)),) if authority.own else ()
    flagged = (FLAGGED,) if authority.extent is Extent.FLAGGED else ()
    return All((*in_scope(authority.scope).parts, *own, *flagged, query))


def in_scope(scope: Scope) -> All:
    """What is in a scope. The days are whole days, UTC, both included."""
    mailboxes = (Exact("mailbox", clean(address)) for address in scope.mailboxes)
    domains = (Exact("domain", clean(domain)) for domain in scope.domains)
    whose = AnyOf((*participant(scope.people).parts, *mailboxes, *domains))
    since = datetime.combine(scope.since, time(), UTC)
    until = datetime.combine(scope.until, time(), UTC) + timedelta(days=1)
    return All((whose, Between("date", since, until)))


def participant(addresses: tuple[str, ...]) -> AnyOf:
    """What any of these people took part in."""
    return AnyOf(tuple(Exact("participant", clean(address)) for address in addresses))
