"""How much mail there was in a period, and what was found in it: counts of an index, no content.

They name schools and rules, and nobody. An index has what the archive still holds; what retention
has purged is counted no more, so a yearly report keeps its counts on the ledger.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from archive.events import Event
from archive.report_events import BoardReported, Crossed, Period, Tally, Volumes
from search.index import Index
from search.tree import All, Between, Exact, Query
from section9 import Direction

MANY = 1_000  # values of one field; no trust has as many rules or clauses
FLAGGED, DELETED, OPAQUE = (Exact("is", mark) for mark in ("flagged", "deleted", "opaque"))


@dataclass(frozen=True, slots=True)
class Counter:
    """Counts what is dated in a period."""

    index: Index
    period: Period

    def volumes(self, schools: Mapping[str, Query]) -> Volumes:
        """Count it all; `schools` gives for each the query that its people are found by."""
        return Volumes(
            period=self.period,
            total=self._count(),
            flagged=self._count(FLAGGED),
            deleted=self._count(DELETED),
            unread=self._count(OPAQUE),
            months=self._tallies("date"),
            ways=tuple(self._by_way()),
            clauses=self._tallies("clause", FLAGGED),
            rules=self._tallies("finding", FLAGGED),
            severities=self._tallies("severity", FLAGGED),
            flags=self._tallies("date", FLAGGED),
            schools=tuple(self._school(name, query) for name, query in schools.items()),
        )

    def _by_way(self) -> Iterable[Crossed]:
        for way in Direction:
            query = Exact("direction", way.value)
            if total := self._count(query):
                yield Crossed(way.value, self._tallies("date", query), total)

    def _school(self, name: str, query: Query) -> Crossed:
        return Crossed(name, self._tallies("clause", query, FLAGGED), self._count(query))

    def _count(self, *queries: Query) -> int:
        return self.index.count(self._dated(queries))

    def _tallies(self, field: str, *queries: Query) -> tuple[Tally, ...]:
        found = self.index.facets(self._dated(queries), field, limit=MANY)
        return tuple(sorted((Tally(one.value, one.count) for one in found), key=_by_value))

    def _dated(self, queries: tuple[Query, ...]) -> Query:
        return All((Between("date", self.period.start, self.period.end), *queries))


def _by_value(tally: Tally) -> str:
    return tally.value


def recorded(events: Iterable[Event], period: Period) -> Volumes | None:
    """What the latest report of a period counted once it was over; None where there is none."""
    found = None
    for event in events:
        if isinstance(event, BoardReported) and event.volumes.period == period:
            found = event.volumes if event.at >= period.end else found
    return found
