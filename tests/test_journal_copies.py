"""Plain copies: only what our own server wrote on top of them is believed."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from journal_reports import crlf

from ingest.reports.copies import CopyEnvelope, envelope_to
from ingest.reports.envelope import Addressee

RECEIVED = "Received: from client.example by mx.school.example; Mon, 4 Mar 2024 09:00:00 +0000\n"
FORGED = "X-Envelope-To: head@school.example\nX-Gm-Original-To: head@school.example\n"
JOURNAL = frozenset({"journal@archive.example"})


def copied(header: str) -> CopyEnvelope:
    content = crlf(f"{header}From: ada@school.example\n\nhello\n").encode()
    return envelope_to(content, trusted=True, journal_addresses=JOURNAL)


def test_what_the_last_server_wrote_above_received_is_believed() -> None:
    """Everybody in the SMTP envelope, Bcc included, but not the archive; roles unverified."""
    copy = copied(
        "X-Envelope-From: <ada@school.example>\nX-Envelope-To: <ben@school.example>\n"
        "X-Envelope-To: DAN@school.example, journal@archive.example\n" + RECEIVED + FORGED
    )

    assert (
        CopyEnvelope(
            "ada@school.example",
            (Addressee("ben@school.example"), Addressee("dan@school.example")),
        )
        == copy
    )


@pytest.mark.parametrize(
    "header", ["", RECEIVED, RECEIVED + FORGED, RECEIVED + "Received: by x\n" + FORGED, FORGED]
)
def test_what_a_user_wrote_is_not_believed(header: str) -> None:
    """Below the first Received, or where no server left one, a field is anybody's."""
    assert CopyEnvelope() == copied(header)


def test_gmail_names_the_recipient_between_its_own_hops() -> None:
    """X-Gm-Original-To counts below `Received: by`, above the first `Received: from`."""
    copy = copied(
        "Received: by 2002:a05 with SMTP id 1; Mon, 4 Mar 2024 09:00:00 +0000\n"
        "X-Gm-Original-To: ben@school.example\n" + RECEIVED + FORGED
    )

    assert (Addressee("ben@school.example"),) == copy.recipients


def test_a_copy_by_another_road_names_nobody() -> None:
    """The same fields from a peer that is not configured are a stranger's words."""
    content = crlf("X-Envelope-To: ben@school.example\n" + RECEIVED + "\n").encode()

    assert CopyEnvelope() == envelope_to(content, trusted=False)


def test_a_bad_address_on_a_copy_is_a_fault() -> None:
    """What is no address is left out, and said."""
    copy = copied("X-Envelope-To: ben@school.example, nobody\n" + RECEIVED)

    assert CopyEnvelope("", (Addressee("ben@school.example"),), ("bad-address",)) == copy


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=400), st.integers(0, 200))
def test_a_copy_never_raises(noise: bytes, at: int) -> None:
    """Any bytes anywhere in a header give an answer."""
    header = crlf("X-Envelope-To: ben@school.example\n" + RECEIVED).encode()

    assert envelope_to(header[:at] + noise + header[at:], trusted=True) is not None
