"""The parts of a long text that are worth spaCy's time: the lines round the suspects.

An excerpt of a table begins with the table's heading, wherever that stood. Excerpts follow the
order of the text and never overlap.
"""

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from detectors.layout import LONGEST_ROW, Table, tables

_BEFORE = 400  # characters: what a rule reads back, and some to reach the beginning of a line
_AFTER = 200
_LONGEST = 100_000  # characters of one excerpt; neighbours beyond it lose sight of each other


@dataclass(frozen=True, slots=True)
class Excerpt:
    """A stretch of a text, with the heading of the table it was cut from in front."""

    text: str
    lead: int  # characters put in front
    start: int  # of the stretch in the whole text

    def place(self, offset: int) -> int:
        """Return where a character of the excerpt stands in the whole text."""
        return offset - self.lead + self.start


def excerpts(text: str, spans: Sequence[tuple[int, int]]) -> Iterator[Excerpt]:
    """Yield what there is to read round the spans, which come in order."""
    headed = list(tables(text)) if len(text) > _BEFORE else []
    for start, end in _stretches(text, spans):
        index = bisect_left(headed, start, key=lambda table: table.end)
        lead = _lead(text, headed[index], start) if index < len(headed) else ""
        yield Excerpt(lead + text[start:end], len(lead), start)


def _stretches(text: str, spans: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """Return the lines round the spans; stretches that touch become one, up to a length."""
    merged: list[tuple[int, int]] = []
    for first, last in spans:
        start, end = _lines(text, max(0, first - _BEFORE), min(len(text), last + _AFTER))
        if merged and start <= merged[-1][1]:
            begun, floor = merged[-1]
            if end - begun <= _LONGEST:
                merged[-1] = (begun, max(floor, end))
            elif end > floor:
                merged.append((floor, end))
        else:
            merged.append((start, end))
    return merged


def _lines(text: str, start: int, end: int) -> tuple[int, int]:
    """Widen a stretch to whole lines, unless they are very long: a row must keep its cells."""
    begin = text.rfind("\n", max(0, start - LONGEST_ROW), start) + 1
    newline = text.find("\n", end, end + LONGEST_ROW)
    return begin if begin or start <= LONGEST_ROW else start, end if newline < 0 else newline


def _lead(text: str, table: Table, start: int) -> str:
    """Return the headings of the table that a stretch begins in; empty where it needs none."""
    if not table.start < start <= table.end:
        return ""
    return "".join(text[line.start : line.end] + "\n" for line in table.headings)
