"""Reports to the Board: what was counted then, so that the next year can be held against it.

Retention empties the archive of mail that a report has counted, so the counts stand on the ledger.
No name, address or account is in them.
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Literal


@dataclass(frozen=True, slots=True)
class Period:
    """Some days, both included, UTC."""

    first: date
    last: date

    @property
    def start(self) -> datetime:
        """The first moment."""
        return datetime.combine(self.first, time(), UTC)

    @property
    def end(self) -> datetime:
        """The first moment after it."""
        return datetime.combine(self.last, time(), UTC) + timedelta(days=1)

    def has(self, moment: datetime) -> bool:
        """Tell whether a moment lies within."""
        return self.start <= moment < self.end


@dataclass(frozen=True, slots=True)
class Tally:
    """How many messages have a value."""

    value: str
    count: int


@dataclass(frozen=True, slots=True)
class Crossed:
    """The same by a further value: the months of a direction, the clauses of a school."""

    value: str
    tallies: tuple[Tally, ...]
    total: int


@dataclass(frozen=True, slots=True)
class Volumes:
    """How much mail is dated in a period, and what was found in it. Counts of messages."""

    period: Period
    total: int
    flagged: int  # a detector is more than barely sure
    deleted: int  # of which a copy was deleted
    unread: int  # of which some could not be read, so no search or detector saw it
    months: tuple[Tally, ...]
    ways: tuple[Crossed, ...]  # by direction, of which months
    clauses: tuple[Tally, ...]  # of those that are flagged
    rules: tuple[Tally, ...]
    severities: tuple[Tally, ...]  # of any finding: a message may count under several
    flags: tuple[Tally, ...]  # flagged messages by month
    schools: tuple[Crossed, ...]  # mail of anybody of the school; flagged ones by clause


@dataclass(frozen=True, slots=True)
class BoardReported:
    """The yearly report to the Trust Board was made (clauses 4.10 and 11)."""

    at: datetime
    by: str
    volumes: Volumes
    kind: Literal["board-reported"] = "board-reported"


ReportEvent = BoardReported
"""Every event of this file."""
