"""Who of the roll stands in a text: names in their usual forms, UPNs, admission numbers.

Cheap before dear: one look for capitalised words, each of them asked once whether it is anybody's
name at all; only two such words that stand together are put together and hashed. Linear in the
text. Names in small letters are not seen.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import Enum, auto
from pathlib import Path

from detectors.given_names import EVERYDAY, OPENERS
from detectors.roll_file import Table, opened
from detectors.roll_forms import (
    admission_form,
    full,
    given_form,
    plain,
    surname_form,
    upn_form,
)
from section9 import PersonRole

_CAPITAL = "A-ZÀ-ÖØ-ÞĀ-Ž"
_WORD = re.compile(rf"(?<!\w)[{_CAPITAL}][^\W\d_]*(?:(?:['’](?!s\b)|-)[^\W\d_]+)*")
_PLAIN_WORD = re.compile(r"\b[A-Z][A-Za-z]*(?:(?:'(?!s\b)|-)[A-Za-z]+)*", re.ASCII)  # twice as fast
_PARTICLES = re.compile(
    r" ((?:(?:van|von|de|der|den|da|dos|di|la|le|du|del|al|el|bin|bint|ibn|ap|ter|ten|ul) ){1,3})"
)
_CELL = r'"?(?:\t| ?\| ?|[;,](?=["\S]))"?'
_WRAP = r" ?\r?\n(?:> ?)?"
_MIDDLE = rf" (?:[{_CAPITAL}][\w'’-]{{0,20}}\.? ){{1,2}}"  # names that nobody on the roll has
_ONWARD = re.compile(rf"\.? {{1,2}}|\.(?! )|{_CELL}|{_MIDDLE}")
_WRAPPED = re.compile(_WRAP)
_TURNED = re.compile(rf", ?|{_CELL}|,{_WRAP}")
_SPACE = re.compile(r" {1,2}")
_MORE = re.compile(r",? (?:and|or|&) |, ")
_PLACE = re.compile(
    r"[ -](?:Academy|Avenue|Award|Building|Centre|Close|College|Court|Cup|Drive|Estate|Foundation"
    r"|Hall|Hospital|House|Infants?|Juniors?|Lane|Library|Limited|Ltd|Park|Primary|Prize|Road"
    r"|School|Secondary|Square|Street|Theatre|Trust|University|Way)\b"
)
_OPENING = re.compile(r"(?:\A|[.!?:;>•*-]\s*|\n\s*)\Z")
_UPN = re.compile(r"(?<!\w)[A-Z](?:[ -]?\d){11}[ -]?[A-Z0-9](?!\w)", re.ASCII | re.IGNORECASE)
_ADMISSION = re.compile(
    r"\badm(?:ission)?s?\.? ?(?:no|num|number|#)\b\.?[ \t]*(?:is|:|=|-)?[ \t]*(\w{2,12})\b",
    re.IGNORECASE,
)
_LONG_LINE = 45  # characters: a shorter line was not wrapped, but ended
_LAST_MIDDLE = 3  # words from the given name to the beginning of the surname
_SURNAME_WORDS = 3
_FEW = 3  # people who may share `A Pupil`; of more it names none
_FARTHEST = 50  # characters between two parts of one name, with other names between them
_MOST_WORDS = 200_000  # of a text that are looked at: 2 MB of names
_CACHED = 200_000  # words whose kind is remembered
_GIVEN, _SURNAME, _INITIAL = 1, 2, 4


class How(Enum):
    """How plainly a text names somebody."""

    NUMBER = auto()  # a UPN or an admission number
    NAME = auto()  # a whole name that is nothing else
    HINT = auto()  # initials, or words of every day: nobody, unless more speaks for it


@dataclass(frozen=True, slots=True)
class Named:
    """Where a text names somebody on the roll."""

    start: int
    end: int  # exclusive
    people: frozenset[int]  # numbers on the roll; several where they share the name
    role: PersonRole | None  # None where they have not all the same
    how: How


@dataclass(frozen=True, slots=True)
class _Word:
    start: int
    end: int
    plain: str
    kind: int  # which of given name, surname and initial it may be
    capital: bool  # all of it


class Roll:
    """The pupils and staff, as last imported. Without a file there is nobody."""

    def __init__(self, path: Path | None = None) -> None:
        self._path = path
        self._stamp = 0
        self._table: Table | None = None
        self._kinds: dict[str, int] = {}
        self.refresh()

    def refresh(self) -> None:
        """Take over a newer import, if there is one. Raises `RollError`."""
        if self._path is None:
            return
        stamp = self._path.stat().st_mtime_ns if self._path.exists() else 0
        if stamp != self._stamp:
            self._table = opened(self._path)
            self._kinds = {}
            self._stamp = stamp

    def named(self, text: str, zones: Sequence[tuple[int, int]] = ()) -> tuple[Named, ...]:
        """Return whom a folded text names, in order; `zones` are where it has numbers."""
        if self._table is None:
            return ()
        found = [*self._names(text, self._table), *self._numbers(text, zones, self._table)]
        return tuple(sorted(found, key=lambda one: one.start))

    def _numbers(
        self, text: str, zones: Sequence[tuple[int, int]], table: Table
    ) -> Iterator[Named]:
        for start, end in zones:
            for match in _UPN.finditer(text, start, end):
                if people := table.numbers_of(upn_form(match[0])):
                    yield _named(table, *match.span(), people, How.NUMBER)
        for place in _labels(text):
            label = _ADMISSION.match(text, place)
            if label and (whose := table.numbers_of(admission_form(label[1]))):
                yield _named(table, *label.span(1), whose, How.NUMBER)

    def _names(self, text: str, table: Table) -> Iterator[Named]:
        words = self._words(text, table)
        passed = 0
        for index, word in enumerate(words[:-1]):
            if word.start < passed or words[index + 1].start - word.end > _FARTHEST:
                continue
            met = _onward(text, words, index, table) or _turned(text, words, index, table)
            if met and not _PLACE.match(text, met.end):
                passed = met.end
                yield met

    def _words(self, text: str, table: Table) -> list[_Word]:
        """Return the words that may be part of a name; most are of none."""
        words: list[_Word] = []
        for match in (_PLAIN_WORD if text.isascii() else _WORD).finditer(text):
            written = match[0]
            kind = self._kinds.get(written)
            if kind is None:
                kind = self._kind(written, table)
            if kind:
                words.append(_Word(*match.span(), plain(written), kind, written.isupper()))
                if len(words) == _MOST_WORDS:
                    break
        return words

    def _kind(self, written: str, table: Table) -> int:
        """Look up what a word may be, and remember it: mail repeats its words."""
        word = plain(written)
        kind = _GIVEN * table.has(given_form(word)) | _SURNAME * table.has(surname_form(word))
        kind |= _INITIAL * (len(word) == 1)
        if len(self._kinds) < _CACHED:
            self._kinds[written] = kind
        return kind


def _labels(text: str) -> Iterator[int]:
    """Yield where an admission number may be announced: faster than to search for the pattern."""
    for mark in ("dm", "DM"):
        place = text.find(mark)
        while place > 0:
            yield place - 1
            place = text.find(mark, place + 1)


def _onward(text: str, words: list[_Word], index: int, table: Table) -> Named | None:
    """Read a name from its given name or initial on: `Ann Pupil`, `Ann M. Pupil`, `Ann P`."""
    given = words[index]
    if not given.kind & (_GIVEN | _INITIAL):
        return None
    particles = _PARTICLES.match(text, given.end)
    last, short = index, None
    for begin in range(index + 1, min(index + 1 + _LAST_MIDDLE, len(words))):
        prefix = ""
        if particles and words[begin].start == particles.end():
            prefix = plain(particles[1])
        elif not _joined(text, words[last], words[begin]):
            break
        last = begin
        if prefix or words[begin].kind & (_SURNAME | _INITIAL):
            met = _with_surname(text, words, index, begin, table, prefix=prefix)
            if met and len(words[begin].plain) > 1:
                return met
            short = short or met  # `Ann P`, unless it goes on: `Ann P. Pupil`
    return short


def _with_surname(  # noqa: PLR0913 - a given name, and a surname that begins some words on
    text: str, words: list[_Word], index: int, begin: int, table: Table, *, prefix: str
) -> Named | None:
    """Read the longest surname that begins at a word and is somebody's with this given name."""
    given, surname, met = words[index], prefix, None
    for end in range(begin, min(begin + _SURNAME_WORDS, len(words))):
        if end > begin and not _SPACE.fullmatch(text, words[end - 1].end, words[end].start):
            break
        surname += words[end].plain
        if people := table.numbers_of(full(given.plain, surname)):
            how = _how(text, given, surname, given.start)
            met = _known(table, given.start, words[end].end, people, how) or met
    return met


