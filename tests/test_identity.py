"""One message has one name, whatever road its copies took."""

import base64
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from ingest.identity import believed_date, mail_id
from ingest.parse import parse
from section9 import ParsedMail, PartKind

TEXT = "Café at noon,\nbring the list = all of it.\n"
HEADER = (
    "From: Ann Lee <ann@school.example>\nTo: bob@school.example\nSubject: Lunch\n"
    "Date: Fri, 3 May 2024 10:00:00 +0100\nMessage-ID: <1@school.example>\n"
)
BASE = f"{HEADER}Content-Type: text/plain; charset=utf-8\n\n{TEXT}".encode()
WITH_FILES = (
    f"{HEADER}Content-Type: multipart/mixed; boundary=b\n\n--b\n\n{TEXT}\n"
    "--b\nContent-Type: text/calendar\n\nBEGIN:VCALENDAR\nEND:VCALENDAR\n"
    "--b\nContent-Type: application/pdf\nContent-Transfer-Encoding: base64\n\nJVBERi0=\n"
    "--b\nContent-Type: message/rfc822\n\nSubject: inner\n\nwords\n--b--\n"
).encode()


def recoded(encoding: str, body: bytes) -> bytes:
    """The base message with its text in another transfer encoding."""
    head = f"{HEADER}Content-Type: text/plain; charset=utf-8\n"
    return f"{head}Content-Transfer-Encoding: {encoding}\n\n".encode() + body


@pytest.mark.parametrize(
    "copy",
    [
        BASE.replace(b"\n", b"\r\n"),
        b"Received: by mx.example; Fri, 3 May 2024 10:00:01 +0100\nX-Spam: no\n" + BASE,
        b"Delivered-To: bob@school.example\n" + BASE,
        b"From ann@school.example Fri May  3 10:00:00 2024\n" + BASE,
        BASE + b"\n\n",
        recoded("base64", base64.encodebytes(TEXT.encode())),
        recoded("base64", base64.encodebytes(TEXT.replace("\n", "\r\n").encode())),
        recoded("quoted-printable", b"Caf=C3=A9 at noon,\nbring the =\nlist =3D all of it.\n"),
    ],
)
def test_copies_are_one_message(copy: bytes) -> None:
    """Transport headers, line ends and transfer encodings do not count."""
    assert mail_id(parse(BASE)) == mail_id(parse(copy))


def test_line_ends_in_attached_text_do_not_count() -> None:
    """The same with attachments and an enclosed message."""
    assert mail_id(parse(WITH_FILES)) == mail_id(parse(WITH_FILES.replace(b"\n", b"\r\n")))


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b"<1@", b"<2@"),
        (b"10:00:00", b"10:00:01"),
        (b"ann@", b"eve@"),
        (b"Lunch", b"Dinner"),
        (b"noon", b"one"),
        (b"JVBERi0=", b"JVBERi4="),
        (b"inner", b"outer"),
        (b"words", b"other"),
    ],
)
def test_what_is_said_counts(old: bytes, new: bytes) -> None:
    """Each field of the fingerprint tells messages apart."""
    assert mail_id(parse(WITH_FILES)) != mail_id(parse(WITH_FILES.replace(old, new)))


def test_text_extracted_later_does_not_count() -> None:
    """An attachment is known by its bytes: a better extractor does not rename a message."""
    parsed = parse(WITH_FILES)
    extracted = tuple(
        replace(part, text="found") if part.media_type == "application/pdf" else part
        for part in parsed.parts
    )

    assert PartKind.ATTACHMENT in {part.kind for part in extracted}
    assert mail_id(parsed) == mail_id(replace(parsed, parts=extracted))


def test_fields_do_not_run_into_each_other() -> None:
    """Moving a letter from one field to the next makes another message."""
    one = ParsedMail("ab", None, "c", ())
    other = ParsedMail("a", None, "bc", ())

    assert mail_id(one) != mail_id(other)


def test_the_fingerprint_is_pinned() -> None:
    """Identifiers on the ledger outlive the program: a change here needs a new prefix."""
    expected = "0c543d2018c36f63fd3f4ef13caf103c71d5258f0882581faf73c14ba13b7a97"

    assert expected == mail_id(parse(WITH_FILES))


NOON = datetime(2024, 5, 3, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("date", "arrived", "expected"),
    [
        (NOON - timedelta(days=400), NOON, NOON - timedelta(days=400)),
        (NOON, None, NOON),
        (NOON + timedelta(hours=48), NOON, NOON + timedelta(hours=48)),
        (NOON + timedelta(hours=49), NOON, NOON),
        (NOON + timedelta(hours=49), None, None),
        (datetime(1970, 1, 1, tzinfo=UTC), NOON, NOON),
        (datetime(1970, 1, 1, tzinfo=UTC), None, None),
        (datetime(1990, 1, 1, tzinfo=UTC), NOON, datetime(1990, 1, 1, tzinfo=UTC)),
        (None, NOON, NOON),
        (None, None, None),
    ],
)
def test_an_incredible_date_gives_way(
    date: datetime | None, arrived: datetime | None, expected: datetime | None
) -> None:
    """A clock that cannot be right is not believed; the moment of arrival is."""
    parsed = ParsedMail("", date, "", ())

    assert expected == believed_date(parsed, seen=NOON, arrived=arrived)
