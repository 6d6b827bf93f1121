"""What `--json` prints of rules and of trying and running them again; see `lines` for the rule."""

from collections.abc import Mapping
from datetime import datetime

from msgspec import Struct

from cases.rulebook import Standing
from detectors.changes import Change, Changes
from detectors.contract import Rule
from ingest.rescan import Ran
from section9 import Confidence, MailId, RuleId


class RuleLine(Struct, frozen=True, tag_field="schema", tag="section9.rule/1"):
    """A detection rule as it stands now."""

    rule: RuleId
    version: int
    category: str
    clause: str
    severity: int
    title: str
    state: str  # on, trial or off
    since: datetime | None  # when it got this version or state; None: it has read no mail here
    by: str  # who switched it; empty where nobody did
    reason: str


class CountsLine(Struct, frozen=True):
    """Findings by confidence."""

    low: int
    medium: int
    high: int


class RuleDiffLine(Struct, frozen=True, tag_field="schema", tag="section9.rule-diff/1"):
    """What a rule found before on archived mail, and what it finds in this version."""

    rule: RuleId
    version: int
    state: str
    messages: int  # in which it finds something now
    before: CountsLine
    now: CountsLine
    new: CountsLine
    gone: CountsLine
    regraded: int  # found again in the same place, of other confidence or severity
    new_in: tuple[MailId, ...]  # some of the messages
    gone_in: tuple[MailId, ...]


class TrialLine(Struct, frozen=True, tag_field="schema", tag="section9.rule-trial/1"):
    """What a trial of rules came to."""

    messages: int  # read
    failed: int
    flagged_before: int  # of more than low confidence
    flagged_now: int


class RescanLine(Struct, frozen=True, tag_field="schema", tag="section9.rescan/1"):
    """What a rescan did: due = read + failed + left."""

    due: int
    read: int
    left: int  # sealed or purged meanwhile
    findings: int
    failed: tuple[MailId, ...]


def rule_line(rule: Rule, standing: Standing) -> RuleLine:
    """A rule, as `--json` prints it."""
    return RuleLine(
        rule=rule.id,
        version=rule.version,
        category=rule.category,
        clause=rule.clause,
        severity=rule.severity,
        title=rule.title,
        state=standing.state,
        since=standing.since if standing.version == rule.version else None,
        by=standing.by,
        reason=standing.reason,
    )


def diff_line(rule: Rule, standing: Standing, change: Change) -> RuleDiffLine:
    """What changes of one rule, as `--json` prints it."""
    return RuleDiffLine(
        rule=rule.id,
        version=rule.version,
        state=standing.state,
        messages=change.messages,
        before=_counts(change.before),
        now=_counts(change.now),
        new=_counts(change.new),
        gone=_counts(change.gone),
        regraded=change.regraded,
        new_in=tuple(change.new_in),
        gone_in=tuple(change.gone_in),
    )


def trial_line(changes: Changes, *, failed: int) -> TrialLine:
    """What a trial came to, as `--json` prints it."""
    return TrialLine(changes.messages, failed, changes.flagged_before, changes.flagged_now)


def rescan_line(ran: Ran) -> RescanLine:
    """A rescan, as `--json` prints it."""
    return RescanLine(ran.due, ran.read, ran.left, ran.findings, tuple(ran.failed))


def _counts(counted: Mapping[Confidence, int]) -> CountsLine:
    return CountsLine(**{str(level): counted.get(level, 0) for level in Confidence})
