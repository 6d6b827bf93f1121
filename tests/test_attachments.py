"""Text from attachments: what is read, what is said of the rest, and what hostile bytes can do."""

import os
import signal
import subprocess
import sys
import time
import zlib
from collections.abc import Callable, Iterator
from itertools import pairwise
from pathlib import Path

import documents as make
import pytest

from ingest.attachments import Extracted, Extractor

MIB = 1024 * 1024
PAGE = make.pdf(make.shown("Hello pupil"))
ENTITIES = "".join(f'<!ENTITY {b} "{f"&{a};" * 10}">' for a, b in pairwise("abcdefghi"))
DOCTYPE = f'<!DOCTYPE x [<!ENTITY a "ha">{ENTITIES}]>'
LOCKED = (
    f"/ID [<41><41>] /Encrypt << /Filter /Standard /V 2 /R 3 /Length 128 /P -44 "
    f"/O <{'41' * 32}> /U <{'42' * 32}> >>"
)


@pytest.fixture(scope="module")
def extractor() -> Iterator[Extractor]:
    with Extractor() as running:
        yield running


def read(extractor: Extractor, content: bytes, *, name: str = "", kind: str = "") -> Extracted:
    return extractor.extract(content, media_type=kind, filename=name)


def child_of(extractor: Extractor) -> int:
    assert extractor._child is not None
    return extractor._child._process.pid


def peak_memory(pid: int) -> int:
    """The most bytes that a process has had resident."""
    status = Path(f"/proc/{pid}/status").read_text()
    return int(status.partition("VmHWM:")[2].split()[0]) * 1024


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (PAGE, "Hello pupil"),
        (make.docx(make.paragraph("one") + make.paragraph("two")), "one\ntwo"),
        (make.docx(make.paragraph("Fish &amp; &#57;9 chips")), "Fish & 99 chips"),
        (make.xlsx([["Name", "Form"], ["Ann", "7B"]]), "Roll\nName\tForm\nAnn\t7B"),
        (make.xlsx([["a\nb", ""], ["", "c"]]), "Roll\na b\t\n\tc"),
        (make.xlsx([["a"]], comment="a note"), "Roll\na\na note"),
        (make.pptx(["un", "split"], ["next"]), "unsplit\nnext"),
        (make.odt("<text:h>Head</text:h><text:p>a<text:s/>b<text:tab/>c</text:p>"), "Head\na b\tc"),
        (rb"{\rtf1\ansi caf\'e9 {\b bold}\par}", "café bold"),
        (b"<!DOCTYPE html><p>Hel<b>lo</b><p>you", "Hello\nyou"),
        (b"Name,Form\r\nAnn,7B\r\n", "Name,Form\nAnn,7B"),
        ("caf\u00e9".encode(), "café"),
        ("caf\u00e9".encode("latin-1"), "café"),
        ("plain".encode("utf-16-le"), "plain"),
        ("日本語".encode("utf-16"), "日本語"),
        (b"<?xml version='1.0'?><a b='c'>&#x41;nn</a>", "<?xml version='1.0'?><a b='c'>Ann</a>"),
        (b"", ""),
    ],
)
def test_documents_give_their_text(extractor: Extractor, content: bytes, expected: str) -> None:
    """What a reader of the document sees can be searched, whatever the sender called it."""
    got = read(extractor, content, name="holiday.jpg", kind="image/jpeg")

    assert Extracted(expected) == got


def test_word_documents_are_read_to_the_last_part(extractor: Extractor) -> None:
    """Headers, notes, comments and deleted text are evidence; tables keep their columns."""
    cells = "".join(f"<w:tc>{make.paragraph(text)}</w:tc>" for text in ("Ann", "7B"))
    deleted = "<w:p><w:del><w:r><w:delText>gone</w:delText></w:r></w:del></w:p>"
    more: dict[str, str | bytes] = {
        f"word/{part}.xml": f"<w:{part} {make.WORD}>{make.paragraph(part)}</w:{part}>"
        for part in ("header1", "footnotes", "comments")
    }
    document = make.docx(f"<w:tbl><w:tr>{cells}</w:tr></w:tbl>{deleted}", more=more)

    got = read(extractor, document)

    assert "Ann\t7B\ngone\nheader1\nfootnotes\ncomments" == got.text


def test_json_escapes_hide_nothing(extractor: Extractor) -> None:
    """A word spelled in escapes is found like any other; keys and order stay."""
    got = read(extractor, rb'{"k":"\u0041nn \ud83d\ude00"}', kind="application/json")

    assert '{"k":"Ann 😀"}' == got.text


