"""A process with little to lose: no secrets, little memory and time, no file that it could write.

Whatever parses hostile documents runs in one. The parent starts it as a `Child`; the child takes
its limits upon itself first of all.
"""

import os
import resource
import signal
import socket
import subprocess
import sys
from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryDirectory

PROJECT = Path(__file__).resolve().parents[1]
OPEN_FILES = 64


class Child:
    """A running child in a folder of its own, and our end of the socket to it."""

    def __init__(self, module: str, *arguments: str) -> None:
        self._folder = TemporaryDirectory(prefix="section9-")
        self.socket, theirs = socket.socketpair()
        with theirs:
            self._process = start(
                module, *arguments, talk=theirs.fileno(), folder=self._folder.name
            )

    @property
    def alive(self) -> bool:
        """Tell whether it runs still."""
        return self._process.poll() is None

    def stop(self) -> int:
        """Kill it, and what it started. Returns how it ended, as `Popen.returncode` says it."""
        self.socket.close()
        with suppress(ProcessLookupError):
            os.killpg(self._process.pid, signal.SIGKILL)  # `start` made it the leader of a group
        status = self._process.wait()
        self._folder.cleanup()
        return status


def start(module: str, *arguments: str, talk: int, folder: str) -> subprocess.Popen[bytes]:
    """Start one of our modules in a folder of its own; `talk` is its end of a stream socket."""
    return subprocess.Popen(  # noqa: S603 - our own interpreter and module
        [sys.executable, "-P", "-s", "-m", module, *arguments],
        stdin=talk,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,  # parsers quote what they choke on
        cwd=folder,
        env=_environment(folder),
        start_new_session=True,  # an interrupt at the terminal is for the parent to handle
    )


def _environment(folder: str) -> dict[str, str]:
    """Nothing of ours but where the code is; few threads, and few heaps for them."""
    inherited = {name: os.environ[name] for name in ("LD_LIBRARY_PATH",) if name in os.environ}
    return {
        "PYTHONPATH": str(PROJECT),
        "PYTHONDONTWRITEBYTECODE": "1",
        "HOME": folder,
        "TMPDIR": folder,
        "LANG": "C.UTF-8",
        "MALLOC_ARENA_MAX": "1",
        "TOKIO_WORKER_THREADS": "1",
        "RAYON_NUM_THREADS": "1",
    } | inherited


def limit_memory(memory: int) -> None:
    """Bound the memory, in bytes, that a document can make us use.

    RLIMIT_DATA and not RLIMIT_AS: a library's threads reserve address space that they never
    touch, so an honest limit on that would refuse them. The parent's own soft limit on address
    space is lifted for the same reason.
    """
    _, space = resource.getrlimit(resource.RLIMIT_AS)
    resource.setrlimit(resource.RLIMIT_AS, (space, space))
    resource.setrlimit(resource.RLIMIT_DATA, (memory, memory))


def limit_files() -> None:
    """Write none, dump none, open few. RLIMIT_NPROC would count the whole account's processes."""
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_NOFILE, (OPEN_FILES, OPEN_FILES))


def allow_cpu(seconds: int) -> None:
    """Let the next document use some CPU time; SIGXCPU ends the process beyond it."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    _, hard = resource.getrlimit(resource.RLIMIT_CPU)
    soft = int(used.ru_utime + used.ru_stime) + 1 + seconds
    resource.setrlimit(resource.RLIMIT_CPU, (soft, hard))
