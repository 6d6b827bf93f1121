"""The pool of worker processes: every core reads mail, and no message can stop the next.

A worker that dies, or takes too long over one message, is replaced, and what it had in hand is
tried again one by one; what it waits for a processor, on a busy machine, is not the message's
doing. A message that ends its reader by itself goes to another with the order to file it unread,
and only if that fails too is it given up on.
"""

import time
from collections import deque
from collections.abc import Iterable, Iterator
from contextlib import suppress
from itertools import islice
from multiprocessing.connection import wait
from pathlib import Path
from types import TracebackType
from typing import ClassVar, Self

import msgspec
import structlog

from ingest.conversing import started
from ingest.jobs import Draft, Job, Task, WorkerSettings
from search.unread import DIED, TOO_SLOW
from section9 import Section9Error

log = structlog.get_logger()

CHUNK = 32  # tasks a message: the cost of waking a worker, and of a sync, is shared
AHEAD = 3  # chunks a worker may have before it: it never waits for the conductor
HOPELESS = 10  # workers that end one after another without an answer
AHEAD_BYTES = 64 * 1024  # twice that a socket takes in though nobody reads at its other end
LOOK_AROUND = 0.5  # seconds between looks for a worker that hangs


class ArchiveUnwritableError(Section9Error):
    """The archive cannot take what was read. Nothing is lost: it is where it was."""

    exit_code: ClassVar[int] = 26

    def __init__(self, why: str) -> None:
        super().__init__(
            f"the archive cannot be written ({why}): check its disk and owner, then run this again"
        )


class ReadersFailingError(Section9Error):
    """One worker after another ended without reading anything: it is not the mail."""

    def __init__(self) -> None:
        super().__init__(
            "no reader stays alive: see the lines above for why, mend it and run this again;"
            " nothing was lost"
        )


class Pool:
    """Worker processes that turn jobs into drafts.

    `deadline` is in seconds for one message. Memory is flat: at most `workers` x `AHEAD` x
    `CHUNK` messages are under way at once, however many jobs there are.
    """

    def __init__(self, settings: WorkerSettings, *, workers: int, deadline: float) -> None:
        self._settings = settings
        self._deadline = deadline
        self._again: deque[Task] = deque()
        self._deaths = 0  # in a row, without an answer in between
        self._workers = [_Worker(settings) for _ in range(workers)]

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        at: TracebackType | None,
    ) -> None:
        for worker in self._workers:
            worker.stop()

    def drafts(self, jobs: Iterable[Job]) -> Iterator[Draft]:
        """Yield the draft of every job, each once, in the order they are done.

        Raises `ArchiveUnwritableError` when a worker cannot store what it read. A caller that
        stops early abandons what is under way; nothing of it was filed.
        """
        tasks = map(Task, jobs)
        try:
            while self._hand_out(tasks):
                for worker in self._ready():
                    yield from self._collect(worker)
        finally:
            self._abandon()

    def _abandon(self) -> None:
        """Replace workers that still owe an answer: nobody will ask for it."""
        self._again.clear()
        for place, worker in enumerate(self._workers):
            if worker.tasks:
                worker.stop()
                self._workers[place] = _Worker(self._settings)

    def _hand_out(self, tasks: Iterator[Task]) -> bool:
        for worker in self._workers:
            if self._again and not worker.tasks:
                worker.send([self._again.popleft()])
                worker.alone = True
            while not self._again and worker.wants_more and (chunk := list(islice(tasks, CHUNK))):
                worker.send(chunk)
        return bool(self._again) or any(worker.tasks for worker in self._workers)

    def _ready(self) -> list["_Worker"]:
        busy = {worker.connection: worker for worker in self._workers if worker.tasks}
        ready = [busy[connection] for connection in wait(list(busy), LOOK_AROUND)]  # type: ignore[index]
        return ready or [worker for worker in busy.values() if worker.late(self._deadline)]

    def _collect(self, worker: "_Worker") -> Iterator[Draft]:
        if not worker.connection.poll() and worker.late(self._deadline):
            yield from self._replace(worker, TOO_SLOW)
            return
        try:
            draft = worker.receive()
        except (EOFError, OSError, msgspec.DecodeError):  # OSError: in the middle of an answer
            yield from self._replace(worker, DIED)
            return
        if draft.halted:
            raise ArchiveUnwritableError(draft.halted)
        self._deaths = 0
        yield draft

    def _replace(self, worker: "_Worker", why: str) -> Iterator[Draft]:
        """Start a fresh worker; the message that was its last goes on in another way."""
        worker.stop()
        self._deaths += 1
        if self._deaths == HOPELESS:
            raise ReadersFailingError
        log.warning("worker_replaced", why=why, waiting=len(worker.tasks))
        culprit = worker.tasks[0]
        if not worker.alone:  # it had several in hand: each is tried by itself, to find the one
            self._again.extend(worker.tasks)
        elif not culprit.give_up:
            self._again.append(Task(culprit.job, give_up=why))
        else:
            yield Draft(culprit.job, record=None, failed=why)
        self._workers[self._workers.index(worker)] = _Worker(self._settings)