def _turned(text: str, words: list[_Word], index: int, table: Table) -> Named | None:
    """Read a name from its surname on: `Pupil, Ann`, `PUPIL Ann`, or in two cells of a table."""
    surname, here = words[index].plain, index
    if not words[index].kind & _SURNAME:
        return None
    for here in range(index, min(index + _SURNAME_WORDS, len(words) - 1)):
        if here > index:
            surname += words[here].plain
        given = words[here + 1]
        met = _TURNED.fullmatch(text, words[here].end, given.start)
        spaced = _SPACE.fullmatch(text, words[here].end, given.start)
        if (met or (spaced and words[here].capital)) and given.kind & (_GIVEN | _INITIAL):
            people = table.numbers_of(full(given.plain, surname))
            if people and not (met and met[0] == ", " and _enumerated(text, index, words, given)):
                how = _how(text, given, surname, words[index].start)
                return _known(table, words[index].start, given.end, people, how)
        if not spaced:
            return None
    return None


def _enumerated(text: str, index: int, words: list[_Word], given: _Word) -> bool:
    """Whether a comma parts two of a list of people, `Thomas, James and Harry`, not one name."""
    before = text[max(0, words[index].start - 2) : words[index].start]
    return before == ", " or bool(_MORE.match(text, given.end))


def _joined(text: str, one: _Word, other: _Word) -> bool:
    """Whether two words can be parts of one name: no more than a blank, a dot or a cell between."""
    if _ONWARD.fullmatch(text, one.end, other.start):
        return True
    wrapped = _WRAPPED.fullmatch(text, one.end, other.start)
    return bool(wrapped) and one.end - (text.rfind("\n", 0, one.end) + 1) >= _LONG_LINE


def _how(text: str, given: _Word, surname: str, start: int) -> How:
    """Tell a name that is nothing else from one that may be."""
    if len(given.plain) == 1 or len(surname) == 1:
        return How.HINT
    if given.plain in EVERYDAY and surname in EVERYDAY:
        return How.HINT
    opening = given.plain in OPENERS and _OPENING.search(text[max(0, start - 8) : start])
    return How.HINT if opening else How.NAME


def _known(table: Table, start: int, end: int, people: frozenset[int], how: How) -> Named | None:
    if how is How.HINT and len(people) > _FEW:
        return None
    return _named(table, start, end, people, how)


def _named(table: Table, start: int, end: int, people: frozenset[int], how: How) -> Named:
    roles = {table.role(number) for number in people}
    return Named(start, end, people, roles.pop() if len(roles) == 1 else None, how)
