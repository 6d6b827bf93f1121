"""The triage screen, driven by its keys as somebody at a terminal drives it."""

import asyncio
import re
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path

import pytest
from textual.pilot import Pilot
from textual.widgets import Static
from triage_house import DEPUTY, DPO, HEAD, NUMBER, House, triage_house

from archive.access_events import Viewed
from archive.books import Book
from archive.triage_events import IncidentFiled, Linked, Suppressed, Triaged, TriageUndone, Verdict
from commands.triage_acts import ACTS
from commands.triage_screen import TriageScreen

Steps = Callable[[Pilot[None], TriageScreen], Awaitable[None]]
SIZE = (150, 40)
NAMED = {" ": "space", "-": "minus", "?": "question_mark"}


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    with triage_house(tmp_path) as made:
        yield made


def drive(
    house: House,
    actor: str,
    steps: Steps,
    *,
    size: tuple[int, int] = SIZE,
    pause: float = 0.05,
) -> None:
    """Run the screen for somebody, and do these steps once the queue is there."""

    async def run() -> None:
        screen = TriageScreen(house.desk(actor), pause=pause)
        async with screen.run_test(size=size) as pilot:
            await until(pilot, lambda: bool(screen.waiting))
            await steps(pilot, screen)

    asyncio.run(run())


async def until(pilot: Pilot[None], ready: Callable[[], bool]) -> None:
    """Wait until something holds; the machine may be slow."""
    for _ in range(200):
        await pilot.pause(0.05)
        if ready():
            return
    raise AssertionError("it took too long")


async def type_in(pilot: Pilot[None], *keys: str) -> None:
    """Press keys; a word of several letters is typed."""
    for key in keys:
        named = key in {"enter", "escape", "down", "tab"}
        await pilot.press(*([key] if named else [NAMED.get(one, one) for one in key]))
        await pilot.pause()


def shown(screen: TriageScreen) -> str:
    """What stands in the reading pane, in one line."""
    page = screen.query_one("#page", Static)
    rows = (page.render_line(row) for row in range(page.size.height))
    return " ".join(" ".join(segment.text for row in rows for segment in row).split())


def on_screen(screen: TriageScreen) -> set[str]:
    """Every word that stands anywhere."""
    return set(re.findall(r"\w+", screen.export_screenshot().replace("&#160;", " ")))


def decided(house: House) -> list[object]:
    return [
        one
        for one in house.ledger.events(Book.CASES)
        if isinstance(one, Triaged | TriageUndone | Suppressed | Linked | IncidentFiled)
    ]


def views(house: House) -> list[Viewed]:
    return [one for one in house.ledger.events(Book.ACCESS) if isinstance(one, Viewed)]


def test_resting_on_an_item_shows_it_masked(house: House) -> None:
    """Who and why stand there at once, what stands around a moment later; the look is recorded."""

    async def steps(pilot: Pilot[None], screen: TriageScreen) -> None:
        await until(pilot, lambda: "•• ••• ••••" in shown(screen))
        text = shown(screen)
        assert "4 grave" in text
        assert "j.doe@school.example → a@home.example" in text
        assert "as the rule says" in text
        assert NUMBER not in text

    drive(house, DPO, steps)

    assert ["masked"] == [one.view for one in views(house)]


def test_moving_on_quickly_opens_nothing(house: House) -> None:
    """Passing over an item is no look at it."""

    async def steps(pilot: Pilot[None], screen: TriageScreen) -> None:
        await type_in(pilot, "j", "j", "k", "j")
        await until(pilot, lambda: bool(screen.opened))

    drive(house, DPO, steps, pause=3)

    assert [house.mails[1]] == [one.mail for one in views(house)]


def test_a_decision_is_a_key_and_the_next_item_follows(house: House) -> None:
    """Confirm, dismiss with a word, take back: each is on the ledger and the queue moves on."""

    async def steps(pilot: Pilot[None], screen: TriageScreen) -> None:
        await type_in(pilot, "c", "enter")
        await until(pilot, lambda: len(screen.waiting) == 2)
        await type_in(pilot, "d", "down", "enter", "enter")
        assert len(screen.screen_stack) == 2  # the words are missing
        await type_in(pilot, "a lesson", "enter")
        await until(pilot, lambda: len(screen.waiting) == 1)
        await type_in(pilot, "u", "enter")
        await until(pilot, lambda: len(screen.waiting) == 2)

    drive(house, DPO, steps)

    confirmed, dismissed, undone = decided(house)
    assert isinstance(confirmed, Triaged)
    assert isinstance(dismissed, Triaged)
    assert isinstance(undone, TriageUndone)
    assert (house.mails[2], Verdict.CONFIRMED) == (confirmed.item[:], confirmed.verdict)
    assert ("harmless", "a lesson") == (dismissed.dismissal, dismissed.reason)
    assert dismissed.item == undone.item


def test_one_rule_can_be_decided_alone(house: House) -> None:
    """`f` narrows the next act to one rule; the rest of the item waits on."""

    async def steps(pilot: Pilot[None], screen: TriageScreen) -> None:
        await type_in(pilot, "f", "f")
        assert screen.rule == "insult"
        await type_in(pilot, "c", "enter")
        await until(pilot, lambda: bool(decided(house)))
        await until(pilot, lambda: len(screen.waiting[0].item.findings) == 1)

    drive(house, DEPUTY, steps)

    [made] = decided(house)
    assert isinstance(made, Triaged)
    assert ["insult"] == [one.rule for one in made.findings]


