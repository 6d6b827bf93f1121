"""Seals: suspected illegal content is not opened, copied or forwarded (clause 7.4).

A sealed message is never rendered, extracted or exported; a search says that there is one. The
seal is an event on the `cases` book, which the gate reads at every look; what the indexes hold
of the message is emptied at once. Two people may break a seal.
"""

from collections.abc import Callable, Iterable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import ClassVar

from archive.books import Book
from archive.case_events import RequestUsed, SealBroken, Sealed
from archive.case_words import Act, Case
from archive.events import Event
from archive.ledger import Ledger
from cases.approvals import Asked, granted
from cases.approvals import fold as fold_requests
from cases.custody import Custody
from cases.deciding import record
from cases.roles import Accounts, Deed, NoAuthorityError
from search.index import Hit, Index
from search.sealed import emptied
from section9 import MailId, Section9Error


class SealedError(NoAuthorityError):
    """The message is sealed: no authority opens it."""

    def __init__(self, mail: MailId) -> None:
        super().__init__(
            f"message {mail[:12]} is sealed (clause 7.4) and is not shown to anybody: "
            f"`section9 seal break {mail[:12]}` asks two people"
        )


class SealRefusedError(Section9Error):
    """A message cannot be sealed, or its seal cannot be broken, as asked."""

    exit_code: ClassVar[int] = 11


@dataclass(frozen=True, slots=True)
class Seals:
    """Puts seals on and breaks them; every act is an event by `actor`."""

    ledger: Ledger
    custody: Custody
    indexes: Callable[[], AbstractContextManager[Sequence[Index]]]
    actor: str
    clock: Callable[[], datetime]
    accounts: Accounts = field(default_factory=Accounts)

    def seal(self, mail: MailId, case: Case, *, reason: str) -> None:
        """Seal a message. To seal it again only empties again what the indexes hold of it."""
        self.accounts.require(self.actor, Deed.SEAL)
        if not reason.strip():
            raise SealRefusedError("no reason is given: say why with --reason")

        def decide(events: tuple[Event, ...]) -> Sequence[Event]:
            if mail in fold(events):
                return ()
            return (Sealed(self.clock(), self.actor, mail, case.id, reason),)

        record(self.ledger, Book.CASES, decide)
        with self.custody.alone(), self.indexes() as indexes:
            for index in indexes:
                if found := index.get(mail):
                    index.put((emptied(found),), segment=None)
                    index.scrub()

    def break_(self, mail: MailId, case: Case, *, reason: str) -> None:
        """Break a seal that two people agreed to break. The index must then be told again.

        Raises `SealRefusedError`, or `ApprovalMissingError` where the second person is missing.
        """
        asked = asked_break(mail, case, reason=reason)

        def decide(events: tuple[Event, ...]) -> Sequence[Event]:
            if mail not in fold(events):
                raise SealRefusedError(f"{mail[:12]} is not sealed: `section9 seal list`")
            requests = fold_requests(events)
            request = granted(requests, asked.act, asked.subject, self.clock(), case=asked.case)
            broken = SealBroken(self.clock(), self.actor, mail, reason)
            return (broken, RequestUsed(self.clock(), self.actor, request.id))

        record(self.ledger, Book.CASES, decide)


def asked_break(mail: MailId, case: Case, *, reason: str) -> Asked:
    """What must be approved by a second person before a seal is broken."""
    return Asked(Act.BREAK_SEAL, (mail,), reason, case.id, case.scope.concerned)


def fold(events: Iterable[Event]) -> dict[MailId, Sealed]:
    """The seals that hold, from the events of the `cases` book, in its order."""
    seals: dict[MailId, Sealed] = {}
    for event in events:
        match event:
            case Sealed():
                seals.setdefault(event.mail, event)
            case SealBroken():
                seals.pop(event.mail, None)
            case _:  # cases, holds and requests stand in the same book
                pass
    return seals


def nameless(hit: Hit) -> Hit:
    """A hit that says no more than that a message exists, and when."""
    return replace(hit, from_="", to=(), recipients=0, findings=(), attachments=0)
