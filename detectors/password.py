"""Passwords: what a text, a label or a heading says is one, where it looks like one."""

import re
from collections.abc import Iterator

from detectors.contract import Detector, Rule, Suspect, Text
from detectors.layout import tables
from section9 import Category, Confidence, RuleId

RULE = Rule(
    id=RuleId("password"),
    version=1,
    category=Category.CREDENTIALS,
    clause="4.5",
    severity=3,
    title="Password",
    help="Opens whatever account it belongs to, for everybody who can read this mail.",
)

_WORDS = (
    r"(?:passwords?|pass ?code|pass ?phrase|pass ?word|pwd|pword|passwd"
    r"|pin(?: ?(?:code|number|no))?)"
)
_SAID = re.compile(
    rf"\b{_WORDS}\b(?: \([^()\n]{{1,30}}\))?"
    r"(?P<how>\s{0,3}(?:=|:=?|->|–|-)\s{0,3}"
    r"|(?: \w+){0,4}? (?:is|are|was|to|be)(?: now| still)?:?\s{1,2})"
    r"[\"'“‘`«<(]?(?P<value>[^\s\"'”’`»<>]{4,64})",
    re.IGNORECASE,
)
_HEADING = re.compile(rf"\A\W*(?:\w+ ){{0,2}}{_WORDS}\W*\Z", re.IGNORECASE)
_SAYS = "the words before it say that it is a password"
_HEADS = "its column is headed as one of passwords"
_ENDS = ".,;:?)]"
_WORD = re.compile(r"[A-Za-z]+[’'-]?[A-Za-z]*\Z")
_LINK = re.compile(r"https?:|www\.|\w+@\w+\.", re.IGNORECASE)
_LEAST = 4
_NOISE = re.compile(r"[*•x.#_-]+\Z|\[|\{|<", re.IGNORECASE)


def suspects(seen: Text) -> Iterator[Suspect]:
    """Yield each value that is said to be a password and can hardly be a word of the sentence."""
    for match in _SAID.finditer(seen.joined):
        value = match["value"].rstrip(_ENDS)
        start = match.start("value")
        assigned = not match["how"].strip()[:1].isalpha()
        if (worth := worth_of(value, assigned=assigned)) is not None:
            yield Suspect(start, start + len(value), alone=worth, why=_SAYS)
    yield from _cells(seen.joined)


def worth_of(value: str, *, assigned: bool) -> Confidence | None:
    """How surely a value is a password: a word after `is` is the sentence going on."""
    if len(value) < _LEAST or _NOISE.match(value) or _LINK.search(value):
        return None
    if not _WORD.match(value):
        mixed = any(map(str.isdigit, value)) or any(not char.isalnum() for char in value[:-1])
        return Confidence.HIGH if mixed else None
    inner = value[1:]
    if inner != inner.lower() and inner != inner.upper():
        return Confidence.HIGH  # capitals within a word
    return Confidence.LOW if assigned and value[0].isupper() else None


def _cells(text: str) -> Iterator[Suspect]:
    """Yield the cells under a heading that says password."""
    for table in tables(text):
        heading = table.headings[-1]
        columns = [
            number
            for number, cell in enumerate(table.cells(text, heading))
            if _HEADING.match(text[cell.start : cell.end])
        ]
        for row in table.rows(text) if columns else ():
            cells = table.cells(text, row)
            for number in columns:
                if number < len(cells):
                    yield from _cell(text, cells[number].start, cells[number].end)


def _cell(text: str, start: int, end: int) -> Iterator[Suspect]:
    value = text[start:end]
    start += len(value) - len(value.lstrip(' "'))
    value = value.strip(' "')
    if len(value) >= _LEAST and " " not in value and not _NOISE.match(value):
        yield Suspect(start, start + len(value), alone=Confidence.HIGH, why=_HEADS)


DETECTOR = Detector(
    RULE,
    suspects,
    cues=frozenset(
        {
            "password",
            "passwords",
            "passcode",
            "pass code",
            "passphrase",
            "pass phrase",
            "pass word",
            "pwd",
            "pword",
            "passwd",
            "pin",
        }
    ),
)
