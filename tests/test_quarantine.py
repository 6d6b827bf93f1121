"""Quarantine: what could not be read is kept, can be looked at from outside, and tried again."""

import os
import shutil
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from running import House, made, wait_for

from ingest.quarantine import inspect, retry
from ingest.spool import Spool, new_run
from ingest.spool_errors import QuarantineMissingError, SpoolIdMalformedError
from section9 import Envelope, SpoolId

CRASH = Path(__file__).parent / "crash"
WORD = "confidential"
MAIL = f"From: j.doe@school.example\r\nMessage-ID: <1@x.example>\r\nSubject: {WORD}\r\n\r\nhi\r\n"
RECEIVED = datetime(2026, 9, 1, 9, 0, tzinfo=UTC)
ENVELOPE = Envelope(
    "j.doe@school.example", ("journal@archive.example",), "192.0.2.7", "TLSv1.3", None, RECEIVED
)


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    with made(tmp_path / "house") as house:
        yield house


def spooled(house: House) -> tuple[Spool, SpoolId]:
    spool = Spool(house.home, run=new_run())
    return spool, spool.put(ENVELOPE, MAIL.encode())


def deadly(entry: SpoolId, marks: Path) -> dict[str, str]:
    """An environment in which every reader that opens a message is killed, a few times over."""
    marks.mkdir()
    points = [f"ingest.worker open {entry[start:]} 1" for start in range(6)]
    path = os.pathsep.join(filter(None, (str(CRASH), os.environ.get("PYTHONPATH"))))
    return {"PYTHONPATH": path, "CRASH_AT": "; ".join(points), "CRASH_MARKS": str(marks)}


def conducted(house: House, until: Path, **settings: str) -> None:
    """Run the conductor until a file has gone."""
    log = house.home.with_name("conduct.log")
    process = house.start("conduct", log=log, **settings)
    try:
        wait_for(lambda: not until.exists(), otherwise=log.read_text())
    finally:
        process.terminate()
        process.wait()


def test_a_message_that_kills_its_reader_is_archived_once_that_is_mended(
    house: House, tmp_path: Path
) -> None:
    """Each reader dies of it; once none does any more, the message is put back and read."""
    spool, entry = spooled(house)
    new = spool.path(entry)
    conducted(house, new, **deadly(entry, tmp_path / "marks"))
    listed = house.json("quarantine", "list")
    shown = house.must("quarantine", "show", entry).decode()

    house.must("quarantine", "retry", "--all")
    conducted(house, new)

    assert (entry, "reader-died", 1) == (listed["id"], listed["reason"], listed["attempts"])
    assert ("192.0.2.7", len(new_size(ENVELOPE))) == (listed["peer"], listed["size"] - len(MAIL))
    assert WORD not in shown
    assert b"" == house.must("quarantine", "list")
    assert not list(spool.aside.iterdir())
    status = house.json("status")
    assert (1, 1, 0, []) == (
        status["accepted"],
        status["archived"],
        status["quarantined"],
        status["problems"],
    )


def new_size(envelope: Envelope) -> bytes:
    """The line that the spool writes of an envelope."""
    from ingest.spool import _line  # noqa: PLC0415 - what is on disk is its to say

    return _line(envelope)


def test_a_damaged_file_is_archived_once_it_is_whole_again(house: House, tmp_path: Path) -> None:
    """It says that it is damaged, counts the attempts, and goes its road when mended."""
    spool, entry = spooled(house)
    new, aside = spool.path(entry), spool.aside / entry
    shutil.copy(new, tmp_path / "whole")
    new.write_bytes(b"\x00 no envelope\n")
    conducted(house, new)
    damaged = house.json("quarantine", "list")
    house.must("quarantine", "retry", entry)
    conducted(house, new)
    again = house.json("quarantine", "show", entry)

    shutil.copy(tmp_path / "whole", aside)
    house.must("quarantine", "retry", entry)
    conducted(house, new)

    assert ("SpoolEntryDamagedError", None) == (damaged["reason"], damaged["received"])
    assert (1, 2) == (damaged["attempts"], again["attempts"])
    assert (1, []) == ((now := house.json("status"))["archived"], now["problems"])


def test_putting_back_may_be_interrupted(house: House) -> None:
    """With the message in both places, doing it again leaves it in the spool alone."""
    spool, entry = spooled(house)
    spool.quarantine(entry, "reason")
    spool.path(entry).hardlink_to(spool.aside / entry)

    retry(spool, entry)

    assert [entry] == spool.pending(limit=9)
    assert MAIL.encode() == spool.read(entry).content
    assert [] == spool.quarantined()


def test_what_is_not_there_is_a_word_on_what_is(house: House) -> None:
    """A mistyped id is one line, and never a path."""
    spool, entry = spooled(house)

    with pytest.raises(QuarantineMissingError):
        inspect(spool, entry)
    with pytest.raises(QuarantineMissingError):
        retry(spool, SpoolId("r1-00000009"))
    with pytest.raises(SpoolIdMalformedError):
        retry(spool, SpoolId("../new"))

    assert 2 == house.run("quarantine", "retry").returncode
    assert [entry] == spool.pending(limit=9)
