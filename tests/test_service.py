"""`section9 serve`: it takes mail in whatever else is broken, and mends itself where it can."""

import shutil
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest
from running import House, Sender, Serving, made, wait_for

from demo.mailbox import Delivery

MAIL = """\
From: j.doe@school.example\r
To: a.n@school.example\r
Date: Tue, 1 Sep 2026 09:00:00 +0000\r
Message-ID: <{number}@school.example>\r
Subject: trip {number}\r
\r
The coach leaves at nine.\r
"""
TO = Delivery("j.doe@school.example", ("a.n@school.example",))


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    with made(tmp_path / "house") as house:
        yield house


def sender(numbers: range) -> Sender:
    return Sender((TO, MAIL.format(number=number).encode()) for number in numbers)


def filed(house: House) -> Callable[[], bool]:
    """Whether everything that was accepted has been filed."""
    return lambda: not house.spooled


def conductor(serving: Serving) -> psutil.Process:
    """Its conductor, once it is there."""
    wait_for(lambda: serving.family("conduct"))
    [found] = serving.family("conduct")
    return found


def send(serving: Serving, numbers: range) -> Sender:
    """Send messages, every one of which must be accepted."""
    sending = sender(numbers)
    sending.send(serving.port)
    assert len(numbers) == len(sending.accepted)
    return sending


def whole(house: House, *senders: Sender) -> None:
    """All that was accepted is archived and indexed once, and the sums are right."""
    accepted = set[object]().union(*(one.accepted for one in senders))
    archived = house.archived()
    assert accepted <= set(archived)
    assert {1} == set(archived.values())
    assert archived == house.indexed()
    assert [] == house.json("status")["problems"]
    assert house.json("verify")["whole"]


def test_sigterm_ends_it_when_what_is_being_received_is_complete(house: House) -> None:
    """Exit code 0, nothing left running, and everything accepted is kept."""
    sending = sender(range(5_000))

    with house.serving() as serving:
        thread = threading.Thread(target=sending.send, args=(serving.port,))
        thread.start()
        wait_for(lambda: len(sending.accepted) > 50)
        family = serving.family()
        code, log = serving.end(), serving.log.read_bytes()
        thread.join()
    with house.serving() as serving:
        wait_for(filed(house), otherwise=serving.log.read_text())

    assert 0 == code
    assert b"Fatal" not in log
    assert [] == [process for process in family if process.is_running()]
    whole(house, sending)


def test_mail_is_taken_in_while_the_index_is_broken(house: House) -> None:
    """The spool grows, `index rebuild` mends it, and the backlog is filed with no restart."""
    path = house.home / "index" / "section9.sqlite"
    with house.serving() as serving:
        before = send(serving, range(20))
        wait_for(filed(house))
        for file in path.parent.iterdir():
            file.unlink()
        path.write_bytes(b"not a database " * 1_000)

        during = send(serving, range(20, 40))
        wait_for(lambda: b"IndexCorruptError" in serving.log.read_bytes())
        waiting, told = house.spooled, house.run("status")
        house.must("index", "rebuild")
        wait_for(filed(house), otherwise=serving.log.read_text())

    assert 20 == waiting
    assert b"section9 index rebuild" in told.stderr
    whole(house, before, during)


def test_mail_is_taken_in_while_the_archive_is_away(house: House) -> None:
    """As when its disk is not mounted: nothing is filed elsewhere, and all is filed after."""
    archive = house.home / "archive"
    with house.serving() as serving:
        before = send(serving, range(20))
        wait_for(filed(house))
        archive.rename(archive.with_name("away"))

        house.run("status")  # which finds no archive where there was one
        during = send(serving, range(20, 40))
        wait_for(lambda: b"round_failed" in serving.log.read_bytes())
        waiting, elsewhere = house.spooled, list(archive.glob("ledger/mail/*"))
        shutil.rmtree(archive, ignore_errors=True)
        archive.with_name("away").rename(archive)
        wait_for(filed(house), otherwise=serving.log.read_text())

    assert (20, []) == (waiting, elsewhere)
    whole(house, before, during)


def test_an_index_made_again_meanwhile_misses_nothing(house: House) -> None:
    """What is filed while a rebuild runs is in the new index too, with no further mail."""
    with house.serving() as serving:
        before = send(serving, range(300))
        wait_for(filed(house))
        rebuild = house.start("index", "rebuild", log=house.home.with_name("rebuild.log"))
        during: list[Sender] = []
        while rebuild.poll() is None:
            start = 300 + 10 * len(during)
            during.append(send(serving, range(start, start + 10)))
            time.sleep(0.1)
        wait_for(filed(house))
        wait_for(lambda: not house.json("status")["problems"])

    assert 0 == rebuild.returncode
    whole(house, before, *during)


def test_a_damaged_spool_file_is_set_aside_and_the_rest_goes_on(house: House) -> None:
    """It is kept with the reason, and `status` says so."""
    damaged = house.home / "spool" / "new" / "20260901T090000000000abcd-00000001"
    with house.serving() as serving:
        assert serving.port
        damaged.write_bytes(b"\x00no envelope\n")

        rest = send(serving, range(10))
        wait_for(filed(house))
    kept = house.home / "quarantine" / damaged.name
    status = house.json("status")

    assert b"\x00no envelope\n" == kept.read_bytes()
    assert "SpoolEntryDamagedError" == house.read(kept.with_suffix(".json").read_bytes())["reason"]
    assert (11, 10, 1) == (status["accepted"], status["archived"], status["quarantined"])
    assert ["1 messages are quarantined"] == status["problems"]
    assert rest.accepted == set(house.archived())


def test_a_conductor_that_dies_is_started_again(house: House) -> None:
    """The listener goes on as if nothing had been."""
    with house.serving() as serving:
        first = conductor(serving)
        first.kill()
        sending = send(serving, range(10))
        wait_for(filed(house), otherwise=serving.log.read_text())
        again = conductor(serving)

    assert first.pid != again.pid
    whole(house, sending)


def test_a_new_serve_takes_over_from_one_that_was_killed(house: House) -> None:
    """The orphaned conductor and its workers end by themselves; nothing is filed twice."""
    with house.serving() as serving:
        first = send(serving, range(100))
        family = [conductor(serving), *serving.family("ingest.worker")]
        serving.process.kill()
        with house.serving() as successor:
            second = send(successor, range(100, 200))
            wait_for(filed(house), otherwise=successor.log.read_text())
        _, alive = psutil.wait_procs(family, 30)

    assert [] == alive
    whole(house, first, second)


def test_a_port_that_is_taken_is_one_line(house: House) -> None:
    """Whoever starts it twice is told so, and no conductor stays behind."""
    with house.serving() as serving:
        done = house.run("serve", SECTION9_JOURNAL__PORT=str(serving.port))
        conductors = serving.family("conduct")

    lines = done.stderr.decode().splitlines()
    assert (1, 1) == (done.returncode, sum("cannot be had" in line for line in lines))
    assert "Traceback" not in done.stderr.decode()
    assert 1 == len(conductors)
