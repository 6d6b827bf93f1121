"""The audit log: every act, without a word of anybody's mail. Pure: events in, entries out.

A fact of an event is given only where `FACTS` lists it: a new field is content until somebody
says otherwise. Whoever reads it sees nothing of a case that concerns them.
"""

import heapq
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum

from archive.access_events import Searched
from archive.books import Book
from archive.case_events import CaseApplied, CaseOpened, HoldPlaced, Requested
from archive.events import Event
from archive.mail_events import Sighted
from archive.pattern_events import PatternFound
from archive.review_events import OfMails
from archive.segment import Segment
from archive.triage_events import IncidentFiled, Suppressed

Fact = str | int | bool

FACTS = (
    *("purpose", "extent", "authoriser", "investigator", "expires", "version", "given", "accounts"),
    *("act", "why", "view", "usable", "lapses", "certificate", "key", "number", "stamped"),
    *("engine", "total", "shown", "withheld", "unsearchable", "deliveries", "missing"),
    *("people", "new", "known", "failed", "turned", "seen", "mails", "purged", "kept"),
    *("blobs", "events", "anchors", "problems", "findings", "defects", "source", "what"),
    *("clock_confirmed", "filters", "verdict", "settles", "reviewer", "of", "seed"),
    *("added", "removed", "visit", "visits", "bad"),
    *("pattern", "rule", "category", "clause", "severity", "confidence"),
    *("exception", "reviewer"),
    *("breach", "aware", "question", "verdict", "likelihood", "harm", "phase", "sent"),
    *("matter", "proposed", "redactions", "sar", "received", "due"),
    *("item", "dismissal", "into", "suppression", "until", "incident", "happened"),
    *("alert", "post", "urgent", "escalated", "out_of_hours", "items", "through"),
    *("news", "account", "hits"),
    *("month", "seed", "segment", "population", "sha256", "flagged"),
)
"""Fields that hold ids, times, counts, the names of accounts and words of ours alone."""

COUNTED = frozenset(
    {
        *("shown", "findings", "defects", "people", "mails", "new", "added", "removed", "items"),
        *("proposed", "redactions"),
    }
)
"""Of these, how many there are."""

MATTERS = ("pattern", "item", "suppression", "incident")
"""Ids of what concerns people without a case: patterns, what keeps quiet about them, incidents."""

WORDS = ("reason", "query", "words", "done")
"""What staff typed: shown only where it is asked for."""

CASE = re.compile(r"C-[0-9]{4,9}")
MAIL = re.compile(r"[0-9a-f]{1,64}")


@dataclass(frozen=True, slots=True)
class Entry:
    """One act, and where in the ledger it stands."""

    book: Book
    segment: int
    line: int  # in the segment; the header is line 1
    event: Event


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which entries somebody asks for: those that fit all of what is given."""

    by: frozenset[str] = frozenset()
    kinds: frozenset[str] = frozenset()
    case: str = ""
    mail: str = ""  # the beginning of an id
    since: date | None = None  # both days included, UTC
    until: date | None = None


@dataclass(frozen=True, slots=True)
class Affairs:
    """Which case each request and hold belongs to, and whom each concerns."""

    cases: Mapping[str, frozenset[str]] = field(default_factory=dict)  # case: addresses
    requests: Mapping[str, tuple[str, frozenset[str]]] = field(default_factory=dict)
    holds: Mapping[str, tuple[str, frozenset[str]]] = field(default_factory=dict)
    matters: Mapping[str, tuple[str, frozenset[str]]] = field(default_factory=dict)  # see MATTERS

    def case_of(self, event: Event) -> str:
        """The case that an act belongs to; empty where it belongs to none, or to no real one."""
        match event:
            case CaseOpened() | CaseApplied():
                return event.case.id
            case HoldPlaced():
                return event.hold.case or ""
        named = getattr(event, "case", None) or ""  # as typed, where it was refused
        for about in self._about(event):
            named = named or about[0]
        return named.upper() if CASE.fullmatch(named.upper()) else ""

    def concerns(self, event: Event, addresses: frozenset[str]) -> bool:
        """Tell whether an act is about somebody with one of these addresses."""
        if not self.cases.get(self.case_of(event), frozenset()).isdisjoint(addresses):
            return True
        return any(not about[1].isdisjoint(addresses) for about in self._about(event))

    def _about(self, event: Event) -> Iterator[tuple[str, frozenset[str]]]:
        nobody = ("", frozenset[str]())
        yield self.requests.get(id_of(event, "request"), nobody)
        yield self.holds.get(id_of(event, "hold"), nobody)
        for name in MATTERS:
            yield self.matters.get(id_of(event, name), nobody)


def affairs(events: Iterable[Event]) -> Affairs:
    """Fold the cases book into whom its acts concern."""
    cases: dict[str, frozenset[str]] = {}
    requests: dict[str, tuple[str, frozenset[str]]] = {}
    holds: dict[str, tuple[str, frozenset[str]]] = {}
    matters: dict[str, tuple[str, frozenset[str]]] = {}
    for event in events:
        match event:
            case CaseOpened() | CaseApplied():
                cases[event.case.id] = frozenset(event.case.scope.concerned)
            case Requested():
                requests[event.request] = (event.case or "", frozenset(event.concerns))
            case HoldPlaced():
                about = frozenset((*event.hold.people, *event.hold.concerns))
                holds[event.hold.id] = (event.hold.case or "", about)
            case PatternFound():
                matters[event.pattern] = ("", frozenset(event.people))
            case Suppressed():
                matters[event.suppression] = (event.case, frozenset(event.addresses))
            case IncidentFiled():
                matters[event.incident] = (event.case or "", frozenset(event.concerns))
            case _:
                pass
    return Affairs(cases, requests, holds, matters)


def entries(books: Iterable[Iterable[Segment]], *, newest_first: bool = False) -> Iterator[Entry]:
    """Merge books by time, one segment of each in memory.

    Within a book the order is the ledger's own, whatever the clock said.
    """
    told = [_entries(book, newest_first=newest_first) for book in books]
    yield from heapq.merge(*told, key=lambda entry: entry.event.at, reverse=newest_first)


def _entries(book: Iterable[Segment], *, newest_first: bool) -> Iterator[Entry]:
    for this in book:
        numbered = enumerate(this.events, start=2)
        for line, event in reversed(list(numbered)) if newest_first else numbered:
            yield Entry(this.book, this.number, line, event)


def chosen(
    found: Iterable[Entry], wanted: Wanted, about: Affairs, *, reader: frozenset[str]
) -> Iterator[Entry]:
    """Give the entries that are asked for, but none that concerns the reader's addresses."""
    fits = _filter(wanted, about)
    for entry in found:
        if fits(entry.event) and not about.concerns(entry.event, reader):
            yield entry


