"""A real section9, run as its users run it: by its console script, in a folder of its own."""

import os
import re
import smtplib
import subprocess
import sys
import time
from collections import Counter, deque
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import Any

import msgspec
import psutil

from archive.books import Book
from archive.events import Event
from archive.ledger import Ledger
from archive.mail_events import Sighted
from archive.store import FolderStore
from demo.mailbox import Delivery
from demo.trust import ARCHIVE
from search.sqlite import open_sqlite
from search.tree import Everything
from section9 import BlobId

SECTION9 = Path(sys.executable).with_name("section9")
PATIENCE = 120.0  # seconds; nothing takes a tenth of it on a machine that is not shared
READY = re.compile(rb"taking mail in on (\S+) port (\d+)")
PLAIN = {name: value for name, value in os.environ.items() if not name.startswith("SECTION9_")}
Done = subprocess.CompletedProcess[bytes]


@dataclass(frozen=True)
class House:
    """A data folder and the settings that its commands run with."""

    home: Path
    settings: Mapping[str, str] = field(default_factory=dict)

    def environment(self, extra: Mapping[str, str]) -> dict[str, str]:
        """What every command of this house is started with."""
        port = {"SECTION9_JOURNAL__PORT": "0", "SECTION9_JOURNAL__MIN_FREE_DISK": "1MiB"}
        return {**PLAIN, **port, **self.settings, **extra}

    def run(self, *arguments: str | Path, given: bytes = b"", **extra: str) -> Done:
        """Run a command to its end; `extra` goes into its environment."""
        return subprocess.run(
            [SECTION9, "--home", self.home, *arguments],
            input=given,
            env=self.environment(extra),
            capture_output=True,
            timeout=PATIENCE,
            check=False,
        )

    def must(self, *arguments: str | Path, given: bytes = b"") -> bytes:
        """Run a command that has to succeed, for what it prints."""
        done = self.run(*arguments, given=given)
        assert (0, b"") == (done.returncode, _tracebacks(done.stderr)), done.stderr.decode()
        return done.stdout

    def json(self, *arguments: str | Path) -> dict[str, Any]:
        """Run a command that has to succeed, for the object it prints."""
        return self.read(self.must(*arguments, "--json"))

    @staticmethod
    def read(line: bytes) -> dict[str, Any]:
        """One line of JSON."""
        answer: dict[str, Any] = msgspec.json.decode(line)
        return answer

    def open_case(self, *people: str) -> None:
        """Open a case on somebody's mail from 2000 to 2030, which whoever runs the tests reads."""
        persons = [option for person in people for option in ("--person", person)]
        grounds = ("--purpose", "a", "--authoriser", "h.ead", "--reason", "HR referral 17")
        dates = ("--since", "2000-01-01", "--until", "2030-12-31", "--expires", "2099-12-31")
        self.must("case", "open", *grounds, *persons, *dates)

    def start(self, *arguments: str | Path, log: Path, **extra: str) -> subprocess.Popen[bytes]:
        """Start a command and let it run; its standard error goes on in `log`."""
        with log.open("ab") as file:
            return subprocess.Popen(
                [SECTION9, "--home", self.home, *arguments],
                stdin=subprocess.DEVNULL,
                stderr=file,
                env=self.environment(extra),
            )

    @contextmanager
    def serving(self, **extra: str) -> Iterator["Serving"]:
        """Run `section9 serve` for as long as the block lasts, and end it as an init does."""
        log = self.home.with_name(f"{self.home.name}-serve-{time.monotonic_ns()}.log")
        process = self.start("serve", log=log, **extra)
        serving = Serving(process, log)
        try:
            yield serving
        finally:
            serving.end()

    @property
    def spooled(self) -> int:
        """How many messages wait."""
        folder = self.home / "spool" / "new"
        return len([*folder.iterdir()]) if folder.exists() else 0

    def events(self, book: Book) -> list[Event]:
        """Everything that a book of the ledger says."""
        return list(Ledger(FolderStore(self.home / "archive")).events(book))

    def archived(self) -> Counter[BlobId]:
        """How often the ledger speaks of each blob."""
        seen = (event for event in self.events(Book.MAIL) if isinstance(event, Sighted))
        return Counter(event.sighting.blob for event in seen)

    def indexed(self) -> Counter[BlobId]:
        """How often the index holds each blob."""
        mails = {event.mail for event in self.events(Book.MAIL) if isinstance(event, Sighted)}
        with closing(open_sqlite(self.home / "index" / "section9.sqlite", mode="read")) as index:
            assert len(mails) == index.count(Everything())
            records = [record for mail in mails if (record := index.get(mail))]
        return Counter(copy.blob for record in records for copy in record.sightings)


