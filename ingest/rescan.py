"""Detectors of today on mail that others read: what is due, and the run that reads it again.

The mail book says which versions read each message last; `History` folds it. A run files what it
finds as it goes, so one that is interrupted leaves less to do, and run again it goes on.
"""

import fcntl
import sqlite3
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import ClassVar

import msgspec

from archive.books import Book
from archive.ledger import Ledger
from archive.mail_events import Rescanned, Scanned
from ingest.jobs import Draft, Reread
from ingest.pipeline import BATCH, Pipeline, batched
from ingest.pool import Pool
from search.index import Index
from search.tree import AnyOf, Exact
from search.unread import MENDABLE, is_unjudged
from search.versions import read
from section9 import MailId, Record, RuleId, Section9Error

SCHEMA = """
    PRAGMA journal_mode = OFF;
    CREATE TABLE read (mail TEXT PRIMARY KEY, rules INTEGER NOT NULL) WITHOUT ROWID;
    CREATE TABLE due (number INTEGER PRIMARY KEY, mail TEXT NOT NULL);
"""
LAST = "INSERT INTO read VALUES (?, ?) ON CONFLICT (mail) DO UPDATE SET rules = excluded.rules"
FRESH = """
    SELECT mail FROM read WHERE mail IN (SELECT value FROM json_each(?))
    AND rules NOT IN (SELECT value FROM json_each(?))
"""
NEXT = "SELECT number, mail FROM due WHERE number > ? ORDER BY number LIMIT ?"
ASK = 1_000  # messages asked after at once


class RescanRunningError(Section9Error):
    """Two would read the same mail and file it twice."""

    exit_code: ClassVar[int] = 31

    def __init__(self) -> None:
        super().__init__("another rescan is running: wait for it, then run this again")


class History:
    """Which versions of the rules read each message last, as the mail book says. Close it.

    Ids stand in a private temporary database, so that memory stays flat; it serves one thread.
    """

    def __init__(self, ledger: Ledger) -> None:
        self._db = sqlite3.connect("", isolation_level=None)
        self._db.executescript(SCHEMA)
        self._numbers: dict[str, int] = {}  # of each set of rules
        for segment in ledger.segments(Book.MAIL):
            scans = (one for one in segment.events if isinstance(one, Scanned | Rescanned))
            judged = (one for one in scans if not any(x.code in MENDABLE for x in one.defects))
            self._db.executemany(LAST, [(one.mail, self._number(one.rules)) for one in judged])

    def close(self) -> None:
        """Delete the temporary database."""
        self._db.close()

    def plan(self, mails: Iterable[MailId], rules: Mapping[RuleId, int]) -> int:
        """Note which of these messages any of the rules has not read in this version; count them.

        A message that our own reader, or a rule, failed at was read by none. No rules: all.
        """
        past = [
            number
            for said, number in self._numbers.items()
            if not rules or not rules.items() <= read(said).items()
        ]
        for some in batched(mails, ASK):
            asked = (msgspec.json.encode(some).decode(), msgspec.json.encode(past).decode())
            done = {mail for (mail,) in self._db.execute(FRESH, asked)}
            due = ((mail,) for mail in some if mail not in done)
            self._db.executemany("INSERT INTO due (mail) VALUES (?)", due)
        return int(self._db.execute("SELECT count(*) FROM due").fetchone()[0])

    def due(self) -> Iterator[MailId]:
        """Yield what is planned, in order."""
        number = 0
        while some := self._db.execute(NEXT, (number, ASK)).fetchall():
            yield from (MailId(mail) for _, mail in some)
            number = some[-1][0]

    def _number(self, rules: str) -> int:
        return self._numbers.setdefault(rules, len(self._numbers))


@dataclass(slots=True)
class Ran:
    """What a rescan did."""

    due: int
    read: int = 0
    findings: int = 0
    failed: list[MailId] = field(default_factory=list)  # a reader or a rule failed at them

    @property
    def left(self) -> int:
        """Messages that were left out: sealed, or purged meanwhile."""
        return self.due - self.read - len(self.failed)


@dataclass(frozen=True, slots=True)
class Rescan:
    """Runs `rules` on archived mail and files what they find, as done by `actor`."""

    pipeline: Pipeline
    history: History
    rules: Sequence[RuleId]
    actor: str

    def run(self, due: int, *, progress: Callable[[int], None] = lambda _: None) -> Ran:
        """Read all that is planned. Interrupted, it goes on when it is planned and run again."""
        ran = Ran(due)
        pipeline = self.pipeline
        sealed = pipeline.custody.sealed
        mails = (mail for mail in self.history.due() if mail not in sealed)
        drafts = (draft for _, draft in reread(pipeline.pool, pipeline.index, mails, self.rules))
        for some in batched(drafts, BATCH):
            self._file(some, ran)
            progress(len(some))
        return ran

    def _file(self, drafts: Sequence[Draft], ran: Ran) -> None:
        good = [draft for draft in drafts if not has_failed(draft)]
        filed = self.pipeline.file_again(good, by=self.actor)
        ran.read += len(filed)
        ran.findings += sum(len(one.record.findings) for one in filed if one.record)
        ran.failed += [MailId(one.job.copy) for one in drafts if has_failed(one)]


def reread(
    pool: Pool, index: Index, mails: Iterable[MailId], rules: Sequence[RuleId]
) -> Iterator[tuple[Record, Draft]]:
    """Read messages again with these rules; yield what is indexed of each, and its draft.

    One that the index no longer holds is left out.
    """
    waiting: dict[MailId, Record] = {}

    def jobs() -> Iterator[Reread]:
        for some in batched(mails, BATCH):
            for record in list(index.records(AnyOf(tuple(Exact("id", mail) for mail in some)))):
                waiting[record.mail] = record
                copies = record.sightings
                yield Reread(record.mail, copies[0].message, copies, tuple(rules))

    for draft in pool.drafts(jobs()):
        yield waiting.pop(MailId(draft.job.copy)), draft


def has_failed(draft: Draft) -> bool:
    """Tell whether no rule could judge the message."""
    return draft.record is None or is_unjudged(draft.record.parsed)


@contextmanager
def alone(lock: Path) -> Iterator[None]:
    """Let one rescan run at a time. Raises `RescanRunningError`."""
    with lock.open("ab") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise RescanRunningError from error
        yield