def test_control_characters_do_not_reach_the_text(extractor: Extractor) -> None:
    """The text holds no control character but line feeds and tabs."""
    got = read(extractor, b"a\tb\x1b[2J\r\nc\rd" + b" and so on" * 9)

    assert "a\tb[2J\nc\nd" + " and so on" * 9 == got.text


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (b"\x89PNG\r\n\x1a\n" + bytes(40), Extracted("", "not-text")),
        (bytes(3) + b"\x18ftypmp42" + bytes(40), Extracted("", "not-text")),
        (b"MZ\x90" + bytes(400), Extracted("", "not-text")),
        (b"7z\xbc\xaf\x27\x1c", Extracted("", "archive-not-opened", hides=True)),
        (b"Rar!\x1a\x07\0", Extracted("", "archive-not-opened", hides=True)),
        (b"PK\x03\x04 and no more", Extracted("", "extraction-failed", hides=True)),
        (bytes(range(256)) * 9, Extracted("", "unknown-format", hides=True)),
        (make.ole("EncryptedPackage"), Extracted("", "encrypted-office", hides=True)),
        (make.pdf(b"", trailer=LOCKED), Extracted("", "encrypted-pdf", hides=True)),
        (
            make.odt("", manifest="<encryption-data/>"),
            Extracted("", "encrypted-office", hides=True),
        ),
        (make.pdf(b""), Extracted("", "no-text-found", hides=True)),
        (b"%PDF-1.4\nnonsense", Extracted("", "extraction-failed", hides=True)),
        (make.docx("<w:p>"), Extracted("", "extraction-failed", hides=True)),
        (make.ole("WordDocument"), Extracted("", "extraction-failed", hides=True)),
    ],
)
def test_what_is_not_read_says_why(
    extractor: Extractor, content: bytes, expected: Extracted
) -> None:
    """A defect tells what was not read, and whether text may be missing from search."""
    got = read(extractor, content, name="letter.txt", kind="text/plain")

    assert expected == got


def test_long_text_is_cut_and_says_so(extractor: Extractor) -> None:
    """At most two million characters are kept of one attachment."""
    got = read(extractor, b"four" * MIB)

    assert (2_000_000, "text-truncated", True) == (len(got.text), got.defect_code, got.hides)


BOMBS: dict[str, Callable[[], bytes]] = {
    "docx": lambda: make.inflated(make.docx(""), "word/document.xml", mebibytes=1024),
    "xlsx": lambda: make.inflated(make.xlsx([]), "xl/worksheets/sheet1.xml", mebibytes=70),
    "pptx": lambda: make.inflated(make.pptx(), "ppt/slides/slide1.xml", mebibytes=70),
    "odt": lambda: make.inflated(make.odt(""), "content.xml", mebibytes=70),
    "entities in docx": lambda: make.docx(make.paragraph("&i;"), doctype=DOCTYPE),
    "entities in xlsx": lambda: make.xlsx([["&i;"]], doctype=DOCTYPE),
    "depth": lambda: make.docx("<w:p>" * 100_000),
    "parts": lambda: make.docx("", more={f"word/{number}.xml": "" for number in range(10_001)}),
}


@pytest.mark.parametrize("bomb", BOMBS)
def test_documents_that_unpack_without_end_are_left_alone(extractor: Extractor, bomb: str) -> None:
    """A package of dishonest size costs nothing: no time, no memory, not the child."""
    content = BOMBS[bomb]()
    read(extractor, PAGE)
    before, started = child_of(extractor), time.monotonic()

    got = read(extractor, content)

    assert Extracted("", "unpacks-too-large", hides=True) == got
    assert before == child_of(extractor)
    assert time.monotonic() - started < 5


@pytest.mark.parametrize("filters", [1, 3])
def test_a_pdf_that_unpacks_without_end_takes_only_the_child(filters: int) -> None:
    """The memory limit ends the child, and the next document is read by a new one."""
    stream = make.zeros(mebibytes=1024)
    for _ in range(filters - 1):
        stream = zlib.compress(stream)
    bomb = make.pdf(stream, filters="/FlateDecode " * filters)

    with Extractor(memory=128 * MIB) as extractor:
        got, after = read(extractor, bomb), read(extractor, PAGE)

    assert Extracted("", "extraction-failed", hides=True) == got
    assert Extracted("Hello pupil") == after


