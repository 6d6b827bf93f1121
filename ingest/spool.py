"""The spool: messages that were accepted and are not yet archived, one file each.

A file is the `Envelope` as one line of JSON, then the exact bytes after DATA: `tail -n +2 FILE`
gives the mail. It stands in `new` whole and under its final name, or not at all.

    spool/tmp/    being written; worthless after a crash
    spool/new/    accepted: `<run>-<sequence>`
    quarantine/   what could not be archived: `<run>-<sequence>`, the reason in `….json` beside it

The sequence has no gaps within a run. Ledger, spool and quarantine together hold 1 to the highest
number of each run; a number that none of them holds is a message lost.
"""

import fcntl
import itertools
import os
import re
import secrets
import threading
import time
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import msgspec

from ingest.durable import AT_ONCE, make_folder, sync_folder, write_all_synced, write_synced
from ingest.spool_errors import (
    SpoolConsumedError,
    SpoolEntryDamagedError,
    SpoolEntryMissingError,
    SpoolError,
    SpoolIdMalformedError,
    SpoolReadOnlyError,
    SpoolUnwritableError,
)
from section9 import Envelope, RawMail, SpoolId

__all__ = [
    "Quarantined",
    "Spool",
    "SpoolConsumedError",
    "SpoolEntryDamagedError",
    "SpoolEntryMissingError",
    "SpoolError",
    "SpoolIdMalformedError",
    "SpoolReadOnlyError",
    "SpoolSize",
    "SpoolUnwritableError",
    "new_run",
]

STALE_AFTER = 3600
"""Seconds after which a temporary file is a leftover of a crash: a living `put` takes far less."""

_NAME = re.compile(r"[0-9A-Za-z]+-[0-9]{8,}")


@dataclass(frozen=True, slots=True)
class SpoolSize:
    """How much waits."""

    messages: int
    bytes: int  # envelopes included


@dataclass(frozen=True, slots=True)
class Quarantined:
    """A message that was set aside, and why; `reason` never quotes the mail."""

    id: SpoolId
    reason: str
    at: datetime  # of the last time
    attempts: int = 1  # how often it was read in vain


def new_run() -> str:
    """Name one start of a writer: UTC to the microsecond and four random digits; sorts by time."""
    return f"{datetime.now(UTC):%Y%m%dT%H%M%S%f}{secrets.token_hex(2)}"


