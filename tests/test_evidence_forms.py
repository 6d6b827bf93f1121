"""The forms of a pack that other programs load: they name its files, and lose nothing."""

import csv
import io
import mailbox
import os
import shutil
import subprocess
from contextlib import closing
from datetime import UTC, datetime
from email.header import decode_header, make_header
from hashlib import sha256
from pathlib import Path
from secrets import token_hex
from xml.etree.ElementTree import fromstring

import pytest
from evidence_house import HOSTILE, contents, house, plain
from hypothesis import given
from hypothesis import strategies as st
from kreuzberg import extract_file_sync
from running import SECTION9, House

from evidence.edrm import _element
from evidence.forms import Bates, BatesError
from evidence.loadfile import FIELDS, PART, QUOTE, _row
from evidence.mbox import separated

PASSWORD = "correct horse battery"  # noqa: S105 - invented
needs_7z = pytest.mark.skipif(
    not shutil.which("7z") and "SECTION9_REQUIRE_SERVERS" not in os.environ,
    reason="7z is not installed: apt-get install p7zip-full",
)
QUOTED = plain(8).replace(b"The coach", b"From here on\n>From there\nThe coach")
MAILS = {"hostile": HOSTILE.format(base="http://127.0.0.1:9").encode(), "quoted": QUOTED}
FORMS = ("--pdf", "--mbox", "--edrm", "--bates", "LARK-", "--load")
Given = tuple[House, Path, dict[str, object]]


@pytest.fixture(scope="module")
def exported(tmp_path_factory: pytest.TempPathFactory) -> Given:
    """A pack in all its forms, and the house that gave it."""
    folder = tmp_path_factory.mktemp("forms")
    with house(folder, MAILS) as ready:
        line = ready.json("export", "--case", "C-0001", *FORMS, folder / "pack")
    return ready, folder / "pack", line


def rows(pack: Path) -> list[dict[str, str]]:
    """The rows of the DAT, read by the format's own rules."""
    [dat] = pack.glob("*.dat")
    with dat.open(encoding="utf-8-sig", newline="") as file:
        return [*csv.DictReader(file, delimiter=PART, quotechar=QUOTE, doublequote=False)]


def test_a_load_file_lists_every_document_once(exported: Given) -> None:
    """Each row names a file of the pack with its very size and sum."""
    _, pack, _ = exported

    listed = rows(pack)

    assert list(FIELDS) == list(listed[0])
    natives = {row["NATIVEPATH"]: row for row in listed}
    files = {*pack.glob("originals/*"), *pack.glob("attachments/*/*")}
    assert {str(path.relative_to(pack)) for path in files} == set(natives)
    for path, row in natives.items():
        content = (pack / path).read_bytes()
        assert (str(len(content)), sha256(content).hexdigest()) == (row["FILESIZE"], row["SHA256"])
        assert not row["TEXTPATH"] or (pack / row["TEXTPATH"]).is_file()


def test_bates_numbers_have_no_gap(exported: Given) -> None:
    """Numbers run on over pages and attachments, and each family knows where it ends."""
    _, pack, _ = exported

    listed = rows(pack)
    spans = [(_count(row["BEGBATES"]), _count(row["ENDBATES"])) for row in listed]

    assert 4 == len(listed)
    assert [1, *(last + 1 for _, last in spans[:-1])] == [first for first, _ in spans]
    for row, (first, last) in zip(listed, spans, strict=True):
        assert int(row["PAGECOUNT"] or 1) == last - first + 1
        assert _count(row["BEGATTACH"]) <= first <= last <= _count(row["ENDATTACH"])
    whole = {row["BEGBATES"] for row in listed if not row["PARENTID"]}
    assert {row["PARENTID"] for row in listed} - {""} < whole


