"""`section9 triage` on a terminal: the queue, what stands around each finding, a key for each act.

Nothing is opened by moving about: an excerpt, which is recorded, is fetched once the cursor has
rested on an item. No meaning is in a colour alone.
"""

import asyncio
from collections.abc import Iterator
from typing import TYPE_CHECKING, ClassVar

from rich.text import Text
from textual import work
from textual.app import App, ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.timer import Timer
from textual.widgets import DataTable, Footer, Static

from archive.books import Book
from archive.triage_events import ItemId
from cases.triage.desk import Triage
from cases.triage.items import Item
from cases.triage.queue import Entry, entry
from cases.triage.state import State
from commands import triage_words as words
from commands.triage_acts import ACTS, Act, NothingChosenError
from commands.triage_help import Help
from commands.triage_reading import page, welcome
from section9 import Section9Error

if TYPE_CHECKING:
    from cases.answers import Opened

PAUSE = 0.3  # seconds that the cursor rests before an excerpt is fetched
LOOK_AGAIN = 20  # seconds between looks for new items
SHOWN = 200  # rows below the cursor that the table has
AT_ONCE = 200  # items read before the keyboard is listened to again
COLUMNS = (("severity", 9), ("waits", 7), ("found", 26), ("who", 20))
REST_OF = 26  # columns of the terminal that the last two do not have
WIDE = 120  # columns of a terminal from which on the two panes stand side by side


