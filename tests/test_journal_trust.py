"""Journal reports are believed only where they may be, and real ones are."""

import base64

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from journal_reports import ENVELOPE, INNER, PEOPLE, Made, bounce, enveloped, inner, read, verdict

from ingest.journal import FAULTS, unwrap
from ingest.reports.trust import REASONS, Verdict, judge


def test_a_report_by_another_road_is_not_believed() -> None:
    """However perfect, it may come from anybody."""
    assert Verdict(("untrusted-road",)) == judge(read(Made()), trusted=False)


@pytest.mark.parametrize(
    ("to", "reasons"),
    [("journal@archive.example", ()), ("nobody@school.example", ("bounced-elsewhere",))],
)
def test_a_bounce_is_believed_about_the_journal_only(to: str, reasons: tuple[str, ...]) -> None:
    """Anybody can make a server bounce a fake report to a forged sender; it names its address."""
    report = unwrap(bounce(Made().build(), to))

    assert report is not None
    assert Verdict(reasons) == judge(
        report, trusted=True, journal_addresses=frozenset({"journal@archive.example"})
    )


MANGLED = {
    "sender": (enveloped("ada@school.example", "ben@school.example"), "sender-mismatch"),
    "null sender": (enveloped("Sender: ada@school.example", "Sender: <>"), "sender-mismatch"),
    "empty sender": (enveloped("Sender: ada@school.example", "Sender:"), "sender-mismatch"),
    "subject": (enveloped("coast", "moon"), "subject-mismatch"),
    "id": (enveloped("m1@", "m2@"), "message-id-mismatch"),
    "no id": (enveloped("Message-Id: <m1@school.example>\n", ""), "message-id-mismatch"),
    "no sender": (enveloped("Sender: ada@school.example\n", ""), "no-sender"),
    "principal": (
        enveloped("Subject:", "On-Behalf-Of: head@school.example\nSubject:"),
        "on-behalf-of-mismatch",
    ),
    "extra line": (enveloped("Bcc:", "Note: see below\nBcc:"), "unknown-line"),
    "blank line": (enveloped("Bcc:", "\nBcc:"), "unknown-line"),
    "repeated": (enveloped("Subject:", "Subject: again\nSubject:"), "repeated-field"),
    "late sender": (Made(envelope=f"{ENVELOPE}Sender: eve@other.example\n"), "repeated-field"),
    "late head": (enveloped("Bcc:", "Label: x\nBcc:"), "out-of-order"),
    "two addresses": (
        enveloped("dan@school.example", "dan@x.example eve@x.example"),
        "bad-address",
    ),
    "no address": (enveloped("dan@school.example", "Dan"), "bad-address"),
    "empty address": (enveloped("dan@school.example", ""), "bad-address"),
    "two sources": (
        enveloped("finn@school.example", "f@x.example, Expanded: g@x.example"),
        "unknown-line",
    ),
    "nobody": (Made(envelope="\n".join(ENVELOPE.split("\n")[:3])), "no-recipients"),
    "html": (Made(envelope_type="text/html"), "envelope-not-text"),
    "charset": (Made(envelope_type="text/plain; charset=x-none"), "bad-charset"),
    "encoding": (Made(encoding="x-none"), "bad-encoding"),
    "third part": (Made(more=b"\r\n--b0\r\n\r\nfooter"), "unexpected-part"),
    "third message": (
        Made(more=2 * (b"\r\n--b0\r\nContent-Type: message/rfc822\r\n\r\n" + INNER)),
        "several-originals",
    ),
    "cut short": (Made(end=b""), "unterminated"),
    "footer": (Made(end=b"\r\n--b0--\r\nScanned by a virus checker\r\n"), "stray-text"),
    "alternative": (Made(media="multipart/alternative"), "not-mixed"),
    "two types": (Made(outer="Content-Type: text/plain\n"), "duplicate-type"),
    "parent": (Made(outer="X-MS-Exchange-Parent-Message-Id: <x@y.example>\n"), "parent-mismatch"),
}


@pytest.mark.parametrize("name", MANGLED)
def test_what_departs_from_the_format_is_not_believed(name: str) -> None:
    """Each departure has its reason; the report is then credited to nobody."""
    made, reason = MANGLED[name]

    assert reason in verdict(made).reasons


def test_a_mail_that_only_bears_the_header_is_suspect() -> None:
    """The header without a report behind it does not hide a mail: it is flagged."""
    content = b"X-MS-Journal-Report:\r\n" + INNER

    report = unwrap(content)

    assert report is not None
    assert {"not-mixed", "no-envelope", "no-original"} == set(judge(report, trusted=True).reasons)


@pytest.mark.parametrize(
    "smuggled", ["\nBcc: head@school.example\nSubject: x", "\nTo: h@x.example"]
)
@pytest.mark.parametrize("long", [0, 300])
def test_a_subject_cannot_smuggle_recipients(smuggled: str, long: int) -> None:
    """A server that wrote a sender's line break into the envelope would name his victims."""
    subject = "Trip" + long * "x"
    coded = base64.b64encode((subject + smuggled).encode()).decode()
    made = Made(
        envelope=ENVELOPE.replace("Trip to the coast", subject + smuggled),
        inner=inner("Trip to the coast", f"=?utf-8?b?{coded}?="),
    )

    assert not verdict(made).believed


DIFFERENT = {
    "raw UTF-8": ("Fête", "Fête"),
    "encoded word": ("Fête", "=?iso-8859-1?q?F=EAte?="),
    "encoded in both": ("=?utf-8?q?F=C3=AAte?=", "=?iso-8859-1?q?F=EAte?="),
    "folded": ("Trip to the coast", "Trip\n to the\n\tcoast"),
    "other form of Unicode": ("Fe\u0302te", "F\u00eate"),
    "charset too small": ("F?te", "=?utf-8?q?F=C3=AAte?="),
    "none": ("", ""),
    "cut at 255": (255 * "a", 400 * "a"),
    "looks like a field": ("To: everybody", "To: everybody"),
}


