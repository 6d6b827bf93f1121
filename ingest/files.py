"""Files of mail: which files are mail, and every message in them.

A message that lies in a file as it was sent is a slice of that file, and nothing is read whole,
so that an mbox of any size costs no memory. What has to be taken out of something first (an
archive, an Outlook file) goes to the store a few at a time, and from there to the workers. What
gives no message is said, and the rest goes on.
"""

import hashlib
import mmap
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path, PurePath
from typing import BinaryIO, Literal

from ingest.formats import archives, maildir
from ingest.formats.archives import Member, UnpackError
from ingest.formats.kinds import PROMISES, Kind, detect
from ingest.formats.mbox import spans
from ingest.jobs import Sliced, Stored
from ingest.rebuilder import Item, Rebuilder
from section9 import BlobId, Change, Rebuilt, Sighting, SightingId, Source, Turn

LARGEST = 2**30  # bytes of one message: what a blob may hold
DEEPEST = 3  # archives within archives
TOGETHER = 64  # messages stored at once, at most: they share the cost of a sync
ENOUGH = 16 * 2**20  # bytes after which they are stored at once

Progress = Callable[[float], None]
"""Hears how much of a file has been gone through, from 0 to 1."""


@dataclass(frozen=True, slots=True)
class Skipped:
    """What gives no message. `failed` when it should have, else it is no mail."""

    place: str  # the file, and where in it
    why: str
    failed: bool = False


@dataclass(frozen=True, slots=True)
class Taken:
    """A message that was taken out of something, not yet stored."""

    sighting: Sighting
    content: bytes


@dataclass(frozen=True, slots=True)
class _File:
    """A file that is open: on disk, or unpacked from another."""

    file: BinaryIO
    label: PurePath  # what it is called in a sighting
    place: str  # what it is called to whoever named it
    progress: Progress
    on_disk: Path | None = None  # None: its messages have to be taken out of it
    named: bool = False  # whoever named it means it
    depth: int = 0  # archives around it

    @property
    def suffix(self) -> str:
        """How its name ends, in lower case."""
        return self.label.suffix.lower()


def find(paths: Iterable[Path]) -> Iterator[tuple[Path, Path]]:
    """Yield each place that was named with every file at or below it, in a stable order."""
    for given in map(Path.resolve, paths):
        if given.is_dir():
            files = (path for path in given.rglob("*") if path.is_file() and not path.is_symlink())
            yield from ((given, path) for path in sorted(files))
        else:
            yield given, given


