"""The words round a place in a `Doc`: before it, after it, and at the head of its column.

Distances are counted in words, marks left out, and never across the ends that a reader sees:
a label belongs to the value that follows it, not to the one after that.
"""

import re
from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from detectors.language import CLUES, PLAIN
from detectors.layout import Table, tables
from detectors.vocabulary import Topic

if TYPE_CHECKING:
    from spacy.tokens import Doc

NEAR = 100  # characters
FAR = 300  # characters: Microsoft's reach for the same identifiers
_WORDS_BEFORE = 12
_WORDS_AFTER = 8
SENTENCE_END = re.compile(r"[.!?]\s+[A-Z][a-z]|[.!?]\s*\n")
_VALUE_BEHIND = re.compile(r"\.?[^\n.;()]{0,20}?\d{2}")


@dataclass(frozen=True, slots=True)
class Clue:
    """A phrase of our vocabulary, where it stands, and how far from the place in question."""

    topic: Topic
    phrase: str
    start: int
    end: int
    words: int = 0  # between it and the place
    between: str = ""  # the text there, in reading order
    spent: bool = False  # has a value of its own right behind it

    @property
    def same_line(self) -> bool:
        """Whether no line ends between the phrase and the place."""
        return "\n" not in self.between

    @property
    def same_sentence(self) -> bool:
        """Whether no sentence ends between the phrase and the place."""
        return not SENTENCE_END.search(self.between)


@dataclass(frozen=True, slots=True)
class Surroundings:
    """A `Doc` made ready to be asked what stands near a place. Offsets are characters."""

    text: str
    words: tuple[int, ...]  # where each word starts
    clues: tuple[Clue, ...]  # in order, apart from one another
    tables: tuple[Table, ...]

    def heading(self, place: int) -> tuple[Clue, ...] | None:
        """Return the phrases that head the place's column; None outside a table."""
        index = bisect_left(self.tables, place, key=_table_end)
        if index == len(self.tables) or place <= self.tables[index].headings[0].end:
            return None
        cells = self.tables[index].headings_of(self.text, place)
        heads = (self.between(cell.start, cell.end) for cell in cells)
        return next((clues for clues in heads if clues), ())

    def before(self, place: int) -> Iterator[Clue]:
        """Yield the phrases that end before a place and near it, the nearest first."""
        for clue in reversed(self.clues[self._first(place - NEAR) : self._first(place)]):
            if clue.end <= place:
                near = self._measured(clue, clue.end, place)
                if near.words <= _WORDS_BEFORE:
                    yield near

    def after(self, place: int) -> Iterator[Clue]:
        """Yield the phrases that follow a place and are near it, the nearest first."""
        for clue in self.clues[self._first(place) : self._first(place + NEAR)]:
            near = self._measured(clue, place, clue.start)
            if near.words > _WORDS_AFTER or near.between.count("\n") > 1:
                return
            yield near

    def far(self, place: int) -> Iterator[Clue]:
        """Yield the phrases within `FAR` characters before a place, in order."""
        yield from self.clues[self._first(place - FAR) : self._first(place)]

    def between(self, start: int, end: int) -> tuple[Clue, ...]:
        """Return the phrases that start within a stretch, in order."""
        return self.clues[self._first(start) : self._first(end)]

    def _first(self, offset: int) -> int:
        """Return the index of the first clue that starts at an offset or later."""
        return bisect_left(self.clues, offset, key=_start)

    def _measured(self, clue: Clue, start: int, end: int) -> Clue:
        """Fill in how far a phrase is, with `start` to `end` between it and the place."""
        return replace(
            clue,
            words=bisect_left(self.words, end) - bisect_left(self.words, start),
            between=self.text[start:end],
            spent=bool(_VALUE_BEHIND.match(self.text, clue.end)),
        )


def _table_end(table: Table) -> int:
    return table.end


def _start(clue: Clue) -> int:
    return clue.start


def surroundings(doc: "Doc") -> Surroundings:
    """Read a `Doc` once, so that each suspect in it can be judged in a few steps."""
    return Surroundings(
        text=doc.user_data[PLAIN],
        words=tuple(token.idx for token in doc if token.text[0].isalnum()),
        clues=tuple(
            Clue(Topic(span.label_), span.text.lower(), span.start_char, span.end_char)
            for span in doc.spans[CLUES]
        ),
        tables=tuple(tables(doc.user_data[PLAIN])),
    )
