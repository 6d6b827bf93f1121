"""What the parent and the extracting child say to each other over one stream socket.

A frame is two unsigned 32-bit lengths (big-endian), a JSON head and a body of bytes. Data only:
whoever takes over the child can answer nonsense, but cannot make the parent run anything.
"""

import socket
import struct
import time
from dataclasses import dataclass, replace
from typing import Literal, TypeVar

import msgspec

from section9 import Defect, Part

LENGTHS = struct.Struct(">II")
MAX_HEAD = 4096  # bytes of a request's head: a type and a name
MAX_TEXT = 2_000_000  # characters of text that are kept of one attachment

_LINE_ENDS = dict.fromkeys(map(ord, "\v\f\r\x85\u2028\u2029"), "\n")
_CONTROLS = dict.fromkeys({*range(32), *range(0x7F, 0xA0)} - {ord("\n"), ord("\t")})
_CLEAN = _CONTROLS | _LINE_ENDS

DefectCode = Literal[
    "archive-not-opened",  # 7z, RAR, cabinet
    "embedded-not-read",  # the document's text was read, but not a file or form inside it
    "encrypted-office",  # needs a password that the archive does not have
    "encrypted-pdf",
    "encrypted-zip",
    "extraction-failed",  # damaged, or the child died reading it
    "extraction-timed-out",  # took longer than its deadline
    "html-too-complex",  # read without a tree; nothing is missing
    "nested-too-deep",  # files inside more containers than are opened
    "no-text-found",  # a document without any: most likely a scan
    "not-text",  # image, sound, film, font, program
    "picture-too-large",  # more pixels than are looked at for writing
    "read-by-ocr",  # off a picture, by a program that may misread
    "text-truncated",  # longer than is kept of one file, or of all files in one attachment
    "too-many-parts",  # more files inside than are looked at
    "unknown-format",  # no reader knows these bytes
    "unpacks-too-large",  # unpacks beyond any honest size
]

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Extracted:
    """The text of one attachment; of the control characters only line feeds and tabs."""

    text: str = ""
    defect_code: DefectCode | None = None
    hides: bool = False  # text may be missing from search
    parts: tuple[Part, ...] = ()  # the files inside, each followed by its own; ids from `1`
    defects: tuple[Defect, ...] = ()  # of those parts


# A picture may show writing, but none that a search could see: nothing is missing from it.
NOT_TEXT = Extracted("", "not-text", hides=False)


def bounded(read: Extracted) -> Extracted:
    """Cut a text to what is kept, and clean it of what `Extracted` promises not to hold."""
    text = read.text[:MAX_TEXT].replace("\r\n", "\n").translate(_CLEAN).strip("\n")
    if len(read.text) > MAX_TEXT:
        return Extracted(text, "text-truncated", hides=True)
    return replace(read, text=text)


@dataclass(frozen=True, slots=True)
class Task:
    """The head of a request; its body is the attachment's bytes. A reply is `Extracted` alone."""

    media_type: str
    filename: str


def send(
    sock: socket.socket, head: object, body: bytes = b"", *, deadline: float | None = None
) -> None:
    """Send one frame before `deadline` (a reading of `time.monotonic`), else TimeoutError."""
    encoded = msgspec.json.encode(head)
    for piece in (LENGTHS.pack(len(encoded), len(body)) + encoded, body):
        _allow(sock, deadline)
        sock.sendall(piece)


def receive(
    sock: socket.socket,
    kind: type[T],
    *,
    max_head: int = MAX_HEAD,
    max_body: int = 0,
    deadline: float | None = None,
) -> tuple[T, bytes]:
    """Receive one frame.

    Raises EOFError when the other side is gone, TimeoutError at the deadline, ValueError when
    what came is no frame of this kind (`msgspec.DecodeError` is one).
    """
    lengths = _exactly(sock, LENGTHS.size, deadline)
    head_size, body_size = LENGTHS.unpack(lengths)
    if head_size > max_head or body_size > max_body:
        raise ValueError("frame too long")
    head = msgspec.json.decode(_exactly(sock, head_size, deadline), type=kind)
    return head, _exactly(sock, body_size, deadline)


def _exactly(sock: socket.socket, size: int, deadline: float | None) -> bytes:
    buffer = bytearray(size)
    view = memoryview(buffer)
    while view:
        _allow(sock, deadline)
        got = sock.recv_into(view)
        if not got:
            raise EOFError("the other side closed the socket")
        view = view[got:]
    return bytes(buffer)


def _allow(sock: socket.socket, deadline: float | None) -> None:
    """Give the next operation what is left of the time."""
    if deadline is None:
        return
    left = deadline - time.monotonic()
    if left <= 0:
        raise TimeoutError
    sock.settimeout(left)
