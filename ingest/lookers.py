"""Every core looks through files and texts: processes of `looking`, and their answers in order.

What is asked for may come slowly, such as the lines of somebody who waits for each answer: so a
thread takes it in, a process that is idle is given what is there by then, and each answer is given
as soon as all before it are. One process does for little; the others are started once many wait.
"""

import os
from collections.abc import Iterable, Iterator
from concurrent.futures import Future
from contextlib import ExitStack
from dataclasses import dataclass, field
from queue import Empty, SimpleQueue
from threading import Event, Semaphore, Thread
from types import TracebackType
from typing import Generic, Self, TypeVar

import msgspec

from ingest.conversing import started
from ingest.jobs import Look, LookSettings, Seen
from section9 import Section9Error

Key = TypeVar("Key")

MANY = 100  # looks for which another process is worth its start
CHUNK = 16  # looks that are asked for at once
AHEAD = 8  # chunks a process that wait, or whose answers do
PAUSE = 0.05  # seconds in which a file has given many looks, and nobody minds having waited


class LookerEndedError(Section9Error):
    """A process that looked through mail ended without an answer."""

    def __init__(self) -> None:
        super().__init__(
            "a reader ended before it had answered: see the lines above for why, then try"
            " fewer files at once, to find the one"
        )


@dataclass(frozen=True, slots=True)
class Lookers:
    """Looks through things in as many processes as asked, or in one where they are few."""

    settings: LookSettings
    processes: int = os.cpu_count() or 1

    def seen(self, looks: Iterable[tuple[Key, Look]]) -> Iterator[tuple[Key, Seen]]:
        """Yield each key with what was seen, in the order of asking. Raises `LookerEndedError`."""
        tray = _Tray[Key](AHEAD * CHUNK * max(self.processes, 2))
        with ExitStack() as running:
            running.callback(tray.close)
            running.enter_context(_Looker(self.settings, tray.waiting))
            Thread(target=tray.fill, args=(looks,), daemon=True).start()
            tray.many.wait(PAUSE)
            alone = self.processes > 1
            for key, answer in tray:
                if alone and tray.many.is_set():
                    alone = False
                    for _ in range(self.processes - 1):
                        running.enter_context(_Looker(self.settings, tray.waiting))
                yield key, answer.result()


@dataclass(frozen=True, slots=True)
class _Asked:
    """What to look through, and where the answer goes."""

    look: Look
    answer: "Future[Seen]" = field(default_factory=Future)


_Waiting = SimpleQueue[_Asked | None]  # None, which stays there, ends whoever takes it


class _Tray(Generic[Key]):
    """What is asked for: taken in by a thread, which may wait for more for ever."""

    def __init__(self, size: int) -> None:
        self.waiting: _Waiting = SimpleQueue()
        self.many = Event()
        self._asked: SimpleQueue[tuple[Key, Future[Seen]] | BaseException | None] = SimpleQueue()
        self._room = Semaphore(size)  # for looks whose answer is not taken yet
        self._closed = False

    def fill(self, looks: Iterable[tuple[Key, Look]]) -> None:
        """Take in what is asked for; what goes wrong with that is raised to whoever asks."""
        end = None
        try:
            for key, look in looks:
                self._room.acquire()
                if self._closed:
                    break
                asked = _Asked(look)
                self._asked.put((key, asked.answer))
                self.waiting.put(asked)
                if self.waiting.qsize() >= MANY:
                    self.many.set()
        except BaseException as error:  # noqa: BLE001 - it is raised where answers are waited for
            end = error
        self._asked.put(end)

    def __iter__(self) -> Iterator[tuple[Key, "Future[Seen]"]]:
        """Each key with its answer to come, in the order of asking."""
        while (asked := self._asked.get()) is not None:
            if isinstance(asked, BaseException):
                raise asked
            yield asked
            self._room.release()

    def close(self) -> None:
        """End whoever waits for something to look through, or for room."""
        self._closed = True
        self._room.release()
        self.waiting.put(None)


class _Looker:
    """One process, and the thread that asks it; both are ended when it is left."""

    def __init__(self, settings: LookSettings, waiting: _Waiting) -> None:
        self._waiting = waiting
        self._process, self._connection = started("ingest.looking")
        self._connection.send_bytes(msgspec.json.encode(settings))
        self._decoder = msgspec.json.Decoder(Seen)
        self._thread = Thread(target=self._work, daemon=True)
        self._thread.start()

    def _work(self) -> None:
        while chunk := _taken(self._waiting):
            try:
                self._ask(chunk)
            except LookerEndedError as error:
                for asked in chunk:
                    if not asked.answer.done():
                        asked.answer.set_exception(error)
                return

    def _ask(self, chunk: list[_Asked]) -> None:
        """Have it look through these, and give each answer when it comes."""
        try:
            self._connection.send_bytes(msgspec.json.encode([asked.look for asked in chunk]))
            for asked in chunk:
                asked.answer.set_result(self._decoder.decode(self._connection.recv_bytes()))
        except (EOFError, OSError, msgspec.DecodeError) as error:
            raise LookerEndedError from error

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        at: TracebackType | None,
    ) -> None:
        self._waiting.put(None)
        self._process.kill()
        self._process.wait()
        self._thread.join()
        self._connection.close()


def _taken(waiting: _Waiting) -> list[_Asked]:
    """What waits by now, once something does; nothing when no more will."""
    chunk: list[_Asked] = []
    try:
        while len(chunk) < CHUNK:
            if (asked := waiting.get(block=not chunk)) is None:
                waiting.put(None)
                break
            chunk.append(asked)
    except Empty:
        pass
    return chunk
