"""Dates of birth: a date in the past that a text, a label or a heading calls one."""

import re
from collections.abc import Iterator
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING

from detectors.contract import Context, Detector, Rule, Suspect, Text
from detectors.verdict import Terms, judged
from detectors.vocabulary import Topic, spelled
from section9 import Category, Confidence, Finding, RuleId

if TYPE_CHECKING:
    from spacy.tokens import Doc

RULE = Rule(
    id=RuleId("date-of-birth"),
    version=1,
    category=Category.PERSONAL_DATA,
    clause="4.5",
    severity=2,
    title="Date of birth",
    help="With a name it tells one person from all others, and answers many security questions.",
)
TERMS = Terms(
    names=frozenset({Topic.BIRTH}),
    hints=frozenset({Topic.SCHOOL, Topic.HEALTH, Topic.PERSON, Topic.ADDRESS}),
    contested=None,
    rivals=frozenset({Topic.WHEN}),
)

_MONTHS = "janfebmaraprmayjunjulaugsepoctnovdec"
_MONTH = (
    r"(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?"
    r"|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)\.?"
)
_DATE = re.compile(
    r"(?<![\w/.-])(?:"
    r"(?P<d>\d{1,2}) ?(?P<mark>[/.-]) ?(?P<m>\d{1,2}) ?(?P=mark) ?(?P<y>\d{4}|\d\d)"
    r"|(?P<iso>(?:19|20)\d\d-\d\d-\d\d)"
    rf"|(?P<day>\d{{1,2}})(?:st|nd|rd|th)?(?: of)?[ -](?P<month>{_MONTH})[, -]{{1,2}}"
    r"(?P<year>\d{4}|\d\d)"
    rf"|(?P<month_>{_MONTH}) (?P<day_>\d{{1,2}})(?:st|nd|rd|th)?,? (?P<year_>\d{{4}})"
    r")(?![\w/]|[.-]\d)",
    re.ASCII | re.IGNORECASE,
)
_OLDEST = 120  # years
_CALLED = re.compile(r"d[. ]{0,2}o[. ]{0,2}b")  # or in words
_BRACKET = re.compile(r"\((?=\d)")
_AT_SCHOOL = range(2, 20)  # years
_AFTER_NAME = re.compile(r"[A-Z][a-z'’-]+ [A-Z][A-Za-z'’-]+,? ?\(\Z")
_NAMED_SO = "a date in brackets behind a name, of somebody at school"
_CENTURY = 100


def suspects(seen: Text) -> Iterator[Suspect]:
    """Yield every date that somebody alive may have been born on."""
    today = datetime.now(UTC).date()
    called = _is_called(seen.text.lower())
    dates = _DATE.finditer(seen.text) if called else _in_brackets(seen.text)
    for match in dates:
        day = _day(match, today)
        if day and today.year - _OLDEST <= day.year and day <= today:
            pupil = _behind_name(seen.text, match) and today.year - day.year in _AT_SCHOOL
            alone = Confidence.LOW if pupil else None
            if called or pupil:
                yield Suspect(*match.span(), alone, named=Confidence.HIGH, why=_NAMED_SO)


def _is_called(lower: str) -> bool:
    """Whether a lower-case text speaks of birth at all."""
    return "birth" in lower or "born" in lower or bool(_CALLED.search(lower))


def _in_brackets(text: str) -> Iterator[re.Match[str]]:
    """Yield the dates right behind an opening bracket."""
    for bracket in _BRACKET.finditer(text):
        if match := _DATE.match(text, bracket.end()):
            yield match


def _behind_name(text: str, match: re.Match[str]) -> bool:
    """Whether a date stands as schools write a child's: `Ann Example (12/03/2011)`."""
    before = text[max(0, match.start() - 60) : match.start()]
    return bool(_AFTER_NAME.search(before)) and text[match.end() : match.end() + 1] == ")"


def _day(match: re.Match[str], today: date) -> date | None:
    """Read a date as the British write it, or as Americans do where it can be nothing else."""
    if match["iso"]:
        return _real(*map(int, match["iso"].split("-")))
    if match["d"]:
        one, two, year = int(match["d"]), int(match["m"]), _year(match["y"], today)
        return _real(year, two, one) or _real(year, one, two)
    word = (match["month"] or match["month_"])[:3].lower()
    year = _year(match["year"] or match["year_"], today)
    return _real(year, _MONTHS.index(word) // 3 + 1, int(match["day"] or match["day_"]))


def _year(written: str, today: date) -> int:
    """Read a year; of two digits, in the hundred years that end now."""
    year = int(written)
    if year >= _CENTURY:
        return year
    return (
        year + today.year // _CENTURY * _CENTURY - (_CENTURY if year > today.year % _CENTURY else 0)
    )


def _real(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def detect(doc: "Doc", context: Context) -> Iterator[Finding]:
    """Yield each date that is called a date of birth."""
    return judged(doc, context, RULE, suspects, TERMS, what="a date")


DETECTOR = Detector(RULE, suspects, detect, cues=spelled(TERMS.telling), unaided=True)
