"""Which bodies a message had, and their exact texts."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from oxmsg.domain.encodings import encoding_from_codepage
from oxmsg.domain.model import UnrecognizedCodePageError, UnsupportedEncodingError

from ingest.outlook import rtf
from ingest.outlook.item import Item, Tag, number, text

ORIGINALLY = re.compile(r"^content-type:\s*([a-z]+/[a-z]+)", re.IGNORECASE | re.MULTILINE)
UTF_8 = 65001  # as a Windows code page


@dataclass(frozen=True, slots=True)
class Body:
    """One alternative of a message's text."""

    media_type: str
    content: bytes
    charset: str = ""  # of a text


def bodies(item: Item) -> list[Body]:
    """The alternatives, plainest first.

    Outlook makes a plain body for whatever came, so where the transport headers say that the
    message was of one kind alone, the other is Outlook's invention and is left out.
    """
    found = [*_plain(item), *_html(item), *_rich(item)]
    original = ORIGINALLY.search(text(item.properties, Tag.TRANSPORT_HEADERS))
    of_one_kind = original[1].lower() if original else ""
    return [body for body in found if body.media_type == of_one_kind] or found


def _plain(item: Item) -> Iterator[Body]:
    body = text(item.properties, Tag.BODY)
    if body:
        yield _utf_8("text/plain", body)


def _html(item: Item) -> Iterator[Body]:
    html = item.properties.get(Tag.HTML)
    if isinstance(html, bytes) and html:
        yield Body("text/html", html, _charset(html, number(item.properties, Tag.CODEPAGE)))
    elif isinstance(html, str) and html:
        yield _utf_8("text/html", html)
    elif rtf.made_from_html(item.rtf):
        yield _utf_8("text/html", rtf.to_html(item.rtf))


def _rich(item: Item) -> Iterator[Body]:
    """RTF that somebody wrote: that made from HTML or text says what the others say."""
    made = rtf.made_from_html(item.rtf) or rtf.made_from_text(item.rtf)
    if item.rtf and not made and Tag.HTML not in item.properties:
        yield Body("application/rtf", item.rtf)


def _utf_8(media_type: str, words: str) -> Body:
    return Body(media_type, words.encode("utf-8", "replace"), "utf-8")


def _charset(html: bytes, codepage: int) -> str:
    """The charset that a code page names; where it names none, whatever decodes."""
    try:
        return encoding_from_codepage(codepage or UTF_8)
    except (UnrecognizedCodePageError, UnsupportedEncodingError):
        return "utf-8" if _decodes(html) else "windows-1252"


def _decodes(html: bytes) -> bool:
    try:
        html.decode()
    except UnicodeDecodeError:
        return False
    return True
