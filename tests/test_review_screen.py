"""The review screen, driven by its keys: what is seen, and what the ledger says of it after."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from reviewing_house import FIRST, SECOND, ReviewHouse, mail, review_house
from textual.events import Key
from textual.pilot import Pilot
from textual.widgets import Input

from archive.access_events import Searched, Viewed
from archive.books import Book
from archive.review_events import Verdict
from cases.saved import Searches
from commands.review_screen.app import ReviewApp
from commands.review_screen.desk import Desk
from commands.review_screen.keys import KEYS
from commands.review_screen.pile import PAGE
from commands.review_screen.writing import Fashion, paragraphs, pieces
from section9 import Category, Confidence, Finding, Part, PartId, PartKind, RuleId, Span

RELEVANT, NOT_RELEVANT, PRIVILEGED, _ = Verdict
SIZE = (120, 36)


@pytest.fixture
def house(tmp_path: Path) -> Iterator[ReviewHouse]:
    with review_house(tmp_path) as opened:
        yield opened


def screen(house: ReviewHouse, actor: str = FIRST) -> ReviewApp:
    """The screen of one account, over a gate of its own."""
    reviews = house.reviews(actor)
    return ReviewApp(Desk(reviews, Searches(reviews.gate), house.case.id, lambda _: None))


def driven(house: ReviewHouse, drive: Callable[[ReviewApp, Pilot[None]], Awaitable[None]]) -> None:
    """Run a screen for as long as somebody drives it."""

    async def run() -> None:
        app = screen(house)
        async with app.run_test(size=SIZE) as pilot:
            await pilot.pause()
            await drive(app, pilot)

    asyncio.run(run())


async def typed(pilot: Pilot[None], text: str) -> None:
    """Type a line, and end it."""
    await pilot.press(*text, "enter")
    await pilot.pause()


def told(app: ReviewApp) -> str:
    """The line above the keys."""
    return str(app.query_one("#told").render())


def read(app: ReviewApp) -> str:
    """The text in the reading pane."""
    return "\n".join(line.plain.strip() for line in app.paper.lines)


def views(house: ReviewHouse) -> list[Viewed]:
    """Who opened what, so far."""
    return [one for one in house.ledger.events(Book.ACCESS) if isinstance(one, Viewed)]


def test_nothing_is_opened_before_somebody_opens_it(house: ReviewHouse) -> None:
    """Going through the list is a recorded search; Enter is a recorded look, like `show`."""

    async def drive(app: ReviewApp, pilot: Pilot[None]) -> None:
        await pilot.press("j", "j")
        assert [] == views(house)
        await pilot.press("enter")
        assert "The coach leaves at nine." in read(app)
        assert "the trip 2" in read(app)

    driven(house, drive)

    [viewed] = views(house)
    assert (house.mails[2], FIRST, "text") == (viewed.mail, viewed.by, viewed.view)
    first = next(one for one in house.ledger.events(Book.ACCESS) if isinstance(one, Searched))
    assert set(house.mails) == set(first.shown)


def test_a_verdict_leads_to_the_next_that_is_not_reviewed(house: ReviewHouse) -> None:
    """One key a message: it is marked, and the next one opens."""
    house.reviews(FIRST).mark("C-0001", house.mails[3:4], NOT_RELEVANT)

    async def drive(app: ReviewApp, pilot: Pilot[None]) -> None:
        await pilot.press("enter", "r")
        assert "the trip 2" in read(app)
        assert "2 of 5 reviewed" in str(app.query_one("#top").render())

    driven(house, drive)

    review = house.reviews(FIRST).review("C-0001")
    assert RELEVANT == review.of(house.mails[4]).verdict
    assert [house.mails[4], house.mails[2]] == [one.mail for one in views(house)]


def test_all_that_can_be_said_has_a_key(house: ReviewHouse) -> None:
    """Tags with completion, notes, reasons and reviewers are typed in one line below."""

    async def drive(_: ReviewApp, pilot: Pilot[None]) -> None:
        await pilot.press("m", "m", "t")
        await typed(pilot, "hot hr/grievance")
        await pilot.press("g", "t")
        await typed(pilot, "-hot")
        await pilot.press("c")
        await typed(pilot, "see the letter")
        await pilot.press("a")
        await typed(pilot, SECOND)
        await pilot.press("p")
        await typed(pilot, "counsel")

    driven(house, drive)

    review = house.reviews(FIRST).review("C-0001")
    one, other = review.of(house.mails[4]), review.of(house.mails[3])
    assert ({"hr/grievance"}, {"hot", "hr/grievance"}) == (set(one.tags), set(other.tags))
    assert ("see the letter", SECOND, PRIVILEGED) == (
        one.notes[0].text,
        one.assigned,
        one.verdict,
    )


def test_what_is_typed_ahead_is_for_the_line(house: ReviewHouse) -> None:
    """Over a slow line a reason comes in one go with its key: not one letter of it is an act."""

    async def drive(app: ReviewApp, pilot: Pilot[None]) -> None:
        for letter in "pxru":
            app.post_message(Key(letter, letter))
        app.post_message(Key("enter", "\r"))
        await pilot.pause()
        await pilot.pause()
        assert "privileged: 1 message" in told(app)

    driven(house, drive)

    said = house.reviews(FIRST).review("C-0001").of(house.mails[4])
    assert [(PRIVILEGED, "xru")] == [(one.verdict, one.reason) for one in said.opinions.values()]


def test_nothing_found_is_said(house: ReviewHouse) -> None:
    """An empty list is no list that is still counted, and no key fails on it."""

    async def drive(app: ReviewApp, pilot: Pilot[None]) -> None:
        await pilot.press("slash", *["backspace"] * 3)
        await typed(pilot, "zzz")
        await pilot.press("enter", "r", "n", "j", "T", "m", "asterisk")
        assert "nothing is found" in str(app.query_one("#top").render())

    driven(house, drive)

    assert {} == house.reviews(FIRST).review("C-0001").mails


def test_an_error_is_told_and_changes_nothing(house: ReviewHouse) -> None:
    """A bad query, a reviewer whom the case does not know: a line, and the screen as it was."""

    async def drive(app: ReviewApp, pilot: Pilot[None]) -> None:
        await pilot.press("slash", *["backspace"] * 3)
        await typed(pilot, "form:jo")
        assert "this is no field" in told(app)
        assert 5 == len(app.mails.rows)
        await pilot.press("a")
        await typed(pilot, "n.obody")
        assert "does not review" in told(app)
        await pilot.press("slash", *["backspace"] * 3)
        await typed(pilot, "subject:3")
        assert 1 == len(app.mails.rows)

    driven(house, drive)

    assert {} == house.reviews(FIRST).review("C-0001").mails


def test_two_screens_at_once(house: ReviewHouse) -> None:
    """Each sees what the other says; where they differ, both words stand and both see that."""

    async def run() -> None:
        one, two = screen(house, FIRST), screen(house, SECOND)
        async with one.run_test(size=SIZE) as first, two.run_test(size=SIZE) as second:
            await first.press("r")
            await second.press("x")
            await first.pause()
            one.hear()
            two.hear()
            await first.pause()
            lines = [app.mails.render_line(0).text for app in (one, two)]
        assert ["!" in line for line in lines] == [True, True]

    asyncio.run(run())

    said = house.reviews(FIRST).review("C-0001").of(house.mails[4])
    assert {FIRST: RELEVANT, SECOND: NOT_RELEVANT} == {
        by: opinion.verdict for by, opinion in said.opinions.items()
    }


def test_pages_come_as_somebody_comes_to_them(tmp_path: Path) -> None:
    """The list asks for a page, and for the next only near its end; nothing comes twice."""
    with review_house(tmp_path, mails=2 * PAGE + 30) as house:

        async def drive(app: ReviewApp, pilot: Pilot[None]) -> None:
            assert PAGE == len(app.mails.rows)
            await pilot.press("G")
            assert 2 * PAGE == len(app.mails.rows)
            await pilot.press("G", "G")
            assert len({row.hit.mail for row in app.mails.rows}) == 2 * PAGE + 30
            assert 2 * PAGE + 29 == app.mails.cursor
            await pilot.press("F")
            assert "not reviewed" in str(app.query_one("#asked").render())

        driven(house, drive)


def test_mail_is_text_and_nothing_more(house: ReviewHouse) -> None:
    """Markup stays as it is written, and what a terminal would obey becomes a mark."""
    hostile = mail(20, body="[bold red]loud[/] \x1b[2J\u202egnp.exe [@click=app.exit]go[/]")
    house.file(hostile)

    async def drive(app: ReviewApp, pilot: Pilot[None]) -> None:
        await pilot.press("slash", *["backspace"] * 3)
        await typed(pilot, "loud")
        await pilot.press("enter")
        shown = read(app)
        assert "[bold red]loud[/]" in shown
        assert "[@click=app.exit]go[/]" in shown
        assert not {"\x1b", "\u202e"} & set(shown)

    driven(house, drive)


def test_a_conversation_and_the_way_back(house: ReviewHouse) -> None:
    """T lists what answers what; Escape comes back to where one was."""
    reply = mail(21).replace(b"Subject:", b"References: <3@school.example>\nSubject:")
    house.file(reply)

    async def drive(app: ReviewApp, pilot: Pilot[None]) -> None:
        await pilot.press("T")
        depths = [(row.hit.mail == house.mails[3], row.depth) for row in app.mails.rows]
        assert [(True, 0), (False, 1)] == depths
        assert 1 == app.mails.cursor
        await pilot.press("escape")
        assert 6 == len(app.mails.rows)

    driven(house, drive)


def test_a_narrow_terminal_shows_the_list_or_the_text(house: ReviewHouse) -> None:
    """At 60 columns both would be too narrow to read: Enter opens, Escape comes back."""

    async def drive(app: ReviewApp, pilot: Pilot[None]) -> None:
        await pilot.resize_terminal(60, 20)
        await pilot.pause()
        assert (60, False) == (app.mails.size.width, app.paper.display and app.paper.size.width > 0)
        await pilot.press("enter")
        assert (0, 60) == (app.left.size.width, app.paper.size.width + 2)
        await pilot.press("escape")
        assert 60 == app.mails.size.width

    driven(house, drive)


def test_finding_in_the_text(house: ReviewHouse) -> None:
    """F marks all places of some words, and goes to the first."""
    house.file(mail(22, body="\n".join([*["filler"] * 80, "Quagga here", *["more"] * 40])))

    async def drive(app: ReviewApp, pilot: Pilot[None]) -> None:
        await pilot.press("enter", "f")
        await typed(pilot, "quagga")
        top = app.paper.scroll_offset.y
        assert "1 lines with it" in told(app)
        assert any("Quagga" in line.plain for line in app.paper.lines[top : top + 5])

    driven(house, drive)


def test_saved_searches_and_their_news(house: ReviewHouse) -> None:
    """What is new is told at the start; S runs a search, and it is new no more."""
    Searches(house.gate(FIRST)).add("C-0001", "trips", "subject:(1 OR 2)")

    async def drive(app: ReviewApp, pilot: Pilot[None]) -> None:
        await pilot.pause()
        assert "2 new in trips" in told(app)
        await pilot.press("S", "enter")
        await pilot.pause()
        assert 2 == len(app.mails.rows)

    driven(house, drive)

    [fresh] = Searches(house.gate(FIRST)).new("C-0001")
    assert (2, 0) == (fresh.total, fresh.new)


def test_every_key_of_the_help_does_something(house: ReviewHouse) -> None:
    """No key fails, whatever was done before it."""

    async def drive(app: ReviewApp, pilot: Pilot[None]) -> None:
        await pilot.press("enter")
        for binding in KEYS:
            if binding.key not in {"q", "escape"}:
                await pilot.press(binding.key.split(",")[0])
            if app.screen is not app.screen_stack[0] or app.focused is app.query_one(Input):
                await pilot.press("escape")
        assert app.is_running

    driven(house, drive)


# --- what is written --------------------------------------------------------------------------

TEXT = "new words\n> old words\n> Ada 943 476 5919\nend"
OLD = (10, TEXT.index("end"))


def part(*quoted: tuple[int, int], hidden: tuple[int, int] | None = None) -> Part:
    found = Part(PartId("1"), PartKind.BODY, "text/plain", "", len(TEXT), "0" * 64, text=TEXT)
    spans = tuple(Span(*one) for one in quoted)
    return replace(found, quoted=spans, hidden=(Span(*hidden),) if hidden else ())


def finding(start: int, end: int) -> Finding:
    rule = (RuleId("nhs-number"), 1, Category.PERSONAL_DATA, "4.5")
    return Finding(*rule, PartId("1"), start, end, Confidence.HIGH, 4, "why")


@pytest.mark.parametrize(
    ("given", "found", "unfolded", "expected"),
    [
        (part(OLD), [], False, "new words\n▸ 2 quoted lines, z unfolds\nend"),
        (part(OLD), [], True, TEXT),
        (
            part(OLD),
            [finding(28, 40)],
            False,
            TEXT.replace("943 476 5919", "«943 476 5919»"),
        ),
        (part(hidden=(4, 9)), [], False, "new [hidden from readers: words]" + TEXT[9:]),
        (part((0, 900)), [], False, "▸ 4 quoted lines, z unfolds\n"),
        (part(), [finding(0, 3), finding(2, 9)], False, "«new words»" + TEXT[9:]),
        (part(), [finding(900, 990)], False, TEXT),
    ],
)
def test_what_a_rule_found_is_never_folded_away(
    given: Part, found: list[Finding], *, unfolded: bool, expected: str
) -> None:
    """Quoted text is a line that unfolds, hidden text says so, and spans may lie anyhow."""
    shown = "".join(text for text, _ in pieces(given, found, Fashion(unfolded=unfolded)))

    assert expected == shown


def test_a_text_of_very_many_lines_is_cut_and_says_so() -> None:
    """What would keep a reviewer waiting is left to `show`, and how much that is."""
    long = replace(part(), text="a\n" * 100_000)

    page = [line.text.plain for line in paragraphs(long, [], Fashion())]

    assert (10_000, "… 180,000 characters more") == (page.count("a"), page[-1][:25])
