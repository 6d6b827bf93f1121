"""Verification: whatever is done to the archive's files is found, and named."""

import shutil
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from archive import frame, segment
from archive.access_events import Refused, Searched, Verified
from archive.blobs import Blobs
from archive.books import Book, Head
from archive.case_events import CaseClosed
from archive.ledger import Ledger, key_of
from archive.mail_events import Sighted
from archive.store import FolderStore
from archive.verify import Progress, Verification, verify
from archive.walk import Problem, ProblemKind
from section9 import (
    BlobId,
    CaseId,
    MailId,
    Sighting,
    SightingId,
    Source,
    SpoolId,
)

NOW = datetime(2025, 1, 6, 9, 0, tzinfo=UTC)
SEGMENTS = 5  # in the mail book, two sightings each
ALTERED = ProblemKind.ALTERED_SEGMENT


@dataclass(frozen=True)
class Archive:
    """A real archive on disk, and the heads that its writer remembered."""

    root: Path
    heads: tuple[Head, ...]

    def verify(self, *, heads: Iterable[Head] | None = None) -> Verification:
        """Verify it as a fresh process would."""
        store = FolderStore(self.root)
        return verify(Blobs(store), Ledger(store), heads=self.heads if heads is None else heads)

    def found(self, *, heads: Iterable[Head] | None = None) -> set[tuple[str, str]]:
        """Return each problem's kind and place."""
        return {(one.kind.value, one.where) for one in self.verify(heads=heads).problems}

    def path(self, number: int, book: Book = Book.MAIL) -> Path:
        """Find a segment's file."""
        return self.root / key_of(book, number)

    def lines(self, number: int) -> list[bytes]:
        """Read a segment of the mail book as lines with their ends."""
        return self.path(number).read_bytes().splitlines(keepends=True)

    def rewrite(self, number: int, lines: Iterable[bytes], book: Book = Book.MAIL) -> None:
        """Write a segment as somebody with the rights to the disk can."""
        self.path(number, book).unlink(missing_ok=True)
        self.path(number, book).write_bytes(b"".join(lines))


def blob_of(content: bytes) -> BlobId:
    """Name a blob."""
    return BlobId(segment.hash_of(content))


def sighted(content: bytes, id_: str, source: Source = Source.SMTP) -> Sighted:
    """Make the event that names a blob."""
    sighting = Sighting(SightingId(id_), blob_of(content), source, NOW)
    return Sighted(NOW, "section9", MailId("1a" * 32), sighting)


def fill(root: Path) -> Archive:
    """Archive ten messages in five segments; one case event a segment; a search and a verify."""
    store = FolderStore(root)
    blobs, ledger = Blobs(store), Ledger(store, checkpoint=root.parent / "heads.json")
    for n in range(1, 2 * SEGMENTS, 2):
        contents = [b"message %d" % n, b"message %d" % (n + 1)]
        blobs.put_all(contents)
        events = [sighted(one, f"run1-{n + i:08d}") for i, one in enumerate(contents)]
        mail = ledger.append(Book.MAIL, events)
        ledger.append(Book.CASES, [CaseClosed(NOW, "ann", CaseId("C-0001"), f"{n}")])
    ledger.append(Book.ACCESS, [Refused(NOW, "eve", "C-9", "search", "NoSuchCaseError")])
    ledger.append(
        Book.ACCESS,
        [Searched(NOW, "ann", CaseId("C-0001"), "a", "(a)", "sqlite", mail, 0, 0, ())],
    )
    heads = tuple(ledger.head(book) for book in Book)
    ledger.append(Book.ACCESS, [Verified(NOW, "root", heads, 10, 0)])
    return Archive(root, ledger.remembered())


@pytest.fixture(scope="module")
def pristine(tmp_path_factory: pytest.TempPathFactory) -> Archive:
    """Fill an archive once; tests work on copies of it."""
    return fill(tmp_path_factory.mktemp("pristine") / "archive")


@pytest.fixture
def archive(pristine: Archive, tmp_path: Path) -> Archive:
    """Copy the archive, to be tampered with."""
    shutil.copytree(pristine.root, tmp_path / "archive")
    return Archive(tmp_path / "archive", pristine.heads)


def chained(archive: Archive, first: int, *, forge: Callable[[bytes], bytes]) -> None:
    """Forge a segment and mend every header after it, as a careful forger would."""
    lines = archive.lines(first)
    archive.rewrite(first, [lines[0], *(forge(line) for line in lines[1:])])
    for number in range(first + 1, SEGMENTS + 1):
        previous = segment.hash_of(archive.path(number - 1).read_bytes())
        header = msgspec.json.encode(segment.Header(Book.MAIL, number, previous)) + b"\n"
        archive.rewrite(number, [header, *archive.lines(number)[1:]])


