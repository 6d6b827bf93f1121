"""EDRM XML 1.2 (31 October 2010): documents, their files and how they belong together.

Root/Batch/Documents/Document/{Files, Locations, Tags} and Root/Batch/Relationships. Hashes are
SHA-256, times UTC. A character that XML 1.0 cannot hold is shown as U+FFFD.
"""

import re
from collections.abc import Callable, Iterable, Iterator
from pathlib import PurePosixPath
from xml.sax.saxutils import escape, quoteattr

from evidence.documents import Document
from evidence.folder import Written
from evidence.forms import Bates

UNFIT = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""What no XML 1.0 document may hold (section 2.2)."""
Tag = tuple[str, str, str]  # name, data type, value


def edrm(documents: Callable[[], Iterable[Document]], bates: Bates, *, batch: str) -> Iterator[str]:
    """The document, piece by piece; the documents are asked for twice."""
    yield '<?xml version="1.0" encoding="UTF-8"?>\n'
    yield _element("Root", MajorVersion="1", MinorVersion="2", DataInterchangeType="Update")
    yield _element("Batch", name=batch)
    yield "<Documents>\n"
    for one in documents():
        yield "".join(_document(one, bates))
    yield "</Documents>\n<Relationships>\n"
    for one in documents():
        if one.parent:
            ends = {"ParentDocID": bates.number(one.parent), "ChildDocID": bates.number(one.begin)}
            yield _element("Relationship", end="/", Type="Attachment", **ends)
    yield "</Relationships>\n</Batch>\n</Root>\n"


def _document(one: Document, bates: Bates) -> Iterator[str]:
    kind = "File" if one.parent else "Message"
    name = bates.number(one.begin)
    yield _element("Document", DocID=name, DocType=kind, MimeType=one.media_type)
    yield "<Files>\n"
    for what, file in (("Native", one.native), ("Text", one.text), ("Image", one.paper)):
        if file:
            yield _file(what, file)
    yield "</Files>\n<Locations>\n"
    for custodian in one.custodians:
        yield f"<Location><Custodian>{escape(_fit(custodian))}</Custodian></Location>\n"
    yield "</Locations>\n<Tags>\n"
    for tag, data, value in _tags(one, bates):
        if value:
            yield _element("Tag", end="/", TagName=tag, TagDataType=data, TagValue=value)
    yield "</Tags>\n</Document>\n"


def _file(what: str, file: Written) -> str:
    path = PurePosixPath(file.path)
    inner = _element(
        "ExternalFile",
        end="/",
        FilePath=str(path.parent),
        FileName=path.name,
        FileSize=str(file.size),
        Hash=file.sha256,
        HashType="SHA256",
    )
    return _element("File", FileType=what) + inner + "</File>\n"


def _tags(one: Document, bates: Bates) -> Iterator[Tag]:
    """The predefined fields are those whose names begin with `#`."""
    sent, received = (
        at.strftime("%Y-%m-%dT%H:%M:%SZ") if at else "" for at in (one.sent, one.received)
    )
    yield "#From", "Text", one.from_
    yield "#To", "Text", one.to
    yield "#CC", "Text", one.cc
    yield "#BCC", "Text", one.bcc
    yield "#Subject", "Text", one.subject
    yield "#DateSent", "DateTime", sent
    yield "#DateReceived", "DateTime", received
    yield "#FileName", "Text", one.filename
    yield "#FileExtension", "Text", one.extension
    yield "#FileSize", "LongInteger", str(one.native.size)
    yield "BegBates", "Text", bates.number(one.begin)
    yield "EndBates", "Text", bates.number(one.end)
    yield "MailId", "Text", one.mail


def _element(name: str, /, *, end: str = "", **attributes: str) -> str:
    said = (f"{key}={quoteattr(_fit(value))}" for key, value in attributes.items())
    return f"<{name} {' '.join(said)}{end}>\n"


def _fit(text: str) -> str:
    return UNFIT.sub("\N{REPLACEMENT CHARACTER}", text)
