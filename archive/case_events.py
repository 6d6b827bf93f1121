"""What is decided: the events of the `cases` book, of which cases, holds and rights are a fold.

Every dataclass is frozen and survives a trip through JSON; its `kind` tells it from the others.
"""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

from archive.books import Head
from archive.case_words import Act, Case, Hold
from section9 import CaseId, HoldId, MailId, RequestId, RuleId, RuleState


@dataclass(frozen=True, slots=True)
class CaseOpened:
    """A case began."""

    at: datetime
    by: str
    case: Case
    kind: Literal["case-opened"] = "case-opened"


@dataclass(frozen=True, slots=True)
class CaseApplied:
    """An investigator asked for a case. It opens when the request is approved."""

    at: datetime
    by: str
    case: Case
    kind: Literal["case-applied"] = "case-applied"


@dataclass(frozen=True, slots=True)
class ExtensionApplied:
    """An investigator asked for more time. The end moves when the request is approved."""

    at: datetime
    by: str
    case: CaseId
    request: RequestId
    reason: str
    expires: datetime
    kind: Literal["extension-applied"] = "extension-applied"


@dataclass(frozen=True, slots=True)
class CaseExtended:
    """A case's end was moved."""

    at: datetime
    by: str
    case: CaseId
    authoriser: str
    reason: str
    expires: datetime
    kind: Literal["case-extended"] = "case-extended"


@dataclass(frozen=True, slots=True)
class CaseClosed:
    """A case ended; it opens no content from here on."""

    at: datetime
    by: str
    case: CaseId
    reason: str
    kind: Literal["case-closed"] = "case-closed"


@dataclass(frozen=True, slots=True)
class NoticeGiven:
    """Users were told that their mail may be monitored (clause 9.1)."""

    at: datetime
    by: str
    version: str
    given: date  # the day on which every user had been told
    sha256: str  # of the text, in UTF-8
    text: str
    kind: Literal["notice-given"] = "notice-given"


@dataclass(frozen=True, slots=True)
class RightsChanged:
    """The settings were found to say otherwise than before who may do what."""

    at: datetime
    by: str  # who acted when it was found; not who changed them
    sha256: str  # of all that they say of it, addresses included
    accounts: tuple[str, ...]  # `h.ead: authoriser, head-teacher`
    kind: Literal["rights-changed"] = "rights-changed"


@dataclass(frozen=True, slots=True)
class RuleSwitched:
    """A detection rule was switched on or off, or put on trial (clause 12)."""

    at: datetime
    by: str
    rule: RuleId
    version: int  # the one that was there then; the switch stays for later ones
    state: RuleState
    reason: str
    kind: Literal["rule-switched"] = "rule-switched"


@dataclass(frozen=True, slots=True)
class RulesInForce:
    """The rules of the program that runs were found to be others than before."""

    at: datetime
    by: str  # who acted when it was found; not who installed them
    rules: str  # every rule and its version, on or not: `nhs-number/1 nino/1 …`
    kind: Literal["rules-in-force"] = "rules-in-force"


@dataclass(frozen=True, slots=True)
class PeopleImported:
    """The directory of people was replaced."""

    at: datetime
    by: str
    sha256: str  # of the file that was imported
    people: int
    kind: Literal["people-imported"] = "people-imported"


@dataclass(frozen=True, slots=True)
class Requested:
    """Somebody asked to do what takes two people."""

    at: datetime
    by: str
    request: RequestId
    act: Act
    subject: tuple[str, ...]  # ids of what it is to be done to
    case: CaseId | None  # in which case; None outside of any
    concerns: tuple[str, ...]  # addresses of the people whose mail it touches
    reason: str
    lapses: datetime  # when it is too late to approve
    kind: Literal["requested"] = "requested"


@dataclass(frozen=True, slots=True)
class Approved:
    """A second person agreed."""

    at: datetime
    by: str
    request: RequestId
    usable: datetime  # when the cooling-off time is over
    lapses: datetime  # when it may no longer be used
    kind: Literal["approved"] = "approved"


@dataclass(frozen=True, slots=True)
class Declined:
    """A second person refused, or whoever asked or agreed took it back."""

    at: datetime
    by: str
    request: RequestId
    reason: str
    kind: Literal["declined"] = "declined"


