"""Hand the demo mailbox to a listener as a school's mail server would: by real SMTP.

Each message goes to its real recipients and to the archive besides, as Postfix does with
`always_bcc`, so the envelope holds who truly got it, Bcc included.
"""

import smtplib
import threading
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import ClassVar

from demo.mailbox import Delivery
from demo.trust import ARCHIVE
from section9 import Section9Error

TIMEOUT = 30.0  # seconds that one SMTP reply may take

Sent = tuple[Delivery, bytes]
OnSent = Callable[[Delivery], None]


class DemoSendError(Section9Error):
    """The listener did not take a message."""

    exit_code: ClassVar[int] = 3

    def __init__(self, why: str) -> None:
        super().__init__(
            f"the listener did not take a demo message ({why}): "
            "see that `section9 serve` is running and send again; nothing is archived twice"
        )


def send_all(
    host: str,
    port: int,
    messages: Iterable[Sent],
    *,
    sessions: int = 4,
    on_sent: OnSent = lambda _: None,
) -> int:
    """Send every message over so many sessions at once; returns how many were taken.

    `on_sent` is called after each 250, by one session at a time, in no order that can be
    relied on. Raises `DemoSendError` for the first refusal; the other sessions finish.
    """
    shared = _Shared(messages)
    with ThreadPoolExecutor(sessions) as pool:
        running = [pool.submit(_session, host, port, shared, on_sent) for _ in range(sessions)]
    return sum(session.result() for session in running)


class _Shared:
    """One queue that several sessions draw from, and the lock for what they report."""

    def __init__(self, messages: Iterable[Sent]) -> None:
        self._messages = iter(messages)
        self._drawing = threading.Lock()
        self.telling = threading.Lock()

    def drawn(self) -> Iterator[Sent]:
        """Messages that no other session has drawn."""
        while True:
            with self._drawing:  # a generator may not be advanced by two threads
                message = next(self._messages, None)
            if message is None:
                return
            yield message


def _session(host: str, port: int, shared: _Shared, on_sent: OnSent) -> int:
    sent = 0
    try:
        with smtplib.SMTP(host, port, timeout=TIMEOUT) as client:
            for delivery, content in shared.drawn():
                _send(client, delivery, content)
                sent += 1
                with shared.telling:
                    on_sent(delivery)
    except (smtplib.SMTPException, OSError) as error:
        raise DemoSendError(type(error).__name__) from error
    return sent


def _send(client: smtplib.SMTP, delivery: Delivery, content: bytes) -> None:
    client.ehlo_or_helo_if_needed()
    refused = client.sendmail(
        delivery.mail_from,
        [*delivery.rcpt_to, ARCHIVE],
        content,
        mail_options=list(_options(client, delivery, content)),
    )
    if refused:  # some recipients were taken and some were not: the archive's copy is in doubt
        raise smtplib.SMTPRecipientsRefused(refused)


def _options(client: smtplib.SMTP, delivery: Delivery, content: bytes) -> Iterator[str]:
    """What MAIL FROM must declare: raw 8-bit text (RFC 6152), addresses in UTF-8 (RFC 6531)."""
    if not content.isascii() and client.has_extn("8bitmime"):
        yield "BODY=8BITMIME"
    if not all(address.isascii() for address in (delivery.mail_from, *delivery.rcpt_to)):
        yield "SMTPUTF8"
