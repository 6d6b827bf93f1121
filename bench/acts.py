"""How well the transformer tells what is done to the reader: part of `make evaluate`.

Over lines by constructions that it has not seen, act by act: how often a line with the act seems
likelier than one without (AUC), and how many are right at even odds.
"""

from collections.abc import Sequence

from detectors.cues import lowered
from detectors.judge import judged
from detectors.normalise import fold
from detectors.stance import read_passage
from detectors.training.acts import lines
from detectors.training.passages import ACTS

EVEN = 0.5
ROW = "{:14} {:>6} {:>6} {:>10} {:>7}"


def main() -> None:
    """Print every figure."""
    listed = [*lines("dev", each=1)]
    read = [judged(read_passage(lowered(fold(one.text).text)).meant) for one in listed]
    print(f"\nacts in {len(listed):,} unseen lines (dev)")
    print(ROW.format("", "lines", "AUC", "precision", "recall"))
    for act in ACTS:
        truth = [act in one.acts for one in listed]
        figures = measured([getattr(one, act) for one in read], truth)
        print(ROW.format(act, sum(truth), *(f"{each:.3f}" for each in figures)))


def measured(likely: Sequence[float], truth: Sequence[bool]) -> tuple[float, float, float]:
    """Return the area under the curve, and precision and recall at even odds, each 0 to 1."""
    due = [one for one, true in zip(likely, truth, strict=True) if true]
    others = [one for one, true in zip(likely, truth, strict=True) if not true]
    before = sum((one > other) + (one == other) / 2 for one in due for other in others)
    met = sum(one >= EVEN for one in due)
    raised = met + sum(one >= EVEN for one in others)
    return (
        before / max(len(due) * len(others), 1),
        met / max(raised, 1),
        met / max(len(due), 1),
    )


if __name__ == "__main__":
    main()
