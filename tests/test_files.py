"""Files of mail: which are mail, and where each message lies."""

import hashlib
from datetime import UTC, datetime
from pathlib import Path

import pytest

from ingest.files import Files, Skipped
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
