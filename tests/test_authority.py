"""Authority takes two acts by two accounts; nobody decides about themselves; time does not go back.

docs/security.md names each attack and the test of it here.
"""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from running import House, made

from archive.access_events import Refused
from archive.books import Book
from archive.case_events import CaseClosed, CaseOpened, RightsChanged
from archive.case_words import Act, CaseKind, Extent, Purpose, Scope
from archive.ledger import Ledger
from archive.store import FolderStore
from cases.applications import Application, CaseRefusedError
from cases.approvals import ApprovalRefusedError, Asked
from cases.authority import (
    CaseAwaitsError,
    CaseClosedError,
    CaseExpiredError,
    CaseUnattestedError,
    CaseUnknownError,
    NotInvestigatorError,
    grant,
)
from cases.casebook import Casebook
from cases.clock import not_before
from cases.desk import Desk
from cases.holds import fold as fold_holds
from cases.holds import live
from cases.notices import NoticeRefusedError, Notices
from cases.rights import noted
from cases.roles import Account, AccountRole, Accounts, ConflictError, RoleMissingError

NOW = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)
WEEK = timedelta(days=7)
SCOPE = Scope(("j.doe@s.example",), date(2026, 9, 1), date(2026, 10, 31))
APPLICATION = Application(Purpose.WRONGFUL_ACT, "HR 17", "", "i.nspector", SCOPE, NOW + WEEK)
PROGRAMME = replace(
    APPLICATION,
    scope=replace(SCOPE, people=(), domains=("s.example",)),
    extent=Extent.FLAGGED,
    dpia="DPIA-1",
)
ACCOUNTS = Accounts(
    (
        Account("i.nspector", frozenset({AccountRole.INVESTIGATOR}), frozenset({"i@s.example"})),
        Account("k.nox", frozenset({AccountRole.INVESTIGATOR}), frozenset({"k@s.example"})),
        Account(
            "h.ead",
            frozenset({AccountRole.AUTHORISER, AccountRole.HEAD_TEACHER}),
            frozenset({"head@s.example"}),
        ),
        Account("d.eputy", frozenset({AccountRole.AUTHORISER}), frozenset({"dep@s.example"})),
        Account("c.hair", frozenset({AccountRole.AUDITOR}), frozenset({"chair@g.example"})),
        Account("t.ech", frozenset({AccountRole.TECHNICIAN})),
    ),
    routing={AccountRole.HEAD_TEACHER: ("c.hair",)},
)
OpenBook = Callable[[str], Casebook]


@pytest.fixture
def ledger(tmp_path: Path) -> Ledger:
    return Ledger(FolderStore(tmp_path / "archive"))


@pytest.fixture
def book(ledger: Ledger) -> OpenBook:
    """The casebook, as an account comes to it."""
    return lambda actor: Casebook(ledger, actor, lambda: NOW, ACCOUNTS)


def desk(ledger: Ledger, actor: str) -> Desk:
    return Desk(ledger, actor, lambda: NOW, ACCOUNTS)


def test_an_application_opens_nothing_until_an_authoriser_approves(
    ledger: Ledger, book: OpenBook
) -> None:
    """Both acts are on the ledger, each by its own account; the approver is the authoriser."""
    applied = book("i.nspector").open(APPLICATION)
    with pytest.raises(CaseAwaitsError, match="section9 approve R-0001"):
        grant(applied, actor="i.nspector", now=NOW, accounts=ACCOUNTS)

    desk(ledger, "h.ead").approve("R-0001")

    case = book("i.nspector").case("C-0001")
    granted = grant(case, actor="i.nspector", now=NOW, accounts=ACCOUNTS)
    assert ("C-0001", ("i@s.example",)) == (granted.case, granted.own)
    assert ("h.ead", True) == (case.authoriser, case.attested)
    assert ["i.nspector", "i.nspector", "h.ead", "h.ead"] == [
        event.by for event in ledger.events(Book.CASES)
    ]


def test_nobody_else_opens_an_application(ledger: Ledger, book: OpenBook) -> None:
    """Not the investigator, not another one, not the technician, not whoever has no role."""
    book("i.nspector").open(APPLICATION)

    for actor in ("i.nspector", "k.nox", "t.ech", "nobody", ""):
        with pytest.raises((ApprovalRefusedError, RoleMissingError)):
            desk(ledger, actor).approve("R-0001")
    assert book("h.ead").case("C-0001").awaiting


