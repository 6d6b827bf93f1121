"""Collecting from a real Dovecot: every folder is taken, and what befell each copy is told."""

import imaplib
import socket
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Literal

import pytest
from dovecot import MASTER_PASSWORD, Dovecot, dovecot
from running import House, made, wait_for

from archive.books import Book
from archive.mail_events import Collected, Sighted, Turned
from commands.app import App
from ingest.collectors.collect import Collector
from ingest.collectors.door import MailboxError, ServerError
from ingest.collectors.imap import Account, ImapServer, ImapSettings
from ingest.collectors.memory import Memory
from ingest.collectors.outcome import Outcome
from search.sqlite import open_sqlite
from search.tree import Exact
from section9 import Change, Record, Sighting

USERS = tuple(
    f"{name}@school.example" for name in ("ann", "ben", "cat", "dan", "eve", "fay", "gus")
)
ANN, BEN, CAT, DAN, EVE, FAY, GUS = USERS


@pytest.fixture(scope="module")
def server() -> Iterator[Dovecot]:
    """A server that keeps what is expunged."""
    with dovecot(*USERS, lazy_expunge=True) as running:
        yield running


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[App]:
    """A data folder that the tests share, each with a mailbox of its own."""
    with made(tmp_path_factory.mktemp("house") / "home") as house:
        yield App(house.home)


@pytest.fixture(scope="module")
def collector(app: App) -> Iterator[Collector]:
    """A collector whose readers are loaded once."""
    with app.collector() as collecting:
        yield collecting


class Quiet:
    """Nobody watches."""

    def expect(self, amount: int) -> None:
        """Hear nothing."""

    def advance(self, amount: int) -> None:
        """Hear nothing."""


Collect = Callable[[str], Outcome]


@pytest.fixture
def collect(server: Dovecot, collector: Collector) -> Collect:
    """Collect somebody's mailbox as the master user."""
    imap = server_of(server)
    return lambda mailbox: collector.collect(imap, mailbox, Quiet())


def server_of(server: Dovecot, **changes: object) -> ImapServer:
    settings = ImapSettings(
        host="127.0.0.1",
        port=server.tls_port,
        security="tls",
        ca_file=server.certificate,
        timeout=30,
        trash=("Trash",),
        expunged=(".EXPUNGED/",),
    )
    settings = replace(settings, **changes)  # type: ignore[arg-type]
    return ImapServer(settings, lambda mailbox: Account(f"{mailbox}*collector", MASTER_PASSWORD))


def message(subject: str, text: str = "The coach leaves at nine.") -> bytes:
    return (
        f"From: head@school.example\r\nTo: staff@school.example\r\nSubject: {subject}\r\n"
        "Date: Tue, 01 Sep 2026 09:00:00 +0000\r\n"
        f"Message-ID: <{subject.replace(' ', '-')}@school.example>\r\n\r\n{text}\r\n"
    ).encode()


def put(client: imaplib.IMAP4, folder: str, *subjects: str) -> None:
    for subject in subjects:
        status, answer = client.append(folder, "", "", message(subject))
        assert "OK" == status, answer


def expunge(client: imaplib.IMAP4, folder: str, uids: str) -> None:
    client.select(folder)
    client.uid("STORE", uids, "+FLAGS", r"(\Deleted)")
    client.expunge()


def found(app: App, mailbox: str) -> dict[str, Record]:
    """Give what the index holds of a mailbox, by subject."""
    path = app.data / "index" / "section9.sqlite"
    with closing(open_sqlite(path, mode="read")) as index:
        records = [index.get(mail) for mail in index.ids(Exact("mailbox", mailbox))]
        return {record.parsed.subject: record for record in records if record}


def copy_of(app: App, mailbox: str, subject: str) -> Sighting:
    [copy] = [one for one in found(app, mailbox)[subject].sightings if one.mailbox == mailbox]
    return copy


def changes(copy: Sighting) -> list[tuple[Change, str]]:
    return [(turn.change, turn.folder) for turn in copy.story]


def test_every_folder_is_taken_and_nothing_is_touched(
    app: App, server: Dovecot, collect: Collect
) -> None:
    """All folders are collected, the trash included; nothing is marked as read; sums add up."""
    with server.client(ANN) as client:
        client.create("Projets/&AMk-t&AOk-")
        client.create(r'"odd \\ \"name\" *"')
        put(client, "INBOX", "one", "two")
        put(client, '"Deleted Items"', "binned")
        put(client, "Projets/&AMk-t&AOk-", "summer")

        outcome = collect(ANN)

        client.select("INBOX")
        _, [unseen] = client.uid("SEARCH", "UNSEEN")
    assert (4, 4, 0, []) == (outcome.seen, outcome.new, outcome.known, outcome.failed)
    assert b"1 2" == unseen
    assert {"one": "INBOX", "two": "INBOX", "binned": "Deleted Items", "summer": "Projets/Été"} == {
        subject: copy.folder
        for subject in ("one", "two", "binned", "summer")
        for copy in [copy_of(app, ANN, subject)]
    }
    binned = copy_of(app, ANN, "binned")
    assert [(Change.DELETED, "Deleted Items")] == changes(binned)
    assert binned.arrived == binned.story[0].after
    again = collect(ANN)
    assert (4, 0, 4) == (again.seen, again.new, again.known)


