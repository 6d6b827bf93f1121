"""How a blob is wrapped: one zstd frame (RFC 8878), then a seal over that frame.

The frame carries the content's size and checksum. Many of its bytes can be changed and still
decompress to the same content, with today's library if not with the next, so the seal holds the
frame's SHA-256. It is a skippable frame (RFC 8878, 3.1.2): `zstdcat` and every other reader of
zstd passes over it.
"""

from hashlib import sha256

import zstandard

LEVEL = 3
LARGEST = 1 << 30  # bytes of content: bounds the memory that a forged frame can claim
SEAL = bytes.fromhex("502a4d18") + (32).to_bytes(4, "little")  # skippable frame of 32 bytes
SEAL_SIZE = len(SEAL) + 32


class FrameError(ValueError):
    """The bytes are not as `wrap` wrote them."""


def wrap(content: bytes) -> bytes:
    """Compress and seal. Raises `ValueError` above `LARGEST` bytes."""
    if len(content) > LARGEST:
        raise ValueError(f"a blob holds {LARGEST} bytes at most: refuse larger mail on arrival")
    # A compressor for each call, because one cannot be shared between threads.
    frame = zstandard.ZstdCompressor(level=LEVEL, write_checksum=True).compress(content)
    return frame + _seal(frame)


def unwrap(wrapped: bytes) -> bytes:
    """Return the content, at most `LARGEST` bytes. Raises `FrameError` on any altered byte."""
    frame = wrapped[:-SEAL_SIZE]
    if wrapped[-SEAL_SIZE:] != _seal(frame):
        raise FrameError("the seal is broken")
    try:
        return _decompress(frame)
    except zstandard.ZstdError as error:
        raise FrameError("the frame does not decompress") from error


def _decompress(frame: bytes) -> bytes:
    # An honest seal can stand on a forged frame, so its size is judged before it is believed;
    # the decompressor then writes no byte more than that.
    if zstandard.get_frame_parameters(frame).content_size > LARGEST:
        raise FrameError("the frame claims no size, or too much")
    return zstandard.ZstdDecompressor().decompress(frame, allow_extra_data=False)


def _seal(frame: bytes) -> bytes:
    return SEAL + sha256(frame).digest()
