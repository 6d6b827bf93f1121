"""The header block: the transport headers exactly as they are kept, and what they leave out."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from email.utils import format_datetime

from ingest.outlook.item import Item, Properties, Tag, number, text

FIELD = re.compile(r"(?P<name>[!-9;-~]+)[ \t]*:")
OF_THE_BODY = ("content-", "mime-version")
CONTROLS = re.compile(r"[\x00-\x1f\x7f]+")
RECIPIENT_FIELDS = {1: "To", 2: "Cc", 3: "Bcc"}  # MS-OXOMSG, 2.2.3.1
WAY = "X-Section9-Rebuilt"
"""Says in the message itself that its bytes are not the original's."""


def header_block(item: Item, *, way: str) -> bytes:
    """The headers of a rebuilt message, in UTF-8 (RFC 6532), without the empty line.

    Those of the body's encoding no longer apply, so they are kept under another name.
    """
    kept = list(_transport(text(item.properties, Tag.TRANSPORT_HEADERS)))
    names = {match["name"].lower() for line in kept if (match := FIELD.match(line))}
    told = f"{WAY}: {way}; class={_clean(text(item.properties, Tag.MESSAGE_CLASS))}"
    made = [f"{name}: {value}" for name, value in _made(item) if name.lower() not in names]
    return "".join(f"{line}\r\n" for line in (told, *kept, *made)).encode("utf-8", "replace")


def _transport(headers: str) -> Iterator[str]:
    for line in headers.splitlines():
        match = FIELD.match(line)
        if line[:1] in {" ", "\t"}:
            if line.strip():
                yield line
        elif match is None:
            if line.strip():  # `Microsoft Mail Internet Headers Version 2.0`
                yield f"X-Section9-No-Header: {line}"
        elif match["name"].lower().startswith(OF_THE_BODY):
            yield f"X-Original-{line}"
        else:
            yield line


def _made(item: Item) -> Iterator[tuple[str, str]]:
    """Each header that the properties tell of."""
    properties = item.properties
    yield from _senders(properties)
    for kind, name in RECIPIENT_FIELDS.items():
        people = [_recipient(one) for one in item.recipients if _kind(one) == kind]
        if people:
            yield name, ",\r\n ".join(people)
    yield "Subject", _clean(subject(properties))
    for tag in (Tag.CLIENT_SUBMIT_TIME, Tag.DELIVERY_TIME, Tag.CREATION_TIME):
        moment = properties.get(tag)
        if isinstance(moment, datetime):
            yield "Date", format_datetime(moment.replace(microsecond=0, tzinfo=UTC))
            break
    for name, tag in (
        ("Message-ID", Tag.MESSAGE_ID),
        ("In-Reply-To", Tag.IN_REPLY_TO),
        ("References", Tag.REFERENCES),
    ):
        if value := _clean(text(properties, tag)):
            yield name, value


def subject(properties: Properties) -> str:
    """The subject without the mark that says how long its prefix is (MS-OXCMSG, 2.2.1.46)."""
    words = text(properties, Tag.SUBJECT)
    return words[2:] if words.startswith("\x01") else words


def _senders(properties: Properties) -> Iterator[tuple[str, str]]:
    """From: on whose behalf it was sent; Sender: who sent it, where that is somebody else."""
    writer = _mailbox(
        text(properties, Tag.SENT_REPRESENTING_NAME),
        text(properties, Tag.SENT_REPRESENTING_SMTP_ADDRESS, Tag.SENT_REPRESENTING_ADDRESS),
    )
    sender = _mailbox(
        text(properties, Tag.SENDER_NAME),
        text(properties, Tag.SENDER_SMTP_ADDRESS, Tag.SENDER_ADDRESS),
    )
    if writer or sender:
        yield "From", writer or sender
    if writer and sender and writer != sender:
        yield "Sender", sender


def _kind(recipient: Properties) -> int:
    return number(recipient, Tag.RECIPIENT_TYPE) & 0x0F  # flags stand above


def _recipient(recipient: Properties) -> str:
    name = text(recipient, Tag.DISPLAY_NAME)
    return _mailbox(name, text(recipient, Tag.SMTP_ADDRESS, Tag.ADDRESS))


def _mailbox(name: str, address: str) -> str:
    """Name and address; an Exchange address (`/o=…/cn=…`) stands where no other is known."""
    name, address = _clean(name), _clean(address).strip("<>' ")
    if not address:
        return _quoted(name) if name else ""
    return f"{_quoted(name)} <{address}>" if name and name != address else f"<{address}>"


def _quoted(name: str) -> str:
    return '"' + name.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _clean(value: str) -> str:
    """One line, whatever the property holds."""
    return CONTROLS.sub(" ", value).strip()
