"""Bullying (clause 8): what one sends another, or many send one, again and again. Pure.

A message is worth as much as the gravest that was found in it, one more where two kinds plainly
were; a weak phrase or what a model perhaps reads 1, a strong phrase or what a model clearly reads
2, an insult 3, hatred 4, a threat 5. Messages with no longer gap between them than six weeks are a
run, and the weightiest run of a school year is judged. Three messages on two days, or two grave
ones, are a pattern; a single grave one is a finding already. Where fewer than one message in three
has something in it, what is worth 1 is left out: in a year of mail chance brings some.

Sure: one step; one more where all of them are worth four; one more for two kinds, a grave message,
three that frighten or six messages; two less where it is laughed at (banter), one where it is
answered in kind without a laugh (a quarrel). Grave: 3, of many 4; more where it grows worse, where
a message is grave or frightens, where an adult does it to a student; less in a quarrel.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

from detectors.contract import Rule
from detectors.patterns.history import (
    Passed,
    Pattern,
    Sign,
    by_model,
    confidence,
    in_order,
    over,
    runs,
    severity,
    told,
)
from section9 import Category, Confidence, RuleId

BULLYING = Rule(
    RuleId("bullying"), 1, Category.OFFENSIVE, "8", 3, "One person wears another down",
    "Intimidation, threats, harassment or belittling in a sustained manner.",
)  # fmt: skip
MOBBING = Rule(
    RuleId("bullying-by-many"), 1, Category.OFFENSIVE, "8", 4, "Several turn on one",
    "A group that belittles, threatens or shuts out one person.",
)  # fmt: skip

KINDS: Mapping[RuleId, str] = {
    RuleId("belittling"): "belittling",
    RuleId("shunning"): "shutting out",
    RuleId("intimidation"): "frightening",
    RuleId("harassment"): "insulting",
    RuleId("threat"): "threatening",
    RuleId("racist"): "hateful",
    RuleId("sexist"): "hateful",
    RuleId("homophobic"): "hateful",
    RuleId("religious-hatred"): "hateful",
    RuleId("disability-abuse"): "hateful",
}
"""The findings that count, and what a message with one is."""
MILD = frozenset({RuleId("belittling"), RuleId("shunning"), RuleId("intimidation")})
"""They are never more than low by themselves, and count for what they are."""

SENDERS = 3
"""Who turn on one are at least so many."""
READERS = 3
"""What is said to more people is said to nobody of them."""

_AIMED = MILD | {RuleId("harassment"), RuleId("threat")}
"""What is said to whoever reads it: hatred of a group may be said to a list of people."""

_GAP, _GAP_MANY = timedelta(days=42), timedelta(days=14)
_FEW, _MANY = 3, 6  # messages
_HINT = 1  # severity of what a model perhaps reads in a message
_ENOUGH, _MUCH = 3, 4  # worth, of all messages of a run
_GRAVE = 4  # worth, of one message
_SHARE = 1 / 3  # of messages, below which a hint in one may be chance
_SPARSE, _SPARSE_MANY = 2, 3  # worth that is none, from one sender and from many
_IN_KIND = 0.5  # of what was sent, so much came back
_WORSE = 0.5  # of worth, by which the later half is above the earlier


@dataclass(frozen=True, slots=True)
class Run:
    """Messages of a run that have something in them, and what each is worth."""

    messages: tuple[Passed, ...]
    worth: tuple[int, ...]

    @property
    def total(self) -> int:
        """What all of them are worth."""
        return sum(self.worth)

    @property
    def sustained(self) -> bool:
        """Whether they are more than a bad moment."""
        days = {one.sent.date() for one in self.messages}
        grave = sum(one >= _GRAVE for one in self.worth) > 1
        few = len(self.messages) >= _FEW and len(days) > 1 and self.total >= _ENOUGH
        return grave or few

    @property
    def grows(self) -> bool:
        """Whether it grows worse: the later half is worth more a message than the earlier."""
        half = len(self.worth) // 2
        first, last = self.worth[:half], self.worth[-half:]
        return half > 0 and (sum(last) - sum(first)) / half >= _WORSE

    @property
    def kinds(self) -> Counter[str]:
        """How many messages do what."""
        return Counter(kind for one in self.messages for kind in kinds_of(one))


def worth_of(one: Passed) -> int:
    """Say what a message is worth; 0 for one with nothing in it."""
    worths = [_worth(sign) for sign in one.signs if sign.rule in KINDS]
    if one.reached > READERS:
        return 0
    return min(5, max(worths) + (len(plain_kinds(one)) > 1)) if worths else 0


def kinds_of(one: Passed) -> frozenset[str]:
    """Say what a message does."""
    return frozenset(KINDS[sign.rule] for sign in one.signs if sign.rule in KINDS)


def plain_kinds(one: Passed) -> frozenset[str]:
    """Say what a message does by more than what a model perhaps reads in it."""
    plain = (sign for sign in one.signs if not sign.read or sign.severity > _HINT)
    return kinds_of(replace(one, signs=tuple(plain)))


def between(history: Iterable[Passed], *, by: str, to: str, down: bool = False) -> Pattern | None:
    """Decide on what one sent another in a school year; `down`: an adult to a student.

    `history` holds what passed both ways; what has nothing in it tells how rare the rest is.
    """
    messages = in_order(history)
    run = _weightiest(messages, by={by}, to=to, gap=_GAP)
    if run is None or not run.sustained:
        return None
    banter = _laughed_at(messages, run, to)
    quarrel = not banter and _in_kind(messages, run, by=by, to=to)
    sure = _steps(run) - quarrel - 2 * banter
    grave = BULLYING.severity + run.grows + (_is_grave(run) or "frightening" in run.kinds)
    grave += down - 2 * quarrel - banter
    circumstances = {
        "it grows worse": run.grows,
        "an adult to a student": down,
        "answered in kind, as in a quarrel": quarrel,
        "laughed at, as in banter": banter,
    }
    why = _why(run, circumstances)
    return Pattern(BULLYING, severity(grave), confidence(sure), (by, to), run.messages, why)


def against(history: Iterable[Passed], *, to: str) -> Pattern | None:
    """Decide on what several sent one in a school year, close together."""
    messages = [_aimed(one) for one in in_order(history)]
    senders = {one.by for one in messages if one.to == to}
    run = _weightiest(messages, by=senders, to=to, gap=_GAP_MANY)
    if run is None or len({one.by for one in run.messages}) < SENDERS or run.total < _ENOUGH:
        return None
    mobs = tuple(sorted({one.by for one in run.messages}))
    back = sum(worth_of(one) for one in messages if one.by == to and one.to in mobs)
    quarrel = back >= _IN_KIND * run.total
    sure = _steps(run) - quarrel
    grave = MOBBING.severity + run.grows - quarrel
    circumstances = {
        f"{len(mobs)} people do it": True,
        "it grows worse": run.grows,
        "answered in kind": quarrel,
    }
    why = _why(run, circumstances)
    return Pattern(MOBBING, severity(grave), confidence(sure), (*mobs, to), run.messages, why)


def _aimed(one: Passed) -> Passed:
    """Leave out what may be said to a list, such as hatred of a group."""
    aimed = any(sign.rule in _AIMED for sign in one.signs)
    return one if aimed else replace(one, signs=())


def _worth(sign: Sign) -> int:
    if sign.rule in MILD:
        return sign.severity
    return sign.severity if sign.confidence is not Confidence.LOW else 1


def _weightiest(messages: Sequence[Passed], *, by: set[str], to: str, gap: timedelta) -> Run | None:
    """Return the run that is worth most; of equals the latest."""
    sent = [one for one in messages if one.by in by and one.to == to]
    found = _telling(sent, gap=gap, least=_SPARSE if len(by) == 1 else _SPARSE_MANY)
    every = (Run(tuple(run), tuple(map(worth_of, run))) for run in found)
    return max(every, key=lambda run: (run.total, run.messages[-1].sent), default=None)


def _telling(sent: Sequence[Passed], *, gap: timedelta, least: int) -> Iterator[Sequence[Passed]]:
    """Yield the runs of messages with something in them.

    Where hardly any message in all these weeks has, only what is worth `least` is not chance.
    """
    for run in runs([one for one in sent if worth_of(one)], gap=gap):
        passed = sum(run[0].sent <= one.sent <= run[-1].sent for one in sent)
        if len(run) >= _SHARE * passed:
            yield run
        else:
            yield from runs([one for one in run if worth_of(one) >= least], gap=gap)


def _steps(run: Run) -> int:
    """Say how sure a run is before anything speaks against it."""
    frightens = run.kinds["frightening"] >= _FEW
    plain = frozenset().union(*map(plain_kinds, run.messages))
    varied = len(plain) > 1 or _is_grave(run) or frightens or len(run.messages) >= _MANY
    return 1 + (run.total >= _MUCH) + varied


def _is_grave(run: Run) -> bool:
    return max(run.worth) >= _GRAVE


def _in_kind(messages: Sequence[Passed], run: Run, *, by: str, to: str) -> bool:
    """Whether the other gives as good as they get, in the weeks of the run."""
    since, until = run.messages[0].sent - _GAP_MANY, run.messages[-1].sent + _GAP_MANY
    back = sum(
        worth_of(one)
        for one in messages
        if one.by == to and one.to == by and since <= one.sent <= until
    )
    return back >= _IN_KIND * run.total


def _laughed_at(messages: Sequence[Passed], run: Run, to: str) -> bool:
    """Whether the other laughs at half of it."""
    since, until = run.messages[0].sent, run.messages[-1].sent + _GAP_MANY
    laughs = sum(one.by == to and one.laughs and since <= one.sent <= until for one in messages)
    return laughs * 2 >= len(run.messages)


def _why(run: Run, circumstances: Mapping[str, bool]) -> str:
    """Say what is in a run, and how it goes; names nobody."""
    more = (words for words, true in circumstances.items() if true)
    counted = f"{over(run.messages)}: {told(run.kinds)}"
    return "; ".join(filter(None, [counted, by_model(run.messages, KINDS), *more]))
