"""Triage: what waits for whom, what is decided, and that everything of it is on the record."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from engines import ENGINES
from triage_house import (
    ACCOUNTS,
    DEPUTY,
    DPO,
    DSL,
    HEAD,
    NOW,
    NUMBER,
    WORD,
    House,
    finding,
    opened,
    record_of,
    triage_house,
)

from archive.access_events import Searched, Viewed
from archive.books import Book
from archive.case_events import CaseClosed
from archive.pattern_events import PatternFound, PatternId
from archive.triage_events import Acknowledged, Dismissal, Triaged, Verdict
from cases.authority import CaseUnknownError
from cases.gate_errors import MailAmbiguousError
from cases.triage.desk import (
    AlreadyDecidedError,
    Choice,
    NoProgrammeError,
    TriageRefusedError,
    programme,
)
from cases.triage.queue import ItemUnknownError
from cases.triage.routes import triagers
from section9 import (
    CaseId,
    Category,
    Confidence,
    MailId,
    RuleId,
)


@pytest.fixture(params=ENGINES)
def house(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[House]:
    with triage_house(tmp_path, engine=ENGINES[request.param]) as made:
        yield made


def test_each_sees_what_is_theirs_the_gravest_first(house: House) -> None:
    """Personal data goes to the DPO, what offends to the head; nobody triages their own mail."""
    assert [(2, 4), (4, 3), (1, 3)] == house.listed(DPO)
    assert [(2, 3), (3, 2)] == house.listed(HEAD)  # the DPO got the third, and the head stands in
    assert [] == house.listed(DSL)
    assert [(2, 4), (4, 3), (1, 3), (3, 2)] == house.listed(DEPUTY)


@pytest.mark.parametrize(
    ("category", "clause", "about", "expected"),
    [
        (Category.PERSONAL_DATA, "4.5", "a@home.example", {DPO}),
        (Category.OFFENSIVE, "5.4", "a@home.example", {HEAD}),
        (Category.OFFENSIVE, "8", "a@home.example", {DSL}),  # bullying
        (Category.CRIMINAL, "5.4", "a@home.example", {DSL, HEAD}),
        (Category.OFFENSIVE, "5.4", "H.ead@school.example", {DEPUTY}),  # whom [routing] names
        (Category.STUDENT_CONTACT, "6.2", "d.sl@school.example", {HEAD}),  # who stands in
    ],
)
def test_each_kind_has_its_people(
    category: Category, clause: str, about: str, expected: set[str]
) -> None:
    """As they are alerted; and an insult to the head teacher is not the head teacher's to judge."""
    [found, *_] = record_of(1).findings

    actual = triagers(ACCOUNTS, replace(found, category=category, clause=clause), (about,))

    assert expected == actual


def test_a_decision_takes_an_item_off_the_queue_and_says_who(house: House) -> None:
    """All that somebody sees of an item is decided at once; what is another's stays theirs."""
    mail = house.mails[2]

    made = house.desk(DPO).confirm(mail[:12], reason="told the parent")

    assert [(4, 3), (1, 3)] == house.listed(DPO)
    assert [(2, 3), (3, 2)] == house.listed(HEAD)  # the DPO got the third, and the head stands in
    assert (DPO, Verdict.CONFIRMED, "told the parent") == (made.by, made.verdict, made.reason)
    assert ["nhs-number"] == [one.rule for one in made.findings]


def test_one_finding_of_several_can_be_decided(house: House) -> None:
    """By its rule, or by its number as `show` counts."""
    desk, mail = house.desk(DEPUTY), house.mails[2]

    desk.dismiss(mail, Choice(rule="insult"), dismissal=Dismissal.HARMLESS, reason="a joke")

    [left] = [one.item for one in desk.queue.waiting() if one.item.mails[0] == mail]
    assert ["nhs-number"] == [one.rule for one in left.findings]
    with pytest.raises(TriageRefusedError, match="numbers them"):
        desk.confirm(mail, Choice(number=7))


