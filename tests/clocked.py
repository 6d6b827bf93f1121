"""What a call costs, whatever else the process that runs the tests holds and the machine does."""

import gc
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from math import log
from time import process_time

ROUNDS = 3
LARGER = 8


def cpu_seconds(call: Callable[[], object]) -> float:
    """The least processor time, in seconds, of three calls."""
    with _alone():
        return min(_once(call) for _ in range(ROUNDS))


def growth(call: Callable[[int], object], size: int) -> float:
    """The power of its size that a call's cost grows with: 1 is linear, 2 quadratic.

    Measured over eight times the size, so that a machine half as fast for a while moves it by a
    third, and small and large in turn, so that both meet the same machine.
    """
    sized = [partial(call, size), partial(call, size * LARGER)]
    with _alone():
        rounds = [[_once(each) for each in sized] for _ in range(ROUNDS)]
    small, large = (min(times) for times in zip(*rounds, strict=True))
    return log(large / small, LARGER)


@contextmanager
def _alone() -> Iterator[None]:
    """Walk no objects that earlier tests left: a collection of them costs more than many a call."""
    gc.collect()
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


def _once(call: Callable[[], object]) -> float:
    began = process_time()
    call()
    return process_time() - began
