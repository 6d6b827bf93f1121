"""The ledger: chains that many hands may write and nobody may rewrite."""

import subprocess
import sys
from collections.abc import Sequence
from datetime import UTC, date, datetime
from hashlib import sha256
from itertools import pairwise
from pathlib import Path

import msgspec
import pytest

from archive.access_events import Audited, LogRead, Refused, Searched, Verified, Viewed
from archive.books import Book, Head
from archive.case_events import CaseClosed, CaseExtended, CaseOpened, PeopleImported
from archive.case_words import Case, Purpose, Scope
from archive.checkpoint import Checkpoint, CheckpointError
from archive.events import Event
from archive.ledger import Ledger, LedgerBrokenError, LedgerMovedError
from archive.mail_events import Scanned, Sighted
from archive.segment import LedgerFormatError
from archive.store import FolderStore
from archive.web_events import (
    Layout,
    LogForm,
    VisitId,
    WebPurged,
    WebPurgeFinished,
    WebSearched,
    WebTaken,
    WebViewed,
)
from section9 import (
    BlobId,
    CaseId,
    Category,
    Confidence,
    Defect,
    Envelope,
    Finding,
    MailId,
    PartId,
    Recipient,
    Role,
    RuleId,
    Sighting,
    SightingId,
    Source,
)

PROJECT = Path(__file__).parents[1]
NOW = datetime(2025, 1, 6, 9, 0, tzinfo=UTC)
MAIL = MailId("1a" * 32)
BLOB = BlobId("2b" * 32)
CASE = CaseId("C-0001")
EMPTY = Head(Book.MAIL, 0, "0" * 64)


def closed(reason: str) -> CaseClosed:
    """Make the smallest event of the cases book."""
    return CaseClosed(NOW, "ann", CASE, reason)


VISIT = VisitId("W-42.317")

EVENTS: dict[Book, Sequence[Event]] = {
    Book.MAIL: (
        Sighted(
            NOW,
            "section9",
            MAIL,
            Sighting(
                SightingId("run1-00000001"),
                BLOB,
                Source.SMTP,
                NOW,
                envelope=Envelope(
                    "ann@school.example", ("bob@school.example",), "::1", None, None, NOW
                ),
                recipients=(Recipient("bob@school.example", Role.BCC),),
            ),
        ),
        Scanned(
            NOW,
            "section9",
            MAIL,
            BLOB,
            "card/1",
            (
                Finding(
                    RuleId("finding:card"),
                    1,
                    Category.FINANCIAL,
                    "4.5",
                    PartId("2.1"),
                    3,
                    19,
                    Confidence.HIGH,
                    4,
                    "sixteen digits that pass the Luhn check",
                ),
            ),
            (Defect("bad-base64", PartId("3"), hides=True),),
        ),
    ),
    Book.CASES: (
        CaseOpened(
            NOW,
            "dee",
            Case(
                CASE,
                Purpose.WRONGFUL_ACT,
                "HR referral 17\u2028\n",
                "dee",
                "ann",
                Scope(("bob@school.example",), date(2025, 1, 1), date(2025, 1, 31)),
                NOW,
                NOW,
            ),
        ),
        CaseExtended(NOW, "dee", CASE, "dee", "more to read", NOW),
        closed("done"),
        PeopleImported(NOW, "dee", "3c" * 32, 12),
        WebPurged(NOW, "dee", "3c" * 32, 12, 2),
        WebPurgeFinished(NOW, "dee", "3c" * 32),
    ),
    Book.ACCESS: (
        Searched(NOW, "ann", CASE, "from:bob", "(from:bob)", "sqlite", EMPTY, 1, 0, (MAIL,)),
        Viewed(NOW, "ann", CASE, MAIL, BLOB, "text"),
        Refused(NOW, "eve", "C-9", "search", "NoSuchCaseError"),
        Verified(NOW, "root", (EMPTY,), 0, 0),
        LogRead(NOW, "a.uditor", "log", ("by=eve",)),
        Audited(NOW, "root", (EMPTY,), 1, 0),
        WebSearched(NOW, "ann", CASE, "site:a.example", "…", "sqlite", EMPTY, 1, (VISIT,)),
        WebViewed(NOW, "ann", CASE, VISIT, BLOB, "line"),
    ),
    Book.WEB: (
        WebTaken(
            NOW,
            "section9",
            BLOB,
            "access.log",
            Layout(LogForm.W3C, (("time", 1), ("site", 2)), "\t", date="2025-01-06"),
            ((1, 3), (7, 7)),
            3,
            1,
            NOW,
            None,
        ),
    ),
}


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """Name the archive's folder."""
    return tmp_path / "archive"


