"""What is taken out of mail before it is disclosed: proposed by program, decided by a person.

They stand in the `cases` book. Of what is taken out stands here where it is and why, never what.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Literal

from section9 import CaseId, MailId, PartId


class Code(StrEnum):
    """Why something is not disclosed. The paragraphs are of the Data Protection Act 2018."""

    THIRD_PARTY = "third-party"  # Schedule 2, paragraph 16: the rights of others
    NOT_THEIRS = "not-their-data"  # it is no personal data of whoever asked
    LEGAL_PRIVILEGE = "legal-privilege"  # Schedule 2, paragraph 19
    CRIME = "crime"  # Schedule 2, paragraph 2: prevention, detection, prosecution
    REFERENCE = "reference"  # Schedule 2, paragraph 24: confidential references
    MANAGEMENT = "management"  # Schedule 2, paragraph 22: management forecasts
    NEGOTIATIONS = "negotiations"  # Schedule 2, paragraph 23: with whoever asked
    EXAMINATION = "examination"  # Schedule 2, paragraph 25: scripts, and marks before their day
    SERIOUS_HARM = "serious-harm"  # Schedule 3, Parts 2 to 4: health, social work, education data
    CHILD_ABUSE = "child-abuse"  # Schedule 3, Part 5
    SECURITY = "security"  # passwords and keys, which would open what is not theirs


@dataclass(frozen=True, slots=True)
class Redaction:
    """Characters of one text of a message that are not disclosed: offsets, end exclusive."""

    part: PartId  # or a header: `from`, `to`, `cc`, `bcc`, `reply-to`, `subject`
    start: int
    end: int
    code: Code


@dataclass(frozen=True, slots=True)
class Proposed:
    """What a program proposes to take out, and why, in words of ours."""

    redaction: Redaction
    why: str


@dataclass(frozen=True, slots=True)
class RedactionsProposed:
    """A message was looked through for what is other people's; the latest of these stands."""

    at: datetime
    by: str
    matter: str  # what it is disclosed for: `S-0001`
    case: CaseId
    mail: MailId
    proposed: tuple[Proposed, ...]
    kind: Literal["redactions-proposed"] = "redactions-proposed"


@dataclass(frozen=True, slots=True)
class RedactionsDecided:
    """A person decided what of a message is disclosed; the latest of these stands."""

    at: datetime
    by: str
    matter: str
    case: CaseId
    mail: MailId
    redactions: tuple[Redaction, ...]
    withheld: Code | None = None  # the whole message is
    reason: str = ""
    kind: Literal["redactions-decided"] = "redactions-decided"


RedactionEvent = RedactionsProposed | RedactionsDecided
"""Every event of this file, which the `cases` book holds."""
