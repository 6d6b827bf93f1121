"""A message to its parts: what is body, what is attached, what repeats, and what is broken."""

import base64
import hashlib
from datetime import UTC, datetime

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.parse import DEFECTS, HIDING, parse, parse_with_contents
from section9 import Defect, ParsedMail, Participant, PartId, PartKind, Span

SAMPLE = (
    b"From jo@x.example Fri May  3 10:00:00 2024\n"
    b"From: =?utf-8?Q?Jos=C3=A9?= <Jo@x.example>\n"
    b"To: a@x.example, B <b@x.example>\nCc: c@x.example\nBcc: d@x.example\n"
    b"Reply-To: e@x.example\nSubject: =?utf-8?B?Y2Fmw6k=?=\n"
    b"Date: Fri, 3 May 2024 10:00:00 +0100\nMessage-ID: <1@x.example>\n"
    b"In-Reply-To: <0@x.example>\nReferences: <z@x.example> <0@x.example>\n"
    b"MIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=m\n\n"
    b"This is a multi-part message in MIME format.\n"
    b"--m\nContent-Type: multipart/alternative; boundary=a\n\n"
    b"--a\nContent-Type: text/plain; charset=utf-8\n\nSee you, <https://x.example>!\n"
    b"--a\nContent-Type: multipart/related; boundary=r\n\n"
    b'--r\nContent-Type: text/html\n\n<p>See <b>you</b>, <a href="https://x.example">!</a>\n'
    b"--r\nContent-Type: image/png\nContent-Transfer-Encoding: base64\n\niVBORw==\n--r--\n--a--\n"
    b"--m\nContent-Type: text/csv; name=x.csv\n\na,b\n"
    b"--m\nContent-Type: message/rfc822\n\n"
    b"From: f@x.example\nTo: g@x.example\nSubject: inner\n"
    b"Content-Type: multipart/mixed; boundary=i\n\n--i\n\none\n--i\n\ntwo\n--i--\n"
    b"--m--\n"
)


def with_header(field: str, body: bytes = b"x") -> bytes:
    """A message with one header field."""
    return field.encode() + b"\n\n" + body


def codes(content: bytes) -> set[str]:
    """The defects of a message."""
    return {defect.code for defect in parse(content).defects}


def text(content: bytes) -> str:
    """The text of a message of one part."""
    [part] = parse(content).parts
    return part.text


def test_header_fields() -> None:
    """The fields of RFC 5322 that people search by, decoded; addresses in lower case."""
    parsed = parse(SAMPLE)

    assert (
        ParsedMail(
            message_id="1@x.example",
            date=datetime(2024, 5, 3, 9, tzinfo=UTC),
            subject="café",
            from_=(Participant("José", "jo@x.example"),),
            to=(Participant("", "a@x.example"), Participant("B", "b@x.example")),
            cc=(Participant("", "c@x.example"),),
            bcc=(Participant("", "d@x.example"),),
            reply_to=(Participant("", "e@x.example"),),
            in_reply_to=("0@x.example",),
            references=("z@x.example", "0@x.example"),
            parts=parsed.parts,
            defects=(),
        )
        == parsed
    )


def test_parts_are_numbered_as_imap_numbers_them() -> None:
    """RFC 3501, 6.4.5: the parts of an enclosed message are counted within it."""
    parsed = parse(SAMPLE)

    assert [
        ("1.1", PartKind.BODY, "text/plain"),
        ("1.2.1", PartKind.BODY, "text/html"),
        ("1.2.2", PartKind.ATTACHMENT, "image/png"),
        ("2", PartKind.ATTACHMENT, "text/csv"),
        ("3", PartKind.MESSAGE, "message/rfc822"),
        ("3.1", PartKind.BODY, "text/plain"),
        ("3.2", PartKind.BODY, "text/plain"),
    ] == [(part.id, part.kind, part.media_type) for part in parsed.parts]


def test_a_message_without_parts_is_part_one() -> None:
    """Also inside another message."""
    assert ["1"] == [part.id for part in parse(b"Subject: x\n\nhello").parts]
    assert ["1", "1.1"] == [
        part.id for part in parse(b"Content-Type: message/rfc822\n\nSubject: x\n\nhello").parts
    ]


def test_an_alternative_that_shows_the_same_words_repeats() -> None:
    """Links, marks and blanks aside, the page says what the text says."""
    repeats = {part.id: part.repeats for part in parse(SAMPLE).parts}

    assert ["1.2.1"] == [part for part, is_repeated in repeats.items() if is_repeated]


