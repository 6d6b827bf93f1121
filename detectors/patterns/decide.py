"""All patterns of two people, or of one and everybody who wrote to them. Pure."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from detectors.contract import Rule
from detectors.patterns import bullying, drift
from detectors.patterns.history import Passed, Pattern

RULES: tuple[Rule, ...] = (bullying.BULLYING, bullying.MOBBING, drift.DRIFT)
"""Every rule of a pattern."""
CONTACT = drift.DRIFT.id
"""The rule that a declared exception keeps quiet."""
MANY = bullying.MOBBING.id
"""The rule whose patterns are named by whom they befall alone: others may join in."""


@dataclass(frozen=True, slots=True)
class Excused:
    """An adult and a student who may write to each other: parent and child, old friends."""

    adult: str
    child: str
    until: date  # the last day


@dataclass(frozen=True, slots=True)
class Calendar:
    """What the trust says of days: the terms it has, both days included."""

    terms: tuple[tuple[date, date], ...] = ()

    def is_holiday(self, day: date) -> bool:
        """Tell whether a day is between two terms: where none are said, no day is."""
        return (
            bool(self.terms)
            and self.terms[0][0] <= day <= self.terms[-1][1]
            and not any(first <= day <= last for first, last in self.terms)
        )


def between(
    history: Sequence[Passed],
    *,
    people: tuple[str, str],
    adult: str,
    excused: Iterable[Excused] = (),
    holiday: Callable[[date], bool] = Calendar().is_holiday,
) -> Iterator[Pattern]:
    """Yield the patterns of two people in a school year; `adult` is empty but to a student."""
    one, other = people
    for by, to in ((one, other), (other, one)):
        if found := bullying.between(history, by=by, to=to, down=by == adult):
            yield found
    if adult:
        child = other if adult == one else one
        pairs = [each for each in excused if (each.adult, each.child) == (adult, child)]
        left = [one for one in history if not any(_covers(pair, one) for pair in pairs)]
        if found := drift.between(left, adult=adult, child=child, holiday=holiday):
            yield found


def against(history: Sequence[Passed], *, to: str) -> Pattern | None:
    """Return the pattern of several who turn on one, in a school year."""
    return bullying.against(history, to=to)


def _covers(pair: Excused, one: Passed) -> bool:
    return one.sent.date() <= pair.until
