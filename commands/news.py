"""Telling the readers of a case that its saved searches find something new: how many, no more."""

from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass
from email.message import EmailMessage
from functools import partial

import structlog

from archive.books import Book
from archive.news_events import NewsDropped, NewsPlanned, NewsSent
from cases.deciding import record
from cases.news import fold, may_hear, plan
from commands.app import App
from commands.mailing import NotMailedError, letter, send
from commands.settings_routing import Alerts

log = structlog.get_logger()


@dataclass
class Herald:
    """Plans with every digest what is to be told of new hits, and sends it."""

    app: App
    _unsent: Sequence[NewsPlanned] | None = None  # None: the ledger knows

    def plan(self) -> None:
        """Ask the saved searches again, and write down who is to be told."""
        fresh = App(self.app.home, self.app.clock)  # of today: who is who, and which index it is
        with closing(fresh.index):
            decide = partial(plan, fresh.gate, address=self._address)
            record(self.app.ledger, Book.CASES, decide)
        self._unsent = None

    def send(self, attempts: int) -> int:
        """Send what was planned; say how many messages went. Raises `NotMailedError`."""
        if self._unsent is None:
            self._unsent = fold(self.app.ledger.events(Book.CASES)).unsent
        sent = 0
        while self._unsent:
            came = self._send(self._unsent[0], attempts)
            self.app.ledger.append(Book.CASES, (came,))
            log.info(came.kind, news=came.news)
            sent += isinstance(came, NewsSent)
            self._unsent = self._unsent[1:]
        return sent

    def _send(self, planned: NewsPlanned, attempts: int) -> NewsSent | NewsDropped:
        told = (self.app.clock(), self.app.actor, planned.news, planned.case)
        if not self._may_hear(planned):
            return NewsDropped(*told, "not authorised any more")
        try:
            message = letter_of(self.app.settings.alerts, planned)
            send(self.app.settings.alerts, message, attempts=attempts)
        except NotMailedError as error:
            if not error.refused:
                raise
            return NewsDropped(*told, error.reason)
        return NewsSent(*told)

    def _may_hear(self, planned: NewsPlanned) -> bool:
        case = self.app.casebook.case(planned.case)
        return may_hear(
            case, planned.account, now=self.app.case_clock(), accounts=self.app.accounts
        )

    def _address(self, account: str) -> str:
        """The first address in `[roles]`; none is made up for whoever has none there."""
        holder = self.app.settings.roles.get(account)
        return holder.addresses[0] if holder and holder.addresses else ""


def letter_of(settings: Alerts, planned: NewsPlanned) -> EmailMessage:
    """The message: the same, under the same Message-ID, whenever it is made."""
    subject = f"Section 9: {_messages(planned.hits)} new in case {planned.case}"
    text = (
        f"Saved searches of case {planned.case} find {_messages(planned.hits)}"
        " that they had not found before.\n\n"
        f"  section9 saved new --case {planned.case}\n\n"
        "This message holds no content. Nobody reads an answer to it.\n"
    )
    message = letter(settings, planned.to, subject, text, at=planned.at)
    domain = settings.sender.rpartition("@")[2]
    message.replace_header("Message-ID", f"<{planned.news}.{planned.at:%Y%m%d%H%M%S%f}@{domain}>")
    return message


def _messages(number: int) -> str:
    return f"{number:,} message{'' if number == 1 else 's'}"
