"""What an incident record, or a link to a case, keeps from deletion, and until when."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from engines import ENGINES
from keeping import NOW, PERSON, Keeping, keeping, mail
from triage_house import opened

from archive.books import Book
from archive.case_words import CaseKind
from archive.pattern_events import PatternFound, PatternId
from archive.triage_events import ItemId, Linked
from cases.approvals import ApprovalMissingError, ApprovalRefusedError
from cases.desk import Desk
from cases.holds import Holds, asked_release, live
from cases.incidents import Incident, IncidentRefusedError, Incidents, Report
from cases.retaining import Retention
from cases.retention import Policy
from cases.roles import Account, AccountRole, Accounts
from cases.web_holds import guards as web_guards
from cases.web_sight import Users
from section9 import CaseId, Category, Confidence, MailId, RuleId


@pytest.fixture(params=ENGINES)
def house(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Keeping]:
    with keeping(tmp_path / "house", engine=ENGINES[request.param]) as house:
        yield house


def incidents(house: Keeping) -> Incidents:
    return Incidents(house.ledger, "d.sl", lambda: NOW)


def filed(
    house: Keeping, *mails: MailId, pattern: str = "", case: CaseId | None = None
) -> Incident:
    report = Report(NOW, "tutor", "threats", concerns=(PERSON,), mails=mails, pattern=pattern)
    return incidents(house).file(replace(report, case=case))


def pattern_of(*mails: MailId) -> PatternFound:
    return PatternFound(
        at=NOW,
        by="section9",
        pattern=PatternId("P-0123456789ab"),
        rule=RuleId("bullying"),
        version=1,
        category=Category.OFFENSIVE,
        clause="8",
        severity=3,
        confidence=Confidence.LOW,
        people=(PERSON, "a.head@school.example"),
        target="a.head@school.example",
        mails=mails,
        since=NOW - timedelta(days=30),
        until=NOW,
        why="it goes on",
    )


def closed(house: Keeping, record: Incident) -> None:
    """Close it as two people do."""
    if asked := incidents(house).closing(record.id, "a warning"):
        request = Desk(house.ledger, "d.sl", lambda: NOW).ask(asked)
        Desk(house.ledger, "h.ead", lambda: NOW).approve(request.id)
    incidents(house).close(record.id, "a warning")


def plan(house: Keeping) -> dict[MailId, tuple[str, ...]]:
    """What is due, and what keeps it."""
    rules = Retention(
        *(house.ledger, house.index, house.custody, Policy(), lambda _: None, lambda: NOW)
    )
    house.custody.refresh()
    return {one.mail: one.kept for one in rules.plan()}


def test_what_an_incident_names_is_kept_until_it_is_closed(house: Keeping) -> None:
    """By a hold like any other: in the plan of retention, before an early purge, in `is:held`."""
    named, added, other = (house.file(mail(number)) for number in (1, 2, 3))

    record = filed(house, named)
    incidents(house).amend(record.id, "another came", mails=(added, named))
    before = plan(house)
    closed(house, record)

    assert {named: ("hold H-0001",), added: ("hold H-0002",), other: ()} == before
    assert {named: (), added: (), other: ()} == plan(house)


def test_a_pattern_keeps_the_messages_that_make_it(house: Keeping) -> None:
    """Whoever names the pattern need not name them; one that nobody found is refused."""
    mails = tuple(house.file(mail(number)) for number in (1, 2))
    house.ledger.append(Book.CASES, (pattern_of(*mails),))

    record = filed(house, pattern="P-0123456789ab")

    assert mails == record.mails
    assert dict.fromkeys(mails, ("hold H-0001",)) == plan(house)
    with pytest.raises(IncidentRefusedError, match="no pattern P-ff"):
        filed(house, pattern="P-ff")


def test_a_thousand_messages_are_held_together(house: Keeping) -> None:
    """A pattern may be long: no engine is asked a question that is too deep for it."""
    found = house.file(mail(1))

    filed(house, *(MailId(f"{number:064x}") for number in range(3000)), found)

    assert {found: ("hold H-0001",)} == plan(house)


def test_before_it_is_closed_it_takes_two_people(house: Keeping) -> None:
    """The hold of an open record ends as any other: somebody agrees whom it does not concern."""
    record = filed(house, house.file(mail(1)))
    [hold] = live(house.holds.standing())

    with pytest.raises(ApprovalMissingError):
        house.holds.release(hold.id, reason="enough")

    assert (record.id, None, (PERSON,)) == (hold.incident, hold.case, hold.concerns)
    assert (PERSON,) == asked_release(hold, reason="enough").concerns


def test_nobody_frees_what_a_record_holds_alone(house: Keeping) -> None:
    """Not by closing it; and who agreed to the end of one hold did not agree to that of two."""
    record = filed(house, house.file(mail(1)))
    asked = incidents(house).closing(record.id, "a warning")
    assert asked

    with pytest.raises(ApprovalMissingError):
        incidents(house).close(record.id, "a warning")
    request = Desk(house.ledger, "d.sl", lambda: NOW).ask(asked)
    with pytest.raises(ApprovalRefusedError):
        Desk(house.ledger, "d.sl", lambda: NOW).approve(request.id)
    Desk(house.ledger, "h.ead", lambda: NOW).approve(request.id)
    incidents(house).amend(record.id, "another came", mails=(house.file(mail(2)),))

    assert (record.id, "H-0001") == asked.subject
    with pytest.raises(ApprovalMissingError):
        incidents(house).close(record.id, "a warning")


def test_a_record_that_holds_nothing_is_closed_by_one(house: Keeping) -> None:
    """Most are short notes of what was said in a corridor."""
    record = filed(house)

    done = incidents(house).close(record.id, "a warning")

    assert done.closed


def test_whom_it_concerns_is_not_shown_its_hold(house: Keeping) -> None:
    """They would learn that something is on record."""
    filed(house, house.file(mail(1)))
    roles = Accounts(
        (Account("j.doe", frozenset({AccountRole.HEAD_TEACHER}), frozenset({PERSON})),)
    )

    def visible(actor: str) -> int:
        return len(Holds(house.ledger, actor, lambda: NOW, roles).visible())

    assert (0, 1) == (visible("j.doe"), visible("d.sl"))


def test_a_hold_of_messages_keeps_no_visits(house: Keeping) -> None:
    """It names mail: nobody's web log is kept for it."""
    filed(house, house.file(mail(1)))

    events = tuple(house.ledger.events(Book.CASES))

    nobody = Users(lambda _: (), lambda _: (), lambda _: ())
    assert {} == web_guards(events, nobody)