class Spool:
    """The spool under `root`, the data folder. Any thread may call any method.

    `run` is this writer's name, from `new_run`; without one the spool only reads.
    """

    def __init__(self, root: Path, *, run: str | None) -> None:
        try:
            self._folder = make_folder(root / "spool")
            self._tmp = make_folder(self._folder / "tmp")
            self._new = make_folder(self._folder / "new")
            self._quarantine = make_folder(root / "quarantine")
        except OSError as error:
            raise SpoolUnwritableError(error) from error
        self._run = run
        self._temps = itertools.count(1)
        self._pool = ThreadPoolExecutor(AT_ONCE, "sync")  # starts a thread when it needs one
        self._numbering = threading.Lock()
        self._last = 0  # the highest number of this run that stands in `new`
        self._listing: list[SpoolId] = []
        self._listing_lock = threading.Lock()
        if run is not None:
            self._clean()

    @property
    def folder(self) -> Path:
        """Where the spool lies, to ask for the room on its disk."""
        return self._folder

    # --- in ---

    def put(self, envelope: Envelope, content: bytes) -> SpoolId:
        """Keep a message; on return its bytes and its name are on disk (RFC 5321, 6.1).

        Raises SpoolUnwritableError, and then nothing was promised: should the file have got its
        name all the same, the sender's next try makes a second copy, which costs nothing.
        """
        [entry] = self.put_all([(envelope, content)])
        return entry

    def put_all(self, messages: Sequence[tuple[Envelope, bytes]]) -> list[SpoolId]:
        """Keep messages as `put` does, with one fsync of the folder for all; all, or an error."""
        if self._run is None:
            raise SpoolReadOnlyError
        files = {
            self._tmp / f"{self._run}-{next(self._temps)}": (_line(envelope), content)
            for envelope, content in messages
        }
        try:
            return self._place(files)
        except OSError as error:
            raise SpoolUnwritableError(error) from error

    def _place(self, files: Mapping[Path, tuple[bytes, bytes]]) -> list[SpoolId]:
        try:
            write_all_synced(files, self._pool)
            entries = [self._number(temp) for temp in files]
            # The bytes are on disk, the names are not yet.
            sync_folder(self._new)
        finally:
            for temp in files:
                temp.unlink(missing_ok=True)
        return entries

    def _number(self, temp: Path) -> SpoolId:
        # The number is taken with the name and after the bytes: a failed write leaves no gap,
        # and names sort in the order in which they appeared.
        with self._numbering:
            entry = SpoolId(f"{self._run}-{self._last + 1:08d}")
            # A link, not a rename: it refuses to replace a message that stands there.
            os.link(temp, self._new / entry)
            self._last += 1
        return entry

    @property
    def aside(self) -> Path:
        """Where messages lie that were set aside, each with its note: see ingest/quarantine.py."""
        return self._quarantine

    # --- out ---

    def pending(self, *, limit: int, after: SpoolId | None = None) -> list[SpoolId]:
        """Give the first `limit` messages that wait, or the first after `after`; oldest first.

        The folder is listed and sorted only when the last listing runs out, so walking through
        100,000 messages sorts once. What comes later sorts later, save where two writers put at
        once: begin again without `after` from time to time.
        """
        with self._listing_lock:
            found = self._waiting(limit, after)
            if len(found) < limit:
                self._listing = sorted(self._scan(), key=_arrival)
                found = self._waiting(limit, after)
            return found

    def _waiting(self, limit: int, after: SpoolId | None) -> list[SpoolId]:
        start = 0 if after is None else bisect_right(self._listing, _arrival(after), key=_arrival)
        later = itertools.islice(self._listing, start, None)
        found = list(itertools.islice((name for name in later if self.path(name).exists()), limit))
        if after is None:
            # Everything before the first that still waits has left; it need not be asked again.
            del self._listing[: self._listing.index(found[0]) if found else None]
        return found

    def _scan(self) -> list[SpoolId]:
        return [SpoolId(name) for name in os.listdir(self._new) if _NAME.fullmatch(name)]  # noqa: PTH208 -- names, not 100,000 Path objects

    def path(self, entry: SpoolId) -> Path:
        """Where a waiting message lies. Raises SpoolIdMalformedError."""
        if not _NAME.fullmatch(entry):
            raise SpoolIdMalformedError
        return self._new / entry

    def read(self, entry: SpoolId) -> RawMail:
        """Read a message. Raises SpoolEntryMissingError or SpoolEntryDamagedError."""
        try:
            with self.path(entry).open("rb") as file:
                line, content = file.readline(), file.read()
        except FileNotFoundError as error:
            raise SpoolEntryMissingError(entry) from error
        try:
            envelope = msgspec.json.decode(line, type=Envelope)
        except msgspec.DecodeError as error:
            raise SpoolEntryDamagedError(entry) from error
        return RawMail(id=entry, envelope=envelope, content=content)

    def drop(self, entries: Iterable[SpoolId]) -> None:
        """Forget messages that are archived; one that is gone already is no error."""
        try:
            for entry in entries:
                self.path(entry).unlink(missing_ok=True)
                # What is left of a quarantine that it has come back from.
                (self._quarantine / f"{entry}.json").unlink(missing_ok=True)
            # Otherwise a crash brings them back. Archiving them again would do no harm.
            sync_folder(self._new)
        except OSError as error:
            raise SpoolUnwritableError(error) from error

    def forget(self, copies: Iterable[str]) -> None:
        """Delete what still waits, or is set aside, of copies that are purged from the archive."""
        ids = [SpoolId(copy) for copy in copies if _NAME.fullmatch(copy)]
        self.drop(ids)
        try:
            for entry in ids:
                aside = self._quarantine / entry
                aside.unlink(missing_ok=True)
                aside.with_suffix(".json").unlink(missing_ok=True)
            sync_folder(self._quarantine)
        except OSError as error:
            raise SpoolUnwritableError(error) from error

    # --- aside ---

    def quarantine(self, entry: SpoolId, reason: str) -> None:
        """Set a message aside with the reason, which must not quote it. Repeating it is safe."""
        temp = self._tmp / f"{entry}-{secrets.token_hex(4)}"
        source, target = self.path(entry), self._quarantine / entry
        attempts = self._attempts(entry) + source.exists()
        aside = Quarantined(id=entry, reason=reason, at=datetime.now(UTC), attempts=attempts)
        note = msgspec.json.encode(aside)
        try:
            write_synced(temp, (note,))
            # The reason first: a crash in between leaves a note without a message, which the
            # next try replaces, never a message nobody can explain.
            temp.replace(target.with_suffix(".json"))
            if source.exists() or not target.exists():
                source.rename(target)
            # The new name before the old one's end, so that a crash cannot take both.
            sync_folder(self._quarantine)
            sync_folder(self._new)
        except FileNotFoundError as error:
            raise SpoolEntryMissingError(entry) from error
        except OSError as error:
            raise SpoolUnwritableError(error) from error

    def quarantined(self) -> list[Quarantined]:
        """List what was set aside, oldest first; without a readable note the reason is empty."""
        names = sorted(p.name for p in self._quarantine.iterdir() if _NAME.fullmatch(p.name))
        return [self._note(SpoolId(name)) for name in names]

    def _attempts(self, entry: SpoolId) -> int:
        noted = self._noted(entry)
        return noted.attempts if noted else 0

    def _noted(self, entry: SpoolId) -> Quarantined | None:
        note = self._quarantine / f"{entry}.json"
        try:
            return msgspec.json.decode(note.read_bytes(), type=Quarantined)
        except (FileNotFoundError, msgspec.DecodeError):
            return None

    def _note(self, entry: SpoolId) -> Quarantined:
        noted = self._noted(entry)
        if noted is None:
            path = self._quarantine / entry
            moved = datetime.fromtimestamp(path.stat().st_ctime, UTC)
            return Quarantined(id=entry, reason="", at=moved)
        return noted

    # --- care ---

    def size(self) -> SpoolSize:
        """Count what waits: one listing and a stat a message, 0.3 s for 100,000."""
        sizes = [size for entry in os.scandir(self._new) if (size := _size(entry)) is not None]
        return SpoolSize(messages=len(sizes), bytes=sum(sizes))

    @contextmanager
    def consume_lock(self) -> Iterator[None]:
        """Be the one process that empties this spool. Raises SpoolConsumedError.

        The kernel frees the lock when the process ends, however it ends.
        """
        with (self._folder / "consumer.lock").open("wb") as file:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError as error:
                raise SpoolConsumedError from error
            yield

    def _clean(self) -> None:
        # By age: another writer may be in the middle of a `put` in the same folder.
        oldest = time.time() - STALE_AFTER
        for temp in self._tmp.iterdir():
            with suppress(FileNotFoundError):  # that writer has just finished
                if temp.stat().st_mtime < oldest:
                    temp.unlink()


def _line(envelope: Envelope) -> bytes:
    return msgspec.json.encode(envelope) + b"\n"


def _arrival(entry: SpoolId) -> tuple[str, int]:
    """Sort key: by run, then by number, also beyond the eight digits that the text sorts by."""
    run, _, number = entry.partition("-")
    return run, int(number)


def _size(entry: os.DirEntry[str]) -> int | None:
    try:
        return entry.stat().st_size
    except FileNotFoundError:  # archived since it was listed
        return None
