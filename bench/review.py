"""How long a reviewer waits: for the first page, the next message, a verdict, a narrowed list.

A case of so many messages, made of a few invented ones, half of which two reviewers have marked
already: some thousands one by one, as at the screen, the rest in batches.

    python -P -m bench.review             40,000 messages, 5,000 single verdicts
    python -P -m bench.review 100000 20000
"""

import asyncio
import os
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from hashlib import sha256
from pathlib import Path

from archive.blobs import Blobs
from archive.books import Book
from archive.case_words import Purpose, Scope
from archive.ledger import Ledger
from archive.review_events import Judged, Verdict
from archive.store import FolderStore
from bench.search import median_and_p95
from cases.applications import Application
from cases.casebook import Casebook
from cases.gate import Gate
from cases.reviews import Reviews
from cases.saved import Searches
from commands.logs import log_to_stderr
from commands.review_screen.app import ReviewApp
from commands.review_screen.desk import Desk
from ingest.parse import parse
from ingest.pipeline import batched
from search.index import Index
from search.sqlite import open_sqlite
from section9 import BlobId, CaseId, MailId, Record, Sighting, SightingId, Source

NOW = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)
BEGAN = datetime(2025, 9, 1, tzinfo=UTC)
PERSON = "j.doe@school.example"
TRIES = 20
BATCH = 500
MAIL = """\
From: Jo Doe <j.doe@school.example>
To: Sam Parent <sam.parent@home.example>
Subject: the trip to the quarry
Message-ID: <{number}@school.example>

The coach leaves at nine from the north gate, and we shall be back by half past four.
Please bring boots, a coat and a packed lunch; the nurse has the forms.

> When does the coach leave?
> Sam
"""


def main(messages: int = 40_000, singly: int = 5_000) -> None:
    """Make the case, and time what a reviewer does in it."""
    log_to_stderr()
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        with closing(open_sqlite(root / "index.sqlite", mode="write")) as index:
            gate = case(root, index, messages, singly)
            print(
                f"{messages:,} messages, {messages // 2:,} reviewed, {singly:,} of them singly; "
                f"load average {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores"
            )
            print(f"{'p50 ms':>10}{'p95 ms':>10}")
            for what, act in acts(gate):
                times = [timed(act) for _ in range(TRIES)]
                p50, p95 = median_and_p95(times)
                print(f"{p50:>10.1f}{p95:>10.1f}  {what}")


def acts(gate: Gate) -> Iterator[tuple[str, Callable[[], object]]]:
    """What is timed: an opened ledger and index stand ready, as in a screen that runs."""
    reviews, mails = Reviews(gate), list(gate.ids("C-0001", "*")[1])
    desk = Desk(reviews, Searches(gate), CaseId("C-0001"), lambda _: None)
    unread = iter(mails)
    yield "the first page of the list", desk.pile
    yield "the list of what is not reviewed", replace(desk, only="not reviewed").pile
    yield "a message opened", lambda: desk.open(next(unread))
    yield "a verdict", lambda: desk.mark([next(unread)], Verdict.RELEVANT)
    yield "the screen, from nothing until all is counted", lambda: asyncio.run(shown(gate))


async def shown(gate: Gate) -> None:
    """Open a screen and wait until its list is drawn."""
    fresh = Gate(
        gate.casebook, gate.ledger, gate.index, gate.blobs, gate.actor, gate.clock
    )  # no review is known yet
    desk = Desk(Reviews(fresh), Searches(fresh), CaseId("C-0001"), lambda _: None)
    app = ReviewApp(desk)
    async with app.run_test(size=(120, 40)):
        if not app.mails.rows:
            raise RuntimeError("the screen shows nothing")


def timed(act: Callable[[], object]) -> float:
    """How long something takes, in milliseconds."""
    began = time.perf_counter()
    act()
    return (time.perf_counter() - began) * 1_000


def case(root: Path, index: Index, messages: int, singly: int) -> Gate:
    """An archive with one case, half of it reviewed."""
    store = FolderStore(root / "archive")
    ledger, blobs = Ledger(store), Blobs(store)
    casebook = Casebook(ledger, actor="i.nspector", clock=lambda: NOW)
    scope = Scope((PERSON,), date(2025, 9, 1), date(2026, 10, 31))
    casebook.open(
        Application(
            Purpose.WRONGFUL_ACT, "HR 17", "h.ead", "i.nspector", scope, NOW + timedelta(days=9)
        )
    )
    blob = blobs.put(MAIL.format(number=0).encode())
    made = (record(number, blob, messages) for number in range(messages))
    mails: list[MailId] = []
    for some in batched(made, BATCH):
        index.put(some, segment=None)
        mails += [one.mail for one in some]
    marked = mails[: messages // 2]
    for mail in marked[:singly]:
        ledger.append(Book.CASES, [judged((mail,))])
    ledger.append(Book.CASES, [judged(tuple(marked[singly:]))])
    return Gate(casebook, ledger, index, blobs, "i.nspector", lambda: NOW)


def judged(mails: tuple[MailId, ...]) -> Judged:
    """A verdict."""
    return Judged(NOW, "i.nspector", CaseId("C-0001"), mails, Verdict.NOT_RELEVANT, "")


def record(number: int, blob: BlobId, messages: int) -> Record:
    """One message of a year."""
    when = BEGAN + timedelta(days=365) * (number / messages)
    name = sha256(str(number).encode()).hexdigest()
    parsed = replace(parse(MAIL.format(number=number).encode()), date=when)
    copy = Sighting(SightingId(name), blob, Source.FILE, NOW)
    return Record(MailId(name), when, parsed, (copy,))


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
