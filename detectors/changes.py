"""What other versions of the rules change: findings of before against findings of now. Pure.

The findings of one rule are the same where they share a character of the same part.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from detectors.spans import merged, touches
from section9 import Confidence, Finding, MailId, PartId, RuleId, Span

EXAMPLES = 5
"""Messages that are named for each rule, and each way it changes."""


@dataclass(slots=True)
class Change:
    """What one rule found before and finds now, counted; of messages no more than some ids."""

    messages: int = 0  # in which it finds something now
    before: Counter[Confidence] = field(default_factory=Counter)
    now: Counter[Confidence] = field(default_factory=Counter)
    new: Counter[Confidence] = field(default_factory=Counter)
    gone: Counter[Confidence] = field(default_factory=Counter)
    regraded: int = 0  # found again in the same place, of other confidence or severity
    new_in: list[MailId] = field(default_factory=list)
    gone_in: list[MailId] = field(default_factory=list)

    @property
    def named(self) -> tuple[MailId, ...]:
        """Every message that is named."""
        return (*self.new_in, *self.gone_in)

    @property
    def differs(self) -> bool:
        """Tell whether anything is found otherwise than before."""
        return bool(self.new or self.gone or self.regraded)

    def add(self, mail: MailId, before: Sequence[Finding], now: Sequence[Finding]) -> None:
        """Count one message."""
        new, gone = list(_apart(now, before)), list(_apart(before, now))
        self.messages += bool(now)
        self.regraded += _regraded(before, now)
        for counted, findings in (
            (self.before, before),
            (self.now, now),
            (self.new, new),
            (self.gone, gone),
        ):
            counted.update(one.confidence for one in findings)
        self.new_in += [mail] if new and len(self.new_in) < EXAMPLES else []
        self.gone_in += [mail] if gone and len(self.gone_in) < EXAMPLES else []


@dataclass(slots=True)
class Changes:
    """What became of every rule, over all messages that were read."""

    rules: dict[RuleId, Change]
    messages: int = 0
    flagged_before: int = 0  # of more than low confidence
    flagged_now: int = 0

    def add(self, mail: MailId, before: Sequence[Finding], now: Sequence[Finding]) -> None:
        """Count one message; findings of rules that are not listed count for nothing."""
        self.messages += 1
        self.flagged_before += _flags(before)
        self.flagged_now += _flags(now)
        for rule, change in self.rules.items():
            earlier = [one for one in before if one.rule == rule]
            later = [one for one in now if one.rule == rule]
            if earlier or later:
                change.add(mail, earlier, later)


def _flags(findings: Iterable[Finding]) -> bool:
    return any(one.confidence is not Confidence.LOW for one in findings)


def _apart(findings: Iterable[Finding], others: Iterable[Finding]) -> Iterator[Finding]:
    """Yield the findings of one rule that stand where none of the others does."""
    places: dict[PartId, list[Span]] = {}
    for other in others:
        places.setdefault(other.part, []).append(_span(other))
    spans = {part: merged(some) for part, some in places.items()}
    return (one for one in findings if not touches(spans.get(one.part, ()), _span(one)))


def _span(finding: Finding) -> Span:
    """Where it stands; one about a part as a whole stands on its first character."""
    return Span(finding.start, max(finding.end, finding.start + 1))


def _regraded(before: Iterable[Finding], now: Iterable[Finding]) -> int:
    grades = {(one.part, one.start, one.end): (one.confidence, one.severity) for one in before}
    places = ((one.part, one.start, one.end, one.confidence, one.severity) for one in now)
    return sum(grades.get(place[:3], place[3:]) != place[3:] for place in places)
