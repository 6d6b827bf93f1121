"""What the sessions of one listener share: the spool's threads, the room on disk, the passwords."""

import asyncio
import shutil
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import structlog

from ingest.smtp.batch import Batches
from ingest.smtp.counts import Counts
from ingest.smtp.terms import FAILED, ListenerSettings, Room, is_short
from ingest.smtp.users import Users
from ingest.spool import Spool, SpoolSize
from section9 import Envelope

log = structlog.get_logger()

LOOK = 1.0
"""Seconds between two looks at the room on disk."""


class Desk:
    """Where sessions hand messages in. Belongs to one event loop; `close` it at the end."""

    def __init__(
        self, settings: ListenerSettings, spool: Spool, users: Users | None, counts: Counts
    ) -> None:
        self.counts = counts
        self._settings = settings
        self._spool = spool
        self._users = users
        self._room = Room(free=0, spool=SpoolSize(0, 0))
        self._short = False
        self._held = 0  # bytes of messages in memory
        self._batches = Batches(spool)
        # Apart, so that slow hashes do not hold up the mail.
        self._checkers = ThreadPoolExecutor(1, "auth")

    async def close(self) -> None:
        """Wait for what is being written: it gets its name, and its sender may send it again."""
        await self._batches.close()
        self._checkers.shutdown()

    async def keep(self, envelope: Envelope, content: bytes) -> str:
        """Spool a message and give the reply; 250 is said only of what is on disk."""
        try:
            entry = await self._batches.put(envelope, content)
        except Exception as error:  # noqa: BLE001 -- whatever it was, the sender must keep the mail
            log.error("not-spooled", error=type(error).__name__, peer=envelope.peer)  # noqa: TRY400 -- a traceback may quote the mail
            return FAILED
        self.counts.accepted += 1
        self.counts.accepted_bytes += len(content)
        self._count(len(content))
        recipients = len(envelope.rcpt_to)
        log.info("spooled", id=entry, size=len(content), recipients=recipients, peer=envelope.peer)
        return f"250 2.0.0 spooled as {entry}"

    async def proves(self, name: str, password: bytes) -> bool:
        """Check a password without holding up the other sessions."""
        if self._users is None:
            return False
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._checkers, self._users.proves, name, password)

    # --- memory ---

    def hold(self, size: int) -> bool:
        """Set `size` bytes of memory aside for a message, if there are so many left."""
        # One message of the largest size always fits, whatever the limit.
        most = max(self._settings.max_held_bytes, 2 * self._settings.max_message_bytes)
        if self._held + size > most:
            return False
        self._held += size
        return True

    def release(self, size: int) -> None:
        """Give bytes back."""
        self._held -= size

    # --- disk ---

    def has_room(self) -> bool:
        """Say whether mail may be taken in now."""
        return not is_short(self._room, self._settings)

    async def watch(self) -> None:
        """Look at the room for ever, spending a twentieth of the time on it at most."""
        clock = asyncio.get_running_loop().time
        while True:
            began = clock()
            await self.look()
            await asyncio.sleep(max(LOOK, 20 * (clock() - began)))

    async def look(self) -> None:
        """Ask the disk and the spool how much room there is; without an answer there is none."""
        try:
            self._room = await asyncio.get_running_loop().run_in_executor(None, self._ask)
        except OSError as error:
            self._room = Room(free=-1, spool=SpoolSize(0, 0))
            log.error("room-unknown", error=type(error).__name__)  # noqa: TRY400 -- said every second
        if self._short != (not self.has_room()):
            self._short = not self._short
            say, event = (log.error, "no-room") if self._short else (log.info, "room-again")
            say(event, free=self._room.free, messages=self._room.spool.messages)

    def _ask(self) -> Room:
        return Room(shutil.disk_usage(self._spool.folder).free, self._spool.size())

    def _count(self, size: int) -> None:
        # What came in since the last look, so that a burst cannot run past the limits.
        free, waiting = self._room.free - size, self._room.spool
        grown = SpoolSize(waiting.messages + 1, waiting.bytes + size)
        self._room = replace(self._room, free=free, spool=grown)
