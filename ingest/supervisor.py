"""Keeps the conductor alive beside the listener, in a process of its own.

The listener promises never to lose mail; the conductor reads hostile mail's results and may
fail. Apart, a fault in one cannot touch the other: while the conductor is down the spool grows
and the mail servers notice nothing.
"""

import asyncio
import signal
import time
from collections.abc import Sequence
from contextlib import suppress

import structlog

log = structlog.get_logger()

FIRST_PAUSE = 1.0  # seconds before a failed process is started again; doubled each time
LONGEST_PAUSE = 60.0
GRACE = 30.0  # seconds that a process has to finish the batch in hand


async def keep_running(
    command: Sequence[str], *, stop: asyncio.Event, name: str = "conductor"
) -> None:
    """Run `command`, again whenever it ends, until `stop` is set; then end it with SIGTERM."""
    pause = FIRST_PAUSE
    while not stop.is_set():
        began = time.monotonic()
        # It ends when its standard input does, so it cannot outlive us, however we end.
        process = await asyncio.create_subprocess_exec(
            *command, stdin=asyncio.subprocess.PIPE, process_group=0
        )
        if await _ended_first(process, stop):
            if time.monotonic() - began > LONGEST_PAUSE:  # it was well: what ended it is new
                pause = FIRST_PAUSE
            log.error("process_ended", process=name, code=process.returncode, again_in=pause)
            await _sleep(pause, stop)
            pause = min(2 * pause, LONGEST_PAUSE)
        else:
            await _end(process, name)


async def _ended_first(process: asyncio.subprocess.Process, stop: asyncio.Event) -> bool:
    ended = asyncio.ensure_future(process.wait())
    stopped = asyncio.ensure_future(stop.wait())
    done, waiting = await asyncio.wait((ended, stopped), return_when=asyncio.FIRST_COMPLETED)
    for task in waiting:
        task.cancel()
    return ended in done


async def _end(process: asyncio.subprocess.Process, name: str) -> None:
    with suppress(ProcessLookupError):
        process.send_signal(signal.SIGTERM)
    try:
        await asyncio.wait_for(process.wait(), GRACE)
    except TimeoutError:
        log.warning(
            "process_killed", process=name, after=GRACE
        )  # it picks up where it was when started again
        process.kill()
        await process.wait()


async def _sleep(seconds: float, stop: asyncio.Event) -> None:
    with suppress(TimeoutError):
        await asyncio.wait_for(stop.wait(), seconds)
