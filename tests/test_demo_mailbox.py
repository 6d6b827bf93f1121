"""The demo mailbox: the same every time, plainly invented, and truthful about its leaks."""

import csv
import hashlib
import io
import re
import socket
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session
from stdnum import luhn
from stdnum.gb import nhs, upn

import people
from demo import trust
from demo.mailbox import Delivery, leaks, messages
from demo.send import DemoSendError, Sent, send_all
from section9 import Person

NHS = re.compile(r"(?<![\d-])\d{3}[ -]?\d{3}[ -]?\d{4}(?![\d-])")
UPN = re.compile(r"\b[A-Z]\d{12}\b")
NINO = re.compile(
    r"\b(?!BG|GB|KN|NK|NT|TN|ZZ)[A-CEGHJ-PR-TW-Z][A-CEGHJ-NPR-TW-Z] ?(?:\d\d ?){3}[A-D]\b",
    re.IGNORECASE,
)
CARD = re.compile(r"\b\d(?:[ -]?\d){12,18}\b")
BANK = re.compile(
    r"sort code\W{1,20}(\d\d[ -]\d\d[ -]\d\d)\W+account[a-z ]*\W+(\d{8})\b", re.IGNORECASE
)
PHONE = re.compile(r"(?<![\w£-])(?:\+44 ?|0)(?:\d ?){9,10}\b")
DRAMA = re.compile(r"07700 ?900\d{3}|01632 ?960\d{3}|020 ?7946 ?0\d{3}")  # Ofcom, fictional use
HOST = re.compile(r"(?:@|https?://)([\w.-]+\w)")


@dataclass(frozen=True, slots=True)
class Mail:
    """A message of the demo as the standard library reads it."""

    delivery: Delivery
    message: EmailMessage
    text: str  # subject and every part, decoded


@pytest.fixture(scope="module")
def sent() -> tuple[Sent, ...]:
    return tuple(messages())


@pytest.fixture(scope="module")
def mails(sent: tuple[Sent, ...]) -> tuple[Mail, ...]:
    return tuple(read(delivery, raw) for delivery, raw in sent)


def read(delivery: Delivery, raw: bytes) -> Mail:
    message = message_from_bytes(raw, policy=default)
    return Mail(delivery, message, "\n".join((message["Subject"], *texts(message))))


def texts(message: EmailMessage) -> Iterator[str]:
    for part in message.walk():
        if part.get_content_maintype() == "text":
            yield part.get_content()
        elif part.get_content_type() == "application/pdf":
            yield "\n".join(re.findall(r"\((.*)\) Tj", part.get_content().decode("cp1252")))


def addresses(mail: Mail) -> tuple[str, ...]:
    return (mail.delivery.mail_from, *mail.delivery.rcpt_to)


def message_id(mail: Mail) -> str:
    return str(mail.message["Message-ID"]).strip("<>")


def identifiers(text: str) -> Iterator[tuple[str, str]]:
    """Each different identifier with its rule, found without the product's own detectors."""
    found = {("nhs-number", nhs.compact(m[0])) for m in NHS.finditer(text) if nhs.is_valid(m[0])}
    found |= {("upn", m[0]) for m in UPN.finditer(text) if upn.is_valid(m[0])}
    found |= {("nino", m[0].replace(" ", "").upper()) for m in NINO.finditer(text)}
    cards = (re.sub(r"[ -]", "", match[0]) for match in CARD.finditer(text))
    found |= {("payment-card", card) for card in cards if luhn.is_valid(card)}
    found |= {("bank-account", m[1] + m[2]) for m in BANK.finditer(text)}
    yield from found


def left_under_18(person: Person) -> bool:
    born, left = person.date_of_birth, person.leaving_date
    return born is not None and left is not None and born.replace(year=born.year + 18) > left


def digest(sent: Iterable[Sent]) -> str:
    total = hashlib.sha256()
    for delivery, raw in sent:
        total.update(repr(delivery).encode() + raw)
    return total.hexdigest()


def test_a_seed_gives_the_same_bytes_every_time(sent: tuple[Sent, ...]) -> None:
    """Two runs agree to the last byte, envelopes included; another seed differs."""
    again, other = digest(messages(seed=9)), digest(messages(seed=10))

    assert digest(sent) == again
    assert digest(sent) != other


