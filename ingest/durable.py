"""Bytes and names that outlive a crash: the fsyncs of the spool, each with its reason."""

import os
import time
from collections.abc import Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

OWNER_ONLY = 0o700
SLOW = 0.02
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


def write_synced(path: Path, pieces: Iterable[bytes]) -> None:
    """Write a new file, readable by its owner only; its bytes are on disk on return.

    The name is not: `sync_folder` after the final rename does that. Raises OSError, also
    when the file is there already.
    """
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with open(handle, "wb") as file:  # noqa: PTH123 -- a descriptor, opened with a mode of its own
        file.writelines(pieces)
        file.flush()
        # Before the name is given: a name must never lead to bytes that a crash can take.
        os.fsync(file.fileno())


def write_all_synced(files: Mapping[Path, Iterable[bytes]], *, slow: float = SLOW) -> None:
    """Write new files; the bytes of all are on disk on return. Raises OSError for any.

    One after the other on a quick disk, where threads cost more than they gain. A slow one spends
    the time of an fsync on its cache, and fsyncs that wait together share that.
    """
    rest = list(files)
    began = time.monotonic()
    while rest and time.monotonic() - began < slow:
        path = rest.pop(0)
        began = time.monotonic()
        write_synced(path, files[path])
    if rest:
        with ThreadPoolExecutor(AT_ONCE, "sync") as pool:
            list(pool.map(lambda path: write_synced(path, files[path]), rest))
