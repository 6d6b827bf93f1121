"""Days on which nobody works, in England and Wales. Pure.

The Banking and Financial Dealings Act 1971, Schedule 1, with New Year's Day, Good Friday, the
early May and Christmas holidays; a holiday that falls on a weekend moves to the next weekday that
is none. Days proclaimed for one year only are not known here, and a deadline that falls on such a
day is kept a day early.
"""

from datetime import date, timedelta
from functools import cache

DAY = timedelta(days=1)
MONDAY, SATURDAY = 0, 5


def is_working(day: date) -> bool:
    """Tell whether it is neither a weekend nor a bank holiday."""
    return day.weekday() < SATURDAY and day not in holidays(day.year)


def next_working(day: date) -> date:
    """The day itself where it is a working day, else the first after it."""
    while not is_working(day):
        day += DAY
    return day


@cache
def holidays(year: int) -> frozenset[date]:
    """The bank holidays of a year."""
    easter = easter_sunday(year)
    moved = (date(year, 1, 1), date(year, 12, 25), date(year, 12, 26))
    taken = {
        easter - 2 * DAY,
        easter + DAY,
        _monday_from(date(year, 5, 1)),
        _monday_from(date(year, 5, 25)),
        _monday_from(date(year, 8, 25)),
    }
    for day in moved:
        taken.add(_free(day, taken))
    return frozenset(taken)


def _free(day: date, taken: set[date]) -> date:
    """The day itself, or the first weekday after it that is no holiday already."""
    while day.weekday() >= SATURDAY or day in taken:
        day += DAY
    return day


def easter_sunday(year: int) -> date:
    """Easter by the Gregorian calendar (Meeus, *Astronomical Algorithms*, chapter 8)."""
    a, b, c = year % 19, year // 100, year % 100
    h = (19 * a + b - b // 4 - (b - (b + 8) // 25 + 1) // 3 + 15) % 30
    weekday = (32 + 2 * (b % 4) + 2 * (c // 4) - h - c % 4) % 7
    m = (a + 11 * h + 22 * weekday) // 451
    month, day = divmod(h + weekday - 7 * m + 114, 31)
    return date(year, month, day + 1)


def _monday_from(day: date) -> date:
    return day + (MONDAY - day.weekday()) % 7 * DAY
