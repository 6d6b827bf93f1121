"""Bytes and names that outlive a crash: the fsyncs of the spool, each with its reason."""

import errno
import os
import time
from collections.abc import Mapping, Sequence
from concurrent.futures import Executor, wait
from pathlib import Path

OWNER_ONLY = 0o700
SLOW = 0.001
"""Seconds for one file beyond which a disk is given several at once."""
AT_ONCE = 8


def make_folder(path: Path) -> Path:
    """Make a folder that only its owner may enter, and give its path back. Raises OSError."""
    path.mkdir(mode=OWNER_ONLY, parents=True, exist_ok=True)
    return path


def sync_folder(path: Path) -> None:
    """Make the names in a folder durable: an fsync of a file does not cover its name."""
    folder = os.open(path, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def write_synced(path: Path, pieces: Sequence[bytes]) -> None:
    """Write a new file, readable by its owner only; its bytes are on disk on return.

    The name is not: `sync_folder` after the final rename does that. Raises OSError, also
    when the file is there already.
    """
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        # One call for all, because each lets another thread take the interpreter. It writes less
        # only where a disk is full, or beyond 2 GiB.
        if os.writev(handle, pieces) < sum(map(len, pieces)):
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        # Before the name is given: a name must never lead to bytes that a crash can take.
        os.fsync(handle)
    finally:
        os.close(handle)


def write_all_synced(
    files: Mapping[Path, Sequence[bytes]], pool: Executor, *, slow: float = SLOW
) -> None:
    """Write new files; the bytes of all are on disk on return. Raises OSError for any.

    One after the other while the disk is quick: threads would cost more than they gain. A disk
    that takes long over an fsync gets the rest at once, because fsyncs that wait together share
    what they wait for.
    """
    rest = list(files)
    took = 0.0
    while rest and took <= slow:
        path = rest.pop(0)
        began = time.monotonic()
        write_synced(path, files[path])
        took = time.monotonic() - began
    writing = [pool.submit(write_synced, path, files[path]) for path in rest]
    wait(writing)  # all, so that none still writes when one has failed
    for written in writing:
        written.result()
