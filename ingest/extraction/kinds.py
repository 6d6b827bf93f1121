"""What an attachment really is, by its bytes; its claimed type and name only break ties.

kreuzberg's own detection calls a program `text/plain`, finds no OLE 2 document and no UTF-16,
so the signatures stand here
"""

import re
import zipfile
from enum import StrEnum
from io import BytesIO
from pathlib import PurePosixPath

from ingest.extraction import plain


class Kind(StrEnum):
    """Who reads an attachment. Where the library does, the value is its media type."""

    TEXT = "text"
    HTML = "html"
    JSON = "json"
    XML = "xml"
    OFFICE_XML = "office"  # docx, pptx, odt, odp
    PDF = "application/pdf"
    RTF = "application/rtf"
    DOC = "application/msword"
    PPT = "application/vnd.ms-powerpoint"
    XLS = "application/vnd.ms-excel"
    XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    XLSB = "application/vnd.ms-excel.sheet.binary.macroEnabled.12"
    ODS = "application/vnd.oasis.opendocument.spreadsheet"
    MAIL = "message/rfc822"
    MSG = "application/vnd.ms-outlook"
    TNEF = "application/ms-tnef"
    ZIP = "application/zip"
    TAR = "application/x-tar"
    GZIP = "application/gzip"
    BZIP2 = "application/x-bzip2"
    XZ = "application/x-xz"
    ZSTANDARD = "application/zstd"
    ARCHIVE = "archive"  # that is not opened
    ENCRYPTED = "encrypted"
    PICTURE = "picture"  # that may show writing
    NOT_TEXT = "not-text"
    UNKNOWN = "unknown"


SIGNATURES: tuple[tuple[bytes, Kind], ...] = (
    (b"{\\rtf", Kind.RTF),
    (b"\x78\x9f\x3e\x22", Kind.TNEF),  # [MS-OXTNEF], 2.1.3.2
    (b"\x1f\x8b", Kind.GZIP),
    (b"BZh", Kind.BZIP2),
    (b"\xfd7zXZ\0", Kind.XZ),
    (b"7z\xbc\xaf\x27\x1c", Kind.ARCHIVE),
    (b"Rar!\x1a\x07", Kind.ARCHIVE),
    (b"\x28\xb5\x2f\xfd", Kind.ZSTANDARD),
    (b"MSCF", Kind.ARCHIVE),  # cabinet
    (b"\x89PNG\r\n\x1a\n", Kind.PICTURE),
    (b"\xff\xd8\xff", Kind.PICTURE),  # JPEG
    (b"GIF8", Kind.PICTURE),
    (b"II*\0", Kind.PICTURE),  # TIFF
    (b"MM\0*", Kind.PICTURE),
    (b"\0\0\1\0", Kind.NOT_TEXT),  # icon
    (b"\x01\0\0\0\x6c\0\0\0", Kind.NOT_TEXT),  # EMF
    (b"\xd7\xcd\xc6\x9a", Kind.NOT_TEXT),  # WMF
    (b"RIFF", Kind.NOT_TEXT),  # WAV, AVI, WebP
    (b"OggS", Kind.NOT_TEXT),
    (b"fLaC", Kind.NOT_TEXT),
    (b"ID3", Kind.NOT_TEXT),  # MP3
    (b"\x1aE\xdf\xa3", Kind.NOT_TEXT),  # Matroska
    (b"\0asm", Kind.NOT_TEXT),
    (b"\x7fELF", Kind.NOT_TEXT),
    (b"wOFF", Kind.NOT_TEXT),
    (b"wOF2", Kind.NOT_TEXT),
)
PACKED = frozenset({Kind.TNEF, Kind.GZIP, Kind.BZIP2, Kind.XZ, Kind.ZSTANDARD, Kind.ARCHIVE})
# Weak signatures, which ordinary text may begin with: believed only where the bytes are no text.
WEAK_SIGNATURES = (b"MZ", b"BM", b"\xff\xfb", b"\xff\xf3")
ZIP = b"PK\x03\x04"
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
OLE_STREAMS = (
    ("__nameid_version1.0", Kind.MSG),  # [MS-OXMSG], 2.2.3; a storage that only the top has
    ("EncryptedPackage", Kind.ENCRYPTED),  # MS-OFFCRYPTO, 2.3.4.4: OOXML with a password
    ("WordDocument", Kind.DOC),
    ("Workbook", Kind.XLS),
    ("Book", Kind.XLS),
    ("PowerPoint Document", Kind.PPT),
)
OLE_NAME_SIZE = 64  # bytes of a directory entry's name, NUL-padded (MS-CFB, 2.6.1)
SHORT_TEXT = 64 * 1024  # bytes of plain text that are decoded where they are
PDF_WINDOW = 1024  # bytes in which readers look for the header (ISO 32000-1, annex H.3.4.1)
MAIL_TYPES = frozenset({"message/rfc822", "message/global", "application/mime"})
MAIL_SUFFIXES = frozenset({".eml", ".mht", ".mhtml"})  # a web archive is a message too (RFC 2557)
HTML_START = re.compile(rb"\s*<(?:!doctype html|html|head|body)\b", re.IGNORECASE)


