"""The listener's promises, kept over real sockets."""

import asyncio
import base64
import shutil
import smtplib
import socket
import ssl
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from ipaddress import ip_network
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from structlog.testing import capture_logs
from support_smtp import PATIENCE, SETTINGS, Listening, Wire, certificate, listening, stuffed

from ingest.listener import listen
from ingest.smtp.setup import ListenerStartError
from ingest.smtp.users import SmtpUsersError, load_users, user_line
from ingest.spool import Spool
from section9 import RawMail, SpoolId

JOURNAL = b"From: a@x.example\r\nSubject: report\r\n\r\n.dot\r\n..dots\r\n.\r\nend\r\n"
MIB = 1024 * 1024
PASSWORD = "pass:w\u00f6rd"  # noqa: S105 -- of the test's own user


@pytest.fixture
def spool(tmp_path: Path) -> Spool:
    return Spool(tmp_path / "data", run="r1")


@pytest.fixture
def listener(spool: Spool) -> Iterator[Listening]:
    with listening(spool) as listener:
        yield listener


@pytest.fixture(scope="module")
def tls(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    if not shutil.which("openssl"):
        pytest.skip("openssl is not installed, and makes the certificate")
    cert, key = certificate(tmp_path_factory.mktemp("tls"))
    return {"tls_cert": cert, "tls_key": key}


@pytest.fixture(scope="module")
def users(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("users") / "users"
    path.write_text(f"# journal senders\n{user_line('exchange', PASSWORD)}\n")
    return path


def spooled(spool: Spool) -> list[RawMail]:
    return [spool.read(entry) for entry in spool.pending(limit=10_000)]


def secure(client: smtplib.SMTP, tls: dict[str, Path]) -> None:
    client.starttls(context=ssl.create_default_context(cafile=tls["tls_cert"]))


def deliver(address: tuple[str, int], content: bytes) -> bytes:
    """Send a message in its exact bytes and give the reply to it."""
    with Wire(address) as wire:
        assert wire.begin().startswith(b"354")
        wire.send(stuffed(content))
        return wire.reply()


# --- the promise ------------------------------------------------------------------------------


def test_250_means_the_bytes_are_on_disk(listener: Listening, spool: Spool) -> None:
    """The reply is a promise: once a sender hears 250, its exact bytes are spooled."""
    with smtplib.SMTP(*listener.address) as client:
        client.sendmail("journal@school.example", ["archive@school.example"], JOURNAL)

        [raw] = spooled(spool)

    assert raw.content == JOURNAL
    assert raw.envelope.mail_from == "journal@school.example"
    assert raw.envelope.rcpt_to == ("archive@school.example",)
    assert (raw.envelope.peer, raw.envelope.tls, raw.envelope.user) == ("127.0.0.1", None, None)


def test_the_reply_names_the_entry(listener: Listening, spool: Spool) -> None:
    """What the sender writes in its log finds the message here."""
    reply = deliver(listener.address, JOURNAL)

    assert reply == b"250 2.0.0 spooled as r1-00000001\r\n"
    assert spool.read(SpoolId("r1-00000001")).content == JOURNAL


@settings(
    suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=100, deadline=None
)
@given(lines=st.lists(st.binary(max_size=80).filter(lambda line: b"\r\n" not in line)))
def test_every_byte_survives(listener: Listening, spool: Spool, lines: list[bytes]) -> None:
    """Dots, bare CR and LF, NUL, 8-bit: the spool holds what was sent."""
    content = b"".join(line.rstrip(b"\r") + b"\r\n" for line in lines)

    reply = deliver(listener.address, content)

    assert content == spool.read(SpoolId(reply.split()[-1].decode())).content


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\r\n",
        b"\r\n\r\n\r\n",
        b".\r\n",
        b".\r\n.\r\n..\r\n",
        b"\r\r\n",
        b"\r\n\r.\r\n",
        b"a\n.\nb\r.\rc\r\n",
    ],
)
def test_awkward_beginnings(listener: Listening, spool: Spool, content: bytes) -> None:
    """The terminator is found, and only the terminator, wherever the message starts."""
    reply = deliver(listener.address, content)

    assert content == spool.read(SpoolId(reply.split()[-1].decode())).content


