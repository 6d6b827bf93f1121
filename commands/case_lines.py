"""What `--json` prints of cases, requests, notices and exports; `lines` has the rest."""

from dataclasses import asdict
from datetime import date, datetime
from typing import TYPE_CHECKING

from msgspec import Struct

from archive.case_events import NoticeGiven
from archive.case_words import Case
from cases.approvals import Request
from section9 import CaseId, RequestId

if TYPE_CHECKING:
    from cases.exporting import Export
    from evidence.pack import Made


class ScopeLine(Struct, frozen=True):
    """Whose mail a case may open, and from when to when."""

    people: tuple[str, ...]
    since: date
    until: date
    mailboxes: tuple[str, ...]
    domains: tuple[str, ...]  # of the standing programme


class CaseLine(Struct, frozen=True, tag_field="schema", tag="section9.case/1"):
    """A case as it stands now."""

    case: CaseId
    purpose: str
    reason: str
    authoriser: str
    investigator: str
    scope: ScopeLine
    opened: datetime
    expires: datetime
    closed: datetime | None
    kind: str
    state: str  # applied, open, expired or closed
    extent: str  # content, metadata or flagged
    dpia: str
    notices: tuple[str, ...]  # versions of the notice that users had been given
    attested: bool  # whether the authoriser acted, rather than was named
    awaiting: RequestId | None  # the request that it opens by
    reviewers: tuple[str, ...]  # accounts that were let in beside the investigator


class RequestLine(Struct, frozen=True, tag_field="schema", tag="section9.request/1"):
    """What takes two people, as it stands now."""

    request: RequestId
    act: str
    subject: tuple[str, ...]
    case: CaseId | None
    reason: str
    state: str  # waiting, cooling, approved, used, declined or lapsed
    by: str
    at: datetime
    approved_by: str | None
    usable: datetime | None  # from when an approved one may be used
    lapses: datetime
    declined_by: str | None


class NoticeLine(Struct, frozen=True, tag_field="schema", tag="section9.notice/1"):
    """A notice that users had been given."""

    version: str
    given: date
    sha256: str  # of its text, in UTF-8
    by: str
    at: datetime


class ExportLine(Struct, frozen=True, tag_field="schema", tag="section9.export/1"):
    """What an export came to: found = given + withheld + what a limit left out."""

    case: CaseId
    export: int  # the entry of the access book
    found: int
    given: int
    withheld: int
    own: int  # messages in scope that are the reader's own
    files: int  # SHA256SUMS is not among them
    bytes: int
    sha256: str  # of SHA256SUMS
    zip_sha256: str  # empty where no zip was asked for


def case_line(case: Case, *, now: datetime) -> CaseLine:
    """A case, as `--json` prints it."""
    return CaseLine(
        case=case.id,
        purpose=case.purpose,
        reason=case.reason,
        authoriser=case.authoriser,
        investigator=case.investigator,
        scope=ScopeLine(**asdict(case.scope)),
        opened=case.opened,
        expires=case.expires,
        closed=case.closed,
        kind=case.kind,
        state=case.state(now),
        extent=case.extent,
        dpia=case.dpia,
        notices=case.notices,
        attested=case.attested,
        awaiting=case.awaiting,
        reviewers=case.reviewers,
    )


def request_line(request: Request, *, now: datetime) -> RequestLine:
    """A request, as `--json` prints it."""
    asked, approved = request.asked, request.approved
    return RequestLine(
        request=request.id,
        act=asked.act,
        subject=asked.subject,
        case=asked.case,
        reason=asked.reason,
        state=request.state(now),
        by=request.by,
        at=request.at,
        approved_by=approved.by if approved else None,
        usable=approved.usable if approved else None,
        lapses=request.lapses,
        declined_by=request.declined.by if request.declined else None,
    )


def notice_line(notice: NoticeGiven) -> NoticeLine:
    """A notice, as `--json` prints it."""
    return NoticeLine(notice.version, notice.given, notice.sha256, notice.by, notice.at)


def export_line(export: "Export", made: "Made", *, zipped: str) -> ExportLine:
    """An export, as `--json` prints it."""
    event = export.event
    return ExportLine(
        case=event.case,
        export=export.number,
        found=event.total,
        given=len(event.mails),
        withheld=len(event.withheld),
        own=event.own,
        files=made.files,
        bytes=made.size,
        sha256=made.sha256,
        zip_sha256=zipped,
    )