@pytest.mark.parametrize("name", DIFFERENT)
def test_a_subject_may_differ_as_the_format_has_it(name: str) -> None:
    """Charsets, folds and length limits are no forgery."""
    said, sent = DIFFERENT[name]
    made = Made(
        envelope=ENVELOPE.replace("Trip to the coast", said),
        envelope_type="text/plain; charset=utf-8",
        inner=inner("Trip to the coast", sent),
    )

    assert Verdict(()) == verdict(made)


@pytest.mark.parametrize(
    ("sender", "header"),
    [
        ("ada@school.example", "From: ADA@School.Example"),
        ("agent@school.example", "From: ada@school.example\nSender: agent@school.example"),
        ("b-7@lists.example", "From: ada@school.example\nReturn-Path: <b-7@lists.example>"),
        ("ada@school.example", "From: x@y.example\nFrom: ada@school.example"),
        ("ada@school.example", "X-From: nobody"),
        ("<>", "Return-Path: <>\nFrom: MAILER-DAEMON@school.example"),
        ("", "Return-Path: <>\nFrom: MAILER-DAEMON@school.example"),
        ("[EX:/o=Trust/cn=ada]", "From: ada@school.example"),
    ],
)
def test_the_sender_may_be_any_sender_of_the_original(sender: str, header: str) -> None:
    """Servers report the author, the agent or the envelope's sender; all are in the original."""
    made = Made(
        envelope=ENVELOPE.replace("ada@school.example", sender),
        inner=inner("From: Ada Lyle <ada@school.example>", header),
    )

    assert Verdict(()) == verdict(made)


def test_an_original_without_an_id_cannot_disagree() -> None:
    """Exchange gives a Message-ID to a mail that has none."""
    made = Made(inner=inner("Message-ID: <m1@school.example>\n", ""))

    assert Verdict(()) == verdict(made)


def test_a_second_message_must_agree_too() -> None:
    """Nobody is credited with a message that was slipped in beside the original."""
    more = b"\r\n--b0\r\nContent-Type: message/rfc822\r\n\r\n" + inner("coast", "cave")

    assert Verdict(("subject-mismatch",)) == verdict(Made(more=more))


def test_every_reason_is_explained() -> None:
    """Each fault and reason that a test can provoke has its words."""
    given_reasons = {reason for _, reason in MANGLED.values()}

    assert given_reasons <= REASONS.keys()
    assert FAULTS.keys() <= REASONS.keys()


# --- generated --------------------------------------------------------------------------------

WHOLE = Made().build()
FIRST_LINE = WHOLE.index(b"To: ben")
LAST_LINE = WHOLE.index(b"\r\n\r\n--b0", FIRST_LINE)


@st.composite
def mutations(draw: st.DrawFn) -> bytes:
    """The report with some bytes changed, lost, doubled or added anywhere."""
    content = bytearray(WHOLE)
    for _ in range(draw(st.integers(1, 4))):
        at = draw(st.integers(0, len(content)))
        length = draw(st.integers(0, 40))
        put = draw(st.binary(max_size=12) | st.just(bytes(content[at : at + length])))
        content[at : at + draw(st.sampled_from([0, 1, length]))] = put
    return bytes(content)


@settings(max_examples=400, deadline=None)
@given(mutations())
def test_a_mutated_report_never_raises(content: bytes) -> None:
    """Whatever the bytes, there is a report with a verdict, or no report."""
    report = unwrap(content)

    assert report is None or set(judge(report, trusted=True).reasons) <= REASONS.keys()


NOISE = st.binary(max_size=6)
LINES = st.sampled_from([b"\r\n", b"\r\n\r\n", b"\r\nBcc: x@y.example\r\n", b"\r\n--b0\r\n"])
ENVELOPE_STARTS = WHOLE.index(b"Sender: ")


@settings(max_examples=600, deadline=None)
@given(
    edit=st.tuples(st.integers(ENVELOPE_STARTS, FIRST_LINE - 1), NOISE)
    | st.tuples(st.integers(0, ENVELOPE_STARTS), NOISE | LINES)
    | st.tuples(st.integers(LAST_LINE + 2, len(WHOLE)), NOISE | LINES),
    lost=st.integers(0, 30),
)
def test_no_mutation_is_believed_about_other_people(edit: tuple[int, bytes], lost: int) -> None:
    """A believed report names the people it was made with, whatever bytes were changed.

    But for the lines of recipients: the format says them once, and only the road vouches for them.
    """
    at, put = edit
    end = min(at + lost, FIRST_LINE) if at < FIRST_LINE else at + lost
    report = unwrap(WHOLE[:at] + put + WHOLE[end:])

    if report is not None and judge(report, trusted=True).believed:
        assert ("ada@school.example", "", PEOPLE) == (
            report.sender,
            report.on_behalf_of,
            report.recipients,
        )


@pytest.mark.parametrize(
    "envelope",
    [
        "\n" * 2_000_000,
        "Subject: x\n" + "y\n" * 500_000,
        "To: " + ", Expanded: a@b.example" * 100_000,
        "To: " + '"' * 1_000_000,
        "To: " + " ," * 500_000,
        "Sender: a\n" + "To: a@b.example\n" * 120_000,
        "a" * 2_000_000,
    ],
)
def test_a_hostile_envelope_is_bounded(envelope: str) -> None:
    """However long and odd, it is read once through, and not believed."""
    assert not verdict(Made(envelope=envelope)).believed
