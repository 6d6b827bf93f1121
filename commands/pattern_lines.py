"""What `--json` prints of patterns; see `lines` for the rule."""

from datetime import datetime

from msgspec import Struct

from archive.pattern_events import PatternFound, PatternId
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
