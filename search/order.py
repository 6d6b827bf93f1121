"""The order of pages: the newest mail first, the undated last, then by id; or all of that reversed.

Every engine sorts by the same number, so a cursor of one holds in the other.
"""

from datetime import UTC, datetime, timedelta
from enum import StrEnum

UNDATED = 2**62
"""The rank of a mail without a date: after all others."""
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class Order(StrEnum):
    """Which end of the order a page begins at."""

    NEWEST = "newest"
    OLDEST = "oldest"  # the undated come first then


def rank(moment: datetime | None) -> int:
    """Number a moment so that the newest comes first: microseconds before 1970."""
    return UNDATED if moment is None else (_EPOCH - moment) // timedelta(microseconds=1)


def ranks(low: datetime | None, high: datetime | None) -> tuple[int, int]:
    """Give the ranks of a period that begins at `low` and ends before `high`.

    A mail is in it whose rank is above the first and not above the second: ranks fall as time
    rises. The undated are in no period, open ends or not.
    """
    newest = rank(high) if high is not None else -UNDATED
    oldest = rank(low) if low is not None else UNDATED - 1
    return newest, oldest