def test_a_package_that_lies_about_its_size_stays_within_the_limit() -> None:
    """A part that declares a thousand bytes and unpacks to half a gibibyte."""
    honest = make.inflated(make.xlsx([["a"]]), "xl/worksheets/sheet1.xml", mebibytes=512)
    liar = make.belied(honest, "xl/worksheets/sheet1.xml", declared=1000)

    with Extractor() as extractor:
        got = read(extractor, liar)
        peak = peak_memory(child_of(extractor)) if extractor._child else 0

    assert got.hides
    assert peak < 512 * MIB


def test_memory_stays_bounded_on_large_plain_input() -> None:
    """A hundred megabytes of zeros, and of text, are read below 512 MB."""
    with Extractor() as extractor:
        nothing = read(extractor, bytes(100 * MIB))
        text = read(extractor, b"line of text\n" * (8 * MIB))
        peak = peak_memory(child_of(extractor))

    assert ("unknown-format", "text-truncated") == (nothing.defect_code, text.defect_code)
    assert peak < 512 * MIB


def test_the_deadline_ends_a_document_and_not_the_extractor() -> None:
    """A document that would take longer is given up; the next one is read."""
    deep = b"<html>" + b"<div>" * 4_000_000

    with Extractor(seconds=1.5) as extractor:
        read(extractor, PAGE)
        started = time.monotonic()
        got = read(extractor, deep)
        took = time.monotonic() - started
        after = read(extractor, PAGE)

    assert Extracted("", "extraction-timed-out", hides=True) == got
    assert took < 3
    assert Extracted("Hello pupil") == after


def test_a_child_that_died_is_replaced() -> None:
    """However the child ended, the next document is read."""
    with Extractor() as extractor:
        read(extractor, PAGE)
        os.kill(child_of(extractor), signal.SIGSEGV)

        got = read(extractor, PAGE)

    assert Extracted("Hello pupil") == got


def test_the_child_inherits_nothing_but_its_socket(monkeypatch: pytest.MonkeyPatch) -> None:
    """No secret of the environment, no open file, nothing in its folder."""
    monkeypatch.setenv("SECTION9_TEST_SECRET", "hush")

    with Path(__file__).open() as held, Extractor() as extractor:
        os.set_inheritable(held.fileno(), True)  # noqa: FBT003 - takes no keyword
        read(extractor, PAGE)
        proc = Path(f"/proc/{child_of(extractor)}")
        environment = (proc / "environ").read_bytes()
        files = [str(file.readlink()) for file in (proc / "fd").iterdir()]
        folder = list((proc / "cwd").resolve().iterdir())

    assert b"hush" not in environment
    assert __file__ not in files
    assert [] == folder


def test_closing_leaves_no_process_and_no_folder() -> None:
    """After the extractor is closed, nothing of it is left."""
    with Extractor() as extractor:
        read(extractor, PAGE)
        child = child_of(extractor)
        folder = Path(f"/proc/{child}/cwd").resolve()

    assert not Path(f"/proc/{child}").exists()
    assert not folder.exists()


@pytest.mark.parametrize(
    ("content", "text"), [(b"\xff\xd8\xff\xe0 JFIF", ""), (b"a note\r\n", "a note")]
)
def test_what_a_look_can_tell_needs_no_process(content: bytes, text: str) -> None:
    """Pictures and short notes, most of what is attached, start no child."""
    with Extractor() as extractor:
        got = extractor.extract(content, media_type="", filename="")

        assert (text, None) == (got.text, extractor._child)


def test_the_child_ends_when_its_parent_is_killed() -> None:
    """A worker that is killed leaves no extractor behind, nor its folder."""
    script = (
        "from ingest.attachments import Extractor; extractor = Extractor();"
        "extractor.extract(b'{}', media_type='application/json', filename='');"
        "print(extractor._child._process.pid, flush=True); input()"
    )
    root = Path(__file__).parents[1]
    with subprocess.Popen(
        [sys.executable, "-c", script], cwd=root, stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as parent:
        assert parent.stdout is not None
        child = int(parent.stdout.readline())
        folder = Path(f"/proc/{child}/cwd").resolve()
        parent.kill()

    assert gone_within(child, seconds=5)
    assert not folder.exists()


def gone_within(pid: int, *, seconds: float) -> bool:
    """Whether a process ends in time. One whose parent does not wait for it stays as a zombie."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        stat = Path(f"/proc/{pid}/stat")
        if not stat.exists() or stat.read_text().rpartition(")")[2].split()[0] == "Z":
            return True
        time.sleep(0.02)
    return False