@pytest.mark.parametrize("how", ["incident", "item", "pattern"])
def test_what_is_linked_to_a_case_is_kept_while_it_is_open(house: Keeping, how: str) -> None:
    """Even where the case's scope does not cover it, and the record is closed already."""
    found = house.file(mail(1, sender="x@home.example"))
    case = house.open_case()
    if how == "incident":
        closed(house, filed(house, found, case=case))
    else:
        house.ledger.append(Book.CASES, (pattern_of(found),))
        item = ItemId(found if how == "item" else "P-0123456789ab")
        house.ledger.append(Book.CASES, (Linked(NOW, "d.sl", CaseId("C-0009"), item, case),))

    before = plan(house)
    house.casebook.close(case, reason="over")

    assert ({found: (f"case {case}",)}, {found: ()}) == (before, plan(house))


def test_what_is_linked_to_a_safeguarding_case_is_kept_as_its_mail_is(house: Keeping) -> None:
    """For 25 years, not twelve months: it is evidence of the same."""
    found = house.file(mail(1, sender="x@home.example"))

    filed(house, found, case=house.open_case(CaseKind.SAFEGUARDING))

    assert {} == plan(house)


def test_the_standing_programme_keeps_only_what_was_linked_to_it(house: Keeping) -> None:
    """It is about everybody, and would keep everything."""
    linked, other = house.file(mail(1)), house.file(mail(2))
    house.ledger.append(Book.CASES, (opened(1, "d.sl"),))

    closed(house, filed(house, linked, case=CaseId("C-0001")))

    assert {linked: ("case C-0001",), other: ()} == plan(house)
