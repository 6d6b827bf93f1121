"""The parts of a journal report, and the header fields that only journaling needs.

`structure.walk` opens every part of the message inside as well, and stops after a thousand. A
report must be read whole however the message in it is built, and has three parts at most: this
cuts one level, and hands out the exact bytes (RFC 2046, 5.1.1).
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from ingest.mime import charsets, transfer, words
from ingest.mime.headers import Fields, read_fields, start_of_message
from ingest.mime.parameters import MediaType
from ingest.mime.structure import MAX_PREAMBLE

MAX_PARTS = 10  # of one multipart; a report has three, a bounce three
MAX_HEADER = 8 << 20  # bytes of a header that are searched; real ones exceed 128 KiB
MAX_VALUE = 1 << 20  # bytes of one field

_FOLD = re.compile(rb"(?:\r\n|\r|\n)(?=[ \t])")


@dataclass(frozen=True, slots=True)
class Piece:
    """One part of a multipart, or a whole message, in bytes `start` to `end` of `source`."""

    source: bytes
    start: int
    end: int
    fields: Fields
    media: MediaType

    @property
    def header(self) -> bytes:
        """The header as it came, or as much of it as is searched."""
        return self.source[self.start : min(self.fields.end, self.start + MAX_HEADER)]

    @property
    def body(self) -> bytes:
        """What follows the header, before transfer decoding."""
        return self.source[self.fields.end : self.end]

    def decoded(self) -> tuple[bytes, str | None]:
        """The body after transfer decoding, and the code of a defect if it is broken."""
        return transfer.decode(self.body, self.fields.token(b"content-transfer-encoding"))

    def named(self, *names: bytes) -> tuple[tuple[bytes, str], ...]:
        """The fields of these lower-case names in their order, as (name, text on one line)."""
        return tuple(_named(self.header, frozenset(names)))

    def texts(self, *names: bytes) -> tuple[str, ...]:
        """As `named`, the texts alone."""
        return tuple(text for _, text in self.named(*names))


def lines_named(block: bytes, *names: bytes) -> tuple[str, ...]:
    """The fields of these lower-case names in any block of lines like a header's."""
    return tuple(text for _, text in _named(block[:MAX_HEADER], frozenset(names)))


@dataclass(frozen=True, slots=True)
class Cut:
    """A multipart cut at its delimiters."""

    pieces: tuple[Piece, ...] = ()
    closed: bool = False  # by its last delimiter
    clean: bool = False  # nothing but blanks before, after, or beyond MAX_PARTS


def message(content: bytes) -> Piece:
    """The message that `content` is, past the `From ` line of an mbox."""
    return _piece(content, start_of_message(content, 0, len(content)), len(content))


def cut(piece: Piece) -> Cut:
    """The parts of a multipart; none where it has no boundary. Linear, never raises."""
    boundary = piece.media.parameters.get("boundary", "").rstrip().encode()
    if not boundary:
        return Cut()
    delimiter = re.compile(
        rb"(?<![^\r\n])--" + re.escape(boundary) + rb"(--)?[ \t]*+(?:\r\n|\r|\n|\Z)"
    )
    return _between(piece, delimiter.finditer(piece.source, piece.fields.end, piece.end))


def _between(whole: Piece, delimiters: Iterable[re.Match[bytes]]) -> Cut:
    source = whole.source
    pieces: list[Piece] = []
    begins, outside = -1, False
    for found in delimiters:
        if begins < 0:
            outside = _tells_something(source[whole.fields.end : found.start()])
        elif len(pieces) == MAX_PARTS:
            return Cut(tuple(pieces))
        else:
            pieces.append(_piece(source, begins, _without_line_end(source, begins, found.start())))
        begins = found.end()
        if found[1]:
            outside = outside or bool(source[begins : whole.end].strip())
            return Cut(tuple(pieces), closed=True, clean=not outside)
    if begins >= 0:
        pieces.append(_piece(source, begins, whole.end))
    return Cut(tuple(pieces))


def _tells_something(preamble: bytes) -> bool:
    """Whether more stands there than the usual word to readers without MIME."""
    text = preamble.strip().lower()
    return bool(text) and (len(text) > MAX_PREAMBLE or not (b"mime" in text or b"multi" in text))


def _without_line_end(source: bytes, start: int, end: int) -> int:
    """The line end before a delimiter belongs to the delimiter."""
    if source.endswith(b"\r\n", start, end):
        return end - 2
    return end - 1 if source.endswith((b"\n", b"\r"), start, end) else end


def _piece(source: bytes, start: int, end: int) -> Piece:
    fields = read_fields(source, start, end)
    media, _ = fields.media_type(default="text/plain")
    return Piece(source, start, end, fields, media)


def _named(header: bytes, names: frozenset[bytes]) -> Iterator[tuple[bytes, str]]:
    for line in _FOLD.sub(b"", header).splitlines():
        name, colon, value = line.partition(b":")
        name = name.rstrip(b" \t").lower()
        if colon and name in names:
            yield name, words.printable(charsets.decode(value[:MAX_VALUE], "")[0])
