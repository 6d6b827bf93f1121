"""What the words of a message say of forbidden contact, and in which sense.

A phrase counts as said to the reader. It does not where it is denied, quoted, told of somebody
else or part of a rule (`if anyone asks you to keep a secret`), and it counts for less in a lesson,
among the arrangements of a trip, or where a surprise is kept. Linear.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice

from detectors.contact.phrases import AFFECTION, EXCHANGE, MEETING, SECRECY, phrases
from detectors.cues import Lexicon, lexicon, lowered
from detectors.personal_record import sentence
from section9 import RuleId, Span

STRONG, WEAK = 2, 1  # what a phrase is worth
_LESSON, _OFFICIAL, _PUPIL = RuleId("lesson"), RuleId("official"), RuleId("pupil")
_DISCLAIMER, _SCHOOL = RuleId("disclaimer"), RuleId("school")
_EXCUSES = {  # what may explain a sign of each kind
    MEETING: (RuleId("outing"),),
    SECRECY: (RuleId("surprise"),),
    EXCHANGE: (_OFFICIAL,),
}
_READ = 20_000  # characters of a part: messages between people are shorter
_MOST = 20  # signs of one kind in one part
_NEAR = 60  # characters
_SMALL_PRINT = 300  # characters: the length of a disclaimer
_PROSE = 4  # words: a line with fewer is a signature's

_PLAIN = str.maketrans("’‘‛\u00a0", "''' ")
_DENIED = re.compile(
    r"\b(?:never|not|cannot|\w+n['’]?t|without|nobody is to|refuse to|stop)\s+"
    r"(?!forget|hesitate|be |worry|mind)(?:\w+\s+){0,2}\Z"
)
_RULE = re.compile(
    r"\b(?:if|when|whenever|should) (?:an?|any|some|anyone|someone|anybody|somebody|they|people)\b"
    r"|\b(?:asks|tells|told|wants|says|said|asking|telling|saying)\b[^.!?]{0,40}\Z"
    r"|\b(?:should|must) (?:never|not)\b|\bno member of staff\b"
)
_OTHERS = re.compile(
    r"\b(?:he|she|they|mum|mam|mother|dad|father|parents?|gran|nan|sister|brother|carer|taxi|coach"
    r"|minibus|bus|van|driver|somebody|someone|home to|(?:mr|mrs|ms|miss) \w+)\b"
    r"[^.!?]{0,25}\Z"
)
_MYSELF = re.compile(
    r"\b(?:i|i'll|ill|i'd|i'm|im|i've|let me|we|we'll|me|you|still)\b[^.!?]{0,12}\Z"
)
_GOES_ON = re.compile(r"'[a-z]| (?:all|both|guys|lot)\b")  # `missing you'll`, `love you all`
_PLACE = re.compile(
    r"\b(?:room|library|hall|office|classroom|studio|gym|lab|lunch|period|lesson|reception|gate"
    r"|department|changing rooms|open door|door open)\b"
)
_PASSING = 1  # word of school in what is about something else
_YOU = re.compile(r"\b(?:you|your|u|ur|you're|you've|you'll|you'd)\b")
_I = re.compile(r"\b(?:i|i'm|i've|i'll|i'd|im|me|my|we|we're|us|our|let's)\b|\?")
_NUMBER = re.compile(  # it begins with a class of characters, which is quick to look for
    r"[+04](?<![\d+].)(?:(?:(?<=\+)4|(?<=4))4[ -]?(?:\(0\))?|(?<=0))7\d(?:[ -]?\d){8}(?!\d)"
)
_HANDLE = re.compile(r"@(?<![\w@./]@)[a-z][\w.]{2,29}")
_LINK = re.compile(
    r"(?:wa\.me|discord\.gg|discord\.com/invite|t\.me|snapchat\.com/add|m\.me|signal\.me"
    r"|instagram\.com|tiktok\.com/@|ig\.me)/[\w.+@-]{2,40}"
)
_IN_LINKS = (".me/", "discord", "snapchat.com/add", "instagram.com/", "tiktok.com/@")  # one in each
_KISSES = re.compile(r"(?:^|[.,!?\s])x{1,4}\Z")
_OPENING, _CLOSING = '“"«', '”"»'


@dataclass(frozen=True, slots=True)
class Sign:
    """One thing said that may give forbidden contact away."""

    rule: RuleId
    start: int
    end: int
    worth: int  # STRONG or WEAK, less what the text around takes off; 1 at least
    why: str


@dataclass(frozen=True, slots=True)
class Reading:
    """What one text says."""

    signs: tuple[Sign, ...] = ()
    to_pupil: bool = False  # it reads as if it passed between a school's adult and its student


SAID: dict[RuleId, str] = {
    SECRECY: "it asks for secrecy",
    MEETING: "it arranges to meet or to travel, outside school",
    EXCHANGE: "it gives or asks for a private way to be reached",
    AFFECTION: "it speaks of feelings, looks or gifts",
}


def read(text: str) -> Reading:
    """Return what a text says; only its beginning is read."""
    plain = _plain(text)
    met = _lexicon().look(plain)
    signs = [*_phrases(plain, met), *_values(plain, met)]
    lesson = len({plain[span.start : span.end] for span in met.get(_LESSON, ())}) > 1
    kept = [sign for one in signs if (sign := _eased(one, met, lesson=lesson))]
    return Reading(tuple(_apart(kept)), to_pupil=_PUPIL in met)


def is_personal_talk(text: str) -> bool:
    """Tell whether a text is between `you` and `me`, and hardly about school."""
    plain = _plain(text)
    school = {plain[one.start : one.end] for one in _lexicon().look(plain).get(_SCHOOL, ())}
    return len(school) <= _PASSING and bool(_YOU.search(plain) and _I.search(plain))


def faint(text: str) -> frozenset[RuleId]:
    """Return what a text hints at: nothing by itself, something where it goes on for weeks."""
    plain = _plain(text)
    met = _lexicon().look(plain)
    if len({plain[span.start : span.end] for span in met.get(_LESSON, ())}) > 1:
        return frozenset()
    return frozenset(
        rule
        for rule in SAID
        if not any(excuse in met for excuse in _EXCUSES.get(rule, ()))
        and any(
            not (_RULE.search(plain, max(0, span.start - _NEAR), span.start))
            and not _is_quoted(plain, span)
            for span in met.get(RuleId(f"faint {rule}"), ())
        )
    )


def _plain(text: str) -> str:
    """Return the beginning of a text in small letters, its apostrophes straight."""
    begun = text[:_READ]
    return lowered(begun if begun.isascii() else begun.translate(_PLAIN))


def _phrases(plain: str, met: Mapping[RuleId, Sequence[Span]]) -> Iterator[Sign]:
    """Yield what phrases say to the reader."""
    for rule, why in SAID.items():
        for worth in (STRONG, WEAK):
            for span in met.get(_key(rule, worth), ())[:_MOST]:
                if _is_said(plain, span, rule, worth) and not _is_small_print(plain, span, met):
                    yield Sign(rule, span.start, span.end, worth, why)
    end = plain.rstrip()
    if end.endswith("x") and (kisses := _KISSES.search(end)):
        yield Sign(AFFECTION, kisses.start(), kisses.end(), WEAK, "it is signed with a kiss")


def _values(plain: str, met: Mapping[RuleId, Sequence[Span]]) -> Iterator[Sign]:
    """Yield the numbers and handles given in a sentence: those of a signature say nothing."""
    if _OFFICIAL in met:
        return
    why = "it holds a mobile number or a handle"
    links = _LINK.finditer(plain) if any(mark in plain for mark in _IN_LINKS) else ()
    for match in islice(links, _MOST):
        yield Sign(EXCHANGE, match.start(), match.end(), WEAK, "it links to a private chat")
    for shape in (_NUMBER, _HANDLE):
        for match in islice(shape.finditer(plain), _MOST):
            if _is_in_prose(plain, match) or _is_all_there_is(plain, match):
                yield Sign(EXCHANGE, match.start(), match.end(), WEAK, why)


def _is_in_prose(plain: str, match: re.Match[str]) -> bool:
    """Whether words enough stand with it on its line."""
    start = plain.rfind("\n", 0, match.start()) + 1
    end = plain.find("\n", match.end())
    line = plain[start : match.start()] + plain[match.end() : end if end >= 0 else None]
    return len(line.split(maxsplit=_PROSE)) >= _PROSE


def _is_all_there_is(plain: str, match: re.Match[str]) -> bool:
    """Whether a message begins with it and says hardly more: an answer to who asked for it."""
    before, after = plain[: match.start()].split(), plain[match.end() :].split(maxsplit=_PROSE)
    return len(before) < _PROSE and len(after) < _PROSE and "\n" not in plain[: match.start()]


def _is_said(plain: str, span: Span, rule: RuleId, worth: int) -> bool:
    """Whether a phrase is said to the reader, by the writer, and meant."""
    start, end = sentence(plain, span)
    before = plain[start : span.start]
    if (
        _GOES_ON.match(plain, span.end)
        or _DENIED.search(before)
        or _RULE.search(before)
        or _is_quoted(plain, span)
    ):
        return False
    if rule == MEETING and _OTHERS.search(before[-_NEAR:]) and not _MYSELF.search(before):
        return False
    return not (rule == MEETING and worth == WEAK and _PLACE.search(plain, start, end))


def _is_small_print(plain: str, span: Span, met: Mapping[RuleId, Sequence[Span]]) -> bool:
    """Whether a disclaimer asks to delete what went astray."""
    near = any(abs(one.start - span.start) < _SMALL_PRINT for one in met.get(_DISCLAIMER, ()))
    return near and plain.startswith("delete", span.start)


def _is_quoted(plain: str, span: Span) -> bool:
    """Whether a phrase stands between quotation marks that open and close near it."""
    before, after = plain[max(0, span.start - 200) : span.start], plain[span.end : span.end + 200]
    line = before.rpartition("\n\n")[2]
    opened = line.count('"') % 2 == 1 or line.rfind("“") > line.rfind("”")
    return opened and any(mark in after.partition("\n\n")[0] for mark in _CLOSING)


def _eased(sign: Sign, met: Mapping[RuleId, Sequence[Span]], *, lesson: bool) -> Sign | None:
    """Take off what the rest of the text explains; None where nothing is left."""
    excuses = sum(excuse in met for excuse in _EXCUSES.get(sign.rule, ()))
    worth = sign.worth - lesson - excuses
    return Sign(sign.rule, sign.start, sign.end, worth, sign.why) if worth > 0 else None


def _apart(signs: Sequence[Sign]) -> Iterator[Sign]:
    """Yield signs that do not overlap, in order; of those that do, the one worth most."""
    end = -1
    best: list[Sign] = []
    for sign in sorted(signs, key=lambda one: (one.start, -one.worth, -one.end)):
        if sign.start >= end:
            best.append(sign)
            end = sign.end
        elif sign.worth > best[-1].worth:
            best[-1] = sign
            end = max(end, sign.end)
    yield from best


@lru_cache(maxsize=1)
def _lexicon() -> Lexicon:
    """Return all phrases of ours, ready to be looked for."""
    return lexicon({RuleId(heading): found for heading, found in phrases().items()})


def _key(rule: RuleId, worth: int) -> RuleId:
    return RuleId(f"{'strong' if worth == STRONG else 'weak'} {rule}")
