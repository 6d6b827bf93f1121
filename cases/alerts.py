"""What has to be told, to whom it was told, and whether they answered: folded from the ledger.

It is read on as the books grow. Of the mail book only what followed the last digest is read: all
before was planned by then, and stands in the `cases` book.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from archive.alert_events import (
    AlertAcknowledged,
    AlertId,
    AlertItem,
    AlertPlanned,
    AlertRefused,
    AlertSent,
    AlertsReviewed,
)
from archive.books import Book, Head
from archive.case_events import Alerted, SealBroken, Sealed
from archive.events import Event
from archive.ledger import Ledger
from archive.mail_events import Rescanned, Scanned
from archive.pattern_events import PatternFound, PatternLapsed
from archive.triage_events import (
    Acknowledged,
    Linked,
    Suppressed,
    SuppressionEnded,
    SuppressionId,
    Triaged,
)
from cases.routing import POSTS, SEALED, kind_of
from section9 import Confidence, Finding

GRAVEST = 5
HOUR = timedelta(hours=1)

Key = tuple[str, str]
"""What an item is about, and what kind it is: told once, unless it becomes graver."""


@dataclass(frozen=True, slots=True)
class Telling:
    """An alert of which an item is part, and how grave the item was then."""

    alert: AlertId
    to: str
    post: str
    severity: int


@dataclass(frozen=True, slots=True)
class Alert:
    """One message to one person, and what became of it."""

    planned: AlertPlanned
    sent: datetime | None = None
    refused: str = ""  # why the mail server refused the recipient for good
    answered: datetime | None = None  # by when everything in it had been seen to
    by: str = ""  # who saw to the last of it

    @property
    def id(self) -> AlertId:
        """Its name."""
        return self.planned.alert

    @property
    def to_send(self) -> bool:
        """Tell whether it is still to be sent."""
        return bool(self.planned.to) and not (self.sent or self.refused or self.answered)

    @property
    def state(self) -> str:
        """Say in a word where it stands."""
        if self.answered:
            return "answered"
        if not self.planned.to:
            return "nobody"
        return "sent" if self.sent else "refused" if self.refused else "waiting"


@dataclass
class AlertBook:
    """The fold. `refresh` reads on, and `forget` lets go of what is no more."""

    ledger: Ledger
    least: int = 1  # what is less grave is told to nobody
    head: Head | None = None  # of the cases book: what is decided follows nothing newer
    alerts: dict[AlertId, Alert] = field(default_factory=dict)
    reviewed: AlertsReviewed | None = None
    patterns: dict[str, PatternFound] = field(default_factory=dict)
    through: int = 0  # the last segment of the mail book that was read
    suppressions: dict[SuppressionId, Suppressed] = field(default_factory=dict)
    _waiting: dict[Key, AlertItem] = field(default_factory=dict)
    _told: dict[Key, list[Telling]] = field(default_factory=dict)
    _left: dict[AlertId, set[Key]] = field(default_factory=dict)  # what of it has no answer
    _answered: dict[Key, int] = field(default_factory=dict)  # how grave it was by then

    def refresh(self, *, through: int) -> bool:
        """Read on in both books, in the mail book to a segment; tell whether there was more."""
        head, before = self.ledger.head(Book.CASES), self.through
        moved = head != self.head
        for segment in self.ledger.segments(Book.CASES, after=self.head.number if self.head else 0):
            for event in segment.events:
                self._fold(event)
            self.head = Head(Book.CASES, segment.number, segment.sha256)
        self.head = self.head or head
        self.through = max(before, self.reviewed.through if self.reviewed else 0)
        for segment in self.ledger.segments(Book.MAIL, after=self.through):
            if segment.number > through:
                break
            for event in segment.events:
                self._fold(event)
            self.through = segment.number
        return moved or self.through != before

    def waiting(self) -> list[AlertItem]:
        """What nobody was told of yet, the gravest first."""
        return sorted(self._waiting.values(), key=lambda one: -one.severity)

    def told(self, item: AlertItem) -> frozenset[str]:
        """The addresses that were told of something when it was as grave as now."""
        told = self._told.get(_key(item), ())
        return frozenset(one.to for one in told if one.severity >= item.severity)

    def open(self) -> Iterator[tuple[Alert, tuple[AlertItem, ...]]]:
        """The alerts that wait for an answer and are the last on their items, with these items."""
        for alert in self.alerts.values():
            if not alert.answered and (left := tuple(self._unanswered(alert.planned))):
                yield alert, left

    def unsent(self) -> list[Alert]:
        """What was planned and the mail server has not taken: urgent first, then by age."""
        found = (one for one in self.alerts.values() if one.to_send)
        return sorted(found, key=lambda one: (not one.planned.urgent, one.planned.at))

    def left(self, alert: AlertId) -> int:
        """How many of the things that an alert names nobody has seen to."""
        return len(self._left[alert])

    def next_of(self, alert: Alert) -> tuple[AlertId, ...]:
        """The alerts that went on to the next in line, for want of an answer to this one."""
        mine = {_key(one) for one in alert.planned.items}
        return tuple(
            one.id
            for one in self.alerts.values()
            if one.planned.escalated
            and one.planned.post == alert.planned.post
            and one.planned.at > alert.planned.at
            and not mine.isdisjoint(map(_key, one.planned.items))
        )

    def pace(self, address: str, now: datetime) -> tuple[datetime | None, int]:
        """When somebody was last told urgently, and how often in the hour before `now`."""
        times = [
            one.planned.at
            for one in self.alerts.values()
            if one.planned.urgent and one.planned.to == address and one.planned.at > now - HOUR
        ]
        return max(times, default=None), len(times)

    def forget(self, subject: str) -> None:
        """Nobody is told any more of a message or pattern of which nobody was told yet."""
        for what in POSTS:
            self._waiting.pop((subject, what), None)

    def _unanswered(self, planned: AlertPlanned) -> Iterator[AlertItem]:
        for item in planned.items:
            told = self._told[_key(item)]
            last = next(one for one in reversed(told) if one.post == planned.post)
            if self._answered.get(_key(item), 0) < item.severity and last.alert == planned.alert:
                yield item

    def _fold(self, event: Event) -> None:
        match event:
            case Scanned() | Rescanned():
                self._found(event.mail, event.findings)
            case PatternFound():
                self.patterns[event.pattern] = event
                kind = kind_of(event.category, event.clause)
                self.forget(event.pattern)  # as it was found before: nobody knows of that
                self._await(AlertItem(event.pattern, kind, event.severity))
            case PatternLapsed():
                self.forget(event.pattern)
            case Sealed():
                self._await(AlertItem(event.mail, SEALED, GRAVEST))
            case SealBroken() | Alerted():  # Alerted: how seals were told of at first
                self._waiting.pop((event.mail, SEALED), None)
            case _:
                self._settle(event)

    def _settle(self, event: Event) -> None:
        """Take what became of an alert."""
        match event:
            case AlertPlanned():
                self._plan(event)
            case AlertSent():
                self.alerts[event.alert] = replace(self.alerts[event.alert], sent=event.at)
            case AlertRefused():
                self.alerts[event.alert] = replace(self.alerts[event.alert], refused=event.why)
            case AlertAcknowledged():
                for item in self.alerts[event.alert].planned.items:
                    self._answer(item, event.at, event.by)
            case AlertsReviewed():
                self.reviewed = event
            case _:
                self._hear(event)

    def _hear(self, event: Event) -> None:
        """Take what triage says: whoever decides an item, or sees to it, has been told."""
        match event:
            case Triaged():
                for one in event.findings:
                    kind = kind_of(one.category, one.clause)
                    self._answer(AlertItem(event.item, kind, one.severity), event.at, event.by)
            case Acknowledged() | Linked():
                for kind in POSTS:
                    gravest = self._gravest((event.item, kind)) or GRAVEST
                    self._answer(AlertItem(event.item, kind, gravest), event.at, event.by)
            case Suppressed():
                self.suppressions[event.suppression] = event
            case SuppressionEnded():
                self.suppressions.pop(event.suppression, None)
            case _:  # cases, holds and requests stand in the same book
                pass

    def _found(self, mail: str, findings: tuple[Finding, ...]) -> None:
        """Take the gravest finding of each kind; what is barely sure flags nothing."""
        for one in findings:
            if one.confidence is not Confidence.LOW:
                kind = kind_of(one.category, one.clause)
                self._await(AlertItem(mail, kind, one.severity))

    def _await(self, new: AlertItem) -> None:
        """Have somebody told, unless they were, or it was seen to, when it was as grave."""
        key = _key(new)
        known = max(self._gravest(key), self._answered.get(key, 0), self.least - 1)
        if new.severity > known:
            self._waiting[key] = new

    def _gravest(self, key: Key) -> int:
        """How grave something was at most, of what was told and what waits; 0 for neither."""
        waiting = (self._waiting[key].severity,) if key in self._waiting else ()
        return max((*waiting, *(one.severity for one in self._told.get(key, ()))), default=0)

    def _plan(self, event: AlertPlanned) -> None:
        self.alerts[event.alert] = Alert(event)
        self._left[event.alert] = set(map(_key, event.items))
        for item in event.items:
            telling = Telling(event.alert, event.to, event.post, item.severity)
            self._told.setdefault(_key(item), []).append(telling)
            waiting = self._waiting.get(_key(item))
            if waiting and waiting.severity <= item.severity:
                del self._waiting[_key(item)]

    def _answer(self, item: AlertItem, at: datetime, by: str) -> None:
        """Take it that somebody has seen to something, as grave as it was then."""
        key = _key(item)
        self._answered[key] = max(item.severity, self._answered.get(key, 0))
        waiting = self._waiting.get(key)
        if waiting and waiting.severity <= item.severity:
            del self._waiting[key]
        for told in self._told.get(key, ()):
            left = self._left[told.alert]
            if told.severity <= item.severity and key in left:
                left.remove(key)
                if not left:
                    self.alerts[told.alert] = replace(self.alerts[told.alert], answered=at, by=by)


def _key(item: AlertItem) -> Key:
    return (item.subject, item.what)
