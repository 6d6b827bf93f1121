"""Content-Transfer-Encoding (RFC 2045, 6) to the bytes that were sent."""

import binascii
import re
from email.message import Message

BAD_BASE64 = "bad-base64"
BAD_QUOTED_PRINTABLE = "bad-quoted-printable"
UNKNOWN_ENCODING = "unknown-encoding"

MAX_BASE64_RUNS = 10_000  # stretches between padding; more than one is already broken
PROSE = 8  # where one in so many is a blank or no letter of base64, nothing was encoded

_NOT_BASE64 = re.compile(rb"[^A-Za-z0-9+/=]+")
_BASE64_RUN = re.compile(rb"[^=]+")
_BAD_ESCAPE = re.compile(rb"=(?![0-9A-Fa-f]{2}|[ \t]*(?:\r|\n|\Z))")
_UU = frozenset({"x-uuencode", "uuencode", "uue", "x-uue"})


def decode(encoded: bytes, encoding: str) -> tuple[bytes, str | None]:
    """The bytes behind a transfer encoding, and the code of a defect if it is broken.

    Keeps whatever decodes: a reader's mail program does so too. Never raises.
    """
    if encoding in {"", "7bit", "8bit", "binary"}:
        return encoded, None
    if encoding == "base64":
        return _base64(encoded)
    if encoding == "quoted-printable":
        defect = BAD_QUOTED_PRINTABLE if _BAD_ESCAPE.search(encoded) else None
        return binascii.a2b_qp(encoded), defect
    if encoding in _UU:
        return _uuencoded(encoded)
    return encoded, UNKNOWN_ENCODING


def _base64(encoded: bytes) -> tuple[bytes, str | None]:
    packed = encoded.translate(None, b" \t\r\n")
    try:
        return binascii.a2b_base64(packed, strict_mode=True), None
    except binascii.Error:
        letters = _NOT_BASE64.sub(b"", packed)
    foreign = len(packed) - len(letters)
    blanks = encoded.count(b" ")
    if foreign and (foreign + blanks) * PROSE >= len(packed) + blanks:
        return encoded, BAD_BASE64
    return _broken_base64(letters), BAD_BASE64


def _broken_base64(packed: bytes) -> bytes:
    """Decode each run between padding by itself: what follows a stray `=` is not lost."""
    decoded = bytearray()
    for count, run in enumerate(_BASE64_RUN.finditer(packed)):
        if count == MAX_BASE64_RUNS:
            break
        whole = run[0] if len(run[0]) % 4 != 1 else run[0][:-1]  # one letter alone is no byte
        decoded += binascii.a2b_base64(whole + b"=" * (-len(whole) % 4))
    return bytes(decoded)


def _uuencoded(encoded: bytes) -> tuple[bytes, str | None]:
    """Through the standard library's message, the one door to its decoder that stays open."""
    message = Message()
    message["Content-Transfer-Encoding"] = "x-uuencode"
    message.set_payload(encoded.decode("ascii", "surrogateescape"))
    decoded = message.get_payload(decode=True)
    if not isinstance(decoded, bytes):
        return encoded, UNKNOWN_ENCODING
    return decoded, UNKNOWN_ENCODING if decoded == encoded else None
