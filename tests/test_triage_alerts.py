"""What triage shows of alerts: who was told of an item, who answered, what went on to others."""

import asyncio
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from engines import ENGINES
from test_triage_screen import shown, until
from triage_house import DEPUTY, DPO, HEAD, NOW, House, triage_house

from archive.alert_events import (
    AlertAcknowledged,
    AlertId,
    AlertItem,
    AlertPlanned,
    AlertSent,
)
from archive.books import Book
from archive.events import Event
from cases.triage.queue import Entry
from commands.triage_lines import item_line
from commands.triage_screen import TriageScreen
from commands.triage_words import mark, standing

MINUTE = timedelta(minutes=1)
FIRST, SECOND = AlertId("A-0001"), AlertId("A-0002")


@pytest.fixture(params=ENGINES)
def house(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[House]:
    with triage_house(tmp_path, engine=ENGINES[request.param]) as made:
        yield made


def told(house: House, alert: AlertId, *, minute: int, severity: int = 4) -> tuple[Event, ...]:
    """An alert of personal data in the second message; after the first one it is escalated."""
    at = NOW + minute * MINUTE
    item = AlertItem(house.mails[2], "personal-data", severity)
    planned = AlertPlanned(
        *(at, "section9", alert, "someone@school.example", "dpo"),
        urgent=True,
        escalated=alert != FIRST,
        out_of_hours=False,
        items=(item,),
    )
    return planned, AlertSent(at, "section9", alert)


def note(house: House, *events: Event) -> None:
    house.ledger.append(Book.CASES, events)


def entry(house: House, actor: str = DPO) -> Entry:
    return house.desk(actor).queue.item(house.mails[2])


def test_an_answered_alert_is_seen_in_the_queue(house: House) -> None:
    """Who, since when, and to which alert: in words, with a mark, and as JSON."""
    note(house, *told(house, FIRST, minute=0))
    before = entry(house)
    note(house, AlertAcknowledged(NOW + 5 * MINUTE, DEPUTY, FIRST))

    after = entry(house)

    assert ("", "✓ ") == (mark(before), mark(after))
    assert ["alerted 2026-11-02 09:00 (A-0001, for the dpo)"] == list(standing(before))
    assert "d.eputy sees to it since 2026-11-02 09:05" in list(standing(after))
    line = item_line(after)
    assert (DEPUTY, NOW + 5 * MINUTE) == (line.acknowledged_by, line.acknowledged)
    assert [("A-0001", "dpo", False, DEPUTY)] == [
        (one.alert, one.post, one.escalated, one.by) for one in line.alerts
    ]


def test_what_nobody_answered_is_seen_to_have_gone_on(house: House) -> None:
    """When, and by which alert; until that one is answered."""
    note(house, *told(house, FIRST, minute=0), *told(house, SECOND, minute=30))
    before = entry(house)
    note(house, AlertAcknowledged(NOW + 40 * MINUTE, HEAD, SECOND))

    after = entry(house)

    assert ("↑ ", "✓ ") == (mark(before), mark(after))
    assert ["escalated 2026-11-02 09:30 (A-0002, for the dpo)"] == list(standing(before))


def test_an_answer_of_another_kind_says_nothing(house: House) -> None:
    """What the DPO answers of a leak leaves the head teacher's part of the message open."""
    note(house, *told(house, FIRST, minute=0), AlertAcknowledged(NOW, DPO, FIRST))

    assert ("✓ ", "") == (mark(entry(house)), mark(entry(house, HEAD)))


def test_an_answer_to_what_was_milder_says_nothing(house: House) -> None:
    """It has become graver since: somebody has to say so anew."""
    note(house, *told(house, FIRST, minute=0, severity=2), AlertAcknowledged(NOW, DPO, FIRST))

    assert entry(house).seen_to is None


def test_the_screen_says_it_too(house: House) -> None:
    """In the row, and beside the item."""
    note(house, *told(house, FIRST, minute=0), AlertAcknowledged(NOW, DEPUTY, FIRST))

    async def run() -> None:
        screen = TriageScreen(house.desk(DPO), pause=0.05)
        async with screen.run_test(size=(150, 40)) as pilot:
            await until(pilot, lambda: "d.eputy sees to it since" in shown(screen))
            row = " ".join(str(cell) for cell in screen.table.get_row_at(0))
            assert "✓ nhs-number" in row
            assert "d.eputy sees to it since 2026-11-02 09:00" in shown(screen)

    asyncio.run(run())
