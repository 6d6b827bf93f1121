"""Zip packages of office programs (ECMA-376-2; ODF 1.3, part 2), looked at before they are read."""

import re
import zipfile
import zlib
from collections.abc import Iterator
from io import BytesIO

from ingest.extraction.frames import DefectCode

MAX_PARTS = 10_000  # entries of a package
MAX_UNPACKED = 64 * 1024 * 1024  # bytes of XML; 100,000 rows of a workbook are 20 MB
CHUNK = 65_536  # bytes of a part read at once
XML = (".xml", ".vml")
# A document type declares entities, the stuff of XML bombs; OPC forbids it (ECMA-376-2, 8.2.5)
# and no office program writes it. The zeros find it in UTF-16.
DOCTYPE = re.compile(rb"<\0?!\0?D\0?O\0?C\0?T\0?Y\0?P\0?E")
# Parts without text of their own, and what Office threw away (ECMA-376-2, G.4.2). Any other part
# that is not XML is a file within the file.
NO_TEXT = re.compile(
    r"^\[trash\]/|(?:/|\bmimetype|\.(?:xml|vml|rels|rdf|bin|png|jpe?g|gif|bmp|tiff?|emf|wmf|wdp|svm|webp"
    r"|mp[34]|m4a|wav|avi|mov|wmv|o?ttf|fntdata))$",
    re.IGNORECASE,
)
# What a workbook's reader takes in: sheets, strings, and the content of an ODS.
CELLS = re.compile(
    r"xl/(?:worksheets/|sharedstrings\.|workbook\.|styles\.)|content\.xml$", re.IGNORECASE
)
BROKEN = (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, ValueError)


class StoppedError(Exception):
    """Nothing more of this file is read, and why. Stays within this process, as all of these."""

    def __init__(self, code: DefectCode) -> None:
        super().__init__(code)
        self.code = code


class BombError(StoppedError):
    """The document unpacks, or nests, beyond any honest size."""

    def __init__(self) -> None:
        super().__init__("unpacks-too-large")


class DamagedError(StoppedError):
    """The document cannot be read as what it says it is."""

    def __init__(self) -> None:
        super().__init__("extraction-failed")


class EncryptedError(StoppedError):
    """The document needs a password."""

    def __init__(self, code: DefectCode = "encrypted-office") -> None:
        super().__init__(code)


def opened(content: bytes) -> zipfile.ZipFile:
    """Open a package that declares an honest size and is not encrypted.

    Raises DamagedError, BombError, EncryptedError. What a package lies about, zipfile cuts off
    at the size it declared, and the limits of the process stop other readers.
    """
    try:
        package = zipfile.ZipFile(BytesIO(content))
    except BROKEN as error:
        raise DamagedError from error
    entries = package.infolist()
    unpacked = sum(entry.file_size for entry in entries if entry.filename.lower().endswith(XML))
    if len(entries) > MAX_PARTS or unpacked > MAX_UNPACKED:
        raise BombError
    if any(entry.flag_bits & 1 for entry in entries) or _is_encrypted_odf(package):
        raise EncryptedError
    return package


def xml_parts(package: zipfile.ZipFile) -> list[zipfile.ZipInfo]:
    """The parts that may hold text, in the order of the zip; two of one name are two."""
    return [part for part in package.infolist() if part.filename.lower().endswith(XML)]


def parts_beside_cells(package: zipfile.ZipFile) -> list[zipfile.ZipInfo]:
    """The parts of a workbook that its reader passes over: comments, drawings, headers."""
    return [part for part in xml_parts(package) if not CELLS.match(part.filename)]


def files_inside(package: zipfile.ZipFile) -> list[zipfile.ZipInfo]:
    """The parts that are documents of their own: an embedded object, an attached page."""
    return [
        part
        for part in package.infolist()
        if "embeddings/" in part.filename.lower() or not NO_TEXT.search(part.filename)
    ]


def chunks(package: zipfile.ZipFile, part: zipfile.ZipInfo) -> Iterator[bytes]:
    """Yield the bytes of a part, at most `CHUNK` at once. Raises DamagedError."""
    try:
        with package.open(part) as source:
            while chunk := source.read(CHUNK):
                yield chunk
    except BROKEN as error:
        raise DamagedError from error


def refuse_doctype(package: zipfile.ZipFile) -> None:
    """Raise BombError where a part has a document type, for readers that would not mind one."""
    for part in xml_parts(package):
        tail = b""
        for chunk in chunks(package, part):
            if DOCTYPE.search(tail + chunk):
                raise BombError
            tail = chunk[-20:]


def _is_encrypted_odf(package: zipfile.ZipFile) -> bool:
    """An encrypted package still lists its parts in clear (ODF 1.3, part 2, 3.4.1)."""
    manifests = [part for part in package.infolist() if part.filename == "META-INF/manifest.xml"]
    return any(b"encryption-data" in chunk for part in manifests for chunk in chunks(package, part))
