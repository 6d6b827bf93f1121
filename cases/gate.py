"""The gate: the one way to anybody's mail.

A question goes to the index only with a case's scope beside it, as a tree that nothing typed can
open. An answer is given only after the look has been written to the `access` book: what cannot
be recorded is not shown (policy clauses 9.2, 9.3 and 10). A refusal is recorded too.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from typing import ClassVar

from archive.blobs import Blobs
from archive.events import Book, Head, Refused, Searched, Viewed
from archive.ledger import Ledger
from cases.authority import NoAuthorityError, grant
from cases.casebook import Casebook
from search.index import Cursor, Index, Page
from search.query import parse
from search.tree import All, AnyOf, Between, Exact, Query, clean, render
from section9 import Authority, CaseId, Record, Scope, Section9Error

OPAQUE = Exact("is", "opaque")


class MailNotInScopeError(Section9Error):
    """The case opens no such message: it is out of scope, or there is none. Which is not said."""

    exit_code: ClassVar[int] = 10

    def __init__(self, case: CaseId, mail: str) -> None:
        super().__init__(
            f"no message {mail} in the scope of case {case}: "
            f"`section9 case show {case}` tells the scope, `section9 search` the messages"
        )


class MailAmbiguousError(Section9Error):
    """The beginning of an id fits several messages."""

    exit_code: ClassVar[int] = 2

    def __init__(self, mail: str, fits: int) -> None:
        super().__init__(f"{mail} begins the ids of {fits} messages: give more of it")


@dataclass(frozen=True, slots=True)
class Answer:
    """What a search gave, and what must be said with it: what ran, over what, as of when."""

    authority: Authority
    page: Page
    ran: str
    as_of: Head
    behind: int  # ledger segments that the index has not caught up with
    unsearchable: int  # messages in scope with text that no search can see


@dataclass(frozen=True, slots=True)
class Opened:
    """One message, opened under an authority."""

    authority: Authority
    record: Record
    content: bytes  # exactly as it was archived


@dataclass(frozen=True, slots=True)
class Gate:
    """Answers one person's questions inside cases, and writes down every one."""

    casebook: Casebook
    ledger: Ledger
    index: Index
    blobs: Blobs
    actor: str
    clock: Callable[[], datetime]

    def search(self, case: str, typed: str, *, limit: int, after: Cursor | None = None) -> Answer:
        """Find messages in a case's scope, newest first.

        Raises `NoAuthorityError`, or `QuerySyntaxError` for a query that cannot be read.
        """
        authority = self._authority(case, "search")
        query = within(authority.scope, parse(typed))
        page = self.index.search(query, limit=limit, after=after)
        return self._recorded(typed, self._answer(authority, query, page))

    def count(self, case: str, typed: str) -> Answer:
        """Count without showing any message."""
        authority = self._authority(case, "count")
        query = within(authority.scope, parse(typed))
        page = Page(hits=(), total=self.index.count(query), next=None)
        return self._recorded(typed, self._answer(authority, query, page))

    def show(self, case: str, mail: str, *, view: str) -> Opened:
        """Open one message of a case's scope; `mail` may be the beginning of its id."""
        authority = self._authority(case, "show", mail)
        record = self._in_scope(authority, mail)
        blob = record.sightings[0].message
        seen = Viewed(self.clock(), self.actor, authority.case, record.mail, blob, view)
        self.ledger.append(Book.ACCESS, (seen,))
        return Opened(authority, record, self.blobs.get(blob))

    def _authority(self, case: str, act: str, mail: str = "") -> Authority:
        try:
            return grant(self.casebook.case(case), actor=self.actor, now=self.clock())
        except NoAuthorityError as error:
            self._refuse(error, case, act, mail)
            raise

    def _refuse(self, error: Section9Error, case: str, act: str, mail: str) -> None:
        refused = Refused(self.clock(), self.actor, case, act, type(error).__name__, mail)
        self.ledger.append(Book.ACCESS, (refused,))

    def _in_scope(self, authority: Authority, mail: str) -> Record:
        query = within(authority.scope, parse(f"id:{mail}"))
        page = self.index.search(query, limit=2)
        if page.total > 1:
            raise MailAmbiguousError(mail, page.total)
        record = self.index.get(page.hits[0].mail) if page.hits else None
        if record is None:
            error = MailNotInScopeError(authority.case, mail)
            self._refuse(error, authority.case, "show", mail)
            raise error
        return record

    def _answer(self, authority: Authority, query: Query, page: Page) -> Answer:
        as_of = self.ledger.head(Book.MAIL)
        return Answer(
            authority=authority,
            page=page,
            ran=render(query),
            as_of=as_of,
            behind=as_of.number - sum(map(len, self.index.applied())),
            unsearchable=self.index.count(within(authority.scope, OPAQUE)),
        )

    def _recorded(self, typed: str, answer: Answer) -> Answer:
        searched = Searched(
            at=self.clock(),
            by=self.actor,
            case=answer.authority.case,
            query=typed,
            ran=answer.ran,
            engine=self.index.description,
            as_of=answer.as_of,
            total=answer.page.total,
            unsearchable=answer.unsearchable,
            shown=tuple(hit.mail for hit in answer.page.hits),
        )
        self.ledger.append(Book.ACCESS, (searched,))
        return answer


def within(scope: Scope, query: Query) -> Query:
    """Narrow a query to a scope. The days are whole days, UTC, both included."""
    people = AnyOf(tuple(Exact("participant", clean(address)) for address in scope.people))
    since = datetime.combine(scope.since, time(), UTC)
    until = datetime.combine(scope.until, time(), UTC) + timedelta(days=1)
    return All((people, Between("date", since, until), query))
