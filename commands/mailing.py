"""Mail that Section 9 writes itself: alerts, anchors and digests, by the server in `[alerts]`."""

import smtplib
from email.message import EmailMessage
from typing import TYPE_CHECKING, ClassVar

from section9 import Section9Error

if TYPE_CHECKING:
    from commands.alerting import Alerts

TIMEOUT = 30  # seconds


class NotMailedError(Section9Error):
    """The mail server could not be reached, or took nothing."""

    exit_code: ClassVar[int] = 44

    def __init__(self, reason: str) -> None:
        super().__init__(
            f"the mail server did not take it ({reason}): check [alerts] smtp_host and smtp_port, "
            "then run this again"
        )
        self.reason = reason


def letter(settings: "Alerts", to: str, subject: str, text: str) -> EmailMessage:
    """A message from us."""
    message = EmailMessage()
    message["From"], message["To"] = settings.sender, to
    message["Subject"] = subject
    message["Auto-Submitted"] = "auto-generated"  # RFC 3834: no out-of-office answers
    message.set_content(text)
    return message


def send(settings: "Alerts", message: EmailMessage) -> None:
    """Hand a message to the mail server. Raises `NotMailedError`."""
    try:
        with smtplib.SMTP(settings.smtp_host, settings.smtp_port, timeout=TIMEOUT) as client:
            client.send_message(message)
    except (smtplib.SMTPException, OSError) as error:
        raise NotMailedError(type(error).__name__) from error
