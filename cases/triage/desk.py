"""The desk of triage: what waits for one person, and what they decide, each act on the record.

It works inside a case of the standing programme (`Extent.FLAGGED`), of which that person is the
investigator. Two people may decide at once: whoever is second hears who was first.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import ClassVar

from archive.books import Book
from archive.case_words import Case, Extent
from archive.events import Event
from archive.triage_events import (
    Acknowledged,
    Dismissal,
    ItemId,
    Linked,
    Triaged,
    TriageUndone,
    Verdict,
)
from cases.answers import Opened
from cases.authority import CaseUnknownError
from cases.deciding import record
from cases.gate import Gate
from cases.roles import NoAuthorityError
from cases.triage.items import Item, short
from cases.triage.queue import Queue
from cases.triage.state import State, fold
from section9 import Finding, MailId, Section9Error


class TriageRefusedError(Section9Error):
    """Something cannot be decided as asked; the message says what is wrong with it."""

    exit_code: ClassVar[int] = 11


class AlreadyDecidedError(TriageRefusedError):
    """Somebody decided otherwise before."""

    def __init__(self, item: ItemId, before: Triaged) -> None:
        super().__init__(
            f"{before.by} {before.verdict} {short(item)} at {before.at:%Y-%m-%d %H:%M} UTC: "
            f"`section9 triage show {short(item)}` tells why, `section9 triage undo` takes it back"
        )
        self.before = before


class NoProgrammeError(NoAuthorityError):
    """Somebody has no case of the standing programme to triage in."""

    def __init__(self, actor: str, case: str = "") -> None:
        what = f"case {case} is no standing programme" if case else f"{actor} has no programme"
        super().__init__(
            f"{what}: have an authoriser run `section9 case open --programme --investigator "
            f"{actor} …`, or apply for one yourself"
        )


@dataclass(frozen=True, slots=True)
class Choice:
    """Which findings of an item somebody decides: all that they see, unless narrowed."""

    rule: str = ""
    number: int = 0  # as `show` counts them, from one; 0 for all

    def of(self, item: Item) -> tuple[Finding, ...]:
        """The findings chosen. Raises `TriageRefusedError` where there is none."""
        numbered = enumerate(item.findings, 1)
        chosen = tuple(
            one
            for number, one in numbered
            if self.number in {0, number} and self.rule in {"", one.rule}
        )
        if not chosen:
            raise TriageRefusedError(
                f"{short(item.id)} has no such finding: `section9 triage show {short(item.id)}` "
                "numbers them"
            )
        return chosen


ALL = Choice()


@dataclass(frozen=True, slots=True)
class Triage:
    """Lists, opens and decides what is one person's to triage."""

    gate: Gate
    case: Case  # of the standing programme

    @property
    def actor(self) -> str:
        """Who triages."""
        return self.gate.actor

    @property
    def queue(self) -> Queue:
        """What there is for this person."""
        return Queue(self.gate, self.case)

    # --- looking ------------------------------------------------------------------------------

    def look(self, item: Item, mail: MailId) -> Opened:
        """What stands around this person's findings in a message of an item, masked. Recorded."""
        mine = frozenset(one.category for one in item.findings)
        return self.gate.masked(self.case.id, mail, mine)

    def open(self, mail: MailId, *, reason: str) -> Opened:
        """All of a message. Recorded with the reason; raises `ReasonMissingError` without one."""
        if not reason.strip():
            raise TriageRefusedError("to open a message takes a reason: give it with --reason")
        return self.gate.show(self.case.id, mail, view="text", reason=reason)

    # --- deciding -----------------------------------------------------------------------------

    def confirm(self, name: str, choice: Choice = ALL, *, reason: str = "") -> Triaged:
        """Say that findings are what their rules say. The same again changes nothing."""
        return self._decide(name, choice, Verdict.CONFIRMED, None, reason)

    def dismiss(
        self, name: str, choice: Choice = ALL, *, dismissal: Dismissal, reason: str
    ) -> Triaged:
        """Say why findings are no matter, with a word of explanation."""
        if not reason.strip():
            raise TriageRefusedError("a dismissal takes a word of explanation: give --reason")
        return self._decide(name, choice, Verdict.DISMISSED, dismissal, reason)

    def acknowledge(self, name: str) -> Acknowledged:
        """Say that this person sees to an item. Whoever was first stays."""
        item = self.queue.item(name).item

        def decide(events: tuple[Event, ...]) -> Sequence[Event]:
            if item.id in fold(events).acknowledged:
                return ()
            return (Acknowledged(self.gate.clock(), self.actor, self.case.id, item.id),)

        record(self.gate.ledger, Book.CASES, decide)
        return self.queue.state().acknowledged[item.id]

    def link(self, name: str, to: str) -> Linked:
        """Make an item part of a case; what of it waits is confirmed with that."""
        item, target = self.queue.item(name).item, self._target(to)

        def decide(events: tuple[Event, ...]) -> Sequence[Event]:
            state, now = fold(events), self.gate.clock()
            if any(one.into == target.id for one in state.linked.get(item.id, ())):
                return ()
            linked = Linked(now, self.actor, self.case.id, item.id, target.id)
            left = _undecided(state, item, item.findings)
            if not left:
                return (linked,)
            return (self._verdict(item, left, Verdict.CONFIRMED, None, f"{target.id}"), linked)

        record(self.gate.ledger, Book.CASES, decide)
        return next(one for one in self.queue.state().linked[item.id] if one.into == target.id)

    def _target(self, name: str) -> Case:
        """The case to link to. One that concerns this person is unknown to them."""
        found = self.gate.casebook.case(name)
        if self.gate.casebook.accounts.concerned(self.actor, found.scope.concerned):
            raise CaseUnknownError(name)
        if found.closed:
            raise TriageRefusedError(
                f"{found.id} is closed: `section9 case open` begins another to link to"
            )
        return found

    def undo(self, name: str, *, reason: str) -> Item:
        """Take back what was decided on an item, of all that this person sees of it."""
        item = self.queue.item(name).item
        if not reason.strip():
            raise TriageRefusedError("taking a decision back takes a reason: give --reason")

        def decide(events: tuple[Event, ...]) -> Sequence[Event]:
            state, now = fold(events), self.gate.clock()
            made = tuple(one for one in item.findings if state.decision(item, one))
            if not (made or item.id in state.acknowledged):
                raise TriageRefusedError(
                    f"nothing was decided on {short(item.id)}: "
                    "`section9 triage list` has what waits"
                )
            return (TriageUndone(now, self.actor, self.case.id, item.id, made, reason),)

        record(self.gate.ledger, Book.CASES, decide)
        return item

    def _decide(
        self,
        name: str,
        choice: Choice,
        verdict: Verdict,
        dismissal: Dismissal | None,
        reason: str,
    ) -> Triaged:
        item = self.queue.item(name).item
        chosen = choice.of(item)

        def decide(events: tuple[Event, ...]) -> Sequence[Event]:
            state = fold(events)
            if left := _undecided(state, item, chosen):
                return (self._verdict(item, left, verdict, dismissal, reason),)
            for before in filter(None, (state.decision(item, one) for one in chosen)):
                if before.verdict is not verdict:
                    raise AlreadyDecidedError(item.id, before)
            return ()

        for made in record(self.gate.ledger, Book.CASES, decide):
            if isinstance(made, Triaged):
                return made
        before = self.queue.state().decision(item, chosen[0])
        return before or self._decide(name, choice, verdict, dismissal, reason)  # undone meanwhile

    def _verdict(
        self,
        item: Item,
        findings: tuple[Finding, ...],
        verdict: Verdict,
        dismissal: Dismissal | None,
        reason: str,
    ) -> Triaged:
        return Triaged(
            at=self.gate.clock(),
            by=self.actor,
            case=self.case.id,
            item=item.id,
            verdict=verdict,
            findings=findings,
            since=item.since,
            dismissal=dismissal,
            reason=reason.strip(),
        )


def programme(gate: Gate, name: str = "") -> Case:
    """The case of the standing programme to triage in: the one named, or the actor's newest.

    Raises `NoProgrammeError`; whether it grants anything now is for the gate to say.
    """
    if name:
        found = gate.casebook.case(name)
        if found.extent is not Extent.FLAGGED:
            raise NoProgrammeError(gate.actor, found.id)
        return found
    now = gate.clock()
    theirs = [
        case
        for case in gate.casebook.cases().values()
        if case.extent is Extent.FLAGGED
        and case.investigator == gate.actor
        and case.state(now) == "open"
    ]
    if not theirs:
        raise NoProgrammeError(gate.actor)
    return theirs[-1]


def _undecided(state: State, item: Item, findings: Collection[Finding]) -> tuple[Finding, ...]:
    return tuple(one for one in findings if state.decision(item, one) is None)
