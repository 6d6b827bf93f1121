"""A message trace as a file: its encoding, its form, and its entries one after the other.

Nothing is kept of a line once it is read, so that a million lines need no more room than ten.
"""

import codecs
import hashlib
import io
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import chain, islice
from pathlib import Path

from ingest.traces import postfix, table
from ingest.traces.claim import Entry, TraceError

LONGEST_LINE = table.LONGEST_FIELD
_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)


@dataclass(frozen=True, slots=True)
class Trace:
    """An open trace."""

    form: str  # whose it is: `Exchange`, `Postfix` …
    sha256: str
    entries: Iterator[Entry]
    position: Callable[[], int]  # bytes read


@contextmanager
def open_trace(path: Path, *, journal: frozenset[str]) -> Iterator[Trace]:
    """Open a trace, of whatever form it is. Raises TraceError, also from its entries.

    `journal` has the addresses that the journal is sent to, in lower case.
    """
    try:
        with path.open("rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
            file.seek(0)
            start = file.read(200)
            file.seek(0)
            text = io.TextIOWrapper(file, _encoding(start), errors="replace", newline="")
            form, found = _read(_lines(text), journal)
            yield Trace(form, digest, found, file.tell)
    except OSError as error:
        raise TraceError(
            f"FILE cannot be read ({error.strerror}): check its path and owner"
        ) from error


def _read(lines: Iterator[str], journal: frozenset[str]) -> tuple[str, Iterator[Entry]]:
    first = list(islice(lines, table.PREAMBLE))
    if any(map(postfix.is_log, first)):
        return "Postfix", postfix.entries(chain(first, lines), journal=journal)
    header, number = table.find_header(iter(first))
    rest = chain(first[number:], lines)
    return header.form.name, table.entries(header, rest, after=number, journal=journal)


def _encoding(start: bytes) -> str:
    """UTF-16 is what Microsoft's exports are in, with a mark or without."""
    for mark, encoding in _MARKS:
        if start.startswith(mark):
            return encoding
    if start[1:40:2].count(0) > len(start[1:40:2]) // 2:
        return "utf-16-le"
    if start[0:40:2].count(0) > len(start[0:40:2]) // 2:
        return "utf-16-be"
    return "utf-8"


def _lines(text: io.TextIOWrapper) -> Iterator[str]:
    return iter(lambda: text.readline(LONGEST_LINE), "")
