"""Mail that is disclosed with something taken out: proposed by program, decided by a person.

A matter is what it is disclosed for: a subject access request, or a case whose mail somebody else
is given. Proposals and decisions are events that name it; of what is taken out they say where it
is and why, never what.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol, TypeVar

from archive.books import Book
from archive.events import Event
from archive.redaction_events import (
    Code,
    Proposed,
    Redaction,
    RedactionsDecided,
    RedactionsProposed,
)
from cases.gate import Gate
from cases.redactions import decided, proposed
from section9 import CaseId, MailId, Record

MOST = 100_000  # messages of one matter


class Matter(Protocol):
    """What mail is disclosed for, and how far that has come."""

    @property
    def id(self) -> str:
        """`S-0001`, or the case's own number."""

    @property
    def case(self) -> CaseId:
        """The case whose authority opens the mail."""

    @property
    def query(self) -> str:
        """Which of its mail this is about."""

    @property
    def proposed(self) -> Mapping[MailId, RedactionsProposed]:
        """What is proposed to be taken out of each message: the latest."""

    @property
    def decided(self) -> Mapping[MailId, RedactionsDecided]:
        """What was decided of each message: the latest."""


Kind_contra = TypeVar("Kind_contra", bound=Matter, contravariant=True)


class Matters(Protocol[Kind_contra]):
    """Where the mail of one kind of matter is read, and what is done about it recorded."""

    def records(self, matter: Kind_contra, mail: str = "", /) -> "Iterator[Record]":
        """Read its messages, oldest first; those alone whose id begins with `mail`."""

    def propose(
        self, matter: Kind_contra, found: "Mapping[MailId, tuple[Proposed, ...]]", /
    ) -> None:
        """Record what is proposed to be taken out of messages, where that is news."""

    def decide(self, matter: Kind_contra, decisions: "Sequence[Decision]", /) -> None:
        """Record what a person decided of messages; it replaces what was decided before."""


@dataclass(frozen=True, slots=True)
class Decision:
    """What a person decided of one message."""

    mail: MailId
    redactions: tuple[Redaction, ...]
    withheld: Code | None = None  # the whole message is
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Disclosure:
    """Mail of a case that somebody else is given."""

    case: CaseId
    query: str
    proposed: Mapping[MailId, RedactionsProposed]
    decided: Mapping[MailId, RedactionsDecided]

    @property
    def id(self) -> str:
        """The case's number."""
        return self.case


@dataclass(frozen=True, slots=True)
class Disclosures:
    """Reads the mail of matters, and records what is proposed and decided of it."""

    gate: Gate

    def of_case(self, case: str, query: str) -> Disclosure:
        """What is disclosed of a case that `actor` works in; a refusal is recorded."""
        found = self.gate.sight(case, "redact").authority.case
        events = tuple(self.gate.ledger.events(Book.CASES))
        return Disclosure(found, query, proposed(events, found), decided(events, found))

    def records(self, matter: Matter, mail: str = "") -> Iterator[Record]:
        """Read its messages, oldest first; the look is on record.

        `mail` is the beginning of an id, for those that begin so alone.
        """
        query = f"({matter.query}) AND id:{mail}" if mail else matter.query
        shown = self.gate.search(matter.case, query, limit=MOST).page.hits
        sight = self.gate.sight(matter.case, "redact")
        open_ = frozenset(self.gate.index.ids(sight.open(self.gate.asked(query))))
        for hit in reversed(shown):
            found = self.gate.index.get(hit.mail) if hit.mail in open_ else None
            if found is not None:
                yield found

    def propose(self, matter: Matter, found: Mapping[MailId, tuple[Proposed, ...]]) -> None:
        """Record what is proposed to be taken out of messages, where that is news."""
        known = {mail: one.proposed for mail, one in matter.proposed.items()}
        now, by = self.gate.clock(), self.gate.actor
        self._append(
            RedactionsProposed(now, by, matter.id, matter.case, mail, proposed)
            for mail, proposed in found.items()
            if known.get(mail) != proposed
        )

    def decide(self, matter: Matter, decisions: Sequence[Decision]) -> None:
        """Record what a person decided of messages; it replaces what was decided before."""
        now, by = self.gate.clock(), self.gate.actor
        self._append(
            RedactionsDecided(
                now, by, matter.id, matter.case, one.mail, one.redactions, one.withheld, one.reason
            )
            for one in decisions
        )

    def _append(self, events: Iterable[Event]) -> None:
        self.gate.ledger.append(Book.CASES, tuple(events))
