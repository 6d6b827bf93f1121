"""What `--json` prints: one object a line, each with its `schema`.

These shapes are a contract: `schemas.json` holds them as JSON Schema, and a test keeps the two
the same. A shape may gain fields; one that loses or changes a field gets the next number.
"""

import sys
from collections.abc import Iterable, Iterator
from dataclasses import asdict
from datetime import datetime
from typing import ClassVar, TypeVar

import msgspec
from msgspec import Struct, field

from archive.verify import Verification
from cases.answers import Answer
from cases.deletions import Deletion
from ingest.collectors.outcome import Outcome
from search.index import Excerpt, Hit
from section9 import (
    CaseId,
    Change,
    Finding,
    MailId,
    PartId,
    RuleId,
    Section9Error,
)

Line = TypeVar("Line", bound=Struct)


class ExcerptLine(Struct, frozen=True):
    """Some text, and where in it the matches stand: character offsets, ends exclusive."""

    column: str
    text: str
    marks: tuple[tuple[int, int], ...]


class HitLine(Struct, frozen=True, tag_field="schema", tag="section9.hit/1"):
    """One message that a search found."""

    mail: MailId
    date: datetime | None
    from_: str = field(name="from")
    to: tuple[str, ...]
    recipients: int
    subject: ExcerptLine
    excerpt: ExcerptLine
    findings: tuple[RuleId, ...]
    copies: int
    attachments: int
    deleted: bool
    opaque: bool
    folded: tuple[MailId, ...] = ()  # the messages that it stands for


class WithheldLine(Struct, frozen=True, tag_field="schema", tag="section9.withheld/1"):
    """One message that a search found, of which only the metadata may be given now."""

    mail: MailId
    date: datetime | None
    from_: str = field(name="from")
    to: tuple[str, ...]
    recipients: int
    size: int  # bytes of its parts
    copies: int
    attachments: int
    deleted: bool
    opaque: bool


class CountLine(Struct, frozen=True, tag_field="schema", tag="section9.count/1"):
    """How many messages a query finds, what ran over what, and as of when."""

    case: CaseId
    query: str
    ran: str
    at: datetime
    total: int
    unsearchable: int  # messages in scope with text that no search can see
    as_of: int  # the last segment of the mail book
    behind: int  # segments that the index has yet to catch up with
    withheld: int  # of the total, found by their metadata alone
    own: int  # messages in scope that are the reader's own, and are not counted


class IngestLine(Struct, frozen=True, tag_field="schema", tag="section9.ingest/1"):
    """What became of the messages of one `ingest`: seen = new + known + failed."""

    seen: int
    new: int
    known: int
    failed: int
    skipped: int  # files that are no mail
    findings: int


class CollectLine(Struct, frozen=True, tag_field="schema", tag="section9.collect/1"):
    """What a run found in one mailbox: seen = new + known + failed."""

    source: str
    mailbox: str
    folders: int
    unread: int  # folders that could not be looked at: none of the mailbox is said to be purged
    seen: int
    new: int
    known: int
    failed: int
    moved: int  # copies that were known, and what had befallen them since
    deleted: int
    purged: int
    restored: int
    findings: int


class DeletionLine(Struct, frozen=True, tag_field="schema", tag="section9.deletion/1"):
    """One copy that was deleted or purged: `after` it was last seen, `before` it was found so."""

    mail: MailId
    date: datetime | None
    subject: str
    mailbox: str
    folder: str  # where it was; empty where it was deleted when first met
    change: str  # `deleted` or `purged`
    to: str  # where it went; empty for nowhere
    after: datetime | None
    before: datetime
    by: str  # where the server tells
    restored: bool
    burst: int  # how many were deleted together, where those are unusually many; else 0
    after_start: tuple[str, ...]  # what had begun by then: `case C-0001`, `hold H-0001`
    perhaps_after_start: tuple[str, ...]  # what began between the two times


class IndexLine(Struct, frozen=True, tag_field="schema", tag="section9.index/1"):
    """What the index is and how far it has come: it lacks `entries` - `applied` of the ledger."""

    engine: str
    messages: int
    applied: int
    entries: int
    web_batches: int  # of web logs
    web_applied: int


class HeadLine(Struct, frozen=True):
    """The end of a book's chain."""

    book: str
    number: int
    sha256: str


class ProblemLine(Struct, frozen=True):
    """One thing that is wrong with the archive."""

    kind: str
    where: str
    detail: str


class VerifyLine(Struct, frozen=True, tag_field="schema", tag="section9.verify/1"):
    """What `verify` found: the archive is whole when there are no problems."""

    whole: bool
    heads: tuple[HeadLine, ...]
    blobs: int
    events: int
    problems: tuple[ProblemLine, ...]
    notes: tuple[ProblemLine, ...]
    batches: int  # of web logs


class TextLine(Struct, frozen=True, forbid_unknown_fields=False):
    """What `detect --jsonl` reads: a text, or the path of a file."""

    id: str | int
    text: str | None = None
    path: str | None = None

    def __post_init__(self) -> None:
        """Refuse a line without either, which a misspelt key would give."""
        if (self.text is None) == (self.path is None):
            raise ValueError("a line has a text or a path")


