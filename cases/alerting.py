"""Who is to be told now: what is urgent at once, the rest in digests, and whoever comes next.

Pure decisions on the fold, a clock reading and the routes. A pile of urgent things becomes one
message, and a flood of them one in ten minutes: who is woken six times an hour stops reading.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial

from archive.alert_events import AlertId, AlertItem, AlertPlanned, AlertsReviewed
from cases.alerts import Alert, AlertBook
from cases.hours import Hours
from cases.routing import POSTS, SEALED, Concern, Post, Routes, line

GAP = timedelta(seconds=30)  # between urgent messages to one person, so that they gather
FLOOD = 6  # urgent messages to one person in an hour
FLOOD_GAP = timedelta(minutes=10)

Concerns = Callable[[AlertItem], Concern | None]
"""Says whom something concerns; None where it is no more, such as purged mail."""


@dataclass(frozen=True, slots=True)
class Terms:
    """How grave is urgent, how often digests go, and how long an answer may take."""

    hours: Hours
    urgent_from: int
    digest_every: timedelta
    escalate_after: timedelta
    escalate_digest_after: timedelta  # of working time

    def is_urgent(self, item: AlertItem) -> bool:
        """Tell whether something is told at once."""
        return item.what == SEALED or item.severity >= self.urgent_from


@dataclass(frozen=True, slots=True)
class _Address:
    """Where some items go, in one message."""

    to: str
    post: Post
    urgent: bool
    escalated: bool
    out_of_hours: bool


@dataclass
class Planning:
    """One decision: what is planned, and what of the waiting is no more."""

    book: AlertBook
    now: datetime
    terms: Terms
    routes: Routes
    concerns: Concerns
    by: str
    stuck: set[AlertId]  # alerts after which nobody is left to tell; it grows
    gone: list[str] = field(default_factory=list)  # subjects
    _letters: dict[_Address, dict[AlertItem, None]] = field(default_factory=dict)
    _lately: dict[str, bool] = field(default_factory=dict)  # whether what is urgent gathers

    def decide(self, *, digest: bool | None = None) -> list[AlertPlanned | AlertsReviewed]:
        """What to write down before it is sent. `digest` says whether one goes; else the terms."""
        due = self._digest_due() if digest is None else digest
        for item in self.book.waiting():
            if due or self.terms.is_urgent(item):
                self._tell_first(item, gather=not due)
        for alert, items in self.book.open():
            if (due or alert.planned.urgent) and self._unanswered_for_long(alert):
                self._tell_next(alert, items)
        planned = list(self._planned())
        if not due:
            return [*planned]
        return [*planned, AlertsReviewed(self.now, self.by, self.book.through)]

    def _digest_due(self) -> bool:
        last = self.book.reviewed
        late = last is None or self.now >= last.at + self.terms.digest_every
        return late and self.terms.hours.is_working(self.now)

    def _tell_first(self, item: AlertItem, *, gather: bool) -> None:
        concern = self.concerns(item)
        if concern is None:
            self.gone.append(item.subject)
            return
        urgent = self.terms.is_urgent(item)
        at_work = not urgent or self.terms.hours.is_working(self.now)
        first = {
            post: next(
                (one.address for one in line(concern, post, self.routes, at_work=at_work)), ""
            )
            for post in POSTS[item.what]
        }
        if gather and any(map(self._gathers, first.values())):
            return
        for post, to in first.items():
            self._add(_Address(to, post, urgent, escalated=False, out_of_hours=not at_work), item)

    def _gathers(self, to: str) -> bool:
        """Tell whether somebody was told so lately that the urgent waits for what else comes."""
        if to and to not in self._lately:
            last, times = self.book.pace(to, self.now)
            gap = FLOOD_GAP if times >= FLOOD else GAP
            self._lately[to] = last is not None and self.now < last + gap
        return self._lately.get(to, False)

    def _unanswered_for_long(self, alert: Alert) -> bool:
        """Tell whether the next in line is due. Working time counts, where nobody is on duty."""
        planned, terms = alert.planned, self.terms
        if alert.id in self.stuck or (planned.to and not (alert.sent or alert.refused)):
            return False
        if alert.sent is None:
            return True
        if not planned.urgent:
            return self.now >= terms.hours.after(alert.sent, terms.escalate_digest_after)
        if self.routes.out_of_hours.get(Post(planned.post)):
            return self.now >= alert.sent + terms.escalate_after
        return self.now >= terms.hours.after(alert.sent, terms.escalate_after)

    def _tell_next(self, alert: Alert, items: Iterable[AlertItem]) -> None:
        post, urgent = Post(alert.planned.post), alert.planned.urgent
        at_work = not urgent or self.terms.hours.is_working(self.now)
        where = partial(_Address, post=post, urgent=urgent, escalated=True)
        self.stuck.add(alert.id)
        for item in items:
            if concern := self.concerns(item):
                told = self.book.told(item)
                people = line(concern, post, self.routes, at_work=at_work)
                if to := next((one.address for one in people if one.address not in told), ""):
                    self._add(where(to, out_of_hours=not at_work), item)
                    self.stuck.discard(alert.id)

    def _add(self, where: _Address, item: AlertItem) -> None:
        """Put an item into a message, unless the same person gets it in another one now."""
        same = (items for other, items in self._letters.items() if other.to == where.to)
        if not (where.to and any(item in items for items in same)):
            self._letters.setdefault(where, {})[item] = None

    def _planned(self) -> Iterable[AlertPlanned]:
        for number, (where, items) in enumerate(self._letters.items(), len(self.book.alerts) + 1):
            yield AlertPlanned(
                at=self.now,
                by=self.by,
                alert=AlertId(f"A-{number:04d}"),
                to=where.to,
                post=where.post,
                urgent=where.urgent,
                escalated=where.escalated,
                out_of_hours=where.out_of_hours,
                items=tuple(items),
            )
