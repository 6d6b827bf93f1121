"""The child: takes limits upon itself, then extracts one attachment after the other.

Run as `python -m ingest.extraction MEMORY SECONDS TESSERACT` (bytes; for each document; the path
of the program that reads pictures, empty for none), with a stream socket as standard input. It
ends when the socket closes, so it never outlives its parent by more than one document, and by no
more than the CPU time of that one.
"""

import math
import socket
import sys
from contextlib import suppress
from pathlib import Path

from ingest.confined import allow_cpu, limit_files, limit_memory
from ingest.extraction import library
from ingest.extraction.extract import extract
from ingest.extraction.frames import Task, receive, send

CORES = 2  # that a library's threads may use at once; the parent's deadline comes first
MAX_CONTENT = 2**32 - 1  # bytes; the memory limit is what counts


def main(memory: int, seconds: float, tesseract: str) -> None:
    """Serve until the parent closes the socket, and leave no folder behind."""
    try:
        limit_memory(memory)
        library.load()
        limit_files()
        with socket.socket(fileno=sys.stdin.fileno()) as parent:
            serve(parent, seconds, tesseract)
    finally:
        # A parent that was killed cannot tidy up, and one that was not may have.
        with suppress(OSError):
            Path.cwd().rmdir()


def serve(parent: socket.socket, seconds: float, tesseract: str) -> None:
    """Extract one document after the other."""
    while True:
        try:
            task, content = receive(parent, Task, max_body=MAX_CONTENT)
        except (EOFError, ConnectionError):
            return
        allow_cpu(math.ceil(seconds * CORES))
        got = extract(
            content,
            media_type=task.media_type,
            filename=task.filename,
            seconds=seconds / 2,
            tesseract=tesseract,
        )
        send(parent, got)


if __name__ == "__main__":
    main(int(sys.argv[1]), float(sys.argv[2]), sys.argv[3])
