"""Subject access requests: where one stands follows from the acts, and no act goes against them."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from archive.sar_events import (
    SarAnswered,
    SarAsked,
    SarEvent,
    SarExtended,
    SarId,
    SarOpened,
    SarReplied,
    SarSearched,
    Wait,
)
from cases.sar_desk import person_query
from cases.sars import SarUnknownError, fault_of, find, fold
from section9 import CaseId

NOW = datetime(2026, 9, 15, 12, tzinfo=UTC)
S, C = SarId("S-0001"), CaseId("C-0002")
OPENED = SarOpened(NOW, "d.po", S, C, date(2026, 9, 15), ("Ann Pupil",), ("ann@home.example",))
CLEAR = SarAsked(NOW, "d.po", S, C, Wait.CLARIFICATION, date(2026, 9, 16), "which school")
CLEARED = SarReplied(NOW, "d.po", S, C, Wait.CLARIFICATION, date(2026, 9, 21))
WHO = SarAsked(NOW, "d.po", S, C, Wait.IDENTITY, date(2026, 9, 16), "a new address")
SHOWN = SarReplied(NOW, "d.po", S, C, Wait.IDENTITY, date(2026, 9, 22))
LONGER = SarExtended(NOW, "d.po", S, C, date(2026, 10, 15), "14,000 messages")
SEARCHED = SarSearched(NOW, "d.po", S, C, "trip", 3, 0)
ANSWERED = SarAnswered(NOW, "d.po", S, C, date(2026, 10, 15))


@pytest.mark.parametrize(
    ("acts", "ends"),
    [
        ((OPENED,), date(2026, 10, 15)),
        ((OPENED, CLEAR, CLEARED), date(2026, 10, 20)),
        ((OPENED, WHO, SHOWN), date(2026, 10, 22)),
        ((OPENED, LONGER), date(2026, 12, 15)),
        ((OPENED, CLEAR, CLEARED, LONGER), date(2026, 12, 21)),  # a Sunday before
    ],
)
def test_the_day_by_which_it_is_answered(acts: tuple[SarEvent, ...], ends: date) -> None:
    """Identity begins the month anew, clarification stops it, an extension triples it."""
    assert ends == fold(acts)[S].due


def test_what_is_waited_for_and_what_was_searched() -> None:
    """The clock's state, and all searches as one query."""
    waiting = fold([OPENED, CLEAR])[S]
    searched = fold([OPENED, CLEAR, CLEARED, SEARCHED, replace(SEARCHED, query="coach")])[S]

    assert CLEAR == waiting.waiting
    assert (None, "(trip) OR (coach)") == (searched.waiting, searched.query)
    with pytest.raises(SarUnknownError):
        find(fold([OPENED]), "S-0002")


@pytest.mark.parametrize(
    ("acts", "act", "says"),
    [
        ((OPENED, CLEAR), WHO, "sar reply"),
        ((OPENED,), CLEARED, "sar ask"),
        ((OPENED, WHO), CLEARED, "sar ask"),
        ((OPENED, CLEAR), replace(CLEARED, replied=date(2026, 9, 1)), "sar ask"),
        ((OPENED,), replace(CLEAR, asked=date(2026, 9, 1)), "before it was received"),
        ((OPENED,), replace(LONGER, told=date(2026, 10, 16)), "first month"),
        ((OPENED,), replace(LONGER, reason=" "), "--reason"),
        ((OPENED, LONGER), LONGER, "already"),
        ((OPENED,), replace(ANSWERED, sent=date(2026, 10, 16)), "--reason"),
        ((OPENED, ANSWERED), SEARCHED, "answered"),
    ],
)
def test_an_act_that_goes_against_the_record_is_refused(
    acts: tuple[SarEvent, ...], act: SarEvent, says: str
) -> None:
    """In words that say what comes first."""
    assert says in fault_of(act, fold(acts)[S])


def test_a_person_is_searched_by_every_name_and_address() -> None:
    """Nothing that stands in a name changes what is asked."""
    opened = replace(OPENED, names=('Ann "Annie" Pupil', "*"))

    assert 'participant:"ann@home.example" OR "ann annie pupil"' == person_query(opened)
