"""What `--json` prints of triage and of incident records; `lines` has the rest."""

from collections.abc import Iterator
from datetime import datetime

from msgspec import Struct, field

from archive.alert_events import AlertId
from archive.triage_events import (
    Acknowledged,
    IncidentId,
    ItemId,
    Linked,
    Suppressed,
    SuppressionId,
    Triaged,
)
from cases.answers import Opened
from cases.incidents import Incident
from cases.proportions import Proportion
from cases.triage.figures import Precision, Waited
from cases.triage.queue import Entry
from section9 import CaseId, Finding, MailId, PartId, RuleId


class ItemFindingLine(Struct, frozen=True):
    """One finding of an item, and what was decided about it."""

    number: int  # as `--finding` takes it
    rule: RuleId
    version: int
    category: str
    clause: str
    confidence: str
    severity: int
    part: PartId
    start: int
    end: int
    why: str
    verdict: str | None  # None while it waits
    by: str | None


class ItemAlertLine(Struct, frozen=True):
    """One alert that named an item."""

    alert: AlertId
    what: str
    post: str  # empty where it concerned everybody who could be told
    escalated: bool
    sent: datetime | None
    answered: datetime | None
    by: str  # who answered


class TriageItemLine(Struct, frozen=True, tag_field="schema", tag="section9.triage-item/1"):
    """A flagged message, or a pattern over several: who, when and what was found; no content."""

    item: ItemId
    is_pattern: bool
    severity: int
    since: datetime  # when it was there to be seen
    sent: datetime | None
    from_: str = field(name="from")
    to: tuple[str, ...]
    mails: tuple[MailId, ...]
    findings: tuple[ItemFindingLine, ...]
    acknowledged_by: str | None  # whoever said first that they see to it, here or to an alert
    linked: tuple[CaseId, ...]
    acknowledged: datetime | None = None
    alerts: tuple[ItemAlertLine, ...] = ()  # in order


class TriageExcerptLine(Struct, frozen=True, tag_field="schema", tag="section9.triage-excerpt/1"):
    """What stands around the findings in one part of a message; what was matched is masked."""

    item: ItemId
    mail: MailId
    part: PartId
    text: str
    marks: tuple[tuple[int, int], ...]
    view: str  # `masked`, or `text` where all was opened


class DecisionLine(Struct, frozen=True, tag_field="schema", tag="section9.triage-decision/1"):
    """What was decided: by whoever was first."""

    item: ItemId
    verdict: str
    dismissal: str | None
    reason: str
    rules: tuple[RuleId, ...]
    by: str
    at: datetime


class TriageActLine(Struct, frozen=True, tag_field="schema", tag="section9.triage-act/1"):
    """An item was acknowledged, linked or taken back; or a suppression was."""

    item: str
    act: str  # `acknowledged`, `linked`, `undone`
    case: CaseId | None
    by: str
    at: datetime


class SuppressionLine(Struct, frozen=True, tag_field="schema", tag="section9.suppression/1"):
    """A rule that keeps quiet about some people's mail."""

    suppression: SuppressionId
    rule: RuleId
    severity: int  # it keeps quiet about nothing graver
    extent: str
    addresses: tuple[str, ...]
    until: datetime
    ended: bool
    reason: str
    by: str
    at: datetime


class ShareLine(Struct, frozen=True):
    """A share between 0 and 1, and the interval that holds the true one 19 times in 20."""

    share: float
    low: float
    high: float


class TriageRuleLine(Struct, frozen=True, tag_field="schema", tag="section9.triage-rule/1"):
    """How often a version of a rule was right, where somebody decided."""

    rule: RuleId
    version: int
    confirmed: int
    dismissed: dict[str, int]
    precision: ShareLine | None


class TriageTimeLine(Struct, frozen=True, tag_field="schema", tag="section9.triage-time/1"):
    """How long items of a severity waited for their first decision, in seconds."""

    severity: int
    items: int
    median: float
    p90: float


class AmendmentLine(Struct, frozen=True):
    """What was added to a record."""

    at: datetime
    by: str
    words: str
    mails: tuple[MailId, ...]
    case: CaseId | None


class IncidentLine(Struct, frozen=True, tag_field="schema", tag="section9.incident/1"):
    """The record of an incident."""

    incident: IncidentId
    happened: datetime
    filed: datetime
    by: str
    reporter: str
    about: tuple[str, ...]
    what: str
    done: str
    mails: tuple[MailId, ...]
    pattern: str
    case: CaseId | None
    amendments: tuple[AmendmentLine, ...]
    closed: datetime | None
    outcome: str
    agreed_by: str = ""  # to its end, where it held mail


