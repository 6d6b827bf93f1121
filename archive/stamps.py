"""Time stamps (RFC 3161): an authority's word that some bytes existed at a moment. No I/O here.

`openssl ts` writes and reads the same files: see docs/audit.md.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509 import Certificate, load_der_x509_certificate
from rfc3161_client import (
    HashAlgorithm,
    TimeStampRequest,
    TimestampRequestBuilder,
    VerificationError,
    VerifierBuilder,
    decode_timestamp_response,
)

from section9 import Section9Error

QUERY_TYPE = "application/timestamp-query"
REPLY_TYPE = "application/timestamp-reply"
LONG = 0x80  # a length octet with this bit counts the octets of the length (X.690, 8.1.3.5)
LARGEST = 1 << 18  # bytes of a response; with a chain of certificates some thousands


class StampError(Section9Error):
    """A response does not prove that the bytes existed."""

    exit_code = 20

    def __init__(self, why: str) -> None:
        super().__init__(
            f"the time stamp does not hold: {why}: check [audit] tsa_url and tsa_ca, "
            "then run `section9 audit anchor`"
        )
        self.why = why


@dataclass(frozen=True, slots=True)
class Stamp:
    """What a response proves."""

    at: datetime  # by the authority's clock
    chain: bytes  # its certificates, PEM


def query(content: bytes) -> TimeStampRequest:
    """Ask for a stamp on bytes: their SHA-256, a nonce, and the authority's certificates."""
    return TimestampRequestBuilder(content, HashAlgorithm.SHA256).build()


def check(
    response: bytes, content: bytes, roots: Sequence[Certificate], *, nonce: int | None = None
) -> Stamp:
    """Prove a response against the roots that are trusted. Raises `StampError`.

    Certificates count as of the stamp's own moment, so a stamp outlives them. `nonce` is that of
    the query, where it is still at hand.
    """
    if len(response) > LARGEST:
        raise StampError("the response is too large")
    try:
        answer = decode_timestamp_response(_in_order(response))
        VerifierBuilder(roots=list(roots), nonce=nonce).build().verify_message(answer, content)
        chain = [load_der_x509_certificate(one) for one in answer.signed_data.certificates]
        return Stamp(answer.tst_info.gen_time, b"".join(map(_pem, chain)))
    except VerificationError as error:
        raise StampError(str(error).lower()) from error
    except ValueError as error:
        raise StampError("the response is not one of RFC 3161") from error


def _in_order(response: bytes) -> bytes:
    """Put the certificates of a response in order, for a reader that insists on it.

    They are a SET OF (RFC 5652, 5.1), which only DER orders; openssl, and authorities that run
    it, do not. No signature covers them, and no length changes.
    """
    try:
        [answer] = _inside(response, (0, len(response)))
        _status, token = _inside(response, answer)
        _type, explicit = _inside(response, token)
        [signed] = _inside(response, explicit)
        first, last = _inside(response, signed)[3]  # after version, digest algorithms and content
    except (ValueError, IndexError):
        return response  # a refusal, or no response at all: its reader says so
    starts = [start for start, _ in _elements(response, (first, last))]
    ends = [*starts[1:], last]
    certificates = sorted(response[a:b] for a, b in zip(starts, ends, strict=True))
    return response[:first] + b"".join(certificates) + response[last:]


def _inside(der: bytes, span: tuple[int, int]) -> list[tuple[int, int]]:
    """Say where the contents of the elements in a span lie."""
    return [content for _, content in _elements(der, span)]


def _elements(der: bytes, span: tuple[int, int]) -> list[tuple[int, tuple[int, int]]]:
    """Split a span into elements (X.690, 8.1): where each starts, and where its content lies."""
    found, at = [], span[0]
    while at < span[1]:
        size, content = der[at + 1], at + 2
        if size >= LONG:
            content += size - LONG
            size = int.from_bytes(der[at + 2 : content])
        if content + size > span[1]:
            raise ValueError("an element that is longer than what holds it")
        found.append((at, (content, content + size)))
        at = content + size
    return found


def _pem(certificate: Certificate) -> bytes:
    return certificate.public_bytes(Encoding.PEM)
