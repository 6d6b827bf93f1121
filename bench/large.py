"""A large mbox: how fast `section9 ingest` takes it in, and whether its memory stays flat.

    python -m bench.large [MEGABYTES]

The mbox is made for the occasion, of real mail where it is at hand, each message with a
Message-ID of its own. The memory is that of the command and its readers together.
"""

import itertools
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import psutil

from bench.throughput import SECTION9, corpus

MEGABYTES = 1024
EVERY = 2.0  # seconds between looks
QUARTERS = 4
FROM_LINE = b"From sender@school.example Tue Sep  1 09:00:00 2026\n"


def main(megabytes: int) -> None:
    """Make the mbox, take it in, and print what it took."""
    with tempfile.TemporaryDirectory() as scratch:
        mbox, home = Path(scratch) / "large.mbox", Path(scratch) / "home"
        count = write(mbox, megabytes * 2**20)
        subprocess.run([SECTION9, "init", str(home)], check=True, stdout=subprocess.DEVNULL)
        began = time.perf_counter()
        process = subprocess.Popen([SECTION9, "--home", str(home), "ingest", str(mbox)])
        sizes = list(watch(process))
        taken = time.perf_counter() - began
    print(
        f"{count:,} messages, {megabytes:,} MB in {taken:,.0f} s: {count / taken:,.0f} messages/s"
    )
    for number in range(QUARTERS):
        quarter = sizes[len(sizes) * number // QUARTERS : len(sizes) * (number + 1) // QUARTERS]
        print(f"memory in quarter {number + 1}: {max(quarter, default=0) / 2**20:,.0f} MB at most")


def write(mbox: Path, size: int) -> int:
    """Write an mbox of about so many bytes; gives how many messages it holds."""
    mails = corpus()
    with mbox.open("wb") as file:
        for number, mail in enumerate(itertools.cycle(mails)):
            if file.tell() >= size:
                return number
            own = b"Message-ID: <%d@large.example>\n" % number
            file.write(FROM_LINE + own + headed(mail) + b"\n\n")
    raise ValueError("no mail to write")


def headed(mail: bytes) -> bytes:
    """A mail from its first header on, with one line end."""
    first, _, rest = mail.partition(b"\n")
    return (rest if first.startswith(b"From ") else mail).rstrip(b"\n")


def watch(process: subprocess.Popen[bytes]) -> Iterator[int]:
    """Yield the bytes of memory that a command and all its readers hold, until it ends."""
    while process.poll() is None:
        total = 0
        parent = psutil.Process(process.pid)
        for one in (parent, *parent.children(recursive=True)):
            try:
                total += one.memory_full_info().uss
            except psutil.Error:  # it has just ended
                continue
        yield total
        time.sleep(EVERY)


if __name__ == "__main__":
    main(int(sys.argv[1]) if sys.argv[1:] else MEGABYTES)
