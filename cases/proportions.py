"""What a count of some among many says of all, and how sure that is. Pure."""

from dataclasses import dataclass
from math import sqrt

Z = 1.959964  # 95 % of a normal distribution lies within so many deviations


@dataclass(frozen=True, slots=True)
class Proportion:
    """A share between 0 and 1, and the interval that holds the true one 19 times in 20."""

    share: float
    low: float
    high: float


def wilson(some: int, many: int) -> Proportion | None:
    """The share of `some` among `many` by Wilson's score interval; None of nothing.

    Wilson, *JASA* 22 (1927): it stays within 0 and 1, and is honest for small counts.
    """
    if many <= 0:
        return None
    share, z2 = some / many, Z * Z
    centre = (share + z2 / (2 * many)) / (1 + z2 / many)
    half = Z / (1 + z2 / many) * sqrt(share * (1 - share) / many + z2 / (4 * many * many))
    return Proportion(share, max(0.0, centre - half), min(1.0, centre + half))
