"""Who was told of what: events of the `cases` book, without any content.

Before anything is sent it is planned here, and after the mail server took it that is noted. So a
crash in between sends the same message again, under the same Message-ID, and never none: at least
once. What is planned for somebody is never planned for them again.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal, NewType

AlertId = NewType("AlertId", str)
"""`A-0001`, counted from one."""


@dataclass(frozen=True, slots=True)
class AlertItem:
    """One thing that somebody is told of."""

    subject: str  # the id of a message or of a pattern
    what: str  # a category, or `sealed`
    severity: int  # 1 (note) to 5 (act now)


@dataclass(frozen=True, slots=True)
class AlertPlanned:
    """Somebody is to be told, in one message, of all these."""

    at: datetime
    by: str
    alert: AlertId
    to: str  # the address; empty where it concerns everybody who could be told
    post: str  # whose business it is: `dsl`
    urgent: bool  # at once, rather than in the digest
    escalated: bool  # somebody else had been told, and did not answer
    out_of_hours: bool  # when nobody was at work, to who is told then
    items: tuple[AlertItem, ...]
    kind: Literal["alert-planned"] = "alert-planned"


@dataclass(frozen=True, slots=True)
class AlertSent:
    """The mail server took an alert."""

    at: datetime
    by: str
    alert: AlertId
    kind: Literal["alert-sent"] = "alert-sent"


@dataclass(frozen=True, slots=True)
class AlertRefused:
    """The mail server refused the recipient for good: the next in line is told."""

    at: datetime
    by: str
    alert: AlertId
    why: str  # a word of ours, and the server's code
    kind: Literal["alert-refused"] = "alert-refused"


@dataclass(frozen=True, slots=True)
class AlertAcknowledged:
    """Somebody has seen an alert, and sees to all that it names. It decides nothing."""

    at: datetime
    by: str
    alert: AlertId
    kind: Literal["alert-acknowledged"] = "alert-acknowledged"


@dataclass(frozen=True, slots=True)
class AlertsReviewed:
    """All that was filed up to here, and is told in digests, has been planned."""

    at: datetime
    by: str
    through: int  # the segment of the mail book
    kind: Literal["alerts-reviewed"] = "alerts-reviewed"


AlertEvent = AlertPlanned | AlertSent | AlertRefused | AlertAcknowledged | AlertsReviewed
"""Every such event: whoever adds one adds it here."""