def test_the_term_is_told_in_order_and_is_long_enough(mails: tuple[Mail, ...]) -> None:
    """At least 260 messages, each its own Message-ID, oldest first."""
    dates = [mail.message["Date"].datetime for mail in mails]

    assert len(mails) >= 260
    assert len(mails) == len(set(map(message_id, mails)))
    assert sorted(dates) == dates


def test_now_leaves_out_what_was_sent_later() -> None:
    """A mailbox read on 1 October holds nothing of October's."""
    now = datetime(2026, 9, 30, 23, tzinfo=UTC)

    seen = [read(*early).message["Date"].datetime for early in messages(now=now)]

    assert seen
    assert max(seen) <= now


def test_every_message_parses_without_a_defect(mails: tuple[Mail, ...]) -> None:
    """What the demo sends is sound, so a defect in the archive is the archive's doing.

    One family's address is not ASCII (RFC 6531), which the standard library calls a defect in
    whatever message names it: those are left out.
    """
    plain = [mail.message for mail in mails if all(map(str.isascii, addresses(mail)))]

    defects = [
        defect
        for message in plain
        for part in message.walk()
        for defect in (*part.defects, *(d for value in part.values() for d in value.defects))
    ]

    assert len(plain) > 380
    assert [] == defects


def test_lines_end_in_crlf_and_fit_smtp(sent: tuple[Sent, ...]) -> None:
    """No bare CR or LF, and no line over 998 bytes (RFC 5322, 2.1.1)."""
    raws = [raw for _, raw in sent]

    assert not [raw for raw in raws if re.search(rb"(?<!\r)\n|\r(?!\n)", raw)]
    assert max(len(line) for raw in raws for line in raw.split(b"\r\n")) <= 998


def test_the_truth_table_is_the_whole_truth(mails: tuple[Mail, ...]) -> None:
    """Every valid identifier in any message is on the table, and nothing else is."""
    told = {(leak.message_id, leak.rule): leak.values for leak in leaks()}

    found = Counter(
        (message_id(mail), rule) for mail in mails for rule, _ in identifiers(mail.text)
    )

    assert told == found


def test_each_of_the_five_rules_has_something_to_find() -> None:
    """Twelve to twenty leaks, every rule among them more than once."""
    rules = Counter(leak.rule for leak in leaks())

    assert 12 <= rules.total() <= 20
    assert {"nhs-number", "nino", "upn", "payment-card", "bank-account"} == set(rules)
    assert min(rules.values()) > 1


def test_identifiers_are_safe_ones(mails: tuple[Mail, ...]) -> None:
    """NHS numbers from the test range, invented establishments, prefixes never issued."""
    found = {item for mail in mails for item in identifiers(mail.text)}

    assert all(value.startswith("999") for rule, value in found if rule == "nhs-number")
    assert all(value[1:6] == "80199" for rule, value in found if rule == "upn")
    assert all(value.startswith("MW") for rule, value in found if rule == "nino")
    assert all(value.startswith("00") for rule, value in found if rule == "bank-account")


def test_everything_that_looks_like_an_identifier_on_the_roll_is_valid(
    mails: tuple[Mail, ...],
) -> None:
    """A slip in a check letter would make a leak that no rule can find."""
    upns = {match[0] for mail in mails for match in UPN.finditer(mail.text)}
    tests = {m[0] for mail in mails for m in NHS.finditer(mail.text) if m[0].startswith("999")}

    assert {True} == set(map(upn.is_valid, upns))
    assert {True} == set(map(nhs.is_valid, tests))


def test_every_telephone_number_is_from_the_drama_ranges(mails: tuple[Mail, ...]) -> None:
    """Nobody's telephone rings."""
    numbers = {match[0].strip() for mail in mails for match in PHONE.finditer(mail.text)}

    assert len(numbers) > 20
    assert [] == [number for number in numbers if not DRAMA.fullmatch(number)]


def test_every_domain_ends_in_example(mails: tuple[Mail, ...]) -> None:
    """No address or link leads anywhere (RFC 2606), in the envelope, the head or the text."""
    said = [address for mail in mails for address in addresses(mail)]
    heads = [str(value) for mail in mails for value in mail.message.values()]
    hosts = {
        host for text in (*said, *heads, *(m.text for m in mails)) for host in HOST.findall(text)
    }

    assert [] == [host for host in hosts if not host.endswith(".example")]


