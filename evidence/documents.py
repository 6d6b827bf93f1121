"""Documents as review platforms count them: each message, and each of its attachments. Pure.

A message and its attachments are a family: their Bates numbers follow one another. On paper each
page has a number; what has no pages has one.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import PurePosixPath

from archive.case_words import Scope
from cases.telling import names
from evidence.folder import Written
from section9 import Part, PartKind, Record


@dataclass(frozen=True, slots=True)
class Document:
    """One message or attachment. Numbers are counts; texts are as they stand in the mail."""

    begin: int  # the first of its numbers
    end: int
    family: tuple[int, int]  # from the message's first number to its last attachment's last
    mail: str
    parent: int | None  # the message's first number; None where it is the message
    custodians: tuple[str, ...]
    from_: str
    to: str
    cc: str
    bcc: str
    subject: str
    sent: datetime | None  # UTC
    received: datetime | None
    filename: str
    media_type: str
    native: Written
    text: Written | None
    paper: Written | None  # its PDF
    pages: int  # 0 where it is not on paper

    @property
    def extension(self) -> str:
        """The ending of its name, without the dot."""
        return PurePosixPath(self.filename).suffix.removeprefix(".").lower()


@dataclass(frozen=True, slots=True)
class Files:
    """Where the files of one message are, as they were written."""

    native: Written
    paper: Written | None
    pages: int
    text: Written | None
    attached: tuple[tuple[Part, Written, Written | None], ...]  # with its text


def documents(record: Record, scope: Scope, files: Files, *, first: int) -> tuple[Document, ...]:
    """Number a message and its attachments from `first` on."""
    parsed = record.parsed
    end = first + max(files.pages, 1) - 1
    family = (first, end + len(files.attached))
    message = Document(
        begin=first,
        end=end,
        family=family,
        mail=record.mail,
        parent=None,
        custodians=custodians(record, scope),
        from_=names(parsed.from_),
        to=names(parsed.to),
        cc=names(parsed.cc),
        bcc=names(parsed.bcc),
        subject=parsed.subject,
        sent=parsed.date,
        received=_received(record),
        filename=PurePosixPath(files.native.path).name,
        media_type="message/rfc822",
        native=files.native,
        text=files.text,
        paper=files.paper,
        pages=files.pages,
    )
    return (message, *_attachments(message, files.attached))


def _attachments(
    message: Document, attached: Sequence[tuple[Part, Written, Written | None]]
) -> Iterator[Document]:
    for number, (part, native, text) in enumerate(attached, start=message.end + 1):
        yield Document(
            begin=number,
            end=number,
            family=message.family,
            mail=message.mail,
            parent=message.begin,
            custodians=message.custodians,
            from_="",
            to="",
            cc="",
            bcc="",
            subject="",
            sent=message.sent,
            received=message.received,
            filename=part.filename or PurePosixPath(native.path).name,
            media_type=part.media_type,
            native=native,
            text=text,
            paper=None,
            pages=0,
        )


def custodians(record: Record, scope: Scope) -> tuple[str, ...]:
    """Whose mail it was: the mailboxes it lay in, and those of the case who took part in it."""
    parsed = record.parsed
    people = {one.address for one in (*parsed.from_, *parsed.to, *parsed.cc, *parsed.bcc)}
    people |= {one.address for copy in record.sightings for one in copy.recipients}
    boxes = (copy.mailbox for copy in record.sightings if copy.mailbox)
    return tuple(dict.fromkeys((*boxes, *(one for one in scope.people if one in people))))


def body(record: Record) -> str:
    """The text of a message, without what an earlier alternative says already."""
    shown = (
        part.text
        for part in record.parsed.parts
        if part.kind is not PartKind.ATTACHMENT and not part.repeats
    )
    return "\n\n".join(filter(None, shown))


def _received(record: Record) -> datetime | None:
    came = (copy.envelope.received if copy.envelope else copy.arrived for copy in record.sightings)
    return min(filter(None, came), default=None)