def test_a_copy_tells_what_befell_it(app: App, server: Dovecot, collect: Collect) -> None:
    """Moves, deletions, purges and returns are turns of one copy, each between two times."""
    with server.client(BEN) as client:
        put(client, "INBOX", "moves", "binned", "expunged", "stays")
        collect(BEN)
        client.select("INBOX")
        client.uid("MOVE", "1", "Archive")
        client.uid("MOVE", "2", '"Deleted Items"')
        expunge(client, "INBOX", "3")
        before = app.clock()
        first = collect(BEN)
        client.select('"Deleted Items"')
        client.uid("MOVE", "1", "INBOX")
        second = collect(BEN)

    assert Counter(moved=1, deleted=1, purged=1) == first.turns
    assert (4, 0, 4) == (first.seen, first.new, first.known)
    assert Counter(restored=1) == second.turns
    assert [(Change.MOVED, "Archive")] == changes(copy_of(app, BEN, "moves"))
    assert [(Change.PURGED, ".EXPUNGED/INBOX")] == changes(copy_of(app, BEN, "expunged"))
    binned = copy_of(app, BEN, "binned")
    assert [(Change.DELETED, "Deleted Items"), (Change.RESTORED, "INBOX")] == changes(binned)
    deleted, restored = binned.story
    assert deleted.after
    assert restored.after
    assert binned.seen <= deleted.after <= before <= deleted.before <= restored.after
    assert binned.deleted is None
    assert () == copy_of(app, BEN, "stays").story


def test_what_leaves_the_mailbox_was_purged(app: App, server: Dovecot, collect: Collect) -> None:
    """A copy that is found nowhere was purged, also when its whole folder has gone."""
    with server.client(CAT) as client:
        client.create("Trips")
        put(client, "Trips", "gone with its folder")
        put(client, "INBOX", "gone for good")
        collect(CAT)
        expunge(client, "INBOX", "1")
        collect(CAT)
        expunge(client, ".EXPUNGED/INBOX", "1:*")
        expunge(client, "Trips", "1")
        client.select()
        client.delete("Trips")
        expunge(client, ".EXPUNGED/Trips", "1:*")
        client.select()

        outcome = collect(CAT)

    purged = copy_of(app, CAT, "gone for good")
    assert Counter(purged=2) == outcome.turns
    assert [(Change.PURGED, ".EXPUNGED/INBOX"), (Change.PURGED, "")] == changes(purged)
    assert [(Change.PURGED, "")] == changes(copy_of(app, CAT, "gone with its folder"))
    assert (0, 0, 0) == (outcome.seen, outcome.new, outcome.known)
    assert 2 == len(found(app, CAT))


def test_a_server_that_renumbers_changes_nothing(
    app: App, server: Dovecot, collect: Collect
) -> None:
    """After a new UIDVALIDITY the same mail is the same copies: none is filed or told anew."""
    with server.client(DAN) as client:
        put(client, "INBOX", "kept one", "kept two")
    collect(DAN)
    folder = server.base / "mail" / DAN / "Maildir"
    time.sleep(1.1)  # Dovecot takes the clock for it
    for path in (*folder.glob("dovecot-uid*"), *folder.glob("dovecot.*")):
        path.unlink()

    outcome = collect(DAN)
    again = collect(DAN)

    assert (2, 0, 2, Counter()) == (outcome.seen, outcome.new, outcome.known, outcome.turns)
    assert (2, 0, 2, Counter()) == (again.seen, again.new, again.known, again.turns)
    assert () == copy_of(app, DAN, "kept one").story


def test_a_lost_memory_loses_nothing(
    app: App, server: Dovecot, collector: Collector, tmp_path: Path
) -> None:
    """What collectors remember is folded from the ledger: nothing is filed twice, all is told."""
    imap = server_of(server)
    with server.client(EVE) as client:
        put(client, "INBOX", "first", "second", "third")
        collector.collect(imap, EVE, Quiet())
        client.select("INBOX")
        client.uid("MOVE", "1", "Archive")
        collector.collect(imap, EVE, Quiet())
        client.uid("MOVE", "2", "Archive")

        with closing(Memory(tmp_path / "afresh.sqlite")) as memory:
            outcome = replace(collector, memory=memory).collect(imap, EVE, Quiet())

    assert (3, 0, 3) == (outcome.seen, outcome.new, outcome.known)
    assert Counter(moved=1) == outcome.turns
    second = copy_of(app, EVE, "second")
    assert second.story[0].after
    assert second.story[0].after > second.seen  # when it was last looked at, not first met


