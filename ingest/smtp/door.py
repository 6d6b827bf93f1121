"""Who may come in, who is inside, and how they are sent away."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass

import structlog

from ingest.smtp.terms import CROWDED, NOT_ALLOWED, STOPPING, Address, ListenerSettings, is_allowed

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Guest:
    """A session that is inside, and how to end it."""

    task: asyncio.Task[None]
    peer: str  # IP address
    leave_if_idle: Callable[[], None]  # end it unless a message is under way
    cut: Callable[[], None]  # end it


class Door:
    """The live sessions of one listener."""

    def __init__(self, settings: ListenerSettings) -> None:
        self._settings = settings
        self._inside: dict[asyncio.Task[None], Guest] = {}
        self.closing = False

    def refusal(self, address: Address | None) -> str | None:
        """Say why this peer may not come in now."""
        if not is_allowed(address, self._settings.allowed):
            return NOT_ALLOWED
        if self.closing:
            return STOPPING
        if len(self._inside) >= self._settings.max_connections:
            return CROWDED
        return None

    def enter(self, guest: Guest) -> None:
        """Count a session until its task ends."""
        self._inside[guest.task] = guest
        guest.task.add_done_callback(self._inside.pop)

    async def close(self) -> None:
        """Send idle clients away, wait for messages under way, cut off what is left."""
        self.closing = True
        for guest in list(self._inside.values()):
            guest.leave_if_idle()
        if self._inside:
            await asyncio.wait(self._inside, timeout=self._settings.grace)
        left = list(self._inside.values())
        for guest in left:
            log.warning("cut-off", peer=guest.peer)
            guest.cut()
            guest.task.cancel()
        await asyncio.gather(*(guest.task for guest in left), return_exceptions=True)
