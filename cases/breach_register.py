"""Which year a breach belongs to on the Article 33(5) register. Pure."""

from collections.abc import Iterable

from cases.breaches import Breach
from cases.deadlines import UK


def year_of(breach: Breach) -> int:
    """The year that a breach belongs to: that of awareness, by the clock in the United Kingdom."""
    return breach.aware.astimezone(UK).year


def of_year(breaches: Iterable[Breach], year: int | None) -> list[Breach]:
    """The breaches of a year, or all of them, in the order of awareness."""
    chosen = (one for one in breaches if year is None or year_of(one) == year)
    return sorted(chosen, key=lambda one: (one.aware, one.id))
