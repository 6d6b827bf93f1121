"""What reviewers say of the mail of a case: events of the `cases` book.

One event may cover many messages, and never more than `MOST`, so that a line of the ledger stays
one that can be read. The words `text`, `reason`, tags and names are staff's own.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Literal

from archive.books import Head
from section9 import CaseId, MailId

MOST = 5_000
"""Messages of one event: about 350 kB of a line."""


class Verdict(StrEnum):
    """What a reviewer says of a message."""

    RELEVANT = "relevant"
    NOT_RELEVANT = "not-relevant"
    PRIVILEGED = "privileged"  # legal privilege: it leaves the archive with no export
    UNDECIDED = "undecided"  # looked at, and left open


@dataclass(frozen=True, slots=True)
class ReviewerAdmitted:
    """Another account was let into a case, to review beside its investigator."""

    at: datetime
    by: str
    case: CaseId
    reviewer: str  # operating-system account
    reason: str
    kind: Literal["reviewer-admitted"] = "reviewer-admitted"


@dataclass(frozen=True, slots=True)
class ReviewerDismissed:
    """A reviewer's part in a case ended; what they said stands."""

    at: datetime
    by: str
    case: CaseId
    reviewer: str
    reason: str
    kind: Literal["reviewer-dismissed"] = "reviewer-dismissed"


@dataclass(frozen=True, slots=True)
class Tagged:
    """Tags were put on messages, or taken off."""

    at: datetime
    by: str
    case: CaseId
    mails: tuple[MailId, ...]
    added: tuple[str, ...]
    removed: tuple[str, ...]
    kind: Literal["tagged"] = "tagged"


@dataclass(frozen=True, slots=True)
class NoteTaken:
    """A note was written on messages. No note is ever taken off; a later one corrects it."""

    at: datetime
    by: str
    case: CaseId
    mails: tuple[MailId, ...]
    text: str
    kind: Literal["note-taken"] = "note-taken"


@dataclass(frozen=True, slots=True)
class Judged:
    """A reviewer said what messages are to the case."""

    at: datetime
    by: str
    case: CaseId
    mails: tuple[MailId, ...]
    verdict: Verdict
    reason: str
    settles: bool = False  # ends what reviewers disagree about; the investigator's alone
    kind: Literal["judged"] = "judged"


@dataclass(frozen=True, slots=True)
class Assigned:
    """Messages were given to a reviewer; to nobody where `reviewer` is empty."""

    at: datetime
    by: str
    case: CaseId
    mails: tuple[MailId, ...]
    reviewer: str
    kind: Literal["assigned"] = "assigned"


@dataclass(frozen=True, slots=True)
class SecondReviewAsked:
    """What one reviewer said is to be said again by another, who is to come to it fresh."""

    at: datetime
    by: str
    case: CaseId
    mails: tuple[MailId, ...]  # that were drawn
    of: str  # whose verdicts are checked
    reviewer: str  # who checks them
    total: int  # that they were drawn from
    seed: int  # by which they were drawn, so that the draw can be made again
    kind: Literal["second-review-asked"] = "second-review-asked"


@dataclass(frozen=True, slots=True)
class QuerySaved:
    """A query was kept under a name; a name that is there is given the new query."""

    at: datetime
    by: str
    case: CaseId
    name: str
    query: str  # exactly as typed
    kind: Literal["query-saved"] = "query-saved"


@dataclass(frozen=True, slots=True)
class QueryForgotten:
    """A saved query was taken off the list."""

    at: datetime
    by: str
    case: CaseId
    name: str
    kind: Literal["query-forgotten"] = "query-forgotten"


@dataclass(frozen=True, slots=True)
class QueryRan:
    """A saved query was run, and what it found for the first time is known from here on."""

    at: datetime
    by: str
    case: CaseId
    name: str
    as_of: Head  # the mail book when it ran
    total: int
    new: tuple[MailId, ...]  # found for the first time under this name; `MOST` at most
    kind: Literal["query-ran"] = "query-ran"


OfMails = Tagged | NoteTaken | Judged | Assigned | SecondReviewAsked
"""What is said of messages: each names them in `mails`."""

ReviewEvent = (
    OfMails | ReviewerAdmitted | ReviewerDismissed | QuerySaved | QueryForgotten | QueryRan
)
"""Every event of a review: whoever adds one adds it here."""
