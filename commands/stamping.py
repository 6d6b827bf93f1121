"""Asking a time-stamping authority, by HTTP (RFC 3161, 3.4), at the configured address alone."""

from typing import TYPE_CHECKING, ClassVar

import httpx

from section9 import Section9Error

if TYPE_CHECKING:
    from archive.anchors import Anchors
    from archive.stamps import Stamp
    from commands.settings_audit import Audit

TIMEOUT = 30  # seconds


class NotStampedError(Section9Error):
    """The time-stamping authority could not be reached, or gave no stamp."""

    exit_code: ClassVar[int] = 44

    def __init__(self, why: str) -> None:
        super().__init__(
            f"the time-stamping authority {why}: the anchor waits; run `section9 audit anchor` "
            "again, and check [audit] tsa_url if that goes on"
        )


def stamp(anchors: "Anchors", number: int, settings: "Audit") -> "tuple[Stamp, bytes]":
    """Have one anchor stamped; query, response and certificates are kept beside it.

    A response is proven before it is kept. Raises `NotStampedError`, or `StampError` where the
    response proves nothing.
    """
    from archive import stamps
    from commands.keys import roots

    content = anchors.signed(number).content
    query = stamps.query(content)
    response = _ask(settings.tsa_url, query.as_bytes())
    proven = stamps.check(response, content, roots(settings.tsa_ca), nonce=query.nonce)
    anchors.put(number, {"tsq": query.as_bytes(), "pem": proven.chain, "tsr": response})
    return proven, response


def _ask(url: str, query: bytes) -> bytes:
    from archive.stamps import LARGEST, QUERY_TYPE, REPLY_TYPE

    headers = {"Content-Type": QUERY_TYPE, "Accept": REPLY_TYPE}
    try:
        # No redirects: the query goes where the settings say and nowhere else.
        with httpx.stream("POST", url, content=query, headers=headers, timeout=TIMEOUT) as reply:
            if reply.status_code != httpx.codes.OK:
                raise NotStampedError(f"answered {reply.status_code}")
            answer = bytearray()
            for piece in reply.iter_bytes(1 << 14):
                answer += piece
                if len(answer) > LARGEST:
                    raise NotStampedError("answered too much")
            return bytes(answer)
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        raise NotStampedError(f"cannot be reached ({type(error).__name__})") from error
