"""The table that `make bench` ends with."""

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True)
class Row:
    """One figure of ours, and where there is a public one for the same work, the two compared."""

    what: str
    ours: str
    beside: str = ""  # what it is compared with, and its figure in the same run
    ratio: float | None = None  # ours to that: above 1 is faster


def show(rows: Iterable[Row]) -> None:
    """Print rows, a line each."""
    print(f"\n{'':<44}{'section9':>26}{'ratio':>8}  beside")
    for row in rows:
        ratio = "" if row.ratio is None else f"{row.ratio:.2f}"
        print(f"{row.what:<44}{row.ours:>26}{ratio:>8}  {row.beside}")
