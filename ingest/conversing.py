"""Processes of our own modules, which we talk with in JSON over a socket."""

import socket
import subprocess
import sys
from multiprocessing.connection import Connection

STDERR = 2


def started(module: str) -> tuple[subprocess.Popen[bytes], Connection]:
    """Start a module, whose argument is its end of the socket; return it and our end."""
    ours, theirs = socket.socketpair()
    with theirs:
        process = subprocess.Popen(  # noqa: S603 - our own module, by our own interpreter
            [sys.executable, "-P", "-m", module, str(theirs.fileno())],
            stdin=subprocess.DEVNULL,
            stdout=STDERR,  # where logs go: what we print ourselves is for programs to read
            pass_fds=(theirs.fileno(),),
            process_group=0,  # Ctrl-C is for us: a reader that it killed would blame its mail
        )
    return process, Connection(ours.detach())
