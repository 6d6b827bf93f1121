"""The audit log and the weekly digest: every act, no content, nothing about the reader."""

import tracemalloc
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from running import House, made

from archive.access_events import LogRead, Refused, Searched, Viewed
from archive.books import Book, Head
from archive.case_events import CaseClosed, CaseExtended, CaseOpened, HoldPlaced, Requested
from archive.case_words import Act, Case, Hold, Purpose, Scope
from archive.events import Event
from archive.ledger import Ledger
from archive.segment import ZEROS, Segment
from archive.store import FolderStore
from cases.digest import Digest, InVain, digest, last_week, week_of
from cases.oversight import Entry, Wanted, affairs, chosen, entries, facts, words
from section9 import BlobId, CaseId, HoldId, MailId, RequestId

MONDAY = datetime(2026, 11, 16, 9, 0, tzinfo=UTC)
HEAD = Head(Book.MAIL, 1, ZEROS)
MAIL = MailId("3f2a" * 16)
PERSON, OTHER = "j.doe@school.example", "a.n@school.example"
TYPED = "quagga"


def case(number: int, person: str, *, expires: datetime = MONDAY + timedelta(days=30)) -> Case:
    return Case(
        *(CaseId(f"C-{number:04d}"), Purpose.WRONGFUL_ACT, TYPED, "h.ead", "i.nspector"),
        Scope((person,), date(2026, 1, 1), date(2026, 12, 31)),
        *(MONDAY, expires),
        opened_by="h.ead",
    )


def searched(case_: str = "C-0001", *, at: datetime = MONDAY) -> Searched:
    found = (MAIL,)
    return Searched(
        at, "i.nspector", CaseId(case_), TYPED, TYPED, "sqlite", HEAD, 7, 0, found, withheld=2
    )


FIRST, SECOND = case(1, PERSON), case(2, OTHER, expires=MONDAY + timedelta(days=2))
CASES: tuple[Event, ...] = (
    CaseOpened(MONDAY, "h.ead", FIRST),
    CaseOpened(MONDAY, "h.ead", SECOND),
    HoldPlaced(MONDAY, "i.nspector", Hold(HoldId("H-0001"), FIRST.id, TYPED, (PERSON,))),
    Requested(
        *(MONDAY, "i.nspector", RequestId("R-0001"), Act.RELEASE_HOLD, ("H-0001",), FIRST.id),
        *((PERSON,), TYPED, MONDAY),
    ),
    CaseExtended(MONDAY, "h.ead", FIRST.id, "h.ead", TYPED, MONDAY),
    CaseClosed(MONDAY + timedelta(days=8), "h.ead", FIRST.id, TYPED),
)
ACCESS: tuple[Event, ...] = (
    searched(),
    Viewed(MONDAY, "i.nspector", FIRST.id, MAIL, BlobId("2b" * 32), "text", TYPED),
    Refused(MONDAY, "i.nspector", "c-0002", "search", "CaseExpiredError"),
    Refused(MONDAY, "i.nspector", "c-0002", "show", "CaseExpiredError", TYPED),
    Refused(MONDAY, "eve", TYPED, "search", "CaseUnknownError"),
    searched(at=MONDAY + timedelta(days=7)),
)


def segments(book: Book, events: tuple[Event, ...]) -> Iterator[Segment]:
    for number, event in enumerate(events, 1):
        yield Segment(book, number, ZEROS, ZEROS, (event,))


def log(wanted: Wanted, *, reader: str = "") -> list[tuple[str, str, int]]:
    """Kind, book and segment of the entries that fit."""
    found = entries([segments(Book.CASES, CASES), segments(Book.ACCESS, ACCESS)])
    fits = chosen(found, wanted, affairs(CASES), reader=frozenset({reader}))
    return [(one.event.kind, one.book.value, one.segment) for one in fits]


@pytest.mark.parametrize(
    ("wanted", "expected"),
    [
        (Wanted(by=frozenset({"eve"})), [("refused", 5)]),
        (Wanted(kinds=frozenset({"viewed"})), [("viewed", 2)]),
        (Wanted(mail="3f2a3f"), [("searched", 1), ("viewed", 2), ("searched", 6)]),
        (Wanted(case="c-0002"), [("case-opened", 2), ("refused", 3), ("refused", 4)]),
        (Wanted(since=date(2026, 11, 23)), [("searched", 6), ("case-closed", 6)]),
        (Wanted(until=date(2026, 11, 15)), []),
        (Wanted(by=frozenset({"eve"}), case="C-0001"), []),
    ],
)
def test_a_log_holds_what_fits_all_that_is_asked(
    wanted: Wanted, expected: list[tuple[str, int]]
) -> None:
    """By whom, of which kind, in which case, on which message, from when to when."""
    assert expected == [(kind, number) for kind, _, number in log(wanted)]


