"""Tables in plain text: which line heads the columns, and which cell of it a place is under.

Cells are parted by tabs, pipes, semicolons, commas (CSV quotes respected) or two spaces and more.
A table is lines with equally many cells, one after another, the first of them without a number.
Any of its first lines without one may be the heading: a letter may run into its table, and the
first rows may be empty where the numbers go. One pass over the lines.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from section9 import Span

_DELIMITERS = tuple(re.compile(mark) for mark in (r"\t", r"\|", ";", ",", r"(?<=\S) {2,}"))
_LINE = re.compile(r"[^\r\n]+")
_QUOTED = re.compile(r'"[^"\n]*"')
_DATA = re.compile(r"\d[ -]?\d")
_MOST_HEADINGS = 4
LONGEST_ROW = 2_000  # characters of a line that can be a row; longer ones are prose or hostile


@dataclass(frozen=True, slots=True)
class Table:
    """Consecutive lines with equally many cells."""

    headings: tuple[Span, ...]  # the lines that may be its heading, at least one
    end: int  # of its last line
    delimiter: re.Pattern[str]
    columns: int
    filled: bool = False  # a line with data was seen

    @property
    def start(self) -> int:
        """Where its first line starts."""
        return self.headings[0].start

    def headings_of(self, text: str, position: int) -> Iterator[Span]:
        """Yield the cells over a position, the top one first."""
        start = text.rfind("\n", 0, position) + 1
        column = _count(self.delimiter, text[start:position])
        for heading in self.headings:
            edges = self.cells(text, heading)
            if heading.end < position and column < len(edges):
                yield edges[column]

    def rows(self, text: str) -> Iterator[Span]:
        """Yield its lines below the last heading."""
        for line in _LINE.finditer(text, self.headings[-1].end, self.end):
            yield Span(*line.span())

    def cells(self, text: str, line: Span) -> list[Span]:
        """Return each cell of one of its lines."""
        marks = list(self.delimiter.finditer(text, line.start, line.end))
        starts = [line.start, *(mark.end() for mark in marks)]
        ends = [*(mark.start() for mark in marks), line.end]
        return list(map(Span, starts, ends))


def tables(text: str) -> Iterator[Table]:
    """Yield the tables of a text that have a heading and at least one line of data."""
    current: Table | None = None
    for line in _LINE.finditer(text):
        grown = _grown(current, line)
        if grown is None and current is not None and current.filled:
            yield current
        current = grown or _begun(line)
    if current is not None and current.filled:
        yield current


def _grown(table: Table | None, line: re.Match[str]) -> Table | None:
    """Return the table with this line in it; None where the line does not belong to it."""
    row = line[0].rstrip(" ")
    if table is None or len(row) > LONGEST_ROW or _count(table.delimiter, row) != table.columns:
        return None
    if _DATA.search(row):
        return replace(table, end=line.end(), filled=True)
    if not table.filled and line.string.count("\n", table.end, line.start()) > 1:
        return None
    room = not table.filled and len(table.headings) < _MOST_HEADINGS
    headings = (*table.headings, Span(*line.span())) if room else table.headings
    return replace(table, headings=headings, end=line.end())


def _begun(line: re.Match[str]) -> Table | None:
    """Return the table that this line heads; None where it cannot be a heading."""
    row = line[0].rstrip(" ")
    if len(row) > LONGEST_ROW or _DATA.search(row):
        return None
    for delimiter in _DELIMITERS:
        if columns := _count(delimiter, row):
            return Table((Span(*line.span()),), line.end(), delimiter, columns)
    return None


def _count(delimiter: re.Pattern[str], row: str) -> int:
    """Count the delimiters of a row, or of its beginning, outside quotes."""
    return len(delimiter.findall(_QUOTED.sub("", row) if '"' in row else row))
