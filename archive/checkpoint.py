"""The checkpoint: the last heads that this host wrote or saw, kept beside the archive.

A chain whose tail was cut off is a valid, shorter chain. Only a memory of its head outside the
chain shows the cut. Unlike all else here this file is replaced, but it only moves forward.
"""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import msgspec

from archive.books import Book, Head
from section9 import Section9Error


class CheckpointError(Section9Error):
    """The checkpoint cannot be read or written."""

    exit_code = 27

    def __init__(self, path: Path, reason: str) -> None:
        super().__init__(
            f"checkpoint {path.name}: {reason}: put it right or restore it from a backup; "
            "without it `section9 verify` cannot see a ledger that was cut short"
        )
        self.path = path
        self.reason = reason


class Checkpoint:
    """The file `path`, a JSON list of heads, and `path`.lock beside it."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lock = path.with_name(f"{path.name}.lock")

    def read(self) -> dict[Book, Head]:
        """Return the remembered heads; none before the first. Raises `CheckpointError`."""
        with self._translated():
            if not self._path.exists():
                return {}
            heads = msgspec.json.decode(self._path.read_bytes(), type=list[Head])
        return {head.book: head for head in heads}

    def advance(self, head: Head) -> None:
        """Remember a head, durably, unless one as far on is remembered already."""
        with self._translated(), self._locked():
            heads = self.read()
            if head.book not in heads or heads[head.book].number < head.number:
                heads[head.book] = head
                self._replace(msgspec.json.encode(list(heads.values())))

    def _replace(self, content: bytes) -> None:
        temporary = self._path.with_name(f"{self._path.name}.new")  # one writer: we hold the lock
        with temporary.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(self._path)
        # No fsync of the folder: after a power cut the old file may be back, which is a head
        # that is true and a little behind, and the next append moves it on.

    @contextmanager
    def _locked(self) -> Iterator[None]:
        """Hold the lock between processes. The system lets go of it when a process dies."""
        # A file of its own, because a lock on the checkpoint would be lost when it is replaced.
        with self._lock.open("ab") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            yield

    @contextmanager
    def _translated(self) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            raise CheckpointError(self._path, error.strerror or "cannot be used") from error
        except (msgspec.DecodeError, UnicodeDecodeError) as error:
            raise CheckpointError(self._path, "is not a list of heads") from error
