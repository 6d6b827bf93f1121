"""The shared words of Section 9: every type that passes through a door between rooms.

Standard library only. Every dataclass is frozen, and holds only values that survive a trip
through JSON, because the ledger, the workers and the index all speak JSON of these types. The
events of the ledger stand in `archive/*_events.py`.
Times are aware `datetime`s in UTC. Text offsets count characters; an end is exclusive.
"""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import ClassVar, NewType

BlobId = NewType("BlobId", str)
"""SHA-256 of the exact bytes, 64 hexadecimal digits."""
MailId = NewType("MailId", str)
"""Fingerprint of a message, 64 hexadecimal digits; the same for every copy of it."""
SightingId = NewType("SightingId", str)
"""One copy of a message from one place; the same however often that copy is read."""
SpoolId = NewType("SpoolId", str)
"""`<listener run>-<sequence>`: the sequence has no gaps within a run, so a loss shows."""
CaseId = NewType("CaseId", str)
"""`C-0001`, counted from one."""
PartId = NewType("PartId", str)
"""`subject`, or the section of a MIME part as IMAP counts it (RFC 3501, 6.4.5): `1`, `2.1`."""
RequestId = NewType("RequestId", str)
"""`R-0001`, counted from one."""
HoldId = NewType("HoldId", str)
"""`H-0001`, counted from one."""
RuleId = NewType("RuleId", str)
"""The name of a detection rule, as in `finding:nhs-number`."""


class Section9Error(Exception):
    """The root of every error that a person is meant to read. The message ends with what to do."""

    exit_code: ClassVar[int] = 1


# --- what arrives -----------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Envelope:
    """What the SMTP session said (RFC 5321), apart from the message itself."""

    mail_from: str
    rcpt_to: tuple[str, ...]
    peer: str  # IP address of the client
    tls: str | None  # protocol version, `TLSv1.3`; None when in clear
    user: str | None  # the name that AUTH proved
    received: datetime
    certificate: str | None = None  # SHA-256 of the client certificate that was proven


@dataclass(frozen=True, slots=True)
class RawMail:
    """What the spool holds: the exact bytes after DATA and the envelope they came in."""

    id: SpoolId
    envelope: Envelope
    content: bytes


# --- what parsing gives -----------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Participant:
    """A name and address from a header (RFC 5322 `mailbox`). The address is in lower case."""

    name: str
    address: str


@dataclass(frozen=True, slots=True)
class Span:
    """Characters `start` to `end` (exclusive) of a part's text."""

    start: int
    end: int


class PartKind(StrEnum):
    """What a MIME leaf is to a reader."""

    BODY = "body"
    ATTACHMENT = "attachment"
    MESSAGE = "message"  # the headers of an enclosed message/rfc822; its parts follow it


@dataclass(frozen=True, slots=True)
class Part:
    """One leaf of the message, decoded to text where it has any."""

    id: PartId
    kind: PartKind
    media_type: str  # `text/html`
    filename: str  # empty where the mail gave none
    size: int  # bytes after transfer decoding
    sha256: str  # of the bytes after transfer decoding
    text: str = ""
    hidden: tuple[Span, ...] = ()  # in the text but not shown to a reader (CSS, `hidden`)
    quoted: tuple[Span, ...] = ()  # written earlier, by somebody else, and repeated here
    repeats: bool = False  # says what an earlier alternative already says, word for word


@dataclass(frozen=True, slots=True)
class Defect:
    """Something broken or unread in a message. `hides` when text may be missing from search."""

    code: str  # `nested-too-deep`, `bad-base64` …; ingest/parse.py lists them
    part: PartId | None = None
    hides: bool = False


@dataclass(frozen=True, slots=True)
class ParsedMail:
    """One message, decoded as far as it can be. Parsing never raises: see `defects`."""

    message_id: str  # without angle brackets; empty where there is none
    date: datetime | None  # the Date header; None when absent or unreadable
    subject: str
    from_: tuple[Participant, ...]
    to: tuple[Participant, ...] = ()
    cc: tuple[Participant, ...] = ()
    bcc: tuple[Participant, ...] = ()
    reply_to: tuple[Participant, ...] = ()
    in_reply_to: tuple[str, ...] = ()
    references: tuple[str, ...] = ()
    parts: tuple[Part, ...] = ()
    defects: tuple[Defect, ...] = ()


# --- what detectors give ----------------------------------------------------------------------


class Category(StrEnum):
    """The kind of trouble, as the policy tells them apart."""

    PERSONAL_DATA = "personal-data"
    FINANCIAL = "financial"
    CREDENTIALS = "credentials"
    SPECIAL_CATEGORY = "special-category"
    STUDENT_CONTACT = "student-contact"
    OFFENSIVE = "offensive"
    WELFARE = "welfare"
    CRIMINAL = "criminal"


