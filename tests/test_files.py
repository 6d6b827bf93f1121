"""Files of mail: which are mail, and where each message lies."""

import gzip
import hashlib
import random
import tarfile
import zipfile
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import psutil
import pytest

from ingest.files import DEEPEST, Files, Skipped
from ingest.jobs import Sliced, Stored

NOW = datetime(2026, 9, 1, 9, 0, tzinfo=UTC)
FIRST = b"From a@school.example Tue Sep  1 09:00:00 2026\nSubject: one\n\nFrom here on, one.\n"
SECOND = b"From b@school.example Tue Sep  1 10:00:00 2026\r\nSubject: two\r\n\r\ntwo\r\n"
EML = b"Subject: alone\r\n\r\ntext\r\n"


def read(found: Sliced) -> bytes:
    return Path(found.path).read_bytes()[found.start : found.start + found.length]


def place(found: Sliced | Stored) -> tuple[str, str]:
    return found.sighting.folder, found.sighting.item


def taken(*paths: Path) -> list[Sliced]:
    return [one for one in met(*paths) if isinstance(one, Sliced)]


def met(*paths: Path) -> list[Sliced | Stored | Skipped]:
    """Everything in some files; what is taken out of them is stored nowhere."""
    files = Files(mailbox="a@school.example", seen=NOW, store=list, scratch=paths[0].parent)
    return list(files.messages(paths))


def test_an_mbox_gives_each_message_as_it_stands(tmp_path: Path) -> None:
    """Nothing is unquoted or normalised: the slice is what the file holds."""
    path = tmp_path / "inbox.mbox"
    path.write_bytes(FIRST + b"\n" + SECOND)

    found = taken(path)

    assert [FIRST, SECOND] == [read(one) for one in found]
    assert [("inbox.mbox", ""), ("inbox.mbox", "#2")] == [place(one) for one in found]


@pytest.mark.parametrize("content", [EML, FIRST, b"\n\nno header at all"])
def test_a_file_with_one_message_is_that_message_whole(tmp_path: Path, content: bytes) -> None:
    """Each original comes back byte for byte, an mbox line before it included."""
    path = tmp_path / "1.eml"
    path.write_bytes(content)

    [found] = taken(path)

    assert content == read(found)
    assert hashlib.sha256(content).hexdigest() == found.sighting.blob


def test_a_line_that_only_begins_like_a_separator_is_text(tmp_path: Path) -> None:
    """`From` at the start of a paragraph splits no message: a separator has a time of day."""
    path = tmp_path / "inbox"
    path.write_bytes(FIRST + b"\nFrom all of us, a happy half-term.\n")

    assert 1 == len(taken(path))


def test_a_copy_has_the_same_name_however_often_it_is_read(tmp_path: Path) -> None:
    """Reading a file again adds nothing, wherever the folder was reached from."""
    path = tmp_path / "box" / "1.eml"
    path.parent.mkdir()
    path.write_bytes(EML)

    [once], [again] = taken(tmp_path / "box"), taken(tmp_path / "box" / ".." / "box")

    assert once.copy == again.copy


def test_in_a_folder_only_mail_is_taken_and_the_rest_is_named(tmp_path: Path) -> None:
    """A licence beside the mail is no message; a file that is named is taken at its word."""
    notes = tmp_path / "notes.txt"
    notes.write_bytes(b"to do: nothing\n")
    (tmp_path / "mail.txt").write_bytes(EML)
    (tmp_path / "empty").touch()

    found = met(tmp_path)

    assert ["empty", "notes.txt"] == sorted(
        Path(o.place).name for o in found if isinstance(o, Skipped)
    )
    assert ["mail.txt"] == [Path(o.path).name for o in found if isinstance(o, Sliced)]
    assert 1 == len(taken(notes))


