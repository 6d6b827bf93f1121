"""Outlook's files: every item rebuilt, the same each time, and what cannot be rebuilt is said."""

import hashlib
import random
from collections.abc import Callable
from pathlib import Path

import pytest
from running import House, made

from archive.books import Book
from archive.mail_events import Sighted
from ingest.identity import mail_id
from ingest.outlook.compose import compose
from ingest.outlook.item import Attachment, Item, Properties, Tag
from ingest.outlook.rtf import to_html
from ingest.parse import parse
from ingest.rebuilder import Item as Got
from ingest.rebuilder import Rebuilder
from section9 import PartKind

DATA = Path(__file__).parents[2] / "shared" / "data"
MSG = DATA / "msg_msgreader" / "SampleFiles"
PST = DATA / "pst_small" / "dist-list.pst"
needs_data = pytest.mark.skipif(not MSG.is_dir(), reason="../shared/data is not here")

HEADERS = """\
Received: from a.example by b.example; Tue, 1 Sep 2026 08:00:01 +0000
From: J Doe <j.doe@school.example>
To: a.n@school.example
Date: Tue, 1 Sep 2026 09:00:00 +0100
Message-ID: <1@school.example>
Subject: =?utf-8?q?the_trip_=E2=80=93_again?=
 and again
MIME-Version: 1.0
"""
PLAIN = "The coach leaves at nine.\n\nFrom the head\n"
HTML = "<p>The coach leaves at <b>nine</b>.</p>"
PDF = b"%PDF-1.4 no more than its name"

ORIGINALS = {
    "plain": "Content-Type: text/plain; charset=utf-8\n\n" + PLAIN,
    "html": "Content-Type: text/html; charset=utf-8\n\n" + HTML,
    "both": 'Content-Type: multipart/alternative; boundary="b"\n\n'
    f"--b\nContent-Type: text/plain\n\n{PLAIN}\n--b\nContent-Type: text/html\n\n{HTML}\n--b--\n",
    "attached": 'Content-Type: multipart/mixed; boundary="b"\n\n'
    f"--b\nContent-Type: text/plain\n\n{PLAIN}\n--b\nContent-Type: text/html\n\n{HTML}\n--b\n"
    'Content-Type: application/pdf; name="trip.pdf"\n\n' + PDF.decode() + "\n--b--\n",
}


def rebuilt(path: Path) -> list[Got]:
    with Rebuilder() as rebuilder, path.open("rb") as file:
        return list(rebuilder.items(file, "msg" if path.suffix == ".msg" else "pst"))


def kept(original: str) -> Item:
    """A message as Outlook keeps it: it makes up the body that the message did not have."""
    headers = HEADERS + original.partition("\n\n")[0] + "\n"
    properties: Properties = {
        Tag.MESSAGE_CLASS: "IPM.Note",
        Tag.TRANSPORT_HEADERS: headers.replace("\n", "\r\n"),
        Tag.BODY: PLAIN,
        Tag.HTML: HTML.encode(),
        Tag.CODEPAGE: 65001,
    }
    row: Properties = {Tag.ATTACHMENT_NAME: "trip.pdf", Tag.ATTACHMENT_TYPE: "application/pdf"}
    attached = (Attachment(row, PDF),) if "pdf" in original else ()
    return Item(properties, attachments=attached)


@pytest.mark.parametrize("kind", ORIGINALS)
def test_a_message_is_the_same_mail_as_its_journaled_copy(kind: str) -> None:
    """Headers, words and attachments agree, so the copies join under one id."""
    original = (HEADERS + ORIGINALS[kind]).encode()

    made = compose(kept(ORIGINALS[kind]), way="pst/1")

    assert mail_id(parse(original)) == mail_id(parse(made.content))
    assert () == made.lost


def test_the_transport_headers_are_kept_to_the_byte() -> None:
    """Only those of the body's encoding get another name, because they no longer apply."""
    made = compose(kept(ORIGINALS["html"]), way="pst/1").content

    exact = HEADERS.replace("\n", "\r\n").replace("MIME-Version", "X-Original-MIME-Version")
    assert made.startswith(b"X-Section9-Rebuilt: pst/1; class=IPM.Note\r\n" + exact.encode())
    assert b"X-Original-Content-Type: text/html; charset=utf-8\r\n" in made


