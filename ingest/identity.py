"""Who a message is, whatever road its copies took, and when it was sent."""

import hashlib
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from ingest.mime.texts import is_text
from section9 import MailId, ParsedMail, Part, PartKind

EARLIEST = datetime(1990, 1, 1, tzinfo=UTC)
"""A message dated before this has a broken clock behind it: the policy's systems are younger."""
CLOCK_SKEW = timedelta(hours=48)
"""How far a sender's clock may run ahead of ours: any time zone, written wrongly, and a day."""


def mail_id(parsed: ParsedMail) -> MailId:
    """The fingerprint of a message, the same for each of its copies.

    SHA-256 over Message-ID, Date, From, Subject, the words of its texts and the hashes of its
    attachments. Each field is preceded by its length, so that no two lists of fields read alike.
    Blanks count only as the ends of words: servers rewrap lines and change their ends. What
    extraction adds to an attachment does not count.
    """
    digest = hashlib.sha256(b"section9.mail/1")
    for field in _fields(parsed):
        data = field.encode("utf-8", "surrogatepass")
        digest.update(len(data).to_bytes(8, "big"))
        digest.update(data)
    return MailId(digest.hexdigest())


def _fields(parsed: ParsedMail) -> Iterator[str]:
    yield parsed.message_id
    yield parsed.date.isoformat() if parsed.date else ""
    yield str(len(parsed.from_))
    yield from (person.address for person in parsed.from_)
    yield parsed.subject
    for part in parsed.parts:
        yield part.kind.value
        yield _substance(part)


def _substance(part: Part) -> str:
    """The words of a text, since its line ends change in transit; else the hash of the bytes."""
    if part.kind is PartKind.MESSAGE or is_text(part.media_type):
        return " ".join(part.text.split())
    return part.sha256


def believed_date(
    parsed: ParsedMail, *, seen: datetime, arrived: datetime | None
) -> datetime | None:
    """When a message was sent: its Date if credible, else when it arrived, if that is known.

    Credible is a Date from EARLIEST to CLOCK_SKEW after we first saw the message.
    """
    date = parsed.date
    if date is not None and EARLIEST <= date <= seen + CLOCK_SKEW:
        return date
    return arrived
