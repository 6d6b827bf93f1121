"""How good the rules are: precision and recall on labelled text, false alarms on ordinary text.

Labelled text is JSON lines: `{"id": "7", "text": "…", "spans": [{"rule": "nino", "start": 3,
"end": 12}]}`, offsets in characters, the end exclusive. A finding is right when it shares a
character with a label of its rule.
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import msgspec

from detectors.scan import Scanner
from detectors.verdict import LEVELS
from section9 import Confidence, Finding, RuleId, Section9Error, Span

_MARK = re.compile("[«»]")


class LabelError(Section9Error):
    """A line of labelled text that cannot be read."""

    def __init__(self, line: int) -> None:
        super().__init__(
            f"line {line} is no labelled text: give an id, a text and spans of rule, start and end"
        )


@dataclass(frozen=True, slots=True)
class Label:
    """Where a person saw something, and what."""

    rule: RuleId
    start: int
    end: int  # exclusive


@dataclass(frozen=True, slots=True)
class Labelled:
    """A text and everything there is to find in it."""

    id: str
    text: str
    spans: tuple[Label, ...] = ()


@dataclass(frozen=True, slots=True)
class Score:
    """One rule against the labels."""

    found: int  # findings
    right: int  # findings that share a character with a label
    labels: int
    met: int  # labels that share a character with a finding

    @property
    def precision(self) -> float:
        """How many findings are right, 0 to 1; 1 where there are none."""
        return self.right / self.found if self.found else 1.0

    @property
    def recall(self) -> float:
        """How many labels were found, 0 to 1; 1 where there are none."""
        return self.met / self.labels if self.labels else 1.0

    @property
    def f1(self) -> float:
        """Both in one, weighing the same; 0 to 1."""
        return self._f(1)

    @property
    def f2(self) -> float:
        """Both in one, recall weighing four times as much; 0 to 1."""
        return self._f(4)

    def _f(self, weight: int) -> float:
        weighed = weight * self.precision + self.recall
        return (1 + weight) * self.precision * self.recall / weighed if weighed else 0.0


def read_labelled(lines: Iterable[bytes]) -> Iterator[Labelled]:
    """Decode labelled JSON lines; LabelError names the line that is broken."""
    for number, line in enumerate(lines, start=1):
        if line.strip():
            try:
                yield msgspec.json.decode(line, type=Labelled)
            except msgspec.DecodeError as error:
                raise LabelError(number) from error


def unmarked(text: str) -> tuple[str, tuple[Span, ...]]:
    """Take the marks out of a hand-written case, `NHS no «999 759 5874»`: its text and spans."""
    pieces = _MARK.split(text)
    edges = [sum(map(len, pieces[: index + 1])) for index in range(len(pieces) - 1)]
    spans = zip(edges[::2], edges[1::2], strict=True)
    return "".join(pieces), tuple(Span(start, end) for start, end in spans)


def score(
    scanner: Scanner, texts: Iterable[Labelled], *, least: Confidence = Confidence.LOW
) -> dict[RuleId, Score]:
    """Score each rule that was labelled or found; findings below `least` do not count."""
    return tally((at_least(scanner.scan_text(text.text), least), text.spans) for text in texts)


def tally(
    judged: Iterable[tuple[Sequence[Finding | Label], Sequence[Label]]],
) -> dict[RuleId, Score]:
    """Score what was found in each text against the labels there."""
    found, right, labels, met = (
        Counter[RuleId](),
        Counter[RuleId](),
        Counter[RuleId](),
        Counter[RuleId](),
    )
    for findings, spans in judged:
        found.update(each.rule for each in findings)
        labels.update(label.rule for label in spans)
        right.update(each.rule for each in findings if _shares(each, spans))
        met.update(label.rule for label in spans if _shares(label, findings))
    return {
        rule: Score(found[rule], right[rule], labels[rule], met[rule])
        for rule in sorted(found | labels)
    }


def false_alarms(
    scanner: Scanner, texts: Iterable[str], *, least: Confidence = Confidence.MEDIUM
) -> dict[RuleId, float]:
    """Return each rule's findings per 1,000 texts that are known to hold nothing."""
    found = [at_least(scanner.scan_text(text), least) for text in texts]
    counts = Counter(each.rule for findings in found for each in findings)
    return {rule: count * 1_000 / len(found) for rule, count in sorted(counts.items())}


def at_least(findings: Iterable[Finding], least: Confidence) -> tuple[Finding, ...]:
    """Keep the findings of a confidence or higher."""
    floor = LEVELS.index(least)
    return tuple(each for each in findings if LEVELS.index(each.confidence) >= floor)


def _shares(one: Finding | Label, others: Iterable[Finding | Label]) -> bool:
    """Whether another of the same rule shares a character with this one."""
    return any(
        one.rule == other.rule and one.start < other.end and other.start < one.end
        for other in others
    )