def test_a_message_without_headers_gets_them_from_its_properties() -> None:
    """What was sent from the mailbox never had any: who, to whom, Bcc and all, about what."""
    recipients: tuple[Properties, ...] = (
        {
            Tag.DISPLAY_NAME: 'An "A" N',
            Tag.SMTP_ADDRESS: "a.n@school.example",
            Tag.RECIPIENT_TYPE: 1,
        },
        {
            Tag.DISPLAY_NAME: "hidden\r\nX-Forged: 1",
            Tag.ADDRESS: "h@home.example",
            Tag.RECIPIENT_TYPE: 3,
        },
    )
    properties: Properties = {
        Tag.SENDER_NAME: "Jane Doe",
        Tag.SENDER_ADDRESS: "/O=TRUST/CN=JDOE",
        Tag.SUBJECT: "\x01\x04RE: the trip",
        Tag.BODY: "ça va",
    }
    item = Item(properties, recipients)

    parsed = parse(compose(item, way="msg/1").content)

    assert ("RE: the trip", "/o=trust/cn=jdoe") == (parsed.subject, parsed.from_[0].address)
    assert ["a.n@school.example"] == [one.address for one in parsed.to]
    assert ["h@home.example"] == [one.address for one in parsed.bcc]
    assert ["ça va"] == [part.text for part in parsed.parts]


def test_what_is_lost_is_named() -> None:
    """An attachment that cannot be read, an item out of reach, a contact's fields: a code each."""
    attached: tuple[Properties, ...] = (
        {Tag.ATTACHMENT_METHOD: 1},
        {Tag.ATTACHMENT_METHOD: 5},
        {Tag.ATTACHMENT_METHOD: 7},
    )
    item = Item({Tag.MESSAGE_CLASS: "IPM.Contact"}, (), tuple(map(Attachment, attached)))

    made = compose(item, way="pst/1")

    assert (
        "fields-not-rebuilt",
        "attachment-not-rebuilt",
        "attached-item-not-rebuilt",
        "attachment-kept-elsewhere",
    ) == made.lost


def test_a_signed_message_is_the_entity_that_was_signed() -> None:
    """Outlook keeps it whole as an attachment; taken apart the signature would be worthless."""
    signed = b'Content-Type: multipart/signed; boundary="s"\r\n\r\n--s\r\n\r\nwords\r\n--s--\r\n'
    properties: Properties = {Tag.MESSAGE_CLASS: "IPM.Note.SMIME.MultipartSigned"}

    made = compose(Item(properties, (), (Attachment({}, signed),)), way="pst/1")

    assert made.content.endswith(signed)


@needs_data
@pytest.mark.parametrize("name", ["Issue332", "Issue347"])
def test_html_wrapped_in_rtf_comes_out_as_it_went_in(name: str) -> None:
    """As another reader of .msg files unwraps it, blanks between tags apart."""
    expected = (MSG / "rtf" / f"{name}.html").read_bytes()

    html = to_html((MSG / "rtf" / f"{name}.rtf").read_bytes())

    assert "".join(expected.decode().split()) == "".join(html.split())


@pytest.mark.parametrize("shape", ["{", "\\'e4", "\\u8364?", "{\\*\\x ", "\\htmlrtf", "\\f1 a"])
def test_unwrapping_takes_linear_time_and_never_raises(shape: str) -> None:
    """Whatever is repeated, and wherever it ends."""
    assert isinstance(to_html(b"{\\rtf1\\ansi\\fromhtml1 " + shape.encode() * 20_000), str)


