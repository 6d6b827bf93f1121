"""What a page says of one message: a record in plain words. Pure.

Whatever comes from the mail is text here; that it stays text is the templates' business.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Self

from cases.exporting import Export
from cases.telling import WORD, names, origin, safe, tale
from evidence import names as filenames
from evidence.folder import Written
from search.direction import direction
from section9 import (
    Finding,
    ParsedMail,
    Part,
    Participant,
    PartId,
    PartKind,
    Recipient,
    Record,
    Role,
    Span,
)

MAX_HEADERS = 200_000  # characters of the header block that a page shows
MOST_TEXTS, MOST_LINES = 5, 5_000  # on paper: as many long texts of a message, lines of a text
MOST_SUBJECT, MOST_HEADING, MOST_ROWS = 500, 30_000, 1_000  # characters, and recipients
FEW = 3  # people whom a line of the index names
Pieces = tuple[tuple[str, bool], ...]


@dataclass(frozen=True, slots=True)
class Original:
    """One file with the exact bytes of a copy."""

    what: str  # `Original`, `Further copy`, `Journal report`
    path: str
    size: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Attached:
    """One attachment and where its bytes are; no path where it lies inside another one."""

    name: str
    media_type: str
    size: int
    sha256: str
    path: str
    calm: bool  # a browser may open it
    pieces: Pieces
    cut: bool = False


@dataclass(frozen=True, slots=True)
class Body:
    """The text of one part, findings marked."""

    id: PartId
    media_type: str
    html: bool
    hidden: bool
    pieces: Pieces
    cut: bool = False


@dataclass(frozen=True, slots=True)
class Found:
    """What was found, once for all the places where the same was found for the same reason."""

    rule: str
    version: int
    clause: str
    severity: int
    confidence: str
    part: str
    why: str
    times: int = 1


@dataclass(frozen=True, slots=True)
class Received:
    """Somebody whom an envelope proves to have been sent the message."""

    address: str
    role: str
    way: str
    word: str


@dataclass(frozen=True, slots=True)
class Copy:
    """One copy: where it came from, and what befell it."""

    origin: str
    tale: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Page:
    """All that the page of one message says."""

    number: int
    mail: str
    case: str
    export: int
    program: str
    at: str
    date: str
    subject: str
    heading: tuple[tuple[str, str], ...]
    originals: tuple[Original, ...]
    findings: tuple[Found, ...]
    recipients: tuple[Received, ...]
    copies: tuple[Copy, ...]
    bodies: tuple[Body, ...]
    attachments: tuple[Attached, ...]
    defects: tuple[str, ...]
    headers: str
    headers_cut: bool
    more_recipients: int = 0  # than there is room for on paper


@dataclass(frozen=True, slots=True)
class Row:
    """What the index page says of one message."""

    number: int
    mail: str
    date: str
    month: str
    sender: str
    from_: str
    to: str
    people: str  # names and addresses of all of them, to be searched
    subject: str
    direction: str
    rules: tuple[str, ...]
    marks: tuple[str, ...]


def page(  # noqa: PLR0913 - a page is made of all of these
    export: Export,
    record: Record,
    *,
    number: int,
    content: bytes,
    originals: tuple[Original, ...],
    attached: tuple[tuple[Part, Written], ...],
) -> Page:
    """Say all of a message."""
    parsed, event = record.parsed, export.event
    headers = _headers(content)
    return Page(
        number=number,
        mail=record.mail,
        case=event.case,
        export=export.number,
        program=event.program,
        at=moment(event.at),
        date=moment(record.date),
        subject=parsed.subject,
        heading=tuple(_heading(record)),
        originals=originals,
        findings=tuple(findings(record.findings)),
        recipients=tuple(dict.fromkeys(_recipients(record))),
        copies=tuple(Copy(origin(one), tuple(tale(one, looked=None))) for one in record.sightings),
        bodies=tuple(_bodies(record)),
        attachments=tuple(_attachments(record, attached)),
        defects=tuple(sorted({_defect(one.code, one.part) for one in parsed.defects})),
        headers=headers[:MAX_HEADERS],
        headers_cut=len(headers) > MAX_HEADERS,
    )


def cut_short(whole: Page, most: int) -> Page:
    """A page for paper: each text has so many characters at most, and all have `MOST_TEXTS` such.

    So a message that is made to cost hours costs a minute. What is cut says so.
    """
    left = Room.of(most)
    bodies = []
    for body in whole.bodies:
        shown, left = fitting(body.pieces, left, most)
        bodies.append(replace(body, pieces=shown, cut=shown != body.pieces))
    attached = []
    for one in whole.attachments:
        shown, left = fitting(one.pieces, left, most)
        attached.append(replace(one, pieces=shown, cut=shown != one.pieces))
    headers, cut = whole.headers[:most], len(whole.headers) > most or whole.headers_cut
    return replace(
        whole,
        subject=_begun(whole.subject, MOST_SUBJECT),
        heading=tuple((name, _begun(value, MOST_HEADING)) for name, value in whole.heading),
        recipients=whole.recipients[:MOST_ROWS],
        more_recipients=max(len(whole.recipients) - MOST_ROWS, 0),
        bodies=tuple(bodies),
        attachments=tuple(attached),
        headers=headers,
        headers_cut=cut,
    )


@dataclass(frozen=True, slots=True)
class Room:
    """How much more text there is room for on paper."""

    characters: int
    lines: int

    @classmethod
    def of(cls, most: int) -> Self:
        """The room for a message's texts, each of which has so many characters at most."""
        return cls(most * MOST_TEXTS, MOST_LINES * MOST_TEXTS)


