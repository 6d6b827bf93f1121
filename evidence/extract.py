"""The ledger extract: what the books say of a case and of the messages that were given.

    ledger/<book>.csv                   every link of the chain: number, hash before, hash
    ledger/<book>/000000000042.jsonl    a segment that is all about them, byte for byte
    ledger/<book>-lines.jsonl           the lines about them in segments that tell of others too

A segment that tells of other people's mail is there as its hash alone; whoever has the archive
can show that its bytes have that hash, and that the lines are in it.
"""

from collections.abc import Container, Iterable, Iterator
from dataclasses import dataclass, field

import msgspec

from archive import segment
from archive.access_events import Exported, ExportFinished, ExportResumed, Refused, Searched, Viewed
from archive.books import Book
from archive.case_events import (
    Anchored,
    Approved,
    CaseApplied,
    CaseClosed,
    CaseExtended,
    CaseOpened,
    Declined,
    ExtensionApplied,
    HoldPlaced,
    HoldReleased,
    NoticeGiven,
    Requested,
    RequestUsed,
    Sealed,
    Stamped,
)
from archive.case_words import Case
from archive.events import Event
from archive.ledger import Ledger
from archive.mail_events import Rescanned, Scanned, Sighted, Turned
from archive.review_events import ReviewerAdmitted, ReviewerDismissed
from archive.web_events import WebSearched, WebViewed
from cases.exporting import Export
from section9 import HoldId, MailId, RequestId


@dataclass(frozen=True, slots=True)
class Link:
    """One segment of a chain, with what of it concerns the case."""

    book: Book
    number: int
    previous: str
    sha256: str
    content: bytes  # all of it where `whole`, else nothing
    lines: tuple[tuple[int, bytes], ...]  # those that concern the case, numbered from 1
    events: tuple[Event, ...]  # the same, read

    @property
    def whole(self) -> bool:
        """Tell whether every line concerns the case."""
        return bool(self.content)


@dataclass(slots=True)
class Concern:
    """What concerns a case, as its books are read in order."""

    case: Case
    mails: Container[MailId]
    requests: set[RequestId] = field(default_factory=set)
    holds: set[HoldId] = field(default_factory=set)

    def of(self, event: Event) -> bool:
        """Tell whether an event is about the case, or about a message that is given."""
        match event:
            case Sighted() | Scanned() | Rescanned() | Turned():
                found = event.mail in self.mails
            case CaseOpened() | CaseApplied():
                found = event.case.id == self.case.id
            case Anchored() | Stamped():  # they tell of the chains alone
                found = True
            case NoticeGiven():
                found = event.version in self.case.notices
            case Requested():
                found = self._request(event)
            case Approved() | Declined() | RequestUsed():
                found = event.request in self.requests
            case HoldPlaced() | HoldReleased():
                found = self._hold(event)
            case Refused():
                found = event.case.upper() == self.case.id
            case (
                (Searched() | Viewed() | Exported() | ExportResumed() | ExportFinished())
                | (CaseExtended() | ExtensionApplied() | CaseClosed() | Sealed())
                | (ReviewerAdmitted() | ReviewerDismissed() | WebSearched() | WebViewed())
            ):
                found = event.case == self.case.id
            case _:
                found = False
        return found

    def _request(self, event: Requested) -> bool:
        if event.case == self.case.id:
            self.requests.add(event.request)
        return event.case == self.case.id

    def _hold(self, event: HoldPlaced | HoldReleased) -> bool:
        if isinstance(event, HoldPlaced) and event.hold.case == self.case.id:
            self.holds.add(event.hold.id)
        hold = event.hold.id if isinstance(event, HoldPlaced) else event.hold
        return hold in self.holds


def links(ledger: Ledger, export: Export, book: Book) -> Iterator[Link]:
    """Read a book up to where an export was decided; the access book ends with its entry."""
    concern = Concern(export.case, frozenset(export.event.mails))
    ends = {head.book: head.number for head in export.event.heads} | {Book.ACCESS: export.number}
    for number in range(1, ends.get(book, 0) + 1):
        yield _link(book, number, ledger.raw(book, number), concern)


def anchors(events: Iterable[Event]) -> Iterator[tuple[int, str]]:
    """Name the files of the last anchor, and of the last that has a time stamp."""
    made = stamped = 0
    for event in events:
        match event:
            case Anchored():
                made = event.number
            case Stamped():
                stamped = event.number
            case _:
                pass
    for number in sorted({made, stamped} - {0}):
        # The stamp of an anchor that was stamped later is no part of this state.
        parts = ("json", "sig", "tsq", "tsr", "pem") if number == stamped else ("json", "sig")
        yield from ((number, part) for part in parts)


def _link(book: Book, number: int, content: bytes, concern: Concern) -> Link:
    this = segment.decode(book, number, content)
    raw = content.split(b"\n")
    found = [(n, one) for n, one in enumerate(this.events, start=2) if concern.of(one)]
    whole = len(found) == len(this.events)
    return Link(
        book,
        number,
        this.previous,
        this.sha256,
        content if whole else b"",
        tuple((n, raw[n - 1]) for n, _ in found),
        tuple(event for _, event in found),
    )


def line(link: Link, number: int, content: bytes) -> bytes:
    """One line of a segment that is not given whole, and where it stands."""
    said = {"segment": link.number, "line": number, "sha256": link.sha256}
    return msgspec.json.encode({**said, "event": msgspec.Raw(content)}) + b"\n"


def custody(event: Event) -> tuple[str, ...] | None:
    """One row of the custody record: at, by, act, mail, sha256, detail. None of other events."""
    what: tuple[str, str, str, str]
    match event:
        case Sighted():
            copy = event.sighting
            within = f" within the report {copy.blob}" if copy.original else ""
            what = ("archived", event.mail, copy.message, f"came by {copy.source}{within}")
        case Scanned() | Rescanned():
            what = (event.kind, event.mail, event.blob, f"{len(event.findings)} findings")
        case Turned():
            turn = event.sighting.story[-1].change if event.sighting.story else "seen again"
            what = ("copy found changed", event.mail, event.sighting.blob, str(turn))
        case Viewed():
            what = ("viewed", event.mail, event.blob, event.view)
        case Searched() | WebSearched():
            what = (event.kind, "", "", f"{event.total} found, {len(event.shown)} shown")
        case WebViewed():
            what = (event.kind, event.visit, event.blob, event.view)
        case Exported():
            what = ("exported", "", "", f"{len(event.mails)} messages")
        case ExportResumed() | ExportFinished():
            what = (event.kind.replace("-", " "), "", "", f"export {event.export}")
        case Refused():
            what = ("refused", "", "", f"{event.act}: {event.why}")
        case _:
            return None
    return (f"{event.at:%Y-%m-%dT%H:%M:%SZ}", event.by, *what)
