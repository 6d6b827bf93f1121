"""The pipeline: no message stops the next, nothing is filed twice, and a crash is made good."""

import threading
from collections import Counter
from collections.abc import Callable, Generator, Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import cast

import psutil
import pytest
from running import House, made, wait_for

from archive.blobs import Blobs
from archive.books import Book
from archive.ledger import Ledger
from archive.store import FolderStore
from cases.custody import Custody
from ingest.files import Files
from ingest.jobs import Draft, Sliced, WorkerSettings
from ingest.pipeline import Pipeline
from ingest.pool import ArchiveUnwritableError, Pool
from ingest.spool import Spool, new_run
from ingest.worker import FILE_CHANGED
from search.index import Index
from search.sqlite import open_sqlite
from search.tree import Everything, Exact
from search.unread import DIED, TOO_SLOW
from section9 import Envelope, SightingId

NOW = datetime(2026, 9, 1, 9, 0, tzinfo=UTC)
MAIL = """\
From: j.doe@school.example\r
To: a.n@school.example\r
Date: Tue, 1 Sep 2026 09:00:00 +0000\r
Message-ID: <{number}@school.example>\r
Subject: trip {number}\r
\r
{body}\r
"""


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    with made(tmp_path / "house") as house:
        yield house


def write(folder: Path, numbers: range, *, body: str = "The coach leaves at nine.") -> list[Sliced]:
    """Write messages to a folder; gives their jobs."""
    folder.mkdir(exist_ok=True)
    for number in numbers:
        path = folder / f"{number:06d}.eml"
        path.write_bytes(MAIL.format(number=number, body=body).encode())
    return jobs(folder)


def jobs(folder: Path) -> list[Sliced]:
    files = Files(mailbox="", seen=NOW, store=list, scratch=folder)
    return [one for one in files.messages([folder]) if isinstance(one, Sliced)]


def pool(house: House, *, deadline: float = 60.0) -> Pool:
    """One worker, so that it is known who reads what."""
    settings = WorkerSettings(
        home=str(house.home),
        archive=str(house.home / "archive"),
        people=str(house.home / "people.jsonl"),
        domains=(),
        journal_addresses=(),
        memory=1536 * 2**20,
    )
    return Pool(settings, workers=1, deadline=deadline)


@contextmanager
def pipeline(house: House, readers: Pool) -> Iterator[Pipeline]:
    path = house.home / "index" / "section9.sqlite"
    path.parent.mkdir(exist_ok=True)
    store = FolderStore(house.home / "archive")
    ledger = Ledger(store, checkpoint=house.home / "heads.json")
    with (
        closing(open_sqlite(path, mode="write")) as index,
        closing(Custody(ledger, store, house.home / "custody.lock")) as custody,
    ):
        yield Pipeline(ledger, index, readers, lambda: NOW, custody)


def reader(readers: Pool) -> psutil.Process:
    return psutil.Process(readers._workers[0]._process.pid)


def given_up(drafts: list[Draft]) -> list[str]:
    """Why messages were left unread."""
    records = [draft.record for draft in drafts if draft.record]
    return [defect.code for record in records for defect in record.parsed.defects]


def copies(drafts: list[Draft]) -> list[SightingId]:
    return sorted(draft.job.copy for draft in drafts)


def opaque(index: Index) -> int:
    return index.count(Exact("is", "opaque"))


@contextmanager
def striking(
    readers: Pool, strike: Callable[[psutil.Process], None], *, times: int
) -> Iterator[None]:
    """Strike the one reader as soon as it is there, and those that replace it, `times` in all."""

    def strikes() -> None:
        struck: set[int] = set()
        while len(struck) < times:
            pid = readers._workers[0]._process.pid
            if pid not in struck:
                struck.add(pid)
                strike(psutil.Process(pid))

    thread = threading.Thread(target=strikes)
    thread.start()
    yield
    thread.join()


def test_a_reader_that_is_killed_once_costs_nothing(house: House, tmp_path: Path) -> None:
    """Every message that it had in hand is tried again by itself, and read in full."""
    found = write(tmp_path / "mail", range(80))

    with pool(house) as readers, striking(readers, psutil.Process.kill, times=1):
        drafts = list(readers.drafts(found))

    assert [] == given_up(drafts)
    assert copies(drafts) == sorted(job.copy for job in found)


def test_a_message_that_kills_its_reader_is_filed_unread(house: House, tmp_path: Path) -> None:
    """It says why, `is:opaque` finds it, and every other message is read in full."""
    found = write(tmp_path / "mail", range(80))

    with pool(house) as readers, pipeline(house, readers) as line:
        with striking(readers, psutil.Process.kill, times=2):
            drafts = [draft for filed in line.file(found) for draft in filed.new]
        unread = opaque(line.index)

    assert copies(drafts) == sorted(job.copy for job in found)
    assert [DIED] == given_up(drafts)
    assert 1 == unread
    assert 79 == sum(bool(draft.record and draft.record.parsed.parts) for draft in drafts)


def test_a_message_that_hangs_its_reader_is_filed_unread(house: House, tmp_path: Path) -> None:
    """After the deadline, twice, its message is filed unread; the rest goes to a fresh reader."""
    found = write(tmp_path / "mail", range(40))

    with (
        pool(house, deadline=5.0) as readers,
        striking(readers, psutil.Process.suspend, times=2),
    ):
        drafts = list(readers.drafts(found))

    assert [TOO_SLOW] == given_up(drafts)
    assert copies(drafts) == sorted(job.copy for job in found)