@pytest.mark.parametrize(
    "page", [b"<p>See you too", b'<p>See you<p style="display:none">all', b"<p>all"]
)
def test_an_alternative_that_says_more_stands_on_its_own(page: bytes) -> None:
    """So that no detector is told to skip words that only one of the two has."""
    content = (
        b"Content-Type: multipart/alternative; boundary=a\n\n--a\n\nSee you\n"
        b"--a\nContent-Type: text/html\n\n" + page + b"\n--a--\n"
    )

    assert [False, False] == [part.repeats for part in parse(content).parts]


def test_attachments_are_named_measured_and_hashed() -> None:
    """Size and hash are of the bytes after transfer decoding, and those bytes are given."""
    parsed, contents = parse_with_contents(SAMPLE)
    picture = parsed.parts[2]

    assert b"\x89PNG" == contents[PartId("1.2.2")]
    assert (4, hashlib.sha256(b"\x89PNG").hexdigest()) == (picture.size, picture.sha256)
    assert {"1.2.2", "2"} == set(contents)
    assert ("x.csv", "a,b") == (parsed.parts[3].filename, parsed.parts[3].text)


def test_an_enclosed_message_is_found_by_its_header_and_keeps_its_hash() -> None:
    """Its exact bytes are hashed, as a journal needs it; its header is text."""
    enclosed = SAMPLE[SAMPLE.index(b"From: f@x") : SAMPLE.index(b"\n--m--")]

    part = parse(SAMPLE).parts[4]

    assert hashlib.sha256(enclosed).hexdigest() == part.sha256
    assert "From: f@x.example\nTo: g@x.example\nSubject: inner" == part.text


@pytest.mark.parametrize(
    ("header", "kind"),
    [
        ("Content-Type: text/plain", PartKind.BODY),
        ("Content-Type: text/html", PartKind.BODY),
        ("Content-Type: text/plain; name=a.txt", PartKind.BODY),  # the first is shown
        ("Content-Disposition: attachment", PartKind.ATTACHMENT),
        ("Content-Type: text/csv", PartKind.ATTACHMENT),
        ("Content-Type: image/png", PartKind.ATTACHMENT),
    ],
)
def test_kinds(header: str, kind: PartKind) -> None:
    """What a mail program shows with the message is body (RFC 8621, 4.1.4)."""
    assert [kind] == [part.kind for part in parse(with_header(header)).parts]


@pytest.mark.parametrize(
    ("charset", "data", "expected"),
    [
        ("utf-8", "café".encode(), "café"),
        ("iso-8859-1", b"\x93caf\xe9\x94", "“café”"),  # really windows-1252
        ("us-ascii", "café".encode(), "café"),
        ("", b"caf\xe9", "café"),
        ("utf-8", b"caf\xe9", "café"),
        ("no-such", "café".encode(), "café"),
        ("utf-7", b"Hi +AGE-!", "Hi a!"),
        ("utf-7", b"+2AE-", "?"),
        ("iso-2022-jp", "テスト".encode("iso2022_jp"), "テスト"),
        ("gb2312", "中文".encode("gb18030"), "中文"),
        ("utf-16", "plain".encode("utf-16-le"), "plain"),
        ("utf-16", "plain".encode("utf-16-be"), "plain"),
        ("", "plain".encode("utf-16-le"), "plain"),
        ("utf-8", b"\xef\xbb\xbfA\0B", "AB"),
        ("rot13", b"abc", "abc"),
        ("punycode", b"abc-", "abc-"),
        ("x\ty", b"abc", "abc"),
    ],
)
def test_charsets(charset: str, data: bytes, expected: str) -> None:
    """What is declared, then what the bytes say; never a NUL, never an error."""
    content = f"Content-Type: text/plain; charset={charset}\n".encode()
    content += b"Content-Transfer-Encoding: base64\n\n" + base64.b64encode(data)

    assert expected == text(content)


@pytest.mark.parametrize(
    ("encoding", "body", "expected"),
    [
        ("base64", b"aGVsbG8=", "hello"),
        ("BASE64 ", b"aGVs\r\nbG8=\r\n", "hello"),
        ("base64", b"a G V s b G 8 =", "hello"),
        ("base64", b"aGVsbG8", "hello"),
        ("base64", b"aGVs!bG8=", "hello"),
        ("base64", b"aGVsbG8=aGVsbG8=", "hellohello"),
        ("base64", b"This was never encoded, you see.", "This was never encoded, you see."),
        ("base64", b"=====", ""),
        ("quoted-printable", b"caf=C3=A9 =\nau lait", "café au lait"),
        ("quoted-printable", b"50=% of=", "50=% of"),
        ("x-uuencode", b"begin 644 x\n%:&5L;&\\\n`\nend\n", "hello"),
        ("unheard-of", b"hello", "hello"),
        ("8bit", b"a\r\nb\rc\n", "a\nb\nc\n"),
    ],
)
def test_transfer_encodings(encoding: str, body: bytes, expected: str) -> None:
    """What decodes is kept, however broken the rest; lines end in a line feed."""
    assert expected == text(with_header(f"Content-Transfer-Encoding: {encoding}", body))


