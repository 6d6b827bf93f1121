"""The child: takes limits upon itself, then extracts one attachment after the other.

Run as `python -m ingest.extraction MEMORY CPU` (bytes; seconds for each document), with a stream
socket as standard input. It ends when the socket closes, so it never outlives its parent by more
than one document, and by no more than the CPU time of that one.
"""

import socket
import sys
from contextlib import suppress
from pathlib import Path

from ingest.confined import allow_cpu, limit_files, limit_memory
from ingest.extraction import library
from ingest.extraction.extract import extract
from ingest.extraction.frames import Task, Verdict, receive, send

MAX_CONTENT = 2**32 - 1  # bytes; the memory limit is what counts


def main(memory: int, cpu: int) -> None:
    """Serve until the parent closes the socket."""
    limit_memory(memory)
    library.load()
    limit_files()
    with socket.socket(fileno=sys.stdin.fileno()) as parent:
        while True:
            try:
                task, content = receive(parent, Task, max_body=MAX_CONTENT)
            except (EOFError, ConnectionError):
                break
            allow_cpu(cpu)
            got = extract(content, media_type=task.media_type, filename=task.filename)
            body = got.text.encode("utf-8", "replace")
            send(parent, Verdict(got.defect_code, got.hides), body)
    with suppress(
        OSError
    ):  # a parent that was killed cannot tidy up, and one that was not may have
        Path.cwd().rmdir()


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]))