def test_a_reader_that_dies_in_the_middle_of_an_answer_is_replaced(
    house: House, tmp_path: Path
) -> None:
    """Half an answer counts as none: the message is read again."""
    found = write(tmp_path / "mail", range(1))
    large = write(tmp_path / "large", range(1, 2), body="word " * 300_000)

    with pool(house) as readers:
        drafts = readers.drafts([*found, *large])
        first = next(drafts)
        wait_for(readers._workers[0].connection.poll)
        reader(readers).kill()
        rest = list(drafts)

    assert [] == given_up([first, *rest])
    assert copies(rest) == [job.copy for job in large]


def test_what_a_caller_abandons_is_not_given_to_the_next(house: House, tmp_path: Path) -> None:
    """Stopping early leaves no stale answers behind."""
    found = write(tmp_path / "mail", range(80))

    with pool(house) as readers:
        with closing(cast("Generator[Draft]", readers.drafts(found[:40]))) as abandoned:
            next(abandoned)
        drafts = list(readers.drafts(found[40:]))

    assert copies(drafts) == sorted(job.copy for job in found[40:])


def test_the_index_follows_a_ledger_that_is_ahead(house: House, tmp_path: Path) -> None:
    """A crash between ledger and index is made good from the ledger and the archive alone."""
    found = write(tmp_path / "mail", range(5))

    with pool(house) as readers:
        with pipeline(house, readers) as line:
            drafts = list(readers.drafts(found))
            events = [event for draft in drafts for event in line._events(draft)]
            line.ledger.append(Book.MAIL, events)
        with pipeline(house, readers) as line:
            behind = list(line.behind())
            line.catch_up()
            again = [filed for filed in line.file(found) if filed.new]
            indexed = line.index.count(Everything())

    assert [1] == behind
    assert (5, []) == (indexed, again)
    assert house.archived() == house.indexed()


def test_messages_to_hundreds_are_indexed_again(house: House) -> None:
    """Long jobs and long answers at once: neither end waits for the other for ever."""
    people = tuple(f"somebody.number{number}@school.example" for number in range(1_000))
    envelope = Envelope("j.doe@school.example", people, "127.0.0.1", None, None, NOW)
    raw = [MAIL.format(number=number, body="word " * 5_000).encode() for number in range(100)]
    Spool(house.home, run=new_run()).put_all([(envelope, content) for content in raw])
    with house.serving(SECTION9_READING__WORKERS="1"):
        wait_for(lambda: not house.spooled)

    done = house.run("index", "rebuild", SECTION9_READING__WORKERS="1")

    assert 0 == done.returncode
    assert 100 == house.indexed().total()


def test_a_file_that_changes_while_it_is_read_is_no_message(house: House, tmp_path: Path) -> None:
    """What is filed is what was listed, or nothing: a sighting always names bytes we hold."""
    [job] = write(tmp_path / "mail", range(1))
    Path(job.path).write_bytes(MAIL.format(number=0, body="Something else entirely!!").encode())

    with pool(house) as readers:
        [draft] = readers.drafts([job])

    assert (FILE_CHANGED, None) == (draft.failed, draft.record)


def test_an_archive_that_cannot_be_written_loses_nothing(house: House, tmp_path: Path) -> None:
    """All stops with one line; put right, the same command goes on as if nothing had been."""
    found = write(tmp_path / "mail", range(50))
    blobs = house.home / "archive" / "blobs"
    blobs.parent.mkdir()
    blobs.touch()

    halted = house.run("ingest", tmp_path / "mail")
    blobs.unlink()
    resumed = house.json("ingest", tmp_path / "mail")

    assert ArchiveUnwritableError.exit_code == halted.returncode
    assert 1 == len(halted.stderr.splitlines()), halted.stderr
    assert (len(found), 0) == (resumed["new"], resumed["failed"])
    assert house.json("verify")["whole"]


def test_two_at_once_file_each_message_once(house: House, tmp_path: Path) -> None:
    """They wait for each other where they must; every message is searchable once."""
    mine = write(tmp_path / "mine", range(200))
    both = write(tmp_path / "both", range(200, 300))
    logs = [tmp_path / "first.log", tmp_path / "second.log"]

    ingests = [house.start("ingest", tmp_path / "both", tmp_path / "mine", log=log) for log in logs]
    ended = [process.wait(60) for process in ingests]

    assert [0, 0] == ended, [log.read_text() for log in logs]
    assert Counter(job.sighting.blob for job in (*mine, *both)) == house.indexed()
    assert [] == house.json("status")["problems"]
    assert house.json("verify")["whole"]


def test_what_a_purge_took_meanwhile_is_read_again(house: House, tmp_path: Path) -> None:
    """Bytes that were found stored, and were purged before they were filed, are stored again."""
    found = write(tmp_path / "mail", range(3))

    with pool(house) as readers, pipeline(house, readers) as line:
        drafts = list(readers.drafts(found))
        blobs = Blobs(FolderStore(house.home / "archive"))
        blobs.remove_all([found[1].sighting.blob])
        filed = line._file(drafts)
        again = [one for part in line.file(found) for one in part.new]

    assert [found[1].copy] == copies(list(filed.lost))
    assert sorted([found[0].copy, found[2].copy]) == copies(list(filed.new))
    assert [found[1].copy] == copies(again)
    assert blobs.has(found[1].sighting.blob)
