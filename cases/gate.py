"""The gate: the one way to anybody's mail.

A question goes to the index only with a case's scope beside it, as a tree that nothing typed can
open. An answer is given only after the look has been written to the `access` book: what cannot
be recorded is not shown (policy clauses 9.2, 9.3 and 10). A refusal is recorded too. What is
withheld (see `veil`) leaves here without a word of its content.
"""

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from archive.access_events import Refused, Searched, Viewed
from archive.blobs import Blobs
from archive.books import Book
from archive.case_words import Act, Extent
from archive.ledger import Ledger
from cases import sealing
from cases.answers import Answer, Conversation, Opened, Unflagged
from cases.approvals import ApprovalRefusedError, Asked, Request
from cases.approvals import fold as fold_requests
from cases.authority import Authority, grant
from cases.casebook import Casebook
from cases.conversation import gather
from cases.desk import Desk
from cases.gate_errors import (
    MailAmbiguousError,
    MailNotInScopeError,
    PrivilegedError,
    ReasonMissingError,
    WithheldError,
    begun,
)
from cases.holds import expand, live
from cases.holds import fold as fold_holds
from cases.masking import masked, outline
from cases.review_words import withheld_from
from cases.reviewbook import Reviewbook
from cases.reviewing import Review
from cases.roles import NoAuthorityError
from cases.sampling import drawn
from cases.sealing import SealedError
from cases.sight import FLAGGED, Sight, in_scope, participant, unflagged, within
from cases.veil import NOTHING, Protected, blank, excerpts, metadata, withheld
from search.excerpts import beginning
from search.glossary import NOTHING_KNOWN, Glossary
from search.index import Cursor, Facet, Index, Page
from search.order import Order
from search.query import parse
from search.sizes import size_of
from search.threads import thread
from search.tree import All, AnyOf, Between, Everything, Exact, Not, Query, any_of, render
from section9 import CaseId, Category, MailId, Record, Section9Error

OPAQUE = Exact("is", "opaque")
NOT_PROTECTED = Protected()
VALUES = 20  # of a facet, the most frequent