def test_a_file_that_cannot_be_read_fails_and_the_rest_goes_on(tmp_path: Path) -> None:
    """One bad file is a line in the report, not the end of the run."""
    (tmp_path / "2.eml").write_bytes(EML)

    found = met(tmp_path / "1.eml", tmp_path / "2.eml")

    assert [True] == [one.failed for one in found if isinstance(one, Skipped)]
    assert 1 == sum(isinstance(one, Sliced) for one in found)


def test_a_quoted_from_line_is_kept_as_its_writer_left_it(tmp_path: Path) -> None:
    """Only the writer of an mbox knows which `>From` it quoted, so none is touched."""
    quoted = FIRST + b">From the head: one\n>>From the head: two\n"
    path = tmp_path / "inbox.mbox"
    path.write_bytes(quoted + b"\n" + SECOND)

    first, _ = taken(path)

    assert quoted == read(first)


@pytest.mark.parametrize(("told", "messages"), [("exactly", 2), ("too much", 3), ("nothing", 3)])
def test_a_content_length_is_believed_where_it_ends_before_a_from_line(
    tmp_path: Path, told: str, messages: int
) -> None:
    """An mboxcl2 quotes nothing; and a length that lies hides no message."""
    body = b"She wrote:\n\nFrom c@school.example Tue Sep  1 08:00:00 2026\nSubject: in it\n"
    length = {"exactly": len(body), "too much": len(body) + 40, "nothing": 0}[told]
    headers = b"From a@school.example Tue Sep  1 09:00:00 2026\nContent-Length: %d\n\n" % length
    path = tmp_path / "inbox.mbox"
    path.write_bytes(headers + body + b"\n" + SECOND)

    found = taken(path)

    assert messages == len(found)
    assert SECOND == read(found[-1])


def test_a_maildir_has_folders_with_names_and_messages_that_keep_theirs(tmp_path: Path) -> None:
    """A flag or a move from new to cur makes no new copy; `T` says that it was deleted."""
    box = tmp_path / "Maildir"
    for folder in (box, box / ".Clubs.Caf&AOk- &- Bar"):
        for name in ("cur", "new", "tmp"):
            (folder / name).mkdir(parents=True)
    (box / "new" / "1.host").write_bytes(EML)
    (box / "cur" / "2.host:2,ST").write_bytes(EML)
    (box / ".Clubs.Caf&AOk- &- Bar" / "cur" / "3.host:2,S").write_bytes(EML)
    (box / "tmp" / "4.host").write_bytes(EML)

    before = met(box)
    (box / "new" / "1.host").rename(box / "cur" / "1.host:2,RS")
    after = taken(box)

    copies = {place(one): one for one in before if isinstance(one, Sliced)}
    clubs = "Maildir/Clubs/Café & Bar"
    assert {("Maildir", "1.host"), ("Maildir", "2.host"), (clubs, "3.host")} == set(copies)
    assert [("Maildir", "2.host")] == [at for at, one in copies.items() if one.sighting.deleted]
    assert {one.copy for one in copies.values()} == {one.copy for one in after}
    assert [str(box / "tmp" / "4.host")] == [o.place for o in before if isinstance(o, Skipped)]


