"""Text that needs no library: plain text, CSV, HTML, JSON and XML, all in linear time."""

import html
import re

from ingest.extraction.frames import MAX_TEXT, Extracted
from ingest.mime import charsets
from ingest.mime.html import render

SAMPLE = 4096  # bytes from which text is told from binary
MAX_SOURCE = 8 * MAX_TEXT  # bytes that are decoded: tags and escapes outweigh the text they dress
BYTE_ORDER_MARKS = (b"\xff\xfe", b"\xfe\xff")
MAX_CONTROLS = 32  # a stray control in so many bytes is a blemish; in compressed data it is 1 in 10
CONTROLS = bytes(set(range(32)) - set(b"\t\n\f\r\x1b"))  # ESC belongs to ISO-2022
NOT_ASCII = bytes(range(0x80, 0x100))
JSON_ESCAPES = re.compile(r"(?:\\u[0-9A-Fa-f]{4})+")


def looks_like_text(content: bytes) -> bool:
    """Whether the bytes are text in UTF-16 or some superset of ASCII."""
    sample = content[:SAMPLE]
    if sample.startswith(BYTE_ORDER_MARKS):
        return True
    zeros = sorted((sample[0::2].count(0), sample[1::2].count(0)))
    if zeros[0] == 0 and zeros[1] * 4 > len(sample):  # Latin text in UTF-16, without a mark
        return True
    controls = len(sample) - len(sample.translate(None, CONTROLS))
    return controls * MAX_CONTROLS <= len(sample)


def read_text(content: bytes) -> Extracted:
    """Text in whatever charset it seems to be, CSV included."""
    return Extracted(_decoded(content))


def read_html(content: bytes) -> Extracted:
    """The text of a page, hidden or not; it says so where the page was built to exhaust us."""
    page = render(_decoded(content), limit=MAX_TEXT)
    if "html-too-complex" in page.defects:
        return Extracted(page.text, "html-too-complex")
    return Extracted(page.text)


def read_json(content: bytes) -> Extracted:
    """The source as it is, with escapes resolved: nothing of it is lost, not even a key."""
    return Extracted(JSON_ESCAPES.sub(_unescaped, _decoded(content)))


def read_xml(content: bytes) -> Extracted:
    """The source as it is, attributes and all, with character references resolved."""
    return Extracted(html.unescape(_decoded(content)))


def _decoded(content: bytes) -> str:
    """Decode without a declared charset: by byte order mark, UTF-8, then Windows-1252."""
    source = content[:MAX_SOURCE]
    if len(content) > MAX_SOURCE:
        source = source.rstrip(NOT_ASCII)  # the cut may have split a character
    charset = "utf-16" if source.startswith(BYTE_ORDER_MARKS) else ""
    return charsets.decode(source, charset)[0]


def _unescaped(match: re.Match[str]) -> str:
    units = bytes.fromhex(match[0].replace("\\u", ""))
    return units.decode("utf-16-be", "replace")
