"""Telling people what has to be told: planned on the ledger, mailed, and noted as sent.

It runs beside the conductor in a process of its own, so that a mail server that is slow or away
never holds up mail that comes in. Whatever fails is tried again, and the ledger knows how far it
was: see `archive/alert_events.py`.
"""

import fcntl
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING

import structlog

from archive.alert_events import AlertId, AlertItem, AlertRefused, AlertSent, AlertsReviewed
from archive.books import Book
from archive.ledger import LedgerMovedError
from cases.alerting import Planning
from cases.alerts import Alert, AlertBook
from cases.routing import SEALED, Concern, Routes, kind_of
from cases.sight import FLAGGED, participant
from cases.triage.items import Item, of_pattern, of_record
from cases.triage.state import State
from commands.alert_letter import letter_of
from commands.app import App
from commands.mailing import ATTEMPTS, NotMailedError, send
from commands.news import Herald
from commands.settings_routing import routes, terms
from people import Directory
from section9 import MailId, Record, Section9Error

if TYPE_CHECKING:
    from datetime import datetime

    from archive.books import Head
    from archive.events import Event
    from ingest.health import Check
    from search.index import Index

LOCK = "alerts.lock"
IGNORED = timedelta(days=1)  # an urgent alert without an answer
LOOK = timedelta(seconds=10)  # at least so often, for what has become due by the clock

log = structlog.get_logger()


def tell(app: App) -> None:
    """Tell of what is due, at the end of a command; what cannot be sent is sent by `serve`."""
    if not app.settings.alerts.smtp_host:
        return
    with alone(app) as ours:
        if ours:
            try:
                Teller(app).round(attempts=1)
            except Section9Error as error:
                why = error.reason if isinstance(error, NotMailedError) else type(error).__name__
                log.error("alert_not_sent", error=why)  # noqa: TRY400 - no traceback of mail


@contextmanager
def alone(app: App, *, patiently: bool = False) -> Iterator[bool]:
    """Tell whether no other process of this host sends alerts, and let none for the block.

    Patiently: wait for the other one.
    """
    with (app.data / LOCK).open("a") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | (0 if patiently else fcntl.LOCK_NB))
        except BlockingIOError:
            yield False
            return
        yield True  # the kernel frees it, however we end


@dataclass
class Teller:
    """Sends what is due, round after round."""

    app: App
    _book: AlertBook = field(init=False)
    _routes: Routes = field(init=False)
    _stuck: set[AlertId] = field(default_factory=set)
    _looked: "tuple[datetime, Head, Head] | None" = None
    _herald: Herald = field(init=False)

    def __post_init__(self) -> None:
        self._herald = Herald(self.app)
        self._book = AlertBook(self.app.ledger, self.app.settings.alerts.mail_from)
        self._routes = routes(self.app.settings, self.app.accounts)

    def round(self, *, digest: bool | None = None, attempts: int = ATTEMPTS) -> int:
        """Plan what is due and send it; say how many messages went. Raises `NotMailedError`.

        Nothing is read where nothing is new. `digest` says whether one goes; else the settings.
        """
        ledger, now = self.app.ledger, self.app.clock()
        looked = (now, ledger.head(Book.MAIL), ledger.head(Book.CASES))
        known = self._looked
        is_new = known is None or known[1:] != looked[1:] or known[1].number > self._book.through
        if digest is not None or known is None or is_new or now >= known[0] + LOOK:
            self._plan(digest=digest)
            self._looked = looked
        return self._send(attempts) + self._herald.send(attempts)

    def _plan(self, *, digest: bool | None) -> None:
        """Decide on the ledger as it is; again, if somebody writes to it meanwhile."""
        with closing(self.app.engine.read()) as index:
            through = _applied(index)
            while True:
                self._book.refresh(through=through)
                planning = self._planning(index)
                events = planning.decide(digest=digest)
                for subject in planning.gone:
                    self._book.forget(subject)
                try:
                    self.app.ledger.append(Book.CASES, events, after=self._book.head)
                except LedgerMovedError:
                    continue
                break
        self._book.refresh(through=through)
        if any(isinstance(event, AlertsReviewed) for event in events):  # news go with the digest
            self._herald.plan()

    def _planning(self, index: "Index") -> Planning:
        concerns = Concerns(index, Directory(self.app.people_path), self._book)
        return Planning(
            book=self._book,
            now=self.app.clock(),
            terms=terms(self.app.settings.alerts),
            routes=self._routes,
            concerns=concerns.of,
            by=self.app.actor,
            stuck=self._stuck,
        )

    def _send(self, attempts: int) -> int:
        sent = 0
        for alert in self._book.unsent():
            try:
                message = letter_of(self.app.settings.alerts, alert.planned)
                send(self.app.settings.alerts, message, attempts=attempts)
            except NotMailedError as error:
                if not error.refused:
                    raise
                self._note(AlertRefused(self.app.clock(), self.app.actor, alert.id, error.reason))
                continue
            self._note(AlertSent(self.app.clock(), self.app.actor, alert.id))
            sent += 1
        return sent

    def _note(self, event: "Event") -> None:
        self.app.ledger.append(Book.CASES, (event,))
        self._book.refresh(through=self._book.through)
        log.info(event.kind, alert=getattr(event, "alert", ""))


