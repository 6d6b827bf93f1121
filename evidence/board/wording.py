"""Words and numbers as the report to the Board says them: two years side by side."""

from collections.abc import Mapping
from datetime import timedelta

from cases.yearly import name
from evidence.board.told import Told
from evidence.reports import Table

DAYS_FROM = 48  # hours, from which on days are said
FEW = 5
"""Counts below it that are broken down by school are not given: they may point at a pupil."""
CLAUSES = {
    "4.5": "personal data leaving the Trust",
    "5.4": "offensive, harassing or criminal matter",
    "5.6": "personal trading or disrepute",
    "5.8": "copyright and very large files",
    "6.2": "contact between staff and students",
    "6.3": "confidential matters",
    "6.4": "approaches between staff and students",
    "6.6": "concerns about a student's welfare",
    "7.2": "a student's own details",
    "7.3": "pupils' data and photographs",
    "7.4": "suspected illegal content",
    "8": "bullying over time",
}
"""The clauses of the acceptable-use policy that findings name, in a few words."""


def both(caption: str, told: Told, this: Mapping[str, int], last: Mapping[str, int]) -> Table:
    """Counts by name, of this year and the last."""
    names = dict.fromkeys((*this, *last))
    return two(caption, told, {one: (this.get(one, 0), last.get(one, 0)) for one in names})


def two(caption: str, told: Told, facts: Mapping[str, tuple[int, int]]) -> Table:
    """Pairs of counts, this year's first."""
    rows = tuple(
        (said, f"{now:,}", f"{then:,}", difference(now, then))
        for said, (now, then) in facts.items()
    )
    return Table(caption, ("", name(told.this.period), name(told.last.period), "Change"), rows)


def difference(now: int, then: int) -> str:
    """How much more it is, as a share; `new` after nothing."""
    if then == 0:
        return "" if now == 0 else "new"
    return f"{(now - then) / then:+.0%}"


def change(now: int, then: int) -> str:
    """The same, to follow a count in a sentence."""
    return f", {difference(now, then)} on last year" if then else ""


def clause(clause: str) -> str:
    """A clause of the policy, and what it is about."""
    said = CLAUSES.get(clause)
    return f"{clause} {said}" if said else clause


def few(count: int) -> str:
    """A count that points at nobody."""
    return f"1 to {FEW - 1}" if 0 < count < FEW else f"{count:,}"


def many(count: int, what: str, plural: str = "s") -> str:
    """A count and its noun."""
    return f"{count:,} {what}{'' if count == 1 else plural}"


def share(some: int, of: int) -> str:
    """A share in per cent."""
    return f"{some / of:.1%}" if of else "none"


def length(time: timedelta) -> str:
    """A time as people say it."""
    hours = time.total_seconds() / 3600
    if hours < 1:
        return f"{time.total_seconds() / 60:.0f} minutes"
    return f"{hours:.0f} hours" if hours < DAYS_FROM else f"{hours / 24:.1f} days"
