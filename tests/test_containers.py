"""Files inside attachments: archives, mail and Outlook's own forms, each opened into parts."""

import base64
import bz2
import gzip
import hashlib
import lzma
import struct
import time
import zipfile
import zlib
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from functools import cache
from io import BytesIO
from pathlib import Path

import documents as make
import pytest
import zstandard

from detectors.scan import Scanner
from ingest.attachments import Extracted, Extractor
from ingest.hashes import HashLists, add
from ingest.identity import mail_id
from ingest.parse import parse_with_contents
from ingest.reader import Reader
from search.sealed import is_sealed
from section9 import (
    BlobId,
    Defect,
    PartId,
    PartKind,
    Record,
    Sighting,
    SightingId,
    Source,
)

DATA = Path(__file__).parents[2] / "shared" / "data"
MIB = 1024 * 1024
SEEN = datetime(2026, 3, 2, tzinfo=UTC)
LETTER = b"From: a@b.example\nSubject: Trip\nContent-Type: text/plain\n\nDear parents"
PAGE = make.pdf(make.shown("Hello pupil"))


@pytest.fixture(scope="module")
def extractor() -> Iterator[Extractor]:
    with Extractor() as running:
        yield running


def read(extractor: Extractor, content: bytes, *, name: str = "") -> Extracted:
    return extractor.extract(content, media_type="", filename=name)


def texts(got: Extracted) -> dict[str, str]:
    return {part.id: part.text for part in got.parts}


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("notes.zip", make.zipped({"a/notes.txt": "Hello"})),
        ("notes.tar", make.tarred({"notes.txt": b"Hello"})),
        ("notes.txt.gz", gzip.compress(b"Hello", mtime=0)),
        ("notes.txt.bz2", bz2.compress(b"Hello")),
        ("notes.txt.xz", lzma.compress(b"Hello")),
        ("notes.txt.zst", zstandard.compress(b"Hello")),
        ("winmail.dat", make.tnef("", {"notes.txt": b"Hello"})),
        ("notes.docx", make.docx("", more={"word/embeddings/notes.txt": b"Hello"})),
    ],
)
def test_a_file_inside_is_a_part(extractor: Extractor, name: str, content: bytes) -> None:
    """Its text is searched like any other's, and its name with it."""
    got = read(extractor, content, name=name)

    assert [("1", "notes.txt", "text/plain", 5, "Hello")] == [
        (part.id, part.filename, part.media_type, part.size, part.text) for part in got.parts
    ]
    assert (None, ()) == (got.defect_code, got.defects)


def test_containers_hold_containers(extractor: Extractor) -> None:
    """A document in an archive of a mail in an archive is found at its place."""
    inner = base64.b64encode(make.zipped({"page.pdf": PAGE})).decode()
    mail = (
        "Subject: Outing\nContent-Type: multipart/mixed; boundary=b\n\n--b\n\nSee there.\n--b\n"
        "Content-Type: application/zip; name=more.zip\nContent-Transfer-Encoding: base64\n\n"
        f"{inner}\n--b--\n"
    )

    got = read(extractor, gzip.compress(make.tarred({"x.eml": mail.encode()})), name="x.tar.gz")

    assert {
        "1": "",
        "1.1": "Subject: Outing",
        "1.1.1": "See there.",
        "1.1.2": "",
        "1.1.2.1": "Hello pupil",
    } == texts(got)


def test_a_mail_that_is_attached_as_a_file_is_opened(extractor: Extractor) -> None:
    """Its header in words, its body as a body."""
    got = read(extractor, LETTER, name="trip.eml")

    assert "From: a@b.example\nSubject: Trip" == got.text
    assert [("1", PartKind.BODY, "Dear parents")] == [(p.id, p.kind, p.text) for p in got.parts]


def test_a_winmail_gives_its_body(extractor: Extractor) -> None:
    """What Outlook packed away reads as if it had not."""
    got = read(extractor, make.tnef("Dear parents", {"page.pdf": PAGE}))

    assert [("1", PartKind.BODY, "Dear parents"), ("2", PartKind.ATTACHMENT, "Hello pupil")] == [
        (part.id, part.kind, part.text) for part in got.parts
    ]


@pytest.mark.parametrize("cut", [7, 40, 90])
def test_a_broken_winmail_says_so(extractor: Extractor, cut: int) -> None:
    """Cut short anywhere, it is opaque."""
    got = read(extractor, make.tnef("Dear parents and carers", {"page.pdf": PAGE})[:cut])

    assert ("extraction-failed", True) == (got.defect_code, got.hides)


def test_a_locked_file_hides_no_other(extractor: Extractor) -> None:
    """What needs a password keeps its name and says so; what lies beside it is read."""
    got = read(extractor, make.locked(make.zipped({"marks.txt": "x", "notes.txt": "Hello"})))

    assert [("marks.txt", ""), ("notes.txt", "Hello")] == [(p.filename, p.text) for p in got.parts]
    assert (Defect("encrypted-zip", PartId("1"), hides=True),) == got.defects


