"""Tampering with the ledger: whatever root does to it is found out against the last anchor.

Each attack here is on files, with every right, and takes the host's own memory of the heads away
with it: what finds it is the anchor alone.
"""

import shutil
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import msgspec
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from archive import anchors as form
from archive import segment
from archive.access_events import Refused
from archive.anchors import Anchors, Signed, by_fingerprint
from archive.audit import Audit, Evidence, Given, audit
from archive.books import Book
from archive.case_events import Anchored, CaseClosed
from archive.ledger import Ledger, key_of
from archive.store import FolderStore
from archive.walk import ProblemKind
from section9 import CaseId

NOW = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)
KEY = Ed25519PrivateKey.generate()
SEGMENTS = 5  # in the cases book before the anchor, two entries each


@dataclass(frozen=True)
class Tampered:
    """An archive on disk, and the anchor that was mailed away before anybody touched it."""

    root: Path
    mailed: Signed

    def audit(self, *given: Given) -> Audit:
        """Audit it as a fresh process would, with what lies in the archive and what is given."""
        store = FolderStore(self.root)
        keys = by_fingerprint([KEY.public_key()])
        return audit(Ledger(store), Anchors(store), keys, Evidence(given=given))

    def found(self, *given: Given) -> set[tuple[str, str]]:
        """Return each problem's kind and place."""
        return {(one.kind.value, one.where) for one in self.audit(*given).problems}

    def path(self, number: int, book: Book = Book.CASES) -> Path:
        """Find a segment's file."""
        return self.root / key_of(book, number)

    def lines(self, number: int) -> list[bytes]:
        """Read a segment of the cases book as lines with their ends."""
        return self.path(number).read_bytes().splitlines(keepends=True)

    def write(self, number: int, lines: list[bytes], book: Book = Book.CASES) -> None:
        """Write a segment as somebody with the rights to the disk can."""
        self.path(number, book).unlink(missing_ok=True)
        self.path(number, book).write_bytes(b"".join(lines))

    def chain_from(self, first: int) -> None:
        """Mend every header from a segment on, as a careful forger would."""
        for number in range(first, SEGMENTS + 2):
            if self.path(number).exists():
                before = self.path(number - 1).read_bytes()
                header = segment.Header(Book.CASES, number, segment.hash_of(before))
                self.write(number, [msgspec.json.encode(header) + b"\n", *self.lines(number)[1:]])


def closed(reason: str) -> CaseClosed:
    return CaseClosed(NOW, "ann", CaseId("C-0001"), reason)


def anchor(root: Path) -> Signed:
    """Sign the heads and record it, as `section9 audit anchor` does."""
    ledger, anchors = Ledger(FolderStore(root)), Anchors(FolderStore(root))
    heads = tuple(map(ledger.head, Book))
    made, signed = anchors.add(heads, at=NOW, by="root", key=KEY)
    recorded = Anchored(NOW, "root", made.number, signed.sha256, heads, made.key)
    ledger.append(Book.CASES, [recorded])
    return signed


def fill(root: Path) -> Signed:
    ledger = Ledger(FolderStore(root))
    for n in range(1, SEGMENTS + 1):
        ledger.append(Book.CASES, [closed(f"a{n}"), closed(f"b{n}")])
        ledger.append(Book.ACCESS, [Refused(NOW, "eve", "C-9", "search", "CaseUnknownError")])
    return anchor(root)


@pytest.fixture(scope="module")
def pristine(tmp_path_factory: pytest.TempPathFactory) -> Tampered:
    root = tmp_path_factory.mktemp("pristine") / "archive"
    return Tampered(root, fill(root))


@pytest.fixture
def archive(pristine: Tampered, tmp_path: Path) -> Tampered:
    """A copy, to be tampered with."""
    shutil.copytree(pristine.root, tmp_path / "archive")
    return Tampered(tmp_path / "archive", pristine.mailed)


