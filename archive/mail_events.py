"""What happens to mail: the events of the `mail` book.

Every dataclass is frozen and survives a trip through JSON; its `kind` tells it from the others.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from section9 import BlobId, Defect, Finding, MailId, Sighting, Source


@dataclass(frozen=True, slots=True)
class Sighted:
    """A copy of a message was archived."""

    at: datetime
    by: str
    mail: MailId
    sighting: Sighting
    kind: Literal["sighted"] = "sighted"


@dataclass(frozen=True, slots=True)
class Scanned:
    """The detectors read a message. What an earlier version found stays on record."""

    at: datetime
    by: str
    mail: MailId
    blob: BlobId
    rules: str  # the versions that ran: `nhs-number/1 nino/1 …`
    findings: tuple[Finding, ...]
    defects: tuple[Defect, ...]
    kind: Literal["scanned"] = "scanned"


@dataclass(frozen=True, slots=True)
class Rescanned:
    """Other versions of the detectors read an archived message, and what they found.

    What earlier ones found stays on record; a search tells the two apart.
    """

    at: datetime
    by: str
    mail: MailId
    blob: BlobId
    rules: str  # the versions that ran, as in `Scanned`; not every rule has to
    findings: tuple[Finding, ...]
    defects: tuple[Defect, ...]
    kind: Literal["rescanned"] = "rescanned"


@dataclass(frozen=True, slots=True)
class Turned:
    """A copy was found moved, deleted, purged or restored in its mailbox."""

    at: datetime
    by: str
    mail: MailId
    sighting: Sighting  # as it stands now, its whole story with it
    kind: Literal["turned"] = "turned"


@dataclass(frozen=True, slots=True)
class Collected:
    """A mailbox was looked through; what its folders were found to hold, they held by then."""

    at: datetime
    by: str
    source: Source
    mailbox: str
    began: datetime
    folders: tuple[str, ...]  # looked through; none while it is unsure what was purged
    seen: int  # messages in them: new + known + failed
    new: int
    known: int
    failed: int
    turned: int  # copies that were found moved, deleted, purged or restored
    kind: Literal["collected"] = "collected"


MailEvent = Sighted | Scanned | Rescanned | Turned | Collected
"""Every event of the book: whoever adds one adds it here."""