def test_an_untouched_archive_is_whole(archive: Archive) -> None:
    """Nothing is found, everything is counted, and the heads are the writer's."""
    found = archive.verify()

    assert found == Verification(
        heads=tuple(
            next((head for head in archive.heads if head.book is book), Head(book, 0, "0" * 64))
            for book in Book
        ),
        blobs=2 * SEGMENTS,
        events=3 * SEGMENTS + 3,
        problems=(),
        notes=(),
    )


def test_an_empty_archive_is_whole(tmp_path: Path) -> None:
    """Before the first message there is nothing to find."""
    found = Archive(FolderStore(tmp_path / "archive")._root, ()).verify()

    assert (found.blobs, found.events, found.problems) == (0, 0, ())
    assert found.heads == tuple(Head(book, 0, "0" * 64) for book in Book)


# --- chains -----------------------------------------------------------------------------------


def flip_byte(archive: Archive) -> None:
    """Change one letter in an event."""
    one, two, three = archive.lines(3)
    archive.rewrite(3, [one, two.replace(b"section9", b"sectionX"), three])


def delete_line(archive: Archive) -> None:
    """Take an event out."""
    one, _, three = archive.lines(3)
    archive.rewrite(3, [one, three])


def insert_line(archive: Archive) -> None:
    """Put an event in."""
    one, two, three = archive.lines(3)
    archive.rewrite(3, [one, two, two, three])


def swap_lines(archive: Archive) -> None:
    """Put two events in another order."""
    one, two, three = archive.lines(3)
    archive.rewrite(3, [one, three, two])


def altered(places: Iterable[tuple[str, str]]) -> set[tuple[str, str]]:
    """Keep what was said of segments."""
    return {(kind, where) for kind, where in places if where.split()[0] in set(Book)}


@pytest.mark.parametrize("tamper", [flip_byte, delete_line, insert_line, swap_lines])
@pytest.mark.parametrize("remembered", [True, False])
def test_an_altered_segment_is_named_itself(
    archive: Archive, tamper: Callable[[Archive], None], *, remembered: bool
) -> None:
    """The altered segment is blamed, not the next one whose header disagrees with it."""
    tamper(archive)

    found = archive.found(heads=None if remembered else ())

    assert altered(found) == {("altered-segment", "mail 3")}


def test_an_altered_header_is_told_from_an_altered_predecessor(archive: Archive) -> None:
    """When the first line of 3 was changed, 2 is not accused: 1 and 2 still agree."""
    lines = archive.lines(3)
    header = msgspec.json.encode(segment.Header(Book.MAIL, 3, "ab" * 32)) + b"\n"
    archive.rewrite(3, [header, *lines[1:]])

    assert archive.found() == {("altered-segment", "mail 3")}


def test_an_unreadable_line_is_named(archive: Archive) -> None:
    """A line that is no event any more is given by its number."""
    one, two, three = archive.lines(3)
    archive.rewrite(3, [one, two, three.replace(b"{", b"(", 1)])

    assert altered(archive.found()) == {
        ("altered-segment", "mail 3"),
        ("unreadable-line", "mail 3 line 3"),
    }


def test_a_removed_segment_is_named(archive: Archive) -> None:
    """A hole in the middle of a chain has a number, and its neighbours are not accused."""
    archive.path(3).unlink()

    assert altered(archive.found()) == {("missing-segment", "mail 3")}


def test_removed_segments_are_one_hole(archive: Archive) -> None:
    """Neighbouring segments that are gone are reported together, at the start too."""
    archive.path(1).unlink()
    archive.path(2).unlink()

    assert altered(archive.found()) == {("missing-segment", "mail 1-2")}


def test_swapped_segments_are_named(archive: Archive) -> None:
    """Each of the two says itself that it lies in the wrong place."""
    two, three = archive.lines(2), archive.lines(3)
    archive.rewrite(2, three)
    archive.rewrite(3, two)

    assert archive.found() == {("misplaced-segment", "mail 2"), ("misplaced-segment", "mail 3")}


def test_lines_cut_from_the_last_segment_are_found(archive: Archive) -> None:
    """Nothing follows the last segment, so the remembered head must give it away."""
    archive.rewrite(SEGMENTS, archive.lines(SEGMENTS)[:2])

    assert ("altered-segment", f"mail {SEGMENTS}") in archive.found()


def test_a_cut_chain_is_found_by_the_checkpoint(archive: Archive) -> None:
    """A chain whose tail is gone is valid; its remembered head is beyond its end."""
    archive.path(SEGMENTS, Book.CASES).unlink()
    archive.path(SEGMENTS - 1, Book.CASES).unlink()

    assert archive.found() == {("truncated-book", "cases 4-5")}


