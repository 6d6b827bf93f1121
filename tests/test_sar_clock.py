"""The month of a subject access request, as the ICO's guidance counts it."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cases.sar_clock import Stop, corresponding, countdown, due
from cases.working_days import easter_sunday, holidays, is_working

DAYS = st.dates(date(2018, 5, 25), date(2090, 1, 1))


@pytest.mark.parametrize(
    ("received", "ends"),
    [
        ("2026-09-03", "2026-10-05"),  # 3 October is a Saturday
        ("2026-09-15", "2026-10-15"),
        ("2027-01-31", "2027-03-01"),  # 28 February is a Sunday
        ("2028-01-31", "2028-02-29"),  # a leap year
        ("2026-03-31", "2026-04-30"),
        ("2026-11-25", "2026-12-29"),  # Christmas, its substitute for a Saturday, the weekend
        ("2026-03-03", "2026-04-07"),  # Good Friday to Easter Monday
        ("2026-12-01", "2027-01-04"),  # New Year, then a weekend
    ],
)
def test_the_corresponding_date_or_the_next_working_day(received: str, ends: str) -> None:
    """Weekends and bank holidays move the end, and nothing else does."""
    assert date.fromisoformat(ends) == due(date.fromisoformat(received))


def test_an_extension_counts_three_months_from_the_start() -> None:
    """Not two from the first end, which may have been moved."""
    assert date(2026, 12, 3) == due(date(2026, 9, 3), extended=True)


def test_the_clock_stands_still_while_clarification_is_waited_for() -> None:
    """The days from asking to answer are added; none for one that came the same day."""
    stops = [Stop(date(2026, 9, 5), date(2026, 9, 8)), Stop(date(2026, 9, 9), date(2026, 9, 9))]

    assert date(2026, 10, 19) == due(date(2026, 9, 15), stops=stops)


@given(DAYS, st.booleans())
def test_the_end_is_a_working_day_soon_after_the_corresponding_one(
    received: date, extended: object
) -> None:
    """Never before it, and never more than a long weekend later."""
    end = due(received, extended=bool(extended))
    day = corresponding(received, 3 if extended else 1)

    assert is_working(end)
    assert timedelta(0) <= end - day <= timedelta(days=5)


@given(DAYS, st.integers(0, 24))
def test_a_corresponding_date_keeps_the_day_where_there_is_one(day: date, months: int) -> None:
    """Else it is the last of its month."""
    found = corresponding(day, months)

    assert found.day == day.day or (found + timedelta(days=1)).day == 1
    assert found.month == (day.month - 1 + months) % 12 + 1


@given(st.integers(1900, 2099))
def test_easter_is_a_sunday_in_spring_and_a_year_has_eight_holidays(year: int) -> None:
    """Two at Easter, three on Mondays, three at fixed dates, each on a day of its own."""
    easter = easter_sunday(year)

    assert (6, True) == (easter.weekday(), date(year, 3, 22) <= easter <= date(year, 4, 25))
    assert 8 == len(holidays(year))
    assert all(day.weekday() < 5 for day in holidays(year))


def test_the_holidays_of_2026_are_those_that_were_proclaimed() -> None:
    """As gov.uk lists them for England and Wales."""
    days = ("01-01", "04-03", "04-06", "05-04", "05-25", "08-31", "12-25", "12-28")

    assert {date.fromisoformat(f"2026-{day}") for day in days} == holidays(2026)


def test_the_clock_speaks_plainly() -> None:
    """Days left, today, overdue."""
    end = date(2026, 10, 5)

    said = [countdown(end, end - timedelta(days=left)) for left in (12, 1, 0, -1)]

    assert ["12 days left", "1 day left", "due today", "overdue by 1 day"] == said
