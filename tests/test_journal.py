"""Journal reports: whatever their form, what they say is read exactly."""

import base64
import quopri
from dataclasses import replace

import pytest
from journal_reports import (
    ENVELOPE,
    INNER,
    MARK,
    PEOPLE,
    Made,
    bounce,
    crlf,
    enveloped,
    inner,
    read,
    verdict,
)

from ingest.journal import Kind, Report, unwrap
from ingest.reports.envelope import Addressee
from ingest.reports.trust import judge

MODERN_MARKS = [MARK, "X-MS-Exchange-Organization-Journal-Report:", "x-ms-journal-report: 1"]


@pytest.mark.parametrize("mark", MODERN_MARKS)
def test_a_report_gives_every_field_and_the_original_bit_for_bit(mark: str) -> None:
    """Sender, subject, id, each recipient with role, list and forwarder; the exact bytes."""
    content = Made(mark=mark).build()

    report = unwrap(content)

    assert report == Report(
        kind=Kind.REPORT,
        sender="ada@school.example",
        on_behalf_of="",
        subject="Trip to the coast",
        message_id="m1@school.example",
        recipients=PEOPLE,
        originals=(INNER,),
        clear=0,
        faults=(),
    )


def test_other_mail_is_no_report() -> None:
    """Neither an ordinary mail nor one that holds a report as an attachment is a report."""
    forwarded = Made(inner=Made().build(), mark="X-Mailer: m").build()

    assert (None, None, None) == (unwrap(INNER), unwrap(forwarded), unwrap(b""))


@pytest.mark.parametrize("order", ["On-Behalf-Of first", "last"])
def test_on_behalf_of_and_the_optional_fields_are_read(order: str) -> None:
    """MS-XJRNL's optional fields are no fault, whichever side of the subject they stand."""
    extra = "On-Behalf-Of: head@school.example\n"
    tail = (
        "Label: Staff\nMailbox: ada@school.example\n"
        "SentUtc: 3/4/2024 9:00:00 AM\nReceivedUtc: 3/4/2024 9:00:01 AM\n"
    )
    spot = "Subject:" if order != "last" else "To:"
    made = Made(
        envelope=ENVELOPE.replace("To:", tail + "To:", 1).replace(spot, extra + spot, 1),
        inner=inner(
            "From: Ada Lyle <ada@school.example>",
            "From: Head <head@school.example>\nSender: ada@school.example",
        ),
    )

    report = read(made)

    assert ("head@school.example", (), True) == (
        report.on_behalf_of,
        report.faults,
        judge(report, trusted=True).believed,
    )


@pytest.mark.parametrize(
    ("encoding", "charset"),
    [
        ("base64", "utf-8"),
        ("base64", "utf-16"),
        ("quoted-printable", "utf-8"),
        ("quoted-printable", "iso-8859-1"),
        ("binary", "utf-8"),
        ("8bit", "windows-1252"),
    ],
)
def test_the_envelope_is_read_in_any_encoding(encoding: str, charset: str) -> None:
    """Charset and transfer encoding of the envelope part are undone before the grammar."""
    text = crlf(ENVELOPE.replace("coast", "côte")).encode(charset)
    coded = {"base64": base64.encodebytes, "quoted-printable": quopri.encodestring}
    made = Made(
        envelope=coded.get(encoding, bytes)(text),
        encoding=encoding,
        envelope_type=f'text/plain; charset="{charset}"',
        inner=inner("coast", "=?utf-8?q?c=C3=B4te?="),
    )

    report = read(made)

    assert ("Trip to the côte", PEOPLE, True) == (
        report.subject,
        report.recipients,
        judge(report, trusted=True).believed,
    )


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("staff@", "\n\tstaff@"),
        (", Expanded:", ",\nExpanded:"),
        (", Expanded:", ",\n Expanded:"),
        ("Message-Id: ", "Message-Id:\n"),
        ("Message-Id: ", "Message-Id:\n\t"),
        ("Trip to the", "Trip to\nthe"),
        ("Sender: ada", "sender:   ADA"),
        ("To: ben@school.example", "To: <ben@school.example>"),
    ],
)
def test_folded_and_misfolded_lines_are_one(old: str, new: str) -> None:
    """A relay's folding, with the blank it asks for or without, changes nothing."""
    report = read(enveloped(old, new))

    assert (PEOPLE, (), True) == (
        report.recipients,
        report.faults,
        judge(report, trusted=True).believed,
    )