@pytest.mark.parametrize(
    ("code", "content"),
    [
        ("bad-address", with_header("To: (a@x.example")),
        ("bad-base64", with_header("Content-Transfer-Encoding: base64", b"a!b")),
        ("bad-boundary", with_header("Content-Type: multipart/mixed; boundary=b")),
        ("bad-boundary", with_header("Content-Type: multipart/mixed")),
        ("bad-charset", with_header("Content-Type: text/plain; charset=utf-8", b"\xff")),
        ("bad-content-type", with_header("Content-Type: what")),
        ("bad-content-type", with_header("Content-Type: text/plain", b"PK\x03\x04")),
        ("bad-date", with_header("Date: soon")),
        ("bad-encoded-word", with_header("Subject: =?what?Q?x?=")),
        ("bad-header-line", with_header("A: b\nc\nD: e")),
        ("bad-quoted-printable", with_header("Content-Transfer-Encoding: quoted-printable", b"=x")),
        ("duplicate-header", with_header("From: a@x.example\nFrom: b@x.example")),
        ("encrypted", with_header("Content-Type: application/pkcs7-mime; name=smime.p7m")),
        (
            "encrypted",
            with_header("Content-Type: application/pkcs7-mime; smime-type=enveloped-data"),
        ),
        ("encrypted", with_header("Content-Type: application/x-microsoft-rpmsg-message")),
        ("encrypted", with_header("A: b", b"-----BEGIN PGP MESSAGE-----\n")),
        (
            "encrypted",
            with_header(
                "Content-Type: multipart/encrypted; boundary=b",
                b"--b\nContent-Type: application/octet-stream\n\nx\n--b--",
            ),
        ),
        (
            "opaque-signature",
            with_header("Content-Type: application/pkcs7-mime; smime-type=signed-data"),
        ),
        ("no-blank-line", b"Subject: x\nhello"),
        ("partial-message", with_header("Content-Type: message/partial; id=1")),
        ("suspicious-filename", with_header("Content-Disposition: attachment; filename=../x")),
        (
            "text-outside-parts",
            with_header("Content-Type: multipart/mixed; boundary=b", b"hello\n--b\n\nx\n--b--"),
        ),
        (
            "text-outside-parts",
            with_header("Content-Type: multipart/mixed; boundary=b", b"--b\n\nx\n--b--\nhello"),
        ),
        ("unknown-charset", with_header("Content-Type: text/plain; charset=what")),
        ("unknown-encoding", with_header("Content-Transfer-Encoding: what")),
        ("uuencoded-text", with_header("A: b", b"hello\nbegin 644 x.doc\n")),
    ],
)
def test_what_is_broken_or_unread_is_on_record(code: str, content: bytes) -> None:
    """Each defect has a name that the table explains."""
    assert {code} == codes(content)
    assert code in DEFECTS


@pytest.mark.parametrize(
    ("charset", "data", "expected"),
    [
        ("x-martian", b"hello", {"unknown-charset"}),
        ("utf-8", b"p\xc3\xa4iv\xc3\xa4\xc3", {"bad-charset", "undecodable-text"}),
    ],
)
def test_a_text_that_no_charset_fits_is_opaque(
    charset: str, data: bytes, expected: set[str]
) -> None:
    """What can be read is kept, and a search is told that there was more."""
    mail = parse(with_header(f"Content-Type: text/plain; charset={charset}", data))

    assert expected == {defect.code for defect in mail.defects}
    assert any(defect.hides for defect in mail.defects)


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (b"hello\n--b\n\nx\n--b--\nbye", ["hello\n\nbye", "x"]),
        (b"--b\n\nx\n--b--\n", ["x"]),
        (b"--b and\n\nx\n--b so on\n\ny", ["x", "y"]),
        (b"--b\n\nx--b--", ["x"]),
    ],
)
def test_delimiters_are_found_and_text_around_them_is_kept(
    body: bytes, expected: list[str]
) -> None:
    """Whatever a multipart is cut by, none of its text is lost to a search."""
    content = with_header("Content-Type: multipart/mixed; boundary=b", body)

    assert expected == [part.text for part in parse(content).parts]


def test_text_outside_the_parts_counts_as_hidden() -> None:
    """No mail program shows it, so it is part 0, all of it marked as not shown."""
    content = with_header("Content-Type: multipart/mixed; boundary=b", b"hi\n--b\n\nx\n--b--\n")

    [outside, _] = parse(content).parts

    assert ("0", (Span(0, len(outside.text)),)) == (outside.id, outside.hidden)


