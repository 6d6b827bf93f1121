"""zip, tar and gzip archives: their members one after the other, unpacked into a nameless file.

A member's name is only ever read, never used as a path. What is unpacked is bounded in number,
size and ratio, and an archive that lies about itself is cut off.
"""

import gzip
import tarfile
import zipfile
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from tempfile import TemporaryFile
from typing import IO, BinaryIO, cast

MOST_MEMBERS = 1_000_000
LARGEST = 64 * 2**30  # bytes of one member, unpacked
HONEST_RATIO = 200  # unpacked to packed; mail packs by 2 to 20
ANY_RATIO = 64 * 2**20  # bytes below which the ratio does not matter
CHUNK = 1 << 20
ENCRYPTED = "needs a password: unpack it yourself and ingest what comes out"
TOO_LARGE = "unpacks beyond any honest size: the rest of it is left out"
BROKEN = (
    EOFError,
    NotImplementedError,  # a way of packing that Python does not know
    RuntimeError,
    ValueError,
    gzip.BadGzipFile,
    tarfile.TarError,
    zipfile.BadZipFile,
    zlib.error,
)


class UnpackError(Exception):
    """An archive, or one of its members, cannot be unpacked; says why. It stays in this room."""


@dataclass(frozen=True, slots=True)
class Member:
    """One file of an archive."""

    name: str
    packed: int  # bytes; of a tar's member, the same as unpacked
    done: float  # how much of the archive has been read when it has been, from 0 to 1
    open: Callable[[], IO[bytes]]
    refused: str = ""  # why it is not unpacked


def zipped(file: BinaryIO) -> Iterator[Member]:
    """Yield the members of a zip. Raises UnpackError."""
    try:
        archive = zipfile.ZipFile(file)
    except BROKEN as error:
        raise UnpackError("is damaged: it is no readable zip archive") from error
    entries = [entry for entry in archive.infolist() if not entry.is_dir()]
    total = sum(entry.compress_size for entry in entries)
    if len(entries) > MOST_MEMBERS or total > file.seek(0, 2):
        raise UnpackError("has too many members, or some that overlap: it is not unpacked")
    done = 0
    for entry in entries:
        done += entry.compress_size
        yield Member(
            entry.filename,
            entry.compress_size,
            done / max(total, 1),
            lambda entry=entry: archive.open(entry),  # type: ignore[misc]  # binds this entry
            refused=ENCRYPTED if entry.flag_bits & 1 else "",
        )


def tarred(file: BinaryIO, *, size: int) -> Iterator[Member]:
    """Yield the members of a tar, packed or not, in one pass. Raises UnpackError."""
    unpacked_size = 0
    try:
        with tarfile.open(fileobj=file, mode="r|*") as archive:
            for entry in archive:
                archive.members = []  # type: ignore[attr-defined]  # it would remember them all
                unpacked_size += entry.size
                if unpacked_size > _honest(size):
                    raise UnpackError(TOO_LARGE)
                content = archive.extractfile(entry) if entry.isfile() else None
                if content is not None:
                    done = min(1.0, file.tell() / size)
                    yield Member(entry.name, entry.size, done, lambda it=content: it)  # type: ignore[misc]
    except (*BROKEN, OSError) as error:
        raise UnpackError("is damaged: the rest of the archive cannot be read") from error


def gzipped(file: BinaryIO, name: str, *, size: int) -> Member:
    """Give the one file in a gzip file."""
    packed = cast("IO[bytes]", gzip.GzipFile(fileobj=file))
    return Member(PurePosixPath(name).stem, size, 1.0, lambda: packed)


def unpacked(member: Member, *, scratch: Path) -> BinaryIO:
    """Unpack a member into a nameless file in the folder `scratch`. Raises UnpackError."""
    if member.refused:
        raise UnpackError(member.refused)
    target = TemporaryFile(dir=scratch)  # noqa: SIM115 - the caller closes it
    try:
        with member.open() as source:
            _copy(source, target, packed=member.packed)
    except BROKEN as error:
        target.close()
        raise UnpackError("is damaged, or packed in a way that is not known") from error
    except BaseException:
        target.close()
        raise
    target.seek(0)
    return target


def _copy(source: IO[bytes], target: IO[bytes], *, packed: int) -> None:
    size = 0
    while chunk := source.read(CHUNK):
        size += len(chunk)
        if size > _honest(packed):
            raise UnpackError(TOO_LARGE)
        target.write(chunk)


def _honest(packed: int) -> int:
    """How large something may become that is so large packed, in bytes."""
    return min(LARGEST, max(ANY_RATIO, packed * HONEST_RATIO))
