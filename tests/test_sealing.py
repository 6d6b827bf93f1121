"""Seals: of a sealed message nothing is shown, searched or exported (clause 7.4)."""

import hashlib
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from keeping import NOW, PERSON, Keeping, keeping, mail
from running import made

from archive.alert_events import AlertPlanned, AlertSent
from archive.books import Book
from archive.case_events import Sealed
from cases.gate import Gate
from cases.purge import Doomed
from cases.sealing import SealedError, Seals
from ingest.hashes import HashesError, HashLists, add
from search.index import Index
from section9 import MailId

EXECUTABLE = b"quagga attachment, pretend that nobody may see it"
"""What stands for a file that is on a list."""
CARRIER = b"""\
Message-ID: <carrier@school.example>
Date: Tue, 1 Sep 2026 09:00:00 +0000
From: j.doe@school.example
To: a.head@school.example
Subject: zebra
MIME-Version: 1.0
Content-Type: multipart/mixed; boundary=b

--b
Content-Type: text/plain

okapi
--b
Content-Type: application/octet-stream
Content-Disposition: attachment; filename=gnu.bin

%s
--b--
"""


class Inbox:
    """Keeps what a real SMTP server is sent."""

    def __init__(self) -> None:
        self.messages: list[bytes] = []

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:  # noqa: N802 - aiosmtpd calls it so
        """Take a message."""
        self.messages.append(envelope.content)
        return "250 OK"


@contextmanager
def receiving(inbox: Inbox) -> Iterator[int]:
    """Run a server on a free port of the loopback; gives the port."""
    controller = Controller(inbox, hostname="127.0.0.1", port=free_port())
    controller.start()
    try:
        yield controller.port
    finally:
        controller.stop()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture
def house(tmp_path: Path) -> Iterator[Keeping]:
    with keeping(tmp_path / "house") as house:
        yield house


def gate(house: Keeping) -> Gate:
    return Gate(house.casebook, house.ledger, house.index, house.blobs, "i.nspector", lambda: NOW)


def seals(house: Keeping) -> Seals:
    @contextmanager
    def indexes() -> Iterator[list[Index]]:
        yield [house.index]

    return Seals(house.ledger, house.custody, indexes, "i.nspector", lambda: NOW)


@pytest.fixture
def sealed(house: Keeping) -> MailId:
    """A message that was found, and then sealed."""
    case, found = house.casebook.case(house.open_case()), house.file(mail(1))
    seals(house).seal(found, case, reason="suspected")
    return found


@pytest.mark.parametrize("view", ["text", "headers", "raw"])
def test_no_view_opens_a_sealed_message(house: Keeping, sealed: MailId, view: str) -> None:
    """Whatever the authority."""
    with pytest.raises(SealedError):
        gate(house).show("C-0001", sealed, view=view, reason="please")


def test_a_search_says_that_it_exists_and_when(house: Keeping, sealed: MailId) -> None:
    """No words, no names, no people; and its words find nothing."""
    [hit] = gate(house).search("C-0001", "*", limit=10).page.hits
    by_word = gate(house).count("C-0001", "quagga1 OR subject:trip1").page.total

    assert sealed == hit.mail
    assert hit.date is not None
    assert ("", (), "", "") == (hit.from_, hit.to, hit.subject.text, hit.excerpt.text)
    assert 0 == by_word


def test_the_index_forgets_its_words(house: Keeping, sealed: MailId) -> None:
    """They are in none of its files, and another copy brings none of them back."""
    before = [path for path in house.holding("quagga1") if "index" in path.name]

    house.file(mail(1), copy="another")

    assert [] == before
    record = house.index.get(sealed)
    assert record is not None
    assert ((), "", 2) == (record.parsed.parts, record.parsed.subject, len(record.sightings))


def test_a_sealed_message_is_not_purged(house: Keeping, sealed: MailId) -> None:
    """It may be evidence of a crime."""
    outcome = house.purge.by_rule([Doomed(sealed, "ordinary, 12 months")])

    assert {sealed: ("seal",)} == outcome.kept


def test_a_list_is_read_line_by_line(tmp_path: Path) -> None:
    """SHA-256 and MD5, as sha256sum and vendors write them; what is neither is counted."""
    sha, md5 = hashlib.sha256(b"a").hexdigest(), hashlib.md5(b"b").hexdigest()  # noqa: S324 - lists have it
    lines = [
        f"{sha.upper()}  a.bin\n".encode(),
        f'"{md5}","b.bin"\n'.encode(),
        b"# a comment\n",
        b"\n",
        b"da39a3ee5e6b4b0d3255bfef95601890afd80709\n",
        f"{sha}\n".encode(),
    ]

    added, lists = add(tmp_path, lines), HashLists(tmp_path)

    assert (2, 1, 1) == (added.new, added.known, added.unread)
    assert [True, True, False] == [lists.match([content]) for content in (b"a", b"b", b"c")]


def test_a_damaged_list_stops_the_reading(tmp_path: Path) -> None:
    """What may not be opened is not known, so nothing is opened."""
    (tmp_path / "hashes.sqlite").write_bytes(b"garbage" * 1000)

    with pytest.raises(HashesError):
        HashLists(tmp_path).match([b"a"])


@pytest.mark.parametrize("name", ["sha256", "md5"])
def test_a_listed_attachment_seals_its_message_on_arrival(tmp_path: Path, name: str) -> None:
    """Before anything of it is extracted; the head teacher is told at once, without content."""
    digest = hashlib.new(name, EXECUTABLE, usedforsecurity=False).hexdigest()
    (tmp_path / "list").write_text(digest)
    (tmp_path / "mail.eml").write_bytes(CARRIER % EXECUTABLE)
    inbox = Inbox()
    with receiving(inbox) as port, made(tmp_path / "house", **told_at(port)) as house:
        house.must("seal", "add-hashes", tmp_path / "list")
        house.must("ingest", tmp_path / "mail.eml")
        house.open_case(PERSON)
        found = house.run("search", "zebra OR okapi OR gnu", "--case", "C-0001")

    [message] = inbox.messages
    kinds = [type(event) for event in house.events(Book.CASES)]
    assert 4 == found.returncode
    assert {"zebra", "okapi", "gnu", PERSON}.isdisjoint(message.decode().lower().split())
    assert kinds.index(Sealed) < kinds.index(AlertPlanned) < kinds.index(AlertSent)


def told_at(port: int) -> dict[str, str]:
    return {
        "ALERTS__HEAD_TEACHER": "head@school.example",
        "ALERTS__SMTP_HOST": "127.0.0.1",
        "ALERTS__SMTP_PORT": str(port),
    }
