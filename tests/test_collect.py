"""What the collectors' conductor makes of what servers tell, by a server of our own making."""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import pytest
from running import made
from structlog.testing import capture_logs

from commands.app import App
from commands.collecting import Paced
from ingest.collectors import story
from ingest.collectors.collect import Collector
from ingest.collectors.door import (
    Fetched,
    Folder,
    FolderError,
    FolderId,
    FolderKind,
    Item,
    ItemId,
    Look,
    NotFetched,
)
from ingest.collectors.outcome import Outcome
from search.sqlite import open_sqlite
from search.tree import Exact
from section9 import BlobId, Change, Sighting, SightingId, Source, Turn

INBOX = Folder(FolderId("1"), "Inbox")
DONE = Folder(FolderId("2"), "Done")
TRASH = Folder(FolderId("3"), "Deleted Items", FolderKind.TRASH)
DELETIONS = Folder(FolderId("4"), "Recoverable Items/Deletions", FolderKind.DELETIONS)
PURGES = Folder(FolderId("5"), "Recoverable Items/Purges", FolderKind.PURGES)
FOLDERS = (INBOX, DONE, TRASH, DELETIONS, PURGES)
NOON = datetime(2026, 9, 1, 12, tzinfo=UTC)


@dataclass
class Box:
    """A mailbox that tells what changed since a state, as Exchange and Graph do."""

    lies: dict[str, tuple[Folder, bytes]] = field(default_factory=dict)
    log: list[tuple[str, Folder, str]] = field(default_factory=list)  # `+` or `-`, where, which
    lasting: bool = False
    whole: bool = False
    broken: set[str] = field(default_factory=set)
    by: str = ""
    closed: Folder | None = None
    looked: Callable[[], None] = lambda: None  # called after each look
    fetched: list[str] = field(default_factory=list)

    def put(self, id_: str, folder: Folder, content: bytes = b"") -> None:
        """Let a message come, or move it here."""
        if id_ in self.lies:
            self.log.append(("-", self.lies[id_][0], id_))
            content = self.lies[id_][1]
        self.lies[id_] = (folder, content)
        self.log.append(("+", folder, id_))

    def move(self, id_: str, to: str, folder: Folder) -> None:
        """Move it as servers do that give it a new name."""
        content = self.lies[id_][1]
        self.drop(id_)
        self.put(to, folder, content)

    def drop(self, id_: str) -> None:
        """Let it be gone."""
        self.log.append(("-", self.lies.pop(id_)[0], id_))

    def folders(self) -> Sequence[Folder]:
        """List them."""
        return FOLDERS

    def look(self, folder: Folder, state: str) -> Look:
        """Tell what changed, or all."""
        if folder == self.closed:
            raise FolderError("refused")
        since = self.log[int(state or 0) :]
        told = [id_ for _, where, id_ in since if where == folder]
        there = {id_ for id_, (where, _) in self.lies.items() if where == folder}
        present = there if self.whole else there.intersection(told)
        items = [Item(ItemId(one), one if self.lasting else "", self.by) for one in present]
        gone = [ItemId(one) for one in told if one not in there]
        look = Look(items, () if self.whole else gone, self.whole, str(len(self.log)))
        self.looked()
        return look

    def fetch(self, folder: Folder, items: Sequence[Item]) -> Iterator[Fetched | NotFetched]:
        """Give what is still there."""
        for item in items:
            self.fetched.append(item.id)
            where, content = self.lies.get(item.id, (None, b""))
            if item.id in self.broken:
                yield NotFetched(item.id, "ErrorItemCorrupt")
            elif where != folder:
                yield NotFetched(item.id, vanished=True)
            else:
                yield Fetched(item.id, content, NOON)


@dataclass(frozen=True)
class Exchange:
    """A server of boxes."""

    boxes: dict[str, Box]

    @property
    def source(self) -> Source:
        """What it stands in for."""
        return Source.EXCHANGE

    @contextmanager
    def open(self, mailbox: str) -> Iterator[Box]:
        """Open one."""
        yield self.boxes[mailbox]


class Count:
    """Adds up what it hears."""

    def __init__(self) -> None:
        self.expected = self.done = 0

    def expect(self, amount: int) -> None:
        """So many more."""
        self.expected += amount

    def advance(self, amount: int) -> None:
        """So many done."""
        self.done += amount


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


Run = Callable[[], Outcome]


@pytest.fixture
def box() -> Box:
    """A mailbox with two messages."""
    box = Box()
    for name in ("a", "b"):
        box.put(name, INBOX, message(name))
    return box


@pytest.fixture
def collect(collector: Collector, box: Box, request: pytest.FixtureRequest) -> Run:
    """Collect the box, and see that the sums are right."""

    def run() -> Outcome:
        count = Count()
        outcome = collector.collect(Exchange({mailbox(request): box}), mailbox(request), count)
        assert outcome.seen == outcome.new + outcome.known + len(outcome.failed)
        assert count.expected == count.done
        return outcome

    return run