def fitting(parted: Pieces, left: Room, most: int) -> tuple[Pieces, Room]:
    """The beginning of a text, and what room it leaves for others."""
    shown, length, lines = [], 0, 0
    for piece, marked in parted:
        text = piece[: max(min(most, left.characters) - length, 0)]
        room = min(MOST_LINES, left.lines) - lines
        text = "".join(text.splitlines(keepends=True)[:room])
        length, lines = length + len(text), lines + text.count("\n")
        if text:
            shown.append((text, marked))
        if text != piece:
            break
    return tuple(shown), Room(left.characters - length, left.lines - lines)


def _begun(text: str, most: int) -> str:
    """The beginning of a value of a header."""
    return text if len(text) <= most else f"{text[:most]} … ({len(text):,} characters in all)"


def row(record: Record, *, number: int) -> Row:
    """Say a message in a line."""
    parsed = record.parsed
    sender = parsed.from_[0].address if parsed.from_ else ""
    readers = (*parsed.to, *parsed.cc, *parsed.bcc)
    return Row(
        number=number,
        mail=record.mail,
        date=f"{record.date:%Y-%m-%d %H:%M}" if record.date else "not known",
        month=f"{record.date:%Y-%m}" if record.date else "",
        sender=safe(sender),
        from_=_short(parsed.from_),
        to=_short(readers),
        people=safe(names((*parsed.from_, *readers))),
        subject=safe(parsed.subject),
        direction=direction(record),
        rules=tuple(sorted({finding.rule for finding in record.current})),
        marks=tuple(_marks(record)),
    )


def moment(at: datetime | None) -> str:
    """Write a moment for a person."""
    return f"{at:%Y-%m-%d %H:%M:%S} UTC" if at else "not known"


def findings(found: Iterable[Finding]) -> Iterator[Found]:
    """Gather findings that say the same, the most severe first."""
    alike: dict[Found, int] = {}
    for one in sorted(found, key=lambda one: (-one.severity, one.rule, one.part, one.start)):
        place = (one.confidence.value, str(one.part), one.why)
        key = Found(one.rule, one.version, one.clause, one.severity, *place)
        alike[key] = alike.get(key, 0) + 1
    return (replace(first, times=times) for first, times in alike.items())


def pieces(text: str, spans: Iterable[Span]) -> Pieces:
    """Part a text into what is marked and what is not."""
    parted, end = [], 0
    for span in sorted(spans, key=lambda span: span.start):
        start = max(span.start, end)
        parted += [(text[end:start], False), (text[start : span.end], True)]
        end = max(end, span.end)
    return tuple(piece for piece in (*parted, (text[end:], False)) if piece[0])


