"""The desk of triage: what waits for one person, and what they decide, each act on the record.

It works inside a case of the standing programme (`Extent.FLAGGED`), of which that person is the
investigator. Two people may decide at once: whoever is second hears who was first.
"""

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, replace
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
from cases.deciding import record
from cases.gate import Gate
from cases.roles import NoAuthorityError
from cases.triage.items import Item, of_record, short
from cases.triage.routes import sees
from cases.triage.state import State, fold, latest
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


class ItemUnknownError(NoAuthorityError):
    """Nothing of this name is the reader's to triage."""

    def __init__(self, name: str) -> None:
        super().__init__(
            f"{name} is no item of yours: `section9 triage list --all` tells those there are"
        )


class NoProgrammeError(NoAuthorityError):
    """Somebody has no case of the standing programme to triage in."""

    def __init__(self, actor: str, case: str = "") -> None:
        what = f"case {case} is no standing programme" if case else f"{actor} has no programme"
        super().__init__(
            f"{what}: have an authoriser run `section9 case open --programme --investigator "
            f"{actor} …`, or apply for one yourself"
        )


@dataclass(frozen=True, slots=True)
class Entry:
    """One item as it stands for one person: with those of their findings that wait, or all."""

    item: Item
    acknowledged: Acknowledged | None = None
    decisions: tuple[Triaged, ...] = ()  # in order
    linked: tuple[Linked, ...] = ()

    def decision(self, finding: Finding) -> Triaged | None:
        """What was decided about one of its findings; None while it waits."""
        return latest(self.decisions, finding)


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

    def state(self) -> State:
        """Where triage stands now."""
        return fold(self.gate.ledger.events(Book.CASES))

    # --- listing ------------------------------------------------------------------------------

    def waiting(self) -> list[Entry]:
        """What waits for this person, the gravest first, and of these the oldest. Recorded."""
        return self._entries(State.waiting)

    def suppressed(self) -> list[Entry]:
        """What would wait if nothing kept it quiet."""
        return self._entries(State.suppressed)

    def everything(self) -> list[Entry]:
        """What waits and what was decided."""
        return self._entries(lambda _, item: item)

    def item(self, name: str) -> Entry:
        """One item with all its findings that this person sees; `name` may begin its id.

        Raises `ItemUnknownError`, and `MailAmbiguousError` for a beginning of several.
        """
        state = self.state()
        found = [self._mine(item) for item in self._named(state, name)]
        known = [item for item in found if item]
        if len(known) != 1:
            raise ItemUnknownError(name)
        return _entry(state, known[0])

    def _entries(self, narrow: Callable[[State, Item], Item | None]) -> list[Entry]:
        state = self.state()
        items = (self._mine(item) for item in self._items(state))
        left = (narrow(state, item) for item in items if item)
        return [_entry(state, item) for item in sorted(filter(None, left), key=lambda i: i.rank)]

    def _items(self, state: State) -> Iterator[Item]:
        yield from self._patterns(state)
        for found in self.gate.flagged(self.case.id):
            if item := of_record(found, state.rules):
                yield item

    def _named(self, state: State, name: str) -> Iterator[Item]:
        if name.upper().startswith("P-"):
            begun = name.upper()[:2] + name[2:].lower()
            yield from (one for one in self._patterns(state) if one.id.startswith(begun))
            return
        for found in self.gate.flagged(self.case.id, name):
            if item := of_record(found, state.rules):
                yield item

    def _patterns(self, state: State) -> Iterator[Item]:
        scope = self.case.scope
        for item in state.patterns.values():
            domains = {one.rpartition("@")[2] for one in item.people}
            last = item.sent.date() if item.sent else scope.since
            covered = item.people.intersection(scope.concerned) or domains & set(scope.domains)
            if covered and scope.since <= last <= scope.until:
                yield item

    def _mine(self, item: Item) -> Item | None:
        """The item with those of its findings that this person triages."""
        accounts = self.gate.casebook.accounts
        kept = tuple(one for one in item.findings if sees(accounts, self.actor, item, one.category))
        return replace(item, findings=kept) if kept else None

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
        item = self.item(name).item

        def decide(events: tuple[Event, ...]) -> Sequence[Event]:
            if item.id in fold(events).acknowledged:
                return ()
            return (Acknowledged(self.gate.clock(), self.actor, self.case.id, item.id),)

        record(self.gate.ledger, Book.CASES, decide)
        return self.state().acknowledged[item.id]

    def link(self, name: str, to: str) -> Linked:
        """Make an item part of a case; what of it waits is confirmed with that."""
        item, target = self.item(name).item, self.gate.casebook.case(to)

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
        return next(one for one in self.state().linked[item.id] if one.into == target.id)

    def undo(self, name: str, *, reason: str) -> Item:
        """Take back all that was decided on an item: it waits again."""
        item = self.item(name).item
        if not reason.strip():
            raise TriageRefusedError("taking a decision back takes a reason: give --reason")

        def decide(events: tuple[Event, ...]) -> Sequence[Event]:
            state = fold(events)
            if not (item.id in state.decisions or item.id in state.acknowledged):
                raise TriageRefusedError(
                    f"nothing was decided on {short(item.id)}: "
                    "`section9 triage list` has what waits"
                )
            return (TriageUndone(self.gate.clock(), self.actor, self.case.id, item.id, reason),)

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
        item = self.item(name).item
        chosen = choice.of(item)

        def decide(events: tuple[Event, ...]) -> Sequence[Event]:
            state = fold(events)
            left = _undecided(state, item, chosen)
            for one in chosen:
                before = state.decision(item, one)
                if before and before.verdict is not verdict:
                    raise AlreadyDecidedError(item.id, before)
            return (self._verdict(item, left, verdict, dismissal, reason),) if left else ()

        record(self.gate.ledger, Book.CASES, decide)
        made = (self.state().decision(item, one) for one in chosen)
        found = next(filter(None, made), None)
        return found or self._decide(name, choice, verdict, dismissal, reason)  # undone meanwhile

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


def _entry(state: State, item: Item) -> Entry:
    return Entry(
        item,
        state.acknowledged.get(item.id),
        state.decisions.get(item.id, ()),
        state.linked.get(item.id, ()),
    )


def _undecided(state: State, item: Item, findings: Collection[Finding]) -> tuple[Finding, ...]:
    return tuple(one for one in findings if state.decision(item, one) is None)
