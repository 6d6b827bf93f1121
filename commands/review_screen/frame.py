"""What is on the review screen, and how it is brought up to date."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import ClassVar

from rich.segment import Segments
from rich.style import Style
from rich.text import Text
from rich.traceback import Traceback
from textual.app import App, ComposeResult
from textual.binding import BindingType
from textual.containers import Horizontal, Vertical
from textual.events import Key, Resize
from textual.widgets import Footer, Input, Label

from cases.answers import Opened
from cases.telling import safe
from commands.review_screen.desk import Desk
from commands.review_screen.keys import KEYS
from commands.review_screen.listing import MailList
from commands.review_screen.paper import Paper
from commands.review_screen.pile import Pile
from commands.review_screen.themes import DARK, LIGHT
from commands.review_screen.writing import Fashion, Line, written
from section9 import Section9Error

NARROW = 72  # columns, below which the list and the text stand alone
OTHERS_EVERY = 3.0  # seconds between looks at what other reviewers said
WELCOME = """
Enter opens the message under the cursor; the look is recorded.
r, x and p say what it is to the case, and n goes on to the next.

? tells every key.
"""


class Frame(App[None]):
    """The screen without its acts: what is where, and what it tells."""

    CSS_PATH: ClassVar = Path(__file__).with_name("screen.tcss")
    BINDINGS: ClassVar[list[BindingType]] = list(KEYS)
    ENABLE_COMMAND_PALETTE = False
    TITLE = "Section 9"

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self.desk = desk
        self.fashion = Fashion()
        self.opened: Opened | None = None
        self._pile: Pile | None = None
        self._below: list[tuple[Pile, int]] = []  # piles that conversations lie upon
        self._asking = ""
        self._said = self.desk.review()
        self.mails, self.paper, self.line = MailList(self._said.of), Paper(), Input()
        self.top = Label(id="top", markup=False)
        self.asked = Label(id="asked", markup=False)
        self.place = Label(id="place", markup=False)
        self.wanted = Label(id="wanted", markup=False)
        self.told = Label(id="told", markup=False)
        self.left = Vertical(self.asked, self.mails, id="left")
        self.body = Horizontal(self.left, Vertical(self.paper, self.place, id="right"), id="body")
        self.prompt = Horizontal(self.wanted, self.line, id="prompt")

    def compose(self) -> ComposeResult:
        """The list on the left, the text on the right, what is told below."""
        yield self.top
        yield self.body
        yield self.prompt
        yield self.told
        yield Footer(show_command_palette=False)

    def on_mount(self) -> None:
        """Show the first page; what may take longer comes after it."""
        for theme in (DARK, LIGHT):
            self.register_theme(theme)
        self.theme = DARK.name
        self.paper.write(plain(WELCOME))
        self.mails.focus()
        self._ask()
        self.call_after_refresh(self._survey)
        self.set_interval(OTHERS_EVERY, self.hear)

    def on_resize(self, event: Resize) -> None:
        """Where the list and the text do not both fit, show one of them."""
        self.body.set_class(event.size.width < NARROW, "narrow")

    def on_key(self, event: Key) -> None:
        """Give the line what was typed ahead of it: that came to the list, and is no act on mail.

        What the line itself takes does not come here.
        """
        if self._asking and event.is_printable and event.character:
            event.prevent_default()
            self.line.insert_text_at_cursor(event.character)

    # --- what is on the screen ----------------------------------------------------------------

    def tell(self, text: str, *, error: bool = False) -> None:
        """Say something in the line above the keys."""
        self.told.set_class(error, "error")
        self.told.update(safe(text).replace("\n", " "))

    def _try(self, act: Callable[[], None]) -> bool:
        """Do something that may be refused, and tell why it was."""
        try:
            act()
        except Section9Error as error:
            self.tell(str(error), error=True)
            return False
        return True

    def _head(self) -> None:
        desk = self.desk
        known, done = len(desk.mails), desk.decided()
        share = f"{bar(done, known)} {done:,} of {known:,} reviewed"
        if not known:
            share = "counting …" if self._pile and self._pile.total else "nothing is found"
        marked = f"   {len(self.mails.chosen):,} chosen" if self.mails.chosen else ""
        self.top.update(f"Section 9   {desk.case}   {desk.actor}   {share}{marked}")

    def _ask(self, *, cursor: int = 0) -> None:
        """Ask the gate anew, and list what it gives."""

        def act() -> None:
            self._below.clear()
            self._put(self.desk.pile(), cursor=cursor)

        self._try(act)
        self._head()

    def _put(self, pile: Pile, *, cursor: int | None = None) -> None:
        self._pile = pile
        self.mails.put(pile, cursor=cursor)
        what = pile.title or f"{self.desk.only}: {self.desk.query}"
        listed = f"{len(pile.rows):,} of {pile.total:,}"
        self.asked.update(safe(f"{what}   {listed}, {pile.order} first"))

    def _survey(self) -> None:
        """Count how much there is to review, what no search sees, and what is new."""

        def act() -> None:
            answer = self.desk.survey()
            blind = answer.unsearchable
            notes = [f"{blind:,} in scope could not be fully searched: is:opaque"] if blind else []
            notes += [f"{answer.withheld:,} withheld"] if answer.withheld else []
            notes += [f"{answer.own:,} are your own, for others"] if answer.own else []
            news = [(one.saved.name, one.new) for one in self.desk.news() if one.new]
            notes += [f"{new:,} new in {name} (S)" for name, new in news]
            self.tell("; ".join(notes) or "all that is in scope can be searched")

        self._try(act)
        self._head()

    def hear(self) -> None:
        """Show what other reviewers said meanwhile."""
        if self.desk.heard():
            self.mails.refresh()
            self._head()

    def _fatal_error(self) -> None:
        """Keep a bug's traceback, and let nobody's mail out with it: no values of variables."""
        self.bell()
        told = self.console.render(Traceback(width=None), self.console.options)
        self._exit_renderables.append(Segments(told))
        self._close_messages_no_wait()

    # --- how the text looks --------------------------------------------------------------------

    def _placed(self) -> None:
        """Say which message is shown, and whether it is the one that the next act is of."""
        row, pile = self.mails.current, self._pile
        if self.opened is None or row is None or pile is None:
            return
        mail = self.opened.record.mail
        here = f"{self.mails.cursor + 1:,} of {pile.total:,}   this look is recorded"
        away = "is shown, and is not the one under the cursor"
        self.place.update(f"{mail[:12]}   {here if mail == row.hit.mail else away}")

    def _written(self, opened: Opened) -> list[Line]:
        said = self._said.of(opened.record.mail)
        colour = self.theme_variables["error"]
        fashion = replace(self.fashion, found=Style(color=colour, bold=True, underline=True))
        return written(opened, said, self.desk.looked, fashion)

    def action_fold(self) -> None:
        """Unfold what is quoted, or fold it again."""
        self._refashion(replace(self.fashion, unfolded=not self.fashion.unfolded))

    def action_full(self) -> None:
        """Show every copy and delivery, or not."""
        self._refashion(replace(self.fashion, full=not self.fashion.full))

    def _refashion(self, fashion: Fashion) -> None:
        self.fashion = fashion
        if self.opened:
            self.paper.rewrite(self._written(self.opened))

    def action_widen(self) -> None:
        """Give the text the whole width, or put the list beside it."""
        self.body.toggle_class("reading")

    def action_light(self) -> None:
        """Light or dark."""
        self.theme = LIGHT.name if self.theme == DARK.name else DARK.name
        self._refashion(self.fashion)

    def action_turn(self) -> None:
        """Turn from the list to the text and back."""
        (self.mails if self.focused is self.paper else self.paper).focus()


BAR = 12  # cells


def bar(done: int, total: int) -> str:
    """A bar that is full when all is done, and its share in figures."""
    full = BAR * done // max(1, total)
    return f"{'█' * full}{'░' * (BAR - full)} {done / max(1, total):.0%}"


def plain(text: str) -> list[Line]:
    """Words of ours, or made safe, as a page."""
    return [Line(Text(line)) for line in text.split("\n")]
