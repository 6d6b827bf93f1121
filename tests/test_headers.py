"""Header fields: words, addresses, ids, dates and parameters, as real and hostile mail has them."""

from datetime import UTC, datetime

import pytest

from ingest.mime import addresses, words
from ingest.mime.headers import read_date, read_fields
from ingest.mime.names import cleaned
from ingest.mime.parameters import read_media_type, read_parameters
from section9 import Participant


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        (b"Plain words", "Plain words"),
        (b"=?utf-8?Q?caf=C3=A9?=", "café"),
        (b"=?UTF-8*en?b?Y2Fmw6k=?=", "café"),
        (b"=?utf-8?Q?a?= =?utf-8?Q?b?=", "ab"),  # RFC 2047, 6.2: the blank between goes
        (b"=?utf-8?Q?a?= and =?utf-8?Q?b?=", "a and b"),
        (b"=?utf-8?B?w6?= =?utf-8?B?k=?=", "é"),  # base64 cut in two
        (b"=?utf-8?Q?caf=C3?= =?utf-8?Q?=A9?=", "café"),  # one character cut in two
        (b"Re: na=?iso-8859-1?Q?=EFve?=ty", "Re: naïvety"),  # inside a word
        (b"=?iso-2022-jp?B?GyRCJUYlOSVIGyhC?=", "テスト"),
        ("naïve".encode(), "naïve"),  # RFC 6532
        (b"na\xefve", "naïve"),  # raw windows-1252
        (b"=?no-such-charset?Q?abc?=", "abc"),
        (b"=?utf-8?Q?never closed", "=?utf-8?Q?never closed"),
        (b"=?utf-8?X?abc?=", "=?utf-8?X?abc?="),
        (b"nul\0 bell\a tab\tend", "nul bell tab end"),
        (b"=?utf-8?Q?new=0Aline=00?=", "new line"),
    ],
)
def test_encoded_words_become_text(raw: bytes, expected: str) -> None:
    """RFC 2047 as it is written in the field; nothing that is no character remains."""
    assert expected == words.decode(raw)[0]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("ann@school.example", [("", "ann@school.example")]),
        ("Ann@School.EXAMPLE", [("", "ann@school.example")]),
        ("Ann Lee <ann@school.example>", [("Ann Lee", "ann@school.example")]),
        ('"Lee, Ann" <ann@school.example>', [("Lee, Ann", "ann@school.example")]),
        (r'"a \"b\" c" <ann@school.example>', [('a "b" c', "ann@school.example")]),
        ("ann@school.example (Ann Lee)", [("Ann Lee", "ann@school.example")]),
        ("Ann (maths) <ann@school.example>", [("Ann (maths)", "ann@school.example")]),
        ("=?utf-8?Q?Zo=C3=AB,_Y9?= <zoe@school.example>", [("Zoë, Y9", "zoe@school.example")]),
        ("a@x.example, b@x.example", [("", "a@x.example"), ("", "b@x.example")]),
        ("a@x.example; b@x.example", [("", "a@x.example"), ("", "b@x.example")]),
        ("undisclosed-recipients:;", []),
        ("Staff: a@x.example, B <b@x.example>;", [("", "a@x.example"), ("B", "b@x.example")]),
        ("<@relay.example:ann@x.example>", [("", "ann@x.example")]),
        ("<mailto:ann@x.example>", [("", "ann@x.example")]),
        ('"ann lee"@x.example', [("", '"ann lee"@x.example')]),
        ('"head@school.example" <x@evil.example>', [("head@school.example", "x@evil.example")]),
        ("<a@x.example> <b@x.example>", [("", "a@x.example"), ("", "b@x.example")]),
        ("Ann ann@x.example", [("Ann", "ann@x.example")]),
        ("root", [("root", "")]),
        ("Ann <ann@x.example", [("Ann", "ann@x.example")]),
        ("(never closed <ann@x.example>", [("(never closed", "ann@x.example")]),
        ('"never closed <ann@x.example>', [("never closed", "ann@x.example")]),
        ("<ann@(c)x.example>", [("", "ann@x.example")]),
        ("<>", []),
        ("", []),
    ],
)
def test_addresses(text: str, expected: list[tuple[str, str]]) -> None:
    """RFC 5322 lists, and what spoofers and old programs write instead."""
    assert tuple(Participant(*each) for each in expected) == addresses.read(text)[0]