def mailbox(request: pytest.FixtureRequest) -> str:
    return f"{request.node.name}@school.example".lower()


@pytest.fixture
def copies(app: App, request: pytest.FixtureRequest) -> Callable[[], dict[str, Sighting]]:
    """Give the copies in the box as the index has them, by the name that each had at first."""

    def found() -> dict[str, Sighting]:
        path = app.data / "index" / "section9.sqlite"
        with closing(open_sqlite(path, mode="read")) as index:
            records = [index.get(mail) for mail in index.ids(Exact("mailbox", mailbox(request)))]
        return {
            copy.item: copy
            for record in records
            if record
            for copy in record.sightings
            if copy.mailbox == mailbox(request)
        }

    return found


Copies = Callable[[], dict[str, Sighting]]


def message(name: str) -> bytes:
    sent = "Tue, 01 Sep 2026 12:00:00 +0000"
    return f"From: a@b.example\r\nSubject: {name}\r\nDate: {sent}\r\n\r\nText.\r\n".encode()


@pytest.mark.parametrize("whole", [True, False], ids=["whole", "changes"])
def test_looks_of_both_kinds_tell_the_same(
    box: Box, collect: Run, copies: Copies, *, whole: bool
) -> None:
    """Whether a server lists all or what changed, the same is found to have happened."""
    box.whole = whole
    first = collect()
    box.move("a", "a2", TRASH)
    second = collect()
    box.move("a2", "a3", DELETIONS)
    box.drop("b")
    third = collect()
    box.move("a3", "a4", PURGES)
    fourth = collect()
    box.move("a4", "a5", DONE)
    fifth = collect()

    assert (2, 0) == (first.new, first.known)
    assert [Counter(deleted=1), Counter(deleted=1, purged=1)] == [second.turns, third.turns]
    assert [Counter(purged=1), Counter(restored=1)] == [fourth.turns, fifth.turns]
    assert [TRASH.path, DELETIONS.path, PURGES.path, DONE.path] == [
        turn.folder for turn in copies()["a"].story
    ]
    assert [(Change.PURGED, "")] == [(t.change, t.folder) for t in copies()["b"].story]
    assert (1, 0, 1) == (fifth.seen, fifth.new, fifth.known)


def test_what_moves_while_we_look_is_not_purged(box: Box, collect: Run, copies: Copies) -> None:
    """A message may move to a folder that was looked at already; it is met on a second look."""
    box.put("c", DONE, message("c"))
    collect()
    box.looked = lambda: box.move("c", "c2", INBOX) if "c" in box.lies else None

    outcome = collect()

    assert Counter(moved=1) == outcome.turns
    assert [INBOX.path] == [turn.folder for turn in copies()["c"].story]


def test_a_failure_is_listed_and_tried_again(box: Box, collect: Run, copies: Copies) -> None:
    """What cannot be fetched is named with the reason, and taken when it can be."""
    box.broken = {"b"}
    box.put("c", DONE, message("c"))
    first = collect()
    box.drop("c")  # so that the second run looks twice
    second = collect()
    box.broken = set()
    third = collect()

    assert [("Inbox", "b", "ErrorItemCorrupt")] == [
        (one.folder, one.item, one.why) for one in first.failed
    ]
    assert (3, 2, 0) == (first.seen, first.new, first.known)
    assert (2, 0, 1, 1) == (second.seen, second.new, second.known, len(second.failed))
    assert (2, 1, 1, []) == (third.seen, third.new, third.known, third.failed)
    assert {"a", "b", "c"} == set(copies())


def test_a_folder_that_cannot_be_opened_stops_no_other(
    box: Box, collect: Run, copies: Copies
) -> None:
    """The rest is collected; nothing is said to be purged while somewhere was not looked."""
    collect()
    box.closed = DONE
    box.put("c", TRASH, message("c"))
    box.move("b", "b2", DONE)
    second = collect()
    box.closed = None
    third = collect()

    assert {DONE.path: "refused"} == second.unread
    assert (1, Counter()) == (second.new, second.turns)
    assert ({}, Counter(moved=1)) == (third.unread, third.turns)
    assert [DONE.path] == [turn.folder for turn in copies()["b"].story]


@pytest.mark.parametrize("mended", [True, False])
def test_what_fails_may_be_what_moved(
    box: Box, collect: Run, copies: Copies, *, mended: bool
) -> None:
    """A copy is not purged while a message fails that it may have become; but not for ever."""
    collect()
    box.broken = {"b2"}
    box.move("b", "b2", DONE)
    second = collect()
    box.broken = set() if mended else {"b2"}
    third = collect()

    assert (Counter(), 1) == (second.turns, len(second.failed))
    assert [Change.MOVED if mended else Change.PURGED] == list(third.turns)
    assert 1 == len(copies()["b"].story)