@dataclass(frozen=True)
class Serving:
    """A running `section9 serve`."""

    process: subprocess.Popen[bytes]
    log: Path

    @property
    def port(self) -> int:
        """Where it takes mail in, once it does."""
        wait_for(lambda: READY.search(self.log.read_bytes()) or self.process.poll() is not None)
        ready = READY.search(self.log.read_bytes())
        assert ready, self.log.read_text()
        return int(ready[2])

    def family(self, word: str = "") -> list[psutil.Process]:
        """Its living descendants, or those with a word in their command lines."""
        with_word = []
        for process in psutil.Process(self.process.pid).children(recursive=True):
            try:
                if not word or word in process.cmdline():
                    with_word.append(process)
            except psutil.Error:  # it has just ended
                continue
        return with_word

    def end(self) -> int:
        """End it with SIGTERM; gives its exit code."""
        left = self.family() if self.process.poll() is None else []
        self.process.terminate()
        try:
            return self.process.wait(PATIENCE)
        finally:
            self.process.kill()
            self.process.wait()
            psutil.wait_procs(left, PATIENCE)


class Sender:
    """A mail server that hands each message over once, over several sessions."""

    def __init__(self, messages: Iterable[tuple[Delivery, bytes]]) -> None:
        self._waiting = deque(messages)
        self.accepted: set[BlobId] = set()  # the answer was 250
        self.in_doubt: set[BlobId] = set()  # there was none

    def send(self, port: int, *, sessions: int = 4) -> None:
        """Send what is left, until it is all sent or the listener is gone."""
        with ThreadPoolExecutor(sessions) as pool:
            list(pool.map(self._session, [port] * sessions))

    def _session(self, port: int) -> None:
        try:
            with smtplib.SMTP("127.0.0.1", port, "mail.example", timeout=PATIENCE) as client:
                client.ehlo()
                while self._waiting:
                    self._send(client, *self._waiting.popleft())
        except (IndexError, smtplib.SMTPServerDisconnected, ConnectionError):
            return  # another session had the last one, or the listener is gone
        except smtplib.SMTPException as error:
            if "4.3.2 stopping" not in str(error):
                raise

    def _send(self, client: smtplib.SMTP, delivery: Delivery, content: bytes) -> None:
        blob = BlobId(sha256(content).hexdigest())
        self.in_doubt.add(blob)
        people = [*delivery.rcpt_to, ARCHIVE]
        options = [] if "".join((delivery.mail_from, *people)).isascii() else ["SMTPUTF8"]
        assert {} == client.sendmail(delivery.mail_from, people, content, options)
        self.in_doubt.remove(blob)
        self.accepted.add(blob)


@contextmanager
def made(folder: Path, **settings: str) -> Iterator[House]:
    """A fresh data folder, by `section9 init`."""
    house = House(folder, {f"SECTION9_{name}": value for name, value in settings.items()})
    house.must("init")
    yield house


def wait_for(ready: Callable[[], object], *, otherwise: str = "it took too long") -> None:
    """Wait until something holds."""
    give_up = time.monotonic() + PATIENCE
    while not ready():
        assert time.monotonic() < give_up, otherwise
        time.sleep(0.05)


def _tracebacks(said: bytes) -> bytes:
    return said if b"Traceback" in said else b""
