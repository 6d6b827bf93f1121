"""How fast mailboxes are collected from Dovecot, and whether memory stays flat.

`python -m bench.collect [MESSAGES]`. Beside it, in the same run: `section9 ingest` of the same
messages from files, and a bare download of them with Python's imaplib, which keeps nothing.
"""

import imaplib
import importlib
import os
import pwd
import subprocess
import sys
import tempfile
import time
from contextlib import ExitStack
from itertools import cycle, islice
from pathlib import Path
from typing import Protocol

from bench.throughput import SECTION9, corpus

TESTS = Path(__file__).parents[1] / "tests"
MAILBOX = "j.doe@school.example"
MESSAGES = 4_000
ASKED = 200  # messages that the bare download asks for at once


class Server(Protocol):
    """The Dovecot of the tests."""

    base: Path
    tls_port: int
    certificate: Path

    def client(self, user: str) -> imaplib.IMAP4:
        """Log in as the mailbox's owner."""


def main() -> None:
    """Collect a mailbox of a quarter, then a whole one, then look again."""
    sys.path.append(str(TESTS))  # whose Dovecot it is
    servers = importlib.import_module("dovecot")
    most = int(sys.argv[1]) if len(sys.argv) > 1 else MESSAGES
    with ExitStack() as stack:
        server = stack.enter_context(servers.dovecot(MAILBOX))
        scratch = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        for count in (most // 4, most):
            fill(server, count)
            report("bare download", count, download(server), 0)
            home = scratch / f"collected-{count}"
            report("section9 collect", count, *run(home, "collect", "imap", **settings(server)))
            report("looked at again", count, *run(home, "collect", "imap", **settings(server)))
            files = str(maildir(server))
            report("section9 ingest", count, *run(scratch / f"ingested-{count}", "ingest", files))


def fill(server: Server, count: int) -> None:
    """Put messages into the mailbox, each with a line of its own."""
    server.client(MAILBOX).logout()  # Dovecot makes the folders
    current = maildir(server) / "cur"
    current.mkdir(parents=True, exist_ok=True)
    have = len(list(current.iterdir()))
    for number, content in islice(enumerate(cycle(corpus())), have, count):
        path = current / f"{1_700_000_000 + number}.M{number}.bench:2,S"
        path.write_bytes(b"X-Number: %d\r\n" % number + content)
    owner = pwd.getpwnam("mail") if os.getuid() == 0 else pwd.getpwuid(os.getuid())
    for path in (current.parent, current, *current.iterdir()):
        os.chown(path, owner.pw_uid, owner.pw_gid)


def maildir(server: Server) -> Path:
    """Where Dovecot keeps the mailbox."""
    return Path(server.base) / "mail" / MAILBOX / "Maildir"


def download(server: Server) -> float:
    """Time imaplib over the mailbox; gives seconds."""
    with server.client(MAILBOX) as client:
        client.select("INBOX", readonly=True)
        began = time.perf_counter()
        uids = client.uid("SEARCH", "ALL")[1][0].decode().split()
        for start in range(0, len(uids), ASKED):
            client.uid("FETCH", ",".join(uids[start : start + ASKED]), "(BODY.PEEK[])")
        return time.perf_counter() - began


def settings(server: Server) -> dict[str, str]:
    """Let section9 in."""
    return {
        "SECTION9_COLLECT__IMAP__HOST": "127.0.0.1",
        "SECTION9_COLLECT__IMAP__PORT": str(server.tls_port),
        "SECTION9_COLLECT__IMAP__CA_FILE": str(server.certificate),
        "SECTION9_COLLECT__IMAP__MAILBOXES": f'["{MAILBOX}"]',
        "SECTION9_COLLECT__IMAP__PASSWORD": importlib.import_module("dovecot").PASSWORD,
    }


def run(home: Path, *arguments: str, **environment: str) -> tuple[float, int]:
    """Run a command; gives seconds, start-up included, and its peak of memory in MiB."""
    if not home.exists():
        subprocess.run([SECTION9, "init", str(home)], check=True, stdout=subprocess.DEVNULL)
    began = time.perf_counter()
    process = subprocess.Popen(
        [SECTION9, "--home", str(home), *arguments],
        env=os.environ | environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    _, status, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise RuntimeError(f"{' '.join(arguments)} ended with {process.returncode}")
    return time.perf_counter() - began, used.ru_maxrss // 1024


def report(what: str, count: int, seconds: float, memory: int) -> None:
    """Print one line."""
    peak = f"  at most {memory:,} MiB in the conductor" if memory else ""
    print(f"{what:<18}{count:>8,} messages  {count / seconds:>8,.0f}/s{peak}", flush=True)


if __name__ == "__main__":
    main()