def test_a_name_that_lasts_saves_a_fetch(box: Box, collect: Run, copies: Copies) -> None:
    """Where the server's name for a message stays when it moves, the move is told by it."""
    box.lasting = True
    collect()
    box.put("a", TRASH)
    second = collect()
    box.put("a", INBOX)
    third = collect()

    assert [Counter(deleted=1), Counter(restored=1)] == [second.turns, third.turns]
    assert ["a", "b"] == sorted(box.fetched)
    assert [TRASH.path, INBOX.path] == [turn.folder for turn in copies()["a"].story]


def test_who_deleted_it_is_told(box: Box, collect: Run, copies: Copies) -> None:
    """Where the server tells who changed an item last, the deletion names them."""
    collect()
    box.by = "j.doe@school.example"
    box.move("a", "a2", DELETIONS)

    collect()

    assert ["j.doe@school.example"] == [turn.by for turn in copies()["a"].story]


def test_twins_are_two_copies(box: Box, collect: Run, copies: Copies) -> None:
    """The same bytes twice in a mailbox are two copies; when one goes, one was purged."""
    box.put("twin", DONE, message("a"))
    first = collect()
    box.drop("a")
    second = collect()

    assert 3 == first.new
    assert Counter(purged=1) == second.turns
    assert () == copies()["twin"].story
    assert [Change.PURGED] == [turn.change for turn in copies()["a"].story]


def test_two_runs_at_once_are_refused(app: App, collector: Collector) -> None:
    """Two processes would tell the same story twice: the second is turned away with a word."""
    assert collector
    with pytest.raises(Exception, match="is at work here"), app.collector():
        pass


def test_a_run_without_a_terminal_logs_its_pace() -> None:
    """How much is done, of how much, how fast and how long yet; counts alone."""
    with capture_logs() as logged:
        paced = Paced(Count(), every=0)
        paced.expect(30)
        paced.advance(10)

    [line] = logged
    assert ("collecting", 10, 30) == (line["event"], line["done"], line["of"])
    assert line["per_second"] > 0
    assert line["seconds_left"] >= 0


# --- stories: pure -------------------------------------------------------------------------------

COPY = Sighting(SightingId("1"), BlobId("1"), Source.EXCHANGE, NOON, folder="Inbox")
EARLIER, LATER = NOON + timedelta(hours=1), NOON + timedelta(hours=2)
ITEM = Item(ItemId("x"))


@pytest.mark.parametrize(
    ("road", "expected"),
    [
        ((DONE,), [Change.MOVED]),
        ((TRASH, INBOX), [Change.DELETED, Change.RESTORED]),
        (
            (TRASH, Folder(FolderId("6"), "Deleted Items/Old", FolderKind.TRASH)),
            ["deleted", "moved"],
        ),
        ((TRASH, DELETIONS, PURGES), ["deleted", "deleted", "purged"]),
        ((PURGES, TRASH), ["purged", "deleted"]),
        ((Folder(FolderId("7"), "Recoverable Items/Versions", FolderKind.VERSIONS),), ["moved"]),
        ((Folder(FolderId("8"), "Recoverable Items/Holds", FolderKind.HOLDS),), ["purged"]),
    ],
)
def test_where_it_went_says_what_it_was(road: tuple[Folder, ...], expected: list[Change]) -> None:
    """What a step is called depends on the folder, and on whether the copy was deleted."""
    copy = COPY
    for folder in road:
        copy = story.moved(copy, folder, ITEM, after=EARLIER, before=LATER)

    assert expected == [turn.change for turn in copy.story]


@pytest.mark.parametrize(
    ("told", "expected"),
    [
        (None, (EARLIER, LATER)),
        (EARLIER + timedelta(minutes=5), (EARLIER + timedelta(minutes=5),) * 2),
        (NOON - timedelta(days=9), (EARLIER, LATER)),  # before it was last seen where it was
        (LATER + timedelta(days=9), (EARLIER, LATER)),  # the server's clock is wrong
    ],
)
def test_a_moment_that_the_server_tells_is_believed_if_it_fits(
    told: datetime | None, expected: tuple[datetime, datetime]
) -> None:
    """Between two looks a server may know the moment; it is not let contradict what we saw."""
    item = Item(ItemId("x"), at=told)

    [turn] = story.moved(COPY, TRASH, item, after=EARLIER, before=LATER).story

    assert expected == (turn.after, turn.before)


def test_since_when_a_copy_is_deleted() -> None:
    """Deleted counts from the first step that was not taken back."""
    steps = [Change.DELETED, Change.RESTORED, Change.DELETED, Change.MOVED, Change.PURGED]
    times = [NOON + timedelta(days=number) for number in range(len(steps))]
    turns = [Turn(step, "x", None, at) for step, at in zip(steps, times, strict=True)]

    since = [
        Sighting(SightingId("1"), BlobId("1"), Source.IMAP, NOON, story=tuple(turns[:n])).deleted
        for n in range(len(turns) + 1)
    ]

    assert [None, times[0], None, times[2], times[2], times[2]] == since