class FindingLine(Struct, frozen=True):
    """A finding: where and why, never the matched text. Offsets are characters, ends exclusive."""

    rule: RuleId
    category: str
    clause: str
    confidence: str
    severity: int
    part: PartId
    start: int
    end: int
    why: str


class FoundLine(Struct, frozen=True):
    """What `detect --jsonl` prints for a text; DESIGN fixes it without a `schema`."""

    id: str | int
    findings: tuple[FindingLine, ...]


class BadLineError(Section9Error):
    """A line of input is not what was asked for."""

    exit_code: ClassVar[int] = 2

    def __init__(self, number: int, problem: str) -> None:
        super().__init__(f"line {number}: {problem}; mend it and run again")


def deletion_line(one: Deletion) -> DeletionLine:
    """One deletion."""
    return DeletionLine(
        mail=one.mail,
        date=one.date,
        subject=one.subject,
        mailbox=one.mailbox,
        folder=one.folder,
        change=one.turn.change,
        to=one.turn.folder,
        after=one.turn.after,
        before=one.turn.before,
        by=one.turn.by,
        restored=one.restored,
        burst=one.burst,
        after_start=one.after,
        perhaps_after_start=one.perhaps_after,
    )


def collect_line(outcome: Outcome) -> CollectLine:
    """What a run found in one mailbox."""
    return CollectLine(
        source=outcome.source,
        mailbox=outcome.mailbox,
        folders=outcome.folders,
        unread=len(outcome.unread),
        seen=outcome.seen,
        new=outcome.new,
        known=outcome.known,
        failed=len(outcome.failed),
        moved=outcome.turns[Change.MOVED],
        deleted=outcome.turns[Change.DELETED],
        purged=outcome.turns[Change.PURGED],
        restored=outcome.turns[Change.RESTORED],
        findings=outcome.findings,
    )


def read_lines(lines: Iterable[bytes], type_: type[Line]) -> Iterator[tuple[int, Line]]:
    """Yield each JSON line with its number. Raises `BadLineError` with the number of a bad one."""
    decoder = msgspec.json.Decoder(type_)
    for number, line in enumerate(lines, 1):
        if line.strip():
            try:
                yield number, decoder.decode(line)
            except (msgspec.DecodeError, UnicodeDecodeError) as error:
                problem = "not JSON" if isinstance(error, UnicodeDecodeError) else _shape(error)
                raise BadLineError(number, problem) from error


def _shape(error: msgspec.DecodeError) -> str:
    """What is wrong with a line, without a word of it."""
    if isinstance(error, msgspec.ValidationError):
        return 'not {"id", "text"} or {"id", "path"}'
    return "not JSON"


def found_line(id_: str | int, findings: Iterable[Finding]) -> FoundLine:
    """A text's findings, as `detect --jsonl` prints them."""
    return FoundLine(
        id_,
        tuple(
            FindingLine(
                rule=finding.rule,
                category=finding.category,
                clause=finding.clause,
                confidence=finding.confidence,
                severity=finding.severity,
                part=finding.part,
                start=finding.start,
                end=finding.end,
                why=finding.why,
            )
            for finding in findings
        ),
    )


def echo_json(line: Struct) -> None:
    """Print one line of JSON."""
    sys.stdout.buffer.write(msgspec.json.encode(line) + b"\n")


def hit_line(hit: Hit, folded: tuple[MailId, ...] = ()) -> HitLine:
    """A hit, as `--json` prints it."""
    return HitLine(
        mail=hit.mail,
        date=hit.date,
        from_=hit.from_,
        to=hit.to,
        recipients=hit.recipients,
        subject=_excerpt(hit.subject),
        excerpt=_excerpt(hit.excerpt),
        findings=hit.findings,
        copies=hit.copies,
        attachments=hit.attachments,
        deleted=hit.deleted,
        opaque=hit.opaque,
        folded=folded,
    )


def withheld_line(hit: Hit, size: int) -> WithheldLine:
    """A hit whose content is withheld, as `--json` prints it."""
    return WithheldLine(
        mail=hit.mail,
        date=hit.date,
        from_=hit.from_,
        to=hit.to,
        recipients=hit.recipients,
        size=size,
        copies=hit.copies,
        attachments=hit.attachments,
        deleted=hit.deleted,
        opaque=hit.opaque,
    )


def count_line(query: str, answer: Answer) -> CountLine:
    """What `search --count` says, as `--json` prints it."""
    return CountLine(
        case=answer.authority.case,
        query=query,
        ran=answer.ran,
        at=answer.at,
        total=answer.page.total,
        unsearchable=answer.unsearchable,
        as_of=answer.as_of.number,
        behind=answer.behind,
        withheld=answer.withheld,
        own=answer.own,
    )


def verify_line(found: Verification) -> VerifyLine:
    """A verification, as `--json` prints it."""
    return VerifyLine(
        whole=not found.problems,
        heads=tuple(HeadLine(**asdict(head)) for head in found.heads),
        blobs=found.blobs,
        events=found.events,
        problems=tuple(ProblemLine(**asdict(problem)) for problem in found.problems),
        notes=tuple(ProblemLine(**asdict(note)) for note in found.notes),
        batches=found.batches,
    )


def _excerpt(excerpt: Excerpt) -> ExcerptLine:
    marks = tuple((mark.start, mark.end) for mark in excerpt.marks)
    return ExcerptLine(excerpt.column, excerpt.text, marks)
