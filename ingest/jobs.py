"""What the conductor and its workers say to each other: JSON of these types, never pickle.

A worker reads hostile mail, so nothing that it sends is trusted beyond its shape.
"""

from msgspec import Struct

from detectors.contract import Exempt
from detectors.exposure import Agreed
from section9 import (
    BlobId,
    Finding,
    MailId,
    Record,
    RuleId,
    RuleVersion,
    Sighting,
    SightingId,
    SpoolId,
)


class Spooled(Struct, frozen=True, tag=True):
    """A message that waits in the spool."""

    id: SpoolId

    @property
    def copy(self) -> SightingId:
        """Which copy this is; the same however often it is read."""
        return SightingId(self.id)


class Sliced(Struct, frozen=True, tag=True):
    """A message within a file: `length` bytes from `start`."""

    sighting: Sighting
    path: str
    start: int
    length: int
    vouched: bool = False  # whoever took it in says that our own mail server journaled it

    @property
    def copy(self) -> SightingId:
        """Which copy this is; the same however often it is read."""
        return self.sighting.id


class Stored(Struct, frozen=True, tag=True):
    """A message that was taken out of something, and whose bytes are in the archive by now."""

    sighting: Sighting
    vouched: bool = False  # as in `Sliced`

    @property
    def copy(self) -> SightingId:
        """Which copy this is; the same however often it is read."""
        return self.sighting.id


class Replayed(Struct, frozen=True, tag=True):
    """A message that the ledger knows and the index does not: nothing is found or filed anew."""

    mail: MailId
    blob: BlobId
    sightings: tuple[Sighting, ...] = ()
    findings: tuple[Finding, ...] = ()
    sealed: bool = False  # nothing but its header is read
    versions: tuple[RuleVersion, ...] = ()  # above the first, of the rules that read it
    unjudged: bool = False  # a reader or a rule had failed at it

    @property
    def copy(self) -> SightingId:
        """Stand in for the copies, which are all known: the message itself."""
        return SightingId(self.mail)


class Reread(Struct, frozen=True, tag=True):
    """A message in the archive on which rules are to run once more."""

    mail: MailId
    blob: BlobId
    sightings: tuple[Sighting, ...]  # all that are known: who sent it to whom
    rules: tuple[RuleId, ...]  # those that run

    @property
    def copy(self) -> SightingId:
        """Stand in for the copies, which are all known: the message itself."""
        return SightingId(self.mail)


Incoming = Spooled | Sliced | Stored
Job = Incoming | Replayed | Reread


class Task(Struct, frozen=True):
    """A job for a worker. `give_up` says why an earlier attempt failed: file it unread."""

    job: Job
    give_up: str = ""


class Draft(Struct, frozen=True):
    """What became of a job: a record to be filed, or the reason why there is none."""

    job: Job
    record: Record | None = None
    rules: str = ""  # the detectors that ran
    failed: str = ""  # the message cannot be filed, and why
    halted: str = ""  # nothing can be filed now, and why: the archive's disk, not the message


class WorkerSettings(Struct, frozen=True):
    """All that a worker needs to know; the first thing that it is sent."""

    home: str
    archive: str
    people: str
    domains: tuple[str, ...]
    journal_addresses: tuple[str, ...]
    memory: int  # bytes of address space
    agreed: tuple[Agreed, ...] = ()  # recipients outside that the trust sends such data to
    exempt: tuple[Exempt, ...] = ()  # of staff and students, who may write to each other
    tesseract: str = ""  # path of the program that reads pictures; empty for none


class LookSettings(Struct, frozen=True):
    """What a reader knows besides the mail."""

    people: str  # the path of the directory
    domains: tuple[str, ...] = ()  # the trust's own, lower case
    agreed: tuple[Agreed, ...] = ()  # recipients outside that the trust sends such data to
    exempt: tuple[Exempt, ...] = ()  # of staff and students, who may write to each other
    tesseract: str = ""  # path of the program that reads pictures; empty for none


class Look(Struct, frozen=True):
    """Something to look through: a text, the content of a file, or where one is."""

    text: str | None = None
    content: bytes | None = None
    path: bytes = b""  # as the system spells it


class Seen(Struct, frozen=True):
    """What was found in it."""

    findings: tuple[Finding, ...] = ()
    error: int = 0  # why its file could not be read, as the system numbers reasons
