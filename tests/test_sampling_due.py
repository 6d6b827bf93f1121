"""Samples that are drawn by themselves: which months are due, where, and by a timer."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from running import House, made
from test_sampling import mail, sample_of
from triage_house import opened

from archive.books import Book
from archive.case_events import CaseOpened
from archive.case_words import Case, Scope
from archive.ledger import Ledger
from archive.sampling_events import SampleDrawn
from archive.store import FolderStore
from cases.roles import Account, AccountRole, Accounts
from cases.sampling import Key, Month, Sample
from cases.sampling_due import due
from section9 import CaseId

NOW = datetime(2027, 1, 10, 9, 0, tzinfo=UTC)
SCOPE = Scope((), date(2026, 9, 1), date(2027, 7, 31), domains=("school.example",))
ANYBODY = Accounts()


def programme(number: int, *, began: datetime, scope: Scope = SCOPE) -> Case:
    """A standing programme, open until 2099."""
    case = opened(number, "d.sl").case
    return replace(case, scope=scope, opened=began, expires=datetime(2099, 1, 1, tzinfo=UTC))


def drawn(case: str, month: str) -> tuple[Key, Sample]:
    """A sample of a month."""
    sample = sample_of(10, 0, 0)
    return (CaseId(case), month), replace(sample, drawn=replace(sample.drawn, month=month))


def names(cases: list[Case], *samples: tuple[Key, Sample], roles: Accounts = ANYBODY) -> list[str]:
    return [f"{one.case.id} {one.month.name}" for one in due(cases, dict(samples), roles, NOW)]


def test_every_month_that_ended_since_the_programme_began_is_due() -> None:
    """Missed ones too; not those before it, nor the one that lasts."""
    case = programme(1, began=datetime(2026, 10, 5, tzinfo=UTC))

    assert ["C-0001 2026-10", "C-0001 2026-11", "C-0001 2026-12"] == names([case])
    assert ["C-0001 2026-11"] == names(
        [case], drawn("C-0001", "2026-10"), drawn("C-0001", "2026-12")
    )


def test_one_sample_a_month_is_enough() -> None:
    """Where the last was drawn; else in the programme that was opened first."""
    first, second = (programme(n, began=datetime(2026, 12, n, tzinfo=UTC)) for n in (1, 2))

    assert ["C-0001 2026-12"] == names([second, first])
    assert ["C-0002 2026-12"] == names([first, second], drawn("C-0002", "2026-11"))
    assert [] == names([first, second], drawn("C-0009", "2026-12"))


def test_nothing_is_due_where_nobody_could_read_it() -> None:
    """The programme is closed or of a few people, or its investigator has the role no more."""
    case = programme(1, began=datetime(2026, 12, 1, tzinfo=UTC))
    few = replace(SCOPE, domains=(), people=("j.doe@school.example",))
    short = replace(SCOPE, until=date(2026, 12, 30))
    roles = Accounts((Account("d.sl", frozenset({AccountRole.TECHNICIAN})),))

    assert [] == names([replace(case, closed=NOW)])
    assert [] == names([replace(case, scope=few), replace(case, scope=short)])
    assert [] == names([case], roles=roles)


def samples_of(house: House) -> str:
    lines = map(house.read, house.run("doctor", "--json").stdout.splitlines())
    return next(str(line["level"]) for line in lines if line["name"] == "samples")


def test_a_timer_draws_what_was_missed_and_no_more(tmp_path: Path) -> None:
    """`sample draw --due`: each month once, in the name of the service; `doctor` says so."""
    now = datetime.now(UTC)
    began = now - timedelta(days=70)
    scope = replace(SCOPE, since=date(began.year - 1, 1, 1), until=date(now.year + 1, 12, 31))
    (tmp_path / "1.eml").write_bytes(mail(1))
    with made(tmp_path / "house", TRUST__DOMAINS='["school.example"]') as house:
        house.must("ingest", tmp_path / "1.eml")
        ledger = Ledger(FolderStore(house.home / "archive"))
        case = programme(1, began=began, scope=scope)
        ledger.append(Book.CASES, (CaseOpened(now, "g.ov", case),))
        missed, late = house.json("status")["samples_due"], samples_of(house)

        first = house.must("sample", "draw", "--due", "--json").splitlines()
        again = house.must("sample", "draw", "--due", "--json")
        told, after = house.json("status"), samples_of(house)
        wrong = house.run("sample", "draw", "--due", "--month", "2026-10")
        made_by = {one.by for one in house.events(Book.CASES) if isinstance(one, SampleDrawn)}

    assert missed == [house.read(line)["month"] for line in first]
    assert (Month.before(now).name, b"") == (missed[-1], again)
    assert ("WARN", "OK", 2) == (late, after, wrong.returncode)
    assert (missed[-1], []) == (told["sample_month"], told["samples_due"])
    assert "d.sl" not in made_by
