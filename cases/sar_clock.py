"""The month of a subject access request. Pure: days in, days and words out.

Article 12(3) and 12A UK GDPR, as the Commissioner's guidance counts them. The time begins on the
day of receipt, whether it is a working day or not; or on the day on which somebody's identity was
shown, where it had to be asked for. It ends on the corresponding date of the next month (of the
third, where it is extended by two), or on the last day of a month that has no such date. Where
that is a weekend or a bank holiday, the end is the next working day. While clarification was asked
for and had not come, the clock stood still: the days from asking to answer are added.
"""

from calendar import monthrange
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from cases.working_days import next_working

MONTHS, EXTENDED = 1, 3


@dataclass(frozen=True, slots=True)
class Stop:
    """A time for which the clock stood still; it still does while there is no end."""

    since: date
    until: date | None = None


def corresponding(day: date, months: int) -> date:
    """The same date some months later; the last day of a month that has none."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def due(started: date, *, stops: Iterable[Stop] = (), extended: bool = False) -> date:
    """The last day for the answer, as if a clock that stands still went on today's end."""
    end = corresponding(started, EXTENDED if extended else MONTHS)
    held = sum(((stop.until - stop.since) for stop in stops if stop.until), timedelta())
    return next_working(end + held)


def countdown(end: date, today: date) -> str:
    """Say how the clock stands: `12 days left`, `due today`, `overdue by 2 days`."""
    days = (end - today).days
    if not days:
        return "due today"
    many = f"{abs(days):,} day{'' if abs(days) == 1 else 's'}"
    return f"{many} left" if days > 0 else f"overdue by {many}"