def test_an_authoriser_opens_a_case_for_an_investigator(book: OpenBook) -> None:
    """One act of theirs is the authorisation; who investigates has to be one who may."""
    case = book("h.ead").open(APPLICATION)

    assert ("h.ead", "i.nspector", True) == (case.authoriser, case.investigator, case.attested)
    assert grant(case, actor="i.nspector", now=NOW, accounts=ACCOUNTS)
    with pytest.raises(NotInvestigatorError):
        grant(case, actor="k.nox", now=NOW, accounts=ACCOUNTS)
    with pytest.raises(RoleMissingError):
        book("h.ead").open(replace(APPLICATION, investigator="t.ech"))
    with pytest.raises(CaseRefusedError):
        book("h.ead").open(replace(APPLICATION, authoriser="d.eputy"))


@pytest.mark.parametrize("actor", ["t.ech", "k.nox", "c.hair", "nobody", ""])
def test_nobody_opens_a_case_for_somebody_else_without_the_role(book: OpenBook, actor: str) -> None:
    """Whatever authoriser they name."""
    with pytest.raises(RoleMissingError):
        book(actor).open(replace(APPLICATION, authoriser="h.ead"))


def test_a_case_from_before_the_roles_opens_nothing_after(ledger: Ledger) -> None:
    """Named is not authorised: as soon as roles are configured, only acts count."""
    alone = Casebook(ledger, "i.nspector", lambda: NOW)

    case = alone.open(replace(APPLICATION, authoriser="h.ead"))

    assert not case.attested
    assert grant(case, actor="i.nspector", now=NOW)
    with pytest.raises(CaseUnattestedError):
        grant(case, actor="i.nspector", now=NOW, accounts=ACCOUNTS)


@pytest.mark.parametrize("address", ["i@s.example", "I@S.example"])
def test_nobody_investigates_themselves(book: OpenBook, address: str) -> None:
    """An investigator whose own mailbox or address is in scope is refused, whoever opens it."""
    for scope in (replace(SCOPE, people=(address,)), replace(SCOPE, mailboxes=(address,))):
        with pytest.raises(CaseRefusedError, match="concerns i"):
            book("i.nspector").open(replace(APPLICATION, scope=scope))
        with pytest.raises(CaseRefusedError, match="concerns i"):
            book("h.ead").open(replace(APPLICATION, scope=scope))


def test_an_investigator_who_turns_out_concerned_reads_nothing(book: OpenBook) -> None:
    """Also when the settings learn of an address after the case was opened."""
    case = book("h.ead").open(APPLICATION)
    learnt = replace(
        ACCOUNTS,
        known=(
            Account("i.nspector", frozenset({AccountRole.INVESTIGATOR}), frozenset(SCOPE.people)),
        ),
    )

    with pytest.raises(ConflictError):
        grant(case, actor="i.nspector", now=NOW, accounts=learnt)


def test_a_case_about_a_head_goes_to_the_configured_alternative(
    ledger: Ledger, book: OpenBook
) -> None:
    """Neither the head nor another authoriser opens it; whom [routing] names does."""
    about = replace(APPLICATION, scope=replace(SCOPE, people=("head@s.example",)))
    book("i.nspector").open(about)

    for actor in ("h.ead", "d.eputy"):
        with pytest.raises((ApprovalRefusedError, ConflictError)):
            desk(ledger, actor).approve("R-0001")
        with pytest.raises((CaseRefusedError, ConflictError)):
            book(actor).open(about)
    desk(ledger, "c.hair").approve("R-0001")

    assert book("i.nspector").case("C-0001").attested


def test_a_declined_application_is_closed(ledger: Ledger, book: OpenBook) -> None:
    """It opens nothing, now or later."""
    book("i.nspector").open(APPLICATION)
    desk(ledger, "h.ead").decline("R-0001", reason="too wide")

    case = book("i.nspector").case("C-0001")

    with pytest.raises(CaseClosedError):
        grant(case, actor="i.nspector", now=NOW, accounts=ACCOUNTS)
    with pytest.raises(ApprovalRefusedError):
        desk(ledger, "d.eputy").approve("R-0001")


def test_more_time_is_applied_for_as_a_case_is(ledger: Ledger, book: OpenBook) -> None:
    """The end moves when somebody else approves, and not before."""
    book("h.ead").open(APPLICATION)
    later = NOW + 4 * WEEK

    before = book("i.nspector").extend("C-0001", authoriser="", reason="hearing", expires=later)
    desk(ledger, "d.eputy").approve("R-0001")
    after = book("i.nspector").case("C-0001")
    by_authoriser = book("h.ead").extend(
        "C-0001", authoriser="", reason="again", expires=later + WEEK
    )

    assert NOW + WEEK == before.expires
    assert later == after.expires
    assert later + WEEK == by_authoriser.expires
    with pytest.raises(RoleMissingError):
        book("k.nox").extend("C-0001", authoriser="h.ead", reason="more", expires=later)


