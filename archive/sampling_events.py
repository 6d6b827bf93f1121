"""What of unflagged mail was drawn by lot and looked at (clause 9.5): events of the `cases` book.

A draw can be made again by anybody who has the ids: the seed comes from the ledger, and the mail
of a lot are the ids whose SHA-256 with the seed is lowest (`cases/sampling.py`).
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Literal

from section9 import CaseId, Category, MailId


class Found(StrEnum):
    """What somebody made of an unflagged message."""

    NOTHING = "nothing"  # rightly not flagged
    MISSED = "missed"  # it should have been


@dataclass(frozen=True, slots=True)
class SampleDrawn:
    """A sample of a month's unflagged mail was drawn by lot."""

    at: datetime
    by: str
    case: CaseId  # of the standing programme
    month: str  # `2026-10`, of the messages' dates, UTC
    seed: str  # SHA-256, 64 hexadecimal digits
    segment: int  # of the mail book, from which the seed is made: the first after the month
    through: int  # the last segment that the index had applied
    population: int  # unflagged messages of the month that could be drawn
    sha256: str  # of their ids, sorted, one a line
    flagged: int  # messages of the month that the detectors flag
    withheld: int  # messages, protected or sealed, that could not be drawn
    mails: tuple[MailId, ...]  # that were drawn, in the order of the lot
    kind: Literal["sample-drawn"] = "sample-drawn"


@dataclass(frozen=True, slots=True)
class SampleJudged:
    """Somebody looked at a message of a sample. The last word on it stands."""

    at: datetime
    by: str
    case: CaseId
    month: str
    mail: MailId
    found: Found
    category: Category | None  # of what was missed
    severity: int  # of what was missed, 1 to 5; 0 where nothing was
    reason: str
    kind: Literal["sample-judged"] = "sample-judged"


SamplingEvent = SampleDrawn | SampleJudged
"""Every such event: whoever adds one adds it here."""
