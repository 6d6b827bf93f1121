"""The folder that an export fills, and how it goes on after it was cut off.

    DIR/.unfinished/export.json      which export this is
    DIR/.unfinished/messages.jsonl   a line for each message that is written, with its files' sums

What is in the log and hashes as it says is done; anything else is written again. The folder
`.unfinished` goes when everything else is on disk.
"""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from hashlib import file_digest, sha256
from pathlib import Path
from typing import BinaryIO, ClassVar

import msgspec

from section9 import CaseId, Section9Error

UNFINISHED = ".unfinished"


class ExportFolderError(Section9Error):
    """The folder cannot take this export."""

    exit_code: ClassVar[int] = 2

    def __init__(self, folder: Path, why: str) -> None:
        super().__init__(f"{folder} {why}: name another folder")


@dataclass(frozen=True, slots=True)
class Written:
    """One file of the pack."""

    path: str  # below the folder, parted by `/`
    size: int
    sha256: str


@dataclass(frozen=True, slots=True)
class _Logged:
    """What has to be known of a line of the log to tell whether it holds."""

    files: tuple[Written, ...]


@dataclass(frozen=True, slots=True)
class Begun:
    """Which export a folder has begun to hold."""

    case: CaseId
    export: int
    query: str
    limit: int | None
    forms: tuple[str, ...]


class Hashing:
    """A file being written, which knows its own sum."""

    def __init__(self, file: BinaryIO, path: str) -> None:
        self._file = file
        self._path = path
        self._sum = sha256()
        self._size = 0

    def write(self, content: bytes) -> None:
        """Write on."""
        self._file.write(content)
        self._sum.update(content)
        self._size += len(content)

    def text(self, content: str) -> None:
        """Write text on."""
        self.write(content.encode())

    @property
    def written(self) -> Written:
        """What the file is so far."""
        return Written(self._path, self._size, self._sum.hexdigest())


@dataclass(frozen=True)
class Folder:
    """A folder that holds one export, or is about to."""

    root: Path

    def begun(self) -> Begun | None:
        """Tell which export was begun here; None in an empty folder or one that is not there.

        Raises `ExportFolderError` where something else lies in it.
        """
        try:
            return msgspec.json.decode(self._begun.read_bytes(), type=Begun)
        except (FileNotFoundError, NotADirectoryError):
            pass
        except msgspec.DecodeError as error:
            raise ExportFolderError(self.root, "holds an export that cannot be read") from error
        if self.root.exists() and [*self.root.iterdir()]:
            raise ExportFolderError(self.root, "is not empty and holds no unfinished export")
        return None

    def require_writable(self) -> None:
        """Raise `ExportFolderError` where nothing can be written, before anything is decided."""
        places = (self.root, *self.root.absolute().parents)
        nearest = next(place for place in places if place.exists())
        if not (nearest.is_dir() and os.access(nearest, os.W_OK | os.X_OK)):
            raise ExportFolderError(self.root, "cannot be written")

    def begin(self, begun: Begun) -> None:
        """Note which export this is to be."""
        self._begun.parent.mkdir(parents=True, exist_ok=True)
        fresh = self._begun.with_suffix(".new")
        fresh.write_bytes(msgspec.json.encode(begun))
        fresh.replace(self._begun)

    @contextmanager
    def alone(self) -> Iterator[None]:
        """Keep a second run out. Raises `ExportFolderError`."""
        with self._begun.open("rb") as file:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError as error:
                raise ExportFolderError(self.root, "is being written by another run") from error
            yield

    def put(self, path: str, content: bytes) -> Written:
        """Write one file."""
        with self.writing(path) as file:
            file.write(content)
        return file.written

    @contextmanager
    def writing(self, path: str) -> Iterator[Hashing]:
        """Write one file, piece by piece."""
        target = self.root / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.unlink(missing_ok=True)
        with target.open("xb") as file:
            yield Hashing(file, path)

    def resume(self) -> int:
        """Cut the log back to the messages that are whole, and tell how many those are."""
        self.log.touch()
        count = end = 0
        with self.log.open("r+b") as file:
            for line in file:
                if not self._is_whole(line):
                    break
                count, end = count + 1, end + len(line)
            file.truncate(end)
        return count

    def note(self, line: bytes) -> None:
        """Log a message that is written: a line of JSON with its `files`."""
        with self.log.open("ab") as file:
            file.write(line + b"\n")

    def settle(self) -> None:
        """Make all that is written durable."""
        os.sync()

    def finish(self) -> None:
        """Take away what only an unfinished export needs, last of all what says that it is one."""
        self.log.unlink()
        self._begun.unlink()
        self._begun.parent.rmdir()

    @property
    def log(self) -> Path:
        """The messages that are written."""
        return self.root / UNFINISHED / "messages.jsonl"

    @property
    def _begun(self) -> Path:
        return self.root / UNFINISHED / "export.json"

    def _is_whole(self, line: bytes) -> bool:
        """Tell whether a line of the log was written to its end, and its files are as it says."""
        try:
            entry = msgspec.json.decode(line, type=_Logged)
        except msgspec.DecodeError:
            return False
        return line.endswith(b"\n") and all(self._stands(file) for file in entry.files)

    def _stands(self, written: Written) -> bool:
        try:
            with (self.root / written.path).open("rb") as file:
                return file_digest(file, "sha256").hexdigest() == written.sha256
        except OSError:
            return False
