"""The casebook: cases as a fold over the `cases` book of the ledger. There is no other record.

Every change is decided on the fold as it stands and appended only if the book has not moved
since, so two people opening a case at the same moment get two cases.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import ClassVar, TypeVar

from archive.events import Book, CaseClosed, CaseExtended, CaseOpened, Event
from archive.ledger import Ledger, LedgerMovedError
from cases.authority import CaseClosedError, CaseUnknownError
from section9 import Case, CaseId, CaseKind, Purpose, Scope, Section9Error

Cases = dict[CaseId, Case]
Decision = TypeVar("Decision", CaseOpened, CaseExtended, CaseClosed)


class CaseRefusedError(Section9Error):
    """A case cannot be opened or changed as asked; the message says what is wrong with it."""

    exit_code: ClassVar[int] = 11


@dataclass(frozen=True, slots=True)
class Application:
    """What somebody asks for when they ask for a case."""

    purpose: Purpose
    reason: str
    authoriser: str
    investigator: str
    scope: Scope
    expires: datetime
    kind: CaseKind = CaseKind.INVESTIGATION


@dataclass(frozen=True, slots=True)
class Casebook:
    """Opens, changes and reads cases; every act is an event on the ledger by `actor`."""

    ledger: Ledger
    actor: str
    clock: Callable[[], datetime]

    def cases(self) -> Cases:
        """Every case as it stands now."""
        return fold(self.ledger.events(Book.CASES))

    def case(self, name: str) -> Case:
        """One case. Raises `CaseUnknownError`."""
        found = self.cases().get(CaseId(name.upper()))
        if found is None:
            raise CaseUnknownError(name)
        return found

    def open(self, application: Application) -> Case:
        """Open a case. Raises `CaseRefusedError` when the application may not be granted."""
        now = self.clock()
        check(application, now=now)

        def decide(cases: Cases) -> CaseOpened:
            case = Case(
                id=CaseId(f"C-{len(cases) + 1:04d}"),
                purpose=application.purpose,
                reason=application.reason,
                authoriser=application.authoriser,
                investigator=application.investigator,
                scope=application.scope,
                opened=now,
                expires=application.expires,
                kind=application.kind,
            )
            return CaseOpened(at=now, by=self.actor, case=case)

        return self._record(decide).case

    def extend(self, name: str, *, authoriser: str, reason: str, expires: datetime) -> Case:
        """Move a case's end. The authoriser may not be its investigator."""
        now = self.clock()

        def decide(cases: Cases) -> CaseExtended:
            case = _live(cases, name)
            check(replace(_application(case), authoriser=authoriser, expires=expires), now=now)
            return CaseExtended(now, self.actor, case.id, authoriser, reason, expires)

        return self.case(self._record(decide).case)

    def close(self, name: str, *, reason: str) -> Case:
        """End a case: it opens nothing from here on. What was done in it stays on record."""

        def decide(cases: Cases) -> CaseClosed:
            return CaseClosed(self.clock(), self.actor, _live(cases, name).id, reason)

        return self.case(self._record(decide).case)

    def _record(self, decide: Callable[[Cases], Decision]) -> Decision:
        while True:
            head = self.ledger.head(Book.CASES)
            event = decide(self.cases())
            try:
                self.ledger.append(Book.CASES, (event,), after=head)
            except LedgerMovedError:
                continue  # somebody else wrote first: decide again on the book as it is now
            return event


def check(application: Application, *, now: datetime) -> None:
    """Refuse what no case may be: self-authorised, without a reason, a scope or an end.

    Clause 9.2 (purpose, scope) and 9.3 (appropriate employees). Raises `CaseRefusedError`.
    """
    if application.authoriser == application.investigator:
        raise CaseRefusedError(
            "the authoriser is the investigator: have somebody else authorise the case"
        )
    if not application.authoriser.strip():
        raise CaseRefusedError("nobody authorises the case: name who does with --authoriser")
    if not application.reason.strip():
        raise CaseRefusedError("no reason is given: say why with --reason")
    if not application.scope.people:
        raise CaseRefusedError("nobody is in scope: name whose mail with --person")
    if not all("@" in address for address in application.scope.people):
        raise CaseRefusedError("a person in scope is no address: give name@domain with --person")
    if application.scope.since > application.scope.until:
        raise CaseRefusedError("the scope ends before it begins: exchange --since and --until")
    if application.expires <= now:
        raise CaseRefusedError("the case would have expired already: give a later --expires")


def fold(events: Iterable[Event]) -> Cases:
    """Cases from the events that made them, in the order of the book."""
    cases: Cases = {}
    for event in events:
        match event:
            case CaseOpened():
                cases[event.case.id] = event.case
            case CaseExtended():
                cases[event.case] = replace(cases[event.case], expires=event.expires)
            case CaseClosed():
                cases[event.case] = replace(cases[event.case], closed=event.at)
            case _:  # the book holds other acts too, such as an import of people
                pass
    return cases


def _live(cases: Cases, name: str) -> Case:
    case = cases.get(CaseId(name.upper()))
    if case is None:
        raise CaseUnknownError(name)
    if case.closed is not None:
        raise CaseClosedError(case.id, case.closed)
    return case


def _application(case: Case) -> Application:
    return Application(
        purpose=case.purpose,
        reason=case.reason,
        authoriser=case.authoriser,
        investigator=case.investigator,
        scope=case.scope,
        expires=case.expires,
        kind=case.kind,
    )