def starved(process: int) -> float:
    """How many seconds a process was ready to run and had no processor; 0 where nobody tells.

    The second number of `/proc/PID/schedstat`, in nanoseconds (Linux, sched-stats.rst).
    """
    try:
        return int(Path(f"/proc/{process}/schedstat").read_text().split()[1]) / 1e9
    except (OSError, ValueError, IndexError):
        return 0.0


class _Worker:
    """One process, and what it has been asked and has not answered yet, oldest first."""

    def __init__(self, settings: WorkerSettings) -> None:
        self._process, self.connection = started("ingest.worker")
        self.tasks: deque[Task] = deque()
        self.alone = False  # with one task, so that its end is that task's doing
        self._later: list[Task] = []  # the last of `tasks`, that it has not been sent yet
        self._since = time.monotonic()
        self._starved: float | None = None  # when it was first looked at since
        self._decoder = msgspec.json.Decoder(Draft)
        self.connection.send_bytes(msgspec.json.encode(settings))

    @property
    def wants_more(self) -> bool:
        enough = len(self.tasks) > (AHEAD - 1) * CHUNK
        return not (self.alone or enough or self._later)

    def send(self, chunk: list[Task]) -> None:
        """Give it more to do. A busy worker is sent no more than the socket surely holds.

        It may be waiting for us to read its drafts; we must not be waiting for it to read.
        """
        message = msgspec.json.encode(chunk)
        if self.tasks and len(message) > AHEAD_BYTES:
            self._later = chunk
        else:
            self._send(message)
        self.tasks.extend(chunk)

    def _send(self, message: bytes) -> None:
        if not self.tasks:
            self._since, self._starved = time.monotonic(), None
        with suppress(ConnectionError):  # it died: reading its answer will say so
            self.connection.send_bytes(message)

    def receive(self) -> Draft:
        draft = self._decoder.decode(self.connection.recv_bytes())
        self.tasks.popleft()
        self.alone = False
        self._since, self._starved = time.monotonic(), None
        if self._later and len(self.tasks) == len(self._later):  # it has nothing else to do
            self._send(msgspec.json.encode(self._later))
            self._later = []
        return draft

    def late(self, deadline: float) -> bool:
        """Tell whether its message takes too long, without what it waited for a processor."""
        if not self.tasks:
            return False
        waited = starved(self._process.pid)
        if self._starved is None:
            self._starved = waited
        return time.monotonic() - self._since - (waited - self._starved) > deadline

    def stop(self) -> None:
        """Kill it: whatever it was doing has no effect until its draft is filed."""
        self.connection.close()
        self._process.kill()
        self._process.wait()
