"""An Outlook item as it is stored: properties, and the tables of its recipients and attachments."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import IntEnum

Value = str | bytes | int | datetime


class Tag(IntEnum):
    """The properties that are read, by their ids (MS-OXPROPS, section 2)."""

    MESSAGE_CLASS = 0x001A
    SUBJECT = 0x0037
    CLIENT_SUBMIT_TIME = 0x0039
    SENT_REPRESENTING_NAME = 0x0042
    SENT_REPRESENTING_ADDRESS = 0x0065
    TRANSPORT_HEADERS = 0x007D
    RECIPIENT_TYPE = 0x0C15
    SENDER_NAME = 0x0C1A
    SENDER_ADDRESS = 0x0C1F
    DELIVERY_TIME = 0x0E06
    BODY = 0x1000
    RTF = 0x1009  # compressed (MS-OXRTFCP)
    HTML = 0x1013
    MESSAGE_ID = 0x1035
    REFERENCES = 0x1039
    IN_REPLY_TO = 0x1042
    DISPLAY_NAME = 0x3001
    ADDRESS = 0x3003
    CREATION_TIME = 0x3007
    ATTACHMENT_DATA = 0x3701
    ATTACHMENT_SHORT_NAME = 0x3704
    ATTACHMENT_METHOD = 0x3705
    ATTACHMENT_NAME = 0x3707
    ATTACHMENT_PATH = 0x370D
    ATTACHMENT_TYPE = 0x370E
    ATTACHMENT_CONTENT_ID = 0x3712
    SMTP_ADDRESS = 0x39FE
    CODEPAGE = 0x3FDE
    SENDER_SMTP_ADDRESS = 0x5D01
    SENT_REPRESENTING_SMTP_ADDRESS = 0x5D02


EMBEDDED = 5  # the attachment method of an item (MS-OXCMSG, 2.2.2.9)
TAGS = frozenset(Tag)
Properties = Mapping[int, Value]


class DamagedError(Exception):
    """The file cannot be read as what it says it is. Stays within the confined process."""


@dataclass(frozen=True, slots=True)
class Attachment:
    """One row of the attachment table."""

    properties: Properties
    content: bytes | None = None  # None: it is an item, or cannot be read
    item: "Item | None" = None  # an item that is attached to this one


@dataclass(frozen=True, slots=True)
class Item:
    """One item; `lost` are codes of what could not be read of it."""

    properties: Properties
    recipients: tuple[Properties, ...] = ()
    attachments: tuple[Attachment, ...] = ()
    rtf: bytes = b""  # decompressed
    lost: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Found:
    """An item and where it lies in its file; `item` is None when it cannot be read at all."""

    folder: str  # levels parted by `/`; empty in a .msg
    name: str  # what the file calls the item: its node id; empty in a .msg
    item: Item | None
    done: float = 1.0  # how much of the file has been read, from 0 to 1
    setting: bool = False  # a setting of Outlook, which is no message


def text(properties: Properties, *tags: Tag) -> str:
    """The first of these properties that has text, or nothing."""
    values = (properties.get(tag) for tag in tags)
    return next((value for value in values if isinstance(value, str) and value), "")


def number(properties: Properties, tag: Tag) -> int:
    """A number; zero where there is none."""
    value = properties.get(tag)
    return value if isinstance(value, int) else 0
