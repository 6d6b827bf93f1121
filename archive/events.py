"""Every event of the ledger: one act each, with the moment and whoever did it."""

from archive.access_events import (
    Audited,
    Exported,
    ExportFinished,
    ExportResumed,
    LogRead,
    Reconciled,
    Refused,
    RulesTried,
    Searched,
    Verified,
    Viewed,
)
from archive.case_events import (
    Alerted,
    Anchored,
    Approved,
    CaseApplied,
    CaseClosed,
    CaseExtended,
    CaseOpened,
    Declined,
    ExtensionApplied,
    HashesAdded,
    HoldPlaced,
    HoldReleased,
    NoticeGiven,
    PeopleImported,
    Purged,
    PurgeFinished,
    Reported,
    Requested,
    RequestUsed,
    RetentionRan,
    RightsChanged,
    RulesInForce,
    RuleSwitched,
    SealBroken,
    Sealed,
    Stamped,
)
from archive.mail_events import Collected, Rescanned, Scanned, Sighted, Turned

Event = (
    Sighted
    | Scanned
    | Rescanned
    | Turned
    | Collected
    | CaseOpened
    | CaseApplied
    | ExtensionApplied
    | CaseExtended
    | CaseClosed
    | NoticeGiven
    | RightsChanged
    | RuleSwitched
    | RulesInForce
    | PeopleImported
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
    | Searched
    | Viewed
    | Exported
    | ExportResumed
    | ExportFinished
    | Refused
    | RulesTried
    | Reconciled
    | Verified
    | Anchored
    | Stamped
    | Reported
    | LogRead
    | Audited
)
