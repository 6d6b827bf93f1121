"""The clock by which authority is decided. It never runs behind the ledger.

A case that has expired would open again for whoever sets the computer's clock back. So the time
of the last event on the ledger is a floor: time stands still there until the clock has caught up.
"""

from collections.abc import Callable
from datetime import datetime

from archive.ledger import Ledger


def not_before(ledger: Ledger, clock: Callable[[], datetime]) -> Callable[[], datetime]:
    """A clock that gives the later of `clock` and the ledger's last moment."""

    def now() -> datetime:
        last = ledger.last_moment()
        return max(clock(), last) if last else clock()

    return now
