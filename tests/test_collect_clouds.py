"""`section9 collect exchange|graph`, run as its users run it, against the doubles of both."""

import ssl
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import ews_double
import graph_double
import pytest
from elastic_front import certificate, served
from loopback import Reply
from running import House, made, wait_for

from archive.books import Book
from archive.mail_events import Sighted, Turned
from commands.app import App
from commands.collecting import Closing
from ingest.collectors.collect import Collector
from ingest.collectors.door import Server, ServerError
from ingest.collectors.ews import ExchangeSettings
from ingest.collectors.exchange import Exchange
from ingest.collectors.graph import Graph
from ingest.collectors.graph_token import GraphSettings
from section9 import Change

OWNER, OTHER, NOBODY = (f"{name}@school.example" for name in ("a.hall", "b.lee", "n.obody"))
SECRET = "correct horse"  # noqa: S105 - of nobody
AT = datetime(2026, 9, 8, 10, 30, tzinfo=UTC)
Keys = tuple[Path, ssl.SSLContext]


@pytest.fixture(scope="module")
def keys(tmp_path_factory: pytest.TempPathFactory) -> Keys:
    cert, key = certificate(tmp_path_factory.mktemp("tls"), "127.0.0.1")
    return cert, served(cert, key)


@dataclass
class Cloud:
    """A double of either kind, and how it is collected from."""

    kind: str
    double: Any
    letter: Callable[[bytes], Any]
    fetches: Callable[[str], bool]  # whether a request fetches a message

    def fill(self, address: str, count: int) -> list[str]:
        """Give somebody a mailbox with messages in its inbox; gives their ids."""
        inbox = self.double.mailbox(address).box("inbox")
        return [self.double.put(inbox, self.letter(text(number))) for number in range(count)]

    def move(self, address: str, name: str, to: str) -> None:
        """Move a message to another folder, as its owner does."""
        box = self.double.mailboxes[address].box
        self.double.move(box("inbox"), name, box(to), by="A Hall", at=AT)


def text(number: int) -> bytes:
    return (
        f"Message-ID: <{number}@school.example>\r\nFrom: j.doe@school.example\r\n"
        f"To: a.hall@school.example\r\nDate: Mon, 7 Sep 2026 08:00:00 +0000\r\n"
        f"Subject: Note {number}\r\n\r\nTrip money, part {number}.\r\n"
    ).encode()


def exchange() -> Cloud:
    return Cloud(
        "exchange", ews_double.Exchange(), ews_double.Letter, lambda request: request == "GetItem"
    )


def graph() -> Cloud:
    return Cloud(
        "graph", graph_double.Graph(), graph_double.Letter, lambda path: path.endswith("/$value")
    )


@pytest.fixture(params=[exchange, graph], ids=["exchange", "graph"])
def cloud(request: pytest.FixtureRequest) -> Cloud:
    made: Cloud = request.param()
    return made


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[App]:
    """A data folder that the tests share."""
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


@contextmanager
def server(cloud: Cloud, keys: Keys, *, limit: int = 1_000_000) -> Iterator[Server]:
    """Serve a cloud, and give the real client of it."""
    cert, tls = keys
    same: dict[str, Any] = {"ca_file": cert, "max_message_size": limit}
    if cloud.kind == "exchange":
        with ews_double.exchange(cloud.double, tls) as url:
            named = ExchangeSettings(url, cloud.double.user, SECRET, "basic", **same)
            yield Exchange(named)
    else:
        with graph_double.graph(cloud.double, tls) as url:
            ids = (graph_double.TENANT, graph_double.CLIENT, SECRET)
            with closing(
                Graph(GraphSettings(*ids, endpoint=url, login_endpoint=url, **same))
            ) as one:
                yield one


def test_the_story_of_a_copy_is_told(
    cloud: Cloud, keys: Keys, app: App, collector: Collector
) -> None:
    """Deleted, purged, gone for good: each by whom and when, as far as the server tells."""
    names = cloud.fill(OWNER, 4)

    with server(cloud, keys) as opened:
        collector.collect(opened, OWNER, Quiet())
        cloud.move(OWNER, names[0], "deleteditems")
        cloud.move(OWNER, names[1], "recoverableitemspurges")
        cloud.double.take(cloud.double.mailboxes[OWNER].box("inbox"), names[2])
        outcome = collector.collect(opened, OWNER, Quiet())
        again = collector.collect(opened, OWNER, Quiet())

    assert Counter(deleted=1, purged=2) == outcome.turns
    assert (3, 0, 3, []) == (outcome.seen, outcome.new, outcome.known, outcome.failed)
    assert Counter() == again.turns
    turns = [
        event.sighting.story[-1]
        for event in app.ledger.events(Book.MAIL)
        if isinstance(event, Turned) and event.sighting.source == opened.source
    ]
    assert {
        (Change.DELETED, "Deleted Items", "A Hall"),
        (Change.PURGED, "Recoverable Items/Purges", "A Hall"),
        (Change.PURGED, "", ""),
    } == {(turn.change, turn.folder, turn.by) for turn in turns}


def test_what_was_deleted_before_is_collected_with_who_did_it(
    cloud: Cloud, keys: Keys, app: App, collector: Collector
) -> None:
    """The first run finds what lies among the deleted, and by whom it came there."""
    [name] = cloud.fill(OTHER, 1)
    cloud.move(OTHER, name, "recoverableitemsdeletions")

    with server(cloud, keys) as opened:
        outcome = collector.collect(opened, OTHER, Quiet())

    assert (1, 1) == (outcome.seen, outcome.new)
    [copy] = [
        event.sighting
        for event in app.ledger.events(Book.MAIL)
        if isinstance(event, Sighted)
        and (event.sighting.source, event.sighting.mailbox) == (opened.source, OTHER)
    ]
    [turn] = copy.story
    assert (Change.DELETED, "A Hall", AT, AT) == (turn.change, turn.by, turn.after, turn.before)


