"""What came in: which of its bytes are the message, and who is proven to have been sent it.

A mail server journals in one of three ways: a report with the original inside, a copy with the
recipients written on top, or a plain copy. Whose word is taken for what is decided here, once.
"""

import hashlib
from dataclasses import dataclass, replace

from ingest.journal import Report, unwrap
from ingest.reports.copies import envelope_to
from ingest.reports.envelope import Addressee
from ingest.reports.trust import Verdict, judge
from section9 import (
    BlobId,
    RawMail,
    Recipient,
    Role,
    Sighting,
    SightingId,
    Source,
    Trust,
)

UNVOUCHED = "untrusted-road"
"""The one reason that speaks of us and not of the report: nobody told us to believe it."""


@dataclass(frozen=True, slots=True)
class Arrival:
    """One copy of a message, opened as far as its wrapping goes."""

    sighting: Sighting
    message: bytes  # what is to be read
    contents: tuple[bytes, ...]  # what is to be stored: all that came, and the originals in it


def by_smtp(raw: RawMail, journal_addresses: frozenset[str]) -> Arrival:
    """Open what a mail server handed us.

    It is taken at its word when it wrote to the journal address alone, which nobody else may
    know or reach; the listener lets no other peer in. `journal_addresses` are in lower case.
    """
    named = dict.fromkeys(address.lower() for address in raw.envelope.rcpt_to)
    vouched = bool(named) and journal_addresses.issuperset(named)
    sighting = Sighting(
        id=SightingId(raw.id),
        blob=_blob(raw.content),
        source=Source.SMTP,
        seen=raw.envelope.received,
        envelope=raw.envelope,
        recipients=tuple(Recipient(one) for one in named if one not in journal_addresses),
    )
    return opened(sighting, raw.content, journal_addresses, vouched=vouched)


def opened(
    sighting: Sighting, content: bytes, journal_addresses: frozenset[str], *, vouched: bool
) -> Arrival:
    """Open a copy; `vouched` says that our own mail server is known to have written it."""
    report = unwrap(content)
    if report is not None:
        verdict = judge(report, trusted=vouched, journal_addresses=journal_addresses)
        return _report(sighting, content, report, verdict)
    copy = envelope_to(content, trusted=vouched, journal_addresses=journal_addresses)
    if copy.recipients:
        people = _recipients(copy.recipients)
        known = replace(sighting, recipients=people, sender=copy.sender, trust=Trust.COPY)
        return Arrival(known, content, (content,))
    return Arrival(sighting, content, (content,))


def originals_in(content: bytes) -> tuple[BlobId, ...]:
    """Name the messages inside a journal report, which are stored beside it."""
    report = unwrap(content)
    return tuple(map(_blob, report.originals)) if report else ()


def _report(sighting: Sighting, content: bytes, report: Report, verdict: Verdict) -> Arrival:
    if verdict.believed:
        original = report.originals[report.clear]
        believed = replace(
            sighting,
            recipients=_recipients(report.recipients),
            sender=report.sender,
            on_behalf_of=report.on_behalf_of,
            trust=Trust.REPORT,
            original=_blob(original),
        )
        return Arrival(believed, original, (content, *report.originals))
    trust = Trust.NONE if verdict.reasons == (UNVOUCHED,) else Trust.SUSPECT
    doubted = replace(sighting, trust=trust, reasons=verdict.reasons)
    return Arrival(doubted, content, (content,))


def _recipients(people: tuple[Addressee, ...]) -> tuple[Recipient, ...]:
    """Each once, in the order in which the server named them."""
    return tuple(
        dict.fromkeys(
            Recipient(one.address, Role(one.role), one.expanded_from, one.forwarded_from)
            for one in people
        )
    )


def _blob(content: bytes) -> BlobId:
    return BlobId(hashlib.sha256(content).hexdigest())
