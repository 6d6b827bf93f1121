"""Holds: what they match, how they end, and what they tell."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest
from keeping import NOW, Keeping, keeping, mail

from archive.case_words import Act, Hold
from cases.approvals import ApprovalMissingError
from cases.approvals import Terms as ApprovalTerms
from cases.desk import Desk
from cases.gate import Gate
from cases.holds import (
    HoldRefusedError,
    Holds,
    Terms,
    asked_release,
    count_in_case,
    expand,
    generous,
    live,
    query_of,
)
from cases.purge import Doomed
from search.query import parse
from search.tree import Exact
from section9 import Defect, MailId

WEEK = timedelta(days=7)


@pytest.fixture
def house(tmp_path: Path) -> Iterator[Keeping]:
    with keeping(tmp_path / "house") as house:
        yield house


def desk(house: Keeping, actor: str) -> Desk:
    terms = {Act.RELEASE_HOLD: ApprovalTerms(cooling_off=WEEK)}
    return Desk(house.ledger, actor, lambda: NOW, terms=terms)


def held(house: Keeping, hold: Hold) -> set[MailId]:
    return set(house.index.ids(generous(query_of(hold))))


def test_a_hold_catches_what_comes_later(house: Keeping) -> None:
    """It is a query, asked when something is to be deleted."""
    case = house.open_case()
    house.holds.place(case, Terms("tribunal", people=("J.Doe@school.example",)))

    later = house.file(mail(1))

    assert {later: ("hold H-0001",)} == house.purge.by_rule([Doomed(later, "due")]).kept


def test_a_message_may_be_under_many_holds(house: Keeping) -> None:
    """It stays until the last of them ends."""
    case, found = house.open_case(), house.file(mail(1))
    for query in ("quagga1", "subject:trip1", "elephant"):
        house.holds.place(case, Terms("tribunal", query=query))

    kept = house.purge.by_rule([Doomed(found, "due")]).kept

    assert {found: ("hold H-0001", "hold H-0002")} == kept


@pytest.mark.parametrize(
    ("terms", "matched"),
    [
        (Terms("why", people=("j.doe@school.example",)), {1, 2}),
        (Terms("why", people=("nobody@school.example",)), set()),
        (Terms("why", since=date(2020, 9, 1), until=date(2020, 9, 1)), {1, 2}),
        (Terms("why", since=date(2020, 9, 2)), set()),
        (Terms("why", until=date(2020, 8, 31)), set()),
        (Terms("why", query="quagga1 -subject:trip2"), {1}),
        (Terms("why", people=("j.doe@school.example",), query="quagga2"), {2}),
    ],
)
def test_all_that_is_given_must_fit(house: Keeping, terms: Terms, matched: set[int]) -> None:
    """People, days and query."""
    mails = {number: house.file(mail(number)) for number in (1, 2)}

    hold = house.holds.place(house.open_case(), terms)

    assert {mails[number] for number in matched} == held(house, hold)


@pytest.mark.parametrize(
    "terms",
    [
        Terms(" ", query="*"),
        Terms("why"),
        Terms("why", people=("j.doe",)),
        Terms("why", since=date(2026, 2, 1), until=date(2026, 1, 1)),
        Terms("why", query="trip OR is:held"),
    ],
)
def test_a_hold_without_sense_is_refused(house: Keeping, terms: Terms) -> None:
    """Nothing is written then."""
    case = house.open_case()

    with pytest.raises(HoldRefusedError):
        house.holds.place(case, terms)

    assert {} == house.holds.standing()


def test_an_opaque_message_is_held_for_any_word(house: Keeping) -> None:
    """What could not be read may say it; dates and people still count."""
    found = house.file(mail(1))
    record = house.index.get(found)
    assert record is not None
    unread = (Defect("encrypted", None, hides=True),)
    opaque = replace(record, parsed=replace(record.parsed, parts=(), defects=unread))
    house.index.drop([found])
    house.index.put((opaque,), segment=None)
    case = house.open_case()

    by_word = house.holds.place(case, Terms("why", query="elephant"))
    by_date = house.holds.place(case, Terms("why", query="elephant", since=date(2026, 1, 1)))

    assert {found} == held(house, by_word)
    assert set() == held(house, by_date)


def test_releasing_a_hold_takes_two_people_and_time(house: Keeping) -> None:
    """One asks, another approves, and a week later it may be done, once."""
    hold = house.holds.place(house.open_case(), Terms("tribunal", query="*"))
    asked = asked_release(hold, reason="over")

    def release(now: datetime) -> None:
        Holds(house.ledger, "i.nspector", lambda: now).release(hold.id, reason="over")

    with pytest.raises(ApprovalMissingError, match="nobody has asked"):
        release(NOW)
    request = desk(house, "i.nspector").ask(asked)
    with pytest.raises(ApprovalMissingError, match="somebody else"):
        release(NOW)
    desk(house, "o.fficer").approve(request.id)
    with pytest.raises(ApprovalMissingError, match="cools off"):
        release(NOW + WEEK - timedelta(seconds=1))
    release(NOW + WEEK)

    assert () == live(house.holds.standing())


def test_what_is_held_can_be_searched(house: Keeping) -> None:
    """`is:held` stands for the holds as they are, with whatever else is asked."""
    case, found, _ = house.open_case(), house.file(mail(1)), house.file(mail(2))
    house.holds.place(case, Terms("tribunal", query="quagga1"))
    gate = Gate(house.casebook, house.ledger, house.index, house.blobs, "i.nspector", lambda: NOW)

    hits = gate.search(case, "is:held", limit=10).page.hits
    others = gate.search(case, "-is:held trip2", limit=10).page.hits

    assert [found] == [hit.mail for hit in hits]
    assert 1 == len(others)


def test_no_engine_is_asked_for_what_is_held() -> None:
    """It is put in the query's place wherever it stands."""
    holds = (Hold(id="H-0001", case="C-0001", reason="", query="trip"),)  # type: ignore[arg-type]

    expanded = expand(parse("a (b OR NOT is:held)"), holds)

    assert str(Exact("is", "held")) not in str(expanded)


def test_a_hold_counts_in_its_case_alone(house: Keeping) -> None:
    """Else placing one would tell how much of anybody's mail has a word."""
    house.file(mail(1))
    house.file(mail(2, sender="somebody.else@school.example"))

    hold = house.holds.place(house.open_case(), Terms("tribunal", query="leaves"))

    assert 1 == count_in_case(house.index, house.casebook, hold)
