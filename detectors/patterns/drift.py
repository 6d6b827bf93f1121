"""Contact between an adult and a student over weeks (clauses 6.2 to 6.4). Pure.

What one message cannot show: that small things add up (a lift, a present, a compliment, a number
asked for and given), that mail moves from the class to one child, from the day to the night, from
the school's addresses to private ones, from the term into the holidays.

What is said in it is worth a point for each of the four kinds of sign, two where one message by
itself was more than barely sure, and one more where a kind comes again and again or passes both
ways. Here hints count too, which are nothing in one message. How it passes is worth a point each:
unasked in the evening or at the weekend, late at night, in the holidays, alone where it was with
others, more and more often, moved to a private address, by one again and again. Without anything
said, or a private address, how it passes is nothing: mail at night about a portfolio is ordinary.
One point is nothing, two are low, three medium, five high.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import chain

from detectors.contact.grading import is_late, uk_time
from detectors.contact.phrases import AFFECTION, EXCHANGE, MEETING, PERSONAL, SECRECY
from detectors.contract import Rule
from detectors.patterns.history import (
    Passed,
    Pattern,
    by_model,
    in_order,
    over,
    severity,
    told,
)
from section9 import Category, Confidence, RuleId

DRIFT = Rule(
    RuleId("contact-over-time"), 1, Category.STUDENT_CONTACT, "6.2", 3,
    "Contact between an adult and a student drifts from school matters",
    "How boundaries are moved: a little at a time, over weeks, in secret.",
)  # fmt: skip

ADDRESS = RuleId("personal-address")
SAID: Mapping[RuleId, str] = {
    AFFECTION: "flattering or giving",
    EXCHANGE: "exchanging contacts",
    MEETING: "arranging to meet or travel",
    SECRECY: "asking for secrecy",
    PERSONAL: "about nothing of school",
}
_GRAVE = frozenset({SECRECY, MEETING})
_LOW, _MEDIUM, _HIGH = 2, 3, 5  # points
_FEW, _HALF = 3, 0.5
_HINT = 1  # severity of what is nothing in one message
_SHARE = 1 / 8  # of messages, below which a hint in one may be chance
_OFTEN = 3  # messages with the same sign
_OPENS, _CLOSES = 7, 18  # hours of the clock, UK
_SATURDAY = 5
_ANSWER = timedelta(days=1)
_SOON = timedelta(days=21)
_RISES = 2  # times as many in the later half


@dataclass(frozen=True, slots=True)
class Course:
    """What passed between two people in a school year, in order."""

    messages: tuple[Passed, ...]
    adult: str
    holiday: Callable[[date], bool]

    @property
    def alone(self) -> tuple[Passed, ...]:
        """What passed between the two and nobody else."""
        return tuple(one for one in self.messages if one.alone)

    def unasked(self) -> tuple[Passed, ...]:
        """Return what the adult wrote to the student alone, out of hours, to no question."""
        answered = _Asked(self.messages, self.adult)
        return tuple(
            one
            for one in self.alone
            if one.by == self.adult
            and _is_leisure(one.sent, self.holiday)
            and not answered.before(one.sent)
        )

    def said(self) -> Mapping[RuleId, Sequence[Passed]]:
        """Return the messages with each kind of sign, where no parent or colleague watched."""
        unseen = [one for one in self.messages if not one.watched]
        found = {
            rule: [one for one in unseen if any(sign.rule == rule for sign in one.signs)]
            for rule in SAID
        }
        return {
            rule: having
            for rule, having in found.items()
            if _is_plain(rule, having) or len(having) >= max(1, _SHARE * len(unseen))
        }


def between(
    history: Iterable[Passed],
    *,
    adult: str,
    child: str,
    holiday: Callable[[date], bool] = lambda _day: False,
) -> Pattern | None:
    """Decide on what passed between an adult and a student in a school year, both ways."""
    course = Course(tuple(in_order(history)), adult, holiday)
    said = course.said()
    private = [one for one in course.alone if one.private and not one.linked]
    if not (said or private):
        return None
    unasked = course.unasked()
    ways = _ways(course)
    points = sum(_points(rule, having) for rule, having in said.items()) + len(ways)
    telling = in_order({*chain.from_iterable(said.values()), *private, *unasked})
    level = _level(points, telling, said)
    if level is None:
        return None
    grave = DRIFT.severity + bool(_GRAVE & said.keys()) + (points >= _HIGH) - (points < _MEDIUM)
    counts = Counter({SAID[rule]: len(having) for rule, having in said.items()})
    counted = f"{over(telling)}: {told(counts)}".rstrip(": ")
    why = "; ".join(filter(None, [counted, by_model(telling, SAID), *ways]))
    return Pattern(DRIFT, severity(grave), level, (adult, child), tuple(telling), why)


def _points(rule: RuleId, having: Sequence[Passed]) -> int:
    """Say what a kind of sign is worth, by how sure, how often and whether both do it."""
    sure = any(
        sign.rule == rule and sign.confidence is not Confidence.LOW
        for one in having
        for sign in one.signs
    )
    both = len({one.by for one in having}) > 1
    if rule == PERSONAL:  # one friendly word is nothing
        return min(_OFTEN, len(having)) if len(having) > 1 else 0
    return 1 + sure + (both or len(having) >= _OFTEN)


def _is_plain(rule: RuleId, having: Iterable[Passed]) -> bool:
    """Whether any sign of a kind is more than a hint."""
    signs = (sign for one in having for sign in one.signs if sign.rule == rule)
    return any(sign.severity > _HINT or sign.confidence is not Confidence.LOW for sign in signs)


def _level(
    points: int, telling: Sequence[Passed], said: Mapping[RuleId, Sequence[Passed]]
) -> Confidence | None:
    """Turn points into how sure; one message alone is for its own findings to tell."""
    if points < _LOW or len(telling) < 2:  # noqa: PLR2004 - a pattern takes more than one
        return None
    if points >= _HIGH and len(said) > 1:
        return Confidence.HIGH
    return Confidence.MEDIUM if points >= _MEDIUM else Confidence.LOW


def _ways(course: Course) -> list[str]:
    """Say how the mail passes that ordinary mail does not."""
    mine = [one for one in course.alone if one.by == course.adult]
    late = [one for one in mine if is_late(one.sent)]
    away = [one for one in mine if course.holiday(one.sent.date())]
    told = {
        "moved to a private address": _moved(course.messages),
        "again and again by a private address of the adult": len(_from_home(mine)) > 1,
        "unasked, in the evening or at the weekend": len(_days(course.unasked())) > 1,
        "late at night": len(_days(late)) > 1,
        "in the holidays": len(away) >= _FEW,
        "alone where it was with others": _narrows(course.messages),
        "later in the day than it was": _darkens(mine),
        "more and more often": _quickens(course.alone),
    }
    return [words for words, true in told.items() if true]


@dataclass(frozen=True, slots=True)
class _Asked:
    """When the student wrote to the adult: what follows within a day is an answer."""

    messages: tuple[Passed, ...]
    adult: str

    def before(self, sent: datetime) -> bool:
        """Tell whether the student wrote in the day before a moment."""
        return any(
            one.by != self.adult and timedelta() <= sent - one.sent <= _ANSWER
            for one in self.messages
        )


def _is_leisure(sent: datetime, holiday: Callable[[date], bool]) -> bool:
    """Whether a moment is outside what schools work: evenings, weekends, holidays."""
    uk = uk_time(sent)
    return not (_OPENS <= uk.hour < _CLOSES) or uk.weekday() >= _SATURDAY or holiday(uk.date())


def _days(messages: Iterable[Passed]) -> set[date]:
    return {one.sent.date() for one in messages}


def _from_home(mine: Sequence[Passed]) -> list[Passed]:
    """Return what the adult wrote by a private address that is known, or to one."""
    return [one for one in mine if one.private and not one.linked]


def _moved(messages: Sequence[Passed]) -> bool:
    """Whether it began by the school's addresses and went on by a private one."""
    private = [one.private for one in messages]
    return any(private) and not private[0]


def _narrows(messages: Sequence[Passed]) -> bool:
    """Whether the earlier half mostly had others in it, and the later half has none."""
    half = len(messages) // 2
    if half < _FEW:
        return False
    first, last = messages[:half], messages[-half:]
    others = sum(not one.alone for one in first)
    return others >= _HALF * half and all(one.alone for one in last)


def _darkens(mine: Sequence[Passed]) -> bool:
    """Whether the adult's later half comes late at night, and the earlier never did."""
    half = len(mine) // 2
    if half < 2:  # noqa: PLR2004 - one message is no habit
        return False
    first, last = mine[:half], mine[-half:]
    return not any(is_late(one.sent) for one in first) and (
        sum(is_late(one.sent) for one in last) >= _HALF * half
    )


def _quickens(alone: Sequence[Passed]) -> bool:
    """Whether the later half of the time holds twice as many messages as the earlier."""
    if len(alone) < 2 * _FEW or alone[-1].sent - alone[0].sent < _SOON:
        return False
    middle = alone[0].sent + (alone[-1].sent - alone[0].sent) / 2
    before = sum(one.sent <= middle for one in alone)
    return len(alone) - before >= _RISES * before
