"""What was done about a subject access request (UK GDPR, Article 15), act by act.

They stand in the `cases` book, each with the case in which it is answered; what is taken out of
the mail is in `redaction_events`.
"""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Literal, NewType

from section9 import CaseId

SarId = NewType("SarId", str)
"""`S-0001`, counted from one."""


class Wait(StrEnum):
    """What the trust waits for before it can go on (Article 12A)."""

    IDENTITY = "identity"  # the time begins when it is shown
    CLARIFICATION = "clarification"  # the clock stands still


@dataclass(frozen=True, slots=True)
class SarOpened:
    """Somebody asked for their own data."""

    at: datetime
    by: str
    sar: SarId
    case: CaseId
    received: date
    names: tuple[str, ...]  # of the person, as they may be written
    addresses: tuple[str, ...]  # theirs, lower case
    kind: Literal["sar-opened"] = "sar-opened"


@dataclass(frozen=True, slots=True)
class SarAsked:
    """The person was asked for something."""

    at: datetime
    by: str
    sar: SarId
    case: CaseId
    wait: Wait
    asked: date
    reason: str
    kind: Literal["sar-asked"] = "sar-asked"


@dataclass(frozen=True, slots=True)
class SarReplied:
    """They gave it."""

    at: datetime
    by: str
    sar: SarId
    case: CaseId
    wait: Wait
    replied: date
    kind: Literal["sar-replied"] = "sar-replied"


@dataclass(frozen=True, slots=True)
class SarExtended:
    """Two months more were taken, and the person was told why within the first."""

    at: datetime
    by: str
    sar: SarId
    case: CaseId
    told: date
    reason: str
    kind: Literal["sar-extended"] = "sar-extended"


@dataclass(frozen=True, slots=True)
class SarSearched:
    """Mail was searched for the person's data; what all searches find is what is disclosed."""

    at: datetime
    by: str
    sar: SarId
    case: CaseId
    query: str  # as it was typed, or made of the person's names and addresses
    total: int
    unsearchable: int  # messages in scope with text that no search can see
    kind: Literal["sar-searched"] = "sar-searched"


@dataclass(frozen=True, slots=True)
class SarAnswered:
    """The person was given the answer."""

    at: datetime
    by: str
    sar: SarId
    case: CaseId
    sent: date
    reason: str = ""  # for an answer after its day
    sha256: str = ""  # of the bundle's SHA256SUMS
    kind: Literal["sar-answered"] = "sar-answered"


SarEvent = SarOpened | SarAsked | SarReplied | SarExtended | SarSearched | SarAnswered
"""Every event of this file, which the `cases` book holds."""
