"""Two people: nobody does alone what takes two, and an approval is for one deed, for a time."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from archive.books import Book
from archive.case_events import RequestUsed
from archive.case_words import Act, Purpose, Scope
from archive.ledger import Ledger
from archive.store import FolderStore
from cases.applications import Application
from cases.approvals import (
    ApprovalMissingError,
    ApprovalRefusedError,
    Asked,
    Terms,
    check_approver,
    granted,
)
from cases.casebook import Casebook
from cases.desk import Desk
from cases.roles import Account, AccountRole, Accounts, RoleMissingError
from section9 import RequestId

NOW = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)
DAY = timedelta(days=1)
RELEASE = Asked(Act.RELEASE_HOLD, ("H-0001",), "the appeal is over", concerns=("p.upil@s.example",))
ACCOUNTS = Accounts(
    (
        Account("i.nspector", frozenset({AccountRole.INVESTIGATOR})),
        Account("o.fficer", frozenset({AccountRole.DPO}), frozenset({"dpo@s.example"})),
        Account("h.ead", frozenset({AccountRole.AUTHORISER}), frozenset({"head@s.example"})),
        Account("t.ech", frozenset({AccountRole.TECHNICIAN})),
    ),
    domains=("s.example",),
)
OpenDesk = Callable[..., Desk]


@pytest.fixture
def desk(tmp_path: Path) -> OpenDesk:
    """A way to come to the desk as somebody, some days later."""
    ledger = Ledger(FolderStore(tmp_path / "archive"))
    terms = {Act.RELEASE_HOLD: Terms(cooling_off=7 * DAY, valid=10 * DAY)}

    def come(actor: str, *, days: int = 0) -> Desk:
        return Desk(ledger, actor, lambda: NOW + days * DAY, ACCOUNTS, terms)

    return come


def test_an_approval_is_used_after_it_cooled_off_and_before_it_lapses(desk: OpenDesk) -> None:
    """Asked, approved by another, cooled off: then, and for a time, it may be done."""
    desk("i.nspector").ask(RELEASE)
    approved = desk("o.fficer").approve("r-0001")
    requests = desk("i.nspector").requests()

    assert "cooling" == approved.state(NOW)
    for days in (0, 6, 17, 400):
        with pytest.raises(ApprovalMissingError):
            granted(requests, Act.RELEASE_HOLD, ["H-0001"], NOW + days * DAY)
    for days in (7, 16):
        found = granted(requests, Act.RELEASE_HOLD, ["H-0001"], NOW + days * DAY)
        assert approved == found


def test_what_is_missing_is_said(desk: OpenDesk) -> None:
    """The message names the next step: to ask, to have it approved, or to wait."""
    said = []
    for step in (lambda: None, lambda: desk("i.nspector").ask(RELEASE)):
        step()
        with pytest.raises(ApprovalMissingError) as caught:
            granted(desk("i.nspector").requests(), Act.RELEASE_HOLD, ["H-0001"], NOW)
        said.append(str(caught.value))
    desk("h.ead").approve("R-0001")
    with pytest.raises(ApprovalMissingError) as caught:
        granted(desk("i.nspector").requests(), Act.RELEASE_HOLD, ["H-0001"], NOW)

    assert "nobody has asked" in said[0]
    assert "section9 approve R-0001" in said[1]
    assert "cools off until 2026-11-09" in str(caught.value)


def test_an_approval_is_for_one_deed_alone(desk: OpenDesk) -> None:
    """Another subject, more of them, another act or another case is not covered."""
    desk("i.nspector").ask(RELEASE)
    desk("h.ead").approve("R-0001")
    requests, then = desk("i.nspector").requests(), NOW + 8 * DAY

    with pytest.raises(ApprovalMissingError):
        granted(requests, Act.RELEASE_HOLD, ["H-0002"], then)
    with pytest.raises(ApprovalMissingError):
        granted(requests, Act.RELEASE_HOLD, ["H-0001", "H-0002"], then)
    with pytest.raises(ApprovalMissingError):
        granted(requests, Act.PURGE_EARLY, ["H-0001"], then)


def test_a_used_approval_is_used_up(desk: OpenDesk) -> None:
    """Once done, doing it again takes two people again."""
    desk("i.nspector").ask(RELEASE)
    desk("h.ead").approve("R-0001")
    then = NOW + 8 * DAY
    used = RequestUsed(then, "i.nspector", RequestId("R-0001"))
    desk("i.nspector").ledger.append(Book.CASES, (used,))

    with pytest.raises(ApprovalMissingError):
        granted(desk("i.nspector").requests(), Act.RELEASE_HOLD, ["H-0001"], then)
    with pytest.raises(ApprovalRefusedError, match="is used"):
        desk("o.fficer").approve("R-0001")

    assert "R-0002" == desk("i.nspector", days=8).ask(RELEASE).id


def test_whoever_asked_cannot_approve(desk: OpenDesk) -> None:
    """Two people are two accounts, whatever roles the one has."""
    desk("o.fficer").ask(RELEASE)

    with pytest.raises(ApprovalRefusedError, match="asked for R-0001"):
        desk("o.fficer").approve("R-0001")


@pytest.mark.parametrize("address", ["head@s.example", "HEAD@s.example", "h.ead@s.example"])
def test_whom_it_concerns_cannot_approve(desk: OpenDesk, address: str) -> None:
    """Nor learn of it. An account is also its name at the trust's domains."""
    asked = desk("i.nspector").ask(replace(RELEASE, concerns=(address,)))

    with pytest.raises(ApprovalRefusedError, match="no request"):
        desk("h.ead").approve("R-0001")
    with pytest.raises(ApprovalRefusedError, match="no request"):
        desk("h.ead").decline("R-0001", reason="no")
    with pytest.raises(ApprovalRefusedError, match=r"concerns h\.ead"):
        check_approver(asked, actor="h.ead", case=None, accounts=ACCOUNTS)