def test_opening_takes_a_reason(house: House) -> None:
    """Without one the form stays; with one all is shown, and both are on the ledger."""

    async def steps(pilot: Pilot[None], screen: TriageScreen) -> None:
        await until(pilot, lambda: bool(screen.opened))
        await type_in(pilot, "o", "enter")
        assert len(screen.screen_stack) == 2
        await type_in(pilot, "at risk", "enter")
        await until(pilot, lambda: NUMBER in shown(screen))

    drive(house, DPO, steps)

    assert ("text", "at risk") == (views(house)[-1].view, views(house)[-1].reason)


def test_quiet_linked_and_put_on_record(house: House) -> None:
    """The other keys: a suppression, a link to a case, the record of an incident."""

    async def steps(pilot: Pilot[None], screen: TriageScreen) -> None:
        await type_in(pilot, "i", "rude", "enter", "told", "enter", "enter", "enter")
        await until(pilot, lambda: len(decided(house)) == 1)
        await type_in(pilot, "s", "enter", "enter", "enter", "agreed", "enter")
        await until(pilot, lambda: len(screen.waiting) == 1)
        await type_in(pilot, "l", "c-0004", "enter")
        await until(pilot, lambda: not screen.waiting)

    drive(house, DPO, steps, size=(80, 24))

    filed, quiet, _, linked = decided(house)
    assert isinstance(filed, IncidentFiled)
    assert isinstance(quiet, Suppressed)
    assert isinstance(linked, Linked)
    assert ("rude", "told", ("j.doe@school.example",)) == (filed.words, filed.done, filed.concerns)
    assert ("pair", "agreed") == (quiet.extent, quiet.reason)
    assert "C-0004" == linked.into


def test_the_second_of_two_is_told_who_was_first(house: House) -> None:
    """What somebody else decided meanwhile is said, and leaves the queue."""

    async def steps(pilot: Pilot[None], screen: TriageScreen) -> None:
        house.desk(DEPUTY).confirm(house.mails[2])
        await type_in(pilot, "d", "enter", "no", "enter")
        await until(pilot, lambda: len(screen.waiting) == 2)
        assert "d.eputy confirmed" in "".join(note.message for note in screen._notifications)

    drive(house, DPO, steps)


def test_escape_does_nothing(house: House) -> None:
    """Whoever thinks better of it has done nothing; an empty queue says so and takes keys."""

    async def steps(pilot: Pilot[None], screen: TriageScreen) -> None:
        await type_in(pilot, "c", "escape", "d", "escape", "o", "escape")
        assert len(screen.waiting) == 2
        await type_in(pilot, "c", "enter")
        await until(pilot, lambda: len(screen.waiting) == 1)
        await type_in(pilot, "c", "enter")
        await until(pilot, lambda: not screen.waiting)
        await type_in(pilot, "c", "d", "f", "j")
        await until(pilot, lambda: "Nothing waits" in shown(screen))

    drive(house, HEAD, steps)

    assert 2 == len(decided(house))


@pytest.mark.parametrize("size", [(80, 24), (200, 50)])
def test_every_key_is_told_and_fits(house: House, size: tuple[int, int]) -> None:
    """In the help, without scrolling; the last line has the acts. Esc leads back to the queue."""

    async def steps(pilot: Pilot[None], screen: TriageScreen) -> None:
        await until(pilot, lambda: {act.name for act in ACTS} <= on_screen(screen))
        await type_in(pilot, "?")
        form = screen.screen.query_one("#form")
        assert form.max_scroll_y == 0
        assert form.region.height <= size[1]
        await type_in(pilot, "escape")
        assert len(screen.screen_stack) == 1

    drive(house, DPO, steps, size=size)


def test_a_long_item_is_read_by_keys(house: House) -> None:
    """On a small terminal the message stands below: space goes there, b comes back."""

    async def steps(pilot: Pilot[None], screen: TriageScreen) -> None:
        await until(pilot, lambda: bool(screen.opened))
        reading = screen.query_one("#reading")
        await until(pilot, lambda: reading.max_scroll_y > 0)
        await type_in(pilot, " ")
        await until(pilot, lambda: reading.scroll_y > 0)
        await type_in(pilot, "b")
        await until(pilot, lambda: reading.scroll_y == 0)

    drive(house, DEPUTY, steps, size=(80, 16))


@pytest.mark.parametrize("size", [(80, 24), (200, 50)])
def test_nothing_matched_is_on_the_screen_before_a_reason_is_given(
    house: House, size: tuple[int, int]
) -> None:
    """Neither in a row nor in the excerpt, nor in the form that asks for the reason."""

    async def steps(pilot: Pilot[None], screen: TriageScreen) -> None:
        await until(pilot, lambda: "about the trip" in shown(screen))
        seen = screen.export_screenshot()
        await type_in(pilot, "o")
        seen += screen.export_screenshot()
        assert [] == [word for word in (NUMBER, "muppet") if word in shown(screen) + seen]

    drive(house, DEPUTY, steps, size=size)
