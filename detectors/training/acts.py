"""What is done to the reader: lines of ours, each with the acts that it is.

Groups part with a line `===`. The first line of a group names its construction and where it
belongs, `flattery | train` or `flattery | dev`; every other is `acts | text`, the acts parted by
commas or `-` for none. Slots and choices are those of `contacts`. Lines to learn from and lines to
judge by share neither a sentence nor a construction.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from importlib.resources import files
from random import Random

from detectors.training.contacts import filled, slots
from detectors.training.letters import PARTING
from detectors.training.passages import ACTS

BULLYING, CONTACT = "bullying", "contact"


@dataclass(frozen=True, slots=True)
class Line:
    """A line as somebody would write it."""

    text: str
    acts: frozenset[str]  # of ACTS; none: ordinary
    construction: str
    subject: str


def lines(split: str, *, each: int, seed: int = 9) -> Iterator[Line]:
    """Yield `each` fillings of every line of `train` or `dev`; those that come out alike once."""
    for subject in (BULLYING, CONTACT):
        for number, (text, acts, construction) in enumerate(_listed(subject, split)):
            random = Random(f"{seed} acts {subject} {split} {number}")  # noqa: S311 - not for secrets
            written = [filled(text, slots(random), random) for _ in range(each)]
            for one in dict.fromkeys(written):
                yield Line(one, acts, construction, subject)


def _listed(subject: str, split: str) -> Iterator[tuple[str, frozenset[str], str]]:
    """Yield each line of a file that belongs to a split: text, acts, construction."""
    path = files("detectors.training").joinpath("templates", f"acts-{subject}.txt")
    for group in path.read_text("utf-8").strip("\n").split(PARTING):
        heading, *rest = group.strip("\n").splitlines()
        construction, _, where = heading.partition(" | ")
        for line in filter(None, rest if where.strip() == split else ()):
            labels, _, text = line.partition(" | ")
            yield text, _acts(labels.split(",")), construction


def _acts(labels: Sequence[str]) -> frozenset[str]:
    """Read the acts of a line; raise ValueError where one is not known."""
    named = frozenset(label.strip() for label in labels) - {"-"}
    if not named <= set(ACTS):
        msg = f"no such act: {', '.join(sorted(named - set(ACTS)))}; see ACTS"
        raise ValueError(msg)
    return named
