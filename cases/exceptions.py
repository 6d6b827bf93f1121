"""Who may write to each other though one is staff and one a student: their own child, old friends.

Declared with a reviewer and an end, on the word of two people, and seen by everybody who triages:
what passes between the two is found and graded as a note. `[[trust.exception]]` in the settings
says the same where no account asks for it.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import ClassVar

from archive.books import Book
from archive.case_events import RequestUsed
from archive.case_words import Act
from archive.events import Event
from archive.ledger import Ledger
from archive.pattern_events import ContactExcepted, ContactExceptionEnded, ExceptionId
from cases.approvals import Asked, granted
from cases.approvals import fold as fold_requests
from cases.deciding import record
from cases.roles import Accounts, Deed
from detectors.contract import Exempt
from section9 import Section9Error


class ExceptionRefusedError(Section9Error):
    """An exception cannot be declared or ended as asked."""

    exit_code: ClassVar[int] = 11


@dataclass(frozen=True, slots=True)
class Declared:
    """One exception as it stands."""

    id: ExceptionId
    adult: str  # addresses, lower case
    child: str
    until: date  # the last day, or the day on which it was ended
    reviewer: str
    by: str
    reason: str
    ended: datetime | None = None


Known = dict[ExceptionId, Declared]


def fold(events: Iterable[Event], known: Known | None = None) -> Known:
    """Every exception that the `cases` book speaks of, after those `known` before."""
    declared: Known = dict(known or {})
    for event in events:
        match event:
            case ContactExcepted():
                declared[event.exception] = Declared(
                    *(event.exception, event.adult, event.child, event.until, event.reviewer),
                    *(event.by, event.reason),
                )
            case ContactExceptionEnded():
                before = declared[event.exception]
                until = min(before.until, event.at.date())
                declared[event.exception] = replace(before, until=until, ended=event.at)
            case _:  # cases, holds and requests stand in the same book
                pass
    return declared


def asked(adult: str, child: str, until: date, *, reason: str) -> Asked:
    """What a second person must approve before two may write to each other."""
    subject = (adult, child, until.isoformat())
    return Asked(Act.EXCEPT_CONTACT, subject, reason, concerns=(adult, child))


@dataclass(frozen=True, slots=True)
class Exceptions:
    """Declares and ends exceptions; every act is an event by `actor`."""

    ledger: Ledger
    actor: str
    clock: Callable[[], datetime]
    accounts: Accounts

    def declared(self) -> Known:
        """Every exception as it stands now, but those of `actor` themselves."""
        self.accounts.require(self.actor, Deed.ASK)
        known = fold(self.ledger.events(Book.CASES))
        own = self.accounts.concerned
        return {
            id_: one for id_, one in known.items() if not own(self.actor, (one.adult, one.child))
        }

    def declare(self, adult: str, child: str, until: date, *, reason: str) -> Declared:
        """Declare an exception that somebody else approved.

        Raises `ApprovalMissingError` where nobody did, `ExceptionRefusedError` for a day gone by.
        """
        now = self.clock()
        if until < now.date():
            raise ExceptionRefusedError(f"{until} is over: give a later day with --until")

        def decide(events: tuple[Event, ...]) -> tuple[Event, ...]:
            wanted = asked(adult, child, until, reason=reason)
            request = granted(fold_requests(events), wanted.act, wanted.subject, now)
            id_ = ExceptionId(f"E-{len(fold(events)) + 1:04d}")
            reviewer = request.approved.by if request.approved else ""
            return (
                ContactExcepted(now, self.actor, id_, adult, child, until, reviewer, reason),
                RequestUsed(now, self.actor, request.id),
            )

        [made, *_] = record(self.ledger, Book.CASES, decide)
        return next(iter(fold([made]).values()))

    def end(self, name: str, *, reason: str) -> Declared:
        """End an exception now: to look more closely takes nobody's leave."""
        self.accounts.require(self.actor, Deed.ASK)
        id_ = ExceptionId(name.upper())

        def decide(events: tuple[Event, ...]) -> tuple[Event, ...]:
            known = fold(events).get(id_)
            if known is None or known.ended:
                raise ExceptionRefusedError(
                    f"no exception {name!r} runs: `section9 people exception list` shows them"
                )
            return (ContactExceptionEnded(self.clock(), self.actor, id_, reason),)

        record(self.ledger, Book.CASES, decide)
        return fold(self.ledger.events(Book.CASES))[id_]


class Excepted:
    """Who may write to each other, as the `cases` book says; read on in it with `refresh`."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger
        self._read = 0
        self._known: Known = {}

    def refresh(self) -> None:
        """Read on; costs one look where there is nothing new."""
        for segment in self._ledger.segments(Book.CASES, after=self._read):
            self._known = fold(segment.events, self._known)
            self._read = segment.number

    def exempt(self) -> tuple[Exempt, ...]:
        """The pairs, and until when each."""
        return tuple(Exempt(one.adult, one.child, one.until) for one in self._known.values())