@pytest.fixture
def store(root: Path) -> FolderStore:
    """Open an empty store."""
    return FolderStore(root)


@pytest.fixture
def checkpoint(tmp_path: Path) -> Path:
    """Name the checkpoint."""
    return tmp_path / "heads.json"


def path_of(root: Path, number: int) -> Path:
    """Find a segment of the cases book."""
    return root / f"ledger/cases/{number:012d}.jsonl"


def grow(ledger: Ledger, segments: int) -> list[Head]:
    """Append that many segments to the cases book."""
    return [ledger.append(Book.CASES, [closed(f"{n}")]) for n in range(segments)]


@pytest.mark.parametrize("book", Book)
def test_events_come_back_as_they_went_in(store: FolderStore, book: Book) -> None:
    """Every kind of event survives the ledger, in a process that has not written it."""
    Ledger(store).append(book, EVENTS[book])

    assert list(Ledger(store).events(book)) == list(EVENTS[book])


def test_a_segment_can_be_read_without_us(store: FolderStore, root: Path) -> None:
    """The header names the book, the number and the hash before; then one event a line."""
    first, second = grow(Ledger(store), 2)

    lines = path_of(root, 2).read_bytes().splitlines(keepends=True)

    assert first.sha256 == sha256(path_of(root, 1).read_bytes()).hexdigest()
    assert second.sha256 == sha256(b"".join(lines)).hexdigest()
    assert lines == [
        b'{"book":"cases","number":2,"previous":"%s"}\n' % first.sha256.encode(),
        (
            b'{"at":"2025-01-06T09:00:00Z","by":"ann","case":"C-0001","reason":"1",'
            b'"kind":"case-closed"}\n'
        ),
    ]


def test_no_events_make_no_segment(store: FolderStore) -> None:
    """An empty batch leaves the chain as it was."""
    ledger = Ledger(store)

    head = ledger.append(Book.MAIL, [])

    assert head == EMPTY == ledger.head(Book.MAIL)


def test_an_event_belongs_in_its_book(store: FolderStore) -> None:
    """A case event is refused by the mail book, and nothing is written."""
    ledger = Ledger(store)

    with pytest.raises(ValueError, match="case-closed does not belong in the mail book"):
        ledger.append(Book.MAIL, [closed("done")])

    assert ledger.head(Book.MAIL) == EMPTY


def test_two_writers_share_a_chain(store: FolderStore) -> None:
    """A head that somebody else moved is found before anything is written."""
    ours, theirs = Ledger(store), Ledger(store)
    grow(ours, 1)
    grow(theirs, 5)
    last = grow(ours, 1)[0]

    assert last.number == 7
    assert last == ours.head(Book.CASES) == theirs.head(Book.CASES) == Ledger(store).head(last.book)


def test_what_was_decided_on_an_old_head_is_not_written(store: FolderStore) -> None:
    """A decision follows the book that it was made on, or is made again."""
    ours, theirs = Ledger(store), Ledger(store)
    before = ours.head(Book.CASES)
    now = grow(theirs, 1)[0]

    with pytest.raises(LedgerMovedError):
        ours.append(Book.CASES, [closed("late")], after=before)
    written = ours.append(Book.CASES, [closed("in time")], after=now)

    assert (written.number, len(list(ours.events(Book.CASES)))) == (2, 2)


