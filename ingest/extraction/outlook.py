"""Outlook's own forms of a message: winmail.dat ([MS-OXTNEF]) and .msg ([MS-OXMSG]).

The only file that knows tnefparse, oxmsg and compressed_rtf.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from io import BytesIO

import compressed_rtf
from olefile import OleFileIO
from oxmsg import Message
from oxmsg.attachment import Attachment
from oxmsg.storage import Storage, Stream
from tnefparse import TNEF
from tnefparse.tnef import TNEFAttachment

from ingest.extraction.archives import File
from ingest.extraction.package import DamagedError
from ingest.mime import charsets

TNEF_HEADER = 6  # bytes before the first attribute
TNEF_SUBJECT = 0x8004
MSG_RTF = 0x1009  # PidTagRtfCompressed
MSG_EMBEDDED = "__substg1.0_3701000D"  # a message within a message ([MS-OXMSG], 2.2.2.1)
MSG_PROPERTIES = "__properties_version1.0"
EMBEDDED_HEADER = 24  # bytes of it before the properties; 32 at the top, where oxmsg looks
MAX_DEPTH = 8  # messages within messages


@dataclass(frozen=True, slots=True)
class Letter:
    """A message as Outlook keeps it."""

    heading: str = ""  # lines like a header's
    plain: str = ""
    page: bytes = b""  # HTML
    rich: bytes = b""  # RTF
    files: tuple[File, ...] = ()
    letters: tuple["Letter", ...] = ()  # messages that are attached
    is_whole: bool = True  # whether it is all there, and as it was written


def read_tnef(content: bytes) -> Letter:
    """Open a winmail.dat. Raises DamagedError."""
    try:
        tnef = TNEF(content, do_checksum=True)
        return Letter(
            heading="\n".join(_tnef_heading(tnef)),
            plain=_text(tnef.body),
            page=_bytes(tnef.htmlbody),
            rich=_bytes(tnef.rtfbody),
            files=tuple(File(_tnef_name(one), _bytes(one.data)) for one in tnef.attachments),
            is_whole=_is_whole(tnef, content),
        )
    except Exception as error:  # the library lets through whatever broken bytes make Python raise
        raise DamagedError from error


def _is_whole(tnef: TNEF, content: bytes) -> bool:
    """Whether the attributes fill the file, a line end apart, and their checksums are right."""
    read = TNEF_HEADER + sum(each.length for each in tnef.objects)
    rest = content[read:].strip(b"\r\n\0")
    return not rest and all(each.good_checksum for each in tnef.objects)


def _tnef_heading(tnef: TNEF) -> Iterator[str]:
    for each in tnef.msgprops:
        if each.name == TNEF_SUBJECT:
            yield f"Subject: {_text(each.data)}"


def _tnef_name(attachment: TNEFAttachment) -> str:
    try:
        return _text(attachment.long_filename())
    except UnicodeDecodeError:  # the short name is not in UTF-8, which the library takes it for
        return ""


def read_msg(content: bytes) -> Letter:
    """Open a .msg. Raises DamagedError."""
    try:
        with OleFileIO(BytesIO(content)) as compound:
            return _letter(Storage.from_ole(compound), depth=0)
    except Exception as error:  # as above
        raise DamagedError from error


def _letter(storage: Storage, *, depth: int) -> Letter:
    if depth > MAX_DEPTH:
        raise DamagedError
    message = Message(storage)
    page = message.html_body or ""
    packed = message.properties.binary_prop_value(MSG_RTF)
    inner = [_embedded(each) for each in storage.iter_attachment_storages()]
    return Letter(
        heading="\n".join(_msg_heading(message)),
        plain=message.body or "",
        page=page.encode("utf-8", "replace"),
        rich=compressed_rtf.decompress(packed) if packed else b"",
        files=tuple(
            _msg_file(Attachment(each))
            for each, embedded in zip(storage.iter_attachment_storages(), inner, strict=True)
            if embedded is None
        ),
        letters=tuple(_letter(each, depth=depth + 1) for each in inner if each is not None),
    )


def _msg_heading(message: Message) -> Iterator[str]:
    to = ", ".join(filter(None, (each.email_address for each in message.recipients)))
    sent: datetime | None = message.sent_date
    fields = {
        "From": message.sender,
        "To": to,
        "Subject": message.subject,
        "Date": f"{sent:%Y-%m-%d %H:%M} UTC" if sent else "",
    }
    return (f"{name}: {value}" for name, value in fields.items() if value)


def _msg_file(attachment: Attachment) -> File:
    kept = attachment.file_bytes
    return File(
        attachment.file_name or "",
        kept or b"",
        attachment.mime_type or "",
        defect=None if kept is not None else "embedded-not-read",  # a link, or an OLE object
    )


def _embedded(storage: Storage) -> Storage | None:
    """The message that an attachment is, its properties moved to where oxmsg looks for them."""
    for inner in storage.storages:
        if inner.name == MSG_EMBEDDED and MSG_PROPERTIES in {each.name for each in inner.streams}:
            return replace(inner, streams=tuple(map(_with_long_header, inner.streams)))
    return None


def _with_long_header(stream: Stream) -> Stream:
    if stream.name != MSG_PROPERTIES:
        return stream
    header, properties = stream.bytes_[:EMBEDDED_HEADER], stream.bytes_[EMBEDDED_HEADER:]
    return replace(stream, bytes_=header + bytes(8) + properties)


def _text(value: object) -> str:
    if isinstance(value, list):
        return "".join(map(_text, value))
    if isinstance(value, bytes):
        return charsets.decode(value, "")[0].strip("\0")
    return str(value or "").strip("\0")


def _bytes(value: object) -> bytes:
    if isinstance(value, list):
        return b"".join(map(_bytes, value))
    return value if isinstance(value, bytes) else str(value or "").encode("utf-8", "replace")
