"""Telling the head teacher that something was sealed: an id and a time, never any content."""

from typing import TYPE_CHECKING

import click
import structlog
from pydantic import Field

from commands.rights import Address, Section

if TYPE_CHECKING:
    from archive.case_events import Sealed
    from commands.app import App

WHAT = "sealed"
SUBJECT = "Section 9: a message was sealed"

log = structlog.get_logger()


class Alerts(Section):
    """Who is told at once, and through which mail server. Without both, `status` says so."""

    head_teacher: Address | None = None
    sender: Address = "section9@localhost"
    smtp_host: str = ""
    smtp_port: int = Field(25, ge=1, le=65535)


def tell(app: "App") -> None:
    """Tell of every seal that nobody was told of; what cannot be sent is tried again later."""
    from archive.books import Book
    from archive.case_events import Alerted
    from commands.mailing import NotMailedError, letter, send

    settings = app.settings.alerts
    if not (settings.head_teacher and settings.smtp_host):
        return
    for sealed in untold(app):
        try:
            send(settings, letter(settings, settings.head_teacher, SUBJECT, _text(sealed)))
        except NotMailedError as error:
            log.error("alert_not_sent", error=error.reason)  # noqa: TRY400 - no traceback of mail
            return
        told = Alerted(app.clock(), app.actor, sealed.mail, settings.head_teacher, WHAT)
        app.ledger.append(Book.CASES, (told,))


def untold(app: "App") -> "list[Sealed]":
    """The seals of which nobody was told yet."""
    from archive.books import Book
    from archive.case_events import Alerted, SealBroken, Sealed

    waiting: dict[str, Sealed] = {}
    for event in app.ledger.events(Book.CASES):
        match event:
            case Sealed():
                waiting[event.mail] = event
            case Alerted() | SealBroken():
                waiting.pop(event.mail, None)
            case _:
                pass
    return list(waiting.values())


def say_untold(app: "App") -> None:
    """Say on the terminal how many seals nobody was told of."""
    if waiting := untold(app):
        click.secho(
            f"warning  the head teacher has not been told of {len(waiting):,} sealed messages:"
            " see `section9 seal list`, and [alerts] in section9.toml",
            fg="yellow",
        )


def _text(sealed: "Sealed") -> str:
    case = f" in case {sealed.case}" if sealed.case else " on arrival"
    return (
        f"A message was sealed{case} at {sealed.at:%Y-%m-%d %H:%M} UTC, as suspected illegal"
        f" content (clause 7.4 of the policy).\n\nIts id is {sealed.mail}. Nobody can open, copy"
        " or forward it until two people have agreed on the record.\n"
    )
