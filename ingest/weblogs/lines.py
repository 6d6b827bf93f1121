"""Log files as lines: plain, gzip or zstd, or standard input.

Nothing is kept of a line once it is passed on. One as long as `LONGEST` or longer is cut there, and
says so; a file of one endless line costs no memory.
"""

import gzip
import io
import zlib
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, BinaryIO, cast

import zstandard

from section9 import Section9Error

LONGEST = 65_536  # bytes
GZIP, ZSTD = b"\x1f\x8b", b"\x28\xb5\x2f\xfd"
LARGEST_WINDOW = 1 << 27  # bytes that a zstd frame may claim


class LogFileError(Section9Error):
    """A log cannot be read, or not on to its end."""

    exit_code = 2

    def __init__(self, what: str) -> None:
        super().__init__(f"FILE {what}: check it, then import it again; nothing is taken twice")


@dataclass(frozen=True, slots=True)
class RawLine:
    """One line of a log, without its newline."""

    number: int  # from 1
    content: bytes
    cut: bool = False  # it is as long as `LONGEST` or longer
    ended: bool = True  # by a newline: else it may still be being written


@dataclass(frozen=True, slots=True)
class Log:
    """An open log."""

    lines: Iterator[RawLine]
    position: Callable[[], int]  # bytes read of the file


def find(paths: Iterable[Path]) -> Iterator[Path]:
    """Yield the files, those of folders oldest first by their names; hidden ones are left out."""
    for path in paths:
        if path.is_dir():
            yield from sorted(
                file
                for file in path.rglob("*")
                if file.is_file() and not file.is_symlink() and not file.name.startswith(".")
            )
        else:
            yield path


@contextmanager
def open_log(path: Path) -> Iterator[Log]:
    """Open a log of whatever wrapping. Raises `LogFileError`, also from its lines."""
    try:
        file = path.open("rb")
    except OSError as error:
        raise LogFileError(f"cannot be read ({error.strerror})") from error
    with file:
        yield Log(lines_of(_unwrapped(file)), file.tell)


def lines_of(stream: BinaryIO) -> Iterator[RawLine]:
    """Yield the lines of a stream. Raises `LogFileError` where it breaks off."""
    number = 0
    while content := _read(stream, LONGEST + 1):
        number += 1
        ended = content.endswith(b"\n")
        line = content.removesuffix(b"\n")
        if len(content) > LONGEST and not ended:
            ended = _skip(stream)
        yield RawLine(number, line[:LONGEST], len(line) >= LONGEST, ended)


def _skip(stream: BinaryIO) -> bool:
    """Read past the rest of a line; tell whether it ends."""
    while rest := _read(stream, LONGEST):
        if rest.endswith(b"\n"):
            return True
    return False


def _read(stream: BinaryIO, size: int) -> bytes:
    try:
        return stream.readline(size)
    except (EOFError, zlib.error, zstandard.ZstdError) as error:
        raise LogFileError("breaks off, or is damaged") from error
    except OSError as error:  # gzip.BadGzipFile is one
        raise LogFileError(f"cannot be read on ({error.strerror or 'damaged'})") from error


def _unwrapped(file: BinaryIO) -> BinaryIO:
    start = file.read(4)
    file.seek(0)
    if start.startswith(GZIP):
        return cast("BinaryIO", gzip.GzipFile(fileobj=file))
    if start == ZSTD:
        reader = zstandard.ZstdDecompressor(max_window_size=LARGEST_WINDOW).stream_reader(
            cast("IO[bytes]", file), read_across_frames=True
        )
        return cast("BinaryIO", io.BufferedReader(cast("io.RawIOBase", reader)))
    return file
