"""Tables of pupils, read column by column: which heading means what, and whom the rows name.

A table here is a line of headings we know, and the lines below with as many cells or fewer: an
export leaves out the empty ones at the end. One pass over the lines.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum, auto
from itertools import chain

from detectors.layout import LONGEST_ROW
from detectors.roll_forms import plain


class Column(Enum):
    """What a column holds."""

    PUPIL = auto()  # whole names, and the heading says that they are pupils
    NAME = auto()
    GIVEN = auto()
    SURNAME = auto()
    UPN = auto()
    BIRTH = auto()
    CLASS = auto()
    RECORD = auto()  # what schools note of each pupil
    GROWN_UP = auto()  # speaks against pupils


HEADINGS: Mapping[Column, tuple[str, ...]] = {
    Column.PUPIL: (
        "pupil", "pupils", "pupil name", "pupils name", "pupil names", "name of pupil", "pupil s",
        "student", "students", "student name", "students name", "student names", "name of student",
        "child", "children", "child name", "childs name", "name of child", "learner",
        "learner name", "pupil full name", "student full name", "pupil surname",
        "student surname", "pupil forename", "student forename", "child surname",
        "child forename", "child first name", "child last name", "pupil first name",
        "pupil last name", "student first name", "student last name",
    ),
    Column.NAME: ("name", "names", "full name", "legal name", "preferred name", "name of person"),
    Column.GIVEN: (
        "forename", "forenames", "first name", "firstname", "first names", "given name", "given",
        "preferred forename", "legal forename", "chosen name", "known as", "forename s", "first",
        "christian name",
    ),
    Column.SURNAME: (
        "surname", "last name", "lastname", "family name", "legal surname", "preferred surname",
        "last", "legal last name",
    ),
    Column.UPN: ("upn", "unique pupil number", "upn number", "former upn", "pupil number"),
    Column.BIRTH: ("dob", "d o b", "date of birth", "birth date", "birthdate", "birthday", "born"),
    Column.CLASS: (
        "class", "form", "reg", "reg group", "registration", "registration group",
        "registration form", "tutor group", "tutor", "year", "yr", "year group", "yr group",
        "nc year", "ncy", "curriculum year", "form group", "class name", "reg form", "form tutor",
        "tutor form", "class group", "teaching group",
    ),
    Column.RECORD: (
        "sen", "send", "sen status", "send status", "sen support", "ehcp", "ehc plan", "fsm",
        "free school meals", "pp", "pupil premium", "eal", "ethnicity", "first language",
        "admission no", "admission number", "adm no", "admno", "adm number", "adm", "uln", "uci",
        "attendance", "allergies", "allergy", "medical", "medical notes",
        "medical conditions", "medical needs", "dietary", "dietary needs", "dietary requirements",
        "lac", "cla", "looked after", "target grade", "predicted grade", "target", "ks2",
        "scaled score", "parent", "parent name", "parents", "parent carer", "carer",
        "parent contact", "parent email", "parent mobile", "contact 1", "priority 1 contact",
        "mother", "father", "emergency contact", "behaviour points", "exclusions",
        "photo consent", "reading age", "phonics", "candidate number", "candidate no",
        "sibling", "house points", "safeguarding", "cp plan", "child protection",
    ),
    Column.GROWN_UP: (
        "staff", "staff name", "employee", "employee name", "job title", "job", "department",
        "payroll number", "payroll no", "salary", "position", "company", "organisation",
        "supplier", "customer", "rank", "artist", "author", "team", "club", "driver",
    ),
}  # fmt: skip
KINDS: Mapping[str, Column] = {words: kind for kind, all_ in HEADINGS.items() for words in all_}
NAMING = (Column.PUPIL, Column.NAME, Column.GIVEN, Column.SURNAME)

LEAST = 3
"""People that make a list."""
_MARKS = ("\t", "|", ";", ",", "  ")
_LINE = re.compile(r"[^\r\n]+")
_QUOTED = re.compile(r'"[^"\n]*"')
_SPACES = re.compile(r" {2,}")
_SPLIT = re.compile(r"[^a-z0-9]+")
_WORDS_OF_A_NAME = re.compile(r"[^\W\d_][^\W\d_'’.()-]*(?:[ ,'’.()-]{1,3}[^\W\d_]+){0,6}[.)]?")
_CLASS = re.compile(
    r"(?:y(?:ea)?r?\.? ?)?(?:1?\d)[ ./-]?[a-z]{0,4}\d?|reception|nursery|r|n[12]|eyfs",
    re.IGNORECASE,
)
_HIDE = "\0"


@dataclass(frozen=True, slots=True)
class PupilTable:
    """A table whose headings and rows look like pupils."""

    start: int
    end: int
    people: int  # different ones
    rows: int
    kinds: frozenset[Column]
    headings: tuple[str, ...]  # those that we know, in our spelling
    classes: bool  # the column of classes holds what classes are called


@dataclass(frozen=True, slots=True)
class _Heading:
    end: int
    mark: str  # between two cells
    kinds: tuple[Column | None, ...]  # of each column
    known: tuple[str, ...]

    def same_as(self, other: "_Heading") -> bool:
        """Whether both head the same columns, wherever they stand."""
        return (self.mark, self.kinds) == (other.mark, other.kinds)


@dataclass(slots=True)
class _Body:
    """What was read below a heading so far."""

    end: int
    rows: int = 0
    named: int = 0
    classes: int = 0
    keys: set[str] = field(default_factory=set)

    @property
    def mostly_people(self) -> bool:
        """Whether half of the rows or more name somebody."""
        return 2 * self.named >= self.rows

    def take(self, cells: Sequence[str], kinds: Sequence[Column | None]) -> None:
        """Count a row, and whom it names."""
        self.rows += 1
        if key := _key(cells, kinds):
            self.named += 1
            self.keys.add(key)
            self.classes += _has_class(cells, kinds)


def pupil_tables(text: str, places: Sequence[int]) -> Iterator[PupilTable]:
    """Yield the tables whose headings stand on the lines of these places, which come in order."""
    passed = 0
    for place in places:
        if place < passed:
            continue
        start = text.rfind("\n", max(0, place - LONGEST_ROW), place) + 1
        line = _LINE.match(text, start)
        heading = _heading(line) if line else None
        passed = line.end() if line else place
        if heading:
            read = _read(text, heading)
            passed = read.end
            if table := _table(start, heading, read):
                yield table


def _heading(line: re.Match[str]) -> _Heading | None:
    """Read a line as headings: names or UPNs, and another column that we know."""
    if len(line[0]) > LONGEST_ROW:
        return None
    for mark in _MARKS:
        cells = cut(line[0], mark)
        written = [_plain(cell) for cell in cells]
        kinds = tuple(map(KINDS.get, written))
        known = tuple(cell for cell, kind in zip(written, kinds, strict=True) if kind)
        if len(known) > 1 and {*NAMING, Column.UPN} & set(kinds):
            return _Heading(line.end(), mark, kinds, known)
    return None


def cut(row: str, mark: str) -> list[str]:
    """Cut a row into cells; a mark within quotes is part of a cell."""
    if mark.isspace() and mark != "\t":
        return [cell.strip() for cell in _SPACES.split(row.strip())]
    if '"' in row:
        row = _QUOTED.sub(lambda quoted: quoted[0].replace(mark, _HIDE), row)
    return [cell.replace(_HIDE, mark).strip(' "*') for cell in row.split(mark)]


def _plain(cell: str) -> str:
    """Spell a heading as ours are: lower case, words with one blank between."""
    return " ".join(_SPLIT.split(cell.lower().replace("'", "").replace("’", ""))).strip()


def _read(text: str, heading: _Heading) -> _Body:
    """Read the rows below a heading: up to another one, so that no row is read twice.

    The same one again belongs to the table, as on the pages of a long one, unless what it has so
    far is none.
    """
    body = _Body(heading.end)
    for line, cells in _rows(text, heading):
        again = _heading(line)
        if again and not (again.same_as(heading) and body.mostly_people):
            break
        body.end = line.end()
        if not again:
            body.take(cells, heading.kinds)
    return body


def _table(start: int, heading: _Heading, body: _Body) -> PupilTable | None:
    people = len(body.keys)
    if people < LEAST or not body.mostly_people:
        return None
    kinds = frozenset(kind for kind in heading.kinds if kind)
    classes = 2 * body.classes >= body.named
    return PupilTable(start, body.end, people, body.rows, kinds, heading.known, classes)


def _rows(text: str, heading: _Heading) -> Iterator[tuple[re.Match[str], list[str]]]:
    """Yield the lines that go on under a heading, with their cells."""
    for line in _LINE.finditer(text, heading.end):
        if len(line[0]) > LONGEST_ROW or heading.mark not in line[0]:
            return
        cells = cut(line[0], heading.mark)
        if not 1 < len(cells) <= len(heading.kinds) + 1:
            return
        if any(map(str.isalnum, chain.from_iterable(cells))):  # not the rule under a heading
            yield line, cells


def _key(cells: Sequence[str], kinds: Sequence[Column | None]) -> str:
    """Return what tells the person of a row from others: the name, else the UPN; empty for none."""
    pairs = list(zip(cells, kinds, strict=False))
    naming = [cell for cell, kind in pairs if kind in NAMING and cell]
    if naming:
        named = all(_WORDS_OF_A_NAME.fullmatch(cell) for cell in naming)
        return " ".join(sorted(map(plain, naming))) if named else ""
    return next((plain(cell) for cell, kind in pairs if kind is Column.UPN and cell), "")


def _has_class(cells: Sequence[str], kinds: Sequence[Column | None]) -> bool:
    pairs = zip(cells, kinds, strict=False)
    return any(kind is Column.CLASS and bool(_CLASS.fullmatch(cell)) for cell, kind in pairs)