def test_mail_that_somebody_asks_for_by_law_is_held_from_the_application(
    ledger: Ledger, book: OpenBook
) -> None:
    """FOIA section 77: what was asked for is not destroyed while an authoriser thinks about it."""
    book("i.nspector").open(replace(APPLICATION, kind=CaseKind.FREEDOM_OF_INFORMATION))

    [hold] = live(fold_holds(ledger.events(Book.CASES)))

    assert ("C-0001", f"participant:{SCOPE.people[0]}") == (hold.case, hold.query)


@pytest.mark.parametrize("actor", ["t.ech", "nobody", ""])
def test_nobody_without_a_role_asks_for_what_takes_two(ledger: Ledger, actor: str) -> None:
    """Requests are not a way to make work, or noise, for those who approve."""
    with pytest.raises(RoleMissingError):
        desk(ledger, actor).ask(Asked(Act.RELEASE_HOLD, ("H-0001",), "please"))


@pytest.mark.parametrize(
    "wrong",
    [
        replace(PROGRAMME, dpia=" "),
        replace(PROGRAMME, scope=replace(PROGRAMME.scope, until=date(2028, 1, 1))),
        replace(PROGRAMME, scope=replace(PROGRAMME.scope, domains=())),
        replace(PROGRAMME, extent=Extent.CONTENT),
        replace(PROGRAMME, extent=Extent.METADATA),
    ],
    ids=["no-dpia", "two-years", "nobody", "everybody's-content", "everybody's-metadata"],
)
def test_the_programme_is_bounded(book: OpenBook, wrong: Application) -> None:
    """A year, an impact assessment, and flagged messages only: else nobody covers everybody."""
    with pytest.raises(CaseRefusedError):
        book("h.ead").open(wrong)

    assert Extent.FLAGGED == book("h.ead").open(PROGRAMME).extent


def test_nobody_is_shown_a_case_about_themselves(ledger: Ledger, book: OpenBook) -> None:
    """Nor somebody else's, without a role that oversees; the refusal does not tell it exists."""
    book("i.nspector").open(replace(APPLICATION, scope=replace(SCOPE, people=("head@s.example",))))

    told = {actor: len(book(actor).visible()) for actor in ("i.nspector", "k.nox", "h.ead")}
    asked = {actor: len(desk(ledger, actor).visible()) for actor in ("i.nspector", "h.ead")}

    assert {"i.nspector": 1, "k.nox": 0, "h.ead": 0} == told
    assert {"i.nspector": 1, "h.ead": 0} == asked
    with pytest.raises(CaseUnknownError):
        book("h.ead").seen("C-0001")


def test_a_clock_that_is_set_back_opens_no_expired_case(ledger: Ledger, book: OpenBook) -> None:
    """The ledger's last moment is the earliest that it can be."""
    case = book("h.ead").open(APPLICATION)
    after = NOW + 2 * WEEK
    ledger.append(Book.ACCESS, (Refused(after, "k.nox", "C-0001", "search", "CaseExpiredError"),))

    now = not_before(ledger, lambda: NOW)()
    on = not_before(ledger, lambda: after + WEEK)()

    assert (after, after + WEEK) == (now, on)
    with pytest.raises(CaseExpiredError):
        grant(case, actor="i.nspector", now=now, accounts=ACCOUNTS)


def test_an_empty_ledger_has_no_floor(ledger: Ledger) -> None:
    """The first act of a new archive happens at the computer's time."""
    assert NOW == not_before(ledger, lambda: NOW)()


def test_closing_takes_a_role(book: OpenBook) -> None:
    """The technician cannot end an investigation."""
    book("h.ead").open(APPLICATION)

    with pytest.raises(RoleMissingError):
        book("t.ech").close("C-0001", reason="no")
    closed = book("i.nspector").close("C-0001", reason="done")

    assert NOW == closed.closed


def test_a_case_cites_the_notice_its_people_had_been_given(ledger: Ledger, book: OpenBook) -> None:
    """The version in force on the first day in scope, and those given within it."""
    notices = Notices(ledger, "officer", lambda: NOW, Accounts())
    for version, given in (
        ("1", date(2024, 9, 1)),
        ("2", date(2026, 8, 31)),
        ("3", date(2026, 10, 1)),
        ("4", date(2026, 11, 1)),
    ):
        notices.add(f"We monitor. {version}", version=version, given=given)

    assert ("2", "3") == book("h.ead").open(APPLICATION).notices
    assert ["1", "2", "3", "4"] == [notice.version for notice in notices.given()]


