"""What saved searches find for the first time, and who was told that there is something: events.

The searches of the people in a case are theirs; these were made by the process that sends alerts.
As with alerts, what is to be sent is planned here first, and noted when the mail server took it.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal, NewType

from archive.books import Head
from section9 import CaseId, MailId

NewsId = NewType("NewsId", str)
"""`N-0001`, counted from one."""


@dataclass(frozen=True, slots=True)
class NewsFound:
    """A saved search finds messages that it had not found; nobody is told of them again."""

    at: datetime
    by: str
    case: CaseId
    name: str  # of the saved search
    as_of: Head  # the mail book then
    mails: tuple[MailId, ...]  # `review_events.MOST` at most
    kind: Literal["news-found"] = "news-found"


@dataclass(frozen=True, slots=True)
class NewsPlanned:
    """Somebody who reads in a case is to be told how many messages are new there."""

    at: datetime
    by: str
    news: NewsId
    case: CaseId
    account: str
    to: str  # the address
    hits: int
    kind: Literal["news-planned"] = "news-planned"


@dataclass(frozen=True, slots=True)
class NewsSent:
    """The mail server took it."""

    at: datetime
    by: str
    news: NewsId
    case: CaseId
    kind: Literal["news-sent"] = "news-sent"


@dataclass(frozen=True, slots=True)
class NewsDropped:
    """It is not sent: the mail server refused the recipient, or the case opens nothing to them."""

    at: datetime
    by: str
    news: NewsId
    case: CaseId
    why: str  # a word of ours, and the server's code
    kind: Literal["news-dropped"] = "news-dropped"


NewsEvent = NewsFound | NewsPlanned | NewsSent | NewsDropped
"""Every such event: whoever adds one adds it here."""
