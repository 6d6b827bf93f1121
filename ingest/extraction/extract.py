"""One attachment to its text: who reads it, what is inside it, and what becomes of what fails."""

import time
import zipfile
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace

from ingest.extraction import archives, library, office, outlook, package, pictures, plain
from ingest.extraction.archives import File
from ingest.extraction.budget import Budget
from ingest.extraction.frames import NOT_TEXT, Extracted
from ingest.extraction.kinds import Kind, detect
from ingest.extraction.outlook import Letter
from ingest.extraction.reading import Reading, below, part_of
from ingest.mime import texts
from ingest.mime.parameters import MediaType
from ingest.parse import header_lines, parse_with_contents
from section9 import Part, PartId, PartKind

UNREAD = {
    Kind.ENCRYPTED: Extracted("", "encrypted-office", hides=True),
    Kind.ARCHIVE: Extracted("", "archive-not-opened", hides=True),
    Kind.UNKNOWN: Extracted("", "unknown-format", hides=True),
    Kind.NOT_TEXT: NOT_TEXT,
}
PLAIN = {
    Kind.TEXT: plain.read_text,
    Kind.HTML: plain.read_html,
    Kind.JSON: plain.read_json,
    Kind.XML: plain.read_xml,
}


def extract(
    content: bytes, *, media_type: str, filename: str, seconds: float, tesseract: str = ""
) -> Extracted:
    """Extract the text. Says in a defect what it could not do, and raises only on a bug.

    No file inside it is begun after so many `seconds`. `tesseract` reads pictures where given.
    """
    budget = Budget(len(content), until=time.monotonic() + seconds)
    reading = Reading(budget, tesseract)
    got = _read(File(filename, content, media_type), "", reading)
    return replace(got, parts=tuple(reading.parts), defects=tuple(reading.defects))


def _read(file: File, section: str, reading: Reading) -> Extracted:
    """The text of a file; what is inside it is added to the reading, below its section."""
    if file.defect:
        return Extracted("", file.defect, hides=True)
    kind = detect(file.content, media_type=file.media_type, filename=file.name)
    if kind in UNREAD:
        return UNREAD[kind]
    try:
        if kind in CONTAINERS:
            return reading.kept(CONTAINERS[kind](file, kind, section, reading))
        return reading.kept(_read_alone(file.content, kind, reading.tesseract))
    except package.StoppedError as stop:
        return Extracted("", stop.code, hides=True)


def _read_alone(content: bytes, kind: Kind, tesseract: str) -> Extracted:
    """A file that holds no others."""
    if kind is Kind.PICTURE:
        return pictures.read(content, tesseract=tesseract)
    if kind not in PLAIN:
        return library.read(content, kind)
    read = PLAIN[kind](content)
    if len(content) > plain.MAX_SOURCE:
        return Extracted(read.text, "text-truncated", hides=True)
    return read


# --- files inside -----------------------------------------------------------------------------


def _read_files(files: Iterable[File], section: str, reading: Reading, *, first: int = 1) -> None:
    with reading.deeper():
        for number, file in enumerate(files, first):
            part = part_of(file, below(section, number))
            place = reading.begin(part)
            reading.finish(place, _read(file, part.id, reading))


def _read_archive(file: File, kind: Kind, section: str, reading: Reading) -> Extracted:
    files = archives.files(file.content, kind, file.name, reading.budget)
    _read_files(files, section, reading)
    return Extracted()


def _read_office(file: File, _: Kind, section: str, reading: Reading) -> Extracted:
    with package.opened(file.content) as document:
        text = office.read(document, package.xml_parts(document))
        _read_files(_embedded(document, reading.budget), section, reading)
        return Extracted(text)


def _read_workbook(file: File, kind: Kind, section: str, reading: Reading) -> Extracted:
    with package.opened(file.content) as document:
        package.refuse_doctype(document)
        cells = library.read(file.content, kind)
        beside = office.read(document, package.parts_beside_cells(document))
        _read_files(_embedded(document, reading.budget), section, reading)
        return replace(cells, text=f"{cells.text}\n{beside}")


def _embedded(document: zipfile.ZipFile, budget: Budget) -> Iterator[File]:
    return (archives.entry(document, part, budget) for part in package.files_inside(document))


# --- messages inside --------------------------------------------------------------------------


def _read_mail(file: File, _: Kind, section: str, reading: Reading) -> Extracted:
    """A message that is attached as a file, or lies in an archive."""
    mail, contents = parse_with_contents(file.content)
    with reading.deeper():
        for part in mail.parts:
            inner = replace(part, id=PartId(below(section, part.id)))
            place = reading.begin(inner)
            if part.id in contents and not part.text:
                attached = File(part.filename, contents[part.id], part.media_type)
                reading.finish(place, _read(attached, inner.id, reading))
    for defect in mail.defects:
        at = below(section, defect.part) if defect.part else section
        reading.note(defect.code, at, hides=defect.hides)
    return Extracted("\n".join(header_lines(mail)))


def _read_outlook(file: File, kind: Kind, section: str, reading: Reading) -> Extracted:
    read = outlook.read_tnef if kind is Kind.TNEF else outlook.read_msg
    return _read_letter(read(file.content), section, reading)


def _read_letter(letter: Letter, section: str, reading: Reading) -> Extracted:
    """A message in Outlook's own form: its bodies come first, then what is attached."""
    with reading.deeper():
        bodies = list(_bodies(letter, section))
        for body in bodies:
            reading.begin(body)
        for number, inner in enumerate(letter.letters, len(bodies) + 1):
            part = replace(part_of(File(""), below(section, number)), kind=PartKind.MESSAGE)
            place = reading.begin(replace(part, media_type=Kind.MSG.value))
            reading.finish(place, _read_letter(inner, part.id, reading))
    first = len(bodies) + len(letter.letters) + 1
    _read_files(letter.files, section, reading, first=first)
    if letter.is_whole:
        return Extracted(letter.heading)
    return Extracted(letter.heading, "extraction-failed", hides=True)


def _bodies(letter: Letter, section: str) -> Iterator[Part]:
    """The text and the page that say the same; RTF only where it is all there is."""
    forms = [("text/plain", letter.plain.encode("utf-8", "replace")), ("text/html", letter.page)]
    if not any(data.strip() for _, data in forms) and letter.rich:
        rich = library.read(letter.rich, Kind.RTF).text
        forms = [("text/plain", rich.encode("utf-8", "replace"))]
    present = [(media_type, data) for media_type, data in forms if data.strip()]
    for number, (media_type, data) in enumerate(present, 1):
        text = texts.read(data, MediaType(media_type, {}))
        yield replace(
            part_of(File("", data, media_type), below(section, number)),
            kind=PartKind.BODY,
            text=text.text,
            hidden=text.hidden,
            quoted=text.quoted,
        )


CONTAINERS: Mapping[Kind, Callable[[File, Kind, str, Reading], Extracted]] = {
    **dict.fromkeys((Kind.ZIP, Kind.TAR, *archives.COMPRESSIONS), _read_archive),
    **dict.fromkeys((Kind.XLSX, Kind.XLSB, Kind.ODS), _read_workbook),
    **dict.fromkeys((Kind.TNEF, Kind.MSG), _read_outlook),
    Kind.OFFICE_XML: _read_office,
    Kind.MAIL: _read_mail,
}
"""Who reads the kinds of file that may hold others."""
