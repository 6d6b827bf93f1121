"""Mail that is given with what was decided taken out: burnt in, so that it is gone.

    index.html            what is given and what is not, and why
    messages/0001.html    a message; with PDF messages/0001.pdf too
    SHA256SUMS

The originals, and the files that were attached, are no part of it: their text is, redacted. It
follows from the matter's acts and the export's entry: made again it is the same, byte for byte.
"""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import ClassVar

import msgspec

from archive.redaction_events import Code, RedactionsDecided
from cases.deadlines import UK
from cases.disclosing import Matter
from cases.exporting import Export, Exports
from evidence import pages, pdf
from evidence.folder import ExportFolderError, Folder, Written
from evidence.pack import SUMS
from evidence.redaction import burn, texts
from evidence.views import Room, fitting
from section9 import MailId, Record, Section9Error


class UndecidedError(Section9Error):
    """Nobody has decided yet what of some messages is taken out."""

    exit_code: ClassVar[int] = 11

    def __init__(self, matter: str, left: int) -> None:
        command, what = ("sar", "") if matter.startswith("S-") else ("redact", "--case ")
        super().__init__(
            f"{left:,} messages of {matter} are not decided: "
            f"`section9 {command} propose {what}{matter}` shows them, "
            f"`section9 {command} decide {what}{matter}` decides"
        )


LAW: Mapping[Code, str] = {
    Code.THIRD_PARTY: "It is about somebody else (Data Protection Act 2018, Schedule 2, para 16).",
    Code.NOT_THEIRS: "It is not your personal data.",
    Code.LEGAL_PRIVILEGE: "Legal professional privilege (Schedule 2, para 19).",
    Code.CRIME: "It would hinder the prevention or detection of crime (Schedule 2, para 2).",
    Code.REFERENCE: "A reference given in confidence (Schedule 2, para 24).",
    Code.MANAGEMENT: "Management forecasting or planning (Schedule 2, para 22).",
    Code.NEGOTIATIONS: "Our intentions in negotiations with you (Schedule 2, para 23).",
    Code.EXAMINATION: "Examination scripts, or marks before their day (Schedule 2, para 25).",
    Code.SERIOUS_HARM: "It could do serious harm to somebody's health (Schedule 3, Parts 2 to 4).",
    Code.CHILD_ABUSE: "Child abuse data, where that is best for the child (Schedule 3, Part 5).",
    Code.SECURITY: "A password or key.",
}
"""Why something is not given, as the person is told."""
PDF = "pdf"
HEADERS = (
    ("from", "From"),
    ("to", "To"),
    ("cc", "Cc"),
    ("bcc", "Bcc"),
    ("reply-to", "Reply to"),
    ("subject", "Subject"),
)
_MARK = re.compile(rf"(\[redacted: (?:{'|'.join(Code)})\])")
Pieces = tuple[tuple[str, bool], ...]


@dataclass(frozen=True, slots=True)
class Passage:
    """One text of a message: its pieces, and whether each is a mark that something was."""

    title: str
    pieces: Pieces
    cut: bool = False  # on paper


@dataclass(frozen=True, slots=True)
class Given:
    """One message as it is given."""

    number: int
    of: int
    matter: str
    date: str
    headers: tuple[Passage, ...]
    passages: tuple[Passage, ...]


@dataclass(frozen=True, slots=True)
class Row:
    """A message's line on the cover: where it is, or why it is not given."""

    number: int
    date: str
    path: str  # empty where it is withheld
    redacted: int
    withheld: str


@dataclass(frozen=True, slots=True)
class Contents:
    """What a cover says of the whole."""

    matter: str
    controller: str
    found: int
    given: int
    unsearchable: int
    reasons: tuple[tuple[str, str, int], ...]  # code, what the law says, how often
    rows: tuple[Row, ...]


@dataclass(frozen=True, slots=True)
class Entry:
    """What is logged of a message that is written, so that an interrupted bundle goes on."""

    mail: MailId
    decided: datetime  # when that was decided which is burnt in
    row: Row
    codes: tuple[Code, ...]  # why each place is gone; or why all of it is
    files: tuple[Written, ...]


Cover = Callable[[Contents], str]
"""Writes the page that is read first."""


@dataclass(frozen=True, slots=True)
class Bundle:
    """What a bundle came to."""

    found: int
    given: int
    redacted: int  # places
    closed: int  # found besides, protected or sealed, and not given
    own: int  # messages in scope that are the reader's own
    files: int
    sha256: str  # of SHA256SUMS


def make(  # noqa: PLR0913 - what is given, to whom, and where
    exports: Exports,
    export: Export,
    matter: Matter,
    folder: Folder,
    *,
    cover: Cover,
    controller: str,
    advance: Callable[[int], None],
) -> Bundle:
    """Fill a folder with what is disclosed, or go on filling it.

    Raises `UndecidedError` on what nobody decided, and `ExportFolderError` where something was
    decided otherwise since the folder was begun.
    """
    with folder.alone():
        done = folder.resume()
        _require_current(folder, matter)
        advance(done)
        for number, exhibit in enumerate(exports.exhibits(export, start=done), start=done + 1):
            entry = _write(folder, export, matter, exhibit.record, number)
            folder.note(msgspec.json.encode(entry))
            advance(1)
        entries = [*_entries(folder)]
        contents = _contents(matter, export, entries, controller)
        files = [one for entry in entries for one in entry.files]
        files.append(folder.put("index.html", cover(contents).encode()))
        lines = "".join(f"{one.sha256}  {one.path}\n" for one in files)
        sums = folder.put(SUMS, lines.encode())
        folder.settle()
        exports.finished(export, files=len(files), sha256=sums.sha256)
        folder.finish()
    redacted = sum(row.redacted for row in contents.rows)
    closed, own = len(export.event.withheld), export.event.own
    return Bundle(contents.found, contents.given, redacted, closed, own, len(files), sums.sha256)


