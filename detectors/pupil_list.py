"""Lists of pupils: tables with their names and details, and rows of names. Policy clause 7.3.

With a roll a list is known by whom it names; without one by its headings, or by classes and dates
beside the names. One finding a list, with the number of different people on it.
"""

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from detectors.contract import Detector, Rule, Suspect, Text
from detectors.normalise import fold
from detectors.pupil_table import HEADINGS, NAMING, Column, PupilTable, pupil_tables
from detectors.roll import How, Named
from section9 import Category, Confidence, PersonRole, RuleId

RULE = Rule(
    id=RuleId("pupil-list"),
    version=1,
    category=Category.PERSONAL_DATA,
    clause="7.3",
    severity=4,
    title="A list of pupils",
    help="Many children at once: the mistake that is reported most, and the hardest to take back.",
)

LEAST = 5
"""Rows of names that make a list where no heading says so."""
_BEFORE = 300  # characters before rows of names in which something may say that they are pupils
_SPEAKING = frozenset({"class", "register", "reception", "tutor group", "form group"})
_CUES = frozenset(words for kind in (*NAMING, Column.UPN) for words in HEADINGS[kind]) | _SPEAKING
_SPEAKS = re.compile(
    r"\b(?:pupils?|students?|child(?:ren)?|learners?|class|register|year (?:group|1?\d)|reception"
    r"|tutor group|form group)\b",
    re.IGNORECASE,
)
_NAME = r"[^\W\d_a-z][\w'’-]+(?:[ ]\w[\w'’-]*\.?)?[ \t,;|]{1,3}[^\W\d_a-z][\w'’-]+"
_ROW = re.compile(
    rf"^[ \t>]{{0,8}}(?:[-*•]|\d{{1,3}}[.)])?[ \t]{{0,4}}({_NAME})"
    r"(?:[ \t]*[,;|\t(–:-][^\n]{0,120}|[ \t]+(?:y(?:ea)?r? ?)?1?\d[^\n]{0,80})?[ \t]*\r?$",
    re.MULTILINE,
)
_CLASS = re.compile(
    r"\b(?:y(?:ea)?r? ?)?1?\d ?[A-Z]{1,3}\b|\by(?:ea)?r? ?1?\d\b|\breception\b", re.IGNORECASE
)
_DAY = re.compile(r"\b\d{1,2}[/.-]\d{1,2}[/.-](?:19|20)?\d\d\b")


@dataclass(frozen=True, slots=True)
class _Rows:
    """Lines that each begin with a name, one after another."""

    lines: tuple[re.Match[str], ...]

    @property
    def start(self) -> int:
        return self.lines[0].start(1)

    @property
    def end(self) -> int:
        return self.lines[-1].end()

    def mostly(self, text: str, detail: re.Pattern[str]) -> bool:
        """Whether half of the names or more have such a detail beside them."""
        met = sum(bool(detail.search(text, line.end(1), line.end())) for line in self.lines)
        return 2 * met >= len(self.lines)


def suspects(seen: Text) -> Iterator[Suspect]:
    """Yield each list of a text: the tables, then the rows outside them."""
    places = [span.start for span in seen.cues.get(RULE.id, ())]
    pupils = _pupils(seen.named)
    if not places and len(pupils) < LEAST:
        return
    ends = 0
    for table in pupil_tables(seen.text, sorted(places)):
        if found := _table(table, pupils):
            ends = table.end
            yield found
    yield from _lists(seen.text, ends, pupils)


def people_in(listed: str) -> int:
    """Count the different people of a list: of the text that a finding of this rule covers."""
    text = fold(listed).text
    table = next(pupil_tables(text, (0,)), None)
    if table:
        return table.people
    return len({_spelled(line[1]) for rows in _runs(text, 0) for line in rows.lines})


def _pupils(named: Sequence[Named]) -> list[Named]:
    return [one for one in named if one.role is PersonRole.STUDENT and one.how is not How.HINT]


def _table(table: PupilTable, pupils: Sequence[Named]) -> Suspect | None:
    """Weigh a table by what its columns hold, and by whom of the roll it names."""
    known = _known(pupils, table.start, table.end)
    sure = Confidence.HIGH if 2 * known >= table.people else _worth(table)
    if sure is None:
        return None
    headed = ", ".join(map(repr, dict.fromkeys(table.headings)))
    why = f"a table of {table.people:,} people, its columns headed {headed}"
    return Suspect(table.start, table.end, sure, why=_with_roll(why, known))


def _worth(table: PupilTable) -> Confidence | None:
    """How surely the columns are those of pupils."""
    kinds = table.kinds
    named = bool(kinds & {*NAMING})
    certain = bool(kinds & {Column.PUPIL, Column.UPN})
    details = len(kinds & {Column.BIRTH, Column.RECORD}) + (
        Column.CLASS in kinds and (table.classes or certain)
    )
    if Column.GROWN_UP in kinds and not certain:
        return None
    if (certain and details) or details > 1 or (named and Column.UPN in kinds):
        return Confidence.HIGH
    return Confidence.MEDIUM if certain or details else None


def _lists(text: str, start: int, pupils: Sequence[Named]) -> Iterator[Suspect]:
    """Yield the rows of names that something shows to be pupils."""
    for rows in _runs(text, start):
        known = _known(pupils, rows.start, rows.end)
        people = len({_spelled(line[1]) for line in rows.lines})
        spoken = bool(_SPEAKS.search(text, max(0, rows.start - _BEFORE), rows.start))
        details = rows.mostly(text, _CLASS), rows.mostly(text, _DAY)
        sure = _weighed(spoken=spoken, classes=details[0], days=details[1])
        if 2 * known >= people:
            sure = Confidence.HIGH
        if people >= LEAST and sure:
            why = f"{people:,} rows that begin with different names"
            beside = ", with classes or dates beside them" if any(details) else ""
            yield Suspect(rows.start, rows.end, sure, why=_with_roll(why + beside, known))


def _weighed(*, spoken: bool, classes: bool, days: bool) -> Confidence | None:
    """Weigh rows of names by what stands beside them, and what was said before them."""
    if spoken:
        return Confidence.HIGH if classes or days else Confidence.LOW
    return Confidence.MEDIUM if classes else None


def _runs(text: str, start: int) -> Iterator[_Rows]:
    """Yield runs of enough rows with no more than empty lines between two."""
    run: list[re.Match[str]] = []
    for row in _ROW.finditer(text, start):
        if run and text[run[-1].end() : row.start()].strip():
            if len(run) >= LEAST:
                yield _Rows(tuple(run))
            run = []
        run.append(row)
    if len(run) >= LEAST:
        yield _Rows(tuple(run))


def _spelled(name: str) -> str:
    """Spell a name so that the same one twice is one person."""
    return " ".join(sorted(re.split(r"[ \t,;|]+", name.lower())))


def _known(pupils: Sequence[Named], start: int, end: int) -> int:
    """Count the different pupils named in a stretch: whoever shares a name is one."""
    first = bisect_left(pupils, start, key=lambda one: one.start)
    last = bisect_left(pupils, end, key=lambda one: one.start)
    return len({min(one.people) for one in pupils[first:last]})


def _with_roll(why: str, known: int) -> str:
    return f"{why}; {known:,} of them pupils on the roll" if known else why


DETECTOR = Detector(RULE, suspects, cues=_CUES, unaided=True)
