"""Where triage stands: a pure fold over the `cases` book. There is no other record of it.

A decision covers a place (rule, part and characters) up to the severity that it had. What a later
version of a rule finds elsewhere, or finds graver, waits for a decision of its own.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from archive.events import Event
from archive.pattern_events import PatternFound, PatternLapsed
from archive.triage_events import (
    Acknowledged,
    ItemId,
    Linked,
    Suppressed,
    SuppressionEnded,
    SuppressionExtent,
    SuppressionId,
    Triaged,
    TriageUndone,
)
from cases.triage.items import InForce, Item, in_force, of_pattern
from cases.triage.tellings import Tellings, TellingsFold
from section9 import Finding


@dataclass(frozen=True, slots=True)
class State:
    """All that was decided, and what keeps quiet, as it stands now."""

    decisions: Mapping[ItemId, tuple[Triaged, ...]] = field(default_factory=dict)  # in order
    acknowledged: Mapping[ItemId, Acknowledged] = field(default_factory=dict)
    linked: Mapping[ItemId, tuple[Linked, ...]] = field(default_factory=dict)
    suppressions: Mapping[SuppressionId, Suppressed] = field(default_factory=dict)
    made: int = 0  # suppressions, ended ones included
    patterns: Mapping[ItemId, Item] = field(default_factory=dict)
    rules: InForce = field(default_factory=dict)
    told: Tellings = field(default_factory=dict)

    def decision(self, item: Item, finding: Finding) -> Triaged | None:
        """What was decided about one finding of an item; None where it waits."""
        return latest(self.decisions.get(item.id, ()), finding)

    def quiet(self, item: Item, finding: Finding) -> Suppressed | None:
        """What keeps quiet about one finding of an item."""
        held = self.suppressions.values()
        return next((one for one in held if _hushes(one, item, finding)), None)

    def waiting(self, item: Item) -> Item | None:
        """The item with those of its findings that wait; None where none does."""
        left = tuple(
            one
            for one in item.findings
            if self.decision(item, one) is None and self.quiet(item, one) is None
        )
        return replace(item, findings=left) if left else None

    def suppressed(self, item: Item) -> Item | None:
        """The item with those of its findings that are kept quiet; None where none is."""
        held = tuple(
            one
            for one in item.findings
            if self.decision(item, one) is None and self.quiet(item, one)
        )
        return replace(item, findings=held) if held else None


def fold(events: Iterable[Event]) -> State:
    """Where triage stands after these events of the `cases` book, in its order."""
    folding = _Folding()
    known = tuple(events)
    for event in known:
        folding.take(event)
    return folding.state(in_force(known))


class _Folding:
    """What is gathered on the way through the events."""

    def __init__(self) -> None:
        self._decisions: dict[ItemId, list[Triaged]] = {}
        self._acknowledged: dict[ItemId, Acknowledged] = {}
        self._linked: dict[ItemId, list[Linked]] = {}
        self._suppressions: dict[SuppressionId, Suppressed] = {}
        self._made = 0
        self._patterns: dict[ItemId, PatternFound] = {}
        self._since: dict[ItemId, datetime] = {}
        self._told = TellingsFold()

    def take(self, event: Event) -> None:
        match event:
            case Triaged():
                self._decisions.setdefault(event.item, []).append(event)
                self._since.pop(event.item, None)  # found again, it waits from then on
            case Acknowledged():
                self._acknowledged.setdefault(event.item, event)
            case Linked():
                self._linked.setdefault(event.item, []).append(event)
            case TriageUndone():
                self._undo(event)
            case Suppressed():
                self._suppressions[event.suppression] = event
                self._made += 1
            case SuppressionEnded():
                self._suppressions.pop(event.suppression, None)
            case PatternFound() | PatternLapsed():
                self._take_pattern(event)
            case _:  # cases, holds and requests stand in the same book
                self._told.take(event)

    def _undo(self, event: TriageUndone) -> None:
        """Take decisions back; with the last of them goes whatever else was made of the item."""
        left = without(self._decisions.pop(event.item, ()), event)
        if left:
            self._decisions[event.item] = left
        else:
            self._acknowledged.pop(event.item, None)
            self._linked.pop(event.item, None)

    def _take_pattern(self, event: PatternFound | PatternLapsed) -> None:
        item = ItemId(event.pattern)
        if isinstance(event, PatternFound):
            self._patterns[item] = event
            self._since.setdefault(item, event.at)
        else:
            self._patterns.pop(item, None)
            self._since.pop(item, None)

    def state(self, rules: InForce) -> State:
        return State(
            decisions={item: tuple(made) for item, made in self._decisions.items()},
            acknowledged=self._acknowledged,
            linked={item: tuple(made) for item, made in self._linked.items()},
            suppressions=self._suppressions,
            made=self._made,
            patterns={
                item: of_pattern(found, since=self._since.get(item, found.at))
                for item, found in self._patterns.items()
            },
            rules=rules,
            told=self._told.tellings(),
        )


def latest(made: Sequence[Triaged], finding: Finding) -> Triaged | None:
    """The last of some decisions that covers a finding."""
    return next((one for one in reversed(made) if _covers(one, finding)), None)


def without(made: Iterable[Triaged], undone: TriageUndone) -> list[Triaged]:
    """Decisions on an item, less what was taken back of them."""
    places = {_place(one) for one in undone.findings}
    cut = (
        replace(one, findings=tuple(found for found in one.findings if _place(found) not in places))
        for one in made
    )
    return [one for one in cut if one.findings]


def _place(finding: Finding) -> tuple[str, str, int, int]:
    return finding.rule, finding.part, finding.start, finding.end


def _covers(decision: Triaged, finding: Finding) -> bool:
    place = _place(finding)
    return any(
        _place(one) == place and one.severity >= finding.severity for one in decision.findings
    )


def _hushes(held: Suppressed, item: Item, finding: Finding) -> bool:
    """Tell whether a suppression covers a finding: its rule, no graver, in time, these people."""
    if held.rule != finding.rule or held.severity < finding.severity or item.since >= held.until:
        return False
    match held.extent:
        case SuppressionExtent.SENDER:
            return item.sender in held.addresses
        case SuppressionExtent.LIST:
            return not set(item.recipients).isdisjoint(held.addresses)
        case SuppressionExtent.PAIR:
            return item.sender in held.addresses and any(
                one in held.addresses for one in item.recipients if one != item.sender
            )
