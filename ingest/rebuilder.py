"""Messages from Outlook's files, by a child process that may die of them.

libpff parses hostile binary files in C. So it runs in a process without secrets, with little
memory and time, that hands over one message at a time. When it dies, the item at which it died is
named and another goes on after it.
"""

import hashlib
import math
import time
from collections.abc import Iterator
from dataclasses import dataclass
from types import TracebackType
from typing import BinaryIO, Literal, Self

import structlog

from ingest import confined
from ingest.extraction.frames import receive
from ingest.outlook.talk import LARGEST, WAYS, Order, Outcome, Told, send_order
from section9 import Rebuilt

MEMORY = 768 * 1024 * 1024  # bytes of data
SECONDS = 60.0  # for each item, start of the child included
DEATHS = 20  # of the child over one file
WHY = {
    Outcome.UNREADABLE: "is damaged and cannot be rebuilt",
    Outcome.TOO_LARGE: "is larger than a message may be",
    Outcome.DAMAGED: "is damaged: it cannot be opened as an Outlook file",
}

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Item:
    """An item of a file: a message, or the reason why there is none."""

    folder: str  # within the file
    name: str
    done: float  # how much of the file has been read, from 0 to 1
    content: bytes = b""
    rebuilt: Rebuilt | None = None  # None where there is no message
    why: str = ""
    failed: bool = True  # False: it is nothing that should be a message


class Rebuilder:
    """Rebuilds messages, one file at a time. Not for sharing between threads.

    The child starts on first use and ends with `close`.
    """

    def __init__(self, *, memory: int = MEMORY, seconds: float = SECONDS) -> None:
        self._memory = memory
        self._seconds = seconds
        self._child: confined.Child | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """End the child. The next file would start another."""
        if self._child is not None:
            self._child.stop()
            self._child = None

    def items(self, file: BinaryIO, kind: Literal["msg", "pst"]) -> Iterator[Item]:
        """Yield every item of a file, in an order that is always the same."""
        sha256 = _sha256(file)
        met = 0
        for _ in range(DEATHS):
            try:
                for told, content in self._ask(Order(kind, met), file):
                    met += 1
                    yield _item(told, content, WAYS[kind], sha256)
            except (EOFError, OSError, ValueError) as error:  # TimeoutError is an OSError
                self.close()
                met += 1
                log.warning("rebuilder_lost", item=met, why=type(error).__name__)
                yield Item("", f"item {met}", 0.0, why="ended its reader, and is left out")
            else:
                return
        yield Item("", "", 1.0, why=f"ended its reader {DEATHS} times: the rest is left out")

    def _ask(self, order: Order, file: BinaryIO) -> Iterator[tuple[Told, bytes]]:
        """Yield what the child tells of a file. Whoever stops listening ends the child."""
        child = self._child = self._child or confined.Child(
            "ingest.outlook", str(self._memory), str(math.ceil(self._seconds))
        )
        complete = False
        try:
            for told, content in _told(child, order, file, seconds=self._seconds):
                complete = told.outcome is Outcome.END
                if not complete:
                    yield told, content
                complete = complete or told.outcome is Outcome.DAMAGED
        finally:
            if not complete:  # what it has yet to say would answer the next
                self.close()


def _told(
    child: confined.Child, order: Order, file: BinaryIO, *, seconds: float
) -> Iterator[tuple[Told, bytes]]:
    """Yield each frame, the last included. Raises EOFError, OSError, ValueError."""
    send_order(child.socket, order, file.fileno())
    while True:
        deadline = time.monotonic() + seconds
        told, content = receive(child.socket, Told, max_body=LARGEST, deadline=deadline)
        yield told, content
        if told.outcome in {Outcome.END, Outcome.DAMAGED}:
            return


def _item(told: Told, content: bytes, way: str, sha256: str) -> Item:
    if told.outcome is Outcome.ITEM:
        rebuilt = Rebuilt(way, sha256, told.lost)
        return Item(told.folder, told.name, told.done, content, rebuilt)
    if told.outcome is Outcome.SETTING:
        why = "is a setting of Outlook and no message"
        return Item(told.folder, told.name, told.done, why=why, failed=False)
    return Item(told.folder, told.name, told.done, why=WHY[told.outcome])


def _sha256(file: BinaryIO) -> str:
    digest = hashlib.sha256()
    file.seek(0)
    while chunk := file.read(1 << 20):
        digest.update(chunk)
    return digest.hexdigest()
