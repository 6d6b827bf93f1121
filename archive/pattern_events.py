"""What shows only over many messages: events of the `cases` book.

A pattern is found on people, not on one message: bullying (clause 8), contact between staff and a
student over weeks (6.2 to 6.4). It is decided again whenever one of its messages comes, goes or is
read by other rules; what is decided last stands.
"""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal, NewType

from section9 import Category, Confidence, MailId, RuleId

PatternId = NewType("PatternId", str)
"""`P-` and 12 hexadecimal digits, made of the rule, its people and the school year.

The same whenever it is found again, in whatever order the mail came.
"""

ExceptionId = NewType("ExceptionId", str)
"""`E-0001`, counted from one."""


@dataclass(frozen=True, slots=True)
class PatternFound:
    """Messages of some people make a pattern. One of the same id that comes later replaces it.

    Its severity and confidence are those of a finding, and may rise and fall.
    """

    at: datetime
    by: str
    pattern: PatternId
    rule: RuleId
    version: int  # of the rule
    category: Category
    clause: str  # of the acceptable-use policy: `8`, `6.2`
    severity: int  # 1 (note) to 5 (act now)
    confidence: Confidence
    people: tuple[str, ...]  # addresses, lower case: whoever does it, then whom it befalls
    target: str  # whom it befalls, the last of `people`: the recipient, or the student
    mails: tuple[MailId, ...]  # that make it, oldest first
    why: str  # counts and words of ours; nobody's name, no word of mail
    since: datetime  # of the first of `mails`
    until: datetime  # of the last
    kind: Literal["pattern-found"] = "pattern-found"


@dataclass(frozen=True, slots=True)
class PatternLapsed:
    """What made a pattern is no more: its mail was purged, or an exception now covers it."""

    at: datetime
    by: str
    pattern: PatternId
    why: str
    kind: Literal["pattern-lapsed"] = "pattern-lapsed"


@dataclass(frozen=True, slots=True)
class ContactExcepted:
    """Two people agreed that an adult and a student may write to each other, for a time."""

    at: datetime
    by: str
    exception: ExceptionId
    adult: str  # an address, lower case; it stands for every address of theirs
    child: str  # likewise
    until: date  # the last day
    reviewer: str  # the account that agreed to it
    reason: str
    kind: Literal["contact-excepted"] = "contact-excepted"


@dataclass(frozen=True, slots=True)
class ContactExceptionEnded:
    """An exception ended before its day: what passes from here on counts again."""

    at: datetime
    by: str
    exception: ExceptionId
    reason: str
    kind: Literal["contact-exception-ended"] = "contact-exception-ended"


PatternEvent = PatternFound | PatternLapsed | ContactExcepted | ContactExceptionEnded
"""Every such event: whoever adds one adds it here."""