@pytest.mark.parametrize("length", [*range(18), 31, 32, 33])
def test_the_head_is_found_at_any_length(store: FolderStore, length: int) -> None:
    """The search by leaps and halves ends at the last segment."""
    grow(Ledger(store), length)

    assert Ledger(store).head(Book.CASES).number == length


def test_reading_goes_on_after_a_number(store: FolderStore) -> None:
    """A reader that knows a number gets what follows it, linked to what it knew."""
    ledger = Ledger(store)
    heads = grow(ledger, 4)

    later = list(ledger.segments(Book.CASES, after=2))

    assert [(one.number, one.sha256) for one in later] == [(h.number, h.sha256) for h in heads[2:]]
    assert [one.previous for one in later] == [head.sha256 for head in heads[1:3]]
    assert list(ledger.segments(Book.CASES, after=4)) == []


def test_processes_at_once_lose_no_event(store: FolderStore, root: Path, checkpoint: Path) -> None:
    """Six processes append to one book with no lock server: every event is there, once, linked."""
    code = """if True:
        import sys
        from datetime import UTC, datetime
        from pathlib import Path
        from archive.ledger import Ledger
        from archive.store import FolderStore
        from archive.books import Book
        from archive.case_events import CaseClosed
        _, root, checkpoint, writer = sys.argv
        ledger = Ledger(FolderStore(Path(root)), checkpoint=Path(checkpoint))
        for n in range(20):
            now = datetime.now(UTC)
            ledger.append(Book.CASES, [CaseClosed(now, writer, "C-0001", f"{n}")])
    """
    names = [f"writer-{n}" for n in range(6)]
    writers = [
        subprocess.Popen([sys.executable, "-c", code, root, checkpoint, name], cwd=PROJECT)
        for name in names
    ]
    codes = [writer.wait(timeout=60) for writer in writers]

    ledger = Ledger(store, checkpoint=checkpoint)
    segments = list(ledger.segments(Book.CASES))
    events = [event for one in segments for event in one.events if isinstance(event, CaseClosed)]

    assert codes == [0] * 6
    assert [one.number for one in segments] == list(range(1, 121))
    assert all(after.previous == before.sha256 for before, after in pairwise(segments))
    for name in names:
        assert [e.reason for e in events if e.by == name] == [f"{n}" for n in range(20)]
    assert ledger.remembered() == (ledger.head(Book.CASES),)


@pytest.mark.parametrize(
    ("line", "number", "why"),
    [
        (b'{"at":"2031-01-01T00:00:00Z","by":"ann","kind":"case-merged"}\n', 3, "newer version"),
        (b'{"at":"2025-01-06T09:00:00Z","by":"ann","kind":"viewed"}\n', 3, "belongs elsewhere"),
        (b'{"kind":"case-closed","reason":"a secret"}\n', 3, "not a well-formed case-closed"),
        (b"a secret\n", 3, "not the JSON of an event"),
        (b"\xff\n", 3, "not the JSON of an event"),
        (b'{"kind":"\\ud800"}\n', 3, ""),
        (b"a secret", 3, "cut short"),
    ],
)
def test_a_line_we_cannot_read_is_named(
    store: FolderStore, root: Path, line: bytes, number: int, why: str
) -> None:
    """The error gives book, segment and line, and never repeats what stands there."""
    grow(Ledger(store), 1)
    path_of(root, 1).chmod(0o640)
    with path_of(root, 1).open("ab") as file:
        file.write(line)

    with pytest.raises(LedgerFormatError, match=f"segment 1 of cases, line {number} ") as error:
        list(Ledger(store).events(Book.CASES))

    assert why in str(error.value)
    assert "secret" not in str(error.value)


