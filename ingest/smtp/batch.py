"""Messages that arrive at the same time are spooled together: one thread, one fsync of the folder.

Handing each message to a thread of its own costs more than writing it.
"""

import asyncio
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from ingest.spool import Spool
from section9 import Envelope, SpoolId


@dataclass(frozen=True, slots=True)
class _Waiting:
    envelope: Envelope
    content: bytes
    done: asyncio.Future[SpoolId]


class Batches:
    """Puts messages into the spool for the coroutines of one event loop."""

    def __init__(self, spool: Spool) -> None:
        self._spool = spool
        self._thread = ThreadPoolExecutor(1, "spool")
        self._waiting: list[_Waiting] = []
        self._writing: asyncio.Task[None] | None = None

    async def put(self, envelope: Envelope, content: bytes) -> SpoolId:
        """Do as `Spool.put`, and raise what it raises. Cancelled, the message is kept anyhow."""
        loop = asyncio.get_running_loop()
        mine = _Waiting(envelope, content, loop.create_future())
        self._waiting.append(mine)
        if self._writing is None:
            self._writing = loop.create_task(self._write())
        return await mine.done

    async def close(self) -> None:
        """Wait for what is being written."""
        if self._writing is not None:
            await self._writing
        self._thread.shutdown()

    async def _write(self) -> None:
        # What comes while one batch is written makes the next: the busier, the larger.
        loop = asyncio.get_running_loop()
        while batch := self._waiting:
            self._waiting = []
            messages = [(one.envelope, one.content) for one in batch]
            outcomes = await loop.run_in_executor(self._thread, _put_each, self._spool, messages)
            for one, outcome in zip(batch, outcomes, strict=True):
                _tell(one.done, outcome)
        self._writing = None


def _put_each(
    spool: Spool, messages: Sequence[tuple[Envelope, bytes]]
) -> list[SpoolId | Exception]:
    try:
        return list(spool.put_all(messages))
    except Exception as error:  # noqa: BLE001 -- raised again in the coroutine that waits for it
        if len(messages) == 1:
            return [error]
        # One after the other, so that what troubles one message holds no other up.
        return [outcome for message in messages for outcome in _put_each(spool, [message])]


def _tell(done: asyncio.Future[SpoolId], outcome: SpoolId | Exception) -> None:
    if done.cancelled():  # the client has left; it will send the message again
        return
    if isinstance(outcome, Exception):
        done.set_exception(outcome)
    else:
        done.set_result(outcome)
