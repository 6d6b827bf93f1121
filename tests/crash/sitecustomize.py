"""Kills its own process at chosen steps, once at each: a test's hand on `kill -9`.

Python imports a module of this name as it starts, so it reaches `section9 serve`, its conductor
and its workers, none of which know of it. CRASH_AT holds points with a semicolon between, each of
four words: a process, by a word of its command line; an audit event (PEP 578), which comes just
before the step is taken; a part of a path in it; and how many such steps to wait for. Whoever
dies leaves a file in the folder CRASH_MARKS.
"""

import itertools
import os
import signal
import sys
from pathlib import Path


def _install(point: str) -> None:
    process, event, path, count = point.split()
    if process in sys.orig_argv:
        seen = itertools.count(1)  # counts in one step, whichever thread asks

        def hook(name: str, arguments: tuple[object, ...]) -> None:
            met = name == event and any(path in str(one) for one in arguments[:2])
            if met and next(seen) == int(count) and _first(point):
                os.kill(os.getpid(), signal.SIGKILL)

        sys.addaudithook(hook)


def _first(point: str) -> bool:
    try:
        (Path(os.environ["CRASH_MARKS"]) / point.replace("/", "_")).touch(exist_ok=False)
    except FileExistsError:
        return False
    return True


for chosen in filter(None, os.environ.get("CRASH_AT", "").split("; ")):
    _install(chosen)
