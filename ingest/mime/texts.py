"""The text of one leaf: which leaves have one, and how its bytes become lines of it."""

import re
from dataclasses import dataclass

from ingest.mime import charsets, html, quoting
from ingest.mime.parameters import MediaType
from section9 import Span

MAX_TEXT = 2_000_000  # characters of one part
MAX_HTML = 16_000_000  # characters of one part's markup, pictures in `data:` included

_NOT_TEXT = frozenset({"text/rtf", "text/richtext-ms"})
_REPORTS = frozenset({"message/delivery-status", "message/disposition-notification"})
# How the files begin that programs send under the name of text: Office, PDF, archives, pictures.
_BINARY = (b"PK\x03\x04", b"%PDF-", b"\xd0\xcf\x11\xe0", b"\x1f\x8b\x08", b"7z\xbc\xaf", b"Rar!",
           b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"{\\rtf")  # fmt: skip
_META_CHARSET = re.compile(rb"charset\s{0,9}=\s{0,9}[\"']?([\w.:-]{1,40})", re.IGNORECASE)
_UUENCODED = re.compile(r"^begin [0-7]{3,4} \S", re.MULTILINE)
_LINK = re.compile(r"<?\b(?:https?|mailto):[^\s<>]*>?", re.IGNORECASE)
_WORDS = re.compile(r"\w+")


@dataclass(frozen=True, slots=True)
class Text:
    """The text of a leaf, its marks, and the codes of its defects."""

    text: str = ""
    hidden: tuple[Span, ...] = ()
    quoted: tuple[Span, ...] = ()
    defects: tuple[str, ...] = ()


def is_text(media_type: str) -> bool:
    """Whether a leaf of this type is text as it stands, and needs no program to open it."""
    return media_type in _REPORTS or (
        media_type.startswith("text/") and media_type not in _NOT_TEXT
    )


def is_mislabelled(data: bytes) -> bool:
    """Whether bytes that are called text begin like a file that is none."""
    return data.startswith(_BINARY)


def read(data: bytes, media: MediaType) -> Text:
    """Decode a leaf that `is_text`: at most MAX_TEXT characters, lines ended by a line feed."""
    charset = media.parameters.get("charset", "")
    if media.name == "text/html" and not charset:
        charset = _declared_in(data)
    text, defect = charsets.decode(data, charset)
    codes = (defect,) if defect else ()
    if defect and "\ufffd" in text:
        codes = (*codes, "undecodable-text")
    if media.name == "text/html":
        return _from_html(text, codes)
    return _from_plain(text, codes)


def _declared_in(data: bytes) -> str:
    """The charset in a document's first kilobyte, where HTML 4.2.5.4 wants it."""
    found = _META_CHARSET.search(data[:1024])
    return found[1].decode("ascii", "replace") if found else ""


def _from_plain(text: str, codes: tuple[str, ...]) -> Text:
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    if len(text) > MAX_TEXT:
        text, codes = text[:MAX_TEXT], (*codes, "text-truncated")
    if "-----BEGIN PGP MESSAGE-----" in text:
        codes = (*codes, "encrypted")
    if "begin " in text and _UUENCODED.search(text):
        codes = (*codes, "uuencoded-text")
    return Text(text, (), quoting.quoted(text), codes)


def _from_html(text: str, codes: tuple[str, ...]) -> Text:
    if len(text) > MAX_HTML:
        text, codes = text[:MAX_HTML], (*codes, "text-truncated")
    page = html.render(text, limit=MAX_TEXT)
    quoted = quoting.quoted(page.text, marked=page.quoted)
    return Text(page.text, page.hidden, quoted, (*codes, *page.defects))


def repeats(plain: str, page: str, hidden: tuple[Span, ...]) -> bool:
    """Whether a page shows, word for word, what the plain text says; links do not count.

    A page with hidden words never does: they must stay in front of the detectors.
    """
    if any(_WORDS.search(page, span.start, span.end) for span in hidden):
        return False
    return _folded(plain) == _folded(page)


def _folded(text: str) -> str:
    return "".join(_WORDS.findall(_LINK.sub(" ", text))).lower()
