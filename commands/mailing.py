"""Mail that Section 9 writes itself: alerts, anchors and digests, by the server in `[alerts]`.

One way out for all of it. The server proves itself by its certificate, nothing is said in clear to
another machine, and what failed for the moment is tried again, later each time. Whatever the
server answers stays out of errors and logs but for its code: it may repeat an address.
"""

import asyncio
import socket
from email.message import EmailMessage
from email.utils import format_datetime, make_msgid
from typing import TYPE_CHECKING, ClassVar

from section9 import Section9Error

if TYPE_CHECKING:
    import ssl
    from datetime import datetime

    import aiosmtplib

    from commands.settings_routing import Alerts

ATTEMPTS = 3
LONGEST_PAUSE = 8.0  # seconds between attempts
PATIENCE = 4  # times the setting `timeout`, which is for one answer: for all of a conversation
FAILED_FOR_GOOD = 500  # RFC 5321, 4.2.1: from here on the server says that it will not change


class NotMailedError(Section9Error):
    """The mail server could not be reached, or took nothing."""

    exit_code: ClassVar[int] = 44

    def __init__(self, reason: str, *, refused: bool = False) -> None:
        super().__init__(
            f"the mail server did not take it ({reason}): check the mail server in [alerts], "
            "try it with `section9 alert test`, then run this again"
        )
        self.reason = reason  # a word of ours, and the server's code
        self.refused = refused  # the recipient, for good: another one may be taken


def letter(settings: "Alerts", to: str, subject: str, text: str, *, at: "datetime") -> EmailMessage:
    """A message from us. Raises `ValueError` on a header with a line break in it."""
    message = EmailMessage()
    message["From"], message["To"] = settings.sender, to
    message["Subject"] = subject
    message["Date"] = format_datetime(at)
    message["Message-ID"] = make_msgid(domain=settings.sender.rpartition("@")[2])
    message["Auto-Submitted"] = "auto-generated"  # RFC 3834: no out-of-office answers
    message.set_content(text)
    return message


def send(settings: "Alerts", message: EmailMessage, *, attempts: int = ATTEMPTS) -> None:
    """Hand a message to the mail server. Raises `NotMailedError`."""
    if not settings.smtp_host:
        raise NotMailedError("none is named: set smtp_host")
    asyncio.run(_deliver(settings, message, attempts))


async def _deliver(settings: "Alerts", message: EmailMessage, attempts: int) -> None:
    import tenacity

    async for attempt in tenacity.AsyncRetrying(
        retry=tenacity.retry_if_exception(_may_pass),
        stop=tenacity.stop_after_attempt(attempts),
        wait=tenacity.wait_exponential_jitter(max=LONGEST_PAUSE),
        reraise=True,
    ):
        with attempt:
            await _attempt(settings, message)


async def _attempt(settings: "Alerts", message: EmailMessage) -> None:
    import aiosmtplib

    try:
        async with asyncio.timeout(PATIENCE * settings.timeout):
            client = aiosmtplib.SMTP(
                hostname=settings.smtp_host,
                port=settings.smtp_port,
                local_hostname=socket.gethostname(),
                username=settings.username or None,
                password=settings.secret(),
                use_tls=settings.security == "tls",
                start_tls=settings.security == "starttls",
                tls_context=_context(settings),
                timeout=settings.timeout,
            )
            await _hand_over(client, message, settings.sender)
    except aiosmtplib.SMTPRecipientsRefused as error:
        code = max(one.code for one in error.recipients)
        raise NotMailedError(f"recipient refused, {code}", refused=_for_good(code)) from error
    except aiosmtplib.SMTPResponseException as error:
        raise NotMailedError(f"{type(error).__name__} {error.code}") from error
    except (aiosmtplib.SMTPException, OSError, ValueError) as error:
        raise NotMailedError(type(error).__name__) from error


async def _hand_over(client: "aiosmtplib.SMTP", message: EmailMessage, sender: str) -> None:
    """Say it all, and end the connection: that of TLS takes turns of a loop that ends with us."""
    connection: asyncio.BaseTransport | None = None
    try:
        async with client:
            connection = client.transport
            to = [message["To"].addresses[0].addr_spec]
            await client.send_message(message, sender=sender, recipients=to)
    finally:
        if isinstance(connection, asyncio.Transport):
            connection.abort()


def _may_pass(error: BaseException) -> bool:
    """Tell whether the same may work a little later: a server away or busy, but no bad proof."""
    import ssl

    import aiosmtplib

    match cause := error.__cause__:
        case aiosmtplib.SMTPRecipientsRefused():
            return not any(_for_good(one.code) for one in cause.recipients)
        case aiosmtplib.SMTPResponseException():
            return not _for_good(cause.code)
        case OSError():
            return not any(isinstance(one, ssl.SSLError) for one in (cause, cause.__cause__))
        case _:
            return False


def _for_good(code: int) -> bool:
    return code >= FAILED_FOR_GOOD


def _context(settings: "Alerts") -> "ssl.SSLContext | None":
    """How the server's certificate is verified; none where nothing is encrypted."""
    import ssl

    if settings.security == "none":
        return None
    try:
        return ssl.create_default_context(cafile=settings.ca_file)
    except OSError as error:
        raise NotMailedError("ca_file cannot be read") from error