@pytest.mark.parametrize("book", [Book.MAIL, Book.CASES])
def test_a_cut_chain_is_found_by_another_book(archive: Archive, book: Book) -> None:
    """Without a checkpoint, a search or verification on record still remembers the head."""
    archive.path(SEGMENTS, book).unlink()

    problems = [one for one in archive.verify(heads=()).problems if one.where == f"{book} 5"]

    assert [one.kind for one in problems] == [ProblemKind.TRUNCATED_BOOK]
    assert "access " in problems[0].detail


def test_a_whole_book_that_is_gone_is_found(archive: Archive) -> None:
    """An empty book is not a new one when its head is remembered."""
    shutil.rmtree(archive.root / "ledger/cases")

    assert archive.found() == {("truncated-book", "cases 1-5")}


def test_a_rewritten_chain_is_found(archive: Archive) -> None:
    """A forger who mends every header leaves a valid chain that no recorded head confirms."""
    chained(archive, 3, forge=lambda line: line.replace(b"section9", b"sectionX"))

    assert archive.found() == {("altered-segment", f"mail {SEGMENTS}")}
    assert archive.found(heads=()) == {("altered-segment", f"mail {SEGMENTS}")}


def test_an_inserted_segment_is_found(archive: Archive) -> None:
    """A forged segment in the middle pushes the others out of their places."""
    for number in range(SEGMENTS, 2, -1):
        archive.rewrite(number + 1, archive.lines(number))
    header = segment.Header(Book.MAIL, 3, segment.hash_of(archive.path(2).read_bytes()))
    archive.rewrite(3, [msgspec.json.encode(header), b"\n", *archive.lines(2)[1:]])

    assert altered(archive.found()) == {
        ("misplaced-segment", "mail 4"),
        ("misplaced-segment", "mail 5"),
        ("misplaced-segment", "mail 6"),
    }


def test_a_forged_segment_at_the_end_is_found(archive: Archive) -> None:
    """A segment that does not follow the remembered head is blamed, and the head is not."""
    header = segment.Header(Book.MAIL, SEGMENTS + 1, "ab" * 32)
    archive.rewrite(SEGMENTS + 1, [msgspec.json.encode(header), b"\n", *archive.lines(5)[1:]])

    assert archive.found() == {("altered-segment", "mail 6")}


def test_without_any_witness_the_doubt_is_told(archive: Archive) -> None:
    """When nothing vouches for the last two segments, the report says that it may be either."""
    shutil.rmtree(archive.root / "ledger/access")
    archive.rewrite(4, archive.lines(4)[:2])

    problems = [one for one in archive.verify(heads=()).problems if one.where.startswith("mail")]

    assert [(one.kind, one.where) for one in problems] == [(ALTERED, "mail 4")]
    assert "or was itself altered in its first line" in problems[0].detail


def test_a_false_witness_is_not_believed(archive: Archive) -> None:
    """A head recorded in a segment that was itself altered accuses nobody else."""
    lines = archive.path(2, Book.ACCESS).read_bytes().splitlines(keepends=True)
    mail = next(head for head in archive.heads if head.book == Book.MAIL)
    forged = lines[1].replace(mail.sha256.encode(), b"ab" * 32).replace(b":5,", b":9,")
    archive.rewrite(2, [lines[0], forged], Book.ACCESS)

    assert archive.found() == {("altered-segment", "access 2")}


# --- blobs ------------------------------------------------------------------------------------


def test_a_damaged_blob_is_named(archive: Archive) -> None:
    """A blob that no longer hashes to its name is given by that name."""
    blob = blob_of(b"message 4")
    path = archive.root / Blobs.key_of(blob)
    path.unlink()
    path.write_bytes(frame.wrap(b"message 5"))

    assert archive.found() == {("altered-blob", f"blob {blob}")}


def test_a_missing_blob_is_named_with_its_segment(archive: Archive) -> None:
    """A blob that a sighting names must be there."""
    blob = blob_of(b"message 4")
    (archive.root / Blobs.key_of(blob)).unlink()

    [problem] = archive.verify().problems

    assert (problem.kind, problem.where) == (ProblemKind.MISSING_BLOB, f"blob {blob}")
    assert "mail 2" in problem.detail


def test_a_blob_without_a_sighting_is_a_note(archive: Archive) -> None:
    """A crash between blob and ledger leaves one: worth telling, but nothing is lost."""
    blob = Blobs(FolderStore(archive.root)).put(b"never sighted")

    found = archive.verify()

    assert found.problems == ()
    assert [(one.kind, one.where) for one in found.notes] == [
        (ProblemKind.UNNAMED_BLOB, f"blob {blob}")
    ]


