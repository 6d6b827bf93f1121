"""Messages like one are found by people and words, the same on each engine, and on record."""

from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import elastic_indices
import pytest

from archive.access_events import Searched
from archive.blobs import Blobs
from archive.books import Book
from archive.case_words import Purpose, Scope
from archive.ledger import Ledger
from archive.store import FolderStore
from cases.applications import Application
from cases.casebook import Casebook
from cases.gate import Gate
from cases.gate_errors import MailNotInScopeError
from cases.grouping import grouped
from cases.similar import similar
from ingest.identity import mail_id
from ingest.parse import parse
from search.folding import Fold
from search.index import Index
from search.order import Order
from search.sqlite import open_sqlite
from section9 import MailId, Record, Sighting, SightingId, Source

NOW = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)
JANE, BOSS, MUM = "j.doe@school.example", "a.head@school.example", "mum@home.example"
MAILS = {
    # name: from, to, day of September, text
    "coach": (JANE, MUM, 2, "The coach for the museum leaves the north gate with the orchestra"),
    "reply": (MUM, JANE, 3, "Is the orchestra coach full, or may my sister see the museum?"),
    "boss": (JANE, BOSS, 4, "The museum wants a deposit for the orchestra before Friday"),
    "lunch": (JANE, MUM, 5, "Lunches are to be paid by card from Monday"),
    "rota": (BOSS, JANE, 6, "The rota for the playground has changed again"),
    "secret": (BOSS, MUM, 7, "The coach for the museum leaves the north gate with the orchestra"),
}
ENGINES: dict[str, Callable[[Path], Index]] = {
    "sqlite": lambda folder: open_sqlite(folder / "index.sqlite", mode="write"),
    "elasticsearch": lambda _: elastic_indices.empty(),
}


def content(name: str) -> bytes:
    author, to, day, text = MAILS[name]
    return (
        f"Message-ID: <{name}@school.example>\nDate: {day} Sep 2026 09:00:00 +0000\n"
        f"From: {author}\nTo: {to}\nSubject: {name}\n\n{text}\n"
    ).encode()


NAMES = {mail_id(parse(content(name))): name for name in MAILS}
IDS = {name: mail for mail, name in NAMES.items()}


def record(name: str, blobs: Blobs) -> Record:
    parsed = parse(content(name))
    mail = mail_id(parsed)
    copy = Sighting(SightingId(mail), blobs.put(content(name)), Source.FILE, NOW)
    return Record(mail, parsed.date, parsed, (copy,))


@pytest.fixture(params=ENGINES)
def gate(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Gate]:
    """A case on Jane's mail, over each engine: of one message she had no part in."""
    store = FolderStore(tmp_path / "archive")
    blobs, ledger = Blobs(store), Ledger(store)
    casebook = Casebook(ledger, actor="i.nspector", clock=lambda: NOW)
    scope = Scope((JANE,), date(2026, 9, 1), date(2026, 9, 30))
    expires = NOW + timedelta(days=7)
    casebook.open(Application(Purpose.WRONGFUL_ACT, "HR 17", "h.ead", "i.nspector", scope, expires))
    with closing(ENGINES[request.param](tmp_path)) as index:
        index.put([record(name, blobs) for name in MAILS], segment=None)
        yield Gate(casebook, ledger, index, blobs, "i.nspector", lambda: NOW)


def test_the_likest_come_first_and_nothing_outside_the_scope(gate: Gate) -> None:
    """Same people and same words before same words, and what shares only Jane not at all."""
    answer = similar(gate, "C-0001", IDS["coach"][:12], limit=10)

    assert ["reply", "boss"] == [NAMES[hit.mail] for hit in answer.page.hits][:2]
    assert not {"coach", "rota", "secret"} & {NAMES[hit.mail] for hit in answer.page.hits}


def test_the_look_is_recorded(gate: Gate) -> None:
    """Whose likeness was asked for, and what was shown of it."""
    answer = similar(gate, "C-0001", IDS["coach"], limit=1)

    *_, looked = gate.ledger.events(Book.ACCESS)
    assert isinstance(looked, Searched)
    assert (f"similar {IDS['coach']}", (IDS["reply"],)) == (looked.query, looked.shown)
    assert answer.page.hits[0].mail == IDS["reply"]


def test_nothing_is_like_what_is_out_of_scope(gate: Gate) -> None:
    """The case opens no such message, so nothing can be learnt of it by its like."""
    with pytest.raises(MailNotInScopeError):
        similar(gate, "C-0001", IDS["secret"], limit=10)


def test_folding_sees_the_scope_and_is_recorded(gate: Gate) -> None:
    """The twin that lies outside the scope stands for nothing."""
    found = grouped(gate, "C-0001", "orchestra", by=Fold.NEAR, limit=10, order=Order.OLDEST)

    *_, looked = gate.ledger.events(Book.ACCESS)
    shown: list[MailId] = [hit.mail for hit in found.answer.page.hits]
    assert ["coach", "reply", "boss"] == [NAMES[mail] for mail in shown]
    assert isinstance(looked, Searched)
    assert (tuple(shown), 3) == (looked.shown, found.compared)