def detect(content: bytes, *, media_type: str, filename: str) -> Kind:
    """Tell what the bytes are. Never raises; `UNKNOWN` where no reader would know them."""
    if content.startswith(ZIP):
        return _in_zip(content)
    if content.startswith(OLE):
        return _in_ole(content)
    signed = _signed(content)
    if signed is not None:
        return signed
    if plain.looks_like_text(content):
        return _in_text(content, media_type.lower(), PurePosixPath(filename.lower()).suffix)
    return Kind.NOT_TEXT if content.startswith(WEAK_SIGNATURES) else Kind.UNKNOWN


def harmless(content: bytes, *, media_type: str, filename: str) -> Kind | None:
    """Tell pictures, sounds and short plain text by a look that no bytes can make costly.

    These are most attachments, and need no process of their own. None for everything else.
    """
    if content.startswith((ZIP, OLE)):
        return None
    signed = _signed(content)
    if signed is not None:
        return signed if signed in {Kind.NOT_TEXT, Kind.PICTURE} else None
    if len(content) > SHORT_TEXT or not plain.looks_like_text(content):
        return None
    kind = _in_text(content, media_type.lower(), PurePosixPath(filename.lower()).suffix)
    return kind if kind is Kind.TEXT else None


def _signed(content: bytes) -> Kind | None:
    """The kind whose signature stands at the start. Containers go first: a PDF may lie in them."""
    if content[257:262] == b"ustar":  # POSIX.1-1988
        return Kind.TAR
    found = next((kind for mark, kind in SIGNATURES if content.startswith(mark)), None)
    if found not in PACKED and b"%PDF-" in content[:PDF_WINDOW]:
        return Kind.PDF
    if content[4:8] == b"ftyp":  # MP4, MOV, HEIC, AVIF (ISO/IEC 14496-12, 4.3)
        return Kind.NOT_TEXT
    return found


def _in_text(content: bytes, media_type: str, suffix: str) -> Kind:
    if media_type in {"text/html", "application/xhtml+xml"} or suffix in {".html", ".htm"}:
        return Kind.HTML
    if media_type in MAIL_TYPES or suffix in MAIL_SUFFIXES:
        return Kind.MAIL
    if HTML_START.match(content[:PDF_WINDOW]):
        return Kind.HTML
    if media_type == "application/json" or suffix == ".json":
        return Kind.JSON
    if content.lstrip()[:5] == b"<?xml" or media_type.endswith("xml"):
        return Kind.XML
    return Kind.TEXT


def _in_ole(content: bytes) -> Kind:
    """The kind whose stream the directory names first: an embedded object's comes later."""
    found: list[tuple[int, Kind]] = []
    for name, kind in OLE_STREAMS:
        at = content.find(name.encode("utf-16-le").ljust(OLE_NAME_SIZE, b"\0"))
        if at >= 0:
            found.append((at, kind))
    kinds = [kind for _, kind in sorted(found)]
    return Kind.MSG if Kind.MSG in kinds else next(iter(kinds), Kind.UNKNOWN)


def _in_zip(content: bytes) -> Kind:
    try:
        with zipfile.ZipFile(BytesIO(content)) as package:
            names = {name.lower() for name in package.namelist()}
    except (zipfile.BadZipFile, ValueError, NotImplementedError):
        return Kind.ZIP
    if "[content_types].xml" in names:
        return _in_ooxml(names)
    if "content.xml" in names and "meta-inf/manifest.xml" in names:
        spreadsheet = Kind.ODS.encode() in content[:PDF_WINDOW]
        return Kind.ODS if spreadsheet else Kind.OFFICE_XML
    return Kind.ZIP


def _in_ooxml(names: set[str]) -> Kind:
    if "xl/workbook.bin" in names:
        return Kind.XLSB
    return Kind.XLSX if "xl/workbook.xml" in names else Kind.OFFICE_XML
