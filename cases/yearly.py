"""A year of monitoring, for the Trust Board (clauses 4.10, 9.5 and 11). Pure, but for counting.

Nobody is named in it: counts, rules, schools, and the dates of notices.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import ClassVar

from archive.breach_events import Verdict
from archive.case_events import NoticeGiven, RulesInForce, RuleSwitched
from archive.case_words import Case
from archive.events import Event
from archive.report_events import Period, Volumes
from cases import breaches, incidents
from cases.digest import Digest, digest
from cases.oversight import Affairs
from cases.triage.figures import Figures, figures
from search.versions import read
from section9 import RuleId, RuleState, Section9Error

MONTHS = 12


class YearError(Section9Error):
    """There is no such year to report on."""

    exit_code: ClassVar[int] = 2


@dataclass(frozen=True, slots=True)
class RuleChange:
    """How a rule was changed in the year."""

    rule: RuleId
    was: str  # `version 1`, `on`; `new` where it was not there
    now: str
    day: date


@dataclass(frozen=True, slots=True)
class BreachFigures:
    """The year's personal data breaches, by when the trust became aware."""

    opened: int
    notified: int
    recorded: int  # decided not to notify
    undecided: int
    late: int  # reported after the 72 hours
    longest: timedelta | None  # from awareness to the first report
    told: int  # people concerned who were told (Article 34)


@dataclass(frozen=True, slots=True)
class IncidentFigures:
    """The year's incident records (clauses 5.7 and 6.6)."""

    filed: int
    closed: int
    open_: int  # of those filed in the year, still open


@dataclass(frozen=True, slots=True)
class Year:
    """One year, by what the ledger says of it and what was counted."""

    period: Period
    volumes: Volumes
    acts: Digest
    triage: Figures
    breaches: BreachFigures
    incidents: IncidentFigures
    kinds: Mapping[str, int]  # cases opened, by kind and extent
    rules: tuple[RuleChange, ...]
    notices: tuple[tuple[str, date], ...]


def period(year: int, *, begins: tuple[int, int]) -> Period:
    """The year that begins in `year` on a month and day. Raises `YearError`."""
    try:
        first = date(year, *begins)
        last = date(year + 1, *begins) - timedelta(days=1)
    except (ValueError, OverflowError) as error:
        raise YearError(f"there is no year {year} that begins so: name another") from error
    return Period(first, last)


def before(this: Period) -> Period:
    """The year before."""
    return period(this.first.year - 1, begins=(this.first.month, this.first.day))


def name(this: Period) -> str:
    """Call a year by its numbers: `2026`, or `2026/27` where it spans two."""
    first, last = this.first.year, this.last.year
    return str(first) if first == last else f"{first}/{last % 100:02d}"


def months(this: Period) -> tuple[str, ...]:
    """Its months, as `2026-03`."""
    first = this.first.year * MONTHS + this.first.month - 1
    last = this.last.year * MONTHS + this.last.month - 1
    return tuple(f"{n // MONTHS:04d}-{n % MONTHS + 1:02d}" for n in range(first, last + 1))


def year(
    volumes: Volumes,
    decided: Sequence[Event],
    looked: Iterable[Event],
    cases: Sequence[Case],
    about: Affairs,
) -> Year:
    """Sum a year up; `decided` is the book of cases, `looked` that of access."""
    this = volumes.period
    return Year(
        period=this,
        volumes=volumes,
        acts=digest(this, (*decided, *looked), cases, about, reader=frozenset()),
        triage=figures(decided, since=this.start, until=this.end),
        breaches=_breaches(decided, this),
        incidents=_incidents(decided, this),
        kinds=_kinds(cases, this),
        rules=tuple(_changes(decided, this)),
        notices=tuple(_notices(decided, this)),
    )


def _notices(decided: Iterable[Event], this: Period) -> Iterable[tuple[str, date]]:
    for event in decided:
        if isinstance(event, NoticeGiven) and this.first <= event.given <= this.last:
            yield event.version, event.given


def _breaches(decided: Iterable[Event], this: Period) -> BreachFigures:
    found = [one for one in breaches.fold(decided).values() if this.has(one.aware)]
    verdicts = Counter(one.decided.verdict if one.decided else None for one in found)
    return BreachFigures(
        opened=len(found),
        notified=sum(bool(one.notified) for one in found),
        recorded=verdicts[Verdict.RECORD_ONLY],
        undecided=verdicts[None],
        late=sum(one.late for one in found),
        longest=max((one.taken for one in found if one.taken is not None), default=None),
        told=sum(act.people for one in found for act in one.told),
    )


def _incidents(decided: Iterable[Event], this: Period) -> IncidentFigures:
    known = incidents.fold(decided)
    filed = [one for one in known if this.has(one.filed.at)]
    closed = sum(one.closed is not None and this.has(one.closed.at) for one in known)
    return IncidentFigures(len(filed), closed, sum(one.closed is None for one in filed))


def _kinds(cases: Iterable[Case], this: Period) -> Mapping[str, int]:
    opened = (one for one in cases if one.opened_by and this.has(one.opened))
    return Counter(f"{one.kind}, clause {one.purpose}, {one.extent}" for one in opened)


def _changes(decided: Iterable[Event], this: Period) -> Iterable[RuleChange]:
    """Each rule that came, got another version or was switched, in order of time."""
    versions: dict[RuleId, int] = {}
    states: dict[RuleId, RuleState] = {}
    for event in decided:
        day = event.at.date()
        match event:
            case RulesInForce():
                for rule, version in read(event.rules).items():
                    was = versions.get(rule)
                    if versions and was != version and this.has(event.at):
                        yield RuleChange(
                            rule, f"version {was}" if was else "new", f"version {version}", day
                        )
                versions = {**versions, **read(event.rules)}
            case RuleSwitched():
                was_state = states.get(event.rule, RuleState.ON)
                states[event.rule] = event.state
                if this.has(event.at):
                    yield RuleChange(event.rule, was_state.value, event.state.value, day)
            case _:
                pass
