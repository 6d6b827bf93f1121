"""Files of mail on disk: which files are mail, and where in them each message lies.

Nothing is read whole: a file is mapped, and a message is a slice of it, so that an mbox of any
size costs no memory. A slice is archived as it stands, its From line with it: an mbox is never
'unquoted'.
"""

import hashlib
import mmap
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from ingest.jobs import Sliced
from section9 import BlobId, Sighting, SightingId, Source

FROM_LINE = re.compile(rb"From [^\r\n]{1,1000}\d\d:\d\d[^\r\n]{0,100}\r?\n")
"""The line before a message in an mbox (RFC 4155). Its time of day tells it from prose."""

SEPARATOR = re.compile(rb"(?P<last_line>\r?\n)\r?\n(?=" + FROM_LINE.pattern + rb")")
"""The end of a message's last line and the empty line before the next message's From line."""

HEADER = re.compile(rb"^([!-9;-~]+)[ \t]*:", re.MULTILINE)

MAIL_HEADERS = frozenset(
    b"bcc cc content-transfer-encoding content-type date delivered-to from message-id "
    b"mime-version received reply-to return-path sender subject to x-mailer".split()
)

SNIFFED = 16_384  # bytes in which a mail shows a header that only mail has
ALWAYS_MAIL = frozenset({".eml", ".mbox"})


@dataclass(frozen=True, slots=True)
class Skipped:
    """A file that gives no message. `failed` when it could not be read, else it is no mail."""

    path: Path
    why: str
    failed: bool = False


def find(paths: Iterable[Path]) -> Iterator[tuple[Path, Path]]:
    """Yield each place that was named with every file at or below it, in a stable order."""
    for given in map(Path.resolve, paths):
        if given.is_dir():
            files = (path for path in given.rglob("*") if path.is_file() and not path.is_symlink())
            yield from ((given, path) for path in sorted(files))
        else:
            yield given, given


def messages(
    paths: Iterable[Path], *, mailbox: str, seen: datetime, vouched: bool = False
) -> Iterator[Sliced | Skipped]:
    """Yield every message in the files at or below `paths`; `mailbox` is whose they are.

    `vouched` says that our own mail server journaled them, so that its reports are believed.
    """
    for given, path in find(paths):
        try:
            yield from _messages(given, path, mailbox=mailbox, seen=seen, vouched=vouched)
        except OSError as error:
            yield Skipped(path, f"cannot be read: {error.strerror}", failed=True)


def _messages(
    given: Path, path: Path, *, mailbox: str, seen: datetime, vouched: bool
) -> Iterator[Sliced | Skipped]:
    if not path.stat().st_size:
        yield Skipped(path, "is empty")
        return
    with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as content:
        if not _is_mail(given, path, content[:SNIFFED]):
            yield Skipped(path, "does not look like mail; name the file itself to take it")
            return
        label = str(path.relative_to(given.parent))
        for number, (start, end) in enumerate(_spans(content), 1):
            folder = f"{label}#{number}" if number > 1 else label
            sighting = _sighting(content[start:end], mailbox=mailbox, folder=folder, seen=seen)
            yield Sliced(sighting, str(path), start, end - start, vouched)


def _sighting(content: bytes, *, mailbox: str, folder: str, seen: datetime) -> Sighting:
    """Name a copy by where it lies and what it says, so that reading it again gives it again."""
    blob = hashlib.sha256(content).hexdigest()
    place = f"{Source.FILE}\0{mailbox}\0{folder}\0{blob}"
    return Sighting(
        id=SightingId(hashlib.sha256(place.encode(errors="surrogateescape")).hexdigest()),
        blob=BlobId(blob),
        source=Source.FILE,
        seen=seen,
        mailbox=mailbox,
        folder=folder.encode(errors="surrogateescape").decode(errors="replace"),
    )


def _is_mail(given: Path, path: Path, start: bytes) -> bool:
    """Whoever names a file means it; in a folder, a file must look like mail."""
    return given == path or path.suffix.lower() in ALWAYS_MAIL or looks_like_mail(start)


def looks_like_mail(content: bytes) -> bool:
    """Tell mail from anything else by a header that only mail has, near the start."""
    found = HEADER.finditer(content, 0, SNIFFED)
    return any(match[1].lower() in MAIL_HEADERS for match in found)


def _spans(content: mmap.mmap) -> Iterator[tuple[int, int]]:
    """Yield where each message starts and ends; a file that holds only one is that one, whole."""
    start = 0
    # The cheap look first: nearly every file is one message, and the expression reads it all.
    if FROM_LINE.match(content) and content.find(b"\nFrom ") >= 0:
        for separator in SEPARATOR.finditer(content):
            yield start, separator.end("last_line")
            start = separator.end()
    yield start, len(content)
