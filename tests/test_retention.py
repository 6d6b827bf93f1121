"""Retention: how long each message is kept, what keeps it longer, and by which clock it goes."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from keeping import NOW, Keeping, keeping, mail

from archive.books import Book
from archive.case_events import RetentionRan
from archive.case_words import CaseKind
from cases.holds import Terms
from cases.retaining import Retention
from cases.retention import (
    ClockError,
    Facts,
    Policy,
    RetentionClass,
    began,
    check_clock,
    due,
    later,
)
from cases.retention import (
    facts as facts_of,
)
from section9 import (
    BlobId,
    Category,
    Confidence,
    Finding,
    MailId,
    ParsedMail,
    PartId,
    PersonRole,
    Record,
    RuleId,
    Sighting,
    SightingId,
    Source,
)

CAME = datetime(2026, 1, 31, 9, 0, tzinfo=UTC)
STUDENT, STAFF = PersonRole.STUDENT, PersonRole.STAFF
POLICY = Policy(ordinary=12, staff=24, student=18)


def facts(
    *roles: PersonRole, births: tuple[date, ...] = (), clauses: str = "", case: bool = False
) -> Facts:
    return Facts(CAME, frozenset(roles), births, frozenset(clauses.split()), case)


@pytest.mark.parametrize(
    ("given_facts", "kind", "day"),
    [
        (facts(), RetentionClass.ORDINARY, date(2027, 1, 31)),
        (facts(STUDENT), RetentionClass.STUDENT, date(2027, 7, 31)),
        (facts(STAFF), RetentionClass.STAFF, date(2028, 1, 31)),
        (facts(STAFF, STUDENT), RetentionClass.STAFF, date(2028, 1, 31)),
        (facts(STAFF, clauses="4.5"), RetentionClass.STAFF, date(2028, 1, 31)),
        (facts(STUDENT, clauses="6.2"), RetentionClass.SAFEGUARDING, date(2051, 1, 31)),
        (facts(case=True), RetentionClass.SAFEGUARDING, date(2051, 1, 31)),
        (
            facts(STUDENT, births=(date(2010, 5, 2), date(2014, 2, 3)), clauses="6.4"),
            RetentionClass.SAFEGUARDING,
            date(2039, 2, 3),  # of the youngest
        ),
    ],
)
def test_the_longest_period_of_all_that_fit_wins(
    given_facts: Facts, kind: RetentionClass, day: date
) -> None:
    """Ordinary, staff, student; safeguarding from a child's birth."""
    found = due(given_facts, POLICY)

    assert (kind, day) == (found.kind, found.on.date())


def test_web_logs_have_a_period_of_their_own() -> None:
    """Clause 5.5: six months."""
    assert 6 == Policy().months(RetentionClass.WEB_LOG)


@given(st.datetimes(datetime(1990, 1, 1), datetime(2100, 1, 1)), st.integers(-600, 600))  # noqa: DTZ001 - hypothesis wants them naive
def test_months_are_counted_by_the_calendar(moment: datetime, months: int) -> None:
    """Some months on is in that month, on that day or its last."""
    found = later(moment, months)

    assert (found.year * 12 + found.month) - (moment.year * 12 + moment.month) == months
    assert found.day == moment.day or (found + timedelta(days=1)).day == 1


def test_a_date_that_is_set_back_shortens_nothing() -> None:
    """A sender may write any Date; the period runs from when the mail server handed it over."""
    sighting = Sighting(SightingId("1"), BlobId("0" * 64), Source.SMTP, NOW)
    parsed = ParsedMail("", CAME, "", ())
    record = Record(MailId("0" * 64), datetime(2001, 1, 1, tzinfo=UTC), parsed, (sighting,))

    assert NOW == began(record)


