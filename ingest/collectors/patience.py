"""Waiting for a server that is busy or away: as long as it asks, and not for ever."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

import structlog

log = structlog.get_logger()

Sleep = Callable[[float], None]

FIRST = 1.0  # seconds to wait where the server does not say; doubled each time
LONGEST = 60.0
NETWORK = 60.0  # seconds to wait in all for a server that does not answer


@dataclass(slots=True)
class Patience:
    """The waits for one request, `left` seconds of them in all."""

    left: float
    sleep: Sleep = time.sleep
    pause: float = FIRST

    def wait(self, asked: float | None) -> bool:
        """Wait as long as was asked, else longer than the last time; tell whether to try again.

        A server that asks for more than is left is not asked again: it would only ask for more.
        """
        seconds = self.pause if asked is None else asked
        if seconds > self.left:
            return False
        log.info("waiting", seconds=round(seconds, 1), asked=asked is not None)
        self.sleep(seconds)
        self.left -= max(seconds, FIRST)  # a server that always says "at once" ends too
        if asked is None:
            self.pause = min(2 * self.pause, LONGEST)
        return True


def retry_after(value: str | None, *, now: datetime | None = None) -> float | None:
    """Read the header Retry-After (RFC 9110, 10.2.3): seconds, or a date; None without one."""
    if not value:
        return None
    if value.strip().isdecimal():
        return float(value)
    try:
        at = parsedate_to_datetime(value)
    except ValueError:
        return None
    at = at if at.tzinfo else at.replace(tzinfo=UTC)
    return max((at - (now or datetime.now(UTC))).total_seconds(), 0.0)