def test_the_second_hears_who_decided_and_the_same_again_changes_nothing(house: House) -> None:
    """Two people at once: the ledger decides who was first."""
    mail = house.mails[2]
    first = house.desk(HEAD).confirm(mail)

    again = house.desk(DEPUTY).confirm(mail, Choice(rule="insult"))

    assert first == again
    with pytest.raises(AlreadyDecidedError, match=r"h\.ead confirmed .* triage undo"):
        house.desk(DEPUTY).dismiss(
            mail, Choice(rule="insult"), dismissal=Dismissal.MISTAKEN, reason="no"
        )
    assert 1 == sum(isinstance(one, Triaged) for one in house.ledger.events(Book.CASES))


def test_a_dismissal_takes_a_word(house: House) -> None:
    """Whoever reviews the decisions later can see why."""
    with pytest.raises(TriageRefusedError, match="--reason"):
        house.desk(DPO).dismiss(house.mails[1], dismissal=Dismissal.OTHER, reason=" ")


def test_what_is_undone_waits_again(house: House) -> None:
    """Taking back takes a reason; the decision stays on the ledger."""
    desk, mail = house.desk(DPO), house.mails[1]
    desk.confirm(mail)

    desk.undo(mail, reason="wrong line")

    assert (1, 3) in house.listed(DPO)
    with pytest.raises(TriageRefusedError, match="nothing was decided"):
        desk.undo(mail, reason="again")


def test_nobody_takes_back_what_is_anothers_to_decide(house: House) -> None:
    """The DPO's number waits again; what the head made of the insult beside it stands."""
    mail = house.mails[2]
    house.desk(HEAD).confirm(mail)
    house.desk(DPO).confirm(mail)

    house.desk(DPO).undo(mail, reason="a slip")

    assert (2, 4) in house.listed(DPO)
    assert (2, 3) not in house.listed(HEAD)


def test_what_is_left_can_be_decided_otherwise(house: House) -> None:
    """One finding confirmed, the rest of the item dismissed at once."""
    desk, mail = house.desk(DEPUTY), house.mails[2]
    desk.confirm(mail, Choice(rule="insult"))

    made = desk.dismiss(mail, dismissal=Dismissal.MISTAKEN, reason="an order")

    assert ["nhs-number"] == [one.rule for one in made.findings]


def test_acknowledging_decides_nothing(house: House) -> None:
    """It says who sees to it; the first stays, and the item waits on."""
    mail = house.mails[2]
    house.desk(DPO).acknowledge(mail)

    house.desk(DEPUTY).acknowledge(mail)

    [entry] = [one for one in house.desk(DPO).queue.waiting() if one.item.mails[0] == mail]
    assert isinstance(entry.acknowledged, Acknowledged)
    assert DPO == entry.acknowledged.by


def test_a_link_confirms_what_waits(house: House) -> None:
    """What is taken into an investigation is no longer a question."""
    mail = house.mails[1]

    linked = house.desk(DPO).link(mail, "c-0004")

    assert CaseId("C-0004") == linked.into
    assert (1, 3) not in house.listed(DPO)
    assert linked == house.desk(DPO).link(mail, "C-0004")


def test_a_link_is_to_a_live_case_that_does_not_concern_oneself(house: House) -> None:
    """Of a case about oneself one learns nothing, and a closed one takes nothing more."""
    concerned, closed = opened(5, DEPUTY), opened(6, DEPUTY)
    scope = replace(concerned.case.scope, people=("d.po@school.example",))
    house.ledger.append(
        Book.CASES,
        (
            replace(concerned, case=replace(concerned.case, scope=scope)),
            closed,
            CaseClosed(NOW, "g.ov", closed.case.id, "done"),
        ),
    )

    with pytest.raises(CaseUnknownError):
        house.desk(DPO).link(house.mails[1], "C-0005")
    with pytest.raises(TriageRefusedError, match="closed"):
        house.desk(DPO).link(house.mails[1], "C-0006")


