"""`kill -9` at every durable step of a run of 500 messages: what was promised is kept, once."""

import os
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import islice
from pathlib import Path

import psutil
import pytest
from running import PATIENCE, House, Sender, Serving, made, wait_for

from demo.mailbox import Delivery, messages

MESSAGES = 500
CRASH = Path(__file__).parent / "crash"

LISTENER = (
    "serve open /spool/tmp/ 120",  # the file of a message is to be written
    "serve os.link /spool/new/ 120",  # its bytes are on disk, its name is not
    "serve os.remove /spool/tmp/ 120",  # it has its name, and nobody has heard 250
)
CONDUCTOR = (
    "conduct open /archive/tmp/ 2",  # the drafts of a segment are in, nothing is written
    "conduct os.link /archive/ledger/ 2",  # the segment's bytes are on disk, its name is not
    "conduct os.remove /archive/tmp/ 2",  # it has its name, and the index knows nothing of it
    "conduct os.rename /heads.json 2",  # the segment is durable, the checkpoint is older
    "conduct os.remove /spool/new/ 50",  # the index has all, and the spool is being emptied
)
WORKER = (
    "ingest.worker open /spool/new/ 50",  # a message is to be read
    "ingest.worker os.link /archive/blobs/ 50",  # a blob's bytes are on disk, its name is not
    "ingest.worker os.remove /archive/tmp/ 50",  # it has its name, its folder is not synced
)


@pytest.fixture(scope="module")
def mailbox() -> list[tuple[Delivery, bytes]]:
    """500 messages; the last hundred are earlier ones under other Message-IDs."""
    mails = list(messages())
    again = [(to, raw.replace(b"Message-ID: <", b"Message-ID: <x-", 1)) for to, raw in mails]
    return list(islice([*mails, *again], MESSAGES))


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    (tmp_path / "marks").mkdir()
    with made(tmp_path / "house") as house:
        yield house


def crash(house: House, *points: str) -> dict[str, str]:
    """The environment in which a part of `section9 serve` is killed at each point."""
    path = os.pathsep.join(filter(None, (str(CRASH), os.environ.get("PYTHONPATH"))))
    marks = str(house.home.with_name("marks"))
    return {"PYTHONPATH": path, "CRASH_AT": "; ".join(points), "CRASH_MARKS": marks}


def crashes(house: House) -> int:
    return len([*house.home.with_name("marks").iterdir()])


def settle(house: House, serving: Serving, sender: Sender) -> None:
    """Send what is left, and wait until nothing waits in the spool."""
    sender.send(serving.port)
    wait_for(lambda: not house.spooled, otherwise=serving.log.read_text())


def prove(house: House, sender: Sender) -> None:
    """Whatever heard 250 is archived and indexed, once; and the archive and the sums are whole."""
    archived = house.archived()
    status = house.json("status")

    assert MESSAGES == len(sender.accepted | sender.in_doubt)
    assert sender.accepted <= set(archived)
    assert set(archived) <= sender.accepted | sender.in_doubt
    assert {1} == set(archived.values())
    assert archived == house.indexed()
    assert [] == status["problems"]
    assert len(archived) == status["accepted"] == status["archived"] == status["indexed"]
    assert house.json("verify")["whole"]


def test_what_heard_250_outlives_the_listener(
    house: House, mailbox: list[tuple[Delivery, bytes]]
) -> None:
    """Started again after each death, it has all that it promised; the sender repeats nothing."""
    sender = Sender(mailbox)

    for point in LISTENER:
        with house.serving(**crash(house, point)) as serving:
            sender.send(serving.port)
            assert -9 == serving.process.wait(PATIENCE)
    with house.serving() as serving:
        settle(house, serving, sender)

    assert len(LISTENER) == crashes(house)
    prove(house, sender)


@pytest.mark.parametrize("points", [*((point,) for point in CONDUCTOR), WORKER])
def test_serve_heals_when_a_child_is_killed(
    house: House, mailbox: list[tuple[Delivery, bytes]], points: tuple[str, ...]
) -> None:
    """The mail server notices nothing, and nobody has to start anything again."""
    sender = Sender(mailbox)

    with house.serving(**crash(house, *points)) as serving:
        settle(house, serving, sender)

    assert len(points) == crashes(house)
    assert MESSAGES == len(sender.accepted)
    prove(house, sender)


def test_what_heard_250_outlives_everything(
    house: House, mailbox: list[tuple[Delivery, bytes]]
) -> None:
    """Listener, conductor and workers killed at once, three times, whatever they were doing."""
    sender = Sender(mailbox)

    with ThreadPoolExecutor() as pool:
        for taken_in in (60, 150, 240):
            with house.serving() as serving:
                sending = pool.submit(sender.send, serving.port)
                wait_until_under_way(house, sender, taken_in)
                for process in (psutil.Process(serving.process.pid), *serving.family()):
                    process.kill()
                sending.result(PATIENCE)
    with house.serving() as serving:
        settle(house, serving, sender)

    prove(house, sender)


def wait_until_under_way(house: House, sender: Sender, taken_in: int) -> None:
    """Wait until so many messages were accepted, and some are archived or about to be."""
    blobs = house.home / "archive" / "blobs"
    wait_for(lambda: len(sender.accepted) > taken_in and blobs.exists())
