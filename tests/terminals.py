"""A terminal, as a person sits at it."""

import os
import select
import time


def read_until(terminal: int, *, until: bytes, seconds: float) -> bytes:
    """Read what comes to a terminal until something has come, or all is said."""
    read, end = b"", time.monotonic() + seconds
    while until not in read and select.select([terminal], [], [], end - time.monotonic())[0]:
        try:
            piece = os.read(terminal, 65_536)
        except OSError:  # how a terminal says that it is closed
            break
        if not piece:
            break
        read += piece
    return read
