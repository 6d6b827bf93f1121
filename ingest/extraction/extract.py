"""One attachment to its text: who reads it, and what becomes of what goes wrong."""

import zipfile
from dataclasses import replace

from ingest.extraction import library, office, package, plain
from ingest.extraction.frames import NOT_TEXT, Extracted, bounded
from ingest.extraction.kinds import Kind, detect

UNREAD = {
    Kind.ENCRYPTED: Extracted("", "encrypted", hides=True),
    Kind.ARCHIVE: Extracted("", "archive-not-opened", hides=True),
    Kind.UNKNOWN: Extracted("", "unknown-format", hides=True),
    Kind.NOT_TEXT: NOT_TEXT,
}
PLAIN = {
    Kind.TEXT: plain.read_text,
    Kind.HTML: plain.read_html,
    Kind.JSON: plain.read_json,
    Kind.XML: plain.read_xml,
}
ZIPPED_WORKBOOKS = frozenset({Kind.XLSX, Kind.XLSB, Kind.ODS})


def extract(content: bytes, *, media_type: str, filename: str) -> Extracted:
    """Extract the text. Says in a defect what it could not do, and raises only on a bug."""
    kind = detect(content, media_type=media_type, filename=filename)
    if kind in UNREAD:
        return UNREAD[kind]
    try:
        return bounded(_read(content, kind))
    except package.EncryptedError:
        return UNREAD[Kind.ENCRYPTED]
    except package.BombError:
        return Extracted("", "unpacks-too-large", hides=True)
    except package.DamagedError:
        return Extracted("", "extraction-failed", hides=True)


def _read(content: bytes, kind: Kind) -> Extracted:
    if kind in PLAIN:
        return _read_plain(content, kind)
    if kind is Kind.OFFICE_XML:
        return _read_office(content)
    if kind in ZIPPED_WORKBOOKS:
        return _read_workbook(content, kind)
    return library.read(content, kind)


def _read_plain(content: bytes, kind: Kind) -> Extracted:
    read = PLAIN[kind](content)
    if len(content) > plain.MAX_SOURCE:
        return Extracted(read.text, "text-truncated", hides=True)
    return read


def _read_office(content: bytes) -> Extracted:
    with package.opened(content) as document:
        text = office.read(document, package.xml_parts(document))
        return _with_files_inside(Extracted(text), document)


def _read_workbook(content: bytes, kind: Kind) -> Extracted:
    with package.opened(content) as document:
        package.refuse_doctype(document)
        cells = library.read(content, kind)
        beside = office.read(document, package.parts_beside_cells(document))
        text = f"{cells.text}\n{beside}"
        return _with_files_inside(replace(cells, text=text), document)


def _with_files_inside(read: Extracted, document: zipfile.ZipFile) -> Extracted:
    if read.defect_code is None and package.has_files_inside(document):
        return Extracted(read.text, "embedded-not-read", hides=True)
    return read