def test_a_broken_chain_is_not_read(store: FolderStore, root: Path) -> None:
    """What was altered is not handed on as what happened, with a checkpoint or without."""
    grow(Ledger(store), 3)
    path = path_of(root, 2)
    path.chmod(0o640)
    path.write_bytes(path.read_bytes().replace(b"ann", b"bob"))

    with pytest.raises(LedgerBrokenError, match="segment 3 of cases does not follow"):
        list(Ledger(store).events(Book.CASES))


@pytest.mark.parametrize("lost", [1, 2, 3])
def test_a_lost_segment_is_not_passed_over(
    store: FolderStore, root: Path, checkpoint: Path, lost: int
) -> None:
    """Reading stops at a gap, or at a cut that the checkpoint gives away."""
    grow(Ledger(store, checkpoint=checkpoint), 3)
    path_of(root, lost).unlink()

    with pytest.raises(LedgerBrokenError, match=f"segment {lost} of cases is missing"):
        list(Ledger(store, checkpoint=checkpoint).events(Book.CASES))


def test_nothing_is_built_on_a_chain_that_was_cut(
    store: FolderStore, root: Path, checkpoint: Path
) -> None:
    """With a checkpoint, a valid shorter or rewritten chain is refused, not continued."""
    grow(Ledger(store, checkpoint=checkpoint), 3)
    path_of(root, 3).unlink()

    with pytest.raises(LedgerBrokenError, match="segment 3 of cases is missing"):
        grow(Ledger(store, checkpoint=checkpoint), 1)
    grow(Ledger(store), 1)  # a forger keeps no checkpoint
    path_of(root, 3).chmod(0o640)
    path_of(root, 3).write_bytes(path_of(root, 3).read_bytes().replace(b"ann", b"bob"))
    with pytest.raises(LedgerBrokenError, match="not the one that the checkpoint saw"):
        grow(Ledger(store, checkpoint=checkpoint), 1)


def test_the_checkpoint_keeps_each_book_and_only_moves_forward(checkpoint: Path) -> None:
    """A process that lags cannot take back what another has seen."""
    kept = Checkpoint(checkpoint)
    mail, cases = (Head(book, 7, "ab" * 32) for book in (Book.MAIL, Book.CASES))
    kept.advance(mail)
    kept.advance(cases)

    kept.advance(Head(Book.MAIL, 6, "cd" * 32))

    assert kept.read() == {Book.MAIL: mail, Book.CASES: cases}
    assert msgspec.json.decode(checkpoint.read_bytes())[0] == {
        "book": "mail",
        "number": 7,
        "sha256": "ab" * 32,
    }


def test_what_is_seen_is_remembered_too(store: FolderStore, checkpoint: Path) -> None:
    """Heads that other hosts wrote enter our checkpoint when we meet them."""
    [head] = grow(Ledger(store), 1)
    reader = Ledger(store, checkpoint=checkpoint)

    reader.head(Book.CASES)

    assert reader.remembered() == (head,)


def test_a_damaged_checkpoint_is_no_empty_one(store: FolderStore, checkpoint: Path) -> None:
    """A checkpoint that cannot be read stops us: without it a cut would go unseen."""
    checkpoint.write_bytes(b"[{]")

    with pytest.raises(CheckpointError, match="is not a list of heads"):
        Ledger(store, checkpoint=checkpoint).head(Book.MAIL)


def test_strays_are_no_segments(store: FolderStore, root: Path) -> None:
    """A file that we never wrote is not taken for a segment, and is named."""
    grow(Ledger(store), 1)
    strays = [
        "ledger/cases/000000000000.jsonl",
        "ledger/cases/2.jsonl",
        "ledger/other/000000000001.jsonl",
    ]
    (root / "ledger/other").mkdir()
    for stray in strays:
        (root / stray).touch()

    assert list(Ledger(store).numbers(Book.CASES)) == [1]
    assert list(Ledger(store).strays()) == strays
