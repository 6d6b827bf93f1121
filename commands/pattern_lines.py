"""What `--json` prints of patterns; see `lines` for the rule."""

from datetime import date, datetime

from msgspec import Struct

from archive.pattern_events import ExceptionId, PatternFound, PatternId
from cases.exceptions import Declared
from section9 import MailId, RuleId


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
