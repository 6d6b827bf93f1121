"""Alerts: what is told when, once, to whom; and who is told when nobody answers."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from archive.alert_events import (
    AlertAcknowledged,
    AlertId,
    AlertItem,
    AlertPlanned,
    AlertRefused,
    AlertSent,
)
from archive.books import Book
from archive.case_events import SealBroken, Sealed
from archive.events import Event
from archive.ledger import Ledger
from archive.mail_events import Scanned
from archive.pattern_events import PatternFound, PatternId, PatternLapsed
from archive.store import FolderStore
from archive.triage_events import Acknowledged, ItemId, Triaged, Verdict
from cases.alerting import Planning, Terms
from cases.alerts import AlertBook
from cases.hours import Hours
from cases.routing import Concern, Post, Recipient, Routes
from section9 import BlobId, CaseId, Category, Confidence, Finding, MailId, PartId, RuleId

MONDAY = datetime(2026, 11, 23, 10, 0, tzinfo=UTC)
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
HOURS = Hours(ZoneInfo("Europe/London"), frozenset(range(5)), time(8), time(17))
TERMS = Terms(HOURS, 4, 4 * HOUR, 30 * MINUTE, 18 * HOUR)
DSL, DEPUTY, DPO, HEAD, CHAIR = (
    Recipient(f"{name}@school.example") for name in ("dsl", "deputy", "dpo", "head", "chair")
)
ROUTES = Routes(
    {Post.DSL: (DSL, DEPUTY), Post.DPO: (DPO,), Post.HEAD: (HEAD,), Post.CHAIR: (CHAIR,)}
)


def seen(severity: int, **said: object) -> Finding:
    """What a rule saw in a message."""
    told: dict[str, object] = {
        "category": Category.WELFARE,
        "clause": "5.4",
        "confidence": Confidence.HIGH,
    }
    told |= said
    return Finding(
        rule=RuleId("rule"),
        version=1,
        part=PartId("1"),
        start=0,
        end=1,
        severity=severity,
        why="why",
        **told,  # type: ignore[arg-type]
    )


def decided(mail: str, finding: Finding, *, at: datetime) -> Triaged:
    """What somebody decided on it."""
    case, item = CaseId("C-0001"), ItemId(mail)
    return Triaged(at, "d.po", case, item, Verdict.CONFIRMED, (finding,), at)


@dataclass
class Office:
    """A ledger, a clock, and alerts decided on them, as the process that sends them does."""

    ledger: Ledger
    now: datetime = MONDAY
    routes: Routes = ROUTES
    people: dict[str, frozenset[str]] = field(default_factory=dict)  # by subject
    gone: set[str] = field(default_factory=set)
    stuck: set[AlertId] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.book = AlertBook(self.ledger, 2)

    def found(self, mail: str, severity: int, **said: object) -> None:
        """File what detectors saw in a message."""
        finding = seen(severity, **said)
        event = Scanned(self.now, "section9", MailId(mail), BlobId("b"), "rule/1", (finding,), ())
        self.ledger.append(Book.MAIL, (event,))

    def note(self, *events: Event) -> None:
        """Write into the cases book."""
        self.ledger.append(Book.CASES, events)

    def plan(self, *, digest: bool | None = None) -> list[AlertPlanned]:
        """Decide, write it down, and have what is new of it."""
        self.book.refresh(through=self.ledger.head(Book.MAIL).number)
        planning = Planning(
            self.book, self.now, TERMS, self.routes, self._concern, "section9", self.stuck
        )
        events = planning.decide(digest=digest)
        for subject in planning.gone:
            self.book.forget(subject)
        self.note(*events)
        self.book.refresh(through=self.ledger.head(Book.MAIL).number)
        return [one for one in events if isinstance(one, AlertPlanned)]

    def tell(self, *, digest: bool | None = None) -> list[AlertPlanned]:
        """Decide, and have the mail server take it."""
        planned = self.plan(digest=digest)
        self.note(*(AlertSent(self.now, "section9", one.alert) for one in planned if one.to))
        self.book.refresh(through=0)
        return planned

    def again(self) -> None:
        """Start anew, with what the ledger knows and nothing else."""
        self.book, self.stuck = AlertBook(self.ledger, 2), set()

    def _concern(self, item: AlertItem) -> Concern | None:
        if item.subject in self.gone:
            return None
        return Concern(item.what, self.people.get(item.subject, frozenset()))


@pytest.fixture
def office(tmp_path: Path) -> Office:
    return Office(Ledger(FolderStore(tmp_path)))


def told(planned: list[AlertPlanned]) -> list[tuple[str, list[str]]]:
    return [
        (one.to.partition("@")[0], [f"{item.subject} {item.severity}" for item in one.items])
        for one in planned
    ]


def pattern(at: datetime, severity: int) -> PatternFound:
    return PatternFound(
        at,
        "section9",
        PatternId("P-0123456789ab"),
        RuleId("bullying"),
        1,
        Category.OFFENSIVE,
        "8",
        severity,
        Confidence.HIGH,
        ("a@school.example", "b@school.example"),
        "b@school.example",
        (MailId("a"),),
        "12 messages",
        at,
        at,
    )


def test_what_is_urgent_is_told_at_once_and_what_is_not_is_not(office: Office) -> None:
    """Severity 4 and 5; the digest has the rest, the gravest first."""
    office.tell(digest=True)
    office.found("a", 5)
    office.found("b", 3)
    office.found("c", 4)

    at_once, digest = office.tell(), office.tell(digest=True)

    assert [("dsl", ["a 5", "c 4"])] == told(at_once)
    assert [("dsl", ["b 3"])] == told(digest)


def test_one_message_tells_of_many(office: Office) -> None:
    """To each person, however many categories there are."""
    for number in range(40):
        category = Category.PERSONAL_DATA if number % 2 else Category.WELFARE
        office.found(f"{number:02}", 3, category=category)

    planned = office.tell(digest=True)

    assert [("dpo", 20), ("dsl", 20)] == sorted((one.to[:3], len(one.items)) for one in planned)


def test_nothing_is_told_twice(office: Office) -> None:
    """Not when a copy arrives, nor when rules read it again, nor after a restart."""
    office.found("a", 5)
    office.tell()
    office.found("a", 5)
    office.found("a", 3)
    office.now += HOUR / 4

    again = office.tell()
    office.again()
    restarted = office.tell()

    assert ([], []) == (again, restarted)


def test_what_becomes_graver_is_told_again(office: Office) -> None:
    """A rule that finds worse in it is news."""
    office.found("a", 3)
    office.tell(digest=True)
    office.found("a", 5)

    assert [("dsl", ["a 5"])] == told(office.tell())


def test_a_crash_before_sending_loses_nothing(office: Office) -> None:
    """What was planned and not noted as sent is sent, once more if need be, and planned once."""
    office.found("a", 5)
    [planned] = office.plan()
    office.again()

    assert [] == office.plan()
    assert [planned] == [one.planned for one in office.book.unsent()]


def test_what_a_digest_left_out_is_not_lost_at_a_restart(office: Office) -> None:
    """What was filed after the last digest is read again from there."""
    office.tell(digest=True)
    office.found("a", 3)
    office.tell()
    office.again()

    assert [("dsl", ["a 3"])] == told(office.tell(digest=True))


def test_urgent_messages_gather(office: Office) -> None:
    """One person hears at most every half minute; in a flood, every ten minutes."""
    at = []
    for number in range(12 * 60 // 10):
        office.found(f"{number}", 5)
        if office.tell():
            at.append(number * 10)
        office.now += timedelta(seconds=10)

    assert [0, 30, 60, 90, 120, 150] == at
    office.now += 10 * MINUTE
    [late] = office.tell()
    assert 72 - 16 == len(late.items)


def test_the_digest_goes_in_working_hours(office: Office) -> None:
    """And every so often."""
    office.now = MONDAY - 5 * HOUR
    office.found("a", 3)
    at_night = office.tell()
    office.now = MONDAY
    first = office.tell()
    office.found("b", 3)
    office.now += 3 * HOUR
    too_soon = office.tell()
    office.now += HOUR
    second = office.tell()

    assert ([], []) == (at_night, too_soon)
    assert [("dsl", ["a 3"]), ("dsl", ["b 3"])] == told([*first, *second])


def test_without_an_answer_the_next_in_line_is_told(office: Office) -> None:
    """Down to the chair, and then it stays open."""
    office.found("a", 5)
    whom = []
    for _ in range(8):
        whom += [one.to.partition("@")[0] for one in office.tell()]
        office.now += 31 * MINUTE

    assert ["dsl", "deputy", "head", "chair"] == whom
    assert [("chair@school.example", "a")] == [
        (alert.planned.to, items[0].subject) for alert, items in office.book.open()
    ]


@pytest.mark.parametrize("how", ["alert", "triage"])
def test_an_answer_ends_it(office: Office, how: str) -> None:
    """By `alert ack`, or by triage of the item."""
    office.found("a", 5)
    [planned] = office.tell()
    if how == "alert":
        office.note(AlertAcknowledged(office.now, "d.sl", planned.alert))
    else:
        office.note(Acknowledged(office.now, "d.sl", CaseId("C-0001"), ItemId("a")))
    office.now += DAY

    assert [] == office.tell(digest=True)
    assert ("answered", "d.sl") == (
        office.book.alerts[planned.alert].state,
        office.book.alerts[planned.alert].by,
    )


def test_it_is_told_what_went_on_to_the_next_and_what_has_an_answer(office: Office) -> None:
    """Of each alert: what nobody has seen to, and which later ones tell of it."""
    office.found("m1", 5)
    office.found("m2", 5)
    [first] = office.tell()
    office.note(Acknowledged(office.now, "d.sl", CaseId("C-0001"), ItemId("m2")))
    office.now += 31 * MINUTE

    [second] = office.tell()

    alert = office.book.alerts[first.alert]
    assert (1, (second.alert,)) == (office.book.left(alert.id), office.book.next_of(alert))
    assert () == office.book.next_of(office.book.alerts[second.alert])


def test_half_an_answer_leaves_the_rest(office: Office) -> None:
    """What was not seen to goes on to the next."""
    office.found("a", 5)
    office.found("b", 5)
    office.tell()
    office.note(Acknowledged(office.now, "d.sl", CaseId("C-0001"), ItemId("a")))
    office.now += 31 * MINUTE

    assert [("deputy", ["b 5"])] == told(office.tell())


def test_an_answer_to_one_kind_leaves_the_other(office: Office) -> None:
    """The DPO's decision on personal data is none on a pupil's welfare."""
    office.found("a", 5)
    office.found("a", 4, category=Category.PERSONAL_DATA)
    planned = office.tell()
    leak = seen(4, category=Category.PERSONAL_DATA)
    office.note(decided("a", leak, at=office.now))
    office.now += 31 * MINUTE

    assert [("dsl", ["a 5"]), ("dpo", ["a 4"])] == told(planned)
    assert [("deputy", ["a 5"])] == told(office.tell())


def test_what_was_decided_and_becomes_graver_is_told(office: Office) -> None:
    """The decision was on something else."""
    office.note(decided("a", seen(3), at=office.now))
    office.found("a", 3)
    same = office.tell(digest=True)
    office.found("a", 5)

    assert ([], [("dsl", ["a 5"])]) == (same, told(office.tell()))


def test_an_answer_before_it_was_told_is_an_answer(office: Office) -> None:
    """Whoever found it in triage needs no alert."""
    office.found("a", 3)
    office.note(Acknowledged(office.now, "d.sl", CaseId("C-0001"), ItemId("a")))

    assert [] == office.tell(digest=True)


def test_time_for_an_answer_stands_still_at_night(office: Office) -> None:
    """Unless somebody is on duty, who is told first and has half an hour like anybody."""
    office.now = MONDAY.replace(hour=20)
    office.found("a", 5)
    office.tell()
    office.now += 11 * HOUR
    still = office.tell()
    office.now += 91 * MINUTE
    in_the_morning = office.tell()

    assert [] == still
    assert [("deputy", ["a 5"])] == told(in_the_morning)


def test_somebody_on_duty_is_told_at_night(office: Office) -> None:
    """And whoever holds the post comes next, at night too."""
    duty = Recipient("duty@school.example")
    office.routes = Routes(ROUTES.trust, out_of_hours={Post.DSL: (duty,)})
    office.now = MONDAY.replace(hour=20)
    office.found("a", 5)
    first = office.tell()
    office.now += 31 * MINUTE

    assert [("duty", ["a 5"]), ("dsl", ["a 5"])] == told([*first, *office.tell()])


def test_a_digest_without_an_answer_goes_on_with_the_next_digest(office: Office) -> None:
    """After two working days, in one message."""
    for mail in "abc":
        office.found(mail, 2)
    office.tell(digest=True)
    office.now += 3 * DAY
    [late] = office.tell()

    assert ("deputy", ["a 2", "b 2", "c 2"]) == told([late])[0]
    assert (True, False) == (late.escalated, late.urgent)


def test_a_recipient_whom_the_server_refuses_is_passed_over_at_once(office: Office) -> None:
    """An address that is wrong is no reason to wait half an hour."""
    office.found("a", 5)
    [planned] = office.plan()
    office.note(AlertRefused(office.now, "section9", planned.alert, "recipient refused, 550"))

    assert [("deputy", ["a 5"])] == told(office.tell())


def test_what_concerns_all_is_written_down_and_told_when_somebody_is_named(office: Office) -> None:
    """It is never forgotten: a chair who is named later is told."""
    everybody = frozenset(one.address for one in (DSL, DEPUTY, HEAD, CHAIR))
    office.people["a"] = everybody
    office.found("a", 5)
    [nobody] = office.tell()
    office.now += HOUR
    still = office.tell()
    office.again()
    other = Recipient("vice@governors.example")
    office.routes = Routes(dict(ROUTES.trust) | {Post.CHAIR: (CHAIR, other)})

    assert ("", []) == (nobody.to, still)
    assert [("vice", ["a 5"])] == told(office.tell())


def test_who_is_both_hears_once(office: Office) -> None:
    """A crime is the DSL's and the head's; one person who is both gets one message."""
    office.routes = Routes({Post.DSL: (HEAD,), Post.HEAD: (HEAD,), Post.CHAIR: (CHAIR,)})
    office.found("a", 5, category=Category.CRIMINAL)

    assert [("head", ["a 5"])] == told(office.tell())


def test_a_crime_is_told_to_two(office: Office) -> None:
    """To the DSL and to the head teacher."""
    office.found("a", 5, category=Category.CRIMINAL)

    assert [("dsl", ["a 5"]), ("head", ["a 5"])] == told(office.tell())


def test_a_seal_is_told_at_once_and_a_broken_one_is_not(office: Office) -> None:
    """To the head teacher, whatever the hour."""
    sealed = [Sealed(office.now, "x", MailId(mail), None, "on a hash list") for mail in "ab"]
    office.note(*sealed, SealBroken(office.now, "x", MailId("b"), "cleared"))

    assert [("head", ["a 5"])] == told(office.tell())


def test_a_pattern_is_told_like_a_message(office: Office) -> None:
    """Bullying is the DSL's; told again when it is graver, not when it lasts, nor when it ended."""
    office.note(pattern(office.now, 3))
    first = office.tell(digest=True)
    office.note(pattern(office.now, 3))
    same = office.tell(digest=True)
    office.note(pattern(office.now, 5))
    graver = office.tell()
    office.note(
        pattern(office.now, 2), PatternLapsed(office.now, "x", PatternId("P-0123456789ab"), "w")
    )

    assert [("dsl", ["P-0123456789ab 3"]), ("dsl", ["P-0123456789ab 5"])] == told([*first, *graver])
    assert ([], []) == (same, office.tell(digest=True))


