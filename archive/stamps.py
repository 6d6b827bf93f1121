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
        answer = decode_timestamp_response(response)
        VerifierBuilder(roots=list(roots), nonce=nonce).build().verify_message(answer, content)
        chain = [load_der_x509_certificate(one) for one in answer.signed_data.certificates]
        return Stamp(answer.tst_info.gen_time, b"".join(map(_pem, chain)))
    except VerificationError as error:
        raise StampError(str(error).lower()) from error
    except ValueError as error:
        raise StampError("the response is not one of RFC 3161") from error


def _pem(certificate: Certificate) -> bytes:
    return certificate.public_bytes(Encoding.PEM)