def test_strays_are_named(archive: Archive) -> None:
    """A file that section9 never wrote is reported, whatever bytes its name is made of."""
    (archive.root / "blobs/note.txt").touch()
    (archive.root / "ledger/mail/\udcff").touch()

    assert archive.found() == {
        ("stray-file", "'blobs/note.txt'"),
        ("stray-file", "'ledger/mail/\\udcff'"),
    }


# --- messages ---------------------------------------------------------------------------------


def received(root: Path, ids: Iterable[str], waiting: Iterable[str] = ()) -> list[Problem]:
    """Archive a sighting under each id, and verify while others wait."""
    store = FolderStore(root)
    blobs, ledger = Blobs(store), Ledger(store)
    blobs.put(b"x")
    ledger.append(Book.MAIL, [sighted(b"x", id_) for id_ in ids])
    found = verify(blobs, ledger, waiting=lambda: [SpoolId(id_) for id_ in waiting])
    return list(found.problems)


def test_a_message_that_vanished_is_named(tmp_path: Path) -> None:
    """Within a run the numbers have no gap; one that is nowhere is a message that was lost."""
    ids = ["run-a-00000002", "run-a-00000005", "run-b-00000001"]

    problems = received(tmp_path / "archive", ids, waiting=["run-a-00000003", "run-b-00000004"])

    assert [(one.kind.value, one.where) for one in problems] == [
        ("missing-message", "run run-a 1"),
        ("missing-message", "run run-a 4"),
        ("missing-message", "run run-b 2-3"),
    ]


def test_messages_still_waiting_are_not_missing(tmp_path: Path) -> None:
    """What lies in the spool or in quarantine fills its place in the numbering."""
    ids = ["run-00000001", "run-00000003"]

    assert received(tmp_path / "archive", ids, waiting=["run-00000002"]) == []


def test_an_id_that_no_listener_gave_is_named(tmp_path: Path) -> None:
    """Without a number nothing can be proved, so the sighting is not passed over."""
    problems = received(tmp_path / "archive", ["by-hand", "run-00000001"])

    assert [(one.kind.value, one.where) for one in problems] == [
        ("unnumbered-message", "sighting by-hand")
    ]


def test_files_have_no_numbering(tmp_path: Path) -> None:
    """Copies that were read from files are not counted among the received."""
    store = FolderStore(tmp_path / "archive")
    blobs, ledger = Blobs(store), Ledger(store)
    blobs.put(b"x")
    ledger.append(Book.MAIL, [sighted(b"x", "some-file", Source.FILE)])

    assert verify(blobs, ledger).problems == ()


def test_mail_may_arrive_meanwhile(tmp_path: Path) -> None:
    """A message that came in after the waiting ones were listed is no loss.

    Here 3 is archived during the verification while 2 waits, unlisted.
    """
    store = FolderStore(tmp_path / "archive")
    blobs, ledger = Blobs(store), Ledger(store)
    blobs.put(b"x")
    ledger.append(Book.MAIL, [sighted(b"x", "run-00000001")])

    def list_then_archive_more() -> list[SpoolId]:
        ledger.append(Book.MAIL, [sighted(b"x", "run-00000003")])
        return []

    assert verify(blobs, ledger, waiting=list_then_archive_more).problems == ()


def test_progress_is_told(archive: Archive) -> None:
    """Progress only grows, and ends at the totals."""
    store = FolderStore(archive.root)
    told: list[Progress] = []

    found = verify(Blobs(store), Ledger(store), progress=told.append)

    assert told == sorted(told, key=lambda one: (one.events, one.blobs))
    assert told[-1] == Progress(found.events, found.blobs)


# --- anything at all --------------------------------------------------------------------------


def files(archive: Archive) -> list[Path]:
    """List every segment and blob, in a stable order."""
    return sorted(path for path in archive.root.rglob("*.*") if path.is_file())


@settings(max_examples=150, deadline=None)
@given(data=st.data())
def test_any_altered_byte_is_found_and_its_file_named(
    pristine: Archive, data: st.DataObject
) -> None:
    """One byte of one file is enough, wherever it stands; no other segment is accused."""
    path = data.draw(st.sampled_from(files(pristine)))
    before = path.read_bytes()
    place = data.draw(st.integers(0, len(before) - 1))
    after = bytearray(before)
    after[place] ^= data.draw(st.integers(1, 255))
    path.unlink()
    path.write_bytes(after)

    found = pristine.found()

    path.unlink()
    path.write_bytes(before)
    where = path.stem.removesuffix(".eml")
    name = f"{path.parent.name} {int(where)}" if path.suffix == ".jsonl" else f"blob {where}"
    segments = {one.split(" line")[0] for _, one in found if one.split()[0] in set(Book)}
    assert name in {one.split(" line")[0] for _, one in found}
    assert segments <= {name}
