"""What `hold` and `retention` print with `--json`: see `lines.py`."""

from datetime import date, datetime

from msgspec import Struct

from archive.case_events import Sealed
from cases.holds import Standing
from cases.retaining import Planned
from section9 import CaseId, HoldId, MailId


class HoldLine(Struct, frozen=True, tag_field="schema", tag="section9.hold/1"):
    """A hold as it stands now."""

    hold: HoldId
    case: str  # empty: of an incident record that is part of no case
    reason: str
    people: tuple[str, ...]
    since: date | None
    until: date | None
    query: str
    placed: datetime
    by: str
    released: datetime | None
    messages: int  # of its case's scope, that it matches now; of an incident's mail, all
    incident: str = ""  # the record that placed it, and ends it when it is closed
    mails: tuple[MailId, ...] = ()  # of an incident: these alone are held


class PlannedLine(Struct, frozen=True, tag_field="schema", tag="section9.planned/1"):
    """A message that is due to be purged, and what keeps it all the same."""

    mail: MailId
    kind: str
    due: datetime
    rule: str
    goes: bool
    kept: tuple[str, ...]


class SealLine(Struct, frozen=True, tag_field="schema", tag="section9.seal/1"):
    """A message under seal."""

    mail: MailId
    sealed: datetime
    by: str
    case: CaseId | None  # None: on arrival, by a hash list
    reason: str


class RetentionLine(Struct, frozen=True, tag_field="schema", tag="section9.retention/1"):
    """What a retention run did."""

    purged: int
    kept: int
    certificates: tuple[str, ...]
    web_purged: int  # lines of web logs
    web_kept: int


def hold_line(found: Standing, messages: int) -> HoldLine:
    """A hold, as `--json` prints it."""
    held = found.hold
    return HoldLine(
        hold=held.id,
        case=held.case or "",
        reason=held.reason,
        people=held.people,
        since=held.since,
        until=held.until,
        query=held.query,
        placed=found.placed,
        by=found.by,
        released=found.released,
        messages=messages,
        incident=held.incident,
        mails=held.mails,
    )


def planned_line(one: Planned) -> PlannedLine:
    """A message that is due, as `--json` prints it."""
    due = one.due
    return PlannedLine(one.mail, due.kind, due.on, due.rule, not one.kept, one.kept)


def seal_line(sealed: Sealed) -> SealLine:
    """A seal, as `--json` prints it."""
    return SealLine(sealed.mail, sealed.at, sealed.by, sealed.case, sealed.reason)