def test_pages_on_paper_bear_their_numbers(exported: Given) -> None:
    """The OPT names each PDF and its pages, and every page says which it is."""
    _, pack, _ = exported
    [opt] = pack.glob("*.opt")

    lines = [line.split(",") for line in opt.read_text().splitlines()]

    assert {f"pdf/{path.name}" for path in pack.glob("pdf/*")} == {line[2] for line in lines}
    for number, volume, path, new, _, _, pages in lines:
        text = extract_file_sync(str(pack / path)).content
        assert ("C-0001-1", "Y") == (volume, new)
        assert all(_number(_count(number) + page) in text for page in range(int(pages)))
        assert _number(_count(number) + int(pages)) not in text


def _count(number: str) -> int:
    return int(number.removeprefix("LARK-"))


def _number(count: int) -> str:
    return f"LARK-{count:07}"


def test_edrm_names_the_same_documents(exported: Given) -> None:
    """The XML is well formed whatever mail holds, and agrees with the DAT."""
    _, pack, _ = exported
    [path] = pack.glob("*.xml")

    root = fromstring(path.read_text())  # noqa: S314 - our own
    found = {one.get("DocID"): one for one in root.iter("Document")}
    hashes = {name: next(one.iter("ExternalFile")).get("Hash") for name, one in found.items()}
    pairs = {(one.get("ParentDocID"), one.get("ChildDocID")) for one in root.iter("Relationship")}

    listed = rows(pack)
    assert {row["BEGBATES"]: row["SHA256"] for row in listed} == hashes
    assert {(row["PARENTID"], row["BEGBATES"]) for row in listed if row["PARENTID"]} == pairs
    tags = {tag.get("TagName"): tag.get("TagValue") for tag in found["LARK-0000001"].iter("Tag")}
    assert (listed[0]["SUBJECT"], listed[0]["MAILID"]) == (tags["#Subject"], tags["MailId"])


def test_an_mbox_opens_in_a_mail_program(exported: Given) -> None:
    """Python's own reader finds every message; a From line in a text parts none."""
    _, pack, _ = exported
    [path] = pack.glob("*.mbox")

    with closing(mailbox.mbox(path, create=False)) as read:
        subjects = sorted(str(make_header(decode_header(one["Subject"]))) for one in read)

    assert sorted(row["SUBJECT"] for row in rows(pack) if row["SUBJECT"]) == subjects
    assert b"\n>From here on\n>>From there\n" in path.read_bytes()


def test_every_form_is_under_the_sums_and_made_again_the_same(
    exported: Given, tmp_path: Path
) -> None:
    """What other programs load is part of the pack: hashed, and the same byte for byte."""
    ready, pack, line = exported
    listed = {one.split("  ", 1)[1] for one in (pack / "SHA256SUMS").read_text().splitlines()}

    ready.must(
        *("export", "--case", "C-0001", "--again", str(line["export"])), *FORMS, tmp_path / "again"
    )

    assert {"C-0001-1.dat", "C-0001-1.opt", "C-0001-1.xml", "C-0001-1.mbox"} <= listed
    assert contents(pack) == contents(tmp_path / "again")


@needs_7z
def test_a_zip_opens_with_its_password_alone(exported: Given, tmp_path: Path) -> None:
    """7-Zip unpacks the very pack, and neither a name nor a byte of it without the password."""
    ready, _, _ = exported
    (tmp_path / "password").write_text(PASSWORD + "\n")
    zipped, pack = tmp_path / "out.zip", tmp_path / "pack"

    line = ready.json(
        *("export", "--case", "C-0001", pack, "--zip", zipped),
        *("--password-file", tmp_path / "password"),
    )
    wrong = _seven(tmp_path / "wrong", zipped, "not the password")
    right = _seven(tmp_path / "right", zipped, PASSWORD)
    inner = _seven(tmp_path / "all", tmp_path / "right" / "pack.zip", "")

    assert line["zip_sha256"] == sha256(zipped.read_bytes()).hexdigest()
    assert b"register.csv" not in zipped.read_bytes()
    assert wrong != 0
    assert (0, 0) == (right, inner)
    assert contents(pack) == contents(tmp_path / "all" / "pack")


def _seven(folder: Path, archive: Path, password: str) -> int:
    command = ["7z", "x", f"-p{password}", f"-o{folder}", "-y", str(archive)]
    return subprocess.run(command, capture_output=True, check=False).returncode