def _short(people: Sequence[Participant]) -> str:
    """The first few of some people, by name where there is one."""
    first = ", ".join(one.name or one.address for one in people[:FEW])
    return safe(first + (f" and {len(people) - FEW:,} more" if len(people) > FEW else ""))


def _heading(record: Record) -> Iterator[tuple[str, str]]:
    parsed = record.parsed
    yield "From", names(parsed.from_)
    yield "To", names(parsed.to)
    yield "Cc", names(parsed.cc)
    yield "Bcc", names(parsed.bcc)
    yield "Reply to", names(parsed.reply_to)
    yield "Date", moment(record.date)
    yield "Direction", direction(record)
    yield "Message-ID", parsed.message_id


def _headers(content: bytes) -> str:
    """The header block as it came, line ends made plain."""
    block = content.replace(b"\r\n", b"\n").lstrip(b"\n").partition(b"\n\n")[0]
    return block.decode(errors="replace").replace("\r", "\n")


def _recipients(record: Record) -> Iterator[Received]:
    for copy in record.sightings:
        for one in copy.recipients:
            listed = f"list {one.expanded_from}" if one.expanded_from else ""
            forwarded = f"forwarded from {one.forwarded_from}" if one.forwarded_from else ""
            way = ", ".join(filter(None, (listed, forwarded)))
            yield Received(one.address, _role(one, record.parsed), way, WORD[copy.trust])


def _role(one: Recipient, parsed: ParsedMail) -> str:
    """In which role somebody was addressed: as the mail server says, or else the header."""
    if one.role is not Role.UNVERIFIED:
        return one.role.capitalize()
    headers = {"To": parsed.to, "Cc": parsed.cc, "Bcc": parsed.bcc}
    for role, people in headers.items():
        if one.address in {person.address for person in people}:
            return f"{role}, by the header"
    return "not in the header"


def _bodies(record: Record) -> Iterator[Body]:
    for part in record.parsed.parts:
        if part.kind is PartKind.ATTACHMENT or part.repeats or not part.text:
            continue
        html = part.media_type == "text/html"
        shown = _pieces(record, part)
        yield Body(part.id, part.media_type, html, bool(part.hidden), shown)


def _attachments(record: Record, attached: Sequence[tuple[Part, Written]]) -> Iterator[Attached]:
    known = {part.sha256: part for part in reversed(record.parsed.parts)}
    given = {part.sha256 for part, _ in attached}
    for part, file in attached:
        text = known.get(part.sha256, part)
        calm = filenames.is_calm(file.path)
        shown = _pieces(record, text)
        kind = part.media_type
        yield Attached(part.filename, kind, file.size, file.sha256, file.path, calm, shown)
    for part in record.parsed.parts:
        if part.kind is PartKind.ATTACHMENT and part.sha256 not in given:
            shown = _pieces(record, part)
            yield Attached(
                part.filename, part.media_type, part.size, part.sha256, "", calm=False, pieces=shown
            )


def _pieces(record: Record, part: Part) -> Pieces:
    spans = (Span(one.start, one.end) for one in record.findings if one.part == part.id)
    return pieces(part.text, spans)


def _defect(code: str, part: PartId | None) -> str:
    return f"{code} in part {part}" if part else code


def _marks(record: Record) -> Iterator[str]:
    if any(part.kind is PartKind.ATTACHMENT for part in record.parsed.parts):
        yield "attachment"
    if any(one.deleted for one in record.sightings):
        yield "deleted"
    if any(defect.hides for defect in record.parsed.defects):
        yield "not fully readable"


def counted(rows: Iterable[Row]) -> Mapping[str, Mapping[str, int]]:
    """Count the values of each facet among rows."""
    facets: dict[str, dict[str, int]] = {
        name: {} for name in ("month", "from", "rule", "direction", "mark")
    }
    for one in rows:
        single = {"month": one.month, "from": one.sender, "direction": one.direction}
        pairs = [*single.items(), *(("rule", rule) for rule in one.rules)]
        for name, value in (*pairs, *(("mark", mark) for mark in one.marks)):
            if value:
                facets[name][value] = facets[name].get(value, 0) + 1
    return facets
