"""A linear model over marks: one weight a mark and a head, one byte each.

The file is numpy's own (`.npz`, no pickle): `weights` int8 [heads, SIZE], `scales` and `biases`
float32 [heads], `heads` their names. `make train-offensive` writes it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from numpy import float32, int8
    from numpy.typing import NDArray

MODEL = "offensive.npz"


@dataclass(frozen=True, slots=True)
class Linear:
    """Weights for several questions at once."""

    heads: tuple[str, ...]
    weights: "NDArray[int8]"
    scales: "NDArray[float32]"
    biases: "NDArray[float32]"

    def judge(self, marks: Sequence[int]) -> dict[str, float]:
        """Return how likely each head is, 0 to 1, for a passage with these marks."""
        import numpy as np  # noqa: PLC0415 - only mail with something to judge pays for it

        total = self.weights[:, list(marks)].sum(axis=1, dtype=np.int32)
        logits = total * self.scales / max(len(marks), 1) ** 0.5 + self.biases
        return dict(zip(self.heads, (1 / (1 + np.exp(-logits))).tolist(), strict=True))


@lru_cache(maxsize=1)
def model() -> Linear:
    """Load the model of this package; some milliseconds, once."""
    import numpy as np  # noqa: PLC0415 - only mail with something to judge pays for it

    with files("detectors").joinpath("models", MODEL).open("rb") as file:
        stored = np.load(file, allow_pickle=False)
        return Linear(
            tuple(map(str, stored["heads"])),
            stored["weights"],
            stored["scales"],
            stored["biases"],
        )
