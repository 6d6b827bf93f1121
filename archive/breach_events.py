"""What was done about a personal data breach: the Article 33(5) record, act by act.

They stand in the `cases` book, each with the case that it was done in. What somebody typed stays
as they typed it; a correction is another event, and both are kept.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Literal, NewType

from section9 import CaseId, MailId

BreachId = NewType("BreachId", str)
"""`B-0001`, counted from one."""


class Question(StrEnum):
    """What the ICO asks that only people know, in the order of its form."""

    OVERVIEW = "overview"
    CYBER = "cyber"
    FOUND = "found"
    HAPPENED = "happened"
    STAFF = "staff"
    TRAINING = "training"
    SUBJECTS = "subjects"
    CONSEQUENCES = "consequences"
    MEASURES = "measures"
    ACTIONS = "actions"
    PREVENTION = "prevention"
    ORGANISATIONS = "organisations"
    ADVICE = "advice"


class Likelihood(StrEnum):
    """How likely it is that people come to significant harm: the scale of the ICO's form."""

    VERY_UNLIKELY = "very-unlikely"
    UNLIKELY = "unlikely"
    NEUTRAL = "neutral"
    LIKELY = "likely"
    VERY_LIKELY = "very-likely"


class Harm(StrEnum):
    """How grave that harm would be for them."""

    MINIMAL = "minimal"
    SOME = "some"
    SERIOUS = "serious"


class Verdict(StrEnum):
    """What was decided about the Information Commissioner."""

    NOTIFY = "notify"
    RECORD_ONLY = "record-only"  # no risk is likely: it is kept in the register (Article 33(5))


class Phase(StrEnum):
    """Which report it was (Article 33(4): in phases, without undue further delay)."""

    INITIAL = "initial"
    FURTHER = "further"


@dataclass(frozen=True, slots=True)
class BreachOpened:
    """Mail of a case was found to be a breach, or may be one."""

    at: datetime
    by: str
    breach: BreachId
    case: CaseId
    mails: tuple[MailId, ...]
    rule: str = ""  # the detection rule whose finding led to it; empty where a person saw it
    kind: Literal["breach-opened"] = "breach-opened"


@dataclass(frozen=True, slots=True)
class BreachAware:
    """From when on the trust is aware of it; the latest of these stands."""

    at: datetime
    by: str
    breach: BreachId
    case: CaseId
    aware: datetime  # with reasonable certainty that there was a breach
    who: str  # became aware
    how: str
    reason: str = ""  # for the correction of an earlier one
    kind: Literal["breach-aware"] = "breach-aware"


@dataclass(frozen=True, slots=True)
class BreachAnswered:
    """A person answered one of the form's questions; the latest answer stands."""

    at: datetime
    by: str
    breach: BreachId
    case: CaseId
    question: Question
    answer: str
    kind: Literal["breach-answered"] = "breach-answered"


@dataclass(frozen=True, slots=True)
class BreachDecided:
    """The risk was weighed, and it was decided whether to notify; the latest stands."""

    at: datetime
    by: str
    breach: BreachId
    case: CaseId
    verdict: Verdict
    likelihood: Likelihood
    harm: Harm
    reason: str
    kind: Literal["breach-decided"] = "breach-decided"


@dataclass(frozen=True, slots=True)
class BreachNotified:
    """A report was sent to the Information Commissioner."""

    at: datetime
    by: str
    breach: BreachId
    case: CaseId
    phase: Phase
    sent: datetime
    reference: str = ""  # the Commissioner's
    delay: str = ""  # why it took more than 72 hours (Article 33(1))
    sha256: str = ""  # of the draft that was sent
    kind: Literal["breach-notified"] = "breach-notified"


@dataclass(frozen=True, slots=True)
class PeopleTold:
    """The people concerned were told (Article 34)."""

    at: datetime
    by: str
    breach: BreachId
    case: CaseId
    sent: datetime
    people: int
    how: str  # by letter, by telephone …
    kind: Literal["people-told"] = "people-told"


@dataclass(frozen=True, slots=True)
class PeopleNotTold:
    """It was decided that the people concerned need not be told (Article 34(1) and (3))."""

    at: datetime
    by: str
    breach: BreachId
    case: CaseId
    reason: str
    kind: Literal["people-not-told"] = "people-not-told"


@dataclass(frozen=True, slots=True)
class BreachClosed:
    """All that had to be done was done."""

    at: datetime
    by: str
    breach: BreachId
    case: CaseId
    reason: str
    kind: Literal["breach-closed"] = "breach-closed"


BreachEvent = (
    BreachOpened
    | BreachAware
    | BreachAnswered
    | BreachDecided
    | BreachNotified
    | PeopleTold
    | PeopleNotTold
    | BreachClosed
)
"""Every event of this file, which the `cases` book holds."""
