"""Personal data breaches, as a fold over the `cases` book: the Article 33(5) register. Pure.

What a breach is at any moment are the acts about it, oldest first. Nothing is overwritten: a
correction is a further act, and the latest stands.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import ClassVar, TypeVar, get_args

from archive.breach_events import (
    BreachAnswered,
    BreachAware,
    BreachClosed,
    BreachDecided,
    BreachEvent,
    BreachId,
    BreachNotified,
    BreachOpened,
    PeopleNotTold,
    PeopleTold,
    Phase,
    Question,
    Verdict,
)
from archive.events import Event
from cases.deadlines import is_late, left, notify_by
from section9 import CaseId, MailId, Section9Error

Kind = TypeVar("Kind")
_EVENTS = get_args(BreachEvent)


class State(StrEnum):
    """Where a breach stands."""

    ASSESSING = "assessing"  # nobody has decided yet whether to notify
    TO_NOTIFY = "to-notify"  # it was decided to, and nothing was sent
    NOTIFIED = "notified"
    RECORDED = "recorded"  # it was decided not to notify
    CLOSED = "closed"


class BreachUnknownError(Section9Error):
    """No breach has this name, or none that this account may know of."""

    exit_code: ClassVar[int] = 2

    def __init__(self, breach: str) -> None:
        super().__init__(f"no breach {breach!r}: `section9 breach status` lists them")


class BreachRefusedError(Section9Error):
    """An act on a breach that cannot be recorded; the message says what is wrong with it."""

    exit_code: ClassVar[int] = 11


@dataclass(frozen=True, slots=True)
class Breach:
    """One breach: what was done about it, oldest first; the first act opened it."""

    acts: tuple[BreachEvent, ...]

    @property
    def opened(self) -> BreachOpened:
        """How it began."""
        return self._all(BreachOpened)[0]

    @property
    def id(self) -> BreachId:
        """`B-0001`."""
        return self.opened.breach

    @property
    def case(self) -> CaseId:
        """The case whose authority opens its mail."""
        return self.opened.case

    @property
    def mails(self) -> tuple[MailId, ...]:
        """The messages that it consists of."""
        return self.opened.mails

    @property
    def awareness(self) -> tuple[BreachAware, ...]:
        """When the trust became aware, and every correction; the last stands."""
        return self._all(BreachAware)

    @property
    def aware(self) -> datetime:
        """From when the 72 hours run."""
        return self.awareness[-1].aware

    @property
    def notify_by(self) -> datetime:
        """When they end."""
        return notify_by(self.aware)

    @property
    def answers(self) -> Mapping[Question, str]:
        """The latest answer to each question that was answered."""
        return {one.question: one.answer for one in self._all(BreachAnswered)}

    @property
    def decisions(self) -> tuple[BreachDecided, ...]:
        """Every decision whether to notify; the last stands."""
        return self._all(BreachDecided)

    @property
    def decided(self) -> BreachDecided | None:
        """The decision that stands."""
        return self.decisions[-1] if self.decisions else None

    @property
    def notified(self) -> tuple[BreachNotified, ...]:
        """What was sent to the Commissioner, the initial report first."""
        return self._all(BreachNotified)

    @property
    def told(self) -> tuple[PeopleTold, ...]:
        """Each time that people concerned were told."""
        return self._all(PeopleTold)

    @property
    def not_told(self) -> tuple[PeopleNotTold, ...]:
        """Each decision that they need not be."""
        return self._all(PeopleNotTold)

    @property
    def closed(self) -> BreachClosed | None:
        """How it ended; None while it goes on."""
        ended = self._all(BreachClosed)
        return ended[-1] if ended else None

    @property
    def state(self) -> State:
        """Where it stands."""
        if self.closed:
            return State.CLOSED
        if self.notified:
            return State.NOTIFIED
        if self.decided is None:
            return State.ASSESSING
        return State.TO_NOTIFY if self.decided.verdict is Verdict.NOTIFY else State.RECORDED

    @property
    def taken(self) -> timedelta | None:
        """How long after awareness the initial report went out; None while none did."""
        return self.notified[0].sent - self.aware if self.notified else None

    @property
    def late(self) -> bool:
        """Tell whether the initial report went out after the 72 hours."""
        return bool(self.notified) and is_late(self.aware, self.notified[0].sent)

    @property
    def delay(self) -> str:
        """Why it took more than 72 hours, as was said with the first report; else empty."""
        return self.notified[0].delay if self.notified else ""

    @property
    def next_phase(self) -> Phase:
        """Which report comes next."""
        return Phase.FURTHER if self.notified else Phase.INITIAL

    def left(self, now: datetime) -> timedelta | None:
        """What is left of the 72 hours; None where they no longer run."""
        runs = self.state in {State.ASSESSING, State.TO_NOTIFY}
        return left(self.aware, now) if runs else None

    def _all(self, kind: type[Kind]) -> tuple[Kind, ...]:
        return tuple(act for act in self.acts if isinstance(act, kind))


Breaches = dict[BreachId, Breach]


def fold(events: Iterable[Event]) -> Breaches:
    """Breaches from the events that made them, in the order of the book."""
    acts: dict[BreachId, list[BreachEvent]] = {}
    for event in events:
        if isinstance(event, _EVENTS):
            acts.setdefault(event.breach, []).append(event)
    return {name: Breach(tuple(done)) for name, done in acts.items()}


def find(breaches: Breaches, name: str) -> Breach:
    """One breach by its name. Raises `BreachUnknownError`."""
    found = breaches.get(BreachId(name.upper()))
    if found is None:
        raise BreachUnknownError(name)
    return found


def fault_of(act: BreachEvent, breach: Breach) -> str:
    """Say what is wrong with a further act on a breach; empty where nothing is."""
    if breach.closed:
        return f"{breach.id} is closed: what has come to light since is another `breach open`"
    match act:
        case BreachAware():
            return _fault_of_awareness(act, breach)
        case BreachNotified():
            return _fault_of_notification(act, breach)
        case PeopleTold():
            return _in_the_future(act.sent, act.at) or _nobody(act.people)
        case BreachClosed():
            return _unfinished(breach) or _unsaid(act.reason)
    return _unsaid(_said(act))


def _said(act: BreachAnswered | BreachDecided | PeopleNotTold | BreachOpened) -> str:
    match act:
        case BreachAnswered():
            return act.answer
        case BreachOpened():
            return act.breach
    return act.reason


def _unsaid(words: str) -> str:
    return "" if words.strip() else "nothing is said: give the words"


def _fault_of_awareness(act: BreachAware, breach: Breach) -> str:
    if breach.awareness and not act.reason.strip():
        return "the moment of awareness is on record: say why it is corrected with --reason"
    return _in_the_future(act.aware, act.at)


def _fault_of_notification(act: BreachNotified, breach: Breach) -> str:
    if breach.decided is None or breach.decided.verdict is not Verdict.NOTIFY:
        return f"nobody decided to notify: `section9 breach decide {breach.id}` comes first"
    if act.sent < breach.aware:
        return "it would have been sent before anybody was aware: correct one of the two"
    if act.phase is Phase.INITIAL and is_late(breach.aware, act.sent) and not act.delay.strip():
        return "it was sent after the 72 hours: give the reasons with --delay (Article 33(1))"
    return _in_the_future(act.sent, act.at)


def _in_the_future(moment: datetime, now: datetime) -> str:
    return "that moment is in the future: give one that has come" if moment > now else ""


def _nobody(people: int) -> str:
    return "" if people > 0 else "nobody was told: give the number of people"


def _unfinished(breach: Breach) -> str:
    """Say what has to be done before a breach is closed."""
    match breach.state:
        case State.ASSESSING:
            return f"nobody has decided: `section9 breach decide {breach.id}` comes first"
        case State.TO_NOTIFY:
            return f"it is to be notified: `section9 breach notify {breach.id}` comes first"
        case State.NOTIFIED if not (breach.told or breach.not_told):
            return (
                "whether the people concerned were told is not on record: "
                f"`section9 breach tell {breach.id}` comes first (Article 34)"
            )
    return ""
