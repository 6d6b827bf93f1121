"""A small archive in one process, with one case in it that two accounts review."""

from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from archive.blobs import Blobs
from archive.books import Book
from archive.case_words import Case, Purpose, Scope
from archive.ledger import Ledger
from archive.mail_events import Sighted
from archive.store import FolderStore
from cases.applications import Application
from cases.casebook import Casebook
from cases.gate import Gate
from cases.reviews import Reviews
from ingest.identity import mail_id
from ingest.parse import parse
from search.index import Index
from search.sqlite import open_sqlite
from section9 import MailId, Record, Sighting, SightingId, Source

NOW = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)
PERSON = "j.doe@school.example"
FIRST, SECOND, HEAD = "i.nspector", "s.econd", "h.ead"
MAIL = """\
Message-ID: <{number}@school.example>
Date: Tue, {day} Sep 2026 09:00:00 +0000
From: Jo Doe <{sender}>
To: a.head@school.example
Subject: the trip {number}

{body}
"""


def mail(number: int, *, sender: str = PERSON, body: str = "The coach leaves at nine.") -> bytes:
    day = 1 + number % 28
    return MAIL.format(number=number, day=day, sender=sender, body=body).encode()


@dataclass
class ReviewHouse:
    """The archive and the doors to its case; each account has a gate of its own."""

    ledger: Ledger
    blobs: Blobs
    index: Index
    case: Case
    now: datetime = NOW
    mails: list[MailId] = field(default_factory=list)

    def clock(self) -> datetime:
        """A clock that never stands still, so that what is said later is later."""
        self.now += timedelta(seconds=1)
        return self.now

    def gate(self, actor: str) -> Gate:
        """The gate as an account sees it, as if in a process of its own."""
        casebook = self.casebook(actor)
        return Gate(casebook, self.ledger, self.index, self.blobs, actor, self.clock)

    def casebook(self, actor: str) -> Casebook:
        """The casebook as an account may change it."""
        return Casebook(self.ledger, actor=actor, clock=self.clock)

    def reviews(self, actor: str) -> Reviews:
        """What an account does to review the case."""
        return Reviews(self.gate(actor))

    def file(self, *contents: bytes) -> list[MailId]:
        """Archive and index messages."""
        filed = [self._record(content) for content in contents]
        events = [Sighted(NOW, "section9", one.mail, one.sightings[0]) for one in filed]
        head = self.ledger.append(Book.MAIL, events)
        self.index.put(filed, segment=head.number)
        return [one.mail for one in filed]

    def _record(self, content: bytes) -> Record:
        parsed = parse(content)
        found = mail_id(parsed)
        copy = Sighting(SightingId(found), self.blobs.put(content), Source.FILE, NOW)
        return Record(found, parsed.date, parsed, (copy,))


@contextmanager
def review_house(
    folder: Path, *, mails: int = 5, index: Index | None = None
) -> Iterator[ReviewHouse]:
    """A case of `FIRST` in which `SECOND` reviews too, over so many messages and one outside it."""
    store = FolderStore(folder / "archive")
    ledger = Ledger(store)
    application = Application(
        Purpose.WRONGFUL_ACT,
        "HR referral 17",
        HEAD,
        FIRST,
        Scope((PERSON,), date(2026, 9, 1), date(2026, 12, 31)),
        NOW + timedelta(days=7),
    )
    case = Casebook(ledger, actor=FIRST, clock=lambda: NOW).open(application)
    with closing(index or open_sqlite(folder / "index.sqlite", mode="write")) as opened:
        house = ReviewHouse(ledger, Blobs(store), opened, case)
        house.casebook(HEAD).admit(case.id, SECOND, reason="two pairs of eyes")
        house.mails = house.file(*(mail(number) for number in range(mails)))
        yield house
