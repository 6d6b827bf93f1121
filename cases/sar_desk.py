"""Recording what is done about subject access requests: every act is an event by `actor`.

A request is answered in a case of the kind `sar`, which holds the mail in its scope by itself.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from archive.books import Book
from archive.case_words import CaseKind
from archive.events import Event
from archive.redaction_events import Proposed
from archive.sar_events import (
    SarAnswered,
    SarAsked,
    SarEvent,
    SarExtended,
    SarId,
    SarOpened,
    SarReplied,
    SarSearched,
    Wait,
)
from cases.deciding import record
from cases.disclosing import Decision, Disclosures
from cases.gate import Gate
from cases.roles import Deed
from cases.sars import Sar, SarRefusedError, Sars, fault_of, find, fold
from search.tree import clean
from search.words import words
from section9 import MailId, Record

Act = Callable[[datetime, Sar], SarEvent]


@dataclass(frozen=True, slots=True)
class SarDesk:
    """Where requests are opened, searched for, decided and answered."""

    gate: Gate

    def visible(self) -> Sars:
        """The requests that `actor` may know of."""
        cases = {case.id for case in self.gate.casebook.visible()}
        return {name: one for name, one in self._all().items() if one.case in cases}

    def seen(self, name: str) -> Sar:
        """One of them. Raises `SarUnknownError`."""
        return find(self.visible(), name)

    def open(
        self, case: str, *, received: date, names: Sequence[str], addresses: Sequence[str]
    ) -> Sar:
        """Open a request in a case of the kind `sar`. Raises `SarRefusedError`."""
        self._require()
        authority = self.gate.sight(case, "sar").authority
        if self.gate.casebook.case(authority.case).kind is not CaseKind.SUBJECT_ACCESS:
            raise SarRefusedError(
                f"case {authority.case} is no subject access request: "
                "`section9 case open --kind sar` opens one"
            )
        now = self.gate.clock()
        if received > now.date():
            raise SarRefusedError("it was received in the future: give the day that it came")
        whose = tuple(dict.fromkeys(clean(one) for one in addresses))
        named = tuple(dict.fromkeys(one.strip() for one in names if one.strip()))

        def decide(events: tuple[Event, ...]) -> Sequence[Event]:
            name = SarId(f"S-{len(fold(events)) + 1:04d}")
            by, found = self.gate.actor, authority.case
            return (SarOpened(now, by, name, found, received, named, whose),)

        [written] = fold(record(self.gate.ledger, Book.CASES, decide))
        return self._all()[written]

    def search(self, name: str, typed: str = "") -> Sar:
        """Search the case for the person's data; without a query, for their names and addresses.

        What all searches find together is what the request is about.
        """
        self._require()
        sar = self.seen(name)
        query = typed.strip() or person_query(sar.opened)
        answer = self.gate.count(sar.case, query)
        total, hidden = answer.page.total, answer.unsearchable
        return self._act(
            name,
            lambda now, one: SarSearched(
                now, self.gate.actor, one.id, one.case, query, total, hidden
            ),
        )

    def ask(self, name: str, wait: Wait, *, asked: date, reason: str) -> Sar:
        """Record that the person was asked who they are, or what they mean."""
        return self._act(
            name,
            lambda now, one: SarAsked(
                now, self.gate.actor, one.id, one.case, wait, asked, reason.strip()
            ),
        )

    def reply(self, name: str, wait: Wait, *, replied: date) -> Sar:
        """Record that they answered."""
        return self._act(
            name,
            lambda now, one: SarReplied(now, self.gate.actor, one.id, one.case, wait, replied),
        )

    def extend(self, name: str, *, told: date, reason: str) -> Sar:
        """Take two months more."""
        return self._act(
            name,
            lambda now, one: SarExtended(
                now, self.gate.actor, one.id, one.case, told, reason.strip()
            ),
        )

    def answer(self, name: str, *, sent: date, reason: str, sha256: str) -> Sar:
        """Record that the person was given the answer."""
        return self._act(
            name,
            lambda now, one: SarAnswered(
                now, self.gate.actor, one.id, one.case, sent, reason.strip(), sha256
            ),
        )

    def records(self, sar: Sar, mail: str = "") -> Iterator[Record]:
        """Read the messages that the searches found, oldest first; the look is on record.

        `mail` is the beginning of an id, for those that begin so alone.
        """
        if not sar.query:
            raise SarRefusedError(f"nothing was searched: `section9 sar search {sar.id}` is first")
        return Disclosures(self.gate).records(sar, mail)

    def propose(self, sar: Sar, found: Mapping[MailId, tuple[Proposed, ...]]) -> None:
        """Record what is proposed to be taken out of messages, where that is news."""
        self._require_open(sar)
        Disclosures(self.gate).propose(sar, found)

    def decide(self, sar: Sar, decisions: Sequence[Decision]) -> None:
        """Record what a person decided of messages; it replaces what was decided before."""
        self._require_open(sar)
        Disclosures(self.gate).decide(sar, decisions)

    def _require_open(self, sar: Sar) -> None:
        self._require()
        if sar.answered:
            raise SarRefusedError(f"{sar.id} was answered: what was given stays as it was")

    def _act(self, name: str, make: Act) -> Sar:
        """Record a further act on a request that `actor` may know of."""
        self._require()
        self.seen(name)
        now = self.gate.clock()

        def decide(events: tuple[Event, ...]) -> Sequence[Event]:
            sar = find(fold(events), name)
            act = make(now, sar)
            if fault := fault_of(act, sar):
                raise SarRefusedError(f"{sar.id}: {fault}")
            return (act,)

        record(self.gate.ledger, Book.CASES, decide)
        return self.seen(name)

    def _require(self) -> None:
        self.gate.casebook.accounts.require(self.gate.actor, Deed.DISCLOSE)

    def _all(self) -> Sars:
        return fold(self.gate.ledger.events(Book.CASES))


def person_query(opened: SarOpened) -> str:
    """What finds a person: any of their addresses as a participant, any of their names."""
    addresses = (f'participant:"{one}"' for one in opened.addresses)
    names = (f'"{" ".join(words(one))}"' for one in opened.names if words(one))
    return " OR ".join((*addresses, *names))
