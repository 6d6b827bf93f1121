"""What the report to the Board is made of."""

from dataclasses import dataclass

from cases.yearly import Year


@dataclass(frozen=True, slots=True)
class Missed:
    """What one month's sample of unflagged mail says of all of it."""

    month: str
    unflagged: int  # messages of the month that no rule flagged
    judged: int  # of the sample
    wrong: int  # of those, what should have been flagged
    low: int  # messages of the month that were missed, with 95 % confidence
    high: int


@dataclass(frozen=True, slots=True)
class Told:
    """What the report is made of: this year, the one before, and how last year was counted."""

    trust: str
    this: Year
    last: Year
    recorded: bool  # last year's mail was counted when that year was over, not now
    missed: tuple[Missed, ...]  # of the year's samples, by month