@pytest.mark.parametrize(
    ("text", "version", "given"),
    [
        (" ", "2", date(2026, 9, 1)),
        ("text", " ", date(2026, 9, 1)),
        ("text", "2", date(2026, 11, 3)),
        ("text", "1", date(2026, 9, 1)),
        ("x" * 200_001, "2", date(2026, 9, 1)),
    ],
    ids=["empty", "no-version", "not-yet", "again", "endless"],
)
def test_a_notice_that_was_not_given_is_not_recorded(
    ledger: Ledger, text: str, version: str, given: date
) -> None:
    """It has a text, a version of its own and a day that has come."""
    notices = Notices(ledger, "officer", lambda: NOW, Accounts())
    notices.add("We monitor.", version="1", given=date(2026, 1, 1))

    with pytest.raises(NoticeRefusedError):
        notices.add(text, version=version, given=given)
    assert 1 == len(notices.given())


def test_rights_do_not_change_unseen(ledger: Ledger) -> None:
    """What the settings say is on the ledger once for each change; who has a role is named."""
    none, some = Accounts(), ACCOUNTS
    for accounts, sha256 in ((none, "a"), (some, "b"), (some, "b"), (some, "c"), (some, "b")):
        noted(ledger, accounts, sha256=sha256, actor="x", clock=lambda: NOW)

    changes = [one for one in ledger.events(Book.CASES) if isinstance(one, RightsChanged)]

    assert ["b", "c", "b"] == [one.sha256 for one in changes]
    assert "h.ead: authoriser, head-teacher" in changes[0].accounts


def test_there_is_no_way_back_to_the_time_without_roles(ledger: Ledger) -> None:
    """Emptying [roles] lets nobody in: roles are checked for ever once there were any."""
    first = noted(ledger, Accounts(), sha256="a", actor="x", clock=lambda: NOW)
    noted(ledger, ACCOUNTS, sha256="b", actor="x", clock=lambda: NOW)
    emptied = noted(ledger, Accounts(), sha256="a", actor="x", clock=lambda: NOW)

    assert (False, True) == (first.configured, emptied.configured)
    with pytest.raises(RoleMissingError):
        Casebook(ledger, "x", lambda: NOW, emptied).open(
            replace(APPLICATION, investigator="x", authoriser="y")
        )


ROLES = """
[roles]
"i.nspector" = { roles = ["investigator"], addresses = ["i.nspector@s.example"] }
"h.ead" = { roles = ["authoriser"], addresses = ["h.ead@s.example"] }
"t.ech" = { roles = ["technician"] }
"""
MAIL = b"""\
From: j.doe@school.example\r
To: a.n@school.example\r
Date: Tue, 1 Sep 2026 09:00:00 +0000\r
Message-ID: <1@school.example>\r
Subject: the trip\r
\r
Her NHS number is 943 476 5919.\r
"""
ASKED = (
    *("case", "open", "--purpose", "a", "--reason", "HR 17", "--person", "j.doe@school.example"),
    *("--since", "2026-09-01", "--until", "2026-09-30", "--expires", "2099-12-31"),
)


def test_the_whole_road_takes_two_accounts(tmp_path: Path) -> None:
    """By the command line: alone it is said loudly; with roles each act needs its account."""
    (tmp_path / "mail.eml").write_bytes(MAIL)
    with made(tmp_path / "house") as house:
        house.must("ingest", tmp_path / "mail.eml")
        alone = house.must(*ASKED, "--authoriser", "h.ead")
        found = house.run("search", "trip", "--case", "C-0001")
        settings = house.home / "section9.toml"
        settings.write_text(settings.read_text().replace("\n[roles]\n", ROLES, 1))

        codes = [
            by(house, account, *command)
            for account, *command in (
                ("t.ech", "status"),
                ("t.ech", "search", "trip", "--case", "C-0001"),
                ("i.nspector", *ASKED),
                ("i.nspector", "search", "trip", "--case", "C-0002"),
                ("i.nspector", "approve", "R-0001"),
                ("t.ech", "approve", "R-0001"),
                ("h.ead", "approve", "R-0001"),
                ("h.ead", "search", "trip", "--case", "C-0002"),
                ("i.nspector", "search", "trip", "--case", "C-0002"),
                ("i.nspector", "ingest", str(tmp_path / "mail.eml")),
                ("t.ech", "ingest", str(tmp_path / "mail.eml")),
            )
        ]
        unattested = house.run("search", "trip", "--case", "C-0001")
        events = house.events(Book.CASES)

    assert b"NOT ATTESTED" in alone
    assert 0 == found.returncode
    assert [0, 10, 0, 10, 12, 10, 0, 10, 0, 10, 0] == codes
    assert 10 == unattested.returncode
    assert not any(isinstance(event, CaseClosed) for event in events)
    opened = next(event for event in events if isinstance(event, CaseOpened))
    assert opened.case.authoriser != opened.by


def by(house: House, account: str, *command: str) -> int:
    """The exit code of a command that an account runs."""
    return house.run(*command, SUDO_USER=account).returncode
