"""The 72 hours of Article 33: hours that pass, whatever the calendar or the clock says."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cases.deadlines import UK, at_home, countdown, is_late, left, notify_by, uk_moment

HOURS = timedelta(hours=72)
MOMENTS = st.builds(
    datetime.fromtimestamp,
    st.integers(1_527_206_400, 4_070_908_800),  # from the day the Regulation applied, to 2099
    st.sampled_from([UTC, UK]),
)


@given(MOMENTS)
def test_exactly_72_hours_pass(aware: datetime) -> None:
    """Between any awareness and its deadline lie 72 hours, not three days on the wall."""
    assert HOURS == notify_by(aware) - aware.astimezone(UTC)


@given(MOMENTS, MOMENTS)
def test_what_is_left_decides_what_is_late(aware: datetime, now: datetime) -> None:
    """The moment itself is in time; the next is late, and the words agree."""
    late = is_late(aware, now)

    assert late == (left(aware, now) < timedelta(0))
    assert late == countdown(aware, now).startswith("overdue")


@given(st.lists(MOMENTS, min_size=2, max_size=5))
def test_later_awareness_never_ends_sooner(moments: list[datetime]) -> None:
    """Deadlines come in the order of awareness."""
    ends = [notify_by(one) for one in sorted(moments, key=lambda one: one.astimezone(UTC))]

    assert all(one <= other for one, other in pairwise(ends))


@pytest.mark.parametrize(
    ("aware", "ends"),
    [
        ("2026-11-20 16:05", "Mon 23 Nov 2026 16:05 GMT"),  # a Friday afternoon
        ("2026-12-24 12:00", "Sun 27 Dec 2026 12:00 GMT"),  # Christmas
        ("2026-03-27 16:00", "Mon 30 Mar 2026 17:00 BST"),  # an hour is left out that Sunday
        ("2026-10-23 16:00", "Mon 26 Oct 2026 15:00 GMT"),  # and given back that one
        ("2026-10-25 01:30", "Wed 28 Oct 2026 00:30 GMT"),  # comes twice: the first counts
        ("2028-02-27 09:00", "Wed 1 Mar 2028 09:00 GMT"),  # a leap year
    ],
)
def test_weekends_holidays_and_clock_changes(aware: str, ends: str) -> None:
    """None of them gives or takes an hour."""
    assert ends == at_home(notify_by(uk_moment(datetime.fromisoformat(aware))))


@pytest.mark.parametrize(
    ("hours", "words"),
    [
        (0, "72 h 0 min left"),
        (71.5, "30 min left"),
        (72, "0 min left"),
        (75.1, "overdue by 3 h 6 min"),
    ],
)
def test_the_clock_speaks_plainly(hours: float, words: str) -> None:
    """Hours and minutes, left or overdue."""
    aware = datetime(2026, 11, 20, 16, tzinfo=UTC)

    assert words == countdown(aware, aware + timedelta(hours=hours))