def cover(contents: Contents) -> str:
    """The cover of a case's mail."""
    return pages.paper("disclosure_cover.html", contents)


def undecided(matter: Matter, records: Iterable[Record]) -> int:
    """How many messages nobody has decided about."""
    return sum(record.mail not in matter.decided for record in records)


def _write(folder: Folder, export: Export, matter: Matter, record: Record, number: int) -> Entry:
    """Write what is given of one message: nothing where it is withheld."""
    decided = _decided(matter, record)
    row = _row(record, decided, number)
    if decided.withheld:
        return Entry(record.mail, decided.at, row, (decided.withheld,), ())
    page = _given(record, decided, matter, number, len(export.event.mails))
    files = tuple(_pages(folder, row.path, page, as_pdf=PDF in export.event.forms))
    return Entry(record.mail, decided.at, row, tuple(_codes(decided)), files)


def _entries(folder: Folder) -> Iterator[Entry]:
    """What was written so far."""
    with folder.log.open("rb") as log:
        for line in log:
            yield msgspec.json.decode(line, type=Entry)


def _require_current(folder: Folder, matter: Matter) -> None:
    """Go on with no page in which something else is burnt in than what is decided now."""
    for entry in _entries(folder):
        found = matter.decided.get(entry.mail)
        if found is None or found.at != entry.decided:
            raise ExportFolderError(folder.root, "was begun before something else was decided")


def _decided(matter: Matter, record: Record) -> RedactionsDecided:
    found = matter.decided.get(record.mail)
    if found is None:
        raise UndecidedError(matter.id, 1)
    return found


def _codes(decided: RedactionsDecided) -> Iterator[Code]:
    return (one.code for one in decided.redactions)


def _row(record: Record, decided: RedactionsDecided, number: int) -> Row:
    withheld = decided.withheld.value if decided.withheld else ""
    path = "" if withheld else f"messages/{number:04d}.html"
    return Row(number, _day(record), path, len(decided.redactions), withheld)


def _given(
    record: Record, decided: RedactionsDecided, matter: Matter, number: int, of: int
) -> Given:
    """A message with what was decided gone. Nothing else of the record goes into it."""
    burnt = {str(part): text for part, text in burn(texts(record), decided.redactions).items()}
    headers = tuple(
        Passage(title, _pieces(burnt[name])) for name, title in HEADERS if burnt.get(name)
    )
    passages = []
    for part in record.parsed.parts:
        if text := burnt.get(part.id, ""):
            name = burnt.get(f"{part.id}.name", "")
            title = f"Text of the attachment {name}" if name else "Text"
            passages.append(Passage(title, _pieces(text)))
        elif name := burnt.get(f"{part.id}.name", ""):
            passages.append(Passage(f"Attachment {name}: it has no text", ()))
    return Given(number, of, matter.id, _day(record), headers, tuple(passages))


def _pages(folder: Folder, path: str, page: Given, *, as_pdf: bool) -> Iterator[Written]:
    html = pages.paper("disclosed.html", page)
    yield folder.put(path, html.encode())
    if as_pdf:
        paper = pages.paper("disclosed.html", _cut_short(page, pdf.CUT))
        yield folder.put(path.replace(".html", ".pdf"), pdf.made(paper).content)


def _cut_short(page: Given, most: int) -> Given:
    """The same for paper, as long as is bearable: what is cut says so."""
    left, cut = Room.of(most), []
    for one in (*page.headers, *page.passages):
        shown, left = fitting(one.pieces, left, most)
        cut.append(replace(one, pieces=shown, cut=shown != one.pieces))
    headers = len(page.headers)
    return replace(page, headers=tuple(cut[:headers]), passages=tuple(cut[headers:]))


def _contents(matter: Matter, export: Export, entries: list[Entry], controller: str) -> Contents:
    rows = tuple(entry.row for entry in entries)
    codes = Counter(code for entry in entries for code in entry.codes)
    return Contents(
        matter=matter.id,
        controller=controller,
        found=len(rows),
        given=sum(not row.withheld for row in rows),
        unsearchable=len(export.event.unsearchable),
        reasons=tuple((code.value, LAW[code], codes[code]) for code in Code if codes[code]),
        rows=rows,
    )


def _pieces(text: str) -> Pieces:
    return tuple((piece, bool(_MARK.fullmatch(piece))) for piece in _MARK.split(text) if piece)


def _day(record: Record) -> str:
    return f"{record.date.astimezone(UK):%-d %B %Y %H:%M}" if record.date else "date not known"
