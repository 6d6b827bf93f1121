"""What the report to the Board is made of."""

from dataclasses import dataclass

from cases.sampling import Estimate
from cases.yearly import Year


@dataclass(frozen=True, slots=True)
class Told:
    """What the report is made of: this year, the one before, and how last year was counted."""

    trust: str
    this: Year
    last: Year
    recorded: bool  # last year's mail was counted when that year was over, not now
    missed: tuple[Estimate, ...]  # of the year's samples, by month