def test_a_case_has_its_requests_and_holds_too() -> None:
    """What belongs to a case is found by it, whatever names it."""
    kinds = {kind for kind, _, _ in log(Wanted(case="C-0001"))}

    assert {"hold-placed", "requested", "case-extended", "searched", "viewed"} <= kinds


def test_nobody_reads_of_what_concerns_them() -> None:
    """No entry of the case about the reader, its hold, its request, or a look in it."""
    all_, theirs = log(Wanted()), log(Wanted(), reader=PERSON)

    assert set(all_) - set(theirs) == set(log(Wanted(case="C-0001")))
    assert len(all_) == 12


def test_books_are_merged_by_time_either_way() -> None:
    """Within a book the order is the ledger's, whatever the clock said."""
    found = list(entries([segments(Book.CASES, CASES), segments(Book.ACCESS, ACCESS)]))
    both = (segments(Book.CASES, CASES), segments(Book.ACCESS, ACCESS))
    back = [reversed(list(one)) for one in both]
    latest = list(entries(back, newest_first=True))

    assert found == sorted(found, key=lambda one: one.event.at)
    assert latest == sorted(latest, key=lambda one: one.event.at, reverse=True)
    assert len(found) == len(latest) == 12


def test_no_entry_holds_a_word_that_anybody_typed() -> None:
    """Queries, reasons, and what was typed for an id are words; they are told on request alone."""
    about = affairs(CASES)

    told = [(facts(event), about.case_of(event)) for event in CASES + ACCESS]

    assert TYPED not in str(told)
    assert PERSON not in str(told)
    assert {(TYPED,), ()} == {words(event) for event in CASES + ACCESS}
    assert (7, 1, 2) == tuple(facts(searched())[name] for name in ("total", "shown", "withheld"))


def test_memory_is_flat_however_long_the_log() -> None:
    """Entries are streamed: a segment of each book at a time."""

    def long(book: Book) -> Iterator[Segment]:
        for number in range(1, 30_001):
            yield Segment(book, number, ZEROS, ZEROS, (searched(),))

    wanted, about = Wanted(by=frozenset({"i.nspector"})), affairs(())
    tracemalloc.start()
    found = entries([long(Book.CASES), long(Book.ACCESS)])
    count = sum(1 for _ in chosen(found, wanted, about, reader=frozenset()))
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert 60_000 == count
    assert peak < 1 << 20


def counted(*, reader: str = "") -> Digest:
    closed = replace(FIRST, closed=MONDAY + timedelta(days=8))
    return digest(
        *(week_of(date(2026, 11, 18)), CASES + ACCESS, (closed, SECOND), affairs(CASES)),
        reader=frozenset({reader}),
    )


def test_a_digest_counts_a_week() -> None:
    """From Monday to Sunday; what came before or after is another week's."""
    week = counted()

    assert (("C-0001", "C-0002"), ("C-0001",), (), ("C-0002",)) == (
        *(week.opened, week.extended, week.closed, week.expired),
    )
    assert (1, 0, 7) == (week.live, week.unattested, week.found)
    assert (("text", 1),) == week.views
    assert (("CaseExpiredError", 2), ("CaseUnknownError", 1)) == week.refusals
    assert (InVain("i.nspector", "C-0002", 2),) == week.in_vain
    assert ["eve", "h.ead", "i.nspector"] == [one.account for one in week.deeds]
    assert {"searched": 1, "viewed": 1, "hold-placed": 1}.items() <= dict(week.acts).items()


def test_a_digest_holds_no_content_and_nobody_in_scope() -> None:
    """Counts, cases, and the accounts of those who acted."""
    told = str(counted())

    assert not any(word in told for word in (TYPED, PERSON, OTHER, MAIL))


def test_a_digest_tells_nobody_that_they_are_investigated() -> None:
    """For whom a case concerns there is no such case."""
    week = counted(reader=PERSON)

    assert (("C-0002",), 0) == (week.opened, week.found)
    assert (("CaseExpiredError", 2), ("CaseUnknownError", 1)) == week.refusals