def test_byte_by_byte(listener: Listening, spool: Spool) -> None:
    """However the network cuts the stream, the message is the same."""
    with Wire(listener.address) as wire:
        wire.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        wire.begin()
        for byte in stuffed(JOURNAL):
            wire.send(bytes([byte]))
        assert wire.reply().startswith(b"250")

    [raw] = spooled(spool)
    assert raw.content == JOURNAL


def test_a_line_of_five_megabytes(listener: Listening, spool: Spool) -> None:
    """Journal reports have lines of any length; none is a reason to refuse."""
    content = b"Subject: long\r\n\r\n" + b".x" * (5 * MIB // 2) + b"\r\n"

    reply = deliver(listener.address, content)

    assert reply.startswith(b"250")
    assert [content] == [raw.content for raw in spooled(spool)]


def test_many_sessions_at_once(listener: Listening, spool: Spool) -> None:
    """Every one of many parallel senders hears 250 for a message of its own."""
    bodies = [b"Subject: %d\r\n\r\nx\r\n" % n for n in range(200)]

    with ThreadPoolExecutor(20) as pool:
        replies = list(pool.map(lambda body: deliver(listener.address, body), bodies))

    assert len({reply for reply in replies if reply.startswith(b"250")}) == 200
    assert sorted(bodies) == sorted(raw.content for raw in spooled(spool))


def test_several_messages_in_one_session(listener: Listening, spool: Spool) -> None:
    """A connection carries one message after the other, and RSET forgets what was begun."""
    with smtplib.SMTP(*listener.address) as client:
        client.sendmail("a@x.example", ["b@x.example"], b"1\r\n")
        client.mail("wrong@x.example")
        client.rset()
        client.sendmail("c@x.example", ["d@x.example", "e@x.example"], b"2\r\n")

    said = [(raw.envelope.mail_from, raw.envelope.rcpt_to) for raw in spooled(spool)]
    assert said == [
        ("a@x.example", ("b@x.example",)),
        ("c@x.example", ("d@x.example", "e@x.example")),
    ]


def test_pipelining(listener: Listening, spool: Spool) -> None:
    """Commands may come at once, and what follows a message is not lost (RFC 2920)."""
    with Wire(listener.address) as wire:
        assert b"250-PIPELINING" in wire.say(b"EHLO client.example")
        wire.send(b"MAIL FROM:<a@x.example>\r\nRCPT TO:<b@x.example>\r\nDATA\r\n")
        replies = [wire.reply()[:3] for _ in range(3)]
        wire.send(b"1\r\n.\r\nMAIL FROM:<>\r\nRCPT TO:<b@x.example>\r\nQUIT\r\n")
        replies += [wire.reply()[:3] for _ in range(4)]

    assert replies == [b"250", b"250", b"354", b"250", b"250", b"250", b"221"]
    assert [b"1\r\n"] == [raw.content for raw in spooled(spool)]


# --- addresses --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        (b"<>", ""),
        (b"<two..dots.@docomo.example>", "two..dots.@docomo.example"),
        (b"<no-domain>", "no-domain"),
        (b'<"a>b\\"c"@x.example>', '"a>b\\"c"@x.example'),
        (b'<stray"quote@x.example>', 'stray"quote@x.example'),
        (b" bare@x.example", "bare@x.example"),
        (b"<%s@x.example>" % (b"l" * 2000), "l" * 2000 + "@x.example"),
        ("<j\u00fcrgen@sch\u00fcle.example> SMTPUTF8".encode(), "j\u00fcrgen@sch\u00fcle.example"),
        (b"<latin-\xe9@x.example>", "latin-\\xe9@x.example"),
        (b"<a@x.example> BODY=8BITMIME SIZE=100 AUTH=<>", "a@x.example"),
    ],
)
def test_any_sender_is_taken(listener: Listening, spool: Spool, said: bytes, kept: str) -> None:
    """Mail from an address that no standard knows is archived as well."""
    with Wire(listener.address) as wire:
        wire.say(b"EHLO client.example", b"MAIL FROM:" + said, b"RCPT TO:<b@x.example>", b"DATA")
        wire.send(b"x\r\n.\r\n")
        wire.reply()

    assert [kept] == [raw.envelope.mail_from for raw in spooled(spool)]