@pytest.mark.parametrize(
    ("now", "confirmed", "refused"),
    [
        (NOW, False, False),
        (NOW - timedelta(seconds=1), False, True),  # set back
        (NOW - timedelta(days=400), True, True),  # set back, whatever anybody says
        (NOW + timedelta(days=30), False, False),
        (NOW + timedelta(days=32), False, True),  # leapt ahead
        (NOW + timedelta(days=3650), True, False),
    ],
)
def test_nothing_goes_by_a_wrong_clock(now: datetime, *, confirmed: bool, refused: bool) -> None:
    """Behind the ledger never; ahead by more than a month only if somebody has looked."""
    try:
        check_clock(now, last=NOW, ran=NOW, confirmed=confirmed)
    except ClockError:
        assert refused
    else:
        assert not refused


def test_an_event_under_the_wrong_clock_does_not_vouch_for_it() -> None:
    """Whoever sets the clock on and searches once has not made it right."""
    leapt = NOW + timedelta(days=3650)

    with pytest.raises(ClockError):
        check_clock(leapt, last=leapt, ran=NOW, confirmed=False)


@pytest.fixture
def house(tmp_path: Path) -> Iterator[Keeping]:
    with keeping(tmp_path / "house") as house:
        yield house


def retention(house: Keeping) -> Retention:
    return Retention(
        house.ledger, house.index, house.custody, Policy(), lambda _: None, lambda: NOW
    )


def test_a_run_purges_what_is_due_and_says_what_it_kept(house: Keeping) -> None:
    """By a hold here; what it keeps stays whole, and the plan had said so."""
    case = house.open_case()
    held, gone = house.file(mail(1)), house.file(mail(2, sender="x.y@school.example"))
    house.holds.place(case, Terms("tribunal", query="quagga1"))
    house.casebook.close(case, reason="moved to tribunal")
    plan = {one.mail: one.kept for one in retention(house).plan()}

    ran = retention(house).run(house.purge, clock_confirmed=False)

    assert {held: ("hold H-0001",), gone: ()} == plan
    assert (1, 1, 1) == (ran.purged, ran.kept, len(ran.certificates))
    assert house.is_whole(held)
    assert house.index.get(gone) is None
    assert isinstance(list(house.ledger.events(Book.CASES))[-1], RetentionRan)


@pytest.mark.parametrize("kind", [CaseKind.INVESTIGATION, CaseKind.SAFEGUARDING])
def test_an_open_case_keeps_its_mail(house: Keeping, kind: CaseKind) -> None:
    """Until it is closed; that of a safeguarding case stays beyond."""
    case, found = house.open_case(kind), house.file(mail(1))

    retention(house).run(house.purge, clock_confirmed=False)
    kept = house.is_whole(found)
    house.casebook.close(case, reason="done")
    retention(house).run(house.purge, clock_confirmed=False)

    assert kept
    assert (kind is CaseKind.SAFEGUARDING) == house.is_whole(found)


def test_what_was_purged_and_comes_again_goes_again(house: Keeping) -> None:
    """It is archived, because nothing that is acknowledged is lost; the next run purges it."""
    found = house.file(mail(1))
    retention(house).run(house.purge, clock_confirmed=False)
    house.file(mail(1), copy="again")

    ran = retention(house).run(house.purge, clock_confirmed=False)

    assert 1 == ran.purged
    assert house.index.get(found) is None


@pytest.mark.parametrize(
    ("rule", "clause", "confidence", "expected"),
    [
        ("secrecy", "6.2", Confidence.MEDIUM, (frozenset({"6.2"}), False)),
        ("secrecy", "6.2", Confidence.LOW, (frozenset(), False)),
        ("safeguarding-file", "6.3", Confidence.LOW, (frozenset(), True)),
    ],
)
def test_a_guess_keeps_nothing_for_25_years_but_of_a_file(
    rule: str, clause: str, confidence: Confidence, expected: tuple[frozenset[str], bool]
) -> None:
    """What is barely a finding decides nothing, unless it speaks of a child-protection file."""
    found = Finding(
        RuleId(rule), 1, Category.PERSONAL_DATA, clause, PartId("1"), 0, 1, confidence, 1, ""
    )
    mail = ParsedMail(message_id="", date=CAME, subject="", from_=())
    record = Record(MailId("0" * 64), CAME, mail, (), (found,))

    told = facts_of(record, person=lambda _address: None, safeguarding_case=False)

    assert expected == (told.clauses, told.safeguarding_case)
