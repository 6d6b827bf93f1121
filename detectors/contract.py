"""What every detector takes and gives.

A detector works in two steps, cheap before dear. `suspects` is linear, knows no language and
reads the folded text of a whole part: shapes, checksums, and the rule's own cues, which one
search finds for all rules together. Only where it yields something does `detect` run, over a
spaCy `Doc` of the words around the suspects.

A mail detector reads the whole message afterwards: who it went to, what is attached, what the
others found.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import TYPE_CHECKING

from detectors.roll import Named, Roll
from section9 import (
    Category,
    Confidence,
    Finding,
    ParsedMail,
    PartId,
    PartKind,
    Person,
    Recipient,
    RuleId,
    Span,
)

if TYPE_CHECKING:
    from spacy.tokens import Doc


def _nobody(_address: str) -> Person | None:
    return None


def _no_one(_name: str) -> tuple[Person, ...]:
    return ()


@dataclass(frozen=True, slots=True)
class Exempt:
    """An adult and a child who may write to each other: a parent who works at the school."""

    adult: str  # an address, lower case; it stands for every address of theirs
    child: str  # likewise
    until: date  # the last day


@dataclass(frozen=True, slots=True)
class Context:
    """What a detector may know besides the text: the mail, the part, and who people are."""

    part: PartId
    mail: ParsedMail | None = None  # None when bare text is scanned
    kind: PartKind | None = None  # None for a subject or bare text
    quoted: tuple[Span, ...] = ()  # offsets into the part's original text
    hidden: tuple[Span, ...] = ()  # offsets into the part's original text
    domains: frozenset[str] = frozenset()  # the trust's own, lower case
    person: Callable[[str], Person | None] = field(default=_nobody)  # by address, lower case
    named: Callable[[str], tuple[Person, ...]] = field(default=_no_one)  # by name, as written
    roll: Roll = field(default_factory=Roll)  # of pupils and staff, by name
    parties: frozenset[int] = frozenset()  # numbers on the roll of those who wrote and got it
    sender: str = ""  # whom the mail server or the From header names, lower case
    recipients: tuple[Recipient, ...] = ()  # everybody it is known to have gone to
    exempt: tuple[Exempt, ...] = ()  # who may write to each other by any address
    now: datetime | None = None  # by the clock: no mail is believed to be of a later day


@dataclass(frozen=True, slots=True)
class Rule:
    """What a rule looks for and which clause of the policy asks for it."""

    id: RuleId
    version: int  # raised whenever its answers may change
    category: Category
    clause: str  # of the acceptable-use policy
    severity: int  # 1 (note) to 5 (act now), of this kind of data in anybody's hands
    title: str
    help: str  # why it matters, for whoever triages


@dataclass(frozen=True, slots=True)
class Suspect:
    """Characters of a text with the shape and the checksum of an identifier."""

    start: int
    end: int  # exclusive
    alone: Confidence | None  # with nothing near that speaks for it; None: then it is nothing
    named: Confidence | None = None  # with its name; None: high, or medium where alone is None
    about: Confidence | None = None  # where the text some way before speaks for it
    why: str = ""  # for a rule that looks no further than this


Zones = Sequence[tuple[int, int]]
"""Where a text has digits enough to be worth a look, in order, apart from one another."""


@dataclass(frozen=True, slots=True)
class Text:
    """A folded text, and what one linear look at it saw."""

    text: str  # with a space for every underscore, as words are read
    zones: Zones = ()
    joined: str = ""  # the same characters with their underscores, as passwords are
    cues: Mapping[RuleId, Sequence[Span]] = field(default_factory=dict)  # by rule, in order
    named: Sequence[Named] = ()  # whom of the roll it names, its writer and readers left out


Judge = Callable[["Doc", Context], Iterator[Finding]]
"""Judges what is suspect in the words around it."""


@dataclass(frozen=True, slots=True)
class Detector:
    """A rule, the cheap search that finds its suspects, and the judgement over them.

    A finding counts when it holds a suspect whole: what the edge of an excerpt cut does not.
    """

    rule: Rule
    suspects: Callable[[Text], Iterator[Suspect]]
    detect: Judge | None = None  # None: its suspects suffice
    cues: frozenset[str] = frozenset()  # lower case; without one in the text nothing is suspect
    unaided: bool = False  # without a cue its suspects stand all the same, as sure as alone


@dataclass(frozen=True, slots=True)
class TextDetector:
    """Rules that weigh whole passages; it leaves a text that has nothing for it at once."""

    rules: tuple[Rule, ...]
    detect: Callable[[Text, Context], Iterator[Finding]]


@dataclass(frozen=True, slots=True)
class MailDetector:
    """Rules that need the whole message, and what the detectors of texts found in it."""

    rules: tuple[Rule, ...]
    detect: Callable[[ParsedMail, Sequence[Finding], Context], Iterator[Finding]]


def finding(  # noqa: PLR0913 - a finding has that many parts
    rule: Rule, context: Context, *, start: int, end: int, confidence: Confidence, why: str
) -> Finding:
    """Fill in what the rule and the context already know. Offsets are into the `Doc`'s text."""
    return Finding(
        rule=rule.id,
        version=rule.version,
        category=rule.category,
        clause=rule.clause,
        part=context.part,
        start=start,
        end=end,
        confidence=confidence,
        severity=rule.severity,
        why=why,
    )