def test_a_field_keeps_its_first_ten_thousand_addresses() -> None:
    """A bomb of addresses is cut, and says so."""
    found, defect = addresses.read("a@x.example, " * 10_001)

    assert (10_000, "too-many-addresses") == (len(found), defect)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Tue, 1 Jul 2003 10:52:37 +0200", datetime(2003, 7, 1, 8, 52, 37, tzinfo=UTC)),
        ("1 Jul 2003 10:52 GMT (noon)", datetime(2003, 7, 1, 10, 52, tzinfo=UTC)),
        ("Tue, 1 Jul 2003 10:52:37 -0000", datetime(2003, 7, 1, 10, 52, 37, tzinfo=UTC)),
        ("Tue, 1 Jul 2003 10:52:37", datetime(2003, 7, 1, 10, 52, 37, tzinfo=UTC)),
        ("Tue, 99 Jul 2003 10:52:37 +0200", None),
        ("Fri, 31 Dec 9999 23:59:59 -2359", None),
        ("yesterday", None),
        ("", None),
    ],
)
def test_dates(text: str, expected: datetime | None) -> None:
    """A date is aware and in UTC, or there is none."""
    assert expected == read_date(text)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ('attachment; filename="a b.txt"', "a b.txt"),
        ("attachment; filename=a b.txt", "a b.txt"),
        ("attachment; filename=a.txt; filename=b.txt", "a.txt"),
        (r'attachment; filename="a\"b"', 'a"b'),
        ("attachment; filename*=utf-8''na%C3%AFve.txt", "naïve.txt"),
        ("attachment; filename*=utf-8'en'a.txt; filename=plain.txt", "a.txt"),
        ("attachment; filename*0=a; filename*1=b.txt", "ab.txt"),
        ("attachment; filename*1*=%AFve; filename*0*=utf-8''na%C3", "naïve"),
        ("attachment; filename*0*=iso-8859-1''%e9; filename*1=%41", "é%41"),
        ('attachment; filename="=?utf-8?Q?na=C3=AFve?="', "naïve"),
        ('attachment\t filename="a.txt"', "a.txt"),
        ("attachment; filename*=junk", "junk"),
        ("attachment; filename*999999999999=x", ""),
        ('attachment; filename="never closed', "never closed"),
    ],
)
def test_file_names_of_rfc_2231(value: str, expected: str) -> None:
    """Continuations, charsets, and the encoded words that programs write instead."""
    assert expected == read_parameters(value).get("filename", "")


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("Text/HTML; charset=utf-8", "text/html"),
        ("text / plain (plain text)", "text/plain"),
        ("text", "text/plain"),
        ("multipart/mixed\n\tboundary=b", "multipart/mixed"),
        ("nonsense", None),
        ("; charset=utf-8", None),
    ],
)
def test_media_types(value: str, expected: str | None) -> None:
    """A type is in lower case; unreadable is told apart from absent."""
    media = read_media_type(value)

    assert expected == (media and media.name)


@pytest.mark.parametrize(
    ("name", "expected", "suspicious"),
    [
        ("report.pdf", "report.pdf", False),
        ("", "", False),
        ("../../etc/x", ".._.._etc_x", True),
        ("C:\\x\\y.doc", "C:_x_y.doc", True),
        ("CON", "CON", True),
        ("lpt1.txt", "lpt1.txt", True),
        ("photo\u202egpj.exe", "photogpj.exe", True),
        ("a\0b.txt", "ab.txt", True),
        ("a" * 4096, "a" * 255, True),
    ],
)
def test_file_names_are_harmless(name: str, expected: str, *, suspicious: bool) -> None:
    """A name is data: nothing in it can leave a folder or deceive an eye."""
    assert (expected, suspicious) == cleaned(name)


def test_lines_may_end_in_any_way() -> None:
    """CRLF, LF and CR end a line alike, mixed or not; folds are undone."""
    content = b"Subject: a\r\n b\nMessage-ID: <1@x.example>\rDate: x\r\n\r\nbody"

    fields = read_fields(content, 0, len(content))

    assert "a b" == fields.text(b"subject")[0]
    assert ("1@x.example",) == fields.ids(b"message-id")
    assert b"body" == content[fields.end :]


def test_a_stray_line_between_fields_hides_nothing() -> None:
    """A line that is no field does not turn the rest of the header into text."""
    content = b"Subject: a\nstray\nContent-Type: text/html\n\nbody"

    fields = read_fields(content, 0, len(content))

    assert b"text/html" == fields.first(b"content-type")
    assert ("bad-header-line",) == fields.defects


def test_a_line_that_no_field_follows_begins_the_body() -> None:
    """Where the blank line is missing, the text is not lost."""
    content = b"Subject: a\nDear all,\nhello"

    fields = read_fields(content, 0, len(content))

    assert b"Dear all,\nhello" == content[fields.end :]
    assert ("no-blank-line",) == fields.defects
