"""Triage: what waits for whom, what is decided, and that everything of it is on the record."""

from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from archive.access_events import Searched, Viewed
from archive.blobs import Blobs
from archive.books import Book
from archive.case_events import CaseOpened, RulesInForce
from archive.case_words import Case, Extent, Purpose, Scope
from archive.ledger import Ledger
from archive.pattern_events import PatternFound, PatternId
from archive.store import FolderStore
from archive.triage_events import Acknowledged, Dismissal, Triaged, Verdict
from cases.casebook import Casebook
from cases.gate import Gate
from cases.roles import Account, AccountRole, Accounts
from cases.triage.desk import (
    AlreadyDecidedError,
    Choice,
    ItemUnknownError,
    NoProgrammeError,
    Triage,
    TriageRefusedError,
    programme,
)
from cases.triage.routes import OWNER, triagers
from ingest.parse import parse
from search.sqlite import open_sqlite
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
            (numbers[one.item.mails[0]], one.item.severity) for one in self.desk(actor).waiting()
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


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    store = FolderStore(tmp_path / "archive")
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
    with closing(open_sqlite(tmp_path / "index.sqlite", mode="write")) as index:
        index.put(records, segment=None)
        book = Casebook(ledger, DSL, lambda: NOW, ACCOUNTS)
        gate = Gate(book, ledger, index, blobs, DSL, lambda: NOW)
        yield House(ledger, gate, {n: record.mail for n, record in enumerate(records, 1)})


def test_each_sees_what_is_theirs_the_gravest_first(house: House) -> None:
    """Personal data goes to the DPO, what offends to the head; nobody triages their own mail."""
    assert [(2, 4), (4, 3), (1, 3)] == house.listed(DPO)
    assert [(2, 3)] == house.listed(HEAD)
    assert [] == house.listed(DSL)
    assert [(2, 4), (4, 3), (1, 3), (3, 2)] == house.listed(DEPUTY)


def test_what_concerns_a_holder_of_the_role_goes_to_whom_routing_names() -> None:
    """An insult to the head teacher is not the head teacher's to judge."""
    for category, owner in OWNER.items():
        theirs = {AccountRole.DSL: DSL, AccountRole.DPO: DPO, AccountRole.HEAD_TEACHER: HEAD}[owner]
        assert (theirs,) == triagers(ACCOUNTS, category, ("a@home.example",))
    head = triagers(ACCOUNTS, Category.OFFENSIVE, ("H.ead@school.example",))

    assert (DEPUTY,) == head
    assert () == triagers(ACCOUNTS, Category.WELFARE, ("d.sl@school.example",))


def test_a_decision_takes_an_item_off_the_queue_and_says_who(house: House) -> None:
    """All that somebody sees of an item is decided at once; what is another's stays theirs."""
    mail = house.mails[2]

    made = house.desk(DPO).confirm(mail[:12], reason="told the parent")

    assert [(4, 3), (1, 3)] == house.listed(DPO)
    assert [(2, 3)] == house.listed(HEAD)
    assert (DPO, Verdict.CONFIRMED, "told the parent") == (made.by, made.verdict, made.reason)
    assert ["nhs-number"] == [one.rule for one in made.findings]


def test_one_finding_of_several_can_be_decided(house: House) -> None:
    """By its rule, or by its number as `show` counts."""
    desk, mail = house.desk(DEPUTY), house.mails[2]

    desk.dismiss(mail, Choice(rule="insult"), dismissal=Dismissal.HARMLESS, reason="a joke")

    [left] = [one.item for one in desk.waiting() if one.item.mails[0] == mail]
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
        house.desk(DEPUTY).dismiss(mail, dismissal=Dismissal.MISTAKEN, reason="no")
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


def test_acknowledging_decides_nothing(house: House) -> None:
    """It says who sees to it; the first stays, and the item waits on."""
    mail = house.mails[2]
    house.desk(DPO).acknowledge(mail)

    house.desk(DEPUTY).acknowledge(mail)

    [entry] = [one for one in house.desk(DPO).waiting() if one.item.mails[0] == mail]
    assert isinstance(entry.acknowledged, Acknowledged)
    assert DPO == entry.acknowledged.by


def test_a_link_confirms_what_waits(house: House) -> None:
    """What is taken into an investigation is no longer a question."""
    mail = house.mails[1]

    linked = house.desk(DPO).link(mail, "c-0004")

    assert CaseId("C-0004") == linked.into
    assert (1, 3) not in house.listed(DPO)
    assert linked == house.desk(DPO).link(mail, "C-0004")


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
    [waits] = house.desk(DSL).waiting()
    house.desk(DSL).confirm("p-0123")
    found(NOW, 3)
    after = house.desk(DSL).waiting()
    found(NOW, 4)
    [graver] = house.desk(DSL).waiting()

    assert (NOW - timedelta(days=3), 3) == (waits.item.since, waits.item.severity)
    assert [] == after
    assert (NOW, 4) == (graver.item.since, graver.item.severity)


def test_what_is_not_ones_own_is_unknown(house: House) -> None:
    """Neither another role's item nor one's own mail is told apart from nothing at all."""
    for actor, number in ((DSL, 1), (HEAD, 4), (DPO, 3)):
        with pytest.raises(ItemUnknownError):
            house.desk(actor).confirm(house.mails[number])


def test_a_programme_is_needed(house: House) -> None:
    """Whoever has none is told how to get one."""
    with pytest.raises(NoProgrammeError, match="case open --programme"):
        programme(replace(house.gate, actor="n.obody"))


def test_listing_and_looking_are_recorded(house: House) -> None:
    """The list is a search, the masked excerpt a view, the whole message one with its reason."""
    desk, mail = house.desk(DPO), house.mails[2]
    [entry] = [one for one in desk.waiting() if one.item.mails[0] == mail]
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
    told = repr(house.desk(DEPUTY).waiting())

    assert "about the trip" not in told
    assert NUMBER not in told
    assert WORD not in told
