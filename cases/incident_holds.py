"""What an incident record keeps from deletion, for as long as it is open. Pure.

A short written record of something unacceptable (clauses 5.7 and 6.6) is worth little once the
mail that it is about is gone. So filing one places a hold on the messages that it names, and
closing it ends that hold; before that it ends as any other does, on the word of two people.
"""

from collections.abc import Iterable
from datetime import datetime

from archive.case_events import HoldPlaced, HoldReleased
from archive.case_words import Hold
from archive.events import Event
from archive.triage_events import IncidentFiled, IncidentId
from cases import holds
from section9 import MailId


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


def released(
    events: tuple[Event, ...], incident: IncidentId, *, at: datetime, by: str
) -> tuple[HoldReleased, ...]:
    """The end of what a record holds, when it is closed."""
    why = f"incident {incident} was closed"
    return tuple(HoldReleased(at, by, hold.id, why) for hold in _of(events, incident))


def _of(events: tuple[Event, ...], incident: IncidentId) -> Iterable[Hold]:
    live = holds.live(holds.fold(events))
    return [hold for hold in live if hold.incident == incident]
