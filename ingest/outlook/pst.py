"""Outlook data files (.pst, .ost; MS-PST), read by libpff."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, BinaryIO  # Any: libpff has no types

import pypff

from ingest.outlook.item import (
    EMBEDDED,
    TAGS,
    Attachment,
    DamagedError,
    Found,
    Item,
    Properties,
    Tag,
    Value,
    number,
    text,
)

DEEPEST = 100  # folders within folders
ORPHANS = "(in no folder)"
SETTINGS = (
    "IPM.CONFIGURATION",
    "IPM.MICROSOFT",
)  # the hidden items that programs keep for themselves
STRINGS, TIME, NUMBERS, BINARY = {0x1E, 0x1F}, 0x40, {0x02, 0x03, 0x0B}, 0x102  # MS-OXCDATA, 2.11.1
BROKEN = (OSError, OverflowError, MemoryError, UnicodeDecodeError, ValueError)


@dataclass(frozen=True, slots=True)
class _Folder:
    """A folder that is to be read; `folder` is None where it cannot be."""

    folder: Any
    path: str  # from the top
    depth: int
    messages: int = 0
    folders: int = 0
    identifier: int = 0


def items(file: BinaryIO) -> Iterator[Found]:
    """Yield every item of every folder, always in the same order. Raises DamagedError."""
    store = pypff.file()
    try:
        store.open_file_object(file)
        folders = list(_folders(store.root_folder))
        orphans = store.number_of_orphan_items
    except BROKEN as error:
        raise DamagedError from error
    total = sum(one.messages for one in folders) + orphans
    done = 0
    for one in folders:
        if one.folder is None:
            yield Found(one.path, "", None, done / max(total, 1))
        for index in range(one.messages):
            done += 1
            yield _found(one.folder.get_sub_message, index, one.path, done / total)
    for index in range(orphans):
        done += 1
        yield _found(store.get_orphan_item, index, ORPHANS, done / total)


def _folders(root: Any) -> Iterator[_Folder]:
    """Every folder below the nameless root, those of the deleted too; each once."""
    waiting = [_opened(root, "", 0)]
    met = set[int]()
    while waiting:
        here = waiting.pop()
        if here.folder is not None and (here.identifier in met or here.depth > DEEPEST):
            continue
        met.add(here.identifier)
        yield here
        waiting += reversed([_below(here, index) for index in range(here.folders)])


def _below(here: _Folder, index: int) -> _Folder:
    try:
        folder = here.folder.get_sub_folder(index)
        path = f"{here.path}/{folder.name or ''}".lstrip("/")
    except BROKEN:
        return _Folder(None, f"{here.path}/folder {index + 1}".lstrip("/"), here.depth + 1)
    return _opened(folder, path, here.depth + 1)


def _opened(folder: Any, path: str, depth: int) -> _Folder:
    try:
        messages, folders = folder.number_of_sub_messages, folder.number_of_sub_folders
        return _Folder(folder, path, depth, messages, folders, folder.identifier)
    except BROKEN:
        return _Folder(None, path, depth)


def _found(get: Any, index: int, folder: str, done: float) -> Found:
    try:
        stored = get(index)
        name = str(stored.identifier)
        properties = _properties(stored)
        if text(properties, Tag.MESSAGE_CLASS).upper().startswith(SETTINGS):
            return Found(folder, name, None, done, setting=True)
        return Found(folder, name, _item(stored, properties), done)
    except BROKEN:
        return Found(folder, f"number {index + 1}", None, done)


def _item(stored: Any, properties: Properties) -> Item:
    lost: list[str] = []
    recipients: tuple[Properties, ...] = ()
    try:
        table = getattr(stored, "recipients", None)
        if table is not None:
            recipients = tuple(_decoded(row.entries) for row in table.record_sets)
    except BROKEN:
        lost.append("recipients-not-rebuilt")
    rtf = b""
    try:
        rtf = getattr(stored, "rtf_body", None) or b""
    except BROKEN:
        lost.append("rich-text-not-rebuilt")
    return Item(properties, recipients, tuple(_attachments(stored, lost)), rtf, tuple(lost))


def _attachments(stored: Any, lost: list[str]) -> Iterator[Attachment]:
    try:
        count = getattr(stored, "number_of_attachments", 0)
    except BROKEN:
        lost.append("attachment-not-rebuilt")
        return
    for index in range(count):
        try:
            one = stored.get_attachment(index)
            yield _attachment(one)
        except BROKEN:
            lost.append("attachment-not-rebuilt")


def _attachment(one: Any) -> Attachment:
    properties = _properties(one)
    if number(properties, Tag.ATTACHMENT_METHOD) == EMBEDDED:  # libpff's Python gives no way to it
        return Attachment(properties)
    size = one.size or 0
    return Attachment(properties, one.read_buffer(size) if size else b"")


def _properties(stored: Any) -> Properties:
    """The properties of a thing that has one set of them."""
    return next((_decoded(each.entries) for each in stored.record_sets), {})


def _decoded(entries: Any) -> Properties:
    """The properties that are wanted and can be decoded."""
    found: dict[int, Value] = {}
    for entry in entries:
        if entry.entry_type in TAGS:
            try:
                value = _value(entry)
            except BROKEN:
                continue
            if value is not None:
                found[entry.entry_type] = value
    return found


def _value(entry: Any) -> Value | None:
    kind = entry.value_type
    value: Value | None = None
    if kind in STRINGS:
        value = entry.data_as_string
    elif kind == TIME:
        value = entry.data_as_datetime
    elif kind in NUMBERS:
        value = entry.data_as_integer
    elif kind == BINARY:
        value = entry.data
    return value
