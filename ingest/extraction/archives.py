"""Files in archives: zip, tar, and the compressions of single files. Nothing touches the disk.

7z, RAR and cabinets are not opened: no permissive library reads them in memory.
"""

import bz2
import gzip
import lzma
import tarfile
import zipfile
import zlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from io import BytesIO
from pathlib import PurePosixPath
from typing import Protocol

import zstandard

from ingest.extraction.budget import Budget
from ingest.extraction.frames import DefectCode
from ingest.extraction.kinds import Kind
from ingest.extraction.package import BombError, DamagedError

CHUNK = 65_536  # bytes unpacked at once
LOCAL_HEADER = 30  # bytes before the name of a zip's entry (APPNOTE, 4.3.7)
MAX_WINDOW = 128 * 1024 * 1024  # bytes that a zstd frame may ask to look back
BROKEN = (
    zipfile.BadZipFile, tarfile.TarError, lzma.LZMAError, zlib.error, zstandard.ZstdError,
    EOFError, OSError, NotImplementedError, RuntimeError, ValueError, OverflowError, MemoryError,
)  # fmt: skip


class Readable(Protocol):
    """All that is asked of a stream."""

    def read(self, size: int, /) -> bytes:
        """At most so many bytes; none at the end."""


@dataclass(frozen=True, slots=True)
class File:
    """A file inside another; where its bytes cannot be had, `defect` says why."""

    name: str  # as written there, path and all
    content: bytes = b""
    media_type: str = ""  # where the container tells one
    defect: DefectCode | None = None


def files(content: bytes, kind: Kind, name: str, budget: Budget) -> Iterator[File]:
    """Yield the files of an archive called `name`. Raises StoppedError, perhaps midway."""
    try:
        if kind is Kind.ZIP:
            yield from _zipped(content, budget)
        elif kind is Kind.TAR:
            yield from _taped(content, budget)
        else:
            stream = COMPRESSIONS[kind](BytesIO(content))
            yield File(PurePosixPath(name).stem, _read(stream, budget))
    except BROKEN as error:
        raise DamagedError from error


def _zstandard(source: BytesIO) -> Readable:
    opener = zstandard.ZstdDecompressor(max_window_size=MAX_WINDOW)
    return opener.stream_reader(source, read_across_frames=True)


COMPRESSIONS: Mapping[Kind, Callable[[BytesIO], Readable]] = {
    Kind.GZIP: gzip.open,
    Kind.BZIP2: bz2.BZ2File,
    Kind.XZ: lzma.LZMAFile,
    Kind.ZSTANDARD: _zstandard,
}


def _zipped(content: bytes, budget: Budget) -> Iterator[File]:
    with zipfile.ZipFile(BytesIO(content)) as package:
        entries = [entry for entry in package.infolist() if not entry.is_dir()]
        _refuse_overlaps(entries)
        for each in entries:
            yield entry(package, each, budget)


def entry(package: zipfile.ZipFile, info: zipfile.ZipInfo, budget: Budget) -> File:
    """One file of a zip. Raises StoppedError."""
    if info.flag_bits & 1:
        return File(info.filename, defect="encrypted-zip")
    try:
        with package.open(info) as stream:
            return File(info.filename, _read(stream, budget))
    except BROKEN:  # this one; the others may be whole
        return File(info.filename, defect="extraction-failed")


def _refuse_overlaps(entries: list[zipfile.ZipInfo]) -> None:
    """Entries that share their bytes are the stuff of bombs; no program writes them."""
    end = 0
    for entry in sorted(entries, key=lambda entry: entry.header_offset):
        if entry.header_offset < end:
            raise BombError
        end = entry.header_offset + LOCAL_HEADER + entry.compress_size


def _taped(content: bytes, budget: Budget) -> Iterator[File]:
    with tarfile.open(fileobj=BytesIO(content), mode="r:") as archive:
        for member in archive:
            stream = archive.extractfile(member) if member.isreg() else None
            if stream is not None:
                yield File(member.name, _read(stream, budget))
        if content[archive.offset :].strip(b"\0"):  # it stops at what it cannot read
            raise DamagedError


def _read(stream: Readable, budget: Budget) -> bytes:
    """Read to the end in pieces, each paid for before the next is made."""
    pieces = []
    while piece := stream.read(CHUNK):
        budget.unpack(len(piece))
        pieces.append(piece)
    return b"".join(pieces)
