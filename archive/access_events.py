"""Who looked at what: the events of the `access` book.

Every dataclass is frozen and survives a trip through JSON; its `kind` tells it from the others.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from archive.books import Head
from section9 import BlobId, CaseId, MailId


@dataclass(frozen=True, slots=True)
class Searched:
    """Somebody ran a query inside a case."""

    at: datetime
    by: str
    case: CaseId
    query: str  # exactly as typed
    ran: str  # the whole query with the case's scope, as the engine got it
    engine: str  # `sqlite 3.40.1`
    as_of: Head  # the mail book when the query ran
    total: int
    unsearchable: int  # messages in scope with text that no search can see
    shown: tuple[MailId, ...]
    withheld: int = 0  # of the total, found and shown by their metadata alone
    facets: tuple[str, ...] = ()  # fields whose values were counted
    kind: Literal["searched"] = "searched"


@dataclass(frozen=True, slots=True)
class Viewed:
    """Somebody opened a message inside a case."""

    at: datetime
    by: str
    case: CaseId
    mail: MailId
    blob: BlobId
    view: str  # `text`, `headers`, `raw`; `metadata`, `excerpts` or `masked` where no more was
    reason: str = ""  # why more than excerpts were opened, under the standing programme
    kind: Literal["viewed"] = "viewed"


@dataclass(frozen=True, slots=True)
class Exported:
    """Somebody is given the evidence of a case: what, found how, and in what state of things.

    All that an export says of itself comes from here, so that it can be made again.
    """

    at: datetime
    by: str
    case: CaseId
    query: str  # exactly as typed
    ran: str  # the whole query with the case's scope, as the engine got it
    engine: str  # `sqlite 3.40.1`
    program: str  # `section9 0.1.0`
    heads: tuple[Head, ...]  # of the mail, the cases and the web book
    behind: int  # segments of the mail book that the index lacks
    total: int  # messages found
    mails: tuple[MailId, ...]  # that are given, oldest first
    withheld: tuple[MailId, ...]  # of those found, what the case does not open
    sealed: tuple[MailId, ...]  # of those withheld
    unsearchable: tuple[MailId, ...]  # in scope and open, with text that no search can see
    own: int  # in scope, and the reader's own
    forms: tuple[str, ...] = ()  # what was asked for besides: `pdf`
    privileged: tuple[MailId, ...] = ()  # of those withheld, for a reviewer found them so
    kind: Literal["exported"] = "exported"


@dataclass(frozen=True, slots=True)
class ExportResumed:
    """An export is gone on with, or made again."""

    at: datetime
    by: str
    case: CaseId
    export: int  # the segment of this book that it was recorded in
    kind: Literal["export-resumed"] = "export-resumed"


@dataclass(frozen=True, slots=True)
class ExportFinished:
    """All of an export is written; its list of sums stands for every file of it."""

    at: datetime
    by: str
    case: CaseId
    export: int
    files: int
    sha256: str  # of SHA256SUMS
    kind: Literal["export-finished"] = "export-finished"


@dataclass(frozen=True, slots=True)
class Refused:
    """Somebody asked for content and was turned away."""

    at: datetime
    by: str
    case: str  # as typed: it may name no case
    act: str
    why: str  # the name of the error
    mail: str = ""  # the id that was asked for, as typed
    kind: Literal["refused"] = "refused"


@dataclass(frozen=True, slots=True)
class RulesTried:
    """Rules were tried on archived mail; whoever did saw counts, and ids of messages."""

    at: datetime
    by: str
    rules: str  # the versions that were tried
    messages: int  # read
    shown: tuple[MailId, ...]
    kind: Literal["rules-tried"] = "rules-tried"


@dataclass(frozen=True, slots=True)
class Reconciled:
    """A mail server's message trace was held against the archive."""

    at: datetime
    by: str
    sha256: str  # of the trace
    form: str  # whose it is: `Exchange`, `Postfix` …
    deliveries: int
    missing: int  # of the deliveries, those that the archive lacks, or of which it lacks somebody
    kind: Literal["reconciled"] = "reconciled"


@dataclass(frozen=True, slots=True)
class Verified:
    """The archive was rehashed and its chains walked."""

    at: datetime
    by: str
    heads: tuple[Head, ...]  # before this entry
    blobs: int
    problems: int
    kind: Literal["verified"] = "verified"


@dataclass(frozen=True, slots=True)
class LogRead:
    """Somebody read the audit log, or a digest of it."""

    at: datetime
    by: str
    what: str  # `log`, `digest 2026-11-16`
    filters: tuple[str, ...] = ()  # as given: `by=i.nspector`
    kind: Literal["log-read"] = "log-read"


@dataclass(frozen=True, slots=True)
class Audited:
    """The chains were walked and held against the anchors."""

    at: datetime
    by: str
    heads: tuple[Head, ...]  # before this entry
    anchors: int
    problems: int
    kind: Literal["audited"] = "audited"


AccessEvent = (
    Searched
    | Viewed
    | Exported
    | ExportResumed
    | ExportFinished
    | RulesTried
    | Reconciled
    | Refused
    | Verified
    | LogRead
    | Audited
)
"""Every event of the book: whoever adds one adds it here."""
