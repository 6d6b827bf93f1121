"""Contact between an adult and a student over weeks (clauses 6.2 to 6.4)."""

from datetime import UTC, date, datetime, timedelta

import pytest

from bench.patterns import alarms
from detectors.contact.phrases import AFFECTION, EXCHANGE, MEETING, SECRECY
from detectors.contact.wording import faint
from detectors.patterns import decide, drift
from detectors.patterns.decide import Calendar, Excused
from detectors.patterns.history import Passed, Pattern, Sign
from detectors.training import contacts
from detectors.training.threads import CONTACT, threads
from section9 import Confidence, MailId, RuleId

ADULT, CHILD = "o.wren@school.example", "22freya@pupils.school.example"
MONDAY = datetime(2026, 10, 5, tzinfo=UTC)
LOW, MEDIUM, HIGH = Confidence


def sent(
    day: int, *rules: RuleId, hour: int = 10, back: bool = False, reached: int = 1, **how: bool
) -> Passed:
    by, to = (CHILD, ADULT) if back else (ADULT, CHILD)
    signs = tuple(Sign(rule, 1, LOW) for rule in rules)
    at = MONDAY + timedelta(days=day, hours=hour)
    return Passed(MailId(f"{day:03d}"), at, by, to, signs, reached, **how)


def decided(*history: Passed, **how: object) -> Pattern | None:
    return drift.between(history, adult=ADULT, child=CHILD, **how)  # type: ignore[arg-type]  # a test's options


@pytest.mark.parametrize(
    ("history", "expected"),
    [
        ([sent(n, hour=21) for n in range(9)], None),  # nothing said: a portfolio
        ([sent(0, AFFECTION), sent(7)], None),  # praise, once
        ([sent(0, AFFECTION), sent(7, MEETING)], LOW),
        ([sent(0, AFFECTION), sent(7, MEETING), sent(14, SECRECY)], MEDIUM),
        ([sent(n, one) for n, one in enumerate((AFFECTION, MEETING, SECRECY, EXCHANGE, EXCHANGE))]
         + [sent(9, EXCHANGE, back=True)], HIGH),
        ([sent(0, AFFECTION, hour=21), sent(7, hour=21), sent(14, MEETING)], MEDIUM),
        ([sent(n, AFFECTION, MEETING, watched=True) for n in range(3)], None),
        ([sent(n, private=True) for n in range(3)], None),
        ([sent(0), sent(3, private=True), sent(9, AFFECTION, private=True)], MEDIUM),
    ],
)  # fmt: skip
def test_small_things_add_up(history: list[Passed], expected: Confidence | None) -> None:
    """What is said and how it passes; without anything said, hours alone are nothing."""
    found = decided(*history)

    assert expected == (found.confidence if found else None)


def test_what_answers_a_question_is_not_unasked() -> None:
    """A teacher may answer a student in the evening."""
    asked = [
        *(sent(0, back=True, hour=19), sent(0, AFFECTION, hour=20)),
        *(sent(7, back=True, hour=19), sent(7, hour=20)),
    ]

    assert decided(*asked) is None


def test_holidays_are_those_between_the_terms_of_the_settings() -> None:
    """Before the first and after the last nobody knows."""
    terms = ((date(2026, 9, 2), date(2026, 10, 23)), (date(2026, 11, 2), date(2026, 12, 18)))
    days = (date(2026, 8, 1), date(2026, 10, 9), date(2026, 10, 28), date(2027, 1, 2))

    assert [False, False, True, False] == [Calendar(terms).is_holiday(day) for day in days]


def test_a_declared_exception_takes_its_days_out() -> None:
    """What passes between a parent and a child makes no pattern while it runs."""
    history = [sent(0, AFFECTION), sent(7, MEETING), sent(14, SECRECY)]

    def found(until: date) -> list[Pattern]:
        excused = [Excused(ADULT, CHILD, until)]
        people = (CHILD, ADULT)
        return list(decide.between(history, people=people, adult=ADULT, excused=excused))

    assert [] == found(date(2027, 7, 31))
    assert [drift.DRIFT] == [one.rule for one in found(date(2026, 10, 4))]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("I ordered you a pair.", {AFFECTION}),
        ("Hop in my car, nobody else needs to know", {SECRECY, MEETING}),
        ("Homework is due on Friday.", set()),
        ("Today's lesson is on grooming: what if a stranger says 'send me a photo'?", set()),
    ],
)
def test_hints_count_over_weeks_alone(text: str, expected: set[RuleId]) -> None:
    """They are no findings; a lesson about the matter hints at nothing."""
    assert expected == faint(text)


def test_threads_that_nothing_was_tuned_on() -> None:
    """A floor under the published figures: docs/detectors.md."""
    judged = list(threads(CONTACT, "test", each=1))

    found = alarms(contacts.scanner(), judged, CONTACT)

    assert found.precision >= 0.9
    assert found.recall >= 0.6
