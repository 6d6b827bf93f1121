"""A worker process: takes tasks from the pool, gives drafts back, and ends when the pool does.

Run as `python -m ingest.worker FD`. It reads hostile mail under a limit on its memory; the pool
watches its time.
"""

import hashlib
import os
import resource
import sys
import traceback
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, replace
from multiprocessing.connection import Connection
from pathlib import Path

import msgspec

from archive.blobs import BlobMissingError, Blobs, BlobTamperedError
from archive.ledger import Ledger
from archive.store import FolderStore, StoreError
from cases.exceptions import Excepted
from cases.rulebook import Rulebook
from detectors.roll import Roll
from detectors.roll_file import ROLL_FILE
from detectors.scan import Scanner
from ingest.arrival import Arrival, by_smtp, opened
from ingest.attachments import Extractor
from ingest.hashes import HashesError, HashLists
from ingest.jobs import Draft, Replayed, Reread, Sliced, Spooled, Stored, Task, WorkerSettings
from ingest.reader import Reader
from ingest.spool import Spool, SpoolError
from people import Directory
from section9 import Record

FILE_CHANGED = "file-changed"  # since it was listed: what it holds now has another name
Fetched = Arrival | bytes
"""What is new comes as an arrival; what is archived already as its bytes."""

BATCH = 32  # messages stored at once, at most: they share the cost of a sync
ENOUGH = 8 * 2**20  # bytes after which a batch takes no more; one message may be larger
AHEAD = 2  # batches being stored or read
OUT_OF_MEMORY = 70  # exit status; the pool takes any end for a death and goes on without us


@dataclass(frozen=True, slots=True)
class Batch:
    """Messages that were fetched, and the promise that they are stored."""

    fetched: Sequence[tuple[Task, Fetched | str]]
    stored: Future[None]


class Inbox:
    """The tasks that the pool has sent, one by one."""

    def __init__(self, pool: Connection) -> None:
        self._pool = pool
        self._tasks: deque[Task] = deque()
        self._decoder = msgspec.json.Decoder(list[Task])

    def next(self, *, wait: bool) -> Task | None:
        """Give the next task. None: there is none now, or, having waited, there will be none."""
        if not self._tasks and (wait or self._pool.poll()):
            try:
                self._tasks.extend(self._decoder.decode(self._pool.recv_bytes()))
            except EOFError:
                return None
        return self._tasks.popleft() if self._tasks else None


class Worker:
    """Fetches, stores and reads a batch of messages at a time."""

    def __init__(
        self,
        reader: Reader,
        spool: Spool,
        blobs: Blobs,
        journal_addresses: frozenset[str],
        refresh: Callable[[], None],  # before each batch: what may have changed meanwhile
    ) -> None:
        self._reader = reader
        self._spool = spool
        self._blobs = blobs
        self._refresh = refresh
        self._journal_addresses = journal_addresses
        self._storing = ThreadPoolExecutor(1)

    def drafts(self, inbox: "Inbox") -> Iterator[Draft]:
        """Yield a draft for every task, in order. A record is yielded once its bytes are stored.

        While one batch is read the next is being stored, so that reading never waits for the disk.
        """
        ready: deque[Batch] = deque()
        while True:
            while len(ready) < AHEAD and (batch := self._batch(inbox, wait=not ready)):
                ready.append(batch)
            if not ready:
                return
            yield from self._read_batch(ready.popleft())

    def _batch(self, inbox: "Inbox", *, wait: bool) -> "Batch | None":
        """Fetch some messages and begin to store them; None where there are none for now."""
        self._refresh()
        fetched: list[tuple[Task, Fetched | str]] = []
        size = 0
        while len(fetched) < BATCH and size < ENOUGH:
            task = inbox.next(wait=wait and not fetched)
            if task is None:
                break
            got = self._fetch(task)
            fetched.append((task, got))
            size += sum(map(len, got.contents)) if isinstance(got, Arrival) else len(got)
        stored = self._storing.submit(self._store, fetched) if fetched else None
        return Batch(fetched, stored) if stored else None

    def _read_batch(self, batch: "Batch") -> Iterator[Draft]:
        for task, got in batch.fetched:
            if isinstance(got, str):
                yield Draft(task.job, failed=got)
            else:
                yield self._draft(task, got, batch.stored)

    def _fetch(self, task: Task) -> Fetched | str:
        """Get a job's bytes, or the reason why there are none."""
        try:
            match task.job:
                case Spooled() as job:
                    return by_smtp(self._spool.read(job.id), self._journal_addresses)
                case Sliced() as job:
                    return self._sliced(job)
                case Stored() as job:
                    return self._stored(job)
                case Replayed() | Reread() as job:
                    return self._blobs.get(job.blob)
        except (SpoolError, OSError, BlobMissingError, BlobTamperedError) as error:
            return type(error).__name__

    def _sliced(self, job: Sliced) -> Arrival | str:
        content = _slice(job)
        if hashlib.sha256(content).hexdigest() != job.sighting.blob:
            return FILE_CHANGED
        return opened(job.sighting, content, self._journal_addresses, vouched=job.vouched)

    def _stored(self, job: Stored) -> Arrival:
        content = self._blobs.get(job.sighting.blob)
        arrival = opened(job.sighting, content, self._journal_addresses, vouched=job.vouched)
        return replace(arrival, contents=arrival.contents[1:])  # all that came is stored already

    def _store(self, fetched: Sequence[tuple[Task, Fetched | str]]) -> None:
        arrivals = (got for _, got in fetched if isinstance(got, Arrival))
        self._blobs.put_all([content for one in arrivals for content in one.contents])

    def _draft(self, task: Task, got: Fetched, stored: Future[None]) -> Draft:
        try:
            record, rules = self._read(task, got)
        except HashesError as error:  # what may not be opened is not known: nothing is opened
            return Draft(task.job, halted=type(error).__name__)
        try:
            self._await(stored, got)
        except BlobTamperedError as error:
            return Draft(task.job, failed=type(error).__name__)
        except (OSError, StoreError) as error:
            return Draft(task.job, halted=type(error).__name__)
        return Draft(task.job, record, rules=rules)

    def _read(self, task: Task, got: Fetched) -> tuple[Record, str]:
        """Read one message; also say which rules ran."""
        if isinstance(got, Arrival):
            record = self._reader.new(got.sighting, got.message, give_up=task.give_up)
            return record, self._reader.rules
        if isinstance(task.job, Reread):
            return self._reader.reread(task.job, got, give_up=task.give_up)
        if isinstance(task.job, Replayed):
            return self._reader.replayed(task.job, got, give_up=task.give_up), ""
        raise TypeError(type(task.job))

    def _await(self, stored: Future[None], got: Fetched) -> None:
        try:
            stored.result()
        except BlobTamperedError:  # one of the batch: only that one must fail
            if isinstance(got, Arrival):
                self._blobs.put_all(got.contents)