def test_an_untouched_ledger_is_as_it_was_anchored(archive: Tampered) -> None:
    """Nothing is found; the anchor and the one that was mailed are the same."""
    found = archive.audit(Given("anchor-000001.json", archive.mailed))

    assert ((), 1, 3 * SEGMENTS + 1) == (found.problems, found.anchors, found.events)
    assert found.last is not None
    assert 1 == found.last.number


def test_what_is_written_after_an_anchor_is_no_tampering(archive: Tampered) -> None:
    """The ledger goes on; the anchor still holds."""
    Ledger(FolderStore(archive.root)).append(Book.CASES, [closed("later")])

    assert () == archive.audit().problems


def test_a_flipped_bit_is_found(archive: Tampered) -> None:
    """One bit of one entry, the chain not mended."""
    content = bytearray(archive.path(3).read_bytes())
    content[-9] ^= 1

    archive.write(3, [bytes(content)])

    assert ("altered-segment", "cases 3") in archive.found()


def flip(archive: Tampered) -> None:
    archive.write(3, [one.replace(b'"a3"', b'"x3"') for one in archive.lines(3)])


def remove(archive: Tampered) -> None:
    archive.write(3, archive.lines(3)[:-1])


def insert(archive: Tampered) -> None:
    forged = msgspec.json.encode(closed("never happened")) + b"\n"
    archive.write(3, [*archive.lines(3), forged])


def reorder(archive: Tampered) -> None:
    head, first, second = archive.lines(3)
    archive.write(3, [head, second, first])


def exchange(archive: Tampered) -> None:
    """Two whole segments, each given the other's place and number."""
    third, fourth = archive.lines(3), archive.lines(4)
    archive.write(3, [third[0], *fourth[1:]])
    archive.write(4, [fourth[0], *third[1:]])


@pytest.mark.parametrize("tamper", [flip, remove, insert, reorder, exchange])
def test_a_chain_that_is_rewritten_consistently_is_found(
    archive: Tampered, tamper: Callable[[Tampered], None]
) -> None:
    """Every header after the entry is mended, so that the chain is whole in itself."""
    tamper(archive)
    archive.chain_from(4)

    found = archive.found()

    assert {("altered-segment", f"cases {SEGMENTS}")} == found


@pytest.mark.parametrize("tamper", [flip, remove, insert, reorder])
def test_an_entry_is_not_altered_removed_inserted_or_moved_unseen(
    archive: Tampered, tamper: Callable[[Tampered], None]
) -> None:
    """The segment after it names another hash."""
    tamper(archive)

    assert {("altered-segment", "cases 3")} == archive.found()


@pytest.mark.parametrize("book", [Book.CASES, Book.ACCESS])
def test_a_removed_last_segment_is_found(archive: Tampered, book: Book) -> None:
    """The anchor names a segment beyond the end."""
    for number in range(SEGMENTS, SEGMENTS + 2):
        archive.path(number, book).unlink(missing_ok=True)

    found = archive.found()

    assert ("truncated-book", f"{book} {SEGMENTS}") in found


def test_a_cut_tail_is_found_though_the_rest_is_chained(archive: Tampered) -> None:
    """A shorter chain is whole in itself, and others may be written in its place."""
    for number in range(3, SEGMENTS + 2):
        archive.path(number).unlink()
    Ledger(FolderStore(archive.root)).append(Book.CASES, [closed("instead")])

    assert ("truncated-book", f"cases 4-{SEGMENTS}") in archive.found()


def test_a_missing_segment_is_found(archive: Tampered) -> None:
    """Out of the middle, with the next one mended to name the one before."""
    archive.path(3).unlink()

    assert ("missing-segment", "cases 3") in archive.found()


def test_segments_swapped_between_books_are_found(archive: Tampered) -> None:
    """A segment stands under its own name or nowhere."""
    ours, theirs = archive.path(2), archive.path(2, Book.ACCESS)
    first, second = ours.read_bytes(), theirs.read_bytes()
    archive.write(2, [second])
    archive.write(2, [first], Book.ACCESS)

    found = archive.found()

    assert {("misplaced-segment", "cases 2"), ("misplaced-segment", "access 2")} <= found


