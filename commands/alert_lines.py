"""What `--json` prints of alerts; see `lines` for the rest and the rule."""

from datetime import datetime

from msgspec import Struct

from archive.news_events import NewsDropped, NewsSent
from cases.alerts import Alert, AlertBook
from cases.news import Told
from section9 import CaseId


class AlertItemLine(Struct, frozen=True):
    """One thing that an alert told of."""

    subject: str  # the id of a message or of a pattern
    what: str
    severity: int


class AlertLine(Struct, frozen=True, tag_field="schema", tag="section9.alert/1"):
    """One alert: what to whom, and whether anybody saw to it."""

    alert: str
    at: datetime  # when it was planned
    to: str  # empty where it concerned everybody who could be told
    post: str
    urgent: bool
    escalated: bool
    out_of_hours: bool
    state: str  # waiting, sent, refused, nobody, answered
    sent: datetime | None
    refused: str
    answered: datetime | None
    by: str  # who answered
    items: tuple[AlertItemLine, ...]
    left: int = 0  # of these, that nobody has seen to
    escalated_as: tuple[str, ...] = ()  # the alerts to the next in line, for want of an answer


class AlertTestLine(Struct, frozen=True, tag_field="schema", tag="section9.alert-test/1"):
    """What became of a test message to one address."""

    to: str
    posts: tuple[str, ...]
    sent: bool
    reason: str


class NewsLine(Struct, frozen=True, tag_field="schema", tag="section9.news/1"):
    """What a reader of a case was told of its saved searches."""

    news: str
    at: datetime  # when it was planned
    case: CaseId
    account: str
    to: str
    hits: int  # messages that are new
    state: str  # waiting, sent, dropped
    sent: datetime | None
    why: str  # it was dropped


def news_line(told: Told) -> NewsLine:
    """What somebody was told of saved searches, as `--json` prints it."""
    planned, came = told.planned, told.came
    return NewsLine(
        news=planned.news,
        at=planned.at,
        case=planned.case,
        account=planned.account,
        to=planned.to,
        hits=planned.hits,
        state=told.state,
        sent=came.at if isinstance(came, NewsSent) else None,
        why=came.why if isinstance(came, NewsDropped) else "",
    )


def alert_line(alert: Alert, book: AlertBook) -> AlertLine:
    """An alert, as `--json` prints it."""
    planned = alert.planned
    return AlertLine(
        alert=alert.id,
        at=planned.at,
        to=planned.to,
        post=planned.post,
        urgent=planned.urgent,
        escalated=planned.escalated,
        out_of_hours=planned.out_of_hours,
        state=alert.state,
        sent=alert.sent,
        refused=alert.refused,
        answered=alert.answered,
        by=alert.by,
        items=tuple(AlertItemLine(one.subject, one.what, one.severity) for one in planned.items),
        left=book.left(alert.id),
        escalated_as=book.next_of(alert),
    )