def main(descriptor: int) -> None:
    """Serve the pool at the other end of a socket until it closes."""
    with Connection(descriptor) as pool:
        settings = msgspec.json.decode(pool.recv_bytes(), type=WorkerSettings)
        _limit(settings)
        with Extractor(tesseract=settings.tesseract) as extractor:
            worker = _worker(settings, extractor)
            for draft in worker.drafts(Inbox(pool)):
                pool.send_bytes(msgspec.json.encode(draft))


def _worker(settings: WorkerSettings, extractor: Extractor) -> Worker:
    directory = Directory(Path(settings.people))
    roll = Roll(Path(settings.people).with_name(ROLL_FILE))
    store = FolderStore(Path(settings.archive))
    rulebook = Rulebook(Ledger(store))
    excepted = Excepted(Ledger(store))
    scanner = Scanner(
        runs=rulebook.is_on,
        person=directory.person,
        named=directory.named,
        roll=roll,
        domains=frozenset(map(str.lower, settings.domains)),
        agreed=settings.agreed,
        exempt=settings.exempt,
        declared=excepted.exempt,
    )
    addresses = frozenset(address.lower() for address in settings.journal_addresses)
    reader = Reader(extractor=extractor, scanner=scanner, hashes=HashLists(Path(settings.home)))
    spool = Spool(Path(settings.home), run=None)

    def refresh() -> None:
        directory.refresh()
        roll.refresh()
        rulebook.refresh()
        excepted.refresh()

    return Worker(reader, spool, Blobs(store), addresses, refresh)


def _limit(settings: WorkerSettings) -> None:
    """Bound memory; the hard limit stays, because the extractor sets its own."""
    _, hard = resource.getrlimit(resource.RLIMIT_AS)
    resource.setrlimit(resource.RLIMIT_AS, (settings.memory, hard))


def _slice(job: Sliced) -> bytes:
    with Path(job.path).open("rb") as file:
        file.seek(job.start)
        return file.read(job.length)


if __name__ == "__main__":
    try:
        main(int(sys.argv[1]))
    except MemoryError:  # the message in hand is too much for us; there is no room to say so
        os._exit(OUT_OF_MEMORY)
    except (BrokenPipeError, KeyboardInterrupt):  # the pool has gone
        sys.exit(0)
    except Exception as bug:  # noqa: BLE001 - where it is, and of which kind; its words may be mail
        traceback.print_tb(bug.__traceback__)
        sys.exit(f"{type(bug).__name__} in a reader")