class Files:
    """Takes the messages out of files.

    `mailbox` is whose they are; `vouched` says that our own mail server journaled them, so that
    its reports are believed. `store` puts contents into the archive; what is unpacked lies in
    the folder `scratch` meanwhile. `done` counts the bytes of the files that have been gone
    through.
    """

    def __init__(
        self,
        *,
        mailbox: str,
        seen: datetime,
        store: Callable[[Sequence[bytes]], object],
        scratch: Path,
        vouched: bool = False,
    ) -> None:
        self._mailbox = mailbox
        self._seen = seen
        self._store = store
        self._scratch = scratch
        self._vouched = vouched
        self._rebuilder = Rebuilder()
        self.done = 0.0

    def messages(self, paths: Iterable[Path]) -> Iterator[Sliced | Stored | Skipped]:
        """Yield every message in the files at or below `paths`."""
        waiting: list[Taken] = []
        with self._rebuilder:
            for met in self._all(paths):
                if not isinstance(met, Taken):
                    yield met
                    continue
                waiting.append(met)
                if len(waiting) == TOGETHER or sum(len(one.content) for one in waiting) > ENOUGH:
                    yield from self._stored(waiting)
                    waiting = []
            yield from self._stored(waiting)

    def _stored(self, taken: Sequence[Taken]) -> Iterator[Stored]:
        if taken:
            self._store([one.content for one in taken])
        for one in taken:
            yield Stored(one.sighting, self._vouched)

    def _all(self, paths: Iterable[Path]) -> Iterator[Sliced | Taken | Skipped]:
        for given, path in find(paths):
            before = self.done
            try:
                yield from self._on_disk(given, path)
                self.done = before + path.stat().st_size
            except OSError as error:
                yield Skipped(str(path), f"cannot be read: {error.strerror}", failed=True)

    def _on_disk(self, given: Path, path: Path) -> Iterator[Sliced | Taken | Skipped]:
        before, size = self.done, path.stat().st_size

        def progress(part: float) -> None:
            self.done = before + part * size

        if path.parent.name == "tmp" and (path.parent.parent / "cur").is_dir():
            yield Skipped(str(path), "was never delivered to its Maildir")
            return
        with path.open("rb") as file:
            label = path.relative_to(given.parent)
            yield from self._read(
                _File(file, label, str(path), progress, on_disk=path, named=given == path)
            )

    def _read(self, one: _File) -> Iterator[Sliced | Taken | Skipped]:
        if not one.file.seek(0, 2):
            yield Skipped(one.place, "is empty")
            return
        one.file.seek(0)
        with mmap.mmap(one.file.fileno(), 0, access=mmap.ACCESS_READ) as content:
            kind = detect(content, one.suffix)
            match kind:
                case Kind.MSG | Kind.PST:
                    yield from self._rebuilt(one, "msg" if kind is Kind.MSG else "pst")
                case Kind.ZIP | Kind.TAR | Kind.GZIP:
                    yield from self._archive(one, kind, len(content))
                case Kind.MAIL:
                    yield from self._slices(one, content)
                case Kind.OTHER:
                    yield from self._other(one, content)

    def _other(self, one: _File, content: mmap.mmap) -> Iterator[Sliced | Taken | Skipped]:
        """Whoever names a file means it, unless its name promises what it does not hold."""
        if one.suffix in PROMISES:
            why = f"is not {PROMISES[one.suffix]}, or is damaged"
            yield Skipped(one.place, why, failed=True)
        elif one.named or (one.on_disk and maildir.place(one.label)):
            yield from self._slices(one, content)
        else:
            yield Skipped(one.place, "does not look like mail; name the file itself to take it")

    def _slices(self, one: _File, content: mmap.mmap) -> Iterator[Sliced | Taken | Skipped]:
        place = maildir.place(one.label)
        kept = 0  # where the pages begin that were read and not given back
        for number, (start, end) in enumerate(spans(content), 1):
            if end - start > LARGEST:
                where = f"{one.place}#{number}"
                yield Skipped(where, "is larger than a message may be", failed=True)
                continue
            slice_ = content[start:end]
            folder, item = (place.folder, place.item) if place else (str(one.label), "")
            item = f"{item}#{number}" if number > 1 else item
            sighting = self._sighting(folder, item, slice_, trashed=bool(place and place.trashed))
            one.progress(end / len(content))
            kept = _given_back(content, kept, end)
            if one.on_disk:
                yield Sliced(sighting, str(one.on_disk), start, end - start, self._vouched)
            else:
                yield Taken(sighting, slice_)

    def _rebuilt(
        self, one: _File, kind: Literal["msg", "pst"]
    ) -> Iterator[Sliced | Taken | Skipped]:
        for item in self._rebuilder.items(one.file, kind):
            one.progress(item.done)
            folder = f"{one.label}/{item.folder}" if item.folder else str(one.label)
            if item.rebuilt:
                sighting = self._sighting(folder, item.name, item.content, rebuilt=item.rebuilt)
                yield Taken(sighting, item.content)
            else:
                yield Skipped(_within(one, item), item.why, failed=item.failed)

    def _archive(self, one: _File, kind: Kind, size: int) -> Iterator[Sliced | Taken | Skipped]:
        if one.depth == DEEPEST:
            why = f"lies in {DEEPEST} archives, one in the other: unpack it yourself"
            yield Skipped(one.place, why, failed=True)
            return
        before = 0.0
        try:
            for member in _members(one, kind, size):
                yield from self._member(one, member, before)
                before = member.done
        except UnpackError as error:
            yield Skipped(one.place, str(error), failed=True)

    def _member(
        self, outer: _File, member: Member, before: float
    ) -> Iterator[Sliced | Taken | Skipped]:
        def progress(part: float) -> None:
            outer.progress(before + part * (member.done - before))

        label = outer.label  # a message that its Maildir keeps packed stays where it is
        if not maildir.place(label):
            label /= PurePath(member.name.lstrip("/"))
        place = f"{outer.place}/{member.name}"
        try:
            with archives.unpacked(member, scratch=self._scratch) as file:
                yield from self._read(_File(file, label, place, progress, depth=outer.depth + 1))
        except UnpackError as error:
            yield Skipped(place, str(error), failed=True)

    def _sighting(
        self,
        folder: str,
        item: str,
        content: bytes,
        *,
        trashed: bool = False,
        rebuilt: Rebuilt | None = None,
    ) -> Sighting:
        """Name a copy by where it lies and what it says: reading it again gives it again."""
        blob = hashlib.sha256(content).hexdigest()
        place = f"{Source.FILE}\0{self._mailbox}\0{folder}\0{item}\0{blob}"
        folder, item = _printable(folder), _printable(item)
        turns = (Turn(Change.DELETED, folder, None, self._seen, item=item),) if trashed else ()
        return Sighting(
            id=SightingId(hashlib.sha256(place.encode(errors="surrogateescape")).hexdigest()),
            blob=BlobId(blob),
            source=Source.FILE,
            seen=self._seen,
            mailbox=self._mailbox,
            folder=folder,
            item=item,
            rebuilt=rebuilt,
            story=turns,
        )


def _given_back(content: mmap.mmap, start: int, end: int) -> int:
    """Give mapped pages back that are done with; they would count as our memory.

    Returns where the next begin.
    """
    if end - start < ENOUGH:
        return start
    end -= end % mmap.PAGESIZE
    content.madvise(mmap.MADV_DONTNEED, start, end - start)
    return end


def _members(one: _File, kind: Kind, size: int) -> Iterator[Member]:
    if kind is Kind.ZIP:
        yield from archives.zipped(one.file)
    elif kind is Kind.TAR or one.suffix == ".tgz" or one.label.name.lower().endswith(".tar.gz"):
        yield from archives.tarred(one.file, size=size)
    else:
        yield archives.gzipped(one.file, one.label.name, size=size)


def _within(one: _File, item: Item) -> str:
    return "/".join(filter(None, (one.place, item.folder, item.name)))


def _printable(name: str) -> str:
    """A name as it can be stored: what was not UTF-8 is marked."""
    return name.encode(errors="surrogateescape").decode(errors="replace")