def test_offers_what_senders_need(listener: Listening) -> None:
    """SIZE (without a number, or Postfix bounces what is over it), 8BITMIME and SMTPUTF8."""
    with smtplib.SMTP(*listener.address) as client:
        client.ehlo()

        offered = client.esmtp_features

    assert offered["size"] == ""
    assert {"8bitmime", "smtputf8", "pipelining"} <= offered.keys()
    assert not {"auth", "starttls"} & offered.keys()


# --- refusals, none of which bounces mail -----------------------------------------------------


def test_a_stranger_hears_421(spool: Spool) -> None:
    """A peer outside the list is told to come again, so that a wrong list loses no mail."""
    with (
        capture_logs() as logs,
        listening(spool, allowed=(ip_network("192.0.2.0/24"),)) as listener,
        Wire(listener.address) as wire,
    ):
        assert wire.greeting.startswith(b"421 4.7.1 ")
        assert wire.reply() == b""

    assert ["127.0.0.1"] == [line["peer"] for line in logs if line["event"] == "refused"]


def test_the_crowd_waits(spool: Spool) -> None:
    """Past the limit on connections the answer is 421, until somebody leaves."""
    with listening(spool, max_connections=1) as listener:
        with Wire(listener.address) as first, Wire(listener.address) as second:
            assert [b"220", b"421"] == [first.greeting[:3], second.greeting[:3]]
            first.say(b"QUIT")
        assert deliver(listener.address, b"x\r\n").startswith(b"250")


def test_too_large_is_452(spool: Spool) -> None:
    """A message above the limit stays with its sender, announced or not, and the log says so."""
    with capture_logs() as logs, listening(spool, max_message_bytes=1000) as listener:
        with Wire(listener.address) as wire:
            announced = wire.say(b"EHLO c.example", b"MAIL FROM:<a@x.example> SIZE=1001")
            wire.say(b"RSET")
        replies = [announced, deliver(listener.address, b"x" * 999 + b"\r\n")]
        replies += [deliver(listener.address, b"x" * 300_000 + b"\r\n")]
        fits = deliver(listener.address, b".\r\n" * 333)

    assert [b"452 4.3.4"] * 3 == [reply[:9] for reply in replies]
    assert [b".\r\n" * 333] == [raw.content for raw in spooled(spool)]
    assert fits.startswith(b"250")
    assert 3 == sum("max_message_size" in line.get("reply", "") for line in logs)


def test_no_room_on_disk_is_452(spool: Spool) -> None:
    """With the disk nearly full mail waits with its sender."""
    with listening(spool, min_free_bytes=2**62) as listener, Wire(listener.address) as wire:
        reply = wire.say(b"EHLO client.example", b"MAIL FROM:<a@x.example>")

    assert reply.startswith(b"452 4.3.1")


@pytest.mark.parametrize("limit", [{"max_spool_messages": 2}, {"max_spool_bytes": 400}])
def test_a_full_spool_is_452_until_it_empties(spool: Spool, limit: dict[str, int]) -> None:
    """The spool's limits hold for what is under way too, and end when messages leave."""
    with listening(spool, **limit) as listener:
        with Wire(listener.address) as late:
            late.begin()
            replies = [deliver(listener.address, b"x" * 200 + b"\r\n") for _ in range(2)]
            late.send(b"x\r\n.\r\n")
            replies += [late.reply(), late.say(b"MAIL FROM:<a@x.example>")]
        spool.drop(spool.pending(limit=10))
        until = time.monotonic() + PATIENCE
        while not (again := try_mail(listener)).startswith(b"250") and time.monotonic() < until:
            time.sleep(0.1)

    assert [b"250", b"250", b"452", b"452"] == [reply[:3] for reply in replies]
    assert again.startswith(b"250")


def try_mail(listener: Listening) -> bytes:
    with Wire(listener.address) as wire:
        return wire.say(b"EHLO client.example", b"MAIL FROM:<a@x.example>")


