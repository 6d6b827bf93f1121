"""What the reading pane shows of a message: safe text, its findings marked, what it quotes folded.

Mail is hostile: nothing of it is taken for markup, and nothing of it reaches the terminal but
plain characters. No meaning is in a colour alone: a finding stands between « and ».
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from rich.style import Style
from rich.text import Text

from cases.answers import Opened
from cases.reviewing import Reviewed
from cases.telling import deliveries, origin, safe, tale
from commands.app import Looked
from commands.investigation import LESS, findings_told, headers_told
from commands.reviewing import told
from section9 import Finding, Part, PartKind, Record, Span

MOST_SHOWN = 200_000  # characters of one part; `section9 show` gives all
MOST_LINES = 10_000  # likewise
MOST_SPANS = 1_000  # of each kind in one part

TITLE = Style(bold=True)
FOUND_STYLE = Style(bold=True, underline=True)
QUOTED_STYLE = Style(italic=True, dim=True)
HIDDEN_STYLE = Style(italic=True, underline2=True)
NOTICE = Style(bold=True, reverse=True)
WIDTH = 12  # of the names before the headers
MINOR = ("Message-ID", "Defects")
"""What is told with every copy and delivery alone."""


@dataclass(frozen=True, slots=True)
class Fashion:
    """How somebody wants a message shown."""

    unfolded: bool = False  # what it quotes, too
    full: bool = False  # every copy and delivery, too
    found: Style = FOUND_STYLE  # what a rule found


@dataclass(frozen=True, slots=True)
class Line:
    """One line before it is wrapped: what is written after its name stays right of it."""

    text: Text
    name: str = ""


def written(opened: Opened, said: Reviewed, looked: Looked, fashion: Fashion) -> list[Line]:
    """A message as the pane shows it."""
    record = opened.record
    page = [Line(Text(safe(record.parsed.subject) or "(no subject)", TITLE))]
    if opened.view in LESS:
        page.append(Line(Text(LESS[opened.view], NOTICE)))
    page.append(Line(Text()))
    page += [Line(Text(safe(value)), name) for name, value in _headers(record, looked, fashion)]
    page += [
        Line(Text(safe(value), Style(color=fashion.found.color)), "Finding")
        for value in findings_told(record.current)
    ]
    page += [Line(Text(safe(value)), name) for name, value in told(said)]
    for part in record.parsed.parts:
        page += paragraphs(part, [one for one in record.current if one.part == part.id], fashion)
    return page


def _headers(record: Record, looked: Looked, fashion: Fashion) -> Iterator[tuple[str, str]]:
    left_out = {"Subject", *(() if fashion.full else MINOR)}
    for name, value in headers_told(record):
        if value and name not in left_out:
            yield name, value
    yield from _copies(record, looked, full=fashion.full)
    for part in record.parsed.parts:
        if part.kind is PartKind.ATTACHMENT:
            name = part.filename or "(no name)"
            yield "Attached", f"{name}  {part.media_type}, {part.size:,} bytes"


def _copies(record: Record, looked: Looked, *, full: bool) -> Iterator[tuple[str, str]]:
    """Whom it was sent to and where its copies lie: all of it, or what befell them alone."""
    if full:
        for line in dict.fromkeys(deliveries(record)):
            yield "Sent to", line
    for copy in record.sightings:
        if full:
            yield "Copy", origin(copy)
        if full or copy.story:
            for step in tale(copy, looked=looked(copy)):
                yield "Story", step


def paragraphs(part: Part, findings: list[Finding], fashion: Fashion) -> Iterator[Line]:
    """The text of a part, in lines that are not yet wrapped."""
    if part.repeats or not part.text.strip():
        return
    yield Line(Text())
    if part.kind is not PartKind.BODY:
        yield Line(Text(f"── {safe(part.filename) or part.kind} ──", TITLE))
    body = Text()
    for text, style in pieces(part, findings, fashion):
        body.append(text, style)
    yield from (Line(line) for line in body.split("\n"))
    if more := len(part.text) - len(_shown(part.text)):
        yield Line(Text(f"… {more:,} characters more: `section9 show` gives all", NOTICE))


def pieces(
    part: Part, findings: Iterable[Finding], fashion: Fashion
) -> Iterator[tuple[str, Style]]:
    """Cut a part's text where its looks change; a line stands for what is quoted.

    What was found is never folded away: it unfolds what it stands in.
    """
    text = safe(_shown(part.text))
    marks = [Span(one.start, one.end) for one in findings][:MOST_SPANS]
    for run in RUN.finditer(_painted(part, len(text), marks, unfolded=fashion.unfolded)):
        piece, look = text[run.start() : run.end()], run[1]
        if look == FOLDED:
            lines = len(piece.strip("\n").split("\n"))
            yield f"▸ {lines:,} quoted line{'' if lines == 1 else 's'}, z unfolds\n", QUOTED_STYLE
        elif look == FOUND:
            yield f"«{piece}»", fashion.found
        elif look == HIDDEN:
            yield f"[hidden from readers: {piece}]", HIDDEN_STYLE
        else:
            yield piece, QUOTED_STYLE if look == QUOTED else Style()


def _shown(text: str) -> str:
    """As much of a text as the screen draws without making anybody wait."""
    return "".join(text[:MOST_SHOWN].splitlines(keepends=True)[:MOST_LINES])


PLAIN, QUOTED, FOLDED, HIDDEN, FOUND = b"p", b"q", b"f", b"h", b"!"
RUN = re.compile(rb"(.)\1*")


def _painted(part: Part, length: int, marks: list[Span], *, unfolded: bool) -> bytes:
    """How each character of a part looks, a letter each: linear, however spans overlap."""
    looks = bytearray(PLAIN * length)

    def paint(span: Span, look: bytes) -> None:
        start, end = min(span.start, length), min(span.end, length)
        looks[start:end] = look * (end - start)

    for span in part.quoted[:MOST_SPANS]:
        found = any(mark.start < span.end and span.start < mark.end for mark in marks)
        paint(span, QUOTED if unfolded or found else FOLDED)
    for span in part.hidden[:MOST_SPANS]:
        paint(span, HIDDEN)
    for span in marks:
        paint(span, FOUND)
    return bytes(looks)
