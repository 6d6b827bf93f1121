"""Cases: who may read whose mail, why, and until when."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from threading import Thread

import pytest

from archive.books import Book
from archive.case_events import CaseOpened
from archive.case_words import Case, Purpose, Scope
from archive.ledger import Ledger
from archive.store import FolderStore
from cases.applications import Application, CaseRefusedError
from cases.authority import (
    Authority,
    CaseClosedError,
    CaseExpiredError,
    CaseUnknownError,
    NotInvestigatorError,
    grant,
)
from cases.casebook import Casebook

NOW = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)
WEEK = timedelta(days=7)
SCOPE = Scope(("j.doe@school.example",), date(2026, 9, 1), date(2026, 10, 31))
APPLICATION = Application(
    purpose=Purpose.WRONGFUL_ACT,
    reason="HR referral 17",
    authoriser="h.ead",
    investigator="i.nspector",
    scope=SCOPE,
    expires=NOW + WEEK,
)


@pytest.fixture
def open_book(tmp_path: Path) -> Callable[[], Casebook]:
    """A way to open the casebook as one more process would."""
    store = FolderStore(tmp_path / "archive")
    return lambda: Casebook(Ledger(store), actor="i.nspector", clock=lambda: NOW)


@pytest.fixture
def casebook(open_book: Callable[[], Casebook]) -> Casebook:
    return open_book()


def test_a_case_is_on_the_ledger_and_nowhere_else(open_book: Callable[[], Casebook]) -> None:
    """Whoever opens the archive next finds the case as it was opened, by folding the book."""
    opened = open_book().open(APPLICATION)

    found = open_book()

    assert {opened.id: opened} == found.cases()
    assert [CaseOpened(NOW, "i.nspector", opened)] == list(found.ledger.events(Book.CASES))


@pytest.mark.parametrize(
    "wrong",
    [
        replace(APPLICATION, authoriser="i.nspector"),
        replace(APPLICATION, authoriser=" "),
        replace(APPLICATION, reason=" "),
        replace(APPLICATION, scope=replace(SCOPE, people=())),
        replace(APPLICATION, scope=replace(SCOPE, people=("everybody",))),
        replace(APPLICATION, scope=replace(SCOPE, until=date(2026, 8, 31))),
        replace(APPLICATION, expires=NOW),
    ],
    ids=["self-authorised", "no-authoriser", "no-reason", "nobody", "no-address", "dates", "end"],
)
def test_an_application_that_lacks_what_the_policy_asks_is_refused(
    casebook: Casebook, wrong: Application
) -> None:
    """Clause 9.2 and 9.3: a purpose, two people, a reason, a scope and an end; else nothing."""
    with pytest.raises(CaseRefusedError):
        casebook.open(wrong)

    assert casebook.cases() == {}


def test_cases_opened_at_the_same_moment_are_two_cases(
    open_book: Callable[[], Casebook],
) -> None:
    """Nobody's case is lost or overwritten when many are opened at once."""
    threads = [Thread(target=open_book().open, args=(APPLICATION,)) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert [f"C-{number:04d}" for number in range(1, 9)] == sorted(open_book().cases())


def test_an_extension_moves_the_end_and_needs_an_authoriser(casebook: Casebook) -> None:
    """The investigator cannot extend their own case."""
    case = casebook.open(APPLICATION)
    later = NOW + 4 * WEEK

    with pytest.raises(CaseRefusedError):
        casebook.extend(case.id, authoriser="i.nspector", reason="more", expires=later)
    extended = casebook.extend(case.id, authoriser="h.ead", reason="hearing moved", expires=later)

    assert replace(case, expires=later) == extended


def test_a_closed_case_changes_no_more(casebook: Casebook) -> None:
    """What was closed stays closed; the way on is a new case."""
    case = casebook.open(APPLICATION)
    casebook.close(case.id, reason="no further action")

    with pytest.raises(CaseClosedError):
        casebook.extend(case.id, authoriser="h.ead", reason="again", expires=NOW + WEEK)
    with pytest.raises(CaseClosedError):
        casebook.close(case.id, reason="again")


def test_a_case_is_found_by_its_name_in_any_case(casebook: Casebook) -> None:
    """`c-0001` is understood; what does not exist is named as typed."""
    case = casebook.open(APPLICATION)

    assert case == casebook.case("c-0001")
    with pytest.raises(CaseUnknownError, match="C-9999"):
        casebook.case("C-9999")


def test_a_live_case_grants_its_investigator_its_scope(casebook: Casebook) -> None:
    """Authority is one case, one person, one scope."""
    case = casebook.open(APPLICATION)

    granted = grant(case, actor="i.nspector", now=NOW)

    assert Authority(case.id, "i.nspector", SCOPE) == granted


@pytest.mark.parametrize(
    ("change", "actor", "now", "error"),
    [
        ({}, "h.ead", NOW, NotInvestigatorError),
        ({}, "root", NOW, NotInvestigatorError),
        ({}, "i.nspector", NOW + WEEK, CaseExpiredError),
        ({"closed": NOW}, "i.nspector", NOW, CaseClosedError),
    ],
    ids=["authoriser", "technician", "expired", "closed"],
)
def test_nobody_else_and_no_dead_case_is_granted_anything(
    casebook: Casebook,
    change: dict[str, datetime],
    actor: str,
    now: datetime,
    error: type[Exception],
) -> None:
    """Not the authoriser, not the technician, not a minute too late."""
    case: Case = replace(casebook.open(APPLICATION), **change)  # type: ignore[arg-type]

    with pytest.raises(error):
        grant(case, actor=actor, now=now)