def test_an_older_archive_that_is_restored_is_found_by_what_was_mailed(
    archive: Tampered, tmp_path: Path
) -> None:
    """A copy from before the last anchor holds in itself, but not against what was sent away."""
    old = Tampered(tmp_path / "old", archive.mailed)
    shutil.copytree(archive.root, old.root)
    Ledger(FolderStore(archive.root)).append(Book.CASES, [closed("later")])
    mailed = Given("anchor-000002.json", anchor(archive.root))

    assert set() == old.found()
    found = old.found(mailed)
    assert {("bad-anchor", "anchor 2"), ("truncated-book", "cases 7")} == found


def test_an_anchor_forged_with_another_key_is_found(archive: Tampered) -> None:
    """Whoever rewrites the ledger and signs it anew has no key of ours."""
    flip(archive)
    archive.chain_from(4)
    for part in ("json", "sig"):
        (archive.root / form.key_of(1, part)).unlink()
    store = FolderStore(archive.root)
    heads = tuple(map(Ledger(store).head, Book))
    Anchors(store).add(heads, at=NOW, by="root", key=Ed25519PrivateKey.generate())

    found = archive.audit().problems

    assert [("anchor 1", "is signed with a key that is none of yours")] == [
        (one.where, one.detail) for one in found
    ]


def test_an_anchor_forged_with_our_own_key_is_found_by_what_was_mailed(archive: Tampered) -> None:
    """Root can read the key and sign again; what was sent away says otherwise."""
    flip(archive)
    archive.chain_from(4)
    for part in ("json", "sig"):
        (archive.root / form.key_of(1, part)).unlink()
    archive.path(SEGMENTS + 1).unlink()
    anchor(archive.root)

    assert set() == archive.found()
    found = archive.found(Given("anchor-000001.json", archive.mailed))
    assert {("bad-anchor", "anchor 1"), ("altered-segment", f"cases {SEGMENTS}")} == found


@pytest.mark.parametrize(
    ("part", "expected"),
    [
        ("json", "does not bear out its signature: it was altered"),
        ("sig", "does not bear out its signature: it was altered"),
    ],
)
def test_an_altered_anchor_is_found(archive: Tampered, part: str, expected: str) -> None:
    """Any byte of it counts, and of its signature."""
    path = archive.root / form.key_of(1, part)
    content = path.read_bytes().replace(b"09:00", b"09:01") if part == "json" else bytes(64)
    path.unlink()
    path.write_bytes(content)

    assert expected in {one.detail for one in archive.audit().problems}


def test_a_removed_anchor_is_found(archive: Tampered) -> None:
    """The ledger names it; the anchors after it no longer follow."""
    anchor(archive.root)
    anchor(archive.root)
    for part in ("json", "sig"):
        (archive.root / form.key_of(2, part)).unlink()

    found = archive.found()

    assert {("bad-anchor", "anchor 2"), ("bad-anchor", "anchor 3")} == found


@pytest.mark.parametrize("content", [b"", b"{", b"\xff" * 9, b"[]", b"{}" + b" " * form.LARGEST])
def test_nonsense_for_an_anchor_is_named_and_ends_nothing(
    archive: Tampered, content: bytes
) -> None:
    """A file that somebody gives may hold anything."""
    found = archive.audit(Given("x.json", Signed(content, b"")))

    assert [(ProblemKind.BAD_ANCHOR, "x.json")] == [(one.kind, one.where) for one in found.problems]


def test_two_who_anchor_at_once_make_two_anchors(archive: Tampered) -> None:
    """Each has a number of its own and names the one before."""
    anchors = Anchors(FolderStore(archive.root))
    heads = tuple(map(Ledger(FolderStore(archive.root)).head, Book))

    made = [anchors.add(heads, at=NOW, by="root", key=KEY)[0] for _ in range(3)]

    assert [2, 3, 4] == [one.number for one in made]
    assert made[1].previous == anchors.signed(2).sha256
