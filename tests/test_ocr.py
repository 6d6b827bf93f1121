"""Writing in pictures, read by the real Tesseract: a picture made here, and pictures that lie."""

import os
import shutil
import struct
import time
from collections.abc import Iterator
from pathlib import Path

import documents as make
import kreuzberg
import pytest

from ingest.attachments import Extracted, Extractor

TESSERACT = shutil.which("tesseract") or ""


@pytest.fixture(scope="module")
def extractor() -> Iterator[Extractor]:
    if not TESSERACT:
        why = "needs tesseract (Debian: tesseract-ocr)"
        pytest.fail(why) if os.environ.get("SECTION9_REQUIRE_SERVERS") else pytest.skip(why)
    with Extractor(tesseract=TESSERACT) as running:
        yield running


@pytest.fixture(scope="module")
def picture(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """A photograph of a page, as it were."""
    page = tmp_path_factory.mktemp("page") / "page.pdf"
    page.write_bytes(make.pdf(make.shown("The pupil came home late")))
    return kreuzberg.render_pdf_page(str(page), 0, dpi=150)


def read(extractor: Extractor, content: bytes) -> Extracted:
    return extractor.extract(content, media_type="image/png", filename="scan.png")


def sized(picture: bytes, width: int, height: int) -> bytes:
    """The same picture, whose header says another size."""
    return picture[:16] + struct.pack(">II", width, height) + picture[24:]


def test_writing_in_a_picture_is_read(extractor: Extractor, picture: bytes) -> None:
    """Its words are searched, with the warning that a program made them out."""
    got = read(extractor, picture)

    assert ("The pupil came home late", "read-by-ocr", False) == (
        got.text.strip(),
        got.defect_code,
        got.hides,
    )


def test_pictures_in_archives_are_read_too(extractor: Extractor, picture: bytes) -> None:
    """Wherever a picture lies."""
    got = read(extractor, make.zipped({"scan.png": picture}))

    assert ["The pupil came home late"] == [part.text.strip() for part in got.parts]


def test_without_tesseract_a_picture_is_no_text(picture: bytes) -> None:
    """Off unless it is found: nothing is started, nothing is missing from what a search sees."""
    with Extractor() as extractor:
        got = read(extractor, picture)

    assert Extracted("", "not-text") == got


@pytest.mark.parametrize(
    ("width", "height", "expected"),
    [
        (60, 60, Extracted("", "not-text")),
        (30_000, 30_000, Extracted("", "picture-too-large", hides=True)),
    ],
)
def test_pictures_of_odd_size_are_not_tried(
    extractor: Extractor, picture: bytes, width: int, height: int, expected: Extracted
) -> None:
    """Buttons hold no writing; what is larger than any page says that it was not read."""
    assert expected == read(extractor, sized(picture, width, height))


def test_a_broken_picture_says_so(extractor: Extractor, picture: bytes) -> None:
    """What Tesseract cannot open may have shown writing."""
    got = read(extractor, picture[:200])

    assert Extracted("", "extraction-failed", hides=True) == got


def test_the_deadline_ends_tesseract_too(picture: bytes, tmp_path: Path) -> None:
    """A program that would go on for ever is killed with the process that started it."""
    endless = tmp_path / "tesseract"
    endless.write_text("#!/bin/sh\nexec sleep 60\n")
    endless.chmod(0o755)

    with Extractor(tesseract=str(endless), seconds=1.5) as extractor:
        started = time.monotonic()
        got = read(extractor, picture)
        took = time.monotonic() - started

    assert Extracted("", "extraction-timed-out", hides=True) == got
    assert took < 5