@needs_7z
def test_a_zip_for_which_the_disk_was_too_full_is_made_by_the_same_command(tmp_path: Path) -> None:
    """What is written of the pack stays, and the second run ends as one run would have."""
    (tmp_path / "password").write_text(PASSWORD)
    long = {str(n): plain(n) + token_hex(9_000).encode() for n in range(20)}
    with house(tmp_path, long) as ready:
        command: list[str | Path] = ["export", "--case", "C-0001", tmp_path / "pack"]
        command += ["--zip", tmp_path / "out.zip", "--password-file", tmp_path / "password"]
        limited = ["/bin/sh", "-c", 'ulimit -f 128; exec "$@"', "sh"]  # blocks of 512 bytes
        small = [*limited, SECTION9, "--home", ready.home, *command]
        done = subprocess.run(small, capture_output=True, env=ready.environment({}), check=False)
        assert (1, b"File too large") == (done.returncode, done.stderr[10:24])

        ready.must(*command)
        ready.must("export", "--case", "C-0001", "--again", "1", tmp_path / "again")

    assert 0 == _seven(tmp_path / "right", tmp_path / "out.zip", PASSWORD)
    assert 0 == _seven(tmp_path / "all", tmp_path / "right" / "pack.zip", "")
    assert contents(tmp_path / "all" / "pack") == contents(tmp_path / "again")
    assert contents(tmp_path / "pack") == contents(tmp_path / "again")


@pytest.mark.parametrize(
    ("password", "zipped", "message"),
    [
        ("short", "out.zip", "less than 12 characters"),
        (PASSWORD, "there.zip", "is there already"),
        (PASSWORD, "pack/out.zip", "is inside the pack"),
        (PASSWORD, "nowhere/out.zip", "cannot be written"),
    ],
)
def test_a_zip_that_cannot_be_is_refused_before_anything_is_given(
    exported: Given, tmp_path: Path, password: str, zipped: str, message: str
) -> None:
    """A weak password, or a place that takes no file, is said at once; nothing is on record."""
    ready, _, _ = exported
    (tmp_path / "password").write_text(password)
    (tmp_path / "there.zip").touch()

    done = ready.run(
        *("export", "--case", "C-0001", tmp_path / "pack", "--zip", tmp_path / zipped),
        *("--password-file", tmp_path / "password"),
    )

    assert (2, True) == (done.returncode, message in done.stderr.decode())
    assert not (tmp_path / "pack").exists()


@given(st.lists(st.text(), min_size=1, max_size=4))
def test_values_stay_in_their_columns(values: list[str]) -> None:
    """Whatever a mail holds, a row has its columns and is one line."""
    line = _row(values)

    [read] = csv.reader(
        io.StringIO(line, newline=""), delimiter=PART, quotechar=QUOTE, doublequote=False
    )

    assert len(values) == len(read)
    assert 1 == line.count("\n")


@given(st.text())
def test_xml_takes_any_text(value: str) -> None:
    """Controls, halves of characters and quotes never break the document."""
    element = fromstring(_element("Tag", end="/", TagValue=value))  # noqa: S314 - ours

    plain_text = value.isascii() and value.isprintable()
    assert not plain_text or value == element.get("TagValue")


@given(st.binary())
def test_no_text_parts_an_mbox(content: bytes) -> None:
    """However a message's lines begin, there is one From line to a message."""
    text = separated(content, sender="a b\n@x.example", at=datetime(2026, 9, 1, tzinfo=UTC))

    assert text.startswith(b"From ab@x.example Tue Sep  1 00:00:00 2026\n")
    assert b"\nFrom " not in text


@pytest.mark.parametrize("prefix", ["", "1A", "../x", "A B", "A" * 21])
def test_a_prefix_is_a_plain_word(prefix: str) -> None:
    """It becomes names and a style: nothing but letters, digits, - and _ goes into it."""
    with pytest.raises(BatesError):
        Bates(prefix)
