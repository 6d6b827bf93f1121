"""The words of cases and holds, which the events of the `cases` book are made of.

Every dataclass is frozen and survives a trip through JSON.
"""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from section9 import CaseId, HoldId, MailId, RequestId


class Act(StrEnum):
    """What nobody may do alone: a second person agrees first, on the record."""

    RELEASE_HOLD = "release-hold"
    PURGE_EARLY = "purge-early"
    BREAK_SEAL = "break-seal"
    OPEN_PROTECTED = "open-protected"
    OPEN_CASE = "open-case"
    EXTEND_CASE = "extend-case"
    EXCEPT_CONTACT = "except-contact"
    CLOSE_INCIDENT = "close-incident"  # one that holds mail


class Purpose(StrEnum):
    """Why mail may be read: the two grounds of clause 9.2."""

    WRONGFUL_ACT = "9.2a"
    LEGAL_OBLIGATION = "9.2b"


class CaseKind(StrEnum):
    """What a case is about, where that decides how long its mail is kept."""

    INVESTIGATION = "investigation"
    SAFEGUARDING = "safeguarding"
    SUBJECT_ACCESS = "sar"  # UK GDPR, Article 15
    FREEDOM_OF_INFORMATION = "foi"  # FOIA 2000; section 77 forbids to destroy what was asked for
    BREACH = "breach"  # UK GDPR, Article 33


class Extent(StrEnum):
    """How far a case opens the mail in its scope."""

    CONTENT = "content"
    METADATA = "metadata"  # who, when and how much; never a word of it
    FLAGGED = "flagged"  # the standing programme: what a detector flagged, excerpts first


@dataclass(frozen=True, slots=True)
class Scope:
    """Whose mail a case may open, and from when to when (both days included, UTC).

    Mail is in scope when any of the people took part in it, or a copy of it lay in any of the
    mailboxes, or anybody of the domains took part. Addresses and domains are in lower case.
    """

    people: tuple[str, ...]
    since: date
    until: date
    mailboxes: tuple[str, ...] = ()
    domains: tuple[str, ...] = ()  # of the standing programme alone

    @property
    def concerned(self) -> tuple[str, ...]:
        """The addresses of those whom the case is about."""
        return self.people + self.mailboxes


@dataclass(frozen=True, slots=True)
class Case:
    """A case as it stands now, folded from its events."""

    id: CaseId
    purpose: Purpose
    reason: str
    authoriser: str  # operating-system account
    investigator: str  # operating-system account, never the authoriser's
    scope: Scope
    opened: datetime
    expires: datetime
    closed: datetime | None = None
    kind: CaseKind = CaseKind.INVESTIGATION
    extent: Extent = Extent.CONTENT
    dpia: str = ""  # reference of the data protection impact assessment
    notices: tuple[str, ...] = ()  # versions of the notice that users had been given (clause 9.1)
    opened_by: str = ""  # the account that made it open
    awaiting: RequestId | None = None  # an application: it opens nothing until this is approved
    reviewers: tuple[str, ...] = ()  # accounts that were let in beside the investigator

    @property
    def attested(self) -> bool:
        """Tell whether the authoriser acted with their own account, rather than was named."""
        return bool(self.opened_by) and self.opened_by == self.authoriser

    @property
    def readers(self) -> tuple[str, ...]:
        """The accounts that it opens mail to."""
        return (self.investigator, *self.reviewers)

    def state(self, now: datetime) -> str:
        """Say in a word where it stands: closed, applied, expired, open."""
        if self.closed is not None:
            return "closed"
        if self.awaiting is not None:
            return "applied"
        return "expired" if now >= self.expires else "open"


@dataclass(frozen=True, slots=True)
class Hold:
    """What must not be deleted, now and in future: mail that fits all of what is given."""

    id: HoldId
    case: CaseId | None  # None: of an incident record that is part of no case
    reason: str
    people: tuple[str, ...] = ()  # addresses, lower case; any of them takes part
    since: date | None = None  # both days included, UTC
    until: date | None = None
    query: str = ""  # in canonical form; empty where the rest says it all
    mails: tuple[MailId, ...] = ()  # these alone, of an incident record
    incident: str = ""  # the record that placed it: closed, it ends the hold
    concerns: tuple[str, ...] = ()  # addresses of those whom that record is about, lower case