@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_line_ends_do_not_matter(end: str) -> None:
    """A report stored with bare line feeds reads the same; its original keeps its own."""
    content = Made().build().replace(b"\r\n", end.encode())

    report = unwrap(b"From x Mon Mar  4\n" + content)

    assert report is not None
    assert (PEOPLE, (INNER.replace(b"\r\n", end.encode()),)) == (
        report.recipients,
        report.originals,
    )


def test_an_original_in_base64_is_decoded_to_its_bytes() -> None:
    """RFC 2046 forbids to encode a message/rfc822; where it is done, it is undone."""
    header = "Content-Type: message/rfc822\nContent-Transfer-Encoding: base64"
    made = Made(inner=base64.encodebytes(INNER), inner_header=header)

    assert (INNER,) == read(made).originals


@pytest.mark.parametrize(
    "mark", ["Content-Identifier: ExJournalReport", "Content-Identifer: exjournalreport"]
)
def test_the_report_of_exchange_2003_is_read(mark: str) -> None:
    """Sender and recipients as mailboxes with names, no subject; roles are unverified."""
    envelope = (
        'Sender: "Lyle, Ada" <ada@school.example>\nMessage-ID: <m1@school.example>\n'
        "Recipients:\n\tBen Moss <ben@school.example>,\n\tdan@school.example\n"
    )

    report = read(Made(envelope=envelope, mark=mark))

    assert (Kind.OLD_REPORT, "ada@school.example", True) == (
        report.kind,
        report.sender,
        judge(report, trusted=True).believed,
    )
    assert (Addressee("ben@school.example"), Addressee("dan@school.example")) == report.recipients


def test_a_directory_name_stands_for_an_address() -> None:
    """MS-XJRNL 2.1.1: who has no SMTP address is named by the directory."""
    made = enveloped("dan@school.example", "[EX:/o=Trust/ou=First/cn=Dan, Mr]")

    assert ("[ex:/o=trust/ou=first/cn=dan, mr]", True) == (
        read(made).recipients[2].address,
        verdict(made).believed,
    )


def test_a_decrypted_copy_comes_second_and_is_the_clear_one() -> None:
    """With journal report decryption both messages are kept, and the clear one is named."""
    protected = inner(
        "Content-Type: text/plain", "Content-Type: application/x-microsoft-rpmsg-message"
    )
    more = b"\r\n--b0\r\nContent-Type: message/rfc822\r\n\r\n" + INNER

    report = read(Made(inner=protected, more=more))

    assert ((protected, INNER), 1, True) == (
        report.originals,
        report.clear,
        judge(report, trusted=True).believed,
    )


def test_a_report_in_a_bounce_is_read() -> None:
    """The alternate journal mailbox gets reports inside bounces; nothing of them is lost."""
    report = unwrap(bounce(Made().build()))

    assert report is not None
    assert (Kind.BOUNCED, PEOPLE, (INNER,), ("journal@archive.example",)) == (
        report.kind,
        report.recipients,
        report.originals,
        report.undelivered_to,
    )


def test_a_bounce_of_ordinary_mail_is_no_report() -> None:
    """A bounce of a user's own mail is a mail like any other."""
    assert unwrap(bounce(INNER)) is None


def test_a_report_can_be_compared_and_replaced() -> None:
    """Reports are values: two readings of the same bytes are equal."""
    first, second = read(Made()), read(Made())

    assert first == second != replace(first, sender="")