def test_a_damaged_file_hides_no_other(extractor: Extractor) -> None:
    """A file whose checksum is wrong is not read; the next one is."""
    broken = make.zipped({"a.txt": b"\0" * 99, "notes.txt": "Hello"}).replace(
        zlib.crc32(b"\0" * 99).to_bytes(4, "little"), b"\1\2\3\4"
    )

    got = read(extractor, broken)

    assert {"1": "", "2": "Hello"} == texts(got)
    assert (Defect("extraction-failed", PartId("1"), hides=True),) == got.defects


@pytest.mark.parametrize(
    "content",
    [
        make.tarred({"notes.txt": b"Hello", "more.txt": b"you"})[:1500],
        gzip.compress(b"Hello" * 999, mtime=0)[:-12],
        lzma.compress(b"Hello" * 999)[:-12],
    ],
)
def test_an_archive_that_is_cut_short_is_opaque(extractor: Extractor, content: bytes) -> None:
    """It is not taken for a whole one."""
    got = read(extractor, content)

    assert ("extraction-failed", True) == (got.defect_code, got.hides)


@pytest.mark.parametrize(
    "name", ["../../etc/x", "..\\x", "CON", "a" * 4_000, "\u202egpj.exe", "/x"]
)
def test_names_in_archives_do_no_harm(extractor: Extractor, name: str) -> None:
    """No path, no direction mark and no length of a name goes any further."""
    got = read(extractor, make.zipped({name: "Hello"}))

    [part] = got.parts
    assert "Hello" == part.text
    assert len(part.filename) <= 255
    assert not set("/\\\u202e") & set(part.filename)


# --- hostile ----------------------------------------------------------------------------------


