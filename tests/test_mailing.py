"""Mail that Section 9 writes: real SMTP servers, TLS that is verified, logins, and retries."""

import ssl
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult, LoginPassword
from loopback import free_port
from pydantic import ValidationError
from support_smtp import certificate

from commands.mailing import NotMailedError, letter, send
from commands.settings_routing import Alerts

# aiosmtpd leaves TLS connections that it has closed to the garbage collector.
pytestmark = pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
PASSWORD = "correct horse"  # noqa: S105 - of a server that lives for one test


class Inbox:
    """Keeps what it is sent, and answers what it is told to."""

    def __init__(self, *answers: str) -> None:
        self.answers = list(answers)
        self.messages: list[bytes] = []
        self.recipients: list[str] = []

    async def handle_RCPT(  # noqa: N802 - aiosmtpd calls it so
        self, _server: Any, _session: Any, envelope: Any, address: str, _options: Any
    ) -> str:
        """Take a recipient, or give the next answer."""
        if self.answers:
            answer = self.answers.pop(0)
            if not answer.startswith("2"):
                return answer
        envelope.rcpt_tos.append(address)
        self.recipients.append(address)
        return "250 OK"

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:  # noqa: N802
        """Take a message."""
        self.messages.append(envelope.content)
        return "250 OK"


@contextmanager
def receiving(inbox: Inbox, *, port: int = 0, **options: Any) -> Iterator[int]:
    """Run a server on a free port of the loopback; gives the port."""
    controller = Controller(inbox, hostname="127.0.0.1", port=port or free_port(), **options)
    controller.start()
    try:
        yield controller.port
    finally:
        controller.stop()


def server_context(cert: Path, key: Path) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(cert, key)
    return context


def check_login(_server: Any, _session: Any, _envelope: Any, _how: str, given: Any) -> AuthResult:
    expected = LoginPassword(b"section9", PASSWORD.encode())
    return AuthResult(success=given == expected)


def settings(port: int, **said: Any) -> Alerts:
    return Alerts(smtp_host="127.0.0.1", smtp_port=port, timeout=5, **said)


def post(settings: Alerts) -> None:
    message = letter(settings, "dsl@school.example", "A subject", "A text.\n", at=NOW)
    send(settings, message)


def test_a_message_reaches_whom_it_is_for() -> None:
    """With a date, an id, and word that no machine should answer."""
    inbox = Inbox()
    with receiving(inbox) as port:
        post(settings(port))

    [message] = inbox.messages
    assert ["dsl@school.example"] == inbox.recipients
    assert b"Auto-Submitted: auto-generated" in message
    assert b"Date: Mon, 23 Nov 2026 09:00:00 +0000" in message
    assert b"Message-ID: <" in message


def test_it_logs_in_over_starttls(tmp_path: Path) -> None:
    """With a certificate that is verified, and the password from a file."""
    cert, key = certificate(tmp_path)
    (tmp_path / "password").write_text(f"{PASSWORD}\n")
    inbox = Inbox()
    auth: dict[str, Any] = {
        "auth_required": True,
        "auth_require_tls": True,
        "authenticator": check_login,
    }
    with receiving(
        inbox, tls_context=server_context(cert, key), require_starttls=True, **auth
    ) as port:
        post(
            settings(
                port,
                tls="starttls",
                ca_file=cert,
                username="section9",
                password_file=tmp_path / "password",
            )
        )

    assert 1 == len(inbox.messages)


def test_it_speaks_tls_from_the_first_byte(tmp_path: Path) -> None:
    """As port 465 wants it."""
    cert, key = certificate(tmp_path)
    inbox = Inbox()
    with receiving(inbox, ssl_context=server_context(cert, key)) as port:
        post(settings(port, tls="tls", ca_file=cert))

    assert 1 == len(inbox.messages)


@pytest.mark.parametrize("how", ["tls", "starttls"])
def test_a_server_that_cannot_prove_itself_is_told_nothing(tmp_path: Path, how: str) -> None:
    """Neither the password nor a message."""
    cert, key = certificate(tmp_path)
    inbox, context = Inbox(), server_context(cert, key)
    options: dict[str, Any] = {"ssl_context": context} if how == "tls" else {"tls_context": context}
    with receiving(inbox, **options) as port, pytest.raises(NotMailedError):
        post(settings(port, tls=how))

    assert [] == inbox.messages


def test_a_server_without_starttls_is_told_nothing() -> None:
    """It is asked for, and not merely hoped for."""
    inbox = Inbox()
    with receiving(inbox) as port, pytest.raises(NotMailedError):
        post(settings(port, tls="starttls"))

    assert [] == inbox.messages


def test_a_wrong_password_is_not_repeated(tmp_path: Path) -> None:
    """Neither to the server, which may lock the account, nor in the error."""
    cert, key = certificate(tmp_path)
    tried: list[object] = []

    def refuse(*given: Any) -> AuthResult:
        tried.append(given)
        return AuthResult(success=False, handled=False, message="535 5.7.8 no")

    said = {"tls": "starttls", "ca_file": cert, "username": "section9", "password": "hunter2"}
    options: dict[str, Any] = {"tls_context": server_context(cert, key), "authenticator": refuse}
    with receiving(Inbox(), **options) as port, pytest.raises(NotMailedError) as raised:
        post(settings(port, **said))

    assert len(tried) <= 2  # two ways to say it, each once
    assert "hunter2" not in str(raised.value)


def test_what_is_refused_for_the_moment_is_tried_again() -> None:
    """A greylisting server has it a second later."""
    inbox = Inbox("451 4.7.1 come back later")
    with receiving(inbox) as port:
        post(settings(port))

    assert 1 == len(inbox.messages)


def test_a_recipient_who_is_refused_for_good_is_not_tried_again() -> None:
    """The error says that it is the recipient, and does not name them."""
    inbox = Inbox("550 5.1.1 no dsl@school.example here")
    with receiving(inbox) as port, pytest.raises(NotMailedError) as raised:
        post(settings(port))

    assert raised.value.refused
    assert "@" not in str(raised.value)


def test_a_server_that_is_away_is_an_error_soon() -> None:
    """It says what to do."""
    began = time.monotonic()
    with pytest.raises(NotMailedError, match="section9 alert test"):
        post(settings(free_port()))

    assert time.monotonic() - began < 20


@pytest.mark.parametrize("field", ["to", "subject"])
def test_no_header_can_be_smuggled_in(field: str) -> None:
    """A line break in a value is refused, whatever it came from."""
    evil = {"to": "dsl@school.example", "subject": "s"} | {field: "x@y.example\nBcc: z@w.example"}

    with pytest.raises(ValueError, match="line"):
        letter(settings(25), evil["to"], evil["subject"], "text", at=NOW)


@pytest.mark.parametrize(
    "address",
    [
        "a@b.example\n",
        "a@b.example,c@d.example",
        "<a@b.example>",
        "a b@c.example",
        '"x"@b.example',
        "a@b.example\r\nBcc: c@d.example",
        "a@b",
    ],
)
def test_an_address_in_the_settings_is_one_address(address: str) -> None:
    """Nothing that a header or a server reads as more, or otherwise."""
    if address == "a@b":  # a host on this network has no dot
        assert address == Alerts(head_teacher=address).head_teacher
        return
    with pytest.raises(ValidationError):
        Alerts(head_teacher=address)


def test_a_password_never_goes_in_clear_to_another_machine() -> None:
    """The settings are refused."""
    said = {"username": "u", "password": "p", "tls": "none"}

    with pytest.raises(ValidationError, match="in clear"):
        Alerts(smtp_host="mail.school.example", **said)
