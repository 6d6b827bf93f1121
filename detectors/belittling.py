"""What wears a person down when it goes on: belittling, shunning, intimidation (clause 8).

The policy speaks of bullying `in a sustained manner`, so one message is only ever a note: low, and
hardly grave. `detectors/patterns` weighs what one person says to another over the weeks. Phrases
that are said to `you`; one that is denied, reported or quoted is none. Linear.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import lru_cache

from detectors.contact.phrases import phrases
from detectors.contract import Context, Rule, Text, TextDetector, finding
from detectors.cues import Lexicon, lexicon, lowered
from detectors.personal_record import sentence
from section9 import Category, Confidence, Finding, RuleId, Span

CLAUSE = "8"
STRONG, WEAK = 2, 1  # severities of a phrase
_READ = 20_000  # characters of a part: messages between people are shorter
_MOST = 10  # findings of one rule in one part
_PLAIN = str.maketrans("’‘‛\u00a0", "''' ")
_REPORTED = re.compile(
    r"\b(?:not|never|n't|nobody)\s+(?:\w+\s+){0,3}\Z|\b(?:feel|feels|felt|say|says|said|saying|tell|tells|told|call|calls"
    r"|called|calling|if|when|whenever|worry|worried|thinks?)\b[^.!?]{0,25}\Z|n't [^.!?]{0,25}\Z"
    r"|[\"“][^\"”]{0,80}\Z"
)


def _rule(name: str, title: str, help_: str) -> Rule:
    return Rule(RuleId(name), 1, Category.OFFENSIVE, CLAUSE, STRONG, title, help_)


RULES = (
    _rule("belittling", "Belittles somebody", "Bullying where it goes on: see its patterns."),
    _rule("shunning", "Shuts somebody out", "Being left out, again and again, is bullying."),
    _rule("intimidation", "Intimidates somebody", "Fear is how bullying keeps its victim quiet."),
)
SAID = {
    "belittling": "it belittles the reader",
    "shunning": "it shuts the reader out",
    "intimidation": "it frightens the reader",
}


def detect(seen: Text, context: Context) -> Iterator[Finding]:
    """Yield what a text says to wear its reader down."""
    begun = seen.text[:_READ]
    plain = lowered(begun if begun.isascii() else begun.translate(_PLAIN))
    met = _lexicon().look(plain)
    for rule in RULES if met else ():
        for span, gravity in _said(plain, met, rule)[:_MOST]:
            made = finding(
                rule,
                context,
                start=span.start,
                end=span.end,
                confidence=Confidence.LOW,
                why=SAID[rule.id],
            )
            yield replace(made, severity=gravity)


def _said(plain: str, met: Mapping[RuleId, list[Span]], rule: Rule) -> list[tuple[Span, int]]:
    """Return where a rule's phrases are said, none within another, and how grave each is."""
    every = [
        (span, gravity)
        for gravity, word in ((STRONG, "strong"), (WEAK, "weak"))
        for span in met.get(RuleId(f"{word} {rule.id}"), ())
        if not _is_reported(plain, span)
    ]
    kept: list[tuple[Span, int]] = []
    for span, gravity in sorted(every, key=lambda one: (one[0].start, -one[0].end)):
        if not kept or span.start >= kept[-1][0].end:
            kept.append((span, gravity))
        elif gravity > kept[-1][1]:
            kept[-1] = (span, gravity)
    return kept


def _is_reported(plain: str, span: Span) -> bool:
    """Whether a phrase is denied, told of somebody else, or quoted."""
    start, _ = sentence(plain, span)
    return bool(_REPORTED.search(plain, max(start, span.start - 100), span.start))


@lru_cache(maxsize=1)
def _lexicon() -> Lexicon:
    """Return all phrases, ready to be looked for."""
    return lexicon({RuleId(name): said for name, said in phrases("bullying.txt").items()})


DETECTOR = TextDetector(RULES, detect)
