"""The casebook: cases as a fold over the `cases` book of the ledger. There is no other record.

Every change is decided on the fold as it stands and appended only if the book has not moved
since, so two people opening a case at the same moment get two cases.

Where roles are configured, a case takes two acts by two accounts: an investigator applies and an
authoriser approves, or an authoriser opens it for an investigator. Where none are, whoever opens
the case is believed about the authoriser, and the case says so (`Case.attested`).
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from archive.books import Book
from archive.case_events import (
    Approved,
    CaseApplied,
    CaseClosed,
    CaseExtended,
    CaseOpened,
    Declined,
    ExtensionApplied,
)
from archive.case_words import Act, Case
from archive.events import Event
from archive.ledger import Ledger
from archive.review_events import ReviewerAdmitted, ReviewerDismissed
from cases.applications import Application, CaseRefusedError, check
from cases.approvals import Asked, requested
from cases.approvals import fold as fold_requests
from cases.authority import CaseAwaitsError, CaseClosedError, CaseUnknownError, reading
from cases.deciding import record
from cases.notices import cited
from cases.notices import fold as fold_notices
from cases.reviewers import check_admission, check_dismissal, with_reviewer
from cases.roles import Accounts, Deed
from section9 import CaseId, RequestId

Cases = dict[CaseId, Case]
NO_ACCOUNTS = Accounts()


@dataclass(frozen=True, slots=True)
class Casebook:
    """Opens, changes and reads cases; every act is an event on the ledger by `actor`."""

    ledger: Ledger
    actor: str
    clock: Callable[[], datetime]
    accounts: Accounts = NO_ACCOUNTS

    def cases(self) -> Cases:
        """Every case as it stands now."""
        return fold(self.ledger.events(Book.CASES))

    def case(self, name: str) -> Case:
        """One case. Raises `CaseUnknownError`."""
        return _find(self.cases(), name)

    def visible(self) -> list[Case]:
        """The cases that `actor` may know of: their own, or all that their role shows them.

        Never one that concerns them.
        """
        return [case for case in self.cases().values() if self._shows(case)]

    def seen(self, name: str) -> Case:
        """One case that `actor` may know of. Raises `CaseUnknownError` for any other."""
        case = self.case(name)
        if not self._shows(case):
            raise CaseUnknownError(name)
        return case

    def open(self, application: Application) -> Case:
        """Open a case, or apply for one where that takes somebody else's approval.

        Raises `CaseRefusedError` when the application may not be granted, `NoAuthorityError` when
        not by this account.
        """
        now = self.clock()
        applies = self._applies(application)
        if self.accounts.configured and not applies:
            application = replace(application, authoriser=self.actor)
        check(application, now=now, accounts=self.accounts)

        def decide(events: tuple[Event, ...]) -> Sequence[Event]:
            case = replace(
                application.case(len(fold(events)) + 1, at=now),
                notices=cited(fold_notices(events), application.scope),
            )
            if not applies:
                return (CaseOpened(now, self.actor, replace(case, opened_by=self.actor)),)
            return self._application(events, case, now)

        return self.case(_case_of(record(self.ledger, Book.CASES, decide)))

    def extend(self, name: str, *, authoriser: str, reason: str, expires: datetime) -> Case:
        """Move a case's end, or apply for it. The authoriser may not be its investigator."""
        now = self.clock()

        def decide(events: tuple[Event, ...]) -> Sequence[Event]:
            case = _live(fold(events), name)
            wanted = replace(Application.of(case), authoriser=authoriser, expires=expires)
            applies = self._applies(wanted)
            if self.accounts.configured and not applies:
                wanted = replace(wanted, authoriser=self.actor)
            check(wanted, now=now, accounts=self.accounts)
            if not applies:
                by = wanted.authoriser
                return (CaseExtended(now, self.actor, case.id, by, reason, expires),)
            return self._extension(events, case, reason, expires)

        return self.case(_case_of(record(self.ledger, Book.CASES, decide)))

    def close(self, name: str, *, reason: str) -> Case:
        """End a case: it opens nothing from here on. What was done in it stays on record."""
        self.accounts.require(self.actor, Deed.CLOSE)

        def decide(events: tuple[Event, ...]) -> Sequence[Event]:
            return (CaseClosed(self.clock(), self.actor, _open(fold(events), name).id, reason),)

        return self.case(_case_of(record(self.ledger, Book.CASES, decide)))

    def admit(self, name: str, reviewer: str, *, reason: str) -> Case:
        """Let another account into a case, to review it. Raises as `check_admission` does."""

        def decide(events: tuple[Event, ...]) -> Sequence[Event]:
            case = _live(fold(events), name)
            check_admission(case, reviewer, by=self.actor, reason=reason, accounts=self.accounts)
            return (ReviewerAdmitted(self.clock(), self.actor, case.id, reviewer, reason),)

        return self.case(_case_of(record(self.ledger, Book.CASES, decide)))

    def dismiss(self, name: str, reviewer: str, *, reason: str) -> Case:
        """End a reviewer's part in a case. Raises `CaseRefusedError`."""

        def decide(events: tuple[Event, ...]) -> Sequence[Event]:
            case = _open(fold(events), name)
            check_dismissal(case, reviewer, by=self.actor, accounts=self.accounts)
            return (ReviewerDismissed(self.clock(), self.actor, case.id, reviewer, reason),)

        return self.case(_case_of(record(self.ledger, Book.CASES, decide)))

    def _shows(self, case: Case) -> bool:
        if self.accounts.concerned(self.actor, case.scope.concerned):
            return False
        return self.actor in case.readers or self.accounts.oversees(self.actor)

    def _applies(self, application: Application) -> bool:
        """Tell whether somebody else has to approve. Raises where `actor` may not even ask."""
        if not self.accounts.configured:
            return False
        if self.actor == application.investigator:
            self.accounts.require(self.actor, Deed.APPLY)
            return True
        self.accounts.require_authoriser(self.actor, application.scope.concerned)
        self.accounts.require(application.investigator, reading(application.extent))
        if application.authoriser not in {"", self.actor}:
            raise CaseRefusedError(
                f"{self.actor} opens the case and so authorises it: name no other --authoriser"
            )
        return False

    def _application(
        self, events: tuple[Event, ...], case: Case, now: datetime
    ) -> tuple[Event, ...]:
        asked = Asked(Act.OPEN_CASE, (case.id,), case.reason, case.id, case.scope.concerned)
        number = len(fold_requests(events)) + 1
        request = requested(asked, number=number, by=self.actor, now=now)
        applied = CaseApplied(now, self.actor, replace(case, awaiting=request.request))
        return (applied, request)

    def _extension(
        self, events: tuple[Event, ...], case: Case, reason: str, expires: datetime
    ) -> tuple[Event, ...]:
        now = self.clock()
        subject = (case.id, expires.isoformat())
        asked = Asked(Act.EXTEND_CASE, subject, reason, case.id, case.scope.concerned)
        number = len(fold_requests(events)) + 1
        request = requested(asked, number=number, by=self.actor, now=now)
        return (
            ExtensionApplied(now, self.actor, case.id, request.request, reason, expires),
            request,
        )


