"""Retention: how long mail is kept. Pure decisions: values and a clock reading in.

Periods stand in `[retention]` of the settings. Sources: UK GDPR Article 5(1)(e) (no longer than
needed); the IRMS toolkit for schools and the DfE's data protection toolkit (child protection: 25
years from birth); clause 5.5 of the policy (web logs: six months). Where several classes fit a
message, the longest period wins.
"""

import calendar
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from typing import ClassVar

from section9 import (
    Confidence,
    Finding,
    Person,
    PersonRole,
    Record,
    RuleId,
    Section9Error,
    Source,
)

UNUSUAL = timedelta(days=31)
"""A clock that has moved on by more since the ledger last heard of it may have been set."""


class RetentionClass(StrEnum):
    """What decides how long something is kept."""

    SAFEGUARDING = "safeguarding"
    STUDENT = "student"
    STAFF = "staff"
    ORDINARY = "ordinary"
    WEB_LOG = "web-log"


FILE_RULE = RuleId("safeguarding-file")


@dataclass(frozen=True, slots=True)
class Policy:
    """The periods: months from when the message came, and years from a child's birth."""

    ordinary: int = 12
    staff: int = 12
    student: int = 12
    web_log: int = 6
    safeguarding: int = 25  # years from birth
    safeguarding_clauses: frozenset[str] = frozenset({"6.2", "6.4", "7.2", "7.4", "8"})

    def months(self, kind: RetentionClass) -> int:
        """The period of a class that runs from the message."""
        match kind:
            case RetentionClass.STUDENT:
                return self.student
            case RetentionClass.STAFF:
                return self.staff
            case RetentionClass.WEB_LOG:
                return self.web_log
            case RetentionClass.SAFEGUARDING:
                return self.safeguarding * 12
        return self.ordinary

    @property
    def shortest(self) -> int:
        """Months before which nothing is ever due."""
        return min(self.ordinary, self.staff, self.student, self.web_log)


@dataclass(frozen=True, slots=True)
class Facts:
    """All that retention looks at in a message."""

    began: datetime  # when its period begins
    roles: frozenset[PersonRole]  # of the people of the trust who took part
    births: tuple[date, ...]  # of the students among them, where known
    clauses: frozenset[str]  # of what was found in it, and more than barely
    safeguarding_case: bool  # in the scope of a safeguarding case, or speaks of such a file


@dataclass(frozen=True, slots=True)
class Due:
    """When a message may go, and by which rule."""

    kind: RetentionClass
    on: datetime
    rule: str


class ClockError(Section9Error):
    """The clock cannot be believed, so nothing is deleted by it."""

    exit_code: ClassVar[int] = 14


def facts(
    record: Record, *, person: Callable[[str], Person | None], safeguarding_case: bool
) -> Facts:
    """Take out of a record what decides; `person` knows the trust's people by address."""
    people = [found for address in addresses(record) if (found := person(address))]
    students = [one for one in people if one.role is PersonRole.STUDENT]
    return Facts(
        began=began(record),
        roles=frozenset(one.role for one in people),
        births=tuple(one.date_of_birth for one in students if one.date_of_birth),
        clauses=frozenset(one.clause for one in record.findings if not _barely(one)),
        safeguarding_case=safeguarding_case or any(map(_of_a_file, record.findings)),
    )


def _barely(finding: Finding) -> bool:
    """Whether a detector is so unsure that 25 years would be kept on a guess."""
    return finding.confidence is Confidence.LOW


def _of_a_file(finding: Finding) -> bool:
    """Whether a finding speaks of a child-protection file; there even a guess keeps."""
    return finding.rule == FILE_RULE


def began(record: Record) -> datetime:
    """When a message's period begins: when it came, or, where nobody knows, when it was dated.

    A sender may write any Date; what a mail server says of the arrival cannot be backdated.
    """
    told = [one.arrived for one in record.sightings if one.arrived]
    told += [one.seen for one in record.sightings if one.source is Source.SMTP]
    first = min(told, default=None)
    if first and record.date:
        return max(first, record.date)
    return first or record.date or min(one.seen for one in record.sightings)


def due(facts: Facts, policy: Policy) -> Due:
    """When a message may go: the latest of all the classes that fit it."""
    return max((_due(kind, facts, policy) for kind in _classes(facts, policy)), key=_latest)


def _latest(one: Due) -> datetime:
    return one.on


def _classes(facts: Facts, policy: Policy) -> Iterable[RetentionClass]:
    yield RetentionClass.ORDINARY
    if PersonRole.STAFF in facts.roles:
        yield RetentionClass.STAFF
    if PersonRole.STUDENT in facts.roles:
        yield RetentionClass.STUDENT
    if facts.safeguarding_case or facts.clauses & policy.safeguarding_clauses:
        yield RetentionClass.SAFEGUARDING


def _due(kind: RetentionClass, facts: Facts, policy: Policy) -> Due:
    months = policy.months(kind)
    if kind is not RetentionClass.SAFEGUARDING:
        return Due(kind, later(facts.began, months), f"{kind}, {months} months")
    if facts.births:
        birth = datetime.combine(max(facts.births), time(), UTC)  # of the youngest child
        rule = f"{kind}, {policy.safeguarding} years from the birth of a child in it"
        return Due(kind, max(later(birth, months), facts.began), rule)
    # No child is known by a date of birth. Whoever it is about was born before it was written.
    return Due(kind, later(facts.began, months), f"{kind}, {policy.safeguarding} years")


def later(moment: datetime, months: int) -> datetime:
    """Some months on; the last of the month where the day does not exist."""
    years, month = divmod(moment.month - 1 + months, 12)
    year = moment.year + years
    day = min(moment.day, calendar.monthrange(year, month + 1)[1])
    return moment.replace(year=year, month=month + 1, day=day)


def addresses(record: Record) -> set[str]:
    """Everybody who wrote a message, was sent it or had it, as far as any copy tells."""
    parsed = record.parsed
    found = {one.address for one in (*parsed.from_, *parsed.to, *parsed.cc, *parsed.bcc)}
    for copy in record.sightings:
        found |= {copy.mailbox, copy.sender, *(one.address for one in copy.recipients)}
    return found - {""}


def check_clock(
    now: datetime, *, last: datetime | None, ran: datetime | None, confirmed: bool
) -> None:
    """Refuse to delete by a clock that runs behind the ledger, or that has leapt ahead.

    `last` is the ledger's last moment, `ran` that of the last retention run (before the first, of
    the ledger): an event that is written under a wrong clock vouches for nothing. `confirmed`
    says that somebody has looked and the clock is right. Raises `ClockError`.
    """
    if last and now < last:
        raise ClockError(
            f"the clock says {now:%Y-%m-%d %H:%M} and the ledger has seen {last:%Y-%m-%d %H:%M} "
            "UTC: nothing was purged; set the clock right and run this again"
        )
    if ran and now - ran > UNUSUAL and not confirmed:
        raise ClockError(
            f"the clock says {now:%Y-%m-%d}, {(now - ran).days:,} days after retention last ran: "
            "nothing was purged; where the clock is right, add --clock-is-right"
        )