@cache
def zeros_zipped(files: int = 1) -> bytes:
    """Files of a gibibyte of zeros all together."""
    target = BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as package:
        for number in range(files):
            package.writestr(f"{number}.txt", bytes(1024 * MIB // files))
    return target.getvalue()


def overlapping() -> bytes:
    """Two entries of the directory name the same bytes."""
    package = make.zipped({"a.txt": "x" * 999})
    at = package.index(b"PK\x01\x02")
    end = package.index(b"PK\x05\x06")
    twice = package[at:end] * 2
    tail = struct.pack("<4sHHHHIIH", b"PK\x05\x06", 0, 0, 2, 2, len(twice), at, 0)
    return package[:at] + twice + tail


def nested(depth: int) -> bytes:
    """A zip in a zip in a zip."""
    content = b"Hello"
    for _ in range(depth):
        content = make.zipped({"x": content})
    return content


def quine() -> bytes:
    """A thousand copies of an archive of a thousand copies."""
    inner = make.zipped({f"{n}.txt": "x" for n in range(999)})
    return make.zipped({f"{n}.zip": inner for n in range(999)})


def packed(compress: Callable[[bytes], bytes]) -> bytes:
    """A gibibyte of zeros."""
    return compress(bytes(32 * MIB)) * 32


BOMBS: dict[str, tuple[Callable[[], bytes], str]] = {
    "zip of zeros": (zeros_zipped, "unpacks-too-large"),
    "zip of many zeros": (lambda: zeros_zipped(32), "unpacks-too-large"),
    "overlapping entries": (overlapping, "unpacks-too-large"),
    "zip in zip, 100 deep": (lambda: nested(100), "nested-too-deep"),
    "zip of zips": (quine, "too-many-parts"),
    "gzip of zeros": (lambda: packed(gzip.compress), "unpacks-too-large"),
    "bzip2 of zeros": (lambda: packed(bz2.compress), "unpacks-too-large"),
    "xz of zeros": (
        lambda: packed(lambda data: lzma.compress(data, preset=0)),
        "unpacks-too-large",
    ),
    "zstd of zeros": (lambda: packed(zstandard.compress), "unpacks-too-large"),
    "docx in a zip": (
        lambda: make.zipped(
            {"a.docx": make.inflated(make.docx(""), "word/document.xml", mebibytes=70)}
        ),
        "unpacks-too-large",
    ),
    "zip in a mail in a winmail.dat": (
        lambda: make.tnef(
            "",
            {
                "a.eml": b"Content-Type: application/zip\nContent-Transfer-Encoding: base64\n\n"
                + base64.b64encode(zeros_zipped())
            },
        ),
        "unpacks-too-large",
    ),
}


@pytest.mark.parametrize("bomb", BOMBS)
def test_bombs_are_left_alone(bomb: str) -> None:
    """In bounded time and memory, and it is on record that not all was read."""
    make_bomb, expected = BOMBS[bomb]
    content = make_bomb()

    with Extractor() as extractor:
        read(extractor, PAGE)
        assert extractor._child is not None
        child, started = extractor._child._process.pid, time.monotonic()
        got = read(extractor, content)
        took = time.monotonic() - started
        status = Path(f"/proc/{child}/status").read_text()

    peak = int(status.partition("VmHWM:")[2].split()[0]) * 1024
    assert expected in {got.defect_code, *(defect.code for defect in got.defects)}
    assert any([got.hides, *(defect.hides for defect in got.defects)])
    assert took < 10
    assert peak < 512 * MIB


# --- on the record ----------------------------------------------------------------------------


def record_of(message: bytes) -> Record:
    sighting = Sighting(SightingId("x"), BlobId("x"), Source.FILE, seen=SEEN)
    with Extractor() as extractor:
        return Reader(extractor=extractor, scanner=Scanner()).new(sighting, message, give_up="")


def attached(content: bytes, name: str) -> bytes:
    encoded = base64.encodebytes(content).decode()
    return (
        "From: a@b.example\nSubject: x\nContent-Type: multipart/mixed; boundary=b\n\n--b\n\nhi\n"
        f'--b\nContent-Type: application/octet-stream; name="{name}"\n'
        f"Content-Transfer-Encoding: base64\n\n{encoded}\n--b--\n"
    ).encode()


def test_what_is_inside_is_on_the_record() -> None:
    """Parts below the attachment's, read by every detector."""
    record = record_of(attached(make.zipped({"pupil.txt": "NHS number 943 476 5919"}), "a.zip"))

    assert ["1", "2", "2.1"] == [part.id for part in record.parsed.parts]
    assert {("nhs-number", "2.1")} == {(each.rule, each.part) for each in record.findings}


def test_opening_does_not_change_who_a_message_is() -> None:
    """Its fingerprint is of what it says itself: a reader that opens more gives the same."""
    message = attached(make.zipped({"notes.txt": "Hello"}), "a.zip")

    assert mail_id(parse_with_contents(message)[0]) == record_of(message).mail


def test_a_listed_picture_in_an_archive_seals_the_message(tmp_path: Path) -> None:
    """What may be looked at by nobody is no more looked at for being packed."""
    picture = b"\x89PNG\r\n\x1a\n and so on"
    add(tmp_path, [hashlib.sha256(picture).hexdigest().encode()])
    message = attached(make.zipped({"x.png": picture}), "a.zip")
    sighting = Sighting(SightingId("x"), BlobId("x"), Source.FILE, seen=SEEN)

    with Extractor() as extractor:
        reader = Reader(extractor=extractor, scanner=Scanner(), hashes=HashLists(tmp_path))
        record = reader.new(sighting, message, give_up="")

    assert is_sealed(record.parsed)


def test_a_rule_that_fails_costs_no_text() -> None:
    """The message is filed with all its words, and says that it was not judged."""

    def broken(_address: str) -> None:
        raise ZeroDivisionError

    message = b"From: a@b.example\nTo: c@d.example\n\nPupil Ann, NHS number 943 476 5919"
    sighting = Sighting(SightingId("x"), BlobId("x"), Source.FILE, seen=SEEN)
    scanner = Scanner(person=broken, domains=frozenset({"b.example"}))
    with Extractor() as extractor:
        reader = Reader(extractor=extractor, scanner=scanner)
        record = reader.new(sighting, message, give_up="")

    assert (Defect("scan-failed", hides=True),) == record.parsed.defects
    assert ["Pupil Ann, NHS number 943 476 5919"] == [part.text for part in record.parsed.parts]


@pytest.mark.skipif(not DATA.is_dir(), reason="needs the corpora of ../shared/data")
def test_real_winmails_are_opened() -> None:
    """Body, documents and enclosed messages of real files are parts."""
    files = sorted((DATA / "tnef_small").glob("*.eml"))
    records = [record_of(path.read_bytes()).parsed for path in files]
    parts = [part for parsed in records for part in parsed.parts]

    names = {part.filename for part in parts if "." in part.id}

    assert not [each for parsed in records for each in parsed.defects if each.hides]
    assert {"1.jpg", "Embedded MSG.msg", "image001.jpg", "5e76ryjj.docx"} <= names
    assert any("This line is in bold." in part.text for part in parts if part.kind is PartKind.BODY)


@pytest.mark.skipif(not DATA.is_dir(), reason="needs the corpora of ../shared/data")
def test_real_msg_files_are_opened(extractor: Extractor) -> None:
    """Every sample gives its header and text; messages in messages come with theirs."""
    got = {
        path.name: read(extractor, path.read_bytes(), name=path.name)
        for path in (DATA / "msg_msgreader").rglob("*.msg")
    }

    assert {None} == {each.defect_code for each in got.values()}
    inner = got["EmailWithInnerMailAndAttachments.msg"]
    assert ["Subject: Inner mail", "Inner mail"] == [
        part.text.strip() for part in inner.parts if part.id in {"2", "2.1"}
    ]
    assert "INNER 1.pdf" in {part.filename for part in inner.parts}
