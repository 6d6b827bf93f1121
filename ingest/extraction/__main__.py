"""The child: takes limits upon itself, then extracts one attachment after the other.

Run as `python -m ingest.extraction MEMORY CPU` (bytes; seconds for each document), with a stream
socket as standard input. It ends when the socket closes, so it never outlives its parent by more
than one document, and by no more than the CPU time of that one.
"""

import resource
import socket
import sys
from contextlib import suppress
from pathlib import Path

from ingest.extraction import library
from ingest.extraction.extract import extract
from ingest.extraction.frames import Task, Verdict, receive, send

OPEN_FILES = 64
MAX_CONTENT = 2**32 - 1  # bytes; the memory limit is what counts


def main(memory: int, cpu: int) -> None:
    """Serve until the parent closes the socket."""
    _limit_memory(memory)
    library.load()
    _limit_files()
    with socket.socket(fileno=sys.stdin.fileno()) as parent:
        while True:
            try:
                task, content = receive(parent, Task, max_body=MAX_CONTENT)
            except (EOFError, ConnectionError):
                break
            _allow_cpu(cpu)
            got = extract(content, media_type=task.media_type, filename=task.filename)
            body = got.text.encode("utf-8", "replace")
            send(parent, Verdict(got.defect_code, got.hides), body)
    with suppress(
        OSError
    ):  # a parent that was killed cannot tidy up, and one that was not may have
        Path.cwd().rmdir()


def _limit_memory(memory: int) -> None:
    """Bound the memory that a document can make us use.

    RLIMIT_DATA and not RLIMIT_AS: the library's threads reserve address space that they never
    touch, so an honest limit on that would refuse them. The parent's own soft limit on address
    space is lifted for the same reason.
    """
    _, space = resource.getrlimit(resource.RLIMIT_AS)
    resource.setrlimit(resource.RLIMIT_AS, (space, space))
    resource.setrlimit(resource.RLIMIT_DATA, (memory, memory))


def _limit_files() -> None:
    """Write none, dump none, open few. RLIMIT_NPROC would count the whole account's processes."""
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_NOFILE, (OPEN_FILES, OPEN_FILES))


def _allow_cpu(seconds: int) -> None:
    """Let the next document use some CPU time; SIGXCPU ends the process beyond it."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    _, hard = resource.getrlimit(resource.RLIMIT_CPU)
    soft = int(used.ru_utime + used.ru_stime) + 1 + seconds
    resource.setrlimit(resource.RLIMIT_CPU, (soft, hard))


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]))