@needs_data
def test_every_msg_gives_a_message() -> None:
    """With its people, its texts and its attachments, those within an attached message too."""
    [outer] = rebuilt(MSG / "EmailWithInnerMailAndAttachments.msg")

    parsed = parse(outer.content)

    names = [part.filename for part in parsed.parts if part.kind is not PartKind.BODY]
    assert ["OUTER 1.pdf", "OUTER 2.pdf", "Inner mail.eml", "INNER 1.pdf", "INNER 2.pdf"] == names
    with Rebuilder() as rebuilder:
        for path in MSG.glob("*.msg"):
            with path.open("rb") as file:
                [got] = rebuilder.items(file, "msg")
            assert any(part.text.strip() for part in parse(got.content).parts), path.name


@needs_data
def test_every_folder_of_a_pst_is_read_and_always_in_the_same_order() -> None:
    """Each item has the folder and the number that the file gives it, and the same bytes again."""
    first, again = rebuilt(PST), rebuilt(PST)

    assert first == again
    top = "Top of Personal Folders"
    assert [
        (f"{top}/Calendar", "2097348"),
        (f"{top}/Contacts", "2097188"),
        (f"{top}/Contacts", "2097252"),
        ("Freebusy Data", "2097220"),
    ] == [(one.folder, one.name) for one in first]
    assert [True, True, True, False] == [bool(one.rebuilt) for one in first]


def truncated(content: bytearray) -> bytes:
    return bytes(content[: len(content) // 3])


def flipped(content: bytearray) -> bytes:
    chosen = random.Random(9)  # noqa: S311 - the same damage each time
    for _ in range(400):
        content[chosen.randrange(600, len(content))] ^= 1 << chosen.randrange(8)
    return bytes(content)


@needs_data
@pytest.mark.parametrize("damage", [truncated, flipped])
@pytest.mark.parametrize("source", [PST, MSG / "EmailWithInnerMailAndAttachments.msg"])
def test_a_damaged_file_gives_what_it_can_and_a_reason_for_the_rest(
    tmp_path: Path, damage: Callable[[bytearray], bytes], source: Path
) -> None:
    """Nothing raises, nothing is silent, and the child goes on to the next file."""
    path = tmp_path / f"damaged{source.suffix}"
    path.write_bytes(damage(bytearray(source.read_bytes())))

    with Rebuilder() as rebuilder:
        with path.open("rb") as file:
            got = list(rebuilder.items(file, "msg" if path.suffix == ".msg" else "pst"))
        with (MSG / "TxtSampleEmail.msg").open("rb") as file:
            [after] = rebuilder.items(file, "msg")

    assert got
    assert all(bool(one.rebuilt) != bool(one.why) for one in got)
    assert after.rebuilt


@needs_data
def test_a_child_that_dies_costs_one_item() -> None:
    """The item at which it died is named, and another child goes on after it."""
    with Rebuilder() as rebuilder, PST.open("rb") as file:
        items = rebuilder.items(file, "pst")
        first = next(items)
        assert rebuilder._child
        rebuilder._child._process.kill()
        rest = list(items)

    whole = rebuilt(PST)
    assert whole[0] == first
    assert whole[-1] == rest[-1]
    assert len(whole) == 1 + len(rest)


@needs_data
def test_show_says_that_the_bytes_are_not_the_original(tmp_path: Path) -> None:
    """The ledger has the file's SHA-256; a second run adds nothing."""
    path = MSG / "TxtSampleEmail.msg"
    with made(tmp_path / "house") as house:
        first, again = house.json("ingest", path), house.json("ingest", path)
        shown = shown_by(house)

        [sighted] = [one for one in house.events(Book.MAIL) if isinstance(one, Sighted)]
        verified = house.json("verify")

    sha256 = hashlib.sha256(path.read_bytes()).hexdigest()
    assert (1, 1) == (first["new"], again["known"])
    assert sighted.sighting.rebuilt
    assert sha256 == sighted.sighting.rebuilt.sha256
    assert f"rebuilt from a .msg file, not the original bytes: {sha256}" in shown
    assert verified["whole"]


def shown_by(house: House) -> str:
    house.open_case("chris.wilson@leeds.gov.uk")
    [line] = house.must("search", "*", "--case", "C-0001", "--json").splitlines()
    return house.must("show", house.read(line)["mail"], "--case", "C-0001").decode()
