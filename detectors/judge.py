"""The small transformer: what is meant by a passage that the linear model suspects.

MiniLM (6 layers, 384 wide), taught by `make train-offensive`, one byte a weight. It runs on one
thread of the processor, offline, and is loaded when the first passage is suspected: a tenth of a
second and some 100 MB. A passage takes 1 to 6 ms by its length, which `pieces` bounds. One that
was judged lately, such as a signature or what is quoted again, is not judged anew.
"""

from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from onnxruntime import InferenceSession

MODEL = "judge.onnx"
_REMEMBERED = 1 << 12  # passages, as numbers: some megabytes
_SLOW = ("SkipLayerNormFusion",)  # it joins two quick steps to one that takes thrice as long


@dataclass(frozen=True, slots=True)
class Judgement:
    """How likely a passage is each of these, 0 to 1."""

    hate: float  # of a group, or of somebody for belonging to it
    abuse: float  # of a person
    threat: float  # of violence
    offensive: float  # insults or swears at whatever
    # what it does to whoever reads it
    belittling: float  # mocks, scorns, humiliates them
    shunning: float  # shuts them out
    intimidation: float  # frightens them, or puts them under pressure
    secrecy: float  # asks them to keep it between the two
    meeting: float  # proposes to meet alone, outside of school
    exchange: float  # gives a private number, handle or link, or asks for it
    affection: float  # feelings, flattery, gifts
    personal: float  # talks of what is not school's business


def judged(text: str) -> Judgement:
    """Judge one passage, with its words as they are meant."""
    from detectors.pieces import numbers  # noqa: PLC0415 - only mail with something to judge pays for it

    return _judged(tuple(numbers(text)))


@lru_cache(maxsize=_REMEMBERED)
def _judged(pieces: tuple[int, ...]) -> Judgement:
    """Judge the pieces of one passage."""
    import numpy as np  # noqa: PLC0415 - as above

    read = np.array([pieces], dtype=np.int64)
    [logits] = _session().run(None, {"numbers": read})[0]  # of the only text
    return Judgement(*(1 / (1 + np.exp(-logits))).tolist())


@lru_cache(maxsize=1)
def _session() -> "InferenceSession":
    """Load the model of this package, once a process."""
    import onnxruntime  # noqa: PLC0415 - a third of a second, for suspects alone

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    options.log_severity_level = 3
    content = files("detectors").joinpath("models", MODEL).read_bytes()
    return onnxruntime.InferenceSession(
        content, options, providers=["CPUExecutionProvider"], disabled_optimizers=_SLOW
    )
