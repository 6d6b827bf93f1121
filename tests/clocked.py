"""What a call costs, whatever else the process that runs the tests holds and the machine does."""

import gc
from collections.abc import Callable
from time import process_time

ROUNDS = 3


def cpu_seconds(call: Callable[[], object]) -> float:
    """The least processor time, in seconds, of three calls.

    Objects that earlier tests left are not walked meanwhile: a collection of them all costs more
    than many a call does.
    """
    gc.collect()
    gc.disable()
    try:
        return min(_once(call) for _ in range(ROUNDS))
    finally:
        gc.enable()


def _once(call: Callable[[], object]) -> float:
    began = process_time()
    call()
    return process_time() - began
