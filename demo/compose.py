"""From a note to the bytes that a mail server would hand over.

Nothing here draws lots: what a message looks like follows from its key, so the same note gives
the same bytes wherever it stands.
"""

import hashlib
from collections.abc import Iterator
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP, SMTPUTF8
from email.utils import format_datetime
from types import MappingProxyType

from demo import pdf
from demo.script import Attachment, Note
from demo.trust import DOMAIN, Contact
from demo.wording import Notes, addressed, as_html, as_text, at_a_desk, sender, subject

TEXT_TYPES = MappingProxyType({"csv": "csv", "txt": "plain", "ics": "calendar"})


def compose(note: Note, notes: Notes) -> bytes:
    """The message as it crosses the wire, lines ending in CRLF."""
    return _build(note, notes).as_bytes()


def message_id(note: Note) -> str:
    """The Message-ID, without angle brackets; it gives nothing of the story away."""
    return f"{note.sent:%Y%m%d%H%M}.{_digest(note)[:12]}@{_host(note)}"


def _build(note: Note, notes: Notes) -> EmailMessage:
    message = EmailMessage(policy=SMTP if _speaks_ascii(note) else SMTPUTF8)
    for name, value in _head(note, notes):
        message[name] = value
    _write(message, note, notes)
    for attachment in note.attachments:
        _attach(message, attachment)
    if enclosed := note.fact("fwd"):
        message.add_attachment(_build(notes[enclosed], notes))
    _fix_boundaries(message, note)
    return message


def _speaks_ascii(note: Note) -> bool:
    """Whether no address in the head needs SMTPUTF8 (RFC 6531); names are encoded in any case."""
    people = (sender(note), *addressed(note, "to", "cc"))
    return all(person.address.isascii() for person in people)


def _head(note: Note, notes: Notes) -> Iterator[tuple[str, object]]:
    yield "Received", _received(note)
    yield "Date", format_datetime(note.sent)
    yield "From", _address(sender(note))
    for line in ("to", "cc"):
        if people := addressed(note, line):
            yield line.title(), tuple(map(_address, people))
    yield "Subject", subject(note, notes)
    yield "Message-ID", f"<{message_id(note)}>"
    yield from _thread(note, notes)
    yield from _handling(note)


def _thread(note: Note, notes: Notes) -> Iterator[tuple[str, object]]:
    if answered := note.fact("re"):
        yield "In-Reply-To", f"<{message_id(notes[answered])}>"
        yield "References", " ".join(_ancestry(notes[answered], notes))


def _handling(note: Note) -> Iterator[tuple[str, object]]:
    for contact in addressed(note, "to", "cc"):
        if contact.members:
            yield "List-Id", f"{contact.name} <{contact.address.replace('@', '.')}>"
            break  # RFC 2919 allows one
    if importance := note.fact("importance"):
        yield "Importance", importance
    if automatic := note.fact("auto"):
        yield "Auto-Submitted", automatic  # RFC 3834


def _received(note: Note) -> str:
    address = f"192.0.2.{1 + int(_digest(note)[:4], 16) % 254}"  # TEST-NET-1, RFC 5737
    by = f"by mx.{DOMAIN} with ESMTPS id {_digest(note)[:11]}"
    return f"from mail.{_host(note)} ([{address}]) {by}; {format_datetime(note.sent)}"


def _host(note: Note) -> str:
    return sender(note).address.rsplit("@", 1)[1]


def _ancestry(note: Note, notes: Notes) -> Iterator[str]:
    if answered := note.fact("re"):
        yield from _ancestry(notes[answered], notes)
    yield f"<{message_id(note)}>"


def _address(contact: Contact) -> Address:
    local_part, domain = contact.address.rsplit("@", 1)
    return Address(contact.name, local_part, domain)


def _write(message: EmailMessage, note: Note, notes: Notes) -> None:
    form = note.fact("form", "both" if at_a_desk(note) else "plain")
    if form == "page":
        _put(message, note, note.body + "\n", subtype="html")
    elif form == "html":
        _put(message, note, as_html(note, notes), subtype="html")
    else:
        _put(message, note, as_text(note, notes) + "\n", subtype="plain")
    if form == "both":
        message.add_alternative(as_html(note, notes), subtype="html")


def _put(message: EmailMessage, note: Note, text: str, *, subtype: str) -> None:
    charset, encoding = note.fact("charset", "utf-8"), note.fact("encoding") or None
    message.set_content(text, subtype=subtype, charset=charset, cte=encoding)


def _attach(message: EmailMessage, file: Attachment) -> None:
    ending = file.name.rsplit(".", 1)[1]
    if ending == "pdf":
        page = pdf.one_page(file.text.splitlines())
        message.add_attachment(page, maintype="application", subtype="pdf", filename=file.name)
        return
    message.add_attachment(
        file.text,
        subtype=TEXT_TYPES[ending],
        charset=file.charset,
        cte="base64",
        filename=file.name,
    )


def _fix_boundaries(message: EmailMessage, note: Note) -> None:
    """The standard library draws boundaries at random; the same note must give the same bytes."""
    for number, part in enumerate(message.walk()):
        if part.get_content_maintype() == "multipart" and part.get_boundary() is None:
            part.set_boundary(f"=_{_digest(note)[:16]}_{number}")


def _digest(note: Note) -> str:
    return hashlib.sha256(note.key.encode()).hexdigest()
