"""What patterns are decided on: the messages between people, each weighed by itself. Pure.

A pattern follows from the set of its messages alone, never from the order in which they came.
"""

from collections import Counter
from collections.abc import Container, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import NewType

from detectors.contract import Rule
from section9 import Confidence, MailId, RuleId

SchoolYear = NewType("SchoolYear", int)
"""By the year in which it begins, on 1 September."""
_FIRST_MONTH = 9
_SURE = {1: Confidence.LOW, 2: Confidence.MEDIUM}
_LEAST, _GRAVEST = 1, 5


@dataclass(frozen=True, slots=True)
class Sign:
    """What a detector found in a message, quoted text left out."""

    rule: RuleId
    severity: int
    confidence: Confidence
    read: bool = False  # by the transformer: no phrase of ours says it


@dataclass(frozen=True, slots=True)
class Passed:
    """One message, as it passed from one person to another."""

    mail: MailId
    sent: datetime
    by: str  # an address of the person, always the same one
    to: str
    signs: tuple[Sign, ...] = ()
    reached: int = 1  # how many people it went to
    watched: bool = False  # a parent or a colleague of the adult got it too
    private: bool = False  # by an address that is none of the trust's, of either side
    linked: bool = False  # whose address it is shows by its name or the reply chain alone
    laughs: bool = False

    @property
    def alone(self) -> bool:
        """Whether it passed between the two and nobody else."""
        return self.reached == 1 and not self.watched


@dataclass(frozen=True, slots=True)
class Pattern:
    """What some messages make together."""

    rule: Rule
    severity: int  # 1 (note) to 5 (act now)
    confidence: Confidence
    people: tuple[str, ...]  # whoever does it, then whom it befalls
    messages: tuple[Passed, ...]  # that make it, oldest first
    why: str


def school_year(sent: datetime) -> SchoolYear:
    """Tell in which school year something was sent."""
    utc = sent.astimezone(UTC)
    return SchoolYear(utc.year if utc.month >= _FIRST_MONTH else utc.year - 1)


def year_span(year: SchoolYear) -> tuple[datetime, datetime]:
    """Return when a school year begins, and when the next one does."""
    return datetime(year, _FIRST_MONTH, 1, tzinfo=UTC), datetime(
        year + 1, _FIRST_MONTH, 1, tzinfo=UTC
    )


def in_order(history: Iterable[Passed]) -> list[Passed]:
    """Put messages in the one order that does not depend on how they came."""
    return sorted(history, key=lambda one: (one.sent, one.mail, one.by, one.to))


def runs(messages: Sequence[Passed], *, gap: timedelta) -> Iterator[list[Passed]]:
    """Part messages, in order, wherever longer than `gap` nothing came."""
    run: list[Passed] = []
    for one in messages:
        if run and one.sent - run[-1].sent > gap:
            yield run
            run = []
        run.append(one)
    if run:
        yield run


def confidence(steps: int) -> Confidence:
    """One step or less is low, two medium, three or more high."""
    return _SURE.get(max(1, steps), Confidence.HIGH)


def severity(grave: int) -> int:
    """Keep a severity within 1 to 5."""
    return min(_GRAVEST, max(_LEAST, grave))


def told(counts: Counter[str]) -> str:
    """Say how many messages are what: `4 belittling, 1 frightening`."""
    return ", ".join(f"{count} {what}" for what, count in sorted(counts.items()) if count)


def by_model(messages: Sequence[Passed], rules: Container[RuleId]) -> str:
    """Say in how many messages a model alone sees what there is of some rules; empty for none."""
    signs = ([sign for sign in one.signs if sign.rule in rules] for one in messages)
    count = sum(bool(some) and all(sign.read for sign in some) for some in signs)
    return f"{count} of them only as a model reads them" if count else ""


def over(messages: Sequence[Passed]) -> str:
    """Say how many messages, and over how many days."""
    days = (messages[-1].sent.date() - messages[0].sent.date()).days + 1
    return (
        f"{len(messages)} messages over {days} days"
        if days > 1
        else (f"{len(messages)} messages on one day")
    )