def test_archives_are_opened_whatever_they_hold(tmp_path: Path) -> None:
    """Zip in zip, tar.gz, an mbox that is packed: each message once, named by the way to it."""
    inner, outer = tmp_path / "inner.zip", tmp_path / "all" / "outer.zip"
    outer.parent.mkdir()
    with zipfile.ZipFile(inner, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("box.mbox", FIRST + b"\n" + SECOND)
        archive.writestr("../../etc/one.eml", EML)
        archive.writestr("notes.txt", b"to do: nothing")
    with zipfile.ZipFile(outer, "w") as archive:
        archive.write(inner, "deeper/inner.zip")
    with tarfile.open(tmp_path / "all" / "mail.tgz", "w:gz") as archive:
        archive.add(tmp_path / "inner.zip", "in/inner.zip")
    (tmp_path / "all" / "sent.mbox.gz").write_bytes(gzip.compress(FIRST))

    found = met(tmp_path / "all")

    assert {
        ("all/mail.tgz/in/inner.zip/box.mbox", ""),
        ("all/mail.tgz/in/inner.zip/box.mbox", "#2"),
        ("all/mail.tgz/in/inner.zip/../../etc/one.eml", ""),
        ("all/outer.zip/deeper/inner.zip/box.mbox", ""),
        ("all/outer.zip/deeper/inner.zip/box.mbox", "#2"),
        ("all/outer.zip/deeper/inner.zip/../../etc/one.eml", ""),
        ("all/sent.mbox.gz/sent.mbox", ""),
    } == {place(one) for one in found if isinstance(one, Stored)}
    assert 7 == sum(isinstance(one, Stored) for one in found)
    assert [False, False] == [one.failed for one in found if isinstance(one, Skipped)]


def bomb(folder: Path) -> Path:
    path = folder / "bomb.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("zeros.eml", bytes(65 * 2**20))
    return path


def encrypted(folder: Path) -> Path:
    """A zip that says of its member that it is encrypted."""
    path = folder / "secret.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("1.eml", EML)
    content = bytearray(path.read_bytes())
    for header, flags in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        content[content.index(header) + flags] |= 1
    path.write_bytes(content)
    return path


def too_deep(folder: Path) -> Path:
    path = folder / "0.eml"
    path.write_bytes(EML)
    for number in range(DEEPEST + 1):
        archive = folder / f"{number}.zip"
        with zipfile.ZipFile(archive, "w") as outer:
            outer.write(path, path.name)
        path = archive
    return path


def cut(folder: Path) -> Path:
    path = folder / "cut.zip"
    path.write_bytes(encrypted(folder).read_bytes()[:-30])
    return path


def torn(folder: Path) -> Path:
    path = folder / "torn.tar.gz"
    noise = folder / "noise.bin"
    noise.write_bytes(random.Random(9).randbytes(100_000))  # noqa: S311 - it must not pack well
    with tarfile.open(path, "w:gz") as archive:
        archive.add(noise, "noise.bin")
    path.write_bytes(path.read_bytes()[:50_000])
    return path


def no_pst(folder: Path) -> Path:
    path = folder / "no.pst"
    path.write_bytes(bytes(range(256)) * 20)
    return path


@pytest.mark.parametrize(
    ("broken", "why"),
    [
        (bomb, "honest size"),
        (encrypted, "needs a password"),
        (too_deep, "unpack it yourself"),
        (cut, "is damaged"),
        (torn, "is damaged"),
        (no_pst, "is not an Outlook data file"),
    ],
)
def test_what_cannot_be_opened_is_one_line_and_the_rest_goes_on(
    tmp_path: Path, broken: Callable[[Path], Path], why: str
) -> None:
    """The line says which file and why; the file after it is taken."""
    (tmp_path / "made").mkdir()
    path = broken(tmp_path / "made")
    (tmp_path / "z.eml").write_bytes(EML)

    *_, line, last = met(path, tmp_path / "z.eml")

    assert isinstance(line, Skipped)
    assert (True, True) == (line.failed, line.place.startswith(str(path)))
    assert why in line.why
    assert isinstance(last, Sliced)


def test_a_large_mbox_costs_no_memory(tmp_path: Path) -> None:
    """Pages that were read are given back: what stays mapped does not grow with the file."""
    path = tmp_path / "large.mbox"
    path.write_bytes((FIRST + b"word\n" * 800_000 + b"\n") * 15)
    files = Files(mailbox="", seen=NOW, store=list, scratch=tmp_path)

    most = max(psutil.Process().memory_full_info().uss for _ in files.messages([path]))
    size = path.stat().st_size

    assert most < psutil.Process().memory_full_info().uss + size // 2
