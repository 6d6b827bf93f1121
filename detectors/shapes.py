"""Where numbers stand in a text, and whether they stand on their own. Linear throughout."""

import re
from collections.abc import Iterable, Iterator
from enum import Enum, auto

from detectors.contract import Zones

GAP = r"(?: ?[-.] ?| {1,2}| ?\r?\n(?:> ?)?)?"
"""What stands between the groups of one number: nothing, a space or two, a dash, a dot, or the
end of a wrapped line, which may be quoted."""

_LEAST_DIGITS = 6  # the shortest run of any rule: the digits of a NINO
_MARGIN = 24  # characters round a run that may belong to it: prefixes, check letters, an IBAN
# One character class and no group: the engine keeps no stack, so a megabyte run costs no memory.
_RUN = re.compile(r"\d[\d .\-\r\n>]{4,}\d", re.ASCII)

_REACH = 300  # characters to look back and ahead for the ends of an unbroken chunk
_PART_OF_A_NUMBER_BEFORE = re.compile(r"(?:\w|[£$€+]|\d[-.]|\+\d{1,3} ?)\Z")
_PART_OF_A_NUMBER_AFTER = re.compile(r"\w|[-.]\d|%")
_JOINED_BEFORE = re.compile(r"(?:[A-Za-z]-|\w/|#|(?:\A|\s)\d{1,6} )\Z")
_JOINED_AFTER = re.compile(r"-[A-Za-z]|/\w| \d{1,6}(?![\d/.-])")
_PARTING = re.compile(r"[\s,;|\"'<>()]")
_ADDRESS = re.compile(r"://|www\.|@", re.IGNORECASE)


class Seat(Enum):
    """How a number sits in the text around it."""

    FREE = auto()
    JOINED = auto()  # to other characters: part of a link, an address, or a longer row of groups
    EMBEDDED = auto()  # in a longer code, a decimal, an amount or an international phone number


def zones(text: str) -> Zones:
    """Return the stretches with six digits or more, with their margins; overlapping ones merge."""
    runs = (match.span() for match in _RUN.finditer(text) if _is_long(match[0]))
    return around(text, runs, before=_MARGIN, after=_MARGIN)


def _is_long(run: str) -> bool:
    return len(run) >= _MARGIN or sum(map(str.isdigit, run)) >= _LEAST_DIGITS


def around(text: str, spans: Iterable[tuple[int, int]], *, before: int, after: int) -> Zones:
    """Return stretches of a text, in order, with so many characters round them; they may merge."""
    merged: list[tuple[int, int]] = []
    for first, last in spans:
        start, end = max(0, first - before), min(len(text), last + after)
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], end)
        else:
            merged.append((start, end))
    return merged


def matches(shape: re.Pattern[str], text: str, where: Zones) -> Iterator[re.Match[str]]:
    """Yield each match of a shape within the zones of a text."""
    for start, end in where:
        yield from shape.finditer(text, start, end)


def led(lead: re.Pattern[str], shape: re.Pattern[str], text: str) -> Iterator[re.Match[str]]:
    """Yield each match of a shape that begins where its lead does, which is quick to look for.

    An engine that must look behind at every character is slow; a lead begins with a class of
    characters, and looks behind from there.
    """
    end = 0
    for start in lead.finditer(text):
        if start.start() >= end and (match := shape.match(text, start.start())):
            end = match.end()
            yield match


def seat(text: str, start: int, end: int) -> Seat:
    """Tell whether characters `start` to `end` are a number in their own right."""
    before, after = text[max(0, start - 8) : start], text[end : end + 8]
    if _PART_OF_A_NUMBER_BEFORE.search(before) or _PART_OF_A_NUMBER_AFTER.match(after):
        return Seat.EMBEDDED
    grouped = " " in text[start:end]
    # A short number next to groups of digits may be one more group: then nothing starts here.
    joined = _JOINED_BEFORE.search(before), _JOINED_AFTER.match(after)
    if any(match and (grouped or not match[0].strip().isdigit()) for match in joined):
        return Seat.JOINED
    return Seat.JOINED if _ADDRESS.search(_chunk(text, start, end)) else Seat.FREE


def _chunk(text: str, start: int, end: int) -> str:
    """Return what a number is written in one piece with, at most `_REACH` each way."""
    before = _PARTING.split(text[max(0, start - _REACH) : start])[-1]
    after = _PARTING.split(text[end : end + _REACH], maxsplit=1)[0]
    return f"{before} {after}"
