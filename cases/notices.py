"""The notice given to users that their mail may be monitored (clause 9.1), version by version.

The Interception by Businesses Regulations 2018 make monitoring lawful only after all reasonable
efforts to inform every user; so each version and the day on which it had been given are kept on
the ledger, and every case cites those that its people had been given.
"""

import hashlib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import ClassVar

from archive.books import Book
from archive.case_events import NoticeGiven
from archive.case_words import Scope
from archive.events import Event
from archive.ledger import Ledger
from cases.deciding import record
from cases.roles import Accounts, Deed
from section9 import Section9Error

LONGEST = 200_000  # characters


class NoticeRefusedError(Section9Error):
    """A notice cannot be recorded as asked."""

    exit_code: ClassVar[int] = 11


@dataclass(frozen=True, slots=True)
class Notices:
    """Records and reads the notices given; every act is an event on the ledger by `actor`."""

    ledger: Ledger
    actor: str
    clock: Callable[[], datetime]
    accounts: Accounts

    def given(self) -> list[NoticeGiven]:
        """Every notice, by the day it was given."""
        return fold(self.ledger.events(Book.CASES))

    def add(self, text: str, *, version: str, given: date) -> NoticeGiven:
        """Record a notice. Raises `NoticeRefusedError`."""
        self.accounts.require(self.actor, Deed.NOTICE)
        now = self.clock()
        sha256 = hashlib.sha256(text.encode()).hexdigest()
        notice = NoticeGiven(now, self.actor, version.strip(), given, sha256, text)

        def decide(events: tuple[Event, ...]) -> Sequence[Event]:
            _check(notice, fold(events))
            return (notice,)

        record(self.ledger, Book.CASES, decide)
        return notice


def _check(notice: NoticeGiven, known: Iterable[NoticeGiven]) -> None:
    if not notice.text.strip() or not notice.version:
        raise NoticeRefusedError("a notice has a text and a version: give both")
    if len(notice.text) > LONGEST:
        raise NoticeRefusedError(f"the notice is longer than {LONGEST:,} characters: shorten it")
    if notice.given > notice.at.date():
        raise NoticeRefusedError("the notice is not given yet: record it on the day, with --given")
    if any(notice.version == other.version for other in known):
        raise NoticeRefusedError("this version is on record already: give the next --version")


def fold(events: Iterable[Event]) -> list[NoticeGiven]:
    """The notices among the events of the `cases` book, by the day they were given."""
    notices = (event for event in events if isinstance(event, NoticeGiven))
    return sorted(notices, key=lambda notice: notice.given)


def cited(notices: Sequence[NoticeGiven], scope: Scope) -> tuple[str, ...]:
    """The versions that a case on this scope cites: in force on its first day, or given in it."""
    before = [notice.version for notice in notices if notice.given <= scope.since]
    within = [notice.version for notice in notices if scope.since < notice.given <= scope.until]
    return (*before[-1:], *within)