def test_a_pattern_is_told_as_it_stands(office: Office) -> None:
    """It was graver for a while, before anybody was told: triage no longer says so either."""
    office.note(pattern(office.now, 5), pattern(office.now, 4))

    assert [("dsl", ["P-0123456789ab 4"])] == told(office.tell())


@pytest.mark.parametrize("said", [{"confidence": Confidence.LOW}, {"severity": 1}])
def test_what_is_hardly_anything_is_told_to_nobody(office: Office, said: dict[str, int]) -> None:
    """It waits in triage, or flags nothing."""
    office.found("a", **({"severity": 5} | said))

    assert [] == office.tell(digest=True)


def test_purged_mail_is_told_to_nobody(office: Office) -> None:
    """There is nothing to look at any more."""
    office.found("a", 5)
    office.gone.add("a")

    assert ([], []) == (office.tell(), office.book.waiting())


def test_twenty_thousand_things_are_planned_in_seconds(office: Office) -> None:
    """The first digest over a whole archive is one message, and no pass over it is quadratic."""
    finding = Finding(
        *(RuleId("rule"), 1, Category.WELFARE, "5.4", PartId("1"), 0, 1),
        *(Confidence.HIGH, 3, "why"),
    )
    for start in range(0, 20_000, 5_000):
        office.ledger.append(
            Book.MAIL,
            [
                Scanned(office.now, "x", MailId(str(n)), BlobId("b"), "rule/1", (finding,), ())
                for n in range(start, start + 5_000)
            ],
        )

    [planned] = office.tell(digest=True)
    office.note(AlertAcknowledged(office.now, "d.sl", planned.alert))
    office.book.refresh(through=0)

    assert (20_000, []) == (len(planned.items), list(office.book.open()))
