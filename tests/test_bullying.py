"""Bullying: what wears somebody down, message by message and over the weeks (clause 8)."""

from datetime import UTC, datetime, timedelta
from random import Random

import pytest

from bench.patterns import alarms
from detectors import belittling
from detectors.contract import Context, Text
from detectors.patterns import bullying
from detectors.patterns.history import Passed, Pattern, Sign
from detectors.training import contacts
from detectors.training.threads import BULLYING, threads
from section9 import Confidence, MailId, PartId, RuleId

BULLY, VICTIM = "j.dray@school.example", "p.ames@school.example"
MONDAY = datetime(2026, 10, 5, 9, tzinfo=UTC)
LOW, MEDIUM, HIGH = Confidence
MILD = Sign(RuleId("belittling"), 1, LOW)
HARD = Sign(RuleId("belittling"), 2, LOW)
READ, READ_TOO = (Sign(RuleId(rule), 1, LOW, read=True) for rule in ("belittling", "shunning"))
SHUNS = Sign(RuleId("shunning"), 2, LOW)
SCARES = Sign(RuleId("intimidation"), 2, LOW)
THREAT = Sign(RuleId("threat"), 5, HIGH)


def sent(day: int, *signs: Sign, back: bool = False, laughs: bool = False) -> Passed:
    by, to = (VICTIM, BULLY) if back else (BULLY, VICTIM)
    at = MONDAY + timedelta(days=day, minutes=len(signs))
    return Passed(MailId(f"{day:03d}{'b' * back}"), at, by, to, signs, laughs=laughs)


def decided(*history: Passed, down: bool = False) -> Pattern | None:
    return bullying.between(history, by=BULLY, to=VICTIM, down=down)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("You’re so useless.", [("belittling", 2)]),
        ("As usual you got it wrong.", [("belittling", 1)]),
        ("Nobody wants to sit with you.", [("shunning", 2)]),
        ("Watch your back.", [("intimidation", 2)]),
        ("He said you're useless.", []),
        ("You are not useless, never let them say so.", []),
        ("Nobody thinks you're stupid.", []),
        ('The villain says "you are a joke" and leaves.', []),
        ("You're not needed for cover today.", [("shunning", 1)]),
        ("You are welcome at lunch.", []),
    ],
)
def test_what_is_said_to_wear_somebody_down(text: str, expected: list[tuple[str, int]]) -> None:
    """Said to the reader: not denied, reported or quoted. One message is never more than low."""
    found = list(belittling.detect(Text(text), Context(PartId("1"))))

    assert expected == [(one.rule, one.severity) for one in found]
    assert all(one.confidence is LOW for one in found)


@pytest.mark.parametrize(
    ("history", "expected"),
    [
        ([sent(0, HARD), sent(5, SHUNS)], None),  # two bad moments
        ([sent(0, MILD), sent(9, MILD)], None),
        ([sent(0, MILD), sent(9, MILD), sent(20, MILD)], LOW),
        ([sent(0, MILD), sent(9, MILD), sent(20, MILD), sent(30, MILD)], MEDIUM),
        ([sent(n, *[MILD] * (n % 4 == 0)) for n in range(20)], None),  # chance, in much mail
        ([sent(n, *[HARD] * (n % 4 == 0)) for n in range(20)], MEDIUM),
        ([sent(n, READ, READ_TOO) for n in range(3)], LOW),  # two guesses are not two kinds
        ([sent(0, HARD), sent(9, HARD), sent(20, HARD)], MEDIUM),
        ([sent(0, HARD), sent(9, SHUNS), sent(20, SCARES)], HIGH),
        ([sent(0, HARD), sent(90, SHUNS), sent(200, SCARES)], None),  # too far apart
        ([sent(0, THREAT)], None),  # a finding by itself
        ([sent(0, THREAT), sent(20, THREAT)], HIGH),
    ],
)
def test_mild_messages_add_up(history: list[Passed], expected: Confidence | None) -> None:
    """Three on two days or more, close enough together; or two grave ones."""
    found = decided(*history)

    assert expected == (found.confidence if found else None)


def test_it_is_graver_where_it_grows_worse_or_comes_from_above() -> None:
    """And a threat among it is the gravest."""
    even = decided(sent(0, HARD), sent(5, HARD), sent(9, HARD))
    worse = decided(sent(0, MILD), sent(5, HARD), sent(9, SCARES))
    above = decided(sent(0, HARD), sent(5, HARD), sent(9, HARD), down=True)

    assert even
    assert worse
    assert above
    assert (3, 5, 4) == (even.severity, worse.severity, above.severity)
    assert "it grows worse" in worse.why


def test_it_is_said_what_a_model_alone_reads() -> None:
    """Of the messages that make it, whatever else is in them."""
    praise = Sign(RuleId("affection"), 3, LOW)
    clear = Sign(RuleId("belittling"), 2, LOW, read=True)

    found = decided(sent(0, clear, praise), sent(5, clear), sent(9, HARD))

    assert found
    assert "2 of them only as a model reads them" in found.why


def test_a_quarrel_of_equals_is_told_from_a_campaign() -> None:
    """What is answered in kind is less sure and much less grave."""
    campaign = [sent(0, HARD), sent(5, SHUNS), sent(9, HARD)]
    quarrel = [*campaign, sent(1, HARD, back=True), sent(6, HARD, back=True)]

    one_sided, mutual = decided(*campaign), decided(*quarrel)

    assert one_sided
    assert mutual
    assert (HIGH, MEDIUM) == (one_sided.confidence, mutual.confidence)
    assert mutual.severity < one_sided.severity
    assert "answered in kind" in mutual.why


def test_banter_that_is_laughed_at_is_less_sure() -> None:
    """Half of it laughed at by whom it is said to."""
    banter = decided(
        *(sent(0, HARD), sent(5, HARD), sent(9, HARD)),
        *(sent(1, back=True, laughs=True), sent(6, back=True, laughs=True)),
    )

    assert banter
    assert (LOW, 2) == (banter.confidence, banter.severity)


def test_many_who_turn_on_one_are_a_pattern_together() -> None:
    """Three senders close together, of whom none by itself would be one."""
    mob = [
        Passed(MailId(str(n)), MONDAY + timedelta(hours=n), f"{n}@pupils.example", VICTIM, (HARD,))
        for n in range(3)
    ]

    found = bullying.against(mob, to=VICTIM)

    assert found
    assert (*(f"{n}@pupils.example" for n in range(3)), VICTIM) == found.people
    assert bullying.against(mob[:2], to=VICTIM) is None


def test_the_order_in_which_mail_came_changes_nothing() -> None:
    """Old mail that is taken in late makes the same patterns."""
    random = Random(9)  # noqa: S311 - not for secrets
    for _ in range(200):
        days = random.sample(range(120), random.randrange(12))
        history = [
            sent(
                day,
                *random.sample([MILD, HARD, SHUNS, SCARES, THREAT], random.randrange(3)),
                back=random.random() < 0.3,
                laughs=random.random() < 0.2,
            )
            for day in days
        ]
        late = random.sample(history, len(history))

        assert decided(*history) == decided(*late)


def test_threads_that_it_was_tuned_on() -> None:
    """A floor under the published figures: docs/detectors.md says what is met of unseen words."""
    judged = list(threads(BULLYING, "train", each=1))

    found = alarms(contacts.scanner(), judged, BULLYING)

    assert found.precision >= 0.95
    assert found.recall >= 0.95
