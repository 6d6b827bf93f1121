"""What came in: whose word is taken for whom a message was sent to."""

import hashlib
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from journal_reports import INNER, PEOPLE, Made

from ingest.arrival import Arrival, by_smtp, opened
from section9 import (
    BlobId,
    Envelope,
    RawMail,
    Recipient,
    Sighting,
    SightingId,
    Source,
    SpoolId,
    Trust,
)

NOW = datetime(2026, 9, 1, 9, 0, tzinfo=UTC)
JOURNAL = "archive-7f3a@archive.example"
ADDRESSES = frozenset({JOURNAL})
REPORT = Made().build()
COPY = b"X-Envelope-To: ben@school.example\r\nX-Envelope-To: dan@school.example\r\n" + INNER
NAMED = tuple(Recipient(p.address, p.role, p.expanded_from, p.forwarded_from) for p in PEOPLE)


def arrived(content: bytes, *rcpt_to: str, addresses: frozenset[str] = ADDRESSES) -> Arrival:
    envelope = Envelope("", rcpt_to, "192.0.2.1", None, None, NOW)
    return by_smtp(RawMail(SpoolId("r-00000001"), envelope, content), addresses)


def sha256(content: bytes) -> BlobId:
    return BlobId(hashlib.sha256(content).hexdigest())


def test_a_report_to_the_journal_address_is_believed() -> None:
    """The original is read bit-exact; everybody the server names was sent it, in their role."""
    arrival = arrived(REPORT, JOURNAL.upper())

    assert (INNER, (REPORT, INNER)) == (arrival.message, arrival.contents)
    assert (Trust.REPORT, NAMED) == (arrival.sighting.trust, arrival.sighting.recipients)
    assert sha256(REPORT) == arrival.sighting.blob
    assert sha256(INNER) == arrival.sighting.message == arrival.sighting.original


@pytest.mark.parametrize(
    ("rcpt_to", "addresses"),
    [
        ((), ADDRESSES),
        (("ben@school.example",), ADDRESSES),
        ((JOURNAL, "ben@school.example"), ADDRESSES),
        ((JOURNAL,), frozenset[str]()),
    ],
    ids=["nobody", "somebody-else", "not-alone", "no-address-configured"],
)
def test_a_report_by_any_other_road_is_ordinary_mail(
    rcpt_to: tuple[str, ...], addresses: frozenset[str]
) -> None:
    """Whom it names is credited with nothing; it is archived whole."""
    arrival = arrived(REPORT, *rcpt_to, addresses=addresses)

    assert (REPORT, (REPORT,)) == (arrival.message, arrival.contents)
    assert arrival.sighting.original is None
    assert {one.address for one in arrival.sighting.recipients} <= {"ben@school.example", JOURNAL}
    assert ("untrusted-road",) == arrival.sighting.reasons


def test_a_report_that_contradicts_its_original_is_a_suspected_forgery() -> None:
    """Also on the journal address: it is flagged with the reasons, and credited to nobody."""
    forged = Made(inner=INNER.replace(b"<m1@", b"<m2@")).build()

    arrival = arrived(forged, JOURNAL)

    assert (Trust.SUSPECT, ("message-id-mismatch",)) == (
        arrival.sighting.trust,
        arrival.sighting.reasons,
    )
    assert (forged, ()) == (arrival.message, arrival.sighting.recipients)


def test_a_copy_to_the_journal_address_names_its_recipients() -> None:
    """Postfix and Exim write them on top; they are taken from there and nowhere else."""
    arrival = arrived(COPY, JOURNAL)

    assert (Trust.COPY, ["ben@school.example", "dan@school.example"]) == (
        arrival.sighting.trust,
        [one.address for one in arrival.sighting.recipients],
    )
    assert COPY == arrival.message


def test_a_plain_copy_was_sent_to_whom_the_envelope_names() -> None:
    """The journal's own address is no recipient."""
    arrival = arrived(INNER, "Ben@School.example", JOURNAL, "ben@school.example")

    assert (Recipient("ben@school.example"),) == arrival.sighting.recipients
    assert Trust.NONE is arrival.sighting.trust


def test_a_report_from_a_file_is_believed_when_somebody_vouches_for_it() -> None:
    """`section9 ingest --journal` is that word; without it the report is only a mail."""
    sighting = Sighting(SightingId("1"), sha256(REPORT), Source.FILE, NOW)

    vouched = opened(sighting, REPORT, frozenset(), vouched=True)
    unvouched = opened(sighting, REPORT, frozenset(), vouched=False)

    assert NAMED == vouched.sighting.recipients
    assert replace(sighting, reasons=("untrusted-road",)) == unvouched.sighting
