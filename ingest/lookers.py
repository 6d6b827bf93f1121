"""Every core looks through files and texts: processes of `looking`, and their answers in order."""

import os
from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass
from itertools import chain, islice
from queue import SimpleQueue
from types import TracebackType
from typing import Self, TypeVar

import msgspec

from ingest.conversing import started
from ingest.jobs import Look, LookSettings, Seen
from section9 import Section9Error

Key = TypeVar("Key")
Asked = list[tuple[Key, Look]]

FEW = 100  # looks for which no other process is worth its start
CHUNK = 16  # looks that are asked for at once
AHEAD = 4  # chunks a process that wait, or whose answers do


class LookerEndedError(Section9Error):
    """A process that looked through mail ended without an answer."""

    def __init__(self) -> None:
        super().__init__(
            "a reader ended before it had answered: see the lines above for why, then try"
            " fewer files at once, to find the one"
        )


@dataclass(frozen=True, slots=True)
class Lookers:
    """Looks through things in as many processes as asked, or in this one where they are few."""

    settings: LookSettings
    processes: int = os.cpu_count() or 1

    def seen(self, looks: Iterable[tuple[Key, Look]]) -> Iterator[tuple[Key, Seen]]:
        """Yield each key with what was seen, in the order of asking. Raises `LookerEndedError`."""
        stream = iter(looks)
        few = list(islice(stream, FEW))
        if len(few) == FEW and self.processes > 1:
            yield from self._shared(chain(few, stream))
            return
        from ingest.looking import opened, seen  # noqa: PLC0415 - whoever only asks loads no reader

        with opened(self.settings) as reader:
            for key, look in chain(few, stream):
                yield key, seen(reader, look)

    def _shared(self, looks: Iterator[tuple[Key, Look]]) -> Iterator[tuple[Key, Seen]]:
        """Share the looks out among processes; at most `AHEAD` chunks a process are under way."""
        with ThreadPoolExecutor(self.processes) as threads, ExitStack() as running:
            idle: SimpleQueue[_Looker] = SimpleQueue()
            for _ in range(self.processes):
                idle.put(running.enter_context(_Looker(self.settings)))
            waiting: deque[tuple[Asked[Key], Future[list[Seen]]]] = deque()
            while chunk := list(islice(looks, CHUNK)):
                waiting.append((chunk, threads.submit(_ask, idle, [look for _, look in chunk])))
                if len(waiting) == AHEAD * self.processes:
                    yield from _answered(*waiting.popleft())
            while waiting:
                yield from _answered(*waiting.popleft())


def _ask(idle: "SimpleQueue[_Looker]", looks: list[Look]) -> list[Seen]:
    looker = idle.get()
    try:
        return looker.ask(looks)
    finally:
        idle.put(looker)


def _answered(asked: Asked[Key], answer: Future[list[Seen]]) -> Iterator[tuple[Key, Seen]]:
    for (key, _), one in zip(asked, answer.result(), strict=True):
        yield key, one


class _Looker:
    """One process, asked by one thread at a time; it is killed when it is left."""

    def __init__(self, settings: LookSettings) -> None:
        self._process, self._connection = started("ingest.looking")
        self._connection.send_bytes(msgspec.json.encode(settings))
        self._decoder = msgspec.json.Decoder(list[Seen])

    def ask(self, looks: list[Look]) -> list[Seen]:
        """Have it look through these, and wait for its answer."""
        try:
            self._connection.send_bytes(msgspec.json.encode(looks))
            return self._decoder.decode(self._connection.recv_bytes())
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
        self._process.kill()
        self._process.wait()
        self._connection.close()
