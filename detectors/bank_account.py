"""UK bank accounts: a sort code with an 8-digit account number near it.

Their check needs the payment industry's licensed tables, so the words near the pair decide.
"""

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from detectors.contract import Context, Detector, Rule, Suspect, Text, Zones, finding
from detectors.language import PLAIN
from detectors.shapes import Seat, matches, seat, zones
from detectors.surroundings import Surroundings, surroundings
from detectors.verdict import Standing, Terms, Verdict, weigh
from detectors.vocabulary import Topic
from section9 import Category, Confidence, Finding, RuleId, Span

if TYPE_CHECKING:
    from spacy.tokens import Doc

RULE = Rule(
    id=RuleId("bank-account"),
    version=2,
    category=Category.FINANCIAL,
    clause="4.5",
    severity=4,
    title="Bank account",
    help="Sort code and account number: money can be sought or sent with them.",
)
TERMS = Terms(
    names=frozenset({Topic.SORT_CODE, Topic.ACCOUNT}),
    hints=frozenset({Topic.MONEY}),
    contested=None,
)

REACH = 100  # characters between the two numbers
_BEFORE, _AFTER = -1, 1
_ADJACENT = 3  # characters between two numbers written as one
_SORT_CODE = re.compile(r"(?<![\w£$+])\d\d( ?- ?| |\.|)\d\d\1\d\d(?!\w)", re.ASCII)
_ACCOUNT = re.compile(r"(?<![\w£$+])(?:\d{8}|\d{4} \d{4})(?!\w)", re.ASCII)
_DATE = re.compile(r"(?:19|20)\d\d(?:0\d|1[0-2])[0-3]\d|[0-3]\d(?:0\d|1[0-2])(?:19|20)\d\d")
_UNCOMMON = frozenset({"", "."})  # read as a sort code only where a text speaks of sorting
_SORT = re.compile(r"s(?:ort|/?c\b)", re.IGNORECASE)
_NINO = re.compile(r"[A-Z]{2}[ -]\d\d([ -])\d\d\1\d\d[ -]?[A-D](?!\w)", re.ASCII | re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Pair:
    """A sort code and the account number nearest to it."""

    sort: Span
    account: Span
    worth: Confidence | None  # as Suspect.alone, of both together
    hintable: bool  # talk of money is enough; otherwise `sort code` must be said

    @property
    def start(self) -> int:
        """Where the first of the two starts."""
        return min(self.sort.start, self.account.start)

    @property
    def end(self) -> int:
        """Where the second of the two ends."""
        return max(self.sort.end, self.account.end)


def suspects(seen: Text) -> Iterator[Suspect]:
    """Yield the pairs."""
    for pair in pairs(seen.text, seen.zones):
        yield Suspect(pair.start, pair.end, pair.worth)


def pairs(text: str, where: Zones) -> Iterator[Pair]:
    """Yield each sort code and account number that are each other's nearest."""
    accounts = [Span(*match.span()) for match in matches(_ACCOUNT, text, where)]
    sorts = list(_sort_codes(text, where)) if accounts else []
    for sort in sorts:
        account = _nearest(text, sort, accounts, side=_AFTER)
        if account and _nearest(text, account, sorts, side=_BEFORE) == sort:
            yield _pair(text, sort, account)


def _sort_codes(text: str, where: Zones) -> Iterator[Span]:
    """Yield what may be a sort code; six plain digits only where a text speaks of sort codes."""
    said = _SORT.search(text)
    for match in matches(_SORT_CODE, text, where):
        within_nino = _NINO.match(text, max(0, match.start() - 3))
        if (said or match[1] not in _UNCOMMON) and not within_nino:
            yield Span(*match.span())


def _nearest(text: str, span: Span, others: Sequence[Span], *, side: int) -> Span | None:
    """Return the nearest other within reach: on the same line first, on one side if as near."""
    middle = bisect_left(others, span.end, key=lambda each: each.start)
    near = [
        other
        for other in others[max(0, middle - 2) : middle + 2]
        if 0 <= _apart(span, other) <= REACH
        and seat(text, other.start, other.end) is not Seat.EMBEDDED
    ]
    return min(near, key=lambda other: _remoteness(text, span, other, side), default=None)


def _apart(one: Span, other: Span) -> int:
    """Characters between two spans; negative where they overlap."""
    return max(one.start, other.start) - min(one.end, other.end)


def _remoteness(text: str, one: Span, other: Span, side: int) -> tuple[int, int, int]:
    """How far another number is: lines, then characters, then whether it is on the wrong side."""
    start, end = min(one.end, other.end), max(one.start, other.start)
    return text.count("\n", start, end), end - start, side * (one.start - other.start)


def _pair(text: str, sort: Span, account: Span) -> Pair:
    """Weigh the way a pair is written: groups that make no date may be a sort code's."""
    code, number = text[sort.start : sort.end], text[account.start : account.end]
    hintable = (
        not code.isdigit()
        and "." not in code
        and not _could_be_date(code)
        and seat(text, sort.start, sort.end) is Seat.FREE
        and number.isdigit()
        and len(set(number)) > 1
        and not _DATE.fullmatch(number)
    )
    alone = hintable and "-" in code and _apart(sort, account) <= _ADJACENT
    return Pair(sort, account, Confidence.LOW if alone else None, hintable)


def _could_be_date(written: str) -> bool:
    """Whether three pairs of digits could be a day, a month and a year, in any usual order."""
    one, two, three = (int(pair) for pair in re.findall(r"\d\d", written))
    months, days = range(1, 13), range(1, 32)
    british, american = one in days and two in months, one in months and two in days
    return british or american or (two in months and three in days)


def detect(doc: "Doc", context: Context) -> Iterator[Finding]:
    """Yield each account; `sort code` near by makes it high, talk of money medium."""
    text: str = doc.user_data[PLAIN]
    where, near = zones(text), surroundings(doc)
    for pair in pairs(text, where):
        confidence, because = _judged(near, pair)
        if confidence:
            why = f"a sort code and an 8-digit account number; {because}"
            yield _finding(context, pair, confidence, why)


def _judged(near: Surroundings, pair: Pair) -> tuple[Confidence | None, str]:
    """Judge both halves by their own words: either, labelled as something else, ends it."""
    worth = Confidence.LOW if pair.hintable else None
    halves = [
        weigh(near, Suspect(half.start, half.end, worth), TERMS)
        for half in (pair.sort, pair.account)
    ]
    if any(half.standing is Standing.CONTESTED for half in halves):
        return None, "one of them is labelled as something else"
    named = [half for half in halves if half.standing is Standing.NAMED]
    if named and _says_sort_code(near, pair, named):
        return Confidence.HIGH, named[0].because
    spoken = next((half for half in halves if half.topic), None)
    if spoken and pair.hintable:
        return Confidence.MEDIUM, spoken.because
    return pair.worth, halves[0].because


def _says_sort_code(near: Surroundings, pair: Pair, named: list[Verdict]) -> bool:
    """Whether a sort code is spoken of, in the heading or the sentence: `account` says less."""
    around = (*near.before(pair.sort.start), *near.after(pair.sort.end))
    return any(half.topic is Topic.SORT_CODE for half in named) or any(
        clue.topic is Topic.SORT_CODE and clue.same_sentence for clue in around
    )


def _finding(context: Context, found: Suspect | Pair, confidence: Confidence, why: str) -> Finding:
    return finding(RULE, context, start=found.start, end=found.end, confidence=confidence, why=why)


DETECTOR = Detector(RULE, suspects, detect)
