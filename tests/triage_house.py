"""A trust in which some messages are flagged, and four people who triage them."""

from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from engines import embedded

from archive.blobs import Blobs
from archive.books import Book
from archive.case_events import CaseOpened, RulesInForce
from archive.case_words import Case, Extent, Purpose, Scope
from archive.ledger import Ledger
from archive.store import FolderStore
from cases.casebook import Casebook
from cases.gate import Gate
from cases.roles import Account, AccountRole, Accounts
from cases.triage.desk import (
    Triage,
    programme,
)
from ingest.parse import parse
from search.index import Index
from section9 import (
    BlobId,
    CaseId,
    Category,
    Confidence,
    Finding,
    MailId,
    PartId,
    Record,
    RuleId,
    Sighting,
    SightingId,
    Source,
)

NOW = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)
DSL, DPO, HEAD, DEPUTY = "d.sl", "d.po", "h.ead", "d.eputy"
ACCOUNTS = Accounts(
    tuple(
        Account(name, frozenset({role}), frozenset({f"{name}@school.example"}))
        for name, role in (
            (DSL, AccountRole.DSL),
            (DPO, AccountRole.DPO),
            (HEAD, AccountRole.HEAD_TEACHER),
            (DEPUTY, AccountRole.INVESTIGATOR),
        )
    ),
    routing={AccountRole.HEAD_TEACHER: (DEPUTY,)},
)
MAIL = """\
Message-ID: <{number}@school.example>
Date: Tue, {number} Sep 2026 09:00:00 +0000
From: Jo Doe <{sender}>
To: {to}
Subject: about the trip

Dear all, the number is {number}99 123 4567 and you are a muppet. Yours, Jo
"""
NUMBER, WORD = "99 123 4567", "muppet"


def finding(record: Record, what: str, rule: str, category: Category, severity: int) -> Finding:
    start = record.parsed.parts[0].text.index(what)
    return Finding(
        *(RuleId(rule), severity, category, "4.5", PartId("1")),
        *(start, start + len(what), Confidence.HIGH, severity, "as the rule says"),
    )


@dataclass(frozen=True)
class House:
    """An archive in which some messages are flagged, and a programme for each who triages."""

    ledger: Ledger
    gate: Gate
    mails: dict[int, MailId]

    def desk(self, actor: str) -> Triage:
        """The desk of one of them."""
        gate = replace(self.gate, actor=actor, casebook=replace(self.gate.casebook, actor=actor))
        return Triage(gate, programme(gate))

    def listed(self, actor: str) -> list[tuple[int, int]]:
        """The number and the severity of what waits for somebody, in order."""
        numbers = {mail: number for number, mail in self.mails.items()}
        return [
            (numbers[one.item.mails[0]], one.item.severity)
            for one in self.desk(actor).queue.waiting()
        ]

    def file(self, record: Record) -> None:
        """Index a record, or more of it."""
        self.gate.index.put((record,), segment=None)


def record_of(
    number: int, *, sender: str = "j.doe@school.example", to: str = "a@home.example"
) -> Record:
    """A message with a number (5: act now), and a word that offends where its own is even."""
    parsed = parse(MAIL.format(number=number, sender=sender, to=to).encode())
    mail = MailId(f"{number:064x}"[::-1])
    seen = NOW - timedelta(days=10, hours=number)
    copy = Sighting(SightingId(mail), BlobId(mail), Source.FILE, seen)
    record = Record(mail, parsed.date, parsed, (copy,))
    found = [finding(record, NUMBER, "nhs-number", Category.PERSONAL_DATA, 2 + number % 3)]
    if number % 2 == 0:
        found.append(finding(record, WORD, "insult", Category.OFFENSIVE, 3))
    return replace(record, findings=tuple(found))


def opened(number: int, investigator: str) -> CaseOpened:
    scope = Scope((), date(2026, 9, 1), date(2026, 12, 31), domains=("school.example",))
    case = Case(
        CaseId(f"C-{number:04d}"),
        *(Purpose.LEGAL_OBLIGATION, "programme", "g.ov", investigator, scope, NOW),
        NOW + timedelta(30),
        extent=Extent.FLAGGED,
        dpia="DPIA-1",
        opened_by="g.ov",
    )
    return CaseOpened(NOW, "g.ov", case)


def kept(record: Record, blobs: Blobs) -> Record:
    """The record of a message whose bytes are archived."""
    blob = blobs.put(f"the bytes of {record.mail}".encode())
    return replace(record, sightings=(replace(record.sightings[0], blob=blob),))


@contextmanager
def triage_house(root: Path, *, engine: Callable[[Path], Index] = embedded) -> Iterator[House]:
    store = FolderStore(root / "archive")
    blobs, ledger = Blobs(store), Ledger(store)
    rules = RulesInForce(NOW - timedelta(days=20), "t.ech", "insult/1 nhs-number/1")
    cases = [opened(number, name) for number, name in enumerate((DSL, DPO, HEAD, DEPUTY), 1)]
    ledger.append(Book.CASES, [rules, *cases])
    records = [
        record_of(1),
        record_of(2),
        record_of(3, to="d.po@school.example"),
        record_of(4, to="h.ead@school.example"),
    ]
    with closing(engine(root)) as index:
        records = [kept(record, blobs) for record in records]
        index.put(records, segment=None)
        book = Casebook(ledger, DSL, lambda: NOW, ACCOUNTS)
        gate = Gate(book, ledger, index, blobs, DSL, lambda: NOW)
        yield House(ledger, gate, {n: record.mail for n, record in enumerate(records, 1)})
