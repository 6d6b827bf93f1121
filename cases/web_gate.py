"""The gate to web visits: it asks within a sight, and records the look before it gives anything.

Authority, refusals and the clock are those of the gate to mail, which it stands beside.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import ClassVar

from archive import web_book
from archive.batches import Batches
from archive.books import Book, Head
from archive.web_events import VisitId, WebSearched, WebViewed
from cases import web_holds
from cases.authority import Authority
from cases.gate import VALUES, Gate
from cases.web_sight import Users, WebSight, blank, web_sight
from search.glossary import Glossary
from search.index import Facet
from search.order import Order
from search.tree import All, Exact, Query, render
from search.web import Place, WebHit, WebIndex, WebPage, read_place
from search.web_query import parse_web
from section9 import BlobId, CaseId, Section9Error


class VisitNotInScopeError(Section9Error):
    """The case opens no such visit: it is out of scope, or there is none. Which is not said."""

    exit_code: ClassVar[int] = 10

    def __init__(self, case: CaseId, visit: str) -> None:
        super().__init__(
            f"no visit {visit} in the scope of case {case}: `section9 case show {case}` tells the "
            "scope, `section9 search QUERY --web` the visits"
        )


@dataclass(frozen=True, slots=True)
class WebAnswer:
    """What a search of visits gave, and what must be said with it."""

    authority: Authority
    page: WebPage
    ran: str
    at: datetime  # when it was given, UTC
    as_of: Head
    behind: int  # batches that the index lacks
    withheld: int  # of the total, told without the page
    closed: frozenset[Place]  # of the hits, those
    own: int  # visits in scope that are the reader's own, and so not shown
    facets: Mapping[str, Sequence[Facet]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class WebOpened:
    """One visit, and its line as it came; no line where no more than metadata is opened."""

    authority: Authority
    hit: WebHit
    file: str
    number: int  # of the line in that file
    blob: BlobId
    line: bytes


@dataclass(frozen=True, slots=True)
class WebGate:
    """Answers one person's questions of web visits inside cases, and writes down every one."""

    gate: Gate
    index: WebIndex
    batches: Batches
    users: Users
    glossary: Glossary

    def search(  # noqa: PLR0913 - each says which page, and what beside it
        self,
        case: str,
        typed: str,
        *,
        limit: int,
        after: Place | None = None,
        order: Order = Order.NEWEST,
        facets: Sequence[str] = (),
    ) -> WebAnswer:
        """Find visits in a case's scope. Raises `NoAuthorityError`, `QuerySyntaxError`."""
        sight, asked = self._sight(case, "search"), self._asked(typed)
        page = self.index.search(sight.narrow(asked), limit=limit, after=after, order=order)
        return self._recorded(typed, self._answer(sight, asked, page, facets))

    def count(self, case: str, typed: str, *, facets: Sequence[str] = ()) -> WebAnswer:
        """Count without showing any visit."""
        sight, asked = self._sight(case, "count"), self._asked(typed)
        page = WebPage((), self.index.count(sight.narrow(asked)), None)
        return self._recorded(typed, self._answer(sight, asked, page, facets))

    def show(self, case: str, visit: str) -> WebOpened:
        """Open one visit of a case's scope, with its line exactly as it came."""
        sight = self._sight(case, "show", visit)
        hit = self._in_scope(sight, visit)
        batch = web_book.read(self.gate.ledger, self.batches.store).batches[hit.place.batch]
        is_open, blob = sight.is_open(hit.visit), batch.blob or batch.taken.blob
        self._view(sight, hit, blob, "line" if is_open else "metadata")
        positions = list(web_book.spread(batch.positions))
        numbers = list(web_book.spread(batch.taken.lines))
        lines = self.batches.get(blob) if is_open else []
        return WebOpened(
            sight.authority,
            hit if is_open else WebHit(hit.place, blank(hit.visit)),
            batch.taken.file,
            numbers[hit.place.position - 1],
            blob,
            lines[positions.index(hit.place.position)] if is_open else b"",
        )

    def _sight(self, case: str, act: str, visit: str = "") -> WebSight:
        authority = self.gate.sight(case, act, visit).authority
        return web_sight(authority, self.users, self.gate.protected)

    def _asked(self, typed: str) -> Query:
        events = tuple(self.gate.ledger.events(Book.CASES))
        return web_holds.expand(parse_web(typed, self.glossary), events, self.users)

    def _in_scope(self, sight: WebSight, visit: str) -> WebHit:
        place, case = read_place(visit), sight.authority.case
        asked = sight.narrow(Exact("id", visit.lower()))
        page = self.index.search(asked, limit=1) if place else WebPage((), 0, None)
        if not page.hits:
            error = VisitNotInScopeError(case, visit)
            self.gate.refuse(error, case, "show", visit)
            raise error
        return page.hits[0]

    def _view(self, sight: WebSight, hit: WebHit, blob: BlobId, view: str) -> None:
        gate, case = self.gate, sight.authority.case
        viewed = WebViewed(gate.clock(), gate.actor, case, VisitId(hit.place.id), blob, view)
        gate.ledger.append(Book.ACCESS, (viewed,))

    def _answer(
        self, sight: WebSight, asked: Query, page: WebPage, facets: Sequence[str]
    ) -> WebAnswer:
        as_of = self.gate.ledger.head(Book.WEB)
        closed = frozenset(hit.place for hit in page.hits if not sight.is_open(hit.visit))
        hits = tuple(
            replace(hit, visit=blank(hit.visit)) if hit.place in closed else hit
            for hit in page.hits
        )
        narrowed = sight.narrow(asked)
        return WebAnswer(
            authority=sight.authority,
            page=replace(page, hits=hits),
            ran=render(narrowed),
            at=self.gate.clock(),
            as_of=as_of,
            behind=as_of.number - len(self.index.applied()),
            withheld=self.index.count(All((narrowed, sight.veil))),
            closed=closed,
            own=self.index.count(sight.own()) if sight.authority.own else 0,
            facets={
                name: self.index.facets(sight.counted(asked, name), name, limit=VALUES)
                for name in facets
            },
        )

    def _recorded(self, typed: str, answer: WebAnswer) -> WebAnswer:
        searched = WebSearched(
            at=self.gate.clock(),
            by=self.gate.actor,
            case=answer.authority.case,
            query=typed,
            ran=answer.ran,
            engine=self.index.description,
            as_of=answer.as_of,
            total=answer.page.total,
            shown=tuple(VisitId(hit.place.id) for hit in answer.page.hits),
            withheld=answer.withheld,
            facets=tuple(answer.facets),
        )
        self.gate.ledger.append(Book.ACCESS, (searched,))
        return answer
