"""What belongs in somebody's record: a phrase that speaks of it, and the person it speaks of.

A policy on exclusions is no exclusion. So a phrase is a finding only where the sentence, the
sentences beside it or the row of the table says whom it is about; a name makes it surer than a
pronoun, and a phrase that is said of one person only surer than one that is said in general.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from detectors.contract import Context, Detector, Rule, Suspect, Text, finding
from detectors.cues import Lexicon, lexicon
from detectors.language import PLAIN
from detectors.names import Naming, naming
from section9 import Category, Confidence, Finding, RuleId, Span

if TYPE_CHECKING:
    from spacy.tokens import Doc

_END = re.compile(r"[.!?](?=\s)|\n\s*\n|\n(?=[-*•\d])|\n(?=[^\n]{0,200}[,;\t|])")
_REACH = 400  # characters of a sentence, at most
_LINK = re.compile(  # what ties a word said in general to the person before it
    r"(?:\b(?:has|have|had|having|with|his|her|their|from|is|was|for|of|on|about|due to|re)"
    r"|[’']s|[:,;|\t–-])(?: \w+){0,2}\s{0,3}\Z",
    re.IGNORECASE,
)
_IN_ADDRESS = re.compile(r"[/.@\w-]\Z")
_STRONG, _WEAK = RuleId("strong"), RuleId("weak")


@dataclass(frozen=True, slots=True)
class Record:
    """The phrases of one kind of record. Lower case, met as whole words only."""

    strong: frozenset[str]  # said of one person: `has an ehcp`, `was excluded`
    weak: frozenset[str]  # said in general too: `epilepsy`, `exclusion`


def detector(rule: Rule, record: Record) -> Detector:
    """Make the detector of one kind of record."""
    both = lexicon({_STRONG: record.strong, _WEAK: record.weak})

    def suspects(seen: Text) -> Iterator[Suspect]:
        for span in seen.cues.get(rule.id, ()):
            yield Suspect(span.start, span.end, alone=None)

    def detect(doc: "Doc", context: Context) -> Iterator[Finding]:
        for span, confidence, why in judged(doc.user_data[PLAIN], both):
            yield finding(
                rule, context, start=span.start, end=span.end, confidence=confidence, why=why
            )

    return Detector(rule, suspects, detect, cues=record.strong | record.weak)


def judged(text: str, phrases: Lexicon) -> Iterator[tuple[Span, Confidence, str]]:
    """Yield the first phrase of each sentence that says whom it is about, and how surely."""
    met = phrases.look(text)
    strong = {span.start for span in met.get(_STRONG, ())}
    last = -1
    for span in sorted((one for spans in met.values() for one in spans), key=_place):
        start, end = sentence(text, span)
        if start == last or _IN_ADDRESS.search(text[max(0, span.start - 1) : span.start]):
            continue  # one finding a sentence tells enough, and a word in a link tells nothing
        linked = span.start in strong or _LINK.search(text[start : span.start])
        if confidence := _worth(text, start, end, strong=span.start in strong, linked=bool(linked)):
            last = start
            yield span, *confidence


def _worth(
    text: str, start: int, end: int, *, strong: bool, linked: bool
) -> tuple[Confidence, str] | None:
    """Weigh a phrase by how plainly its sentence, or the one before, says of whom it is said."""
    here = naming(text[start:end])
    if here is Naming.NAMED:
        sure = Confidence.MEDIUM if linked else Confidence.LOW
        return (Confidence.HIGH if strong else sure), "said of somebody named with it"
    if here is Naming.NOBODY:
        return None
    before = naming(text[max(0, start - _REACH // 2) : start])
    told = "somebody named before it" if before is Naming.NAMED else "somebody not plainly named"
    return (Confidence.MEDIUM if strong else Confidence.LOW), f"said of {told}"


def sentence(text: str, span: Span) -> tuple[int, int]:
    """Return where the sentence or the row round a phrase starts and ends."""
    floor, ceiling = max(0, span.start - _REACH), min(len(text), span.end + _REACH)
    start = max((match.end() for match in _END.finditer(text, floor, span.start)), default=floor)
    match = _END.search(text, span.end, ceiling)
    return start, match.start() if match else ceiling


def _place(span: Span) -> tuple[int, int]:
    return span.start, -span.end


def phrases(*, strong: Sequence[str], weak: Sequence[str] = ()) -> Record:
    """Write a record's phrases down."""
    return Record(frozenset(strong), frozenset(weak))


def record_rule(  # noqa: PLR0913 - a rule has that many parts
    name: str, *, title: str, help_: str, severity: int, category: Category, clause: str = "6.3"
) -> Rule:
    """Describe a rule of this kind."""
    return Rule(RuleId(name), 2, category, clause, severity, title, help_)