def item_line(entry: Entry) -> TriageItemLine:
    """An item as it stands."""
    item, seen_to = entry.item, entry.seen_to
    return TriageItemLine(
        item=item.id,
        is_pattern=item.is_pattern,
        severity=item.severity,
        since=item.since,
        sent=item.sent,
        from_=item.sender,
        to=item.recipients,
        mails=item.mails,
        findings=tuple(
            _finding_line(number, one, entry.decision(one))
            for number, one in enumerate(item.findings, 1)
        ),
        acknowledged_by=seen_to[0] if seen_to else None,
        linked=tuple(one.into for one in entry.linked),
        acknowledged=seen_to[1] if seen_to else None,
        alerts=tuple(
            ItemAlertLine(
                one.alert, one.what, one.post, one.escalated, one.sent, one.answered, one.by
            )
            for one in entry.told
        ),
    )


def _finding_line(number: int, finding: Finding, decision: Triaged | None) -> ItemFindingLine:
    return ItemFindingLine(
        number=number,
        rule=finding.rule,
        version=finding.version,
        category=finding.category,
        clause=finding.clause,
        confidence=finding.confidence,
        severity=finding.severity,
        part=finding.part,
        start=finding.start,
        end=finding.end,
        why=finding.why,
        verdict=decision.verdict if decision else None,
        by=decision.by if decision else None,
    )


def excerpt_lines(item: ItemId, opened: Opened) -> Iterator[TriageExcerptLine]:
    """The parts of a message that have any text to show."""
    found = opened.record
    for part in found.parsed.parts:
        if part.text:
            here = (one for one in found.current if one.part == part.id)
            marks = tuple((one.start, one.end) for one in here)
            yield TriageExcerptLine(item, found.mail, part.id, part.text, marks, opened.view)


def decision_line(made: Triaged) -> DecisionLine:
    """A decision."""
    return DecisionLine(
        item=made.item,
        verdict=made.verdict,
        dismissal=made.dismissal,
        reason=made.reason,
        rules=tuple(dict.fromkeys(one.rule for one in made.findings)),
        by=made.by,
        at=made.at,
    )


def act_line(made: Acknowledged | Linked) -> TriageActLine:
    """An item that was acknowledged or linked."""
    into = made.into if isinstance(made, Linked) else None
    return TriageActLine(made.item, made.kind, into, made.by, made.at)


def suppression_line(held: Suppressed, *, now: datetime) -> SuppressionLine:
    """A suppression."""
    return SuppressionLine(
        suppression=held.suppression,
        rule=held.rule,
        severity=held.severity,
        extent=held.extent,
        addresses=held.addresses,
        until=held.until,
        ended=held.until <= now,
        reason=held.reason,
        by=held.by,
        at=held.at,
    )


def rule_figure_line(one: Precision) -> TriageRuleLine:
    """A rule's figures."""
    return TriageRuleLine(
        rule=one.rule.rule,
        version=one.rule.version,
        confirmed=one.confirmed,
        dismissed={why.value: times for why, times in one.dismissed},
        precision=_share(one.precision),
    )


def _share(found: Proportion | None) -> ShareLine | None:
    if found is None:
        return None
    return ShareLine(*(round(value, 4) for value in (found.share, found.low, found.high)))


def time_line(one: Waited) -> TriageTimeLine:
    """How long items of one severity waited."""
    median, p90 = one.median.total_seconds(), one.p90.total_seconds()
    return TriageTimeLine(one.severity, one.items, median, p90)


def incident_line(incident: Incident) -> IncidentLine:
    """An incident."""
    filed = incident.filed
    return IncidentLine(
        incident=incident.id,
        happened=filed.happened,
        filed=filed.at,
        by=filed.by,
        reporter=filed.reporter,
        about=filed.concerns,
        what=filed.words,
        done=filed.done,
        mails=incident.mails,
        pattern=filed.pattern,
        case=incident.case,
        amendments=tuple(
            AmendmentLine(one.at, one.by, one.words, one.mails, one.case)
            for one in incident.amendments
        ),
        closed=incident.closed.at if incident.closed else None,
        outcome=incident.closed.words if incident.closed else "",
        agreed_by=incident.closed.agreed_by if incident.closed else "",
    )