@dataclass(frozen=True, slots=True)
class RequestUsed:
    """What was asked for has been done; it stands in one segment with the deed."""

    at: datetime
    by: str
    request: RequestId
    kind: Literal["request-used"] = "request-used"


@dataclass(frozen=True, slots=True)
class HoldPlaced:
    """Mail was frozen."""

    at: datetime
    by: str
    hold: Hold
    kind: Literal["hold-placed"] = "hold-placed"


@dataclass(frozen=True, slots=True)
class HoldReleased:
    """A hold ended, on the word of two people."""

    at: datetime
    by: str
    hold: HoldId
    reason: str
    kind: Literal["hold-released"] = "hold-released"


@dataclass(frozen=True, slots=True)
class Sealed:
    """A message was sealed: nothing of it is shown, searched or exported from here on."""

    at: datetime
    by: str
    mail: MailId
    case: CaseId | None  # None where a hash list sealed it on arrival
    reason: str
    kind: Literal["sealed"] = "sealed"


@dataclass(frozen=True, slots=True)
class SealBroken:
    """A seal was broken, on the word of two people."""

    at: datetime
    by: str
    mail: MailId
    reason: str
    kind: Literal["seal-broken"] = "seal-broken"


@dataclass(frozen=True, slots=True)
class HashesAdded:
    """A list of files that nobody may open was added."""

    at: datetime
    by: str
    sha256: str  # of the file that was added
    new: int
    kind: Literal["hashes-added"] = "hashes-added"


@dataclass(frozen=True, slots=True)
class Alerted:
    """Somebody was told that something happened, without any content."""

    at: datetime
    by: str
    mail: MailId
    to: str  # the address, or empty where nobody is configured
    what: str  # `sealed`
    kind: Literal["alerted"] = "alerted"


@dataclass(frozen=True, slots=True)
class Purged:
    """It was decided to purge mail, in the same breath as no hold was found on it.

    It stands before any byte is gone; `PurgeFinished` stands after the last. Which mail it was
    is in the certificate.
    """

    at: datetime
    by: str
    certificate: str  # SHA-256 of its bytes; see archive/certificates.py
    mails: int
    blobs: int
    as_of: Head  # the mail book: a copy that arrives later is another matter
    kind: Literal["purged"] = "purged"


@dataclass(frozen=True, slots=True)
class PurgeFinished:
    """All that a certificate names is gone from the archive and from every index."""

    at: datetime
    by: str
    certificate: str
    kind: Literal["purge-finished"] = "purge-finished"


@dataclass(frozen=True, slots=True)
class RetentionRan:
    """The rules of retention were applied to the whole archive."""

    at: datetime
    by: str
    purged: int
    kept: int  # messages that were due and that a hold, a seal or a case keeps
    clock_confirmed: bool  # somebody said that the clock is right, which had seemed wrong
    kind: Literal["retention-ran"] = "retention-ran"


@dataclass(frozen=True, slots=True)
class Anchored:
    """The heads of all books were signed, to be kept outside this host."""

    at: datetime
    by: str
    number: int
    sha256: str  # of the anchor's file
    heads: tuple[Head, ...]  # what was signed: before this entry
    key: str  # SHA-256 of the public key
    kind: Literal["anchored"] = "anchored"


@dataclass(frozen=True, slots=True)
class Stamped:
    """A time-stamping authority (RFC 3161) confirmed that an anchor existed."""

    at: datetime
    by: str
    number: int
    sha256: str  # of the response
    stamped: datetime  # by the authority's clock
    kind: Literal["stamped"] = "stamped"


@dataclass(frozen=True, slots=True)
class Reported:
    """An anchor or a digest was mailed to whoever oversees."""

    at: datetime
    by: str
    what: str  # `anchor 7`, `digest 2026-11-16`
    to: str  # the address
    kind: Literal["reported"] = "reported"


CaseEvent = (
    CaseOpened
    | CaseApplied
    | ExtensionApplied
    | CaseExtended
    | CaseClosed
    | NoticeGiven
    | RightsChanged
    | PeopleImported
    | RuleSwitched
    | RulesInForce
    | Requested
    | Approved
    | Declined
    | RequestUsed
    | HoldPlaced
    | HoldReleased
    | Sealed
    | SealBroken
    | HashesAdded
    | Alerted
    | Purged
    | PurgeFinished
    | RetentionRan
    | Anchored
    | Stamped
    | Reported
)
"""Every event of the book: whoever adds one adds it here."""