def test_a_journaled_copy_and_a_mailbox_copy_are_one_mail(
    app: App, server: Dovecot, collect: Collect, tmp_path: Path
) -> None:
    """Headers that servers add on the way make no other message of it: one mail, two copies."""
    sent = message("trip letter")
    with server.client(FAY) as client:
        delivered = b"Return-Path: <head@school.example>\r\nReceived: from mx.example\r\n" + sent
        client.append("INBOX", "", "", delivered)
    collect(FAY)
    journaled = tmp_path / "journaled.eml"
    journaled.write_bytes(sent.replace(b"\r\n", b"\n"))

    House(app.data).must("ingest", journaled)

    sources = [copy.source for copy in found(app, FAY)["trip letter"].sightings]
    assert {"imap", "file"} == set(sources)
    assert 2 == len(sources)


def test_a_rebuilt_index_tells_the_same_stories(app: App, collect: Collect) -> None:
    """Stories stand on the ledger: an index that is made again holds every one."""
    collect(ANN)
    before = {user: found(app, user) for user in USERS}

    House(app.data).must("index", "rebuild")

    assert before == {user: found(app, user) for user in USERS}


def test_runs_are_on_the_ledger(app: App, collect: Collect) -> None:
    """That a folder was looked through, and when, can be shown; the archive still verifies."""
    collect(GUS)

    [run] = [
        event
        for event in app.ledger.events(Book.MAIL)
        if isinstance(event, Collected) and event.mailbox == GUS
    ]
    assert {"INBOX", "Archive", "Deleted Items"} == set(run.folders)
    assert run.began <= run.at
    assert b"the archive is whole" in House(app.data).must("verify")
    account = House(app.data).json("status")
    assert [] == account["problems"]


def test_a_wrong_password_or_certificate_is_said_plainly(
    server: Dovecot, collector: Collector
) -> None:
    """The next step is named, the secret never; a certificate that is not trusted is refused."""
    imap = server_of(server)
    refused = ImapServer(imap.settings, lambda mailbox: Account(mailbox, "a wrong horse"))

    with pytest.raises(MailboxError, match="refuses the login") as wrong:
        collector.collect(refused, ANN, Quiet())
    with pytest.raises(ServerError, match="not trusted"):
        collector.collect(server_of(server, ca_file=None), ANN, Quiet())

    assert "horse" not in str(wrong.value)


@pytest.mark.parametrize("security", ["starttls", "none"])
def test_other_ways_to_connect(
    server: Dovecot, collector: Collector, security: Literal["starttls", "none"]
) -> None:
    """A connection may begin in clear and turn to TLS, or on loopback stay so."""
    imap = server_of(server, security=security, port=server.port)

    outcome = collector.collect(imap, GUS, Quiet())

    assert (3, []) == (outcome.folders, outcome.failed)


def test_a_server_that_is_away_is_said_plainly(server: Dovecot, collector: Collector) -> None:
    """Where nobody listens the error names the place and the next step."""
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        away = server_of(server, port=unused.getsockname()[1])

        with pytest.raises(ServerError, match=r"no IMAP at 127\.0\.0\.1 port \d+ .*refused"):
            collector.collect(away, GUS, Quiet())


# --- killed, and as a user runs it ---------------------------------------------------------------


def settings_for(server: Dovecot, folder: Path, mailbox: str) -> dict[str, str]:
    password = folder / "password"
    password.write_text(f"{MASTER_PASSWORD}\n")
    return {
        "COLLECT__IMAP__HOST": "127.0.0.1",
        "COLLECT__IMAP__PORT": str(server.tls_port),
        "COLLECT__IMAP__CA_FILE": str(server.certificate),
        "COLLECT__IMAP__MAILBOXES": f'["{mailbox}"]',
        "COLLECT__IMAP__LOGIN": "{mailbox}*collector",
        "COLLECT__IMAP__PASSWORD_FILE": str(password),
    }


def test_a_killed_run_is_gone_on_with(tmp_path: Path) -> None:
    """Killed with SIGKILL in the middle and run again: all is there once, none twice."""
    mailbox = "hal@school.example"
    with dovecot(mailbox) as server, server.client(mailbox) as client:
        put(client, "INBOX", *(f"note {number}" for number in range(500)))
        with made(tmp_path / "home", **settings_for(server, tmp_path, mailbox)) as house:
            books = house.home / "archive" / "ledger" / "mail"
            process = house.start("collect", "imap", log=tmp_path / "log")
            wait_for(lambda: [*books.glob("*.jsonl")])
            process.kill()
            process.wait()

            client.select("INBOX")
            client.uid("MOVE", "1:3", "Archive")
            line = house.json("collect", "imap")

            assert 500 == line["seen"] == line["new"] + line["known"]
            assert 0 < line["new"] < 500
            assert (3, 0) == (line["moved"], line["failed"])
            assert {1} == set(house.archived().values()) == set(house.indexed().values())
            assert 500 == len(house.archived())
            events = house.events(Book.MAIL)
            assert 3 == sum(isinstance(event, Turned) for event in events)
            assert 500 == sum(isinstance(event, Sighted) for event in events)
            assert not [*(house.home / "collecting").glob("*.mail")]
            refused = house.run("collect", "imap", SECTION9_COLLECT__IMAP__LOGIN="{mailbox}")
            assert 1 == refused.returncode
            assert b"hal@school.example: the server refuses the login" in refused.stderr
            assert MASTER_PASSWORD.encode() not in refused.stderr + refused.stdout
