"""Where fetched mail lands until it is filed: a file a batch, written while the last one is read.

So memory is flat however many messages are fetched, and the network and the readers work at the
same time. Nothing here needs to be durable: what is not filed is fetched again.
"""

import fcntl
import hashlib
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import ClassVar

from ingest.collectors.door import Fetched, ItemId, NotFetched
from ingest.durable import make_folder
from section9 import BlobId, Section9Error

BATCH = 400  # messages in a file, at most
ENOUGH = 64 * 2**20  # bytes after which a file takes no more; one message may be larger


@dataclass(frozen=True, slots=True)
class Landed:
    """A message in a file: `length` bytes from `start`."""

    id: ItemId
    blob: BlobId
    arrived: datetime | None
    seen: datetime  # when it was fetched
    path: str
    start: int
    length: int


Batch = Sequence[Landed | NotFetched]


class Landing:
    """A folder for the files of one process; it is emptied when it is opened and closed."""

    def __init__(self, folder: Path, clock: Callable[[], datetime]) -> None:
        self._folder = folder
        self._clock = clock
        self._files = 0

    def batches(self, fetched: Iterator[Fetched | NotFetched]) -> Iterator[Batch]:
        """Yield what is fetched, some at a time. A batch's file is gone when the next is given."""
        with ThreadPoolExecutor(1) as ahead:
            coming = ahead.submit(self._next, fetched)
            while batch := coming.result():
                coming = ahead.submit(self._next, fetched)
                yield batch
                for path in {one.path for one in batch if isinstance(one, Landed)}:
                    Path(path).unlink()

    def _next(self, fetched: Iterator[Fetched | NotFetched]) -> Batch:
        self._files += 1
        path = self._folder / f"{self._files}.mail"
        batch: list[Landed | NotFetched] = []
        start = 0
        with path.open("xb") as file:
            for one in fetched:
                if isinstance(one, Fetched):
                    file.write(one.content)
                    batch.append(self._landed(one, path, start))
                    start = file.tell()
                else:
                    batch.append(one)
                if len(batch) >= BATCH or start >= ENOUGH:
                    break
        if not start:
            path.unlink()
        return batch

    def _landed(self, one: Fetched, path: Path, start: int) -> Landed:
        blob = BlobId(hashlib.sha256(one.content).hexdigest())
        return Landed(one.id, blob, one.arrived, self._clock(), str(path), start, len(one.content))


class AlreadyCollectingError(Section9Error):
    """Another process collects into this data folder."""

    exit_code: ClassVar[int] = 52

    def __init__(self) -> None:
        super().__init__("another `section9 collect` is at work here: wait until it has ended")


@contextmanager
def landing(folder: Path, clock: Callable[[], datetime]) -> Iterator[Landing]:
    """Give a folder to land in, to one process at a time; what a killed run left there goes first.

    Raises `AlreadyCollectingError`.
    """
    make_folder(folder)
    with (folder / "lock").open("wb") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)  # the kernel frees it, however we end
        except BlockingIOError as error:
            raise AlreadyCollectingError from error
        _clear(folder)
        try:
            yield Landing(folder, clock)
        finally:
            _clear(folder)


def _clear(folder: Path) -> None:
    for path in folder.glob("*.mail"):
        path.unlink()
