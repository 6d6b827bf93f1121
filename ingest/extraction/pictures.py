"""Writing in pictures, read by Tesseract in a process of its own, where it is installed."""

import re
import struct
import subprocess

from ingest.extraction.frames import NOT_TEXT, Extracted

SECONDS = 10.0  # for one picture
MIN_PIXELS = 20_000  # smaller ones are logos, buttons and trackers
MAX_PIXELS = 50_000_000  # a page of A4 at 600 dots an inch is 35 million
HEADER = 256 * 1024  # bytes in which a JPEG tells its size, after its thumbnail and profiles
_JPEG_SIZE = re.compile(rb"\xff[\xc0-\xc3\xc5-\xc7\xc9-\xcb\xcd-\xcf]..\x08(....)", re.DOTALL)


def read(content: bytes, *, tesseract: str) -> Extracted:
    """The writing in a picture; `tesseract` is the path of the program, empty for none.

    The program inherits the limits of this process on memory, files and CPU time.
    """
    if not tesseract:
        return NOT_TEXT
    pixels = _pixels(content)
    if pixels is not None and pixels < MIN_PIXELS:
        return NOT_TEXT
    if pixels is not None and pixels > MAX_PIXELS:
        return Extracted("", "picture-too-large", hides=True)
    return _asked(content, tesseract)


def _asked(content: bytes, tesseract: str) -> Extracted:
    try:
        done = subprocess.run(  # noqa: S603 - a path from our settings; the picture is its input
            [tesseract, "stdin", "stdout"],
            input=content,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env={"OMP_THREAD_LIMIT": "1", "LANG": "C.UTF-8"},
            timeout=SECONDS,
            check=True,
        )
    except subprocess.TimeoutExpired:
        return Extracted("", "extraction-timed-out", hides=True)
    except (subprocess.CalledProcessError, OSError):
        return Extracted("", "extraction-failed", hides=True)
    text = done.stdout.decode("utf-8", "replace")
    return Extracted(text, "read-by-ocr") if text.strip() else NOT_TEXT


def _pixels(content: bytes) -> int | None:
    """Width times height, as the header says; None where it is not looked for."""
    try:
        if content.startswith(b"\x89PNG"):
            width, height = struct.unpack_from(">II", content, 16)
        elif content.startswith(b"GIF8"):
            width, height = struct.unpack_from("<HH", content, 6)
        elif content.startswith(b"\xff\xd8") and (size := _JPEG_SIZE.search(content, 0, HEADER)):
            height, width = struct.unpack(">HH", size[1])
        else:
            return None
    except struct.error:
        return None
    return int(width) * int(height)
