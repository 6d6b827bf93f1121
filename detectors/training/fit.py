"""Train the linear model: the first half of `make train-offensive`. Minutes on one core.

Deterministic. Logistic regression by Adagrad over hashed marks, an L2 penalty, then one byte a
weight. Passages of ours weigh more than a line of the public sets, which are many and noisy.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from detectors.cues import lowered
from detectors.linear import MODEL, Linear
from detectors.normalise import fold
from detectors.stance import SIZE, marks, read_passage
from detectors.training.passages import FINER, HEADS, passages
from detectors.training.public import Example, of_ours, public

if TYPE_CHECKING:
    from numpy.typing import NDArray

OURS = 24  # passages of a construction
EPOCHS = 8
RATE = 0.15
PENALTY = 2e-6
WEIGHTS = {
    "ours": 2.0, "hatemoji": 1.0, "davidson": 0.3, "edos": 0.5, "convabuse": 0.5,
    "toxic_spans": 0.3, "wnut": 0.5, "ham": 1.0,
}  # fmt: skip
RARE = {"davidson": 3.0, "edos": 2.0}
"""How much more a true example weighs where few are true."""
KEPT = 9  # the fold to judge by
_BATCH = 64


@dataclass(frozen=True, slots=True)
class Rows:
    """Examples as numbers: the marks of each, its truth per head and how much that weighs."""

    marks: Sequence["NDArray[np.int64]"]
    truth: "NDArray[np.float64]"  # [examples, heads]
    weight: "NDArray[np.float64]"  # [examples, heads]; 0 where the truth is not known


def rows(examples: Iterable[Example]) -> Rows:
    """Read examples into numbers."""
    listed = list(examples)
    numbers = [np.array(read_marks(one.text), dtype=np.int64) for one in listed]
    truth = np.array([[one.truth.get(head, False) for head in HEADS] for one in listed], float)
    known = np.array([[head in one.truth for head in HEADS] for one in listed], float)
    weight = known * np.array([[WEIGHTS[one.source]] for one in listed])
    weight *= np.where(truth > 0, [[RARE.get(one.source, 1.0)] for one in listed], 1.0)
    return Rows(numbers, truth, weight)


def read_marks(text: str) -> list[int]:
    """Return the marks of a text as the detector would."""
    return marks(read_passage(lowered(fold(text).text)))


def fit(data: Rows) -> Linear:
    """Fit one weight a mark and head."""
    heads = len(HEADS)
    weights, seen = np.zeros((SIZE, heads)), np.full((SIZE, heads), 1e-2)
    bias, bias_seen = np.zeros(heads), np.full(heads, 1e-2)
    random = np.random.default_rng(9)
    for _ in range(EPOCHS):
        order = random.permutation(len(data.marks))
        for start in range(0, len(order), _BATCH):
            batch = order[start : start + _BATCH]
            index = np.concatenate([data.marks[one] for one in batch])
            sizes = np.array([max(len(data.marks[one]), 1) for one in batch])
            owner = np.repeat(np.arange(len(batch)), [len(data.marks[one]) for one in batch])
            logits = np.zeros((len(batch), heads))
            np.add.at(logits, owner, weights[index])
            logits = logits / np.sqrt(sizes)[:, None] + bias
            error = (1 / (1 + np.exp(-logits)) - data.truth[batch]) * data.weight[batch]
            touched, inverse = np.unique(index, return_inverse=True)
            slope = np.zeros((len(touched), heads))
            np.add.at(slope, inverse, (error / np.sqrt(sizes)[:, None])[owner])
            slope += PENALTY * len(order) / _BATCH * weights[touched]
            seen[touched] += slope**2
            weights[touched] -= RATE * slope / np.sqrt(seen[touched])
            total = error.sum(axis=0)
            bias_seen += total**2
            bias -= RATE * total / np.sqrt(bias_seen)
    return quantised(weights.T, bias)


def quantised(weights: "NDArray[np.float64]", bias: "NDArray[np.float64]") -> Linear:
    """Store each weight in one byte, on a scale of its head's."""
    largest = np.abs(weights).max(axis=1)
    scales = np.maximum(largest, 1e-9) / 127
    stored = np.rint(weights / scales[:, None]).astype(np.int8)
    return Linear(HEADS, stored, scales.astype(np.float32), bias.astype(np.float32))


def save(model: Linear, path: Path) -> None:
    """Write a model. The file holds the time of writing: two runs differ in that alone."""
    np.savez_compressed(
        path,
        heads=np.array(model.heads),
        weights=model.weights,
        scales=model.scales,
        biases=model.biases,
    )


def main() -> None:
    """Train on everything but what is kept to judge by, and write the model."""
    listed = ("train", "more", "talk", *FINER)
    ours = [of_ours(said) for which in listed for said in passages(which, each=OURS)]
    theirs = [one for one in public() if one.fold != KEPT]
    data = rows([*ours, *theirs])
    path = Path(__file__).parents[1] / "models" / MODEL
    save(fit(data), path)
    print(  # noqa: T201 - a command that a person runs
        f"{len(ours):,} passages of ours, {len(theirs):,} of others: {path.stat().st_size:,} bytes"
    )


if __name__ == "__main__":
    main()
