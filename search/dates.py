"""Dates as a query writes them, in UTC: a year, a month, a week, a day or a moment.

`2026`, `2026-03`, `2026-W12` (ISO 8601: from Monday on), `2026-03-09`, `2026-03-09T10:30`.
"""

import re
from datetime import UTC, datetime, timedelta

_SHAPE = re.compile(
    r"(\d{4})(?:-(\d{2})(?:-(\d{2})(?:T(\d{2}):(\d{2})(?::(\d{2})(?:\.(\d{6}))?)?)?)?)?", re.ASCII
)
_WEEK = re.compile(r"(\d{4})-[Ww](\d{2})", re.ASCII)
_LONGEST_MONTH = timedelta(days=31)


def period(text: str) -> tuple[datetime, datetime]:
    """Give the first moment of a written date and the first moment after it.

    Raises `ValueError` where no calendar has the date.
    """
    if week := _WEEK.fullmatch(text):
        monday = datetime.fromisocalendar(int(week[1]), int(week[2]), 1).replace(tzinfo=UTC)
        return monday, monday + timedelta(days=7)
    match = _SHAPE.fullmatch(text)
    if match is None:
        raise ValueError(text)
    given = [int(number) for number in match.groups() if number is not None]
    filled = given + [1, 1, 1, 0, 0, 0, 0][len(given) :]
    year, month, day, hour, minute, second, fraction = filled
    start = datetime(year, month, day, hour, minute, second, fraction, tzinfo=UTC)
    return start, _end(start, precision=len(given))


def stamp(moment: datetime) -> str:
    """Write a moment as a value: such values are in the order of time."""
    return moment.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="microseconds")


def _end(start: datetime, *, precision: int) -> datetime:
    """Add one of the smallest unit written: 1 a year, 2 a month, 3 a day, 5 a minute."""
    match precision:
        case 1:
            return start.replace(year=start.year + 1)
        case 2:
            return (start + _LONGEST_MONTH).replace(day=1)
        case 3:
            return start + timedelta(days=1)
        case 5:
            return start + timedelta(minutes=1)
        case 6:
            return start + timedelta(seconds=1)
    return start + timedelta(microseconds=1)
