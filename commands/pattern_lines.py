"""What `--json` prints of patterns; see `lines` for the rule."""

from collections import Counter
from collections.abc import Iterable
from datetime import date, datetime

from msgspec import Struct

from archive.pattern_events import ExceptionId, PatternFound, PatternId
from cases.exceptions import Declared
from commands.rule_lines import CountsLine
from detectors.contract import Rule
from ingest.patterns.look import Tried
from section9 import Confidence, MailId, RuleId, RuleState


class PatternLine(Struct, frozen=True, tag_field="schema", tag="section9.pattern/1"):
    """A pattern that stands: how many people and messages make it, never who."""

    pattern: PatternId
    rule: RuleId
    version: int
    category: str
    clause: str
    severity: int
    confidence: str
    people: int
    mails: tuple[MailId, ...]
    since: datetime
    until: datetime
    found: datetime
    why: str


class LookLine(Struct, frozen=True, tag_field="schema", tag="section9.pattern-look/1"):
    """What a look for patterns came to."""

    messages: int  # taken in
    pairs: int  # of people, decided on
    found: int  # patterns that are new or changed
    lapsed: int


class PatternTrialLine(Struct, frozen=True, tag_field="schema", tag="section9.pattern-trial/1"):
    """What stands of a pattern rule, and what would if it were on."""

    rule: RuleId
    version: int
    state: str  # on, trial or off
    before: CountsLine  # patterns that stand
    now: CountsLine  # that would
    new: int
    gone: int


class ExceptionLine(Struct, frozen=True, tag_field="schema", tag="section9.exception/1"):
    """Staff and student who may write to each other."""

    exception: ExceptionId  # `settings` for one that stands there
    adult: str
    child: str
    until: date  # the last day
    reviewer: str  # who agreed
    by: str  # who declared it; empty for one of the settings
    reason: str
    ended: datetime | None


def exception_line(one: Declared) -> ExceptionLine:
    """An exception, as `--json` prints it."""
    return ExceptionLine(
        exception=one.id,
        adult=one.adult,
        child=one.child,
        until=one.until,
        reviewer=one.reviewer,
        by=one.by,
        reason=one.reason,
        ended=one.ended,
    )


def pattern_line(one: PatternFound) -> PatternLine:
    """A pattern, as `--json` prints it."""
    return PatternLine(
        pattern=one.pattern,
        rule=one.rule,
        version=one.version,
        category=one.category,
        clause=one.clause,
        severity=one.severity,
        confidence=one.confidence,
        people=len(one.people),
        mails=one.mails,
        since=one.since,
        until=one.until,
        found=one.at,
        why=one.why,
    )


def trial_line(rule: Rule, state: RuleState, tried: Tried) -> PatternTrialLine:
    """A trial of a pattern rule, as `--json` prints it."""
    before = {id_: one.confidence for id_, one in tried.before.items() if one.rule == rule.id}
    now = {id_: one.confidence for id_, one in tried.now.items() if one.rule.id == rule.id}
    return PatternTrialLine(
        rule=rule.id,
        version=rule.version,
        state=state,
        before=_counts(before.values()),
        now=_counts(now.values()),
        new=len(now.keys() - before.keys()),
        gone=len(before.keys() - now.keys()),
    )


def _counts(levels: Iterable[Confidence]) -> CountsLine:
    counted = Counter(levels)
    return CountsLine(**{str(level): counted[level] for level in Confidence})
