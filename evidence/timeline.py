"""A timeline as a page: a plot and a table that says the same. It asks nothing of any network."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from cases.timeline import Happening, Moment
from evidence import pages, plots

WORDS = {
    Happening.MAIL: "mail",
    Happening.FINDING: "finding",
    Happening.DELETION: "deletion",
    Happening.WEB: "web visit",
    Happening.BLOCKED: "blocked",
}
MARKED = {
    **WORDS,
    Happening.FINDING: "mail with a finding",
    Happening.BLOCKED: "blocked web visit",
}
HOUR = "hour of the day"
SHORT = 12  # digits of a message's id that are shown


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the table."""

    when: str
    kind: str
    said: str
    id: str


@dataclass(frozen=True, slots=True)
class Day:
    """The lines of one day."""

    name: str
    rows: tuple[Row, ...]


def html(  # noqa: PLR0913 - each is said on the page
    moments: Sequence[Moment],
    *,
    person: str,
    case: str,
    scope: str,
    zone: ZoneInfo,
    said: Callable[[Moment], str],
    notes: Sequence[str],
) -> str:
    """Make the page."""
    return pages.webpage(
        "timeline.html",
        pictures=True,
        title=f"Timeline of {person}",
        subtitle=f"Case {case}: {scope}. Times are those of {zone.key}.",
        days=_days(moments, zone, said),
        plot=_plot(moments, zone),
        alt=_alt(moments, zone),
        notes=notes,
    )


def _days(
    moments: Iterable[Moment], zone: ZoneInfo, said: Callable[[Moment], str]
) -> tuple[Day, ...]:
    days: dict[str, list[Row]] = {}
    for one in moments:
        at = one.at.astimezone(zone)
        name = f"{at:%A} {at.day} {at:%B %Y}"
        row = Row(f"{at:%H:%M:%S}", WORDS[one.kind], said(one), one.id[:SHORT])
        days.setdefault(name, []).append(row)
    return tuple(Day(name, tuple(rows)) for name, rows in days.items())


def _plot(moments: Sequence[Moment], zone: ZoneInfo) -> str:
    """A mark a moment: the day to the right, the hour upwards. None where there is nothing.

    A message in which something was found is marked as that alone: the two are one moment.
    """
    flagged = {one.id for one in moments if one.kind is Happening.FINDING}
    rows: list[Mapping[str, str | float]] = []
    # By kinds, so that each always has its colour's place in the legend.
    for one in sorted(moments, key=lambda one: list(Happening).index(one.kind)):
        at = one.at.astimezone(zone)
        if one.kind is not Happening.MAIL or one.id not in flagged:
            hour = at.hour + at.minute / 60
            rows.append({"day": f"{at:%Y-%m-%d}", HOUR: hour, "what": MARKED[one.kind]})
    return plots.hours(rows, day="day", hour=HOUR, colour="what") if rows else ""


def _alt(moments: Sequence[Moment], zone: ZoneInfo) -> str:
    """Say in words what the plot shows; the table has it all."""
    if not moments:
        return ""
    counts = {kind: sum(one.kind is kind for one in moments) for kind in Happening}
    told = ", ".join(f"{count:,} of {WORDS[kind]}" for kind, count in counts.items() if count)
    first, last = (one.at.astimezone(zone) for one in (moments[0], moments[-1]))
    return (
        f"A mark for each of {len(moments):,} moments by day and hour, from {first:%d %B %Y} to "
        f"{last:%d %B %Y}: {told}. The table below has each."
    )
