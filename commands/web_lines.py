"""What `--json` prints of web logs. See `lines.py` for the contract."""

from datetime import datetime

from msgspec import Struct

from cases.web_gate import WebAnswer, WebOpened
from cases.web_purge import WebDue
from search.web import WebHit
from section9 import BlobId, CaseId


class WebImportLine(Struct, frozen=True, tag_field="schema", tag="section9.web-import/1"):
    """What became of logs: lines = visits + bad + known + overdue + other + unfinished."""

    files: int
    failed: int  # files that could not be read, or not to their end
    lines: int
    visits: int  # new
    bad: int  # new lines that could not be read, and are kept
    known: int
    overdue: int
    other: int
    unfinished: int


class VisitLine(Struct, frozen=True, tag_field="schema", tag="section9.visit/1"):
    """One web visit that a search found."""

    visit: str
    time: datetime
    user: str
    site: str
    page: str  # empty where it is withheld
    blocked: bool
    computer: str
    method: str
    status: int
    size: int
    category: str
    withheld: bool  # no more than the metadata may be given


class VisitOpenedLine(Struct, frozen=True, tag_field="schema", tag="section9.visit-opened/1"):
    """One web visit, and the line of the log that tells of it."""

    visit: str
    time: datetime
    user: str
    site: str
    page: str
    blocked: bool
    computer: str
    file: str
    number: int  # of the line in the log
    blob: BlobId  # the batch that it is kept in
    line: str  # what is no UTF-8 in it is replaced; empty where it is withheld


class WebPlannedLine(Struct, frozen=True, tag_field="schema", tag="section9.web-planned/1"):
    """A batch of web lines of which some are due to be purged."""

    batch: int
    rule: str
    lines: int
    due: int
    kept: int  # of those due


class VisitCountLine(Struct, frozen=True, tag_field="schema", tag="section9.visit-count/1"):
    """How many visits a query finds, what ran over what, and as of when."""

    case: CaseId
    query: str
    ran: str
    at: datetime
    count: int
    as_of: int  # the last segment of the web book
    behind: int  # batches that the index has yet to catch up with
    withheld: int  # of the count, told without the page
    own: int  # visits in scope that are the reader's own, and are not counted


def visit_line(hit: WebHit, *, withheld: bool) -> VisitLine:
    """A visit, as `--json` prints it."""
    seen = hit.visit
    return VisitLine(
        visit=hit.place.id,
        time=seen.time,
        user=seen.user,
        site=seen.site,
        page=seen.page,
        blocked=seen.blocked,
        computer=seen.computer,
        method=seen.method,
        status=seen.status,
        size=seen.size,
        category=seen.category,
        withheld=withheld,
    )


def visit_count_line(query: str, answer: WebAnswer) -> VisitCountLine:
    """A count, as `--json` prints it."""
    return VisitCountLine(
        case=answer.authority.case,
        query=query,
        ran=answer.ran,
        at=answer.at,
        count=answer.page.total,
        as_of=answer.as_of.number,
        behind=answer.behind,
        withheld=answer.withheld,
        own=answer.own,
    )


def opened_line(opened: WebOpened) -> VisitOpenedLine:
    """One visit, as `--json` prints it."""
    seen = opened.hit.visit
    return VisitOpenedLine(
        visit=opened.hit.place.id,
        time=seen.time,
        user=seen.user,
        site=seen.site,
        page=seen.page,
        blocked=seen.blocked,
        computer=seen.computer,
        file=opened.file,
        number=opened.number,
        blob=opened.blob,
        line=opened.line.decode(errors="replace"),
    )


def planned_web_line(due: WebDue, rule: str) -> WebPlannedLine:
    """What of a batch is due, as `--json` prints it."""
    batch = due.batch
    return WebPlannedLine(batch.number, rule, batch.size, len(due.due), len(due.kept))
