"""What people make of what was flagged: events of the `cases` book.

An item of triage is one flagged message, or one pattern over many. Its findings are decided, all
at once or one by one; what stands here of a finding is what the ledger holds of it anyway: where
and why, never the matched text.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Literal, NewType

from section9 import CaseId, Finding, MailId, RuleId

ItemId = NewType("ItemId", str)
"""A `MailId`, or the id of a pattern."""
SuppressionId = NewType("SuppressionId", str)
"""`S-0001`, counted from one."""
IncidentId = NewType("IncidentId", str)
"""`I-0001`, counted from one."""


class Verdict(StrEnum):
    """What somebody made of findings."""

    CONFIRMED = "confirmed"
    DISMISSED = "dismissed"


class Dismissal(StrEnum):
    """Why findings are no matter."""

    MISTAKEN = "mistaken"  # what the rule says is not there
    HARMLESS = "harmless"  # it is there, and does no harm: a lesson, a quotation, a joke
    PERMITTED = "permitted"  # it is allowed: an agreement, a declared exception
    KNOWN = "known"  # it is dealt with already; the rule was right
    OTHER = "other"  # the words say


class SuppressionExtent(StrEnum):
    """Whose mail a rule is quiet about."""

    PAIR = "pair"  # two people, whoever of them writes
    SENDER = "sender"
    LIST = "list"  # all that is sent to one address


@dataclass(frozen=True, slots=True)
class Triaged:
    """Findings of an item were confirmed or dismissed."""

    at: datetime
    by: str
    case: CaseId  # the standing programme in which they were looked at
    item: ItemId
    verdict: Verdict
    findings: tuple[Finding, ...]  # as they were then
    since: datetime  # when the item was there to be seen
    dismissal: Dismissal | None = None  # None where confirmed
    reason: str = ""  # in words
    kind: Literal["triaged"] = "triaged"


@dataclass(frozen=True, slots=True)
class Acknowledged:
    """Somebody has seen that an item waits, and sees to it. It decides nothing."""

    at: datetime
    by: str
    case: CaseId
    item: ItemId
    kind: Literal["acknowledged"] = "acknowledged"


@dataclass(frozen=True, slots=True)
class Linked:
    """An item was made part of a case of its own."""

    at: datetime
    by: str
    case: CaseId  # the standing programme
    item: ItemId
    into: CaseId
    kind: Literal["linked"] = "linked"


@dataclass(frozen=True, slots=True)
class TriageUndone:
    """What was decided about findings of an item was taken back: they wait again."""

    at: datetime
    by: str
    case: CaseId
    item: ItemId
    findings: tuple[Finding, ...]
    reason: str
    kind: Literal["triage-undone"] = "triage-undone"


@dataclass(frozen=True, slots=True)
class Suppressed:
    """A rule keeps quiet about some people's mail, until a day."""

    at: datetime
    by: str
    case: CaseId
    suppression: SuppressionId
    rule: RuleId
    severity: int  # it keeps quiet about nothing graver
    extent: SuppressionExtent
    addresses: tuple[str, ...]  # lower case: two for a pair, else one
    until: datetime  # what arrives from then on is flagged again
    reason: str
    kind: Literal["suppressed"] = "suppressed"


@dataclass(frozen=True, slots=True)
class SuppressionEnded:
    """A suppression was taken back before its end: all that it kept quiet about waits again."""

    at: datetime
    by: str
    suppression: SuppressionId
    reason: str
    kind: Literal["suppression-ended"] = "suppression-ended"


@dataclass(frozen=True, slots=True)
class IncidentFiled:
    """A short written record was made of something unacceptable (clauses 5.7 and 6.6)."""

    at: datetime
    by: str
    incident: IncidentId
    happened: datetime
    reporter: str  # who met it, in words
    concerns: tuple[str, ...]  # addresses of those whom it is about, lower case
    words: str  # what happened
    done: str  # what was done, in words
    mails: tuple[MailId, ...] = ()
    pattern: str = ""
    case: CaseId | None = None
    kind: Literal["incident-filed"] = "incident-filed"


@dataclass(frozen=True, slots=True)
class IncidentAmended:
    """An incident was followed up, or its record put right: what stood before stays."""

    at: datetime
    by: str
    incident: IncidentId
    words: str
    mails: tuple[MailId, ...] = ()
    case: CaseId | None = None
    kind: Literal["incident-amended"] = "incident-amended"


@dataclass(frozen=True, slots=True)
class IncidentClosed:
    """An incident is dealt with."""

    at: datetime
    by: str
    incident: IncidentId
    words: str  # how it ended
    agreed_by: str = ""  # the second person, where it held mail
    kind: Literal["incident-closed"] = "incident-closed"


TriageEvent = (
    Triaged
    | Acknowledged
    | Linked
    | TriageUndone
    | Suppressed
    | SuppressionEnded
    | IncidentFiled
    | IncidentAmended
    | IncidentClosed
)
"""Every such event: whoever adds one adds it here."""
