"""What follows DATA on the wire, and the message in it (RFC 5321, 4.1.1.4 and 4.5.2)."""

import asyncio
from collections.abc import AsyncIterator

from ingest.smtp.desk import Desk
from ingest.smtp.terms import BUSY, TOO_LARGE

END = b"\r\n.\r\n"
"""What ends a message. Nothing else does, or a second one could be smuggled inside it."""


async def pieces(reader: asyncio.StreamReader) -> AsyncIterator[bytes]:
    """Yield what follows DATA; the last piece ends with the terminator.

    Lines may be of any length. A piece is bounded by the reader's limit.
    """
    # The line end of the DATA command itself may begin the terminator. It is read already, so
    # bytes are compared one by one until what was read can begin a terminator no more.
    seen = END[:2]
    while any(seen.endswith(END[:length]) for length in range(1, len(END))):
        byte = await reader.readexactly(1)
        yield byte
        seen = (seen + byte)[-len(END) :]
        if seen == END:
            return
    while True:
        try:
            piece = await reader.readuntil(END)
        except asyncio.LimitOverrunError as overrun:
            yield await reader.read(overrun.consumed)
        else:
            yield piece
            return


def unstuffed(wire: bytearray) -> bytes:
    """Give the message in what came after DATA, its terminator included.

    Every other byte stays, bare CR and LF among them. `wire` is used up.
    """
    wire[:0] = b"\r\n"  # the first line may begin with a dot as well
    del wire[-len(END) + 2 :]  # the terminator's first line end is the message's last
    clear = wire.replace(b"\r\n.", b"\r\n")
    wire.clear()  # large mail is in memory twice, not three times
    return bytes(memoryview(clear)[2:])


def most_on_the_wire(message_bytes: int) -> int:
    """Bound what a message takes after DATA: a line of one dot is three bytes, and four there."""
    return message_bytes + message_bytes // 3 + len(END)


class Incoming:
    """A message as it arrives: its bytes, or the reason why they are not kept."""

    def __init__(self, desk: Desk, *, limit: int) -> None:
        self._desk = desk
        self._limit = limit  # bytes of the message itself
        self._wire = bytearray()
        self._held = 0
        self.refusal: str | None = None

    def add(self, piece: bytes) -> None:
        """Take a piece in; once refused, the message is dropped and the rest passes by."""
        if self.refusal is None:
            self.refusal = self._why_not(len(piece))
        if self.refusal is None:
            self._wire += piece
        else:
            self._wire.clear()
            self.release()

    def _why_not(self, size: int) -> str | None:
        if self._held + size > most_on_the_wire(self._limit):
            return TOO_LARGE
        if not self._desk.hold(size):
            return BUSY
        self._held += size
        return None

    def message(self) -> bytes:
        """Give the message when all of it is here; nothing if refused, look at `refusal`."""
        content = unstuffed(self._wire)
        if len(content) > self._limit:
            self.refusal = TOO_LARGE
        return b"" if self.refusal else content

    def release(self) -> None:
        """Give the memory back."""
        self._desk.release(self._held)
        self._held = 0