def test_what_could_not_be_taken_is_tried_again(
    cloud: Cloud, keys: Keys, collector: Collector
) -> None:
    """A message over the limit is counted as failed, and taken once it may be."""
    mailbox = "c.day@school.example"
    cloud.fill(mailbox, 2)
    inbox = cloud.double.mailboxes[mailbox].box("inbox")
    large = cloud.double.put(inbox, cloud.letter(text(9) + b"x" * 300_000))

    with server(cloud, keys, limit=200_000) as opened:
        refused = collector.collect(opened, mailbox, Quiet())
    with server(cloud, keys) as opened:
        outcome = collector.collect(opened, mailbox, Quiet())

    assert (3, 2, 0) == (refused.seen, refused.new, refused.known)
    assert [("Inbox", large, "larger than max_message_size")] == [
        (one.folder, one.item, one.why) for one in refused.failed
    ]
    assert (3, 1, 2, []) == (outcome.seen, outcome.new, outcome.known, outcome.failed)


# --- killed, and as a user runs it ------------------------------------------------------------


@contextmanager
def collecting(cloud: Cloud, keys: Keys, folder: Path) -> Iterator[House]:
    """Serve a cloud, and make a data folder that collects three mailboxes from it."""
    cert, tls = keys
    secret = folder / "secret"
    secret.write_text(f"{SECRET}\n")
    settings = {"CA_FILE": str(cert), "MAILBOXES": f'["{NOBODY}", "{OWNER}", "{OTHER}"]'}
    serve = ews_double.exchange if cloud.kind == "exchange" else graph_double.graph
    with serve(cloud.double, tls) as url:
        if cloud.kind == "exchange":
            settings |= {"URL": url, "USERNAME": cloud.double.user, "AUTH": "basic"}
            settings |= {"PASSWORD_FILE": str(secret)}
        else:
            settings |= {"TENANT": graph_double.TENANT, "CLIENT_ID": graph_double.CLIENT}
            settings |= {"ENDPOINT": url, "LOGIN_ENDPOINT": url, "CLIENT_SECRET_FILE": str(secret)}
        prefix = f"COLLECT__{cloud.kind.upper()}__"
        with made(
            folder / "home", **{prefix + name: one for name, one in settings.items()}
        ) as house:
            yield house


def test_a_killed_run_is_gone_on_with(cloud: Cloud, keys: Keys, tmp_path: Path) -> None:
    """Killed with SIGKILL in the middle and run again: all is there once, none twice.

    A mailbox that fails stops no other; each says its counts, and no secret is shown.
    """
    names = cloud.fill(OWNER, 500)
    cloud.fill(OTHER, 2)
    enough = 9 if cloud.kind == "exchange" else 420
    held = threading.Event()

    def hold(_request: str, _time: int) -> Reply | None:
        if sum(map(cloud.fetches, cloud.double.asked)) > enough:
            held.wait(60)
        return None

    cloud.double.trouble = hold
    with collecting(cloud, keys, tmp_path) as house:
        process = house.start("collect", cloud.kind, OWNER, log=tmp_path / "log")
        wait_for(house.archived)
        process.kill()
        process.wait()
        held.set()
        cloud.move(OWNER, names[0], "deleteditems")
        done = house.run("collect", cloud.kind, "--json")
        archived = house.archived()

    first, second = (house.read(line) for line in done.stdout.splitlines())
    assert (500, 1, 0) == (first["seen"], first["deleted"], first["failed"])
    assert 500 == first["new"] + first["known"]
    assert 0 < first["new"] < 500
    assert (OTHER, 2, 2) == (second["mailbox"], second["seen"], second["new"])
    assert (500, 502) == (len(archived), archived.total())  # two are copies of one mail
    assert 1 == done.returncode
    assert f"{NOBODY}: " in done.stderr.decode()
    assert "check the address" in done.stderr.decode()
    assert SECRET not in (done.stdout + done.stderr).decode()


def test_a_server_that_refuses_us_ends_the_run_and_what_was_done_is_said(
    cloud: Cloud, keys: Keys, collector: Collector
) -> None:
    """The mailboxes before it are counted; those after it are left to the next run."""
    first, second = "d.eva@school.example", "e.fox@school.example"
    cloud.fill(first, 1)
    cloud.fill(second, 1)
    closing = Closing(as_json=False)

    with server(cloud, keys) as opened:
        before = closing.take_all(collector, opened, [first], Quiet())
        cloud.double.trouble = lambda _request, _time: Reply(401)
        stopped = closing.take_all(collector, opened, [second, first], Quiet())

    assert before is None
    assert isinstance(stopped, ServerError)
    assert [first] == [outcome.mailbox for outcome in closing.outcomes]


@pytest.mark.parametrize(
    ("kind", "says"), [("exchange", "[collect.exchange]"), ("graph", "[collect.graph]")]
)
def test_without_settings_the_next_step_is_said(tmp_path: Path, kind: str, says: str) -> None:
    """Exit code 3, one line, no traceback."""
    with made(tmp_path / "home") as house:
        done = house.run("collect", kind, OWNER)

    assert 3 == done.returncode
    assert says in done.stderr.decode()
    assert 1 == len(done.stderr.decode().splitlines())
