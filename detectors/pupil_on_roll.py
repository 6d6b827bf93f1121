"""Pupils of the roll, where a text names them.

A name is no breach: mail of a school is full of them. So a name alone is low, which alerts nobody;
it becomes medium only in mail that leaves the Trust, beside other data or among several.
"""

import re
import sys
from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace

from detectors import pupil_list
from detectors.contract import Detector, Rule, Suspect, Text
from detectors.roll import How, Named
from detectors.verdict import LEVELS
from section9 import Category, Confidence, Finding, PartId, PersonRole, RuleId

RULE = Rule(
    id=RuleId("pupil-on-roll"),
    version=1,
    category=Category.PERSONAL_DATA,
    clause="4.5",
    severity=2,
    title="A pupil of the Trust",
    help="Somebody on the roll is named. Alone it is ordinary; outside, with more, it may not be.",
)

SEVERAL = 4
"""Pupils in one text that leaves the Trust: more than a letter about one child would name."""
_BESIDE = 300  # characters between a name and other data that is taken to be about the person
_NEAR = 60  # characters round initials in which something must speak of pupils
_SPEAKS = re.compile(
    r"\b(?:pupils?|students?|child|children|son|daughter|siblings?|year \d|yr ?\d|y\d{1,2}\b|form"
    r"|class|tutor|upn|dob|d\.o\.b|born|date of birth|ehcp|send?|reception|nursery"
    r"|1?\d[ -]?[A-Z]{1,3}\b)",
    re.IGNORECASE,
)
_WHY = {
    How.NUMBER: "the number of a pupil on the roll",
    How.NAME: "the name of a pupil on the roll",
    How.HINT: "initials or words that are the name of a pupil on the roll; the words near it "
    "speak of pupils",
}


def suspects(seen: Text) -> Iterator[Suspect]:
    """Yield the first mention of each pupil."""
    told: set[int] = set()
    for one in seen.named:
        if one.role is PersonRole.STUDENT and one.people.isdisjoint(told):
            if one.how is How.HINT and not _spoken_of(seen.text, one):
                continue
            told |= one.people
            sure = Confidence.HIGH if one.how is How.NUMBER else Confidence.LOW
            yield Suspect(one.start, one.end, sure, why=_WHY[one.how])


def _spoken_of(text: str, one: Named) -> bool:
    """Whether the words near by, on the same line, speak of pupils."""
    before = text[max(0, one.start - _NEAR) : one.start].rpartition("\n")[2]
    after = text[one.end : one.end + _NEAR].partition("\n")[0]
    return bool(_SPEAKS.search(before) or _SPEAKS.search(after))


def raised(findings: Sequence[Finding]) -> Iterator[Finding]:
    """Yield the findings of mail that left the Trust: names raised where more stands with them.

    Not those within a list of pupils, which is a finding that says so itself.
    """
    pupils = Counter(one.part for one in findings if one.rule == RULE.id)
    sure = [one for one in findings if one.confidence in LEVELS[1:] and one.rule != RULE.id]
    others = sorted((one.part, one.start) for one in sure if one.rule != pupil_list.RULE.id)
    lists = sorted((one.part, one.start, one.end) for one in sure if one.rule == pupil_list.RULE.id)
    for one in findings:
        ordinary = one.rule != RULE.id or one.confidence is not Confidence.LOW
        if ordinary or _listed(one, lists):
            yield one
        elif because := _because(one, others, pupils[one.part]):
            why = f"{one.why}; {because}"
            yield replace(one, confidence=Confidence.MEDIUM, why=why)
        else:
            yield one


def _listed(name: Finding, lists: Sequence[tuple[PartId, int, int]]) -> bool:
    """Whether a name stands in a list of pupils; the lists are in order and apart."""
    before = bisect_right(lists, (name.part, name.start, sys.maxsize)) - 1
    return before >= 0 and lists[before][0] == name.part and name.end <= lists[before][2]


def _because(name: Finding, others: Sequence[tuple[PartId, int]], pupils: int) -> str:
    """Say why a name is more than ordinary in mail that left; empty where it is not."""
    place = bisect_left(others, (name.part, name.start - _BESIDE))
    if place < len(others) and others[place] <= (name.part, name.end + _BESIDE):
        return "other personal data stands beside it"
    return f"{pupils} pupils are named" if pupils >= SEVERAL else ""


DETECTOR = Detector(RULE, suspects)