@dataclass(frozen=True, slots=True)
class Concerns:
    """Says whom something concerns, and at which school."""

    index: "Index"
    directory: Directory
    book: AlertBook

    def of(self, item: AlertItem) -> Concern | None:
        """Whom it concerns; None where it is no more, or triage keeps quiet about it."""
        if pattern := self.book.patterns.get(item.subject):
            whole = of_pattern(pattern, since=pattern.at)
            return None if self._is_quiet(whole, item) else self._concern(item, whole, ())
        record = self.index.get(MailId(item.subject))
        if record is None:
            return None
        people = frozenset(people_of(record))
        if item.what == SEALED:
            return Concern(SEALED, people, self._school((), people))
        known = of_record(record, {})
        if known is None or self._is_quiet(known, item):
            return None
        return self._concern(item, known, people)

    def _concern(self, item: AlertItem, known: Item, people: Iterable[str]) -> Concern:
        everybody = known.people.union(people)
        return Concern(item.what, everybody, self._school((known.sender,), everybody))

    def _is_quiet(self, known: Item, item: AlertItem) -> bool:
        state = State(suppressions=self.book.suppressions)
        return all(
            state.quiet(known, one)
            for one in known.findings
            if kind_of(one.category, one.clause) == item.what
        )

    def _school(self, first: tuple[str, ...], people: frozenset[str]) -> str:
        """The school of the first of some people who has one; else the one school of all others."""
        for address in first:
            if (person := self.directory.person(address)) and person.school:
                return person.school
        known = filter(None, map(self.directory.person, people))
        schools = {person.school for person in known if person.school}
        return schools.pop() if len(schools) == 1 else ""


def people_of(record: Record) -> Iterator[str]:
    """Every address that took part in a message, as its header, servers and mailboxes say."""
    parsed = record.parsed
    for people in (parsed.from_, parsed.to, parsed.cc, parsed.bcc, parsed.reply_to):
        yield from (one.address.lower() for one in people)
    for copy in record.sightings:
        yield from (one.address.lower() for one in copy.recipients)
        yield from filter(None, (copy.sender.lower(), copy.on_behalf_of.lower(), copy.mailbox))


def _applied(index: "Index") -> int:
    """The segment of the mail book up to which the index has them all."""
    first = next(iter(index.applied()), range(0))
    return first[-1] if first and first[0] == 1 else 0


def book_of(app: App) -> AlertBook:
    """What was told to whom, and answered; what waits is read by the `Teller` alone."""
    book = AlertBook(app.ledger, app.settings.alerts.mail_from)
    book.refresh(through=0)
    return book


def without_own(app: App, book: AlertBook, alerts: list[Alert]) -> list[Alert]:
    """Leave out the alerts that concern whoever asks."""
    own = app.accounts.addresses(app.actor)
    if not own:
        return alerts
    mine: set[str] = set(app.index.ids(participant(tuple(sorted(own)))))
    mine |= {one.pattern for one in book.patterns.values() if not own.isdisjoint(one.people)}
    return [one for one in alerts if not any(item.subject in mine for item in one.planned.items)]


def examine(app: App) -> "Check":
    """Whether alerts reach somebody, as `doctor` and `status` say it."""
    from ingest import health

    if not app.settings.alerts.smtp_host:
        return health.alerts_unsent(len(book_of(app).waiting()), app.index.count(FLAGGED))
    book, now = book_of(app), app.clock()
    opened = [alert for alert, _ in book.open()]
    return health.alerts(
        nobody=sum(alert.state == "nobody" for alert in opened),
        unsent=max((now - one.planned.at for one in book.unsent()), default=None),
        ignored=sum(
            bool(alert.planned.urgent and alert.sent and now - alert.sent > IGNORED)
            for alert in opened
        ),
        vacant=[post.value for post in routes(app.settings, app.accounts).empty],
    )
