"""A reader is judged by what its message costs, not by how busy the machine is."""

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from ingest.pool import starved

SPIN = "import os, sys; os.sched_setaffinity(0, {int(sys.argv[1])})\nwhile True: pass"
LINUX = sys.platform == "linux" and os.path.exists("/proc/self/schedstat")  # noqa: PTH110 - /proc


@contextmanager
def spinning(core: int) -> Iterator[int]:
    """A process that wants all of one core; gives its number."""
    process = subprocess.Popen([sys.executable, "-c", SPIN, str(core)])
    try:
        yield process.pid
    finally:
        process.kill()
        process.wait()


@pytest.mark.skipif(not LINUX, reason="only Linux tells what a process waits for a processor")
def test_waiting_for_a_processor_is_not_held_against_a_reader() -> None:
    """Of two that share one core, each waits about half of its life; of that the kernel knows."""
    core = min(os.sched_getaffinity(0))

    with spinning(core) as one, spinning(core) as other:
        give_up = time.monotonic() + 30
        while starved(one) + starved(other) < 0.5 and time.monotonic() < give_up:
            time.sleep(0.1)
        waited = starved(one) + starved(other)

    assert waited >= 0.5


def test_a_process_that_is_gone_waits_for_nothing() -> None:
    """Where nobody tells, time is time."""
    assert 0.0 == starved(2**31 - 1)