class Confidence(StrEnum):
    """How sure a detector is."""

    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing a detector saw: where and why, never the matched text."""

    rule: RuleId
    version: int  # of the rule; raised whenever its answers may change
    category: Category
    clause: str  # of the acceptable-use policy: `4.5`
    part: PartId
    start: int
    end: int
    confidence: Confidence
    severity: int  # 1 (note) to 5 (act now)
    why: str


class RuleState(StrEnum):
    """Whether a detection rule reads the mail that comes."""

    ON = "on"
    TRIAL = "trial"  # on history alone, by `rules test`: it flags nothing
    OFF = "off"


@dataclass(frozen=True, slots=True)
class RuleVersion:
    """One version of a detection rule; the first is 1."""

    rule: RuleId
    version: int


# --- what is archived and indexed -------------------------------------------------------------


class Source(StrEnum):
    """The road by which a copy came in."""

    SMTP = "smtp"
    FILE = "file"
    IMAP = "imap"
    EXCHANGE = "exchange"
    GRAPH = "graph"


class Role(StrEnum):
    """How an envelope says that somebody was addressed."""

    TO = "to"
    CC = "cc"
    BCC = "bcc"
    UNVERIFIED = "unverified"  # no mail server says in which


@dataclass(frozen=True, slots=True)
class Recipient:
    """Somebody whom the envelope proves to have been sent the message."""

    address: str
    role: Role = Role.UNVERIFIED
    expanded_from: str = ""  # the list that stood for them
    forwarded_from: str = ""  # whose alternate recipient they are


class Direction(StrEnum):
    """Which way a message went, as seen from the trust."""

    INBOUND = "inbound"  # somebody outside wrote it, whoever got it: it came to us
    OUTBOUND = "outbound"  # somebody of the trust wrote it, and at least one outside got it
    INTERNAL = "internal"  # it stayed within the trust
    UNKNOWN = "unknown"  # no domains are configured, or nobody knows who wrote or got it


class Trust(StrEnum):
    """On whose word a copy's recipients are known."""

    NONE = "none"  # on nobody's but the sender's
    REPORT = "report"  # a mail server's journal report, believed
    COPY = "copy"  # what our mail server wrote on top of a copy
    SUSPECT = "suspect"  # a journal report that was not believed; it is credited to nobody


class Change(StrEnum):
    """What befell a copy in a mailbox."""

    MOVED = "moved"
    DELETED = "deleted"  # into a folder of the deleted, where its owner can take it back
    PURGED = "purged"  # out of its owner's reach; `folder` says where the server still keeps it
    RESTORED = "restored"  # out of the deleted, or back from nowhere


@dataclass(frozen=True, slots=True)
class Turn:
    """One turn of a copy's story: it happened after `after` and before `before`.

    The two are the same moment where the server tells it. `item` is what the server calls the
    copy from then on.
    """

    change: Change
    folder: str  # where it lies since; empty when it is nowhere in the mailbox
    after: datetime | None  # last known to be where it was; None when nobody knows
    before: datetime  # found changed
    by: str = ""  # who did it, where the server tells
    item: str = ""


@dataclass(frozen=True, slots=True)
class Rebuilt:
    """Where a copy comes from that lay there in no mail format: its bytes were made by us."""

    way: str  # the kind of file and the version of our way to rebuild from it: `pst/1`
    sha256: str  # of the whole file that it was taken from
    lost: tuple[str, ...] = ()  # codes of what could not be rebuilt: see ingest/outlook


@dataclass(frozen=True, slots=True)
class Sighting:
    """One copy of a message: where it was seen, when, and on whose word."""

    id: SightingId
    blob: BlobId  # the exact bytes as they came
    source: Source
    seen: datetime  # when we took it in
    mailbox: str = ""  # whose mailbox it lay in, where that is known
    folder: str = ""  # the folder or file it was first read from
    item: str = ""  # which of the messages there: what the mailbox or the file calls it
    arrived: datetime | None = None  # when it came to the mailbox, as its server says
    envelope: Envelope | None = None
    recipients: tuple[Recipient, ...] = ()
    sender: str = ""  # whom the mail server says it is from
    on_behalf_of: str = ""
    trust: Trust = Trust.NONE
    reasons: tuple[str, ...] = ()  # why a report was not believed: see ingest/journal
    original: BlobId | None = None  # the message itself, where `blob` is a report around it
    rebuilt: Rebuilt | None = None  # None where `blob` is what was there, byte for byte
    story: tuple[Turn, ...] = ()  # what befell it in its mailbox, oldest first

    @property
    def place(self) -> str:
        """The folder it lies in as far as is known; empty when it was purged."""
        return self.story[-1].folder if self.story else self.folder

    @property
    def deleted(self) -> datetime | None:
        """Since when it is deleted or purged, at the latest; None where it is not."""
        since = None
        for turn in self.story:
            if turn.change is Change.RESTORED:
                since = None
            elif turn.change is not Change.MOVED:
                since = since or turn.before
        return since

    @property
    def message(self) -> BlobId:
        """The bytes of the message itself, whatever it came wrapped in."""
        return self.original or self.blob


@dataclass(frozen=True, slots=True)
class Record:
    """What is indexed: one message, every copy of it, and what was found in it."""

    mail: MailId
    date: datetime | None  # the believed date: Date header if credible, else when first received
    parsed: ParsedMail
    sightings: tuple[Sighting, ...]
    findings: tuple[Finding, ...] = ()
    own: tuple[str, ...] | None = None  # the trust's domains among its people's; None: not known
    versions: tuple[RuleVersion, ...] = ()  # above the first: the latest of each rule that read it

    @property
    def current(self) -> tuple[Finding, ...]:
        """What was found by the latest version of each rule that read the message."""
        latest = {one.rule: one.version for one in self.versions}
        return tuple(one for one in self.findings if one.version >= latest.get(one.rule, 1))

    @property
    def gone(self) -> tuple[Finding, ...]:
        """What an earlier version of a rule found, and the latest no longer finds there."""
        there = {(one.rule, one.part, one.start, one.end) for one in self.current}
        return tuple(
            one for one in self.findings if (one.rule, one.part, one.start, one.end) not in there
        )


# --- people ------------------------------------------------------------------------------------


class PersonRole(StrEnum):
    """Who somebody is to the trust."""

    STAFF = "staff"
    STUDENT = "student"
    GOVERNOR = "governor"
    PARENT = "parent"
    VOLUNTEER = "volunteer"


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody in the trust's directory, by one of their addresses."""

    address: str  # lower case
    name: str
    role: PersonRole
    school: str = ""
    year_group: str = ""
    leaving_date: date | None = None
    date_of_birth: date | None = None
    user: str = ""  # the name they log in by, lower case
