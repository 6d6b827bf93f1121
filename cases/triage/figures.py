"""What the decisions say: how often each rule is right, and how long things wait. Pure.

Clause 9.5 wants the yearly programme to show that monitoring works. A rule is counted once an
item, however many places it marked there. What was dismissed as known already counts for neither
side: the rule was right, and nobody confirmed it.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from math import ceil

from archive.events import Event
from archive.triage_events import Dismissal, ItemId, Triaged, TriageUndone, Verdict
from cases.proportions import Proportion, wilson
from cases.triage.state import without
from section9 import RuleVersion

Dismissed = tuple[tuple[Dismissal, int], ...]


@dataclass(frozen=True, slots=True)
class Precision:
    """How often one version of a rule was right, where somebody looked."""

    rule: RuleVersion
    confirmed: int
    dismissed: Dismissed  # by why, of those that occur
    precision: Proportion | None  # confirmed among all that count; None where none does


@dataclass(frozen=True, slots=True)
class Waited:
    """How long items of one severity waited for their first decision."""

    severity: int
    items: int
    median: timedelta
    p90: timedelta  # nine in ten were decided within it


@dataclass(frozen=True, slots=True)
class Figures:
    """The decisions of a period, summed up."""

    rules: tuple[Precision, ...]  # by name and version
    waited: tuple[Waited, ...]  # the gravest first


@dataclass(slots=True)
class _Count:
    confirmed: int = 0
    dismissed: dict[Dismissal, int] = field(default_factory=lambda: defaultdict(int))


def figures(
    events: Iterable[Event], *, since: datetime | None = None, until: datetime | None = None
) -> Figures:
    """Sum up what was decided in `[since, until)`, from the `cases` book; nothing undone counts."""
    standing = [
        one
        for one in _standing(events)
        if (since is None or one.at >= since) and (until is None or one.at < until)
    ]
    return Figures(tuple(_precisions(standing)), tuple(_waits(standing)))


def _standing(events: Iterable[Event]) -> list[Triaged]:
    """The decisions that were not taken back."""
    decided: dict[ItemId, list[Triaged]] = {}
    for event in events:
        match event:
            case Triaged():
                decided.setdefault(event.item, []).append(event)
            case TriageUndone():
                decided[event.item] = without(decided.get(event.item, ()), event)
            case _:  # cases, holds and requests stand in the same book
                pass
    return [one for made in decided.values() for one in made]


def _precisions(decisions: Iterable[Triaged]) -> Iterable[Precision]:
    counts: dict[RuleVersion, _Count] = defaultdict(_Count)
    for decision in decisions:
        for rule in {RuleVersion(one.rule, one.version) for one in decision.findings}:
            if decision.verdict is Verdict.CONFIRMED:
                counts[rule].confirmed += 1
            else:
                counts[rule].dismissed[decision.dismissal or Dismissal.OTHER] += 1
    for rule in sorted(counts, key=lambda one: (one.rule, one.version)):
        count = counts[rule]
        wrong = sum(count.dismissed.values()) - count.dismissed.get(Dismissal.KNOWN, 0)
        yield Precision(
            rule,
            count.confirmed,
            tuple(sorted(count.dismissed.items())),
            wilson(count.confirmed, count.confirmed + wrong),
        )


def _waits(decisions: Iterable[Triaged]) -> Iterable[Waited]:
    first: dict[ItemId, Triaged] = {}
    for decision in decisions:
        first.setdefault(decision.item, decision)
    waits: dict[int, list[timedelta]] = defaultdict(list)
    for decision in first.values():
        severity = max(one.severity for one in decision.findings)
        waits[severity].append(max(decision.at - decision.since, timedelta()))
    for severity in sorted(waits, reverse=True):
        waited = sorted(waits[severity])
        yield Waited(severity, len(waited), _quantile(waited, 0.5), _quantile(waited, 0.9))


def _quantile(ordered: list[timedelta], share: float) -> timedelta:
    """The value within which at least that share lies (nearest rank)."""
    return ordered[ceil(share * len(ordered)) - 1]
