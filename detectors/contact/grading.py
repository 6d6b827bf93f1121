"""How sure and how grave forbidden contact is. Pure: who, by what address, when and what was said.

A sign is worth a step or two (`wording`). One more where something of another kind is said too,
one more by a private address; one less where a parent or a colleague got it, one less to a class,
one less in quoted text. One step is low, two medium, three high. Where nobody knows who the two
are, nothing is more than medium.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from detectors.contact.pairs import Contact, Known
from detectors.contact.phrases import AFFECTION, EXCHANGE, MEETING, SECRECY
from detectors.contact.wording import STRONG, Reading, Sign
from section9 import Confidence, RuleId

GRAVITY: dict[RuleId, int] = {SECRECY: 4, MEETING: 4, AFFECTION: 3, EXCHANGE: 3}
ADDRESS_GRAVITY = 3
_LEAST, _MOST = 1, 5
_LATE, _EARLY = 22, 6  # hours of the clock, UK
_MANY_KINDS = 3
_SURE = {1: Confidence.LOW, 2: Confidence.MEDIUM}


@dataclass(frozen=True, slots=True)
class Grade:
    """How sure, how grave, and why."""

    confidence: Confidence
    severity: int  # 1 to 5
    why: str


@dataclass(frozen=True, slots=True)
class Circumstances:
    """What a message is, apart from the single sign."""

    met: Contact
    late: bool
    kinds: int  # of signs in the whole message

    @property
    def private(self) -> bool:
        """Whether either side uses a private address, but for a student who writes to a school."""
        return any(one.private for one in self.met.adults) or (
            self.met.by_adult and any(one.private for one in self.met.children)
        )

    @property
    def seen(self) -> int:
        """How many kinds of others saw it: a class, a parent or a colleague."""
        return self.met.watched + self.met.group


def of_sign(sign: Sign, around: Circumstances, *, quoted: bool) -> Grade | None:
    """Grade what was said between the two sides; None where nothing is left of it."""
    shy = not around.met.by_adult and sign.rule == AFFECTION  # a child's thanks are warm
    steps = sign.worth + (around.kinds > 1) + around.private - around.seen - quoted - shy
    weak = sign.worth < STRONG
    severity = GRAVITY[sign.rule] + (around.kinds >= _MANY_KINDS) - weak - quoted
    how = "; by a private address" if around.private else ""
    return _grade(steps, severity, sign.why + how, around)


def of_address(around: Circumstances) -> Grade | None:
    """Grade the address alone: None where both use the trust's."""
    met = around.met
    if not (around.private or met.sender.private):
        return None
    linked = any(one.known is Known.NAME for one in (met.sender, *met.reached) if one.private)
    steps = 1 + 2 * around.private - linked * around.private - around.seen
    adult = any(one.private for one in met.adults)
    why = f"the {'adult' if adult else 'student'} uses a private address"
    told = "; it is linked by its name alone" if linked else ""
    return _grade(steps, ADDRESS_GRAVITY + adult - linked, why + told, around)


def of_notice(*, known: bool) -> Grade:
    """Grade the notice of a social network, by whether it names somebody of the other side."""
    if known:
        why = "a social network tells of contact between staff and a student"
        return Grade(Confidence.HIGH, 4, why)
    return Grade(Confidence.LOW, 1, "a social network tells of contact with somebody not known")


def unknown(sign: Sign, reading: Reading) -> Grade | None:
    """Grade what is said between people of whom one or both are not known."""
    if sign.worth < STRONG:
        return None
    sure = Confidence.MEDIUM if reading.to_pupil else Confidence.LOW
    why = "it reads as if to a student" if reading.to_pupil else "nobody knows who the two are"
    severity = GRAVITY[sign.rule] - (0 if reading.to_pupil else 2)
    return Grade(sure, severity, f"{sign.why}; {why}")


def _grade(steps: int, severity: int, why: str, around: Circumstances) -> Grade | None:
    """Put the steps and what everything in the message shares together."""
    if steps < 1:
        return None
    grave = severity + around.late - around.seen - (not around.met.by_adult)
    words = [why, _who(around.met), *_circumstances(around)]
    return Grade(
        _SURE.get(steps, Confidence.HIGH), min(_MOST, max(_LEAST, grave)), "; ".join(words)
    )


def _who(met: Contact) -> str:
    """Say which way it went; names nobody."""
    return "an adult of the trust to a student" if met.by_adult else "a student to an adult"


def _circumstances(around: Circumstances) -> Sequence[str]:
    told = {
        "other signs beside it": around.kinds > 1,
        "late at night": around.late,
        "to a class or a group": around.met.group,
        "a parent or a colleague got it too": around.met.watched,
    }
    return [words for words, true in told.items() if true]


def is_late(sent: datetime | None) -> bool:
    """Tell whether a message was sent between 22:00 and 06:00, UK time."""
    if sent is None:
        return False
    hour = uk_time(sent).hour
    return hour >= _LATE or hour < _EARLY


def uk_time(sent: datetime) -> datetime:
    """Return a moment as UK clocks show it."""
    utc = sent.astimezone(UTC)
    return utc + timedelta(hours=_is_summer(utc))


def _is_summer(utc: datetime) -> bool:
    """Whether UK clocks are forward: from 01:00 UTC on the last Sundays of March to October."""
    start, end = (_last_sunday(utc.year, month) for month in (3, 10))
    return start <= utc < end


def _last_sunday(year: int, month: int) -> datetime:
    """Return 01:00 UTC on the last Sunday of a month of 31 days (Summer Time Order 2002)."""
    last = date(year, month, 31)
    day = last - timedelta(days=(last.weekday() + 1) % 7)
    return datetime(day.year, day.month, day.day, 1, tzinfo=UTC)