def test_replies_answer_messages_of_the_mailbox(mails: tuple[Mail, ...]) -> None:
    """Every In-Reply-To and References names an earlier message here."""
    ids = {mail.message["Message-ID"] for mail in mails}
    replies = [mail.message for mail in mails if "In-Reply-To" in mail.message]
    named = {name for reply in replies for name in reply["References"].split()}

    assert len(replies) > 150
    assert named <= ids
    assert all(reply["In-Reply-To"] == reply["References"].split()[-1] for reply in replies)


def test_bcc_is_in_the_envelope_alone(mails: tuple[Mail, ...]) -> None:
    """Some messages reach people whom no header names; none has a Bcc header."""
    hidden = [
        mail
        for mail in mails
        if "List-Id" not in mail.message
        and set(mail.delivery.rcpt_to)
        - {
            a.addr_spec
            for h in ("To", "Cc")
            if h in mail.message
            for a in mail.message[h].addresses
        }
    ]

    assert len(hidden) >= 2
    assert not [mail for mail in mails if "Bcc" in mail.message]


def test_the_mail_has_the_variety_of_real_mail(mails: tuple[Mail, ...]) -> None:
    """Every form that a reader must cope with is there."""
    parts = [part for mail in mails for part in mail.message.walk()]

    assert {part.get_content_type() for part in parts} >= {
        "text/plain", "text/html", "text/csv", "text/calendar", "application/pdf",
        "message/rfc822", "multipart/alternative", "multipart/mixed",
    }  # fmt: skip
    assert {part["Content-Transfer-Encoding"] for part in parts} >= {
        "7bit", "8bit", "base64", "quoted-printable",
    }  # fmt: skip
    assert {part.get_content_charset() for part in parts} >= {
        "utf-8", "windows-1252", "iso-8859-2",
    }  # fmt: skip


def test_the_directory_imports_as_it_stands() -> None:
    """`section9 people import` takes people.csv, a leaver under 18 and second addresses in it."""
    known = [one.person for one in people.read_csv(io.StringIO(trust.people_csv()))]
    names = Counter(person.name for person in known)
    leavers = [person for person in known if person.role == "student" and person.leaving_date]

    assert {"staff", "student", "governor", "parent", "volunteer"} == {p.role for p in known}
    assert any(map(left_under_18, leavers))
    assert any(times > 1 for times in names.values())


def test_the_directory_and_the_mail_name_the_same_people(mails: tuple[Mail, ...]) -> None:
    """Every recipient is in one of the two files, so a reader can look anybody up."""
    files = ("people.csv", "correspondents.csv")
    listed = {
        row["address"]
        for file in files
        for row in csv.DictReader((trust.HOME / file).read_text(encoding="utf-8").splitlines())
    }

    reached = {address for mail in mails for address in mail.delivery.rcpt_to}

    assert reached <= listed


@dataclass(slots=True)
class Inbox:
    """What a real SMTP server was handed."""

    taken: list[tuple[str, list[str], bytes | str]] = field(default_factory=list)

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802 - aiosmtpd's name
        """Keep what DATA brought."""
        content = envelope.original_content or b""
        sender = (envelope.mail_from or "").removeprefix("<>")  # aiosmtpd's null return path
        self.taken.append((sender, envelope.rcpt_tos, content))
        return "250 OK"


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as held:
        return int(held.getsockname()[1])


@pytest.fixture
def server() -> Iterator[Controller]:
    port = free_port()
    controller = Controller(Inbox(), hostname="127.0.0.1", port=port, enable_SMTPUTF8=True)
    controller.start()
    yield controller
    controller.stop()


def test_sending_delivers_every_message_to_its_people_and_the_archive(
    server: Controller, sent: tuple[Sent, ...]
) -> None:
    """Each message arrives once, byte for byte, with its real recipients and the archive's."""
    told: list[Delivery] = []

    taken = send_all("127.0.0.1", server.port, sent, sessions=3, on_sent=told.append)

    expected = {raw: (d.mail_from, [*d.rcpt_to, trust.ARCHIVE]) for d, raw in sent}
    assert taken == len(told) == len(expected)
    assert expected == {raw: (by, to) for by, to, raw in server.handler.taken}


def test_a_refusal_says_what_to_do_and_nothing_of_the_mail() -> None:
    """Nobody listening ends in our error, with the next step and no address."""
    with pytest.raises(DemoSendError, match="section9 serve") as caught:
        send_all("127.0.0.1", free_port(), [], sessions=1)

    assert "@" not in str(caught.value)
