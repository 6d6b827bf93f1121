"""What an export says of itself as a whole: the case, what is missing, the counts."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from archive.access_events import Exported, Searched
from archive.case_words import Case
from cases.exporting import Export
from evidence.views import Row, counted, moment

MAX_VALUES = 60  # of a facet; the rest is found by searching
MAX_BARS = 36
NAMED = 12  # bars that there is room to name
WIDTH, FLOOR, HEIGHT = 900, 128, 105  # of the plot, in its own units
TITLES = {
    "month": "Month",
    "from": "From",
    "rule": "Finding",
    "direction": "Direction",
    "mark": "Mark",
}


@dataclass(frozen=True, slots=True)
class Facet:
    """The values of one facet that can be chosen, and how many messages have each."""

    name: str
    title: str
    values: tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar of the plot of messages over time."""

    label: str
    count: int
    x: int
    y: int
    width: int
    height: int
    middle: int
    named: bool


@dataclass(frozen=True, slots=True)
class Search:
    """A search that was made in the case."""

    at: str
    by: str
    query: str
    total: int
    unsearchable: int
    engine: str
    entry: int


@dataclass(frozen=True, slots=True)
class Summary:
    """An export as a whole."""

    number: int
    case: Case
    event: Exported
    at: str
    facts: tuple[tuple[str, str], ...]
    gaps: tuple[str, ...]
    facets: tuple[Facet, ...]
    unit: str  # what a bar stands for: `month` or `year`
    bars: tuple[Bar, ...]
    undated: int
    searches: tuple[Search, ...]


def summary(export: Export, rows: Iterable[Row], searches: Iterable[Searched]) -> Summary:
    """Sum an export up."""
    facets = counted(rows)
    unit, bars = plot(facets["month"])
    return Summary(
        number=export.number,
        case=export.case,
        event=export.event,
        at=moment(export.event.at),
        facts=tuple(_facts(export)),
        gaps=tuple(_gaps(export.event)),
        facets=tuple(_facet(name, facets[name]) for name in TITLES if len(facets[name]) > 1),
        unit=unit,
        bars=bars,
        undated=len(export.event.mails) - sum(facets["month"].values()),
        searches=tuple(map(_search, searches)),
    )


def plot(months: Mapping[str, int]) -> tuple[str, tuple[Bar, ...]]:
    """Bars for months, or for years where there are too many of those."""
    unit, counts = "month", dict(sorted(months.items()))
    if len(counts) > MAX_BARS:
        unit, years = "year", Counter[str]()
        for month, count in counts.items():
            years[month[:4]] += count
        counts = dict(list(years.items())[-MAX_BARS:])
    return unit, tuple(_bars(counts))


def _bars(counts: Mapping[str, int]) -> Iterator[Bar]:
    step = min(WIDTH // max(len(counts), 1), 120)
    most = max(counts.values(), default=1)
    every = -(-len(counts) // NAMED)
    for place, (label, count) in enumerate(counts.items()):
        height = max(HEIGHT * count // most, 1)
        x, width = place * step + step // 8, step * 3 // 4
        yield Bar(
            label,
            count,
            x,
            FLOOR - height,
            width,
            height,
            x + width // 2,
            named=place % every == 0,
        )


def _facet(name: str, values: Mapping[str, int]) -> Facet:
    chosen = sorted(values.items(), key=lambda pair: (-pair[1], pair[0]))[:MAX_VALUES]
    return Facet(name, TITLES[name], tuple(sorted(chosen) if name == "month" else chosen))


def _facts(export: Export) -> Iterator[tuple[str, str]]:
    case, event = export.case, export.event
    scope = case.scope
    attested = "" if case.attested else " (named only: NOT ATTESTED)"
    yield "Purpose", f"{case.kind}, clause {case.purpose}"
    yield "Reason", case.reason
    yield "Investigator", case.investigator
    yield "Authorised by", f"{case.authoriser}{attested}"
    yield "Impact assessment", case.dpia
    yield "Opened", moment(case.opened)
    yield "Scope", ", ".join((*scope.people, *scope.mailboxes, *scope.domains))
    yield "Days", f"{scope.since} to {scope.until}, UTC, both included"
    yield "Query", event.query
    yield "As the engine got it", event.ran
    yield "Engine", event.engine
    yield "State", ", ".join(f"{head.book} book at entry {head.number}" for head in event.heads)


def _gaps(event: Exported) -> Iterator[str]:
    """Say what is not in the pack, and what no search could see."""
    if left := event.total - len(event.withheld) - len(event.mails):
        yield f"{left:,} older messages were found too and left out by a limit"
    if event.privileged:
        yield (
            f"{len(event.privileged):,} messages are withheld: legally privileged, as a reviewer "
            "of the case found"
        )
    if closed := len({*event.withheld} - {*event.sealed} - {*event.privileged}):
        yield (
            f"{closed:,} messages are withheld: protected correspondence, which a second person "
            "has not agreed to open. The manifest lists their ids"
        )
    if event.sealed:
        yield f"{len(event.sealed):,} messages are sealed and given to nobody (clause 7.4)"
    if event.own:
        yield f"{event.own:,} messages in scope are the investigator's own, for others to read"
    if event.unsearchable:
        yield (
            f"{len(event.unsearchable):,} messages in scope hold text that could not be read, so "
            "no search for words finds it: is:opaque. The manifest lists their ids"
        )
    if event.behind:
        yield f"the index was {event.behind:,} entries behind the archive"


def _search(event: Searched) -> Search:
    return Search(
        at=moment(event.at),
        by=event.by,
        query=event.query,
        total=event.total,
        unsearchable=event.unsearchable,
        engine=event.engine,
        entry=event.as_of.number,
    )
