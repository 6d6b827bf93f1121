"""The Board's sections on mail: how much, what was found and what became of it, what was missed."""

from collections.abc import Iterable, Iterator, Mapping, Sequence

from archive.report_events import Tally, Volumes
from cases.sampling import Estimate
from cases.triage.figures import Precision
from cases.yearly import months, name
from evidence import plots
from evidence.board.told import Told
from evidence.board.wording import both, clause, few, length
from evidence.reports import Plot, Section, Table

MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def volumes(told: Told) -> Section:
    """How much mail there was, this year and last."""
    this, last = told.this, told.last
    rows = [
        *_monthly(last.volumes.months, months(last.period), name(last.period)),
        *_monthly(this.volumes.months, months(this.period), name(this.period)),
    ]
    plot = plots.beside(rows, x="Month", y="Messages", colour="Year")
    alt = f"Messages each month, {name(last.period)} and {name(this.period)}"
    counted = "as counted when it was over" if told.recorded else "as the archive still holds it"
    return Section(
        "How much mail there was",
        words=(
            f"Messages by the month they are dated. Last year is given {counted}. A message that "
            "reached many people counts once.",
        ),
        plots=_shown(alt, rows, plot),
        tables=(
            both("Messages", told, _kinds_of_mail(this.volumes), _kinds_of_mail(last.volumes)),
        ),
    )


def _kinds_of_mail(volumes: Volumes) -> dict[str, int]:
    ways = {f"of these {one.value}": one.total for one in volumes.ways}
    return {
        "all": volumes.total,
        **ways,
        "with a copy that was deleted": volumes.deleted,
        "that could not be read in full": volumes.unread,
    }


def findings(told: Told) -> Section:
    """What was flagged, by month, clause and rule."""
    this, last = told.this, told.last
    flags = tuple(_monthly(this.volumes.flags, months(this.period), ""))
    plot = plots.bars(flags, x="Month", y="Messages")
    alt = f"Flagged messages each month of {name(this.period)}"
    tables = (
        both("By clause", told, _by_clause(this.volumes), _by_clause(last.volumes)),
        both("By rule", told, _dict(this.volumes.rules), _dict(last.volumes.rules)),
    )
    nothing = () if any(one.rows for one in tables) else ("Nothing was flagged in either year.",)
    return Section(
        "What was found",
        words=(
            "Flagged messages, by the clauses of the policy that their findings name. A message "
            "may count under several. A finding is a reason to look, and no judgement.",
            *nothing,
        ),
        plots=_shown(alt, flags, plot),
        tables=tuple(one for one in tables if one.rows),
    )


def schools(volumes: Volumes) -> Section:
    """The same by school; small counts are not given."""
    clauses = sorted({one.value for school in volumes.schools for one in school.tallies})
    rows = tuple(
        (one.value, few(one.total), *(few(_dict(one.tallies).get(c, 0)) for c in clauses))
        for one in volumes.schools
    )
    if not rows:
        return Section("By school", words=("The directory of people names no schools.",))
    return Section(
        "By school",
        words=(
            "Messages that anybody of a school took part in, and flagged ones by clause. Mail "
            "between two schools counts for both. Schools differ in size: see the first column.",
        ),
        tables=(Table("Messages by school", ("School", "All", *map(clause, clauses)), rows),),
    )


def triage(told: Told) -> Section:
    """How long items waited, and how often rules were right."""
    figures = told.this.triage
    if not figures.rules:
        return Section("Triage", words=("No finding was decided on in the year.",))
    rows = [_bar(one) for one in figures.rules if one.precision]
    drawn = plots.ranges(rows, name="rule", title="Confirmed of those decided")
    return Section(
        "Triage",
        words=(
            "How long flagged mail waited for a person, and how often that person agreed with "
            "the rule. The line is the interval that holds the true share 19 times in 20.",
        ),
        plots=(Plot("Share of decided items that were confirmed, by rule", drawn),) if rows else (),
        tables=(
            Table(
                "Time until the first decision",
                ("Severity", "Items", "Half within", "Nine in ten within"),
                tuple(
                    (str(one.severity), f"{one.items:,}", length(one.median), length(one.p90))
                    for one in figures.waited
                ),
            ),
            Table(
                "Decisions by rule",
                ("Rule", "Confirmed", "Dismissed", "Right", "Interval"),
                tuple(map(_precision, figures.rules)),
            ),
        ),
    )


def missed(samples: Sequence[Estimate]) -> Section:
    """What samples of unflagged mail say of all of it."""
    if not samples:
        return Section(
            "What was missed",
            words=(
                "No sample of unflagged mail was judged in the year, so nobody knows how much "
                "the rules miss: `section9 sample draw` begins one.",
            ),
        )
    rows = tuple(
        (
            one.month,
            f"{one.population:,}",
            f"{one.judged:,} of {one.drawn:,}",
            f"{one.missed:,}",
            f"{one.low:,} to {one.high:,}" if one.judged else "not known yet",
        )
        for one in samples
    )
    head = ("Month", "Not flagged", "Judged", "Missed", "Missed in the month")
    return Section(
        "What was missed",
        words=(
            "Each month some messages that no rule flagged are drawn by lot and read. From what "
            "should have been flagged among them follows how much was missed in all: the interval "
            "holds the true number 19 times in 20.",
        ),
        tables=(Table("Samples of unflagged mail", head, rows),),
    )


def _by_clause(volumes: Volumes) -> dict[str, int]:
    return {clause(one.value): one.count for one in volumes.clauses}


def _monthly(
    tallies: Iterable[Tally], wanted: Sequence[str], year: str
) -> Iterator[dict[str, str | float]]:
    counted = _dict(tallies)
    for month in wanted:
        yield {"Month": MONTHS[int(month[5:]) - 1], "Messages": counted.get(month, 0), "Year": year}


def _shown(what: str, rows: Sequence[Mapping[str, str | float]], plot: str) -> tuple[Plot, ...]:
    """A plot whose numbers stand in words too, for who cannot see it; none of nothing."""
    if not any(one["Messages"] for one in rows):
        return ()
    years: dict[object, list[str]] = {}
    for one in rows:
        years.setdefault(one["Year"], []).append(f"{one['Month']} {one['Messages']:,}")
    told = (": ".join(filter(None, (str(y), ", ".join(many)))) for y, many in years.items())
    return (Plot(f"{what}. {'; '.join(told)}.", plot),)


def _dict(tallies: Iterable[Tally]) -> dict[str, int]:
    return {one.value: one.count for one in tallies}


def _bar(one: Precision) -> dict[str, str | float]:
    low, mid, high = _interval(one)
    return {"rule": f"{one.rule.rule} v{one.rule.version}", "low": low, "mid": mid, "high": high}


def _interval(one: Precision) -> tuple[float, float, float]:
    found = one.precision
    return (found.low, found.share, found.high) if found else (0, 0, 0)


def _precision(one: Precision) -> tuple[str, ...]:
    dismissed = sum(count for _, count in one.dismissed)
    low, share, high = _interval(one)
    known = (f"{share:.0%}", f"{low:.0%} to {high:.0%}") if one.precision else ("", "")
    return (f"{one.rule.rule} v{one.rule.version}", f"{one.confirmed:,}", f"{dismissed:,}", *known)