def test_memory_is_bounded(spool: Spool) -> None:
    """What does not fit into the memory set aside hears 452, and what is there goes on."""
    limits = {"max_held_bytes": 1, "max_message_bytes": MIB}
    with listening(spool, **limits) as listener, Wire(listener.address) as first:
        first.begin()
        first.send(b"x" * (MIB - 100_000))
        with Wire(listener.address) as second:
            second.begin()
            second.send(b"x" * (MIB - 100_000))
            time.sleep(0.3)
            reply = try_data(listener, b"x" * (MIB // 2))
            second.send(b"\r\n.\r\n")
            first.send(b"\r\n.\r\n")
            replies = [first.reply()[:3], second.reply()[:3]]
        again = deliver(listener.address, b"x" * (MIB - 2) + b"\r\n")

    assert reply.startswith(b"452 4.3.1")
    assert [b"250", b"250"] == replies
    assert again.startswith(b"250")


def try_data(listener: Listening, content: bytes) -> bytes:
    return deliver(listener.address, content + b"\r\n")


def test_a_broken_spool_is_451_and_heals(spool: Spool) -> None:
    """Whatever goes wrong with the disk, mail stays with its sender and comes in afterwards."""
    tmp = spool.folder / "tmp"
    with capture_logs() as logs, listening(spool) as listener:
        tmp.rmdir()
        broken = deliver(listener.address, JOURNAL)
        tmp.mkdir()
        healed = deliver(listener.address, JOURNAL)

    assert broken.startswith(b"451 4.3.0")
    assert healed == b"250 2.0.0 spooled as r1-00000001\r\n"
    assert ["SpoolUnwritableError"] == [
        line["error"] for line in logs if line["event"] == "not-spooled"
    ]


def test_nothing_about_mail_is_refused_for_good(listener: Listening) -> None:
    """Whatever a sender says of a message, the refusal is temporary."""
    nonsense = [b"MAIL", b"MAIL FROM", b"MAIL FROM:", b"MAIL FROM:<a", b"RCPT TO:<a@x.example>"]
    nonsense += [b"DATA", b"MAIL FROM:<a@x.example> SIZE=x", b"MAIL FROM:<a@x.example> BODY=X"]
    nonsense += [b"MAIL FROM:<a@x.example> SIZE=" + b"9" * 5000, b"MAIL FROM:<a@x.example> XX=1"]
    with Wire(listener.address) as wire:
        replies = [wire.say(b"MAIL FROM:<a@x.example>"), wire.say(b"EHLO client.example")]
        replies += [wire.say(line) for line in nonsense]
        replies += [wire.say(b"MAIL FROM:<a@x.example>")]
        replies += [wire.say(line) for line in (b"MAIL FROM:<b@x.example>", b"RCPT TO:<>", b"RCPT")]
        replies += [wire.say(b"RCPT TO:<b@x.example> X=1"), wire.say(b"DATA")]

    codes = [reply[:1] for reply in replies]
    assert codes == [b"4", b"2", *[b"4"] * len(nonsense), b"2", *[b"4"] * 5]


# --- attacks ----------------------------------------------------------------------------------


@pytest.mark.parametrize("end", [b"\n.\r\n", b"\r.\r\n", b"\n.\n", b"\r\n.\n", b"\r\n\0.\r\n"])
def test_no_message_is_smuggled(listener: Listening, spool: Spool, end: bytes) -> None:
    """Only CRLF.CRLF ends a message, so none can hide inside another (CVE-2024-27305)."""
    inner = b"MAIL FROM:<boss@x.example>\r\nRCPT TO:<b@x.example>\r\nDATA\r\nforged\r\n"
    with Wire(listener.address) as wire:
        wire.begin()
        wire.send(b"first" + end + inner + b".\r\n")
        assert wire.reply().startswith(b"250")
        assert wire.say(b"NOOP").startswith(b"250")

    unstuffed = (b"first" + end + inner).replace(b"\r\n.", b"\r\n")
    assert [unstuffed] == [raw.content for raw in spooled(spool)]


def test_nothing_is_injected_before_tls(spool: Spool, tls: dict[str, Path]) -> None:
    """What was sent in clear behind STARTTLS is not obeyed inside TLS (CVE-2024-34083)."""
    trust = ssl.create_default_context(cafile=tls["tls_cert"])
    with listening(spool, **tls) as listener, Wire(listener.address) as wire:
        wire.say(b"EHLO client.example")
        wire.send(b"STARTTLS\r\nEHLO evil.example\r\nMAIL FROM:<evil@x.example>\r\n")
        assert wire.reply().startswith(b"220")
        with trust.wrap_socket(wire.socket, server_hostname="127.0.0.1") as secured:
            secured.sendall(b"NOOP\r\n")
            first = secured.recv(4096)
            secured.sendall(b"RCPT TO:<b@x.example>\r\n")
            second = secured.recv(4096)

    assert first == b"250 OK\r\n"
    assert second.startswith(b"451 4.5.1")


# --- TLS and AUTH -----------------------------------------------------------------------------


def test_tls_is_recorded(spool: Spool, tls: dict[str, Path]) -> None:
    """STARTTLS works, and the envelope says which protocol carried the message."""
    with (
        listening(spool, **tls, require_tls=True) as listener,
        smtplib.SMTP(*listener.address) as client,
    ):
        client.ehlo()
        assert client.mail("a@x.example")[0] == 451
        secure(client, tls)
        client.sendmail("a@x.example", ["b@x.example"], JOURNAL)

    assert [("TLSv1.3", JOURNAL)] == [(raw.envelope.tls, raw.content) for raw in spooled(spool)]


@pytest.mark.parametrize("mechanism", ["PLAIN", "LOGIN"])
def test_auth_is_recorded(spool: Spool, tls: dict[str, Path], users: Path, mechanism: str) -> None:
    """A right password opens the door, and the envelope says who; before that the door is shut."""
    with (
        listening(spool, **tls, users=users, require_auth=True) as listener,
        smtplib.SMTP(*listener.address) as client,
    ):
        secure(client, tls)
        client.ehlo()
        assert client.mail("a@x.example")[0] == 451
        say_utf8(client, mechanism)
        client.sendmail("a@x.example", ["b@x.example"], JOURNAL)

    assert ["exchange"] == [raw.envelope.user for raw in spooled(spool)]


def say_utf8(client: smtplib.SMTP, mechanism: str) -> None:
    """Authenticate as smtplib does, which takes only ASCII."""
    parts = [b"exchange", PASSWORD.encode()]
    if mechanism == "PLAIN":
        code, _ = client.docmd(
            "AUTH", "PLAIN " + base64.b64encode(b"\0" + b"\0".join(parts)).decode()
        )
    else:
        client.docmd("AUTH", "LOGIN")
        client.docmd(base64.b64encode(parts[0]).decode())
        code, _ = client.docmd(base64.b64encode(parts[1]).decode())
    assert code == 235


@pytest.mark.parametrize("name", ["exchange", "nobody"])
def test_wrong_passwords_end_the_session(spool: Spool, users: Path, name: str) -> None:
    """A wrong password or name is refused alike, and after three tries the line is closed."""
    said = base64.b64encode(b"\0" + name.encode() + b"\0wrong")
    with listening(spool, users=users) as listener, Wire(listener.address) as wire:
        wire.say(b"EHLO client.example")
        replies = [wire.say(b"AUTH PLAIN " + said) for _ in range(3)]

        assert [b"535"] * 3 == [reply[:3] for reply in replies]
        assert wire.reply() == b""


def test_a_second_login_is_quick_and_still_checked(spool: Spool, users: Path) -> None:
    """A password that was proved once is proved again, and a wrong one is still wrong."""
    right = base64.b64encode(b"\0exchange\0" + PASSWORD.encode())
    wrong = base64.b64encode(b"\0exchange\0password")
    replies = []
    with listening(spool, users=users) as listener:
        for said in (right, right, wrong):
            with Wire(listener.address) as wire:
                replies.append(wire.say(b"EHLO client.example", b"AUTH PLAIN " + said)[:3])

    assert [b"235", b"235", b"535"] == replies


@pytest.mark.parametrize("said", [b"AUTH PLAIN !", b"AUTH PLAIN QQ==", b"AUTH X", b"AUTH"])
def test_broken_auth_is_survived(spool: Spool, users: Path, said: bytes) -> None:
    """Nonsense for a password is an error, and the session goes on."""
    with listening(spool, users=users) as listener, Wire(listener.address) as wire:
        reply = wire.say(b"EHLO client.example", said)
        after = wire.say(b"NOOP")

    assert reply.startswith(b"50")
    assert after.startswith(b"250")


# --- starting and stopping --------------------------------------------------------------------


def test_stopping_waits_for_a_message(spool: Spool) -> None:
    """A message under way when the listener stops is still taken; idle clients are sent off."""
    with listening(spool) as listener, Wire(listener.address) as idle:
        with Wire(listener.address) as busy:
            busy.begin()
            busy.send(b"first half\r\n")
            listener.ask_to_stop()
            assert idle.reply().startswith(b"421 4.3.2")
            with pytest.raises(ConnectionRefusedError):
                Wire(listener.address)
            busy.send(b"second half\r\n.\r\n")
            replies = [busy.reply(), busy.reply()]
        listener.stop()

    assert [b"250", b"421"] == [reply[:3] for reply in replies]
    assert [b"first half\r\nsecond half\r\n"] == [raw.content for raw in spooled(spool)]


def test_stopping_does_not_wait_for_ever(spool: Spool) -> None:
    """A message that does not end within the grace is cut off and not promised."""
    with listening(spool, grace=0.2) as listener, Wire(listener.address) as wire:
        wire.begin()
        wire.send(b"half\r\n")
        listener.stop()

        assert wire.reply() == b""

    assert [] == spooled(spool)


def test_a_client_that_leaves_promises_nothing(listener: Listening, spool: Spool) -> None:
    """Half a message is no message."""
    with Wire(listener.address) as wire:
        wire.begin()
        wire.send(b"half\r\n")
    assert deliver(listener.address, b"whole\r\n").startswith(b"250")

    assert [b"whole\r\n"] == [raw.content for raw in spooled(spool)]


def test_a_silent_client_is_sent_off(spool: Spool) -> None:
    """A client that says nothing does not hold its place."""
    with listening(spool, timeout=0.3) as listener, Wire(listener.address) as wire:
        assert wire.reply() == b""


def test_starting_says_what_is_wrong(spool: Spool, tmp_path: Path) -> None:
    """Settings that cannot work are errors before anybody connects."""

    def trouble(**changed: Any) -> type[Exception]:
        wrong = replace(SETTINGS, **changed)
        with pytest.raises((ListenerStartError, SmtpUsersError)) as caught:
            asyncio.run(listen(wrong, spool, stop=asyncio.Event(), ready=print))
        return type(caught.value)

    bad = tmp_path / "users"
    bad.write_text("exchange:password\n")
    with socket.create_server(("127.0.0.1", 0)) as taken:
        found = [
            trouble(port=taken.getsockname()[1]),
            trouble(require_tls=True),
            trouble(tls_cert=bad),
            trouble(require_auth=True),
            trouble(users=bad),
            trouble(users=tmp_path / "none"),
        ]

    assert found == [ListenerStartError] * 4 + [SmtpUsersError] * 2


def test_logs_hold_no_address_and_no_mail(spool: Spool, caplog: pytest.LogCaptureFixture) -> None:
    """Neither our log nor aiosmtpd's says who wrote to whom, or what."""
    caplog.set_level(0)
    content = b"Subject: hush\r\n\r\nx\r\n"
    with (
        capture_logs() as logs,
        listening(spool) as listener,
        smtplib.SMTP(*listener.address) as client,
    ):
        client.sendmail("jane.doe@x.example", ["john@x.example"], content)

    said = repr(logs) + caplog.text
    [line] = [line for line in logs if line["event"] == "spooled"]
    assert (line["id"], line["size"], line["recipients"]) == ("r1-00000001", 20, 1)
    assert not [word for word in ("jane", "john", "hush") if word in said]


def test_a_user_line_is_read_back(tmp_path: Path) -> None:
    """A made line loads, holds no password, and never repeats a hash."""
    lines = [user_line("exchange", "secret") for _ in range(2)]
    path = tmp_path / "users"
    path.write_text(lines[0] + "\n")

    assert ["exchange"] == list(load_users(path))
    assert "secret" not in lines[0]
    assert lines[0] != lines[1]
