"""Breaches: what is on the register follows from the acts, and no act goes against them."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from archive.breach_events import (
    BreachAnswered,
    BreachAware,
    BreachClosed,
    BreachDecided,
    BreachEvent,
    BreachId,
    BreachNotified,
    BreachOpened,
    Harm,
    Likelihood,
    PeopleNotTold,
    PeopleTold,
    Phase,
    Question,
    Verdict,
)
from cases.breaches import BreachUnknownError, State, fault_of, find, fold
from section9 import CaseId, MailId

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)
LATER = NOON + timedelta(hours=100)
B, C = BreachId("B-0001"), CaseId("C-0001")
OPENED = BreachOpened(NOON, "d.po", B, C, (MailId("a" * 64),))
AWARE = BreachAware(NOON, "d.po", B, C, NOON, "the office", "a telephone call")
ANSWERED = BreachAnswered(NOON, "d.po", B, C, Question.OVERVIEW, "a list went astray")
NOTIFY = BreachDecided(
    NOON, "d.po", B, C, Verdict.NOTIFY, Likelihood.LIKELY, Harm.SOME, "a list of children"
)
NOT = replace(NOTIFY, verdict=Verdict.RECORD_ONLY, likelihood=Likelihood.VERY_UNLIKELY)
SENT = BreachNotified(LATER, "d.po", B, C, Phase.INITIAL, NOON + timedelta(hours=70), "IC-1")
TOLD = PeopleTold(LATER, "d.po", B, C, NOON, 31, "letter")
CLOSED = BreachClosed(LATER, "d.po", B, C, "no further action")
START = (OPENED, AWARE)


@pytest.mark.parametrize(
    ("acts", "state"),
    [
        (START, State.ASSESSING),
        ((*START, NOTIFY), State.TO_NOTIFY),
        ((*START, NOT), State.RECORDED),
        ((*START, NOT, NOTIFY), State.TO_NOTIFY),
        ((*START, NOTIFY, SENT), State.NOTIFIED),
        ((*START, NOT, CLOSED), State.CLOSED),
    ],
)
def test_where_a_breach_stands(acts: tuple[BreachEvent, ...], state: State) -> None:
    """The last decision counts, and what was sent counts for more."""
    assert state == fold(acts)[B].state


def test_a_corrected_awareness_moves_the_clock_and_keeps_the_old_one() -> None:
    """Both stand in the register; the later record says from when the hours run."""
    earlier = replace(AWARE, aware=NOON - timedelta(hours=2), reason="a tutor knew before")

    breach = fold([*START, earlier])[B]

    assert (AWARE, earlier) == breach.awareness
    assert NOON + timedelta(hours=70) == breach.notify_by


def test_the_hours_that_a_report_took_and_the_reasons() -> None:
    """What the register says of it: how long, whether late, and why."""
    late = replace(SENT, sent=NOON + timedelta(hours=80), delay="the office was shut")

    breach = fold([*START, NOTIFY, late])[B]

    assert (timedelta(hours=80), True, "the office was shut") == (
        breach.taken,
        breach.late,
        breach.delay,
    )
    assert breach.left(LATER) is None


def test_several_breaches_are_told_apart() -> None:
    """Each has its own acts, by its name in either case of letters."""
    second = replace(OPENED, breach=BreachId("B-0002"))

    breaches = fold([OPENED, AWARE, second, ANSWERED])

    assert {Question.OVERVIEW: "a list went astray"} == find(breaches, "b-0001").answers
    assert {} == find(breaches, "B-0002").answers
    with pytest.raises(BreachUnknownError):
        find(breaches, "B-0003")


@pytest.mark.parametrize(
    ("acts", "act", "says"),
    [
        (START, replace(AWARE, reason=""), "--reason"),
        (START, replace(AWARE, reason="x", aware=LATER), "future"),
        (START, replace(ANSWERED, answer=" "), "nothing is said"),
        (START, replace(NOTIFY, reason=""), "nothing is said"),
        (START, SENT, "breach decide"),
        ((*START, NOT), SENT, "breach decide"),
        ((*START, NOTIFY), replace(SENT, sent=NOON - timedelta(hours=1)), "before anybody"),
        ((*START, NOTIFY), replace(SENT, sent=NOON + timedelta(hours=73)), "--delay"),
        ((*START, NOTIFY), replace(SENT, at=NOON), "future"),
        (START, replace(TOLD, people=0), "nobody was told"),
        (START, CLOSED, "breach decide"),
        ((*START, NOTIFY), CLOSED, "breach notify"),
        ((*START, NOTIFY, SENT), CLOSED, "breach tell"),
        ((*START, NOT, CLOSED), ANSWERED, "closed"),
    ],
)
def test_an_act_that_goes_against_the_record_is_refused(
    acts: tuple[BreachEvent, ...], act: BreachEvent, says: str
) -> None:
    """In words that say what comes first."""
    assert says in fault_of(act, fold(acts)[B])


@pytest.mark.parametrize(
    ("acts", "act"),
    [
        (START, replace(AWARE, reason="a tutor knew before")),
        ((*START, NOTIFY), SENT),
        ((*START, NOTIFY, SENT), replace(SENT, phase=Phase.FURTHER, sent=LATER)),
        ((*START, NOTIFY), replace(SENT, sent=NOON + timedelta(hours=73), delay="shut")),
        ((*START, NOTIFY, SENT, TOLD), CLOSED),
        ((*START, NOTIFY, SENT, PeopleNotTold(LATER, "d.po", B, C, "encrypted")), CLOSED),
        ((*START, NOT), CLOSED),
    ],
)
def test_an_act_that_follows_is_taken(acts: tuple[BreachEvent, ...], act: BreachEvent) -> None:
    """A further report may come at any time; a late first one with its reasons."""
    assert fault_of(act, fold(acts)[B]) == ""
