"""The forms of a pack that other programs load: mbox, Concordance DAT and OPT, EDRM XML.

They are made of the log of what was written, so they take no memory and name the very files.
"""

from collections.abc import Callable, Iterable, Iterator

from cases.exporting import Export
from evidence.documents import Document
from evidence.edrm import edrm
from evidence.entry import Entry
from evidence.folder import Folder, Written
from evidence.forms import Bates, Form
from evidence.loadfile import dat, opt
from evidence.mbox import separated

Entries = Callable[[], Iterable[Entry]]


def write(folder: Folder, export: Export, entries: Entries) -> list[Written]:
    """Write the forms that were asked for."""
    bates = Bates.of(export.event.forms, export.case.id)
    volume = f"{export.case.id}-{export.number}"
    written: list[Written] = []

    def documents() -> Iterator[Document]:
        return (one for entry in entries() for one in entry.documents)

    for form in export.event.forms:
        match form:
            case Form.MBOX:
                written.append(_mbox(folder, f"{volume}.mbox", entries()))
            case Form.LOAD:
                written.append(_text(folder, f"{volume}.dat", dat(documents(), bates)))
                written.append(_text(folder, f"{volume}.opt", opt(documents(), bates, volume)))
            case Form.EDRM:
                written.append(_text(folder, f"{volume}.xml", edrm(documents, bates, batch=volume)))
            case _:
                pass
    return written


def _mbox(folder: Folder, path: str, entries: Iterable[Entry]) -> Written:
    with folder.writing(path) as file:
        for entry in entries:
            content = (folder.root / entry.files[0].path).read_bytes()
            file.write(separated(content, sender=entry.row.sender, at=entry.at))
    return file.written


def _text(folder: Folder, path: str, pieces: Iterable[str]) -> Written:
    with folder.writing(path) as file:
        for piece in pieces:
            file.write(piece.encode(errors="replace"))
    return file.written