def test_two_content_types_are_read_both_ways() -> None:
    """Programs take the first or the last; what either shows can be found."""
    header = "Content-Type: multipart/mixed; boundary=b\nContent-Type: text/plain"
    content = with_header(header, b"said\n--b\n\neGZk=\n--b--\n")

    texts = [part.text for part in parse(content).parts]

    assert ["said\n--b\n\neGZk=\n--b--\n", "eGZk="] == texts


def test_a_header_that_lost_its_folds_is_read_to_its_end() -> None:
    """Lines without their leading blank stand between fields, and the fields are read."""
    parsed = parse(b"Received: from a\nby b\nfor c;\nSubject: found\n\nhello")

    assert ("found", ["hello"]) == (parsed.subject, [part.text for part in parsed.parts])


def test_every_hiding_code_is_explained() -> None:
    """The codes that make a search incomplete are a part of the table."""
    assert set(DEFECTS) >= HIDING


def test_a_defect_knows_its_part() -> None:
    """Where something is missing is as plain as that it is."""
    content = SAMPLE.replace(b"iVBORw==", b"iVBO!")

    assert (Defect("bad-base64", PartId("1.2.2"), hides=True),) == parse(content).defects


def test_a_second_from_is_not_lost() -> None:
    """Whoever shows one sender to the filter and another to the reader is found by both."""
    parsed = parse(b"From: a@x.example\nFrom: b@x.example\n\nx")

    assert ["a@x.example", "b@x.example"] == [person.address for person in parsed.from_]


def test_an_encoded_enclosed_message_is_opened() -> None:
    """RFC 2046 forbids it; programs write it, and senders could hide in it."""
    content = with_header(
        "Content-Type: message/rfc822\nContent-Transfer-Encoding: base64",
        base64.b64encode(b"Subject: inner\n\nhello"),
    )

    assert ["Subject: inner", "hello"] == [part.text for part in parse(content).parts]


def test_a_digest_holds_messages() -> None:
    """RFC 2046, 5.1.5: there, a part without a type is a message."""
    content = with_header(
        "Content-Type: multipart/digest; boundary=b", b"--b\n\nSubject: one\n\nhello\n--b--"
    )

    assert ["Subject: one", "hello"] == [part.text for part in parse(content).parts]


@pytest.mark.parametrize("ends", [b"\r\n", b"\n", b"\r"])
def test_line_ends_make_no_difference(ends: bytes) -> None:
    """The tree is the same however lines end."""
    parsed = parse(SAMPLE.replace(b"\n", ends))

    assert [part.id for part in parse(SAMPLE).parts] == [part.id for part in parsed.parts]
    assert [part.text for part in parse(SAMPLE).parts] == [part.text for part in parsed.parts]


def test_nothing_is_a_message_too() -> None:
    """An empty file parses to an empty body."""
    assert [""] == [part.text for part in parse(b"").parts]


def survives(content: bytes) -> None:
    """Parsing ends, and what it gives goes through JSON and has spans inside the text."""
    parsed = parse(content)
    assert parsed == msgspec.json.decode(msgspec.json.encode(parsed), type=ParsedMail)
    for part in parsed.parts:
        for span in (*part.hidden, *part.quoted):
            assert 0 <= span.start < span.end <= len(part.text)


@given(st.binary(max_size=2_000))
def test_no_bytes_raise(content: bytes) -> None:
    """Parsing never raises, whatever comes."""
    survives(content)


@given(st.lists(st.tuples(st.integers(0, len(SAMPLE)), st.binary(max_size=6)), max_size=12))
def test_no_mutilated_mail_raises(changes: list[tuple[int, bytes]]) -> None:
    """The same for mail that was whole once."""
    content = SAMPLE
    for position, data in changes:
        content = content[:position] + data + content[position + len(data) // 2 :]

    survives(content)


FRAGMENTS = [
    b"\n", b"\r\n", b"\r", b"--b", b"--b--", b"Content-Type: ", b"multipart/mixed; boundary=b",
    b"multipart/alternative;", b"message/rfc822", b"text/html", b"; charset=utf-7", b"; name*0*=",
    b"Content-Transfer-Encoding: ", b"base64", b"quoted-printable", b"x-uuencode", b"begin 644 x",
    b"=?utf-8?Q?=C3", b"?=", b"From: ", b"Subject: ", b"Date: ", b"(", b")", b'"', b"<", b">",
    b"@", b",", b";", b":", b"\\", b"\0", b"\xff", b"=", b"=3D", b"<div hidden>",
    b"<blockquote>", b"</p>",
    b"<style>.a{display:none}</style>", b"On 1 wrote:", b"> ", b"+2AE-", b"'", b"*", b"%41", b" ",
]  # fmt: skip


@given(st.lists(st.sampled_from(FRAGMENTS), max_size=60))
def test_no_medley_of_mail_raises(fragments: list[bytes]) -> None:
    """The same for what the grammar is made of, in any order."""
    survives(b"".join(fragments))
