"""The register of breaches that Article 33(5) asks for, year by year. Pure, and without names.

It has those that were not reported too, with the reasons, and the reasons for every delay.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta

from archive.breach_events import Verdict
from cases.breaches import Breach, State
from cases.deadlines import UK


@dataclass(frozen=True, slots=True)
class Tally:
    """The breaches of a year, counted."""

    year: int
    breaches: int
    notified: int
    late: int  # of these, after the 72 hours
    not_reportable: int  # decided to be no risk, and so recorded only
    undecided: int
    people_told: int
    longest: timedelta | None  # from awareness to the initial report; None where there is none


def year_of(breach: Breach) -> int:
    """The year that a breach belongs to: that of awareness, by the clock in the United Kingdom."""
    return breach.aware.astimezone(UK).year


def of_year(breaches: Iterable[Breach], year: int | None) -> list[Breach]:
    """The breaches of a year, or all of them, in the order of awareness."""
    chosen = (one for one in breaches if year is None or year_of(one) == year)
    return sorted(chosen, key=lambda one: (one.aware, one.id))


def tally(breaches: Iterable[Breach], year: int) -> Tally:
    """Count the breaches of a year."""
    found = of_year(breaches, year)
    sent = [one for one in found if one.notified]
    decided = [one.decided for one in found if one.decided and not one.notified]
    return Tally(
        year=year,
        breaches=len(found),
        notified=len(sent),
        late=sum(one.late for one in sent),
        not_reportable=sum(one.verdict is Verdict.RECORD_ONLY for one in decided),
        undecided=sum(one.state is State.ASSESSING for one in found),
        people_told=sum(told.people for one in found for told in one.told),
        longest=max((one.taken for one in sent if one.taken is not None), default=None),
    )
