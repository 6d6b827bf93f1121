"""The queue of triage: what there is for one person, as the index and the ledger have it."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime

from archive.books import Book
from archive.case_words import Case
from archive.triage_events import Acknowledged, Linked, Triaged
from cases.gate import Gate
from cases.gate_errors import MailAmbiguousError
from cases.roles import NoAuthorityError
from cases.triage.items import Item, of_record
from cases.triage.routes import sees
from cases.triage.state import State, fold, latest
from cases.triage.tellings import Told, of_kinds
from section9 import Finding


class ItemUnknownError(NoAuthorityError):
    """Nothing of this name is the reader's to triage."""

    def __init__(self, name: str) -> None:
        super().__init__(
            f"{name} is no item of yours: `section9 triage list --all` tells those there are"
        )


@dataclass(frozen=True, slots=True)
class Entry:
    """One item as it stands for one person: with those of their findings that wait, or all."""

    item: Item
    acknowledged: Acknowledged | None = None
    decisions: tuple[Triaged, ...] = ()  # in order
    linked: tuple[Linked, ...] = ()
    told: tuple[Told, ...] = ()  # alerts of its kinds, in order

    @property
    def seen_to(self) -> tuple[str, datetime] | None:
        """Who said first that they see to it, and when; None where nobody did.

        An answer to an alert counts for what was no graver then.
        """
        said = [(self.acknowledged.by, self.acknowledged.at)] if self.acknowledged else []
        said += [
            (one.by, one.answered)
            for one in self.told
            if one.answered and one.severity >= self.item.severity
        ]
        return min(said, key=lambda one: one[1], default=None)

    @property
    def escalated(self) -> Told | None:
        """The last alert that went on to the next in line, for want of an answer."""
        return next((one for one in reversed(self.told) if one.escalated), None)

    @property
    def waits(self) -> bool:
        """Tell whether anything of it is undecided."""
        return any(self.decision(one) is None for one in self.item.findings)

    def decision(self, finding: Finding) -> Triaged | None:
        """What was decided about one of its findings; None while it waits."""
        return latest(self.decisions, finding)


@dataclass(frozen=True, slots=True)
class Queue:
    """Lists what is one person's to triage, in a case of the standing programme."""

    gate: Gate
    case: Case

    def state(self) -> State:
        """Where triage stands now."""
        return fold(self.gate.ledger.events(Book.CASES))

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
        known = list(self._mine(self._named(state, name)))
        if not known:
            raise ItemUnknownError(name)
        if len(known) > 1:
            raise MailAmbiguousError(name, len(known))
        return entry(state, known[0])

    def _entries(self, narrow: Callable[[State, Item], Item | None]) -> list[Entry]:
        state = self.state()
        left = (narrow(state, item) for item in self.items(state))
        return [entry(state, item) for item in sorted(filter(None, left), key=lambda i: i.rank)]

    def items(self, state: State) -> Iterator[Item]:
        """All there is for this person, decided or not, in no order. It is recorded."""
        flagged = self._flagged(state)
        yield from self._mine(self._patterns(state))
        yield from self._mine(flagged)

    def _named(self, state: State, name: str) -> Iterator[Item]:
        if name.upper().startswith("P-"):
            self.gate.sight(self.case.id, "triage", name)
            begun = name.upper()[:2] + name[2:].lower()
            return (one for one in self._patterns(state) if one.id.startswith(begun))
        return self._flagged(state, name)

    def _flagged(self, state: State, name: str = "") -> Iterator[Item]:
        made = (of_record(found, state.rules) for found in self.gate.flagged(self.case.id, name))
        return (item for item in made if item)

    def _patterns(self, state: State) -> Iterator[Item]:
        scope = self.case.scope
        for item in state.patterns.values():
            domains = {one.rpartition("@")[2] for one in item.people}
            last = item.sent.date() if item.sent else scope.since
            covered = item.people.intersection(scope.concerned) or domains & set(scope.domains)
            if covered and scope.since <= last <= scope.until:
                yield item

    def _mine(self, items: Iterable[Item]) -> Iterator[Item]:
        """The items with those of their findings that this person triages."""
        accounts, actor = self.gate.casebook.accounts, self.gate.actor
        for item in items:
            kept = [one for one in item.findings if sees(accounts, actor, item, one)]
            if kept:
                yield replace(item, findings=tuple(kept))


def entry(state: State, item: Item) -> Entry:
    """An item as it stands."""
    return Entry(
        item,
        state.acknowledged.get(item.id),
        state.decisions.get(item.id, ()),
        state.linked.get(item.id, ()),
        of_kinds(state.told.get(item.id, ()), item.findings),
    )
