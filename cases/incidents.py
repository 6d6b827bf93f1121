"""Incident records: who met what, when, and what was done (clauses 5.7 and 6.6).

A fold over the `cases` book. What was written stays: an amendment is added to it. Whoever an
incident concerns neither sees nor changes its record. Its messages are held until it is closed.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import ClassVar

from archive.books import Book
from archive.events import Event
from archive.ledger import Ledger
from archive.pattern_events import PatternFound
from archive.triage_events import IncidentAmended, IncidentClosed, IncidentFiled, IncidentId
from cases import incident_holds
from cases.approvals import Asked
from cases.deciding import record
from cases.roles import Accounts, Deed, NoAuthorityError
from section9 import CaseId, MailId, Section9Error


class IncidentRefusedError(Section9Error):
    """A record cannot be made or changed as asked; the message says what is wrong with it."""

    exit_code: ClassVar[int] = 11


class IncidentUnknownError(NoAuthorityError):
    """No incident of this name may be known to the reader."""

    def __init__(self, name: str) -> None:
        super().__init__(f"no incident {name}: `section9 incident list` tells those there are")


@dataclass(frozen=True, slots=True)
class Incident:
    """A record as it stands now."""

    filed: IncidentFiled
    amendments: tuple[IncidentAmended, ...] = ()
    closed: IncidentClosed | None = None

    @property
    def id(self) -> IncidentId:
        """`I-0001`."""
        return self.filed.incident

    @property
    def mails(self) -> tuple[MailId, ...]:
        """The messages it is linked to."""
        added = (mail for one in self.amendments for mail in one.mails)
        return tuple(dict.fromkeys((*self.filed.mails, *added)))

    @property
    def case(self) -> CaseId | None:
        """The case it became part of."""
        named = (one.case for one in reversed(self.amendments) if one.case)
        return next(named, self.filed.case)


@dataclass(frozen=True, slots=True)
class Report:
    """What somebody reports."""

    happened: datetime
    reporter: str
    what: str
    done: str = ""
    concerns: tuple[str, ...] = ()
    mails: tuple[MailId, ...] = ()
    pattern: str = ""
    case: CaseId | None = None


@dataclass(frozen=True, slots=True)
class Incidents:
    """Files, amends and closes incident records; every act is an event by `actor`."""

    ledger: Ledger
    actor: str
    clock: Callable[[], datetime]
    accounts: Accounts = field(default_factory=Accounts)

    def visible(self) -> list[Incident]:
        """The records that `actor` may read, oldest first."""
        return self._visible(fold(self.ledger.events(Book.CASES)))

    def incident(self, name: str) -> Incident:
        """One record. Raises `IncidentUnknownError`."""
        return _find(self.visible(), name)

    def file(self, report: Report) -> Incident:
        """Make a record of what was met."""
        self.accounts.require(self.actor, Deed.REPORT)
        now = self.clock()
        _check(report, now)

        def decide(events: tuple[Event, ...]) -> Sequence[Event]:
            filed = IncidentFiled(
                at=now,
                by=self.actor,
                incident=IncidentId(f"I-{len(fold(events)) + 1:04d}"),
                happened=report.happened,
                reporter=report.reporter.strip() or self.actor,
                concerns=tuple(one.lower() for one in report.concerns),
                words=report.what.strip(),
                done=report.done.strip(),
                mails=tuple(dict.fromkeys((*report.mails, *_made_of(report.pattern, events)))),
                pattern=report.pattern,
                case=report.case,
            )
            held = incident_holds.placed(events, filed, filed.mails, at=now, by=self.actor)
            return (filed, *held)

        filed, *_ = record(self.ledger, Book.CASES, decide)
        if not isinstance(filed, IncidentFiled):
            raise TypeError(f"{filed.kind} files no incident")
        return Incident(filed)

    def amend(
        self, name: str, words: str, *, mails: tuple[MailId, ...] = (), case: CaseId | None = None
    ) -> Incident:
        """Add what was done since, or what has to be put right."""
        if not (words.strip() or mails or case):
            raise IncidentRefusedError("nothing is added: say with --done what was done since")
        now = self.clock()

        def decide(events: tuple[Event, ...]) -> Sequence[Event]:
            found = self._open(events, name)
            amended = IncidentAmended(now, self.actor, found.id, words.strip(), mails, case)
            held = incident_holds.placed(events, found.filed, mails, at=now, by=self.actor)
            return (amended, *held)

        record(self.ledger, Book.CASES, decide)
        return self.incident(name)

    def close(self, name: str, words: str) -> Incident:
        """Say how it ended. A closed record takes nothing more, and holds nothing.

        Where it holds mail, somebody else must have agreed: raises `ApprovalMissingError`.
        """
        if not words.strip():
            raise IncidentRefusedError("no outcome is given: say with --outcome how it ended")
        now = self.clock()

        def decide(events: tuple[Event, ...]) -> Sequence[Event]:
            found = self._open(events, name)
            closed = IncidentClosed(now, self.actor, found.id, words.strip())
            if (asked := _asked(events, found, words)) is None:
                return (closed,)
            agreed = incident_holds.agreed(events, asked, at=now)
            freed = incident_holds.released(asked, agreed, at=now, by=self.actor)
            return (replace(closed, agreed_by=agreed.by), *freed)

        record(self.ledger, Book.CASES, decide)
        return self.incident(name)

    def closing(self, name: str, words: str) -> Asked | None:
        """What a second person must agree to before a record is closed; None for nothing."""
        events = tuple(self.ledger.events(Book.CASES))
        return _asked(events, self._open(events, name), words)

    def _open(self, events: tuple[Event, ...], name: str) -> Incident:
        self.accounts.require(self.actor, Deed.FOLLOW_UP)
        found = _find(self._visible(fold(events)), name)
        if found.closed:
            raise IncidentRefusedError(
                f"{found.id} was closed on {found.closed.at:%Y-%m-%d}: file another that names it"
            )
        return found

    def _visible(self, incidents: Iterable[Incident]) -> list[Incident]:
        follows = self.accounts.may(self.actor, Deed.FOLLOW_UP)
        return [
            one
            for one in incidents
            if (follows or one.filed.by == self.actor)
            and not self.accounts.concerned(self.actor, one.filed.concerns)
        ]


def fold(events: Iterable[Event]) -> list[Incident]:
    """Every incident as it stands, in the order of filing, from the `cases` book."""
    incidents: dict[IncidentId, Incident] = {}
    for event in events:
        match event:
            case IncidentFiled():
                incidents[event.incident] = Incident(event)
            case IncidentAmended():
                found = incidents[event.incident]
                amendments = (*found.amendments, event)
                incidents[event.incident] = replace(found, amendments=amendments)
            case IncidentClosed():
                incidents[event.incident] = replace(incidents[event.incident], closed=event)
            case _:  # cases, holds and requests stand in the same book
                pass
    return list(incidents.values())


def _asked(events: tuple[Event, ...], found: Incident, words: str) -> Asked | None:
    outcome = words.strip()
    return incident_holds.asked_closing(events, found.filed, case=found.case, outcome=outcome)


def _find(incidents: Iterable[Incident], name: str) -> Incident:
    for one in incidents:
        if one.id == name.upper():
            return one
    raise IncidentUnknownError(name)


def _made_of(pattern: str, events: Iterable[Event]) -> tuple[MailId, ...]:
    """The messages of a pattern as it was last found, whether or not it still stands."""
    if not pattern:
        return ()
    found = [one for one in events if isinstance(one, PatternFound) and one.pattern == pattern]
    if not found:
        raise IncidentRefusedError(
            f"there is no pattern {pattern}: `section9 triage list` has those that wait"
        )
    return found[-1].mails


def _check(report: Report, now: datetime) -> None:
    if not report.what.strip():
        raise IncidentRefusedError("nothing is reported: say with --what what happened")
    if report.happened > now:
        raise IncidentRefusedError("it has not happened yet: give an earlier --when")
    if not all("@" in one for one in report.concerns):
        raise IncidentRefusedError("a person is no address: give name@domain with --about")
