"""One .msg file (MS-OXMSG), read by python-oxmsg."""

import struct
from collections.abc import Iterator
from datetime import datetime
from typing import BinaryIO

import compressed_rtf
from olefile import OleFileIO
from olefile.olefile import OleFileError
from oxmsg.domain.model import UnrecognizedCodePageError, UnsupportedEncodingError
from oxmsg.properties import Properties as Stored
from oxmsg.storage import Storage

from ingest.outlook.item import TAGS, Attachment, DamagedError, Found, Item, Properties, Tag, Value

TOP, INNER, ROW = 32, 24, 8  # bytes before the properties (MS-OXMSG, 2.4.1)
ATTACHED_ITEM = f"__substg1.0_{Tag.ATTACHMENT_DATA:04X}000D"
UNDECODABLE = (
    KeyError,
    OverflowError,
    UnicodeDecodeError,
    UnrecognizedCodePageError,
    UnsupportedEncodingError,
    ValueError,
    struct.error,
)
DAMAGED = (OleFileError, *UNDECODABLE, OSError, RecursionError, IndexError, TypeError)


def items(file: BinaryIO) -> Iterator[Found]:
    """Yield the one item of the file. Raises DamagedError."""
    try:
        with OleFileIO(file) as ole:
            item = _item(Storage.from_ole(ole), TOP)
    except DAMAGED as error:
        raise DamagedError from error
    yield Found("", "", item)


def _item(storage: Storage, header: int) -> Item:
    properties = _properties(storage, header)
    rtf, lost = _rtf(properties.get(Tag.RTF))
    return Item(
        properties,
        tuple(_properties(one, ROW) for one in storage.iter_recipient_storages()),
        tuple(_attachment(one) for one in storage.iter_attachment_storages()),
        rtf,
        lost,
    )


def _attachment(storage: Storage) -> Attachment:
    properties = _properties(storage, ROW)
    inner = next((one for one in storage.storages if one.name == ATTACHED_ITEM), None)
    if inner is not None and inner.streams:
        return Attachment(properties, item=_item(inner, INNER))
    content = properties.get(Tag.ATTACHMENT_DATA)
    return Attachment(properties, content if isinstance(content, bytes) else None)


def _properties(storage: Storage, header: int) -> Properties:
    """The properties that are wanted and can be decoded."""
    found: dict[int, Value] = {}
    try:
        stored = list(Stored(storage, header))
    except UNDECODABLE:  # the whole table: it is not there, or in a code page of nobody's
        return found
    for one in stored:
        if one.pid in TAGS:
            try:
                value = one.value
            except UNDECODABLE:
                continue
            if isinstance(value, str | bytes | int | datetime):
                found[one.pid] = value
    return found


def _rtf(compressed: Value | None) -> tuple[bytes, tuple[str, ...]]:
    if not isinstance(compressed, bytes) or not compressed:
        return b"", ()
    try:
        return compressed_rtf.decompress(compressed), ()
    except Exception:  # noqa: BLE001 - it raises nothing more precise
        return b"", ("rich-text-not-rebuilt",)
