"""Documents that are XML in a zip: docx, pptx, odt and odp (ECMA-376; ODF 1.3).

Read with expat and not with kreuzberg 4.10, which loses what a monitor must not: character
references in docx (`&#57;` vanishes), headers, comments and deleted text; and it puts a space
between the runs of a pptx, where PowerPoint splits words. Every text of every part is kept,
shown or hidden.
"""

import zipfile
from collections.abc import Iterable
from typing import NoReturn
from xml.parsers import expat

from ingest.extraction.frames import MAX_TEXT
from ingest.extraction.package import BombError, DamagedError, chunks

MAX_DEPTH = 1_000  # of nested elements

# Local names of any namespace: the strict and the transitional dialect differ in those, and no
# two vocabularies that meet in a package mean different things by one of these.
OOXML_TEXTS = frozenset({"t", "delText", "text"})
ODF_TEXTS = frozenset({"p", "h"})
PARAGRAPHS = frozenset({"p", "h", "comment"})
BREAKS = frozenset({"br", "cr", "line-break"})
CELLS = frozenset({"tc", "table-cell"})
ROWS = frozenset({"tr", "table-row"})


def read(package: zipfile.ZipFile, parts: Iterable[zipfile.ZipInfo]) -> str:
    """The text of the parts, one after the other; cells part with tabs, rows with lines.

    Stops a little over MAX_TEXT characters. Raises BombError, DamagedError.
    """
    writer = _Writer(ODF_TEXTS if "content.xml" in package.namelist() else OOXML_TEXTS)
    for part in parts:
        _read_part(package, part, writer)
        writer.end_part()
    text = "".join(writer.pieces).replace(" \t", "\t")
    lines = (line.rstrip() for line in text.split("\n"))
    return "\n".join(line for line in lines if line)


def _read_part(package: zipfile.ZipFile, part: zipfile.ZipInfo, writer: "_Writer") -> None:
    parser = expat.ParserCreate(namespace_separator=" ")
    parser.buffer_text = True
    parser.StartElementHandler = writer.start
    parser.EndElementHandler = writer.end
    parser.CharacterDataHandler = writer.characters
    parser.StartDoctypeDeclHandler = _refuse_doctype
    try:
        for chunk in chunks(package, part):
            if writer.length > MAX_TEXT:
                return
            parser.Parse(chunk, False)  # noqa: FBT003 - pyexpat takes no keywords
        parser.Parse(b"", True)  # noqa: FBT003 - as above
    except expat.ExpatError as error:
        raise DamagedError from error


def _refuse_doctype(*_: object) -> NoReturn:
    """No office program writes a document type; it declares the entities of an XML bomb."""
    raise BombError


class _Writer:
    """What expat calls: keeps the characters of text elements and the shape of tables."""

    def __init__(self, texts: frozenset[str]) -> None:
        self.pieces: list[str] = []
        self.length = 0
        self._texts = texts
        self._depth = 0
        self._in_text = 0
        self._in_cell = 0

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        """Open an element."""
        name = tag.rpartition(" ")[2]
        self._depth += 1
        if self._depth > MAX_DEPTH:
            raise BombError
        if name in self._texts:
            self._in_text += 1
        elif name in CELLS:
            self._in_cell += 1
        elif name in BREAKS:
            self._break()
        elif name == "tab" and not attributes:  # with attributes it defines a tab stop
            self._write("\t")
        elif name == "s":  # ODF's space
            self._write(" ")

    def end(self, tag: str) -> None:
        """Close an element."""
        name = tag.rpartition(" ")[2]
        self._depth -= 1
        if name in self._texts:
            self._in_text -= 1
        if name in PARAGRAPHS:
            self._break()
        elif name in CELLS:
            self._in_cell -= 1
            self._write("\t")
        elif name in ROWS:
            self._break()

    def characters(self, text: str) -> None:
        """Take characters, if a reader would see them."""
        if self._in_text:
            self._write(text)

    def end_part(self) -> None:
        """Forget where a damaged or cut part stood, and part it from the next."""
        self._depth = self._in_text = self._in_cell = 0
        self._break()

    def _break(self) -> None:
        """End a line; within a cell a blank, so that a row stays one line."""
        self._write(" " if self._in_cell else "\n")

    def _write(self, text: str) -> None:
        self.pieces.append(text)
        self.length += len(text)
