"""How fast mail is accepted: our listener beside aiosmtpd with a handler that keeps nothing.

Both run in processes of their own on the loopback interface and take the same load from Postfix's
`smtp-source`: 20 sessions, 2,000 messages of 20,000 bytes, a connection each. Ours writes every
message to disk before it answers. Rounds alternate; the ratio is the median over the rounds.

    python -P -m bench.accept                  both
    python -P -m bench.accept 127.0.0.1:2525   the no-op beside a `section9 serve` that runs there

The spool lies in the temporary folder: set TMPDIR to one on a real disk.
"""

import asyncio
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from ipaddress import ip_network
from pathlib import Path

from aiosmtpd.smtp import SMTP, Envelope, Session

from bench.table import Row
from commands.logs import log_to_stderr
from ingest.listener import listen
from ingest.smtp.terms import ListenerSettings
from ingest.spool import Spool, new_run

ROUNDS = 10
MESSAGES = 2_000
SESSIONS = 20
SIZE = 20_000  # bytes
HOST = "127.0.0.1"
MAX_MESSAGE = 150 * 1024 * 1024


class NoOp:
    """An aiosmtpd handler that says 250 and forgets."""

    async def handle_DATA(self, _server: SMTP, _session: Session, _envelope: Envelope) -> str:  # noqa: N802 -- aiosmtpd's name
        """Promise what is not kept."""
        return "250 OK"


async def serve_noop(port: int) -> None:
    """Run aiosmtpd alone, with the listener's limits, until killed."""
    loop = asyncio.get_running_loop()
    server = await loop.create_server(
        lambda: SMTP(
            NoOp(), data_size_limit=MAX_MESSAGE, enable_SMTPUTF8=True, hostname="x", loop=loop
        ),
        HOST,
        port,
    )
    await server.serve_forever()


async def serve_ours(port: int, data: Path) -> None:
    """Run the listener over a spool that nobody empties, until killed."""
    log_to_stderr()
    settings = ListenerSettings(
        allowed=(ip_network("127.0.0.0/8"),),
        hostname="x",
        host=HOST,
        port=port,
        max_message_bytes=MAX_MESSAGE,
    )
    spool = Spool(data, run=new_run())
    await listen(settings, spool, stop=asyncio.Event(), ready=lambda _host, _port: None)


def main(address: str | None) -> list[Row]:
    """Load both in turn and print rates, ratio and memory."""
    if not shutil.which("smtp-source"):
        sys.exit("smtp-source is not installed: it comes with Postfix")
    with serving("noop") as (noop, _), other(address) as (ours, process):
        rates: dict[str, list[float]] = {noop: [], ours: []}
        peaks = []
        for _ in range(ROUNDS):
            for target, found in rates.items():
                found.append(MESSAGES / seconds(target))
            peaks.append(peak(process))
    return [report(rates[noop], rates[ours], peaks)]


def seconds(target: str) -> float:
    """Send one round."""
    began = time.monotonic()
    load = ["-s", str(SESSIONS), "-m", str(MESSAGES), "-l", str(SIZE)]
    subprocess.run(["smtp-source", *load, target], check=True)
    return time.monotonic() - began


def report(noop: list[float], ours: list[float], peaks: list[int]) -> Row:
    """Print what was measured."""
    ratio = statistics.median(mine / his for mine, his in zip(ours, noop, strict=True))
    print(f"no-op aiosmtpd  {statistics.median(noop):6.0f} messages/s")
    print(f"section9        {statistics.median(ours):6.0f} messages/s, each on disk")
    print(f"ratio           {ratio:6.2f} (median of {ROUNDS} rounds)")
    if peaks[-1]:
        most = ROUNDS * MESSAGES
        print(f"memory          {peaks[0]} KiB after {MESSAGES:,}, {peaks[-1]} after {most:,}")
    beside = f"no-op aiosmtpd {statistics.median(noop):,.0f}/s"
    return Row("mail accepted", f"{statistics.median(ours):,.0f} messages/s", beside, ratio)


def peak(process: int | None) -> int:
    """Give the most memory that a process has taken so far, in KiB; 0 where it is not ours."""
    if process is None:
        return 0
    status = Path(f"/proc/{process}/status").read_text(encoding="ascii")
    [line] = [line for line in status.splitlines() if line.startswith("VmHWM:")]
    return int(line.split()[1])


@contextmanager
def other(address: str | None) -> Iterator[tuple[str, int | None]]:
    """Give the listener that runs at `address`, or start one."""
    if address:
        yield address, None
    else:
        with tempfile.TemporaryDirectory() as data, serving("ours", data) as started:
            yield started


@contextmanager
def serving(*which: str) -> Iterator[tuple[str, int]]:
    """Start a server in a process of its own; give its address and process id."""
    with socket.create_server((HOST, 0)) as free:
        port = free.getsockname()[1]
    command = [sys.executable, "-P", "-m", "bench.accept", str(port), *which]
    with subprocess.Popen(command, stderr=subprocess.DEVNULL) as process:
        try:
            await_port(port)
            yield f"{HOST}:{port}", process.pid
        finally:
            process.terminate()


def await_port(port: int) -> None:
    """Return when somebody answers, within half a minute."""
    until = time.monotonic() + 30
    while time.monotonic() < until:
        with suppress(OSError), socket.create_connection((HOST, port), timeout=1):
            return
        time.sleep(0.1)
    raise TimeoutError


if __name__ == "__main__":
    match sys.argv[1:]:
        case [port, "noop"]:
            asyncio.run(serve_noop(int(port)))
        case [port, "ours", data]:
            asyncio.run(serve_ours(int(port), Path(data)))
        case [address]:
            main(address)
        case _:
            main(None)
