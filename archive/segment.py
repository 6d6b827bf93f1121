"""A segment: one file of a book's chain, and how it is read and written. No I/O here.

The first line is the header, which names the SHA-256 of the segment before, and every further
line one event:

    {"book":"mail","number":42,"previous":"<sha256 of segment 41's bytes>"}
    {"at":"2025-01-06T09:00:00Z","by":"section9","mail":…,"kind":"sighted"}
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from hashlib import sha256
from typing import Final, get_args

import msgspec

from archive.books import Book
from archive.events import AccessEvent, CasesEvent, Event
from archive.mail_events import MailEvent
from archive.web_events import WebEvent
from section9 import Section9Error

ZEROS: Final = "0" * 64
"""What the first segment names as the hash of the one before."""

EVENTS: Final[dict[Book, tuple[type[Event], ...]]] = {
    Book.MAIL: get_args(MailEvent),
    Book.CASES: get_args(CasesEvent),
    Book.ACCESS: get_args(AccessEvent),
    Book.WEB: (WebEvent,),
}


@dataclass(frozen=True, slots=True)
class Header:
    """The first line of a segment."""

    book: Book
    number: int
    previous: str


@dataclass(frozen=True, slots=True)
class Segment:
    """One segment, read and found well-formed."""

    book: Book
    number: int  # counted from one
    sha256: str  # of its bytes
    previous: str  # the SHA-256 of the segment before; 64 zeros for the first
    events: tuple[Event, ...]


@dataclass(frozen=True, slots=True)
class Fault:
    """A line that we would not have written, or that a newer version wrote."""

    line: int  # counted from one
    why: str  # never the line's text


@dataclass(frozen=True, slots=True)
class Reading:
    """As much of a segment's bytes as can be read; `header` is None when its line cannot be."""

    header: Header | None
    events: tuple[Event, ...]
    faults: tuple[Fault, ...]


class LedgerFormatError(Section9Error):
    """A line of the ledger cannot be read."""

    exit_code = 22

    def __init__(self, book: Book, number: int, fault: Fault) -> None:
        super().__init__(
            f"segment {number} of {book}, line {fault.line} {fault.why}: "
            "run `section9 verify`, or upgrade if a newer section9 has written here"
        )
        self.book = book
        self.number = number
        self.fault = fault


@dataclass(frozen=True, slots=True)
class _Tag:
    kind: str


@dataclass(frozen=True, slots=True)
class _Moment:
    at: datetime


def _kind_of(event: type[Event]) -> str:
    return next(str(field.default) for field in fields(event) if field.name == "kind")


# One decoder a kind, because msgspec tells dataclasses in a union apart by no field of ours.
_DECODERS: Final[dict[Book, dict[str, msgspec.json.Decoder[Event]]]] = {
    book: {_kind_of(event): msgspec.json.Decoder(event) for event in events}
    for book, events in EVENTS.items()
}
_TAG: Final = msgspec.json.Decoder(_Tag)
_MOMENT: Final = msgspec.json.Decoder(_Moment)
_HEADER: Final = msgspec.json.Decoder(Header)


def kinds() -> frozenset[str]:
    """Name every kind of event, as a line of the ledger does."""
    return frozenset(kind for decoders in _DECODERS.values() for kind in decoders)


def body(book: Book, events: Sequence[Event]) -> bytes:
    """Encode all but the header. Raises `ValueError` on an event that belongs in another book."""
    for event in events:
        if not isinstance(event, EVENTS[book]):
            raise ValueError(f"{event.kind} does not belong in the {book} book: see EVENTS")  # noqa: TRY004 - the type is right, the book is not
    return b"".join(msgspec.json.encode(event) + b"\n" for event in events)


def encode(header: Header, lines: bytes) -> bytes:
    """Put the header before the lines that `body` gave."""
    return msgspec.json.encode(header) + b"\n" + lines


def decode(book: Book, number: int, content: bytes) -> Segment:
    """Read a segment that must be whole. Raises `LedgerFormatError` on the first bad line."""
    reading = read(book, content)
    for fault in reading.faults:
        raise LedgerFormatError(book, number, fault)
    header = reading.header
    if header is None or (header.book, header.number) != (book, number):
        raise LedgerFormatError(book, number, Fault(1, "names another segment"))
    return Segment(book, number, hash_of(content), header.previous, reading.events)


def read(book: Book, content: bytes) -> Reading:
    """Read what can be read; every line that cannot is a fault, and none raises."""
    first, *rest = content.split(b"\n")
    header = _read_header(first)
    found = [_read_event(book, line, n) for n, line in enumerate(rest[:-1], start=2)]
    faults = [item for item in found if isinstance(item, Fault)]
    return Reading(
        header,
        tuple(item for item in found if not isinstance(item, Fault)),
        (*_faults_of_frame(header, rest), *faults),
    )


def hash_of(content: bytes) -> str:
    """Return the SHA-256 by which a segment's successor names it."""
    return sha256(content).hexdigest()


def last_moment(content: bytes) -> datetime | None:
    """Return when the last event of a segment happened; None where its line cannot be read."""
    try:
        return _MOMENT.decode(content.rstrip(b"\n").rpartition(b"\n")[2]).at
    except (msgspec.DecodeError, UnicodeDecodeError):
        return None


def _faults_of_frame(header: Header | None, rest: list[bytes]) -> Iterator[Fault]:
    """Judge what does not depend on any event: the header, the end, and that there is one."""
    if header is None:
        yield Fault(1, "is not a segment's header")
    if rest[-1:] != [b""]:
        yield Fault(len(rest) + 1, "is cut short: it does not end in a newline")
    if len(rest) < 2:  # noqa: PLR2004 - one event and the nothing after its newline
        yield Fault(1, "is followed by no event")


def _read_header(line: bytes) -> Header | None:
    try:
        return _HEADER.decode(line)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return None


def _read_event(book: Book, line: bytes, number: int) -> Event | Fault:
    try:
        kind = _TAG.decode(line).kind
    except (msgspec.DecodeError, UnicodeDecodeError):
        return Fault(number, "is not the JSON of an event")
    decoder = _DECODERS[book].get(kind)
    if decoder is None:
        return Fault(number, f"holds a kind of event unknown in this book ({_known(kind)})")
    try:
        return decoder.decode(line)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return Fault(number, f"is not a well-formed {kind}")


def _known(kind: str) -> str:
    """Name a kind that is ours. Any other word on a forged line could be mail text."""
    return f"{kind} belongs elsewhere" if kind in kinds() else "perhaps a newer version's"