def _filter(wanted: Wanted, about: Affairs) -> Callable[[Event], bool]:
    def fits(event: Event) -> bool:
        day = event.at.date()
        return (
            (not wanted.by or event.by in wanted.by)
            and (not wanted.kinds or event.kind in wanted.kinds)
            and (wanted.since is None or day >= wanted.since)
            and (wanted.until is None or day <= wanted.until)
            and (not wanted.case or about.case_of(event) == wanted.case.upper())
            and (not wanted.mail or any(one.startswith(wanted.mail) for one in mails(event)))
        )

    return fits


def mails(event: Event) -> tuple[str, ...]:
    """The ids of the messages that an act touched; those that a search showed are among them."""
    if isinstance(event, Searched):
        return event.shown
    if isinstance(event, PatternFound | OfMails):
        return event.mails
    subject = event.subject if isinstance(event, Requested) else _named(event)
    return tuple(one for one in subject if MAIL.fullmatch(one))


def _named(event: Event) -> tuple[str, ...]:
    return (id_of(event, "mail"), id_of(event, "item"))


def id_of(event: Event, name: str) -> str:
    """An id that an event holds by itself or in a hold; empty where it has none."""
    value = getattr(event, name, None)
    return str(getattr(value, "id", value) or "")


def facts(event: Event) -> dict[str, Fact]:
    """What may be told of an act: see `FACTS`."""
    sources: list[object] = [event]
    if isinstance(event, CaseOpened | CaseApplied):
        sources.append(event.case)
    if isinstance(event, Sighted):
        sources.append(event.sighting)
    told = {name: _value(name, getattr(one, name)) for one in sources for name in _known(one)}
    return {name: value for name, value in told.items() if value != ""}


def words(event: Event) -> tuple[str, ...]:
    """What staff typed in an act: its reason, its query."""
    inner = (getattr(event, name, None) for name in ("case", "hold"))
    sources = (event, *(one for one in inner if one is not None and not isinstance(one, str)))
    typed = (getattr(one, name, "") for one in sources for name in WORDS)
    return tuple(dict.fromkeys(one for one in typed if one))


def _known(source: object) -> Iterator[str]:
    return (name for name in FACTS if hasattr(source, name))


def _value(name: str, value: object) -> Fact:
    if name in COUNTED and isinstance(value, tuple):
        return len(value)
    if isinstance(value, StrEnum):
        return value.value
    if isinstance(value, bool | int | str):
        return value
    if isinstance(value, datetime | date):
        return value.isoformat()
    return "; ".join(map(str, value)) if isinstance(value, tuple) else ""