def test_what_a_later_version_finds_graver_or_elsewhere_waits(house: House) -> None:
    """A decision covers a place up to its severity, whichever version finds it there again."""
    mail, record = house.mails[1], record_of(1)
    house.desk(DPO).dismiss(mail, dismissal=Dismissal.MISTAKEN, reason="an invoice")
    for severity, waits in ((3, False), (5, True)):
        found = finding(record, NUMBER, "nhs-number", Category.PERSONAL_DATA, severity)
        house.file(replace(record, findings=(found,)))

        assert waits == ((1, severity) in house.listed(DPO))


def test_a_pattern_is_one_item(house: House) -> None:
    """It waits with its gravest severity, and again when it grows graver than what was decided."""
    people = ("j.doe@school.example", "p.upil@school.example")

    def found(at: datetime, severity: int) -> None:
        event = PatternFound(
            at=at,
            by="section9",
            pattern=PatternId("P-0123456789ab"),
            rule=RuleId("bullying"),
            version=1,
            category=Category.WELFARE,
            clause="8",
            severity=severity,
            confidence=Confidence.HIGH,
            people=people,
            target=people[1],
            mails=(house.mails[1], house.mails[2]),
            why="7 messages in 9 days",
            since=NOW,
            until=NOW,
        )
        house.ledger.append(Book.CASES, (event,))

    found(NOW - timedelta(days=3), 3)
    found(NOW - timedelta(days=2), 3)
    [waits] = house.desk(DSL).queue.waiting()
    house.desk(DSL).confirm("p-0123")
    found(NOW, 3)
    after = house.desk(DSL).queue.waiting()
    found(NOW, 4)
    [graver] = house.desk(DSL).queue.waiting()

    assert (NOW - timedelta(days=3), 3) == (waits.item.since, waits.item.severity)
    assert [] == after
    assert (NOW, 4) == (graver.item.since, graver.item.severity)


def test_what_is_not_ones_own_is_unknown(house: House) -> None:
    """Neither another role's item nor one's own mail is told apart from nothing at all."""
    for actor, number in ((DSL, 1), (HEAD, 4), (DPO, 3)):
        with pytest.raises(ItemUnknownError):
            house.desk(actor).confirm(house.mails[number])


def test_a_beginning_of_several_is_not_enough(house: House) -> None:
    """More of the id is asked for, rather than one of them chosen."""
    twin = record_of(1)
    house.file(replace(twin, mail=MailId(f"{twin.mail[:20]}{1:044x}")))

    with pytest.raises(MailAmbiguousError, match="give more of it"):
        house.desk(DPO).confirm(twin.mail[:12])


def test_a_programme_is_needed(house: House) -> None:
    """Whoever has none is told how to get one."""
    with pytest.raises(NoProgrammeError, match="case open --programme"):
        programme(replace(house.gate, actor="n.obody"))


def test_listing_and_looking_are_recorded(house: House) -> None:
    """The list is a search, the masked excerpt a view, the whole message one with its reason."""
    desk, mail = house.desk(DPO), house.mails[2]
    [entry] = [one for one in desk.queue.waiting() if one.item.mails[0] == mail]
    given = desk.look(entry.item, mail)

    *_, searched, viewed = house.ledger.events(Book.ACCESS)

    assert isinstance(searched, Searched)
    assert isinstance(viewed, Viewed)
    assert (DPO, "masked") == (viewed.by, viewed.view)
    text = given.record.parsed.parts[0].text
    assert NUMBER not in text
    assert "•• ••• ••••" in text
    assert WORD not in text
    with pytest.raises(TriageRefusedError, match="takes a reason"):
        desk.open(mail, reason="")


def test_the_list_holds_no_word_of_mail(house: House) -> None:
    """Who, when and what was found: neither subject nor text nor the matched words."""
    told = repr(house.desk(DEPUTY).queue.waiting())

    assert "about the trip" not in told
    assert NUMBER not in told
    assert WORD not in told