@dataclass(frozen=True, slots=True)
class Gate:
    """Answers one person's questions inside cases, and writes down every one."""

    casebook: Casebook
    ledger: Ledger
    index: Index
    blobs: Blobs
    actor: str
    clock: Callable[[], datetime]
    protected: Protected = NOT_PROTECTED
    glossary: Glossary = NOTHING_KNOWN
    reviewbook: Reviewbook = field(default_factory=Reviewbook)

    def search(  # noqa: PLR0913 - each says which page, and what beside it
        self,
        case: str,
        typed: str,
        *,
        limit: int,
        after: Cursor | None = None,
        order: Order = Order.NEWEST,
        facets: Sequence[str] = (),
    ) -> Answer:
        """Find messages in a case's scope, and count values of fields among all that are found.

        Raises `NoAuthorityError`, or `QuerySyntaxError` for a query that cannot be read.
        """
        sight, asked = self.sight(case, "search"), self.asked(typed)
        page = self.index.search(sight.narrow(asked), limit=limit, after=after, order=order)
        if sight.veil == NOTHING:
            seen = frozenset(hit.mail for hit in page.hits)
        else:
            seen = self._seen(sight, asked, limit=limit, after=after, order=order)
        answer = self._answer(sight, asked, page, seen)
        return self._recorded(typed, replace(answer, facets=self._facets(sight, asked, facets)))

    def given(
        self, sight: Sight, typed: str, asked: Query, page: Page, shown: tuple[MailId, ...] = ()
    ) -> Answer:
        """Give a page of messages that are all open to this person, once the look is recorded.

        `shown` are those of which something else than a hit is given.
        """
        answer = self._answer(sight, asked, page, frozenset(hit.mail for hit in page.hits))
        return self._recorded(typed, answer, shown=shown)

    def count(self, case: str, typed: str, *, facets: Sequence[str] = ()) -> Answer:
        """Count without showing any message."""
        sight, asked = self.sight(case, "count"), self.asked(typed)
        page = Page(hits=(), total=self.index.count(sight.narrow(asked)), next=None)
        answer = self._answer(sight, asked, page, frozenset())
        return self._recorded(typed, replace(answer, facets=self._facets(sight, asked, facets)))

    def ids(self, case: str, typed: str) -> tuple[Answer, Iterator[MailId]]:
        """Count, and name all that is found, newest first, without showing any message."""
        answer = self.count(case, typed)
        sight = self.sight(case, "count")
        return answer, self.index.ids(sight.narrow(self.asked(typed)))

    def show(self, case: str, mail: str, *, view: str, reason: str = "") -> Opened:
        """Open one message of a case's scope; `mail` may be the beginning of its id.

        `view` is `text`, `headers` or `raw`. A message that is withheld opens its metadata, and
        the standing programme excerpts, where `text` was asked for; the other views are refused.
        """
        sight = self.sight(case, "show", mail)
        return self._open(sight, self._in_scope(sight, mail), view, reason)

    def _open(self, sight: Sight, record: Record, view: str, reason: str) -> Opened:
        """Open what may be opened of a message, once that is written down."""
        blob = record.sightings[0].message
        try:
            given = self._view(sight, record.mail, view, reason)
        except NoAuthorityError as error:
            self.refuse(error, sight.authority.case, "show", record.mail)
            raise
        viewed = Viewed(self.clock(), self.actor, sight.authority.case, record.mail, blob, given)
        self.ledger.append(Book.ACCESS, (replace(viewed, reason=reason.strip()),))
        if given == "metadata":
            return Opened(sight.authority, metadata(record), b"", given)
        if given == "excerpts":
            return Opened(sight.authority, excerpts(record), b"", given)
        return Opened(sight.authority, record, self.blobs.get(blob), given)

    def flagged(self, case: str, mail: str = "") -> Iterator[Record]:
        """Give who, when and what was found of what a standing programme flags; no word of it.

        What is withheld is not among it. `mail` may be the beginning of an id.
        """
        sight = self.sight(case, "triage", mail)
        asked = All((FLAGGED, begun(mail))) if mail else FLAGGED
        page = Page(hits=(), total=self.index.count(sight.open(asked)), next=None)
        answer = self._answer(sight, asked, page, frozenset())
        self._recorded(render(asked), answer)
        return map(outline, self.index.records(sight.open(asked)))

    def masked(self, case: str, mail: MailId, categories: Collection[Category]) -> Opened:
        """Give what stands around findings of some categories, what was matched made unreadable."""
        sight = self.sight(case, "triage", mail)
        record = self._in_scope(sight, mail, act="triage")
        if self._view(sight, record.mail, "text", "") == "metadata":
            raise WithheldError(sight.authority.case, mail, sight.authority.extent)
        blob, at = record.sightings[0].message, self.clock()
        viewed = Viewed(at, self.actor, sight.authority.case, mail, blob, "masked")
        self.ledger.append(Book.ACCESS, (viewed,))
        return Opened(sight.authority, masked(record, categories), b"", "masked")

    def unflagged(self, case: str, since: datetime, until: datetime, *, by: str = "") -> Unflagged:
        """Count what a standing programme does not flag in a time, and name it by ids alone.

        `by` asks in the investigator's place, with their sight: the service, which draws samples.
        """
        sight = unflagged(self.sight(case, "sample"))
        when = Between("date", since, until)
        asked = All((when, Not(FLAGGED)))
        page = Page(hits=(), total=self.index.count(sight.open(asked)), next=None)
        found = self._answer(sight, asked, page, frozenset())
        answer = self._recorded(render(asked), found, by=by)
        mails = tuple(self.index.ids(sight.open(asked)))
        return Unflagged(
            answer,
            mails,
            flagged=self.index.count(sight.open(All((when, FLAGGED)))),
            withheld=self.index.count(sight.withheld(when)),
        )

    def drawn(self, case: str, mail: MailId, *, reason: str) -> Opened:
        """Open a message that was drawn by lot in a standing programme, though none flagged it."""
        sight = self.sight(case, "sample", mail)
        if mail not in drawn(self.ledger.events(Book.CASES), sight.authority.case):
            error = MailNotInScopeError(sight.authority.case, mail)
            self.refuse(error, case, "sample", mail)
            raise error
        sight = unflagged(sight)
        return self._open(sight, self._in_scope(sight, mail, act="sample"), "text", reason)

    def thread(self, case: str, mail: str) -> Conversation:
        """Give the conversation of a message of a case's scope; `mail` may begin its id.

        Nothing outside the scope is looked for: what is referred to and not found is counted.
        """
        sight = self.sight(case, "thread", mail)
        gathered = gather(
            self._in_scope(sight, mail, act="thread"),
            find=lambda query: self.index.records(sight.narrow(query)),
            find_open=lambda query: self.index.records(sight.open(query)),
        )
        asked = AnyOf(tuple(Exact("id", found) for found in gathered.records))
        open_ = frozenset(self.index.ids(sight.open(asked)))
        found = thread(
            record if record.mail in open_ else metadata(record)
            for record in gathered.records.values()
        )
        hits = tuple(beginning(reply.record) for reply in found.replies)
        answer = self._answer(sight, asked, Page(hits, len(hits), next=None), open_)
        return Conversation(self._recorded(f"thread {mail}", answer), found, gathered.whole)

    def ask_to_open(self, case: str, mail: str, desk: Desk, *, reason: str) -> Request:
        """Ask that a withheld message of a case's scope be opened: two people must agree."""
        sight = self.sight(case, "request", mail)
        record = self._in_scope(sight, mail)
        if record.mail in sight.sealed:
            raise SealedError(record.mail)
        if sight.authority.extent is Extent.METADATA:
            raise WithheldError(sight.authority.case, record.mail, Extent.METADATA)
        if self.index.count(sight.open(Exact("id", record.mail))):
            raise ApprovalRefusedError(
                f"{record.mail[:12]} is not withheld: "
                f"`section9 show {record.mail[:12]} --case {sight.authority.case}` opens it"
            )
        asked = Asked(
            act=Act.OPEN_PROTECTED,
            subject=(record.mail,),
            reason=reason,
            case=sight.authority.case,
            concerns=sight.authority.scope.concerned,
        )
        return desk.ask(asked)

    def find(self, case: str, mail: str, *, act: str) -> MailId:
        """Name one message of a case's scope by the beginning of its id, without opening it."""
        return self._in_scope(self.sight(case, act, mail), mail).mail

    def _view(self, sight: Sight, mail: MailId, view: str, reason: str) -> str:
        """What of a message is given, where `view` was asked for."""
        authority = sight.authority
        if mail in sight.sealed:
            raise SealedError(mail)
        if mail in sight.screened and view != "text":
            raise PrivilegedError(authority.case, mail)
        if not self.index.count(sight.open(Exact("id", mail))):
            if view != "text":
                raise WithheldError(authority.case, mail, authority.extent)
            return "metadata"
        if authority.extent is Extent.FLAGGED and not reason.strip():
            if view != "text":
                raise ReasonMissingError(authority.case, mail)
            return "excerpts"
        return view

    def sight(self, case: str, act: str, mail: str = "") -> Sight:
        """What a case lets `actor` see now; where that is nothing the refusal is recorded."""
        authority = self._authority(case, act, mail)
        agreed = () if self.protected == NOT_PROTECTED else self._agreed(authority.case)
        sealed = frozenset(sealing.fold(self.ledger.events(Book.CASES)))
        veil = withheld(authority, self.protected, agreed)
        screened = self._screened(authority)
        if (closed := sorted(sealed | screened)) and veil != Everything():
            veil = any_of((veil, *(Exact("id", mail) for mail in closed)))
        return Sight(authority, veil, sealed, screened, self.review(authority.case))

    def review(self, case: CaseId) -> Review:
        """What reviewers have said of the mail of a case; it is their words, and no mail."""
        return self.reviewbook.review(self.ledger, case)

    def _screened(self, authority: Authority) -> frozenset[MailId]:
        """The privileged messages that `actor` is not to read: the investigator reads them all."""
        screened = withheld_from(self.review(authority.case), self.actor)
        if screened and self.casebook.case(authority.case).investigator == self.actor:
            return frozenset()
        return screened

    def asked(self, typed: str) -> Query:
        """Read a query; `is:held` stands for the holds as they are now."""
        return expand(parse(typed, self.glossary), live(fold_holds(self.ledger.events(Book.CASES))))

    def _agreed(self, case: CaseId) -> tuple[MailId, ...]:
        """The protected messages that a second person agreed to open in a case."""
        requests = fold_requests(self.ledger.events(Book.CASES)).values()
        now = self.clock()
        return tuple(
            MailId(mail)
            for request in requests
            if (request.asked.act, request.asked.case) == (Act.OPEN_PROTECTED, case)
            and request.state(now) == "approved"
            for mail in request.asked.subject
        )

    def _authority(self, case: str, act: str, mail: str = "") -> Authority:
        try:
            found, accounts = self.casebook.case(case), self.casebook.accounts
            return grant(found, actor=self.actor, now=self.clock(), accounts=accounts)
        except NoAuthorityError as error:
            self.refuse(error, case, act, mail)
            raise

    def refuse(self, error: Section9Error, case: str, act: str, mail: str = "") -> None:
        """Record that somebody was turned away."""
        refused = Refused(self.clock(), self.actor, case, act, type(error).__name__, mail)
        self.ledger.append(Book.ACCESS, (refused,))

    def _facets(
        self, sight: Sight, asked: Query, fields: Sequence[str]
    ) -> dict[str, Sequence[Facet]]:
        """Count the values of fields. Raises `NoFacetError` for a field that has none."""
        return {
            field: self.index.facets(sight.counted(asked, field), field, limit=VALUES)
            for field in fields
        }

    def _seen(
        self, sight: Sight, asked: Query, *, limit: int, after: Cursor | None, order: Order
    ) -> frozenset[MailId]:
        """Those of a page's messages that are open.

        In the order of the page, the open ones among them come first among all that are open;
        and a message that this question does not name is not shown.
        """
        if sight.veil == Everything():
            return frozenset()
        page = self.index.search(sight.open(asked), limit=limit, after=after, order=order)
        return frozenset(hit.mail for hit in page.hits)

    def _in_scope(self, sight: Sight, mail: str, *, act: str = "show") -> Record:
        authority, query = sight.authority, sight.narrow(begun(mail))
        page = self.index.search(query, limit=2)
        if page.total > 1:
            raise MailAmbiguousError(mail, page.total)
        record = self.index.get(page.hits[0].mail) if page.hits else None
        if record is None:
            error = MailNotInScopeError(authority.case, mail)
            self.refuse(error, authority.case, act, mail)
            raise error
        return record

    def _answer(self, sight: Sight, asked: Query, page: Page, seen: frozenset[MailId]) -> Answer:
        as_of, scope = self.ledger.head(Book.MAIL), sight.authority.scope
        closed = [hit.mail for hit in page.hits if hit.mail not in seen]
        hits = tuple(hit if hit.mail in seen else blank(hit) for hit in page.hits)
        hits = tuple(sealing.nameless(hit) if hit.mail in sight.sealed else hit for hit in hits)
        own = All((in_scope(scope), participant(sight.authority.own)))
        return Answer(
            authority=sight.authority,
            page=replace(page, hits=hits),
            ran=render(sight.told(asked)),
            at=self.clock(),
            as_of=as_of,
            behind=as_of.number - sum(map(len, self.index.applied())),
            unsearchable=self.index.count(within(sight.authority, OPAQUE)),
            withheld=0 if sight.veil == NOTHING else self.index.count(sight.withheld(asked)),
            own=self.index.count(own) if sight.authority.own else 0,
            sizes={mail: size_of(found) for mail in closed if (found := self.index.get(mail))},
        )

    def _recorded(
        self, typed: str, answer: Answer, *, shown: tuple[MailId, ...] = (), by: str = ""
    ) -> Answer:
        searched = Searched(
            at=self.clock(),
            by=by or self.actor,
            case=answer.authority.case,
            query=typed,
            ran=answer.ran,
            engine=self.index.description,
            as_of=answer.as_of,
            total=answer.page.total,
            unsearchable=answer.unsearchable,
            shown=shown or tuple(hit.mail for hit in answer.page.hits),
            withheld=answer.withheld,
            facets=tuple(answer.facets),
        )
        self.ledger.append(Book.ACCESS, (searched,))
        return answer