def fold(events: Iterable[Event]) -> Cases:
    """Cases from the events that made them, in the order of the book."""
    cases: Cases = {}
    extensions: dict[RequestId, ExtensionApplied] = {}
    for event in events:
        match event:
            case CaseOpened() | CaseApplied():
                cases[event.case.id] = event.case
            case ExtensionApplied():
                extensions[event.request] = event
            case Approved() | Declined():
                _settle(cases, extensions.get(event.request), event)
            case CaseExtended():
                cases[event.case] = replace(cases[event.case], expires=event.expires)
            case CaseClosed():
                cases[event.case] = replace(cases[event.case], closed=event.at)
            case ReviewerAdmitted() | ReviewerDismissed():
                cases[event.case] = with_reviewer(cases[event.case], event)
            case _:  # the book holds other acts too, such as an import of people
                pass
    return cases


def _settle(cases: Cases, extension: ExtensionApplied | None, answer: Approved | Declined) -> None:
    """Let the answer to an application take effect. Other requests change no case."""
    if extension and isinstance(answer, Approved):
        cases[extension.case] = replace(cases[extension.case], expires=extension.expires)
    for case in cases.values():
        if case.awaiting == answer.request:
            cases[case.id] = _settled(case, answer)


def _settled(case: Case, answer: Approved | Declined) -> Case:
    if isinstance(answer, Declined):
        return replace(case, awaiting=None, closed=answer.at)
    return replace(case, awaiting=None, authoriser=answer.by, opened=answer.at, opened_by=answer.by)


def _find(cases: Cases, name: str) -> Case:
    found = cases.get(CaseId(name.upper()))
    if found is None:
        raise CaseUnknownError(name)
    return found


def _open(cases: Cases, name: str) -> Case:
    case = _find(cases, name)
    if case.closed is not None:
        raise CaseClosedError(case.id, case.closed)
    return case


def _live(cases: Cases, name: str) -> Case:
    case = _open(cases, name)
    if case.awaiting is not None:
        raise CaseAwaitsError(case.id, case.awaiting)
    return case


def _case_of(events: Sequence[Event]) -> CaseId:
    """The case that the first of some events is about."""
    match events[0]:
        case CaseOpened() | CaseApplied() as event:
            return event.case.id
        case CaseExtended() | ExtensionApplied() | CaseClosed() as event:
            return event.case
        case ReviewerAdmitted() | ReviewerDismissed() as event:
            return event.case
        case event:
            raise ValueError(f"{event.kind} is about no case")
