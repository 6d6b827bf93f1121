"""What a count of some among many says of all, and how sure that is. Pure."""

from collections.abc import Callable
from dataclasses import dataclass
from math import exp, lgamma, log, sqrt

TAIL = 0.025  # of the probability, left out on either side
HALVINGS = 60  # of an interval: to the last digit that a float holds
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


def clopper_pearson(some: int, many: int) -> Proportion | None:
    """The share of `some` among `many` by the exact interval; None of nothing.

    Clopper and Pearson, *Biometrika* 26 (1934): the shares under which so few, or so many, would
    not be rarer than once in forty. It never promises more than it holds, also of none in many,
    where it is about 3.7 / `many`; for drawing without putting back it is a little too wide.
    """
    if many <= 0:
        return None
    low = _root(lambda p: 1 - _at_most(some - 1, many, p) < TAIL) if some else 0.0
    high = _root(lambda p: _at_most(some, many, p) > TAIL) if some < many else 1.0
    return Proportion(some / many, low, high)


def _root(below: Callable[[float], bool]) -> float:
    """Where a share stops being `below`, by halving."""
    low, high = 0.0, 1.0
    for _ in range(HALVINGS):
        middle = (low + high) / 2
        low, high = (middle, high) if below(middle) else (low, middle)
    return (low + high) / 2


def _at_most(some: int, many: int, share: float) -> float:
    """How likely it is that no more than `some` of `many` are, each with a chance of `share`."""
    whole = lgamma(many + 1)
    return sum(
        exp(
            whole
            - lgamma(one + 1)
            - lgamma(many - one + 1)
            + one * log(share)
            + (many - one) * log(1 - share)
        )
        for one in range(some + 1)
    )
