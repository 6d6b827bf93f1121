"""What an incident record keeps from deletion, for as long as it is open. Pure.

A short written record of something unacceptable (clauses 5.7 and 6.6) is worth little once the
mail that it is about is gone. So filing one places a hold on the messages that it names, and
closing it ends that hold. Either way mail is let go on the word of two people, not of whoever wrote
the record alone.
"""

from datetime import datetime

from archive.case_events import Approved, HoldPlaced, HoldReleased, RequestUsed
from archive.case_words import Act, Hold
from archive.events import Event
from archive.triage_events import IncidentFiled, IncidentId
from cases import holds
from cases.approvals import Asked, granted
from cases.approvals import fold as fold_requests
from section9 import CaseId, HoldId, MailId


def placed(
    events: tuple[Event, ...],
    filed: IncidentFiled,
    mails: tuple[MailId, ...],
    *,
    at: datetime,
    by: str,
) -> tuple[HoldPlaced, ...]:
    """The hold on messages that a record names; none where it names none that is not held by it."""
    known = {mail for hold in _of(events, filed.incident) for mail in hold.mails}
    if not (new := tuple(mail for mail in mails if mail not in known)):
        return ()
    hold = Hold(
        id=holds.next_id(events),
        case=filed.case,
        reason=f"incident {filed.incident}",
        mails=new,
        incident=filed.incident,
        concerns=filed.concerns,
    )
    return (HoldPlaced(at, by, hold),)


def asked_closing(
    events: tuple[Event, ...], filed: IncidentFiled, *, case: CaseId | None, outcome: str
) -> Asked | None:
    """What a second person must agree to before a record ends; None where it holds nothing.

    It names the holds, so that who agrees to the end of two does not agree to that of a third.
    """
    if not (held := _of(events, filed.incident)):
        return None
    subject = (filed.incident, *(hold.id for hold in held))
    return Asked(Act.CLOSE_INCIDENT, subject, outcome, case, filed.concerns)


def agreed(events: tuple[Event, ...], asked: Asked, *, at: datetime) -> Approved:
    """The word of the second person. Raises `ApprovalMissingError` where nobody gave it."""
    request = granted(fold_requests(events), asked.act, asked.subject, at, case=asked.case)
    if request.approved is None:
        raise TypeError(request.id)
    return request.approved


def released(
    asked: Asked, agreed: Approved, *, at: datetime, by: str
) -> tuple[HoldReleased | RequestUsed, ...]:
    """The end of what a record holds, when it is closed."""
    incident, *held = asked.subject
    why = f"incident {incident} was closed"
    ended = (HoldReleased(at, by, HoldId(hold), why) for hold in held)
    return (*ended, RequestUsed(at, by, agreed.request))


def _of(events: tuple[Event, ...], incident: IncidentId) -> list[Hold]:
    live = holds.live(holds.fold(events))
    return [hold for hold in live if hold.incident == incident]
