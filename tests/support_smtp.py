"""A real listener in a thread of the tests, and a client that says exactly what it is told to."""

import asyncio
import socket
import subprocess
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from ipaddress import ip_network
from pathlib import Path
from typing import Any, Self

from ingest.listener import listen
from ingest.smtp.terms import ListenerSettings
from ingest.spool import Spool

PATIENCE = 20.0  # seconds
SETTINGS = ListenerSettings(
    allowed=(ip_network("127.0.0.0/8"),),
    hostname="archive.school.example",
    port=0,
    min_free_bytes=1,
)


class Listening:
    """A listener that takes connections until `stop`."""

    def __init__(self, spool: Spool, settings: ListenerSettings) -> None:
        self.spool = spool
        self.address = ("", 0)
        self._settings = settings
        self._ready = threading.Event()
        self._executor = ThreadPoolExecutor(1)
        self._ended = self._executor.submit(lambda: asyncio.run(self._run()))
        if not self._ready.wait(PATIENCE):
            raise TimeoutError

    async def _run(self) -> None:
        self._loop, self._stop = asyncio.get_running_loop(), asyncio.Event()
        await listen(self._settings, self.spool, stop=self._stop, ready=self._say)

    def _say(self, host: str, port: int) -> None:
        self.address = (host, port)
        self._ready.set()

    def ask_to_stop(self) -> None:
        """Ask, and do not wait."""
        self._loop.call_soon_threadsafe(self._stop.set)

    def stop(self) -> None:
        """Ask, and wait until it has stopped."""
        if not self._ended.done():
            self.ask_to_stop()
        self._ended.result(PATIENCE)
        self._executor.shutdown()


@contextmanager
def listening(spool: Spool, **changed: Any) -> Iterator[Listening]:
    """Run a listener on a free loopback port, with these settings changed."""
    listener = Listening(spool, replace(SETTINGS, **changed))
    try:
        yield listener
    finally:
        listener.stop()


class Wire:
    """A client that sends bytes as they are; `with` closes it."""

    def __init__(self, address: tuple[str, int]) -> None:
        self.socket = socket.create_connection(address, PATIENCE)
        self._file = self.socket.makefile("rb")
        self.greeting = self.reply()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Hang up."""
        self._file.close()
        self.socket.close()

    def send(self, data: bytes) -> None:
        """Send without waiting for a reply."""
        self.socket.sendall(data)

    def reply(self) -> bytes:
        """Read one reply; empty when the listener has hung up."""
        lines = []
        while line := self._file.readline():
            lines.append(line)
            if line[3:4] != b"-":
                break
        return b"".join(lines)

    def say(self, *lines: bytes) -> bytes:
        """Send lines one by one and give the last reply."""
        answer = b""
        for line in lines:
            self.send(line + b"\r\n")
            answer = self.reply()
        return answer

    def begin(self) -> bytes:
        """Go as far as DATA."""
        return self.say(
            b"EHLO client.example", b"MAIL FROM:<a@x.example>", b"RCPT TO:<b@x.example>", b"DATA"
        )


def stuffed(content: bytes) -> bytes:
    """Write a message as it follows DATA (RFC 5321, 4.5.2)."""
    return (b"\r\n" + content).replace(b"\r\n.", b"\r\n..")[2:] + b".\r\n"


def certificate(folder: Path) -> tuple[Path, Path]:
    """Make a throwaway certificate for localhost, and its key."""
    cert, key = folder / "cert.pem", folder / "key.pem"
    command = "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2"
    names = ["-subj", "/CN=localhost", "-addext", "subjectAltName=IP:127.0.0.1"]
    files = ["-out", str(cert), "-keyout", str(key)]
    subprocess.run([*command.split(), *names, *files], check=True, capture_output=True)
    return cert, key
