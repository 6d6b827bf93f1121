"""The desk: where requests that take two people are made, approved and declined."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from archive.books import Book
from archive.case_events import Approved, Declined, RequestUsed
from archive.case_words import Act
from archive.events import Event
from archive.ledger import Ledger
from cases.approvals import (
    CASE_ACTS,
    DEFAULT_TERMS,
    ApprovalRefusedError,
    Asked,
    Request,
    Terms,
    check_approver,
    check_open,
    find,
    fold,
    pending,
    requested,
)
from cases.casebook import fold as fold_cases
from cases.deciding import record
from cases.roles import APPROVED_BY, Accounts, Deed
from section9 import RequestId


@dataclass(frozen=True, slots=True)
class Desk:
    """Makes, approves and declines requests; every act is an event by `actor`."""

    ledger: Ledger
    actor: str
    clock: Callable[[], datetime]
    accounts: Accounts = field(default_factory=Accounts)
    terms: Mapping[Act, Terms] = field(default_factory=dict)  # by default: DEFAULT_TERMS

    def requests(self) -> dict[RequestId, Request]:
        """Every request as it stands now."""
        return fold(self.ledger.events(Book.CASES))

    def request(self, name: str) -> Request:
        """One request. Raises `ApprovalRefusedError` where there is none of this name."""
        return find(self.requests(), name)

    def visible(self) -> list[Request]:
        """The requests that `actor` may know of: their own, or all that their role shows them.

        Never one that concerns them.
        """
        known = self._known(tuple(self.ledger.events(Book.CASES)))
        return [request for request in known.values() if self._shows(request)]

    def seen(self, name: str) -> Request:
        """One request that `actor` may know of. Raises `ApprovalRefusedError` for any other."""
        return find({request.id: request for request in self.visible()}, name)

    def ask(self, asked: Asked) -> Request:
        """Ask for what takes two people. The same again, while it waits, is the same request."""
        self.accounts.require(self.actor, Deed.ASK)
        now = self.clock()
        if not asked.reason.strip():
            raise ApprovalRefusedError("no reason is given: say why with --reason")

        def decide(events: tuple[Event, ...]) -> tuple[Event, ...]:
            requests = fold(events)
            if pending(requests, asked, now):
                return ()
            number, terms = len(requests) + 1, self._terms(asked.act)
            return (requested(asked, number=number, by=self.actor, now=now, terms=terms),)

        record(self.ledger, Book.CASES, decide)
        return pending(self.requests(), asked, now) or self.ask(asked)  # declined meanwhile

    def approve(self, name: str) -> Request:
        """Agree to a request. Raises `ApprovalRefusedError` or `RoleMissingError`."""
        now = self.clock()

        def decide(events: tuple[Event, ...]) -> tuple[Event, ...]:
            request = find(self._known(events), name)
            check_open(request, now=now)
            if request.approved:
                raise ApprovalRefusedError(f"{request.id} is approved already: it may be used")
            case = fold_cases(events).get(request.asked.case) if request.asked.case else None
            check_approver(request, actor=self.actor, case=case, accounts=self.accounts)
            usable = now + self._terms(request.asked.act).cooling_off
            lapses = usable + self._terms(request.asked.act).valid
            approved = Approved(now, self.actor, request.id, usable, lapses)
            if request.asked.act in CASE_ACTS:  # the approval is the deed: see casebook.fold
                return (approved, RequestUsed(now, self.actor, request.id))
            return (approved,)

        record(self.ledger, Book.CASES, decide)
        return self.request(name)

    def decline(self, name: str, *, reason: str) -> Request:
        """Refuse a request, or take it back: also one that is approved and not yet used."""
        now = self.clock()

        def decide(events: tuple[Event, ...]) -> tuple[Event, ...]:
            request = find(self._known(events), name)
            check_open(request, now=now)
            if self.actor != request.by:  # whoever asked may always take it back
                self.accounts.require(self.actor, APPROVED_BY[request.asked.act])
            return (Declined(now, self.actor, request.id, reason),)

        record(self.ledger, Book.CASES, decide)
        return self.request(name)

    def _known(self, events: tuple[Event, ...]) -> dict[RequestId, Request]:
        """All requests but those of others that concern `actor`, who is not to learn of them."""
        cases = fold_cases(events)

        def concerns(request: Request) -> bool:
            case = cases.get(request.asked.case) if request.asked.case else None
            about = (*request.asked.concerns, *(case.scope.concerned if case else ()))
            return request.by != self.actor and self.accounts.concerned(self.actor, about)

        return {id_: request for id_, request in fold(events).items() if not concerns(request)}

    def _shows(self, request: Request) -> bool:
        approves = self.accounts.may(self.actor, APPROVED_BY[request.asked.act])
        return request.by == self.actor or approves or self.accounts.oversees(self.actor)

    def _terms(self, act: Act) -> Terms:
        return self.terms.get(act, DEFAULT_TERMS)
