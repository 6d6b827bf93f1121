"""A worker process: takes tasks from the pool, gives drafts back, and ends when the pool does.

Run as `python -m ingest.worker FD`. It reads hostile mail under a limit on its memory; the pool
watches its time.
"""

import hashlib
import os
import resource
import sys
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from multiprocessing.connection import Connection
from pathlib import Path

import msgspec

from archive.blobs import BlobMissingError, Blobs, BlobTamperedError
from archive.store import FolderStore, StoreError
from detectors.scan import Scanner
from ingest.arrival import Arrival, by_smtp, opened
from ingest.attachments import Extractor
from ingest.jobs import Draft, Replayed, Sliced, Spooled, Task, WorkerSettings
from ingest.reader import Reader
from ingest.spool import Spool, SpoolError
from people import Directory
from section9 import Record

FILE_CHANGED = "file-changed"  # since it was listed: what it holds now has another name
Fetched = Arrival | bytes
"""What is new comes as an arrival; what is archived already as its bytes."""

OUT_OF_MEMORY = 70  # exit status; the pool takes any end for a death and goes on without us


class Worker:
    """Fetches, stores and reads a batch of messages at a time."""

    def __init__(
        self,
        reader: Reader,
        spool: Spool,
        blobs: Blobs,
        directory: Directory,
        journal_addresses: frozenset[str],
    ) -> None:
        self._reader = reader
        self._spool = spool
        self._blobs = blobs
        self._directory = directory
        self._journal_addresses = journal_addresses
        self._storing = ThreadPoolExecutor(1)

    def drafts(self, tasks: list[Task]) -> Iterator[Draft]:
        """Yield a draft for every task, in order. A record is yielded once its bytes are stored."""
        self._directory.refresh()
        fetched = [(task, self._fetch(task)) for task in tasks]
        stored = self._storing.submit(self._store, fetched)  # the disk works while we read
        for task, got in fetched:
            if isinstance(got, str):
                yield Draft(task.job, failed=got)
            else:
                yield self._draft(task, got, stored)

    def _fetch(self, task: Task) -> Fetched | str:
        """Get a job's bytes, or the reason why there are none."""
        try:
            match task.job:
                case Spooled() as job:
                    return by_smtp(self._spool.read(job.id), self._journal_addresses)
                case Sliced() as job:
                    return self._sliced(job)
                case Replayed() as job:
                    return self._blobs.get(job.blob)
        except (SpoolError, OSError, BlobMissingError, BlobTamperedError) as error:
            return type(error).__name__

    def _sliced(self, job: Sliced) -> Arrival | str:
        content = _slice(job)
        if hashlib.sha256(content).hexdigest() != job.sighting.blob:
            return FILE_CHANGED
        return opened(job.sighting, content, self._journal_addresses, vouched=job.vouched)

    def _store(self, fetched: list[tuple[Task, Fetched | str]]) -> None:
        arrivals = (got for _, got in fetched if isinstance(got, Arrival))
        self._blobs.put_all([content for one in arrivals for content in one.contents])

    def _draft(self, task: Task, got: Fetched, stored: Future[None]) -> Draft:
        record = self._read(task, got)
        try:
            self._await(stored, got)
        except BlobTamperedError as error:
            return Draft(task.job, failed=type(error).__name__)
        except (OSError, StoreError) as error:
            return Draft(task.job, halted=type(error).__name__)
        return Draft(task.job, record, rules=self._reader.rules)

    def _read(self, task: Task, got: Fetched) -> Record:
        if isinstance(got, Arrival):
            return self._reader.new(got.sighting, got.message, give_up=task.give_up)
        if isinstance(task.job, Replayed):
            return self._reader.replayed(task.job, got, give_up=task.give_up)
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
        with Extractor() as extractor:
            worker = _worker(settings, extractor)
            for tasks in _batches(pool):
                for draft in worker.drafts(tasks):
                    pool.send_bytes(msgspec.json.encode(draft))


def _worker(settings: WorkerSettings, extractor: Extractor) -> Worker:
    directory = Directory(Path(settings.people))
    scanner = Scanner(person=directory.person, domains=frozenset(settings.domains))
    addresses = frozenset(address.lower() for address in settings.journal_addresses)
    reader = Reader(extractor=extractor, scanner=scanner)
    blobs = Blobs(FolderStore(Path(settings.archive)))
    return Worker(reader, Spool(Path(settings.home), run=None), blobs, directory, addresses)


def _batches(pool: Connection) -> Iterator[list[Task]]:
    decoder = msgspec.json.Decoder(list[Task])
    while True:
        try:
            yield decoder.decode(pool.recv_bytes())
        except EOFError:
            return


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