@pytest.mark.parametrize("actor", ["t.ech", "somebody", "root", ""])
def test_nobody_without_the_role_approves(desk: OpenDesk, actor: str) -> None:
    """Not the technician, and not an account that the settings do not name."""
    desk("i.nspector").ask(RELEASE)

    with pytest.raises(RoleMissingError):
        desk(actor).approve("R-0001")
    with pytest.raises(RoleMissingError):
        desk(actor).decline("R-0001", reason="no")


def test_the_cases_investigator_and_people_cannot_approve(desk: OpenDesk) -> None:
    """In a case, neither whoever works it nor whoever it is about is the second person."""
    officer = desk("o.fficer")
    dates = (date(2026, 9, 1), date(2026, 10, 31))
    scope = Scope(("head@s.example",), *dates)
    application = Application(
        Purpose.WRONGFUL_ACT, "HR 17", "c.hair", "o.fficer", scope, NOW + 30 * DAY
    )
    case = Casebook(officer.ledger, actor="c.hair", clock=lambda: NOW).open(application)
    desk("i.nspector").ask(Asked(Act.OPEN_PROTECTED, ("a" * 64,), "needed", case.id))

    with pytest.raises(ApprovalRefusedError, match="investigates case C-0001"):
        desk("o.fficer").approve("R-0001")
    with pytest.raises(ApprovalRefusedError, match="no request"):
        desk("h.ead").approve("R-0001")


def test_a_request_waits_only_so_long(desk: OpenDesk) -> None:
    """What nobody approved in time is asked again."""
    desk("i.nspector").ask(RELEASE)

    with pytest.raises(ApprovalRefusedError, match="is lapsed"):
        desk("h.ead", days=10).approve("R-0001")
    assert "R-0002" == desk("i.nspector", days=10).ask(RELEASE).id


def test_asking_twice_is_one_request(desk: OpenDesk) -> None:
    """Whatever the second reason: the same deed waits once."""
    first = desk("i.nspector").ask(RELEASE)

    assert first == desk("i.nspector").ask(replace(RELEASE, reason="please"))


def test_a_declined_request_opens_nothing(desk: OpenDesk) -> None:
    """Also one that was approved: the cooling-off time is for second thoughts."""
    desk("i.nspector").ask(RELEASE)
    desk("h.ead").approve("R-0001")
    declined = desk("o.fficer", days=3).decline("R-0001", reason="the parents object")

    assert "declined" == declined.state(NOW + 8 * DAY)
    with pytest.raises(ApprovalMissingError):
        granted(desk("h.ead").requests(), Act.RELEASE_HOLD, ["H-0001"], NOW + 8 * DAY)
    with pytest.raises(ApprovalRefusedError, match="is declined"):
        desk("h.ead", days=4).approve("R-0001")


def test_no_reason_no_request(desk: OpenDesk) -> None:
    """Whoever approves must know why."""
    with pytest.raises(ApprovalRefusedError, match="--reason"):
        desk("i.nspector").ask(replace(RELEASE, reason=" "))
