"""The pack: a case's messages as files that a third party can verify with stock commands.

    originals/ID.eml      the exact bytes        manifest.json    every file, how it was found
    messages/ID.html      to be read             custody.csv      who had what, when
    attachments/ID/…      as they were sent      ledger/          the extract and its chain
    index.html            list, search, filters  VERIFY.txt  STATEMENT.txt  SHA256SUMS

and, where they are asked for, the forms of `loads`.

All of it follows from the export's entry on the ledger and the messages as they are indexed: made
again from the same state it is the same, byte for byte. Messages are written one by one, so
memory does not grow with their number.
"""

import csv
import io
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from hashlib import sha256

import msgspec

from archive.access_events import Searched
from archive.anchors import Anchors
from archive.books import Book
from archive.case_events import Anchored, Stamped
from archive.events import Event
from archive.ledger import Ledger
from cases.exporting import Export, Exports
from evidence import extract, loads, pages
from evidence.entry import Entry, Parse, Place, write
from evidence.folder import Folder, Written
from evidence.summary import Summary, summary

KEPT = Searched | Anchored | Stamped
SUMS = "SHA256SUMS"
CUSTODY = ("at", "by", "act", "mail", "sha256", "detail")


@dataclass(frozen=True, slots=True)
class Made:
    """What an export came to."""

    messages: int
    files: int
    size: int
    sha256: str  # of SHA256SUMS


def make(
    exports: Exports,
    export: Export,
    folder: Folder,
    *,
    parse: Parse,
    advance: Callable[[int], None],
) -> Made:
    """Fill a folder, or go on filling it; `advance` is told of messages as they are done.

    Until `folder.finish` the same may be made again in it.
    """
    with folder.alone():
        done = folder.resume()
        advance(done)
        free = _free(folder)
        exhibits = exports.exhibits(export, start=done)
        for number, exhibit in enumerate(exhibits, start=done + 1):
            entry = write(folder, export, exhibit, Place(number, free), parse)
            folder.note(msgspec.json.encode(entry))
            free = _after(entry, free)
            advance(1)
        anchors = Anchors(exports.gate.blobs.store)
        made = _close(folder, export, exports.gate.ledger, anchors)
        folder.settle()
        exports.finished(export, files=made.files, sha256=made.sha256)
    return made


def _close(folder: Folder, export: Export, ledger: Ledger, anchors: Anchors) -> Made:
    """Write what is about all of the messages, and last the sums."""
    events, files = _ledger(folder, export, ledger)
    searches = (event for event in events if isinstance(event, Searched))
    for number, part in extract.anchors(events):
        if content := anchors.get(number, part):
            files.append(folder.put(f"ledger/anchors/{number:012d}.{part}", content))
    whole = summary(export, (entry.row for entry in _entries(folder)), searches)
    with folder.writing("index.html") as file:
        for piece in pages.index(whole, (entry.row for entry in _entries(folder))):
            file.text(piece)
    files.append(file.written)
    files += loads.write(folder, export, lambda: _entries(folder))
    files.append(folder.put("VERIFY.txt", pages.text("VERIFY.txt", whole).encode()))
    manifest = _manifest(folder, whole, ledger, files)
    statement = pages.text("STATEMENT.txt", whole, manifest=manifest.sha256)
    files += [manifest, folder.put("STATEMENT.txt", statement.encode())]
    return _sums(folder, export, files)


def _ledger(
    folder: Folder, export: Export, ledger: Ledger
) -> tuple[tuple[Event, ...], list[Written]]:
    """Write the extract of the ledger and the custody record; give the searches and anchors."""
    kept: list[Event] = []
    files = []
    with folder.writing("custody.csv") as custody:
        custody.text(_row(CUSTODY))
        for book in Book:
            with (
                folder.writing(f"ledger/{book}.csv") as chain,
                folder.writing(f"ledger/{book}-lines.jsonl") as lines,
            ):
                chain.text(_row(("number", "previous", "sha256")))
                for link in extract.links(ledger, export, book):
                    chain.text(_row((str(link.number), link.previous, link.sha256)))
                    if link.whole:
                        path = f"ledger/{book}/{link.number:012d}.jsonl"
                        files.append(folder.put(path, link.content))
                    else:
                        for number, content in link.lines:
                            lines.write(extract.line(link, number, content))
                    for event in link.events:
                        if told := extract.custody(event):
                            custody.text(_row(told))
                    kept += [event for event in link.events if isinstance(event, KEPT)]
            files += [chain.written, lines.written]
    return tuple(kept), [*files, custody.written]


def _row(values: tuple[str, ...]) -> str:
    line = io.StringIO()
    csv.writer(line, lineterminator="\n").writerow(values)
    return line.getvalue()


def _manifest(folder: Folder, whole: Summary, ledger: Ledger, files: list[Written]) -> Written:
    """Write the manifest: one JSON object, a message or a file a line."""
    event = whole.event
    entry = sha256(ledger.raw(Book.ACCESS, whole.number)).hexdigest()
    said = {
        "schema": "section9.evidence/1",
        "export": whole.number,
        "entry_sha256": entry,
        "case": whole.case,
        "decided": event,
        "not_here": whole.gaps,
    }
    with folder.writing("manifest.json") as manifest:
        manifest.write(msgspec.json.encode(said)[:-1])
        manifest.text(',\n"messages":[')
        for number, one in enumerate(_entries(folder)):
            manifest.text(",\n" if number else "\n")
            manifest.write(msgspec.json.encode(one))
        manifest.text('\n],\n"files":[')
        for number, written in enumerate(files):
            manifest.text(",\n" if number else "\n")
            manifest.write(msgspec.json.encode(written))
        manifest.text("\n]}\n")
    return manifest.written


def _sums(folder: Folder, export: Export, files: list[Written]) -> Made:
    """Write SHA256SUMS, which `sha256sum -c` reads, over everything else."""
    count = size = 0
    with folder.writing(SUMS) as sums:
        for written in (*(one for entry in _entries(folder) for one in entry.files), *files):
            sums.text(f"{written.sha256}  {written.path}\n")
            count, size = count + 1, size + written.size
    return Made(len(export.event.mails), count, size, sums.written.sha256)


def _free(folder: Folder) -> int:
    """The first Bates number that no message has yet, when a run begins."""
    free = 1
    for entry in _entries(folder):
        free = _after(entry, free)
    return free


def _after(entry: Entry, free: int) -> int:
    return entry.documents[0].family[1] + 1 if entry.documents else free


def _entries(folder: Folder) -> Iterator[Entry]:
    """Read the log of the messages that are written."""
    with folder.log.open("rb") as log:
        for line in log:
            yield msgspec.json.decode(line, type=Entry)