class TriageScreen(App[None]):
    """The queue on one side, the item on the other."""

    TITLE = "triage"
    CSS_PATH = "triage.tcss"
    ENABLE_COMMAND_PALETTE = False
    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (WIDE, "-wide")]  # noqa: RUF012 - Textual reads it
    BINDINGS: ClassVar[list[BindingType]] = [
        *(Binding(act.key, f"act('{act.key}')", act.name, tooltip=act.about) for act in ACTS),
        Binding("f", "narrow", "rule", tooltip="let the next act be about one rule alone"),
        Binding("j,n", "step(1)", "next item", show=False),
        Binding("k,p", "step(-1)", "item before", show=False),
        Binding("space", "read(1)", "read on; b reads back", show=False),
        Binding("b", "read(-1)", show=False),
        Binding("r", "refresh", "read the queue anew", show=False),
        Binding("q", "quit", "quit", tooltip="leave"),
        Binding("question_mark", "keys", "keys", tooltip="these keys"),
    ]

    def __init__(self, triage: Triage, *, pause: float = PAUSE) -> None:
        super().__init__()
        self._pause = pause
        self.triage = triage
        self.items: dict[ItemId, Item] = {}  # all there is, by id
        self.waiting: list[Entry] = []
        self.rule = ""  # that the next act is narrowed to; all of them where empty
        self.last: ItemId | None = None  # decided here, for `undo`
        self.at: ItemId | None = None  # the item that is shown
        self.opened: tuple[Opened, ...] = ()  # of it
        self.seen = (0, 0)  # how far the index and the ledger were read
        self.resting: Timer | None = None

    def compose(self) -> ComposeResult:
        """Lay out the screen."""
        yield Static(id="head", markup=False)
        yield DataTable(id="queue", cursor_type="row", zebra_stripes=True)
        with VerticalScroll(id="reading", can_focus=True):
            yield Static(id="page", markup=False)
        yield Footer(show_command_palette=False, compact=True)

    def on_mount(self) -> None:
        """Begin to read, and look again from time to time."""
        self.theme = "nord"
        for name, width in COLUMNS:
            self.table.add_column(name, width=width, key=name)
        self.table.focus()
        self._head("reading …")
        self.load()
        self.set_interval(LOOK_AGAIN, self._look_again)

    def on_resize(self) -> None:
        """Let the last column have the rest of the width."""
        self.call_after_refresh(self._fit)

    def _fit(self) -> None:
        *_, found, who = self.table.ordered_columns
        room = max(self.table.size.width - REST_OF, 24)
        found.width, who.width = room * 5 // 9, room * 4 // 9
        self.table.refresh(layout=True)

    @property
    def table(self) -> "DataTable[Text]":
        """The queue on the screen."""
        return self.query_one("#queue", DataTable)

    @property
    def chosen(self) -> Entry:
        """The item under the cursor. Raises `NothingChosenError` where there is none."""
        row = self.table.cursor_row
        if not 0 <= row < len(self.waiting):
            raise NothingChosenError
        return self.waiting[row]

    # --- the queue ----------------------------------------------------------------------------

    @work(exclusive=True, group="load")
    async def load(self) -> None:
        """Read all there is, in pieces, so that keys are heard meanwhile; then show it."""
        self.seen = self._heads()
        items: dict[ItemId, Item] = {}
        try:
            for item in self.triage.queue.items(self.triage.queue.state()):
                items[item.id] = item
                if len(items) % AT_ONCE == 0:
                    await asyncio.sleep(0)
        except Section9Error as error:
            self.tell(error)
            return
        self.items = items
        self._fill()

    def _fill(self) -> None:
        """Show what waits; the cursor stays on its item, or goes to what took its place."""
        row = self.table.cursor_row
        at = self.waiting[row].item.id if row < len(self.waiting) else None
        self.waiting = list(self._entries(self.triage.queue.state()))
        rows = {each.item.id: row for row, each in enumerate(self.waiting)}
        self.table.clear()
        row = min(rows.get(at, row) if at else 0, max(len(self.waiting) - 1, 0))
        self._show_rows(until=row + SHOWN)
        self.table.move_cursor(row=row)
        self._head()
        self._show()

    def _show_rows(self, *, until: int) -> None:
        """Put rows into the table that it lacks: thousands may wait, and few are looked at."""
        for each in self.waiting[self.table.row_count : until]:
            self.table.add_row(*self._row(each), key=each.item.id)

    def _entries(self, state: State) -> Iterator[Entry]:
        left = (state.waiting(item) for item in self.items.values())
        for item in sorted(filter(None, left), key=lambda one: one.rank):
            yield entry(state, item)

    def _row(self, each: Entry) -> Iterator[Text]:
        item, now = each.item, self.triage.gate.clock()
        yield Text(words.severity(item), style="bold" if item.severity >= 4 else "")  # noqa: PLR2004 - grave
        yield Text(words.age(item.since, now), justify="right")
        yield Text(f"{words.mark(each)}{words.rules(item)}", overflow="ellipsis", no_wrap=True)
        yield Text(words.locals_of(item), overflow="ellipsis", no_wrap=True)

    def _head(self, doing: str = "") -> None:
        counts = words.by_severity(each.item for each in self.waiting)
        waits = doing or (
            f"{len(self.waiting):,} wait: {counts}" if self.waiting else "nothing waits"
        )
        narrowed = f"   only {self.rule}" if self.rule else ""
        text = f"Section 9 triage   {self.triage.case.id}   {self.triage.actor}   {waits}{narrowed}"
        self.query_one("#head", Static).update(text)

    def _heads(self) -> tuple[int, int]:
        applied = sum(map(len, self.triage.gate.index.applied()))
        return applied, self.triage.gate.ledger.head(Book.CASES).number

    def _look_again(self) -> None:
        """Show what came, or what somebody else decided, since the last look."""
        applied, decided = self._heads()
        if len(self.screen_stack) > 1:
            return  # somebody is typing
        if applied != self.seen[0]:
            self.load()
        elif decided != self.seen[1]:
            self.seen = (applied, decided)
            self._fill()

    # --- reading ------------------------------------------------------------------------------

    def on_data_table_row_highlighted(self) -> None:
        """Say at once what was found; fetch the excerpt when the cursor has rested."""
        if self.table.row_count - self.table.cursor_row < SHOWN // 2:
            self._show_rows(until=self.table.cursor_row + SHOWN)
        self._show()

    def _show(self) -> None:
        """Show the item under the cursor; what was opened of it stays."""
        row = self.table.cursor_row
        at = self.waiting[row].item.id if row < len(self.waiting) else None
        if at == self.at and self.opened:
            self._write()
            return
        self.at, self.opened = at, ()
        self.rule = self.rule if self._has(self.rule) else ""
        if self.resting:
            self.resting.stop()
        self._write()
        if self.waiting:
            self.resting = self.set_timer(self._pause, self._fetch)

    def _has(self, rule: str) -> bool:
        row = self.table.cursor_row
        here = self.waiting[row].item.findings if row < len(self.waiting) else ()
        return any(one.rule == rule for one in here)

    def _fetch(self) -> None:
        """Fetch what stands around the findings, masked; the look is recorded."""
        from commands.triage_pages import looks

        try:
            each = self.chosen
            found = looks(self.triage, each.item, reason=None)
            self.show_opened(tuple(look.opened for look in found if look.opened))
        except NothingChosenError:
            return
        except Section9Error as error:
            self.tell(error)

    def show_opened(self, opened: "tuple[Opened, ...]") -> None:
        """Show what was opened of the item under the cursor."""
        self.opened = opened
        self._write()

    def _write(self) -> None:
        self.query_one("#reading", VerticalScroll).scroll_home(animate=False)
        row = self.table.cursor_row
        text = (
            page(self.waiting[row], self.opened, rule=self.rule, now=self.triage.gate.clock())
            if row < len(self.waiting)
            else welcome()
        )
        self.query_one("#page", Static).update(text)

    # --- acting -------------------------------------------------------------------------------

    @work(exclusive=True, group="act")
    async def action_act(self, key: str) -> None:
        """Ask what an act needs, do it, and go on to the next item."""
        act: Act = next(one for one in ACTS if one.key == key)
        try:
            said = await act.do(self)
        except NothingChosenError:
            self.notify("Nothing is chosen.", markup=False)
            return
        except Section9Error as error:
            self.tell(error)
            self._look_again()
            return
        if said:
            self.notify(said, markup=False)
            self.seen = self._heads()
            if act.decides:
                self._fill()

    def action_narrow(self) -> None:
        """Let the next act be about one rule: each key press the next, and then all again."""
        row = self.table.cursor_row
        if row >= len(self.waiting):
            return
        rules = ["", *dict.fromkeys(one.rule for one in self.waiting[row].item.findings)]
        at = rules.index(self.rule) if self.rule in rules else 0
        self.rule = rules[(at + 1) % len(rules)]
        self._head()
        self._write()

    def action_read(self, pages: int) -> None:
        """Turn the page of the item, whatever the cursor is in."""
        reading = self.query_one("#reading", VerticalScroll)
        turn = reading.scroll_page_down if pages > 0 else reading.scroll_page_up
        turn(animate=False)

    def action_step(self, by: int) -> None:
        """Go to the next item, or the one before."""
        self.table.move_cursor(row=max(0, self.table.cursor_row + by))

    def action_refresh(self) -> None:
        """Read everything anew."""
        self.load()

    def action_keys(self) -> None:
        """Show every key."""
        keys = (one for one in self.BINDINGS if isinstance(one, Binding))
        self.push_screen(Help(one for one in keys if one.description))

    def tell(self, error: Section9Error) -> None:
        """Say what went wrong, and what to do."""
        self.notify(str(error), severity="warning", timeout=10, markup=False)


def show_screen(triage: Triage) -> None:
    """Run the screen until somebody leaves it."""
    TriageScreen(triage).run()