@pytest.mark.parametrize(
    ("now", "expected"),
    [
        (datetime(2026, 11, 23, 6, 30, tzinfo=UTC), date(2026, 11, 16)),
        (datetime(2026, 11, 22, 23, 59, tzinfo=UTC), date(2026, 11, 9)),
        (datetime(2027, 1, 4, 0, 0, tzinfo=UTC), date(2026, 12, 28)),
    ],
)
def test_the_digest_is_of_the_last_whole_week(now: datetime, expected: date) -> None:
    """Of the one that is over."""
    assert expected == last_week(now).first


# --- as it is used ----------------------------------------------------------------------------


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """A case by a search and a refusal; then roles, none of which is the investigator's."""
    folder = tmp_path_factory.mktemp("oversight")
    with made(folder / "house") as house:
        house.open_case(PERSON)
        house.run("search", TYPED, "--case", "C-0001")
        house.run("search", TYPED, "--case", "C-0009")
        yield house


def test_the_log_is_content_free_until_words_are_asked_for(house: House) -> None:
    """And each reading of it is on the ledger, with what was asked."""
    plain = house.must("audit", "log", "--act", "searched", "--json")
    typed = house.must("audit", "log", "--words", "--case", "C-0001")

    [line] = [house.read(one) for one in plain.splitlines()]
    read = [one for one in house.events(Book.ACCESS) if isinstance(one, LogRead)]
    assert TYPED.encode() not in plain
    assert TYPED.encode() in typed
    assert ("section9.audit/1", "C-0001", []) == (line["schema"], line["case"], line["words"])
    assert [("act=searched",), ("case=C-0001", "words=yes")] == [one.filters for one in read[:2]]


def test_newest_first_is_the_same_backwards(house: House) -> None:
    """Up to the entry of the second reading itself."""
    forth = house.must("audit", "log").splitlines()
    back = house.must("audit", "log", "--newest-first").splitlines()
    last = house.must("audit", "log", "--newest-first", "--limit", "1")

    assert forth == back[1:][::-1]
    assert 1 == len(last.splitlines())


def test_who_may_not_read_it_is_told_and_recorded(tmp_path: Path) -> None:
    """The technician operates, and oversees nobody."""
    technician = '[roles]\n"t.ech" = { roles = ["technician"] }'
    with made(tmp_path / "house") as fresh:
        file = fresh.home / "section9.toml"
        file.write_text(file.read_text().replace("[roles]", technician))
        denied = fresh.run("audit", "log", SUDO_USER="t.ech")
        digest_ = fresh.run("audit", "digest", SUDO_USER="t.ech")

        refused = [one for one in fresh.events(Book.ACCESS) if isinstance(one, Refused)]

    assert (10, 10) == (denied.returncode, digest_.returncode)
    assert [("t.ech", "audit log"), ("t.ech", "audit digest")] == [
        (one.by, one.act.rsplit(" 20", 1)[0]) for one in refused
    ]


def test_a_digest_is_printed_and_counted(house: House) -> None:
    """As text for people, as an object for programs."""
    today = datetime.now(UTC).date().isoformat()

    text = house.must("audit", "digest", "--week", today).decode()
    line = house.json("audit", "digest", "--week", today)

    assert "opened: 1 (C-0001), 1 of them by one account alone" in text
    assert ("section9.digest/1", ["C-0001"], 1) == (
        *(line["schema"], line["opened"], line["acts"]["searched"]),
    )
    assert {"CaseUnknownError": 1} == line["refusals"]


def test_a_ledger_is_read_backwards_only_while_it_is_whole(tmp_path: Path) -> None:
    """Each segment is checked against the one after it."""
    ledger = Ledger(FolderStore(tmp_path / "archive"))
    for number in range(3):
        ledger.append(Book.ACCESS, [Refused(MONDAY, "eve", f"C-{number:04d}", "search", "E")])

    found = [this.number for this in ledger.backwards(Book.ACCESS)]

    assert [3, 2, 1] == found


def test_an_entry_says_where_it_stands() -> None:
    """Book, segment and line of the file: `sed -n 2p` finds it."""
    [entry] = entries([segments(Book.ACCESS, (searched(),))])

    assert Entry(Book.ACCESS, 1, 2, searched()) == entry
