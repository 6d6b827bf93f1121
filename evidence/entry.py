"""One message of a pack: its originals, its page, its attachments, and its texts for load files."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from cases.exporting import Exhibit, Export
from evidence import pages, pdf
from evidence.documents import Document, Files, body, documents
from evidence.folder import Folder, Written
from evidence.forms import DOCUMENTED, Bates, Form
from evidence.names import attachment
from evidence.views import Original, Page, Row, cut_short, page, row
from section9 import BlobId, ParsedMail, Part, PartId

Parse = Callable[[bytes], tuple[ParsedMail, Mapping[PartId, bytes]]]
"""Reads a message, and gives the bytes of its attachments by the ids of their parts."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One message of the pack: its files, and what the files about all of them say of it."""

    mail: str
    files: tuple[Written, ...]  # the original first
    row: Row
    at: datetime  # its date, or that of the export where it has none
    documents: tuple[Document, ...]  # where documents are numbered


@dataclass(frozen=True, slots=True)
class Place:
    """Where in the pack a message comes; both count from one."""

    number: int
    first: int  # the first Bates number that is free


def write(folder: Folder, export: Export, exhibit: Exhibit, place: Place, parse: Parse) -> Entry:
    """Write all the files of one message."""
    record = exhibit.record
    content = exhibit.read(record.sightings[0].message)
    originals = tuple(_originals(folder, exhibit))
    parsed, contents = parse(content)
    attached = tuple(_attachments(folder, record.mail, parsed, contents))
    shown = page(
        export, record, number=place.number, content=content, originals=originals, attached=attached
    )
    html = folder.put(f"messages/{record.mail}.html", pages.message(shown).encode())
    paper, count = _paper(folder, export, shown, place.first)
    texts = tuple(_texts(folder, export, exhibit, attached))
    natives = [Written(one.path, one.size, one.sha256) for one in originals]
    files = Files(natives[0], paper, count, texts[0] if texts else None, _family(attached, texts))
    return Entry(
        mail=record.mail,
        files=(*natives, *(file for _, file in attached), html, *filter(None, (paper, *texts))),
        row=row(record, number=place.number),
        at=record.date or export.event.at,
        documents=documents(record, export.case.scope, files, first=place.first) if texts else (),
    )


def _originals(folder: Folder, exhibit: Exhibit) -> Iterator[Original]:
    """Write the bytes of every copy that differs, and the journal reports around them."""
    record = exhibit.record
    messages = list(dict.fromkeys(copy.message for copy in record.sightings))
    reports = dict.fromkeys(copy.blob for copy in record.sightings if copy.original)
    for number, blob in enumerate(messages, start=1):
        what, more = ("Original", "") if number == 1 else (f"Copy {number}", f".{number}")
        yield _original(folder, exhibit, blob, what, f"originals/{record.mail}{more}.eml")
    for number, blob in enumerate(reports, start=1):
        path = f"journal/{record.mail}.{number}.eml"
        yield _original(folder, exhibit, blob, f"Journal report {number}", path)


def _original(folder: Folder, exhibit: Exhibit, blob: BlobId, what: str, path: str) -> Original:
    written = folder.put(path, exhibit.read(blob))
    return Original(what, path, written.size, written.sha256)


def _attachments(
    folder: Folder, mail: str, parsed: ParsedMail, contents: Mapping[PartId, bytes]
) -> Iterator[tuple[Part, Written]]:
    for part in parsed.parts:
        if part.id in contents:
            path = f"attachments/{mail}/{attachment(part.id, part.filename)}"
            yield part, folder.put(path, contents[part.id])


def _paper(folder: Folder, export: Export, shown: Page, first: int) -> tuple[Written | None, int]:
    """Write the message as PDF where that is asked for; gives how many pages it has."""
    forms = export.event.forms
    if Form.PDF not in forms:
        return None, 0
    numbers = pages.numbered(Bates.of(forms, export.case.id), first) if _numbered(forms) else ""
    html = pages.message(cut_short(shown, pdf.CUT), all_open=True, numbers=numbers)
    paper = pdf.made(html)
    return folder.put(f"pdf/{shown.mail}.pdf", paper.content), paper.pages


def _texts(
    folder: Folder, export: Export, exhibit: Exhibit, attached: Sequence[tuple[Part, Written]]
) -> Iterator[Written | None]:
    """Write the text of the message and then of each attachment, where load files name them."""
    if not _numbered(export.event.forms):
        return
    record = exhibit.record
    yield folder.put(f"text/{record.mail}.txt", body(record).encode(errors="replace"))
    known = {part.sha256: part.text for part in reversed(record.parsed.parts) if part.text}
    for part, _ in attached:
        text = known.get(part.sha256, "").encode(errors="replace")
        yield folder.put(f"text/{record.mail}.{part.id}.txt", text) if text else None


def _numbered(forms: tuple[str, ...]) -> bool:
    return not DOCUMENTED.isdisjoint(forms)


def _family(
    attached: Sequence[tuple[Part, Written]], texts: Sequence[Written | None]
) -> tuple[tuple[Part, Written, Written | None], ...]:
    return tuple((*one, text) for one, text in zip(attached, texts[1:], strict=False))
