"""Hostile mail on the whole road: archived whole, read in bounds, and honest about the rest.

Single parsers are attacked in `test_parse_hostile`, `test_attachments` and `test_containers`.
"""

import base64
import bz2
import gzip
import hashlib
import lzma
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import documents as make
import pytest
from clocked import growth
from running import House, made
from test_parse_hostile import nested_messages, nested_multiparts, page, plain, spaced_base64

from archive.blobs import Blobs
from archive.store import FolderStore
from detectors.scan import Scanner
from ingest.attachments import Extractor
from ingest.reader import Reader
from search.sqlite import open_sqlite
from search.tree import Everything, Exact
from section9 import BlobId, Finding

MIB = 1024 * 1024
HEAD = b"From: a@b.example\nTo: c@d.example\nSubject: x\nMessage-ID: <%d@b.example>\n"


def attached(content: bytes, name: str) -> bytes:
    """The rest of a message with one attachment."""
    header = (
        f'Content-Type: application/octet-stream; name="{name}"\n'
        "Content-Transfer-Encoding: base64\n\n"
    )
    return header.encode() + base64.encodebytes(content)


UNREAD: dict[str, Callable[[], bytes]] = {
    "multipart 10,000 deep": lambda: nested_multiparts(10_000),
    "message 1,000 deep": lambda: nested_messages(1_000),
    "100,000 parts": lambda: (
        b"Content-Type: multipart/mixed; boundary=b\n\n" + b"--b\n\n\n" * 100_000
    ),
    "header of 5 MB": lambda: b"References: " + b"x" * 5_000_000 + b"\n\nx",
    "5 MB of text": lambda: plain(b"1" * 5_000_000),
    "base64 with spaces": lambda: spaced_base64(3_000_000),
    "unknown charset": lambda: b"Content-Type: text/plain; charset=x-none\n\n\xf0\x9f",
    "gzip of zeros": lambda: attached(gzip.compress(bytes(64 * MIB)), "a.gz"),
    "bzip2 of zeros": lambda: attached(bz2.compress(bytes(64 * MIB)), "a.bz2"),
    "xz of zeros": lambda: attached(lzma.compress(bytes(64 * MIB), preset=0), "a.xz"),
    "docx of blanks": lambda: attached(
        make.inflated(make.docx(""), "word/document.xml", mebibytes=70), "a.docx"
    ),
    "entities in docx": lambda: attached(
        make.docx(make.paragraph("&a;"), doctype='<!DOCTYPE x [<!ENTITY a "ha">]>'), "a.docx"
    ),
    "stacked filters in PDF": lambda: attached(
        make.pdf(make.zeros(mebibytes=512), filters="/FlateDecode"), "a.pdf"
    ),
    "locked zip": lambda: attached(make.locked(make.zipped({"a.txt": "x"})), "a.zip"),
    "S/MIME": lambda: b"Content-Type: application/pkcs7-mime; smime-type=enveloped-data\n\nx",
    "rights management": lambda: attached(b"\x76\xe8\x04\x60\xc4\x11\xe3\x86", "message.rpmsg"),
}
READ: dict[str, Callable[[], bytes]] = {
    "no final boundary": lambda: b"Content-Type: multipart/mixed; boundary=b\n\n--b\n\nhello",
    "1,000,000 nested div": lambda: page("<div>" * 10**6 + "x"),
    "data URI of 10 MB": lambda: page(f'<img src="data:image/png;base64,{"A" * 10**7}">x'),
    "names": lambda: attached(make.zipped({"../../etc/x": "x"}), "../../etc/x"),
    "NUL and bare CR": lambda: plain(b"a\0b\rc\r\n.\r\nd\n.\r\n"),
}


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    with made(tmp_path / "house") as house:
        yield house


def test_hostile_mail_is_archived_whole_and_owned_up_to(house: House, tmp_path: Path) -> None:
    """Every byte is kept under its hash; whatever was not fully read is found by `is:opaque`."""
    folder = tmp_path / "mail"
    folder.mkdir()
    contents = {}
    for number, build in enumerate([*UNREAD.values(), *READ.values()]):
        content = HEAD % number + build()
        contents[BlobId(hashlib.sha256(content).hexdigest())] = content
        (folder / f"{number}.eml").write_bytes(content)

    house.must("ingest", folder)

    blobs = Blobs(FolderStore(house.home / "archive"))
    assert contents == {blob: blobs.get(blob) for blob in contents}
    with closing(open_sqlite(house.home / "index" / "section9.sqlite", mode="read")) as index:
        assert len(contents) == index.count(Everything())
        assert len(UNREAD) == index.count(Exact("is", "opaque"))


@pytest.mark.parametrize(
    "body",
    [
        page("<p>NI number AB 12<b>34</b>5<i>6</i>C"),
        page("<p>NI number AB 12<wbr>34&shy;56&#8203;C"),
        page('<div style="display:none">NI number AB123456C</div>'),
        plain("NI number \uff21\uff22\u200b123456\uff23".encode()),
        plain("NI number ΑΒ123456С".encode()),
        attached(make.zipped({"a.txt": "NI number AB123456C"}), "a.zip"),
    ],
)
def test_an_identifier_in_disguise_is_found(body: bytes) -> None:
    """Split over tags, with invisible or look-alike characters, hidden, or packed away."""
    findings = _findings(HEAD % 1 + body)

    assert ["nino"] == [finding.rule for finding in findings]


@pytest.mark.parametrize("pattern", ["1", "a@a.", "SW1A 1", "AB12345"])
def test_patterns_take_linear_time(pattern: str) -> None:
    """Megabytes of what is nearly an identifier cost no more than their share."""
    scanner = Scanner()

    power = growth(lambda size: scanner.scan_text(pattern * (size // len(pattern))), 250_000)

    assert power < 1.2


def _findings(message: bytes) -> tuple[Finding, ...]:
    with Extractor() as extractor:
        return Reader(extractor=extractor, scanner=Scanner()).findings(message)
