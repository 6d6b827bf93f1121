"""The digest: what was done under section 9 in a week or a year, for somebody outside IT. Pure.

Counts, case ids and the accounts of those who acted; no subject, no address, nobody in scope.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from archive.access_events import Audited, Refused, Searched, Verified, Viewed
from archive.case_events import Approved, CaseExtended, Purged, Requested
from archive.case_words import Act, Case
from archive.events import Event
from archive.report_events import Period
from cases.oversight import Affairs

EXPIRED = frozenset({"CaseExpiredError", "CaseClosedError"})
OF_MACHINES = frozenset(
    {"alerted", "reported", "stamped", "anchored", "purge-finished", "rules-in-force"}
)
"""What follows from an act, or from a timer: counted, but not as anybody's doing."""

Counts = tuple[tuple[str, int], ...]
"""How many of each, in alphabetical order."""


@dataclass(frozen=True, slots=True)
class Deeds:
    """How often one account did each kind of thing."""

    account: str
    acts: Counts  # by kind of event


@dataclass(frozen=True, slots=True)
class InVain:
    """Somebody tried to use a case that had expired or been closed."""

    account: str
    case: str
    times: int


@dataclass(frozen=True, slots=True)
class Digest:
    """What was done in a time. Counted by kind is by the kinds of the ledger's events."""

    period: Period
    opened: tuple[str, ...]  # cases
    extended: tuple[str, ...]
    closed: tuple[str, ...]
    expired: tuple[str, ...]  # whose time ran out, still open
    live: int  # cases at its end
    unattested: int  # of the cases opened, those whose authoriser was only named
    acts: Counts  # of the books of cases and of access
    found: int  # messages that searches found, the same one perhaps many times
    views: Counts  # by how much was opened: `text`, `headers`, `metadata` …
    refusals: Counts  # by the name of the error
    in_vain: tuple[InVain, ...]
    protected: int  # times that a second person let protected correspondence be opened
    purged: int  # messages
    problems: int  # that the worst verification found
    deeds: tuple[Deeds, ...]


def week_of(day: date) -> Period:
    """The week, from a Monday on, in which a day lies."""
    monday = day - timedelta(days=day.weekday())
    return Period(monday, monday + timedelta(days=6))


def last_week(now: datetime) -> Period:
    """The last week that is over."""
    return week_of((now - timedelta(weeks=1)).date())


class _Tally:
    """What is counted on the way through the events."""

    def __init__(self, period: Period, about: Affairs) -> None:
        self._period = period
        self._about = about
        self._requests: dict[str, Requested] = {}
        self.acts = Counter[str]()
        self.views = Counter[str]()
        self.refusals = Counter[str]()
        self.in_vain = Counter[tuple[str, str]]()
        self.deeds: dict[str, Counter[str]] = {}
        self.extended: dict[str, None] = {}  # a set that keeps the order
        self.found = self.protected = self.purged = self.problems = 0

    def add(self, event: Event) -> None:
        """Count an event of the time. A request before it may be approved in it."""
        if isinstance(event, Requested):
            self._requests[event.request] = event
        if not self._period.has(event.at):
            return
        self.acts[event.kind] += 1
        if event.kind not in OF_MACHINES:
            self.deeds.setdefault(event.by, Counter())[event.kind] += 1
        self._add_details(event)

    def _add_details(self, event: Event) -> None:
        match event:
            case Searched():
                self.found += event.total
            case Viewed():
                self.views[event.view] += 1
            case Refused():
                self._add_refusal(event)
            case Approved():
                self._add_approval(self._requests.get(event.request))
            case CaseExtended():
                self.extended[event.case] = None
            case Purged():
                self.purged += event.mails
            case Verified() | Audited():
                self.problems = max(self.problems, event.problems)
            case _:
                pass

    def _add_refusal(self, refused: Refused) -> None:
        self.refusals[refused.why] += 1
        if refused.why in EXPIRED:
            self.in_vain[refused.by, self._about.case_of(refused)] += 1

    def _add_approval(self, request: Requested | None) -> None:
        if request and request.act is Act.OPEN_PROTECTED:
            self.protected += 1
        if request and request.act is Act.EXTEND_CASE and request.case:
            self.extended[request.case] = None


def digest(
    period: Period,
    events: Iterable[Event],
    cases: Iterable[Case],
    about: Affairs,
    *,
    reader: frozenset[str],
) -> Digest:
    """Count; `events` are of the books of cases and of access, `cases` as they stand now.

    Nothing that concerns the reader's own addresses is counted or named: nobody learns from here
    that they are investigated.
    """
    tally = _Tally(period, about)
    for event in events:
        if not about.concerns(event, reader):
            tally.add(event)
    known = [case for case in cases if case.opened_by]  # not what was only applied for
    seen = [case for case in known if reader.isdisjoint(case.scope.concerned)]
    opened = [case for case in seen if period.has(case.opened)]
    return Digest(
        period=period,
        opened=tuple(case.id for case in opened),
        extended=tuple(tally.extended),
        closed=tuple(case.id for case in seen if case.closed and period.has(case.closed)),
        expired=tuple(case.id for case in seen if _ran_out(case, period)),
        live=sum(_lives(case, period.end) for case in seen),
        unattested=sum(not case.attested for case in opened),
        acts=_sorted(tally.acts),
        found=tally.found,
        views=_sorted(tally.views),
        refusals=_sorted(tally.refusals),
        in_vain=tuple(InVain(*who, times) for who, times in sorted(tally.in_vain.items())),
        protected=tally.protected,
        purged=tally.purged,
        problems=tally.problems,
        deeds=tuple(Deeds(name, _sorted(acts)) for name, acts in sorted(tally.deeds.items())),
    )


def _lives(case: Case, moment: datetime) -> bool:
    """Tell whether a case was open at a moment."""
    ends = min(case.expires, case.closed or case.expires)
    return case.opened < moment <= ends


def _ran_out(case: Case, period: Period) -> bool:
    """Tell whether a case came to its end within a time, with nobody closing it before."""
    closed = case.closed is not None and case.closed < case.expires
    return period.has(case.expires) and not closed


def _sorted(counts: Counter[str]) -> Counts:
    return tuple(sorted(counts.items()))
