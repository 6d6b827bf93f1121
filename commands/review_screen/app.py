"""The screen itself: which key does what, and what is seen after it."""

from collections.abc import Callable, Sequence
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
from textual.suggester import SuggestFromList
from textual.widgets import Footer, Input, Label

from archive.review_events import Verdict
from cases.answers import Opened
from cases.telling import safe
from commands.investigation import header_text
from commands.review_screen.desk import Desk
from commands.review_screen.dialogs import Choose, Help
from commands.review_screen.keys import FILTERS, KEYS
from commands.review_screen.listing import MailList
from commands.review_screen.paper import Paper
from commands.review_screen.pile import Pile
from commands.review_screen.themes import DARK, LIGHT
from commands.review_screen.writing import Fashion, Line, written
from search.order import Order
from section9 import MailId, Section9Error

NEAR_END = 20  # messages from the end of the list, the next page is fetched
OTHERS_EVERY = 3.0  # seconds between looks at what other reviewers said
ASKED = {
    "privileged": "Privileged because",
    "settle": "Settle (VERDICT why)",
    "tag": "Tags",
    "note": "Note",
    "assign": "Assign to",
    "search": "Search",
    "find": "Find",
    "reason": "Open all of it because",
}


WELCOME = """
Enter opens the message under the cursor; the look is recorded.
r, x and p say what it is to the case, and n goes on to the next.

? tells every key.
"""


class ReviewApp(App[None]):
    """The review of one case by one reviewer."""

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
        self.prompt = Horizontal(self.wanted, self.line, id="prompt")

    def compose(self) -> ComposeResult:
        """The list on the left, the text on the right, what is told below."""
        yield self.top
        yield Horizontal(self.left, Vertical(self.paper, self.place, id="right"), id="body")
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
        known = len(desk.mails)
        done = desk.decided() if known else 0
        share = f"{bar(done, known)} {done:,} of {known:,} reviewed" if known else "counting …"
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

    # --- moving and opening -------------------------------------------------------------------

    def action_move(self, step: int) -> None:
        """Move in the list, or scroll the text, whichever has the focus."""
        if self.focused is self.paper:
            self.paper.scroll_relative(y=step, animate=False)
        else:
            self._go(self.mails.cursor + step)

    def _go(self, to: int) -> None:
        pile = self._pile
        if pile and not pile.whole and to >= len(pile.rows) - NEAR_END:
            self._try(lambda: self._put(self.desk.more(pile)))
        self.mails.move(to)
        self._placed()

    def _placed(self) -> None:
        """Say which message is shown, and whether it is the one that the next act is of."""
        row, pile = self.mails.current, self._pile
        if self.opened is None or row is None or pile is None:
            return
        mail = self.opened.record.mail
        here = f"{self.mails.cursor + 1:,} of {pile.total:,}   this look is recorded"
        away = "is shown, and is not the one under the cursor"
        self.place.update(f"{mail[:12]}   {here if mail == row.hit.mail else away}")

    def action_step(self, step: int) -> None:
        """Open the next message, or the one before."""
        self._go(self.mails.cursor + step)
        self.action_open()

    def action_open(self) -> None:
        """Open the message under the cursor; the look is recorded."""
        row = self.mails.current
        if row is not None:
            self._open(row.hit.mail)

    def _open(self, mail: MailId, *, reason: str = "") -> None:
        def act() -> None:
            self.opened = self.desk.open(mail, reason=reason)
            self.paper.write(self._written(self.opened))
            self._placed()

        self._try(act)

    def _written(self, opened: Opened) -> list[Line]:
        said = self._said.of(opened.record.mail)
        colour = self.theme_variables["error"]
        fashion = replace(self.fashion, found=Style(color=colour, bold=True, underline=True))
        return written(opened, said, self.desk.looked, fashion)

    def on_mail_list_picked(self) -> None:
        """Open what was clicked on."""
        self.action_open()

    def action_read_on(self) -> None:
        """Page down; at the end of the message open the next."""
        row = self.mails.current
        unread = row and (self.opened is None or self.opened.record.mail != row.hit.mail)
        if unread:
            self.action_open()
        elif self.paper.at_end:
            self.action_step(1)
        else:
            self.paper.scroll_page_down(animate=False)

    def action_next_unreviewed(self) -> None:
        """Open the next message that nobody has reviewed, further down in the list."""
        place = self.mails.cursor + 1
        while True:
            rows = self.mails.rows
            found = next(
                (n for n in range(place, len(rows)) if not self._said.of(rows[n].hit.mail).decided),
                None,
            )
            if found is not None:
                self._go(found)
                self.action_open()
                return
            pile = self._pile
            if pile is None or pile.whole:
                self.tell("nothing further down is left to review: F lists what is, from the top")
                return
            place = len(rows)
            if not self._try(lambda pile=pile: self._put(self.desk.more(pile))):  # type: ignore[misc]
                return

    def action_page(self, step: int) -> None:
        """A page on or back."""
        if self.focused is self.paper:
            self.paper.scroll_relative(y=step * self.paper.size.height, animate=False)
        else:
            self._go(self.mails.cursor + step * max(1, self.mails.size.height // 2 - 1))

    def action_edge(self, step: int) -> None:
        """The beginning or the end of the list, or of the text."""
        if self.focused is self.paper:
            self.paper.scroll_to(y=0 if step < 0 else self.paper.max_scroll_y, animate=False)
        else:
            self._go(0 if step < 0 else len(self.mails.rows) - 1)

    def action_turn(self) -> None:
        """Turn from the list to the text and back."""
        (self.mails if self.focused is self.paper else self.paper).focus()

    # --- saying something ---------------------------------------------------------------------

    def _subject(self) -> Sequence[MailId]:
        """What the next act is of: what was chosen, or what is under the cursor."""
        if self.mails.chosen:
            return sorted(self.mails.chosen)
        row = self.mails.current
        return (row.hit.mail,) if row else ()

    def _say(self, act: Callable[[Sequence[MailId]], int], done: str) -> bool:
        """Say something of messages; then they are chosen no more."""
        mails = self._subject()
        if not mails:
            return False

        def say() -> None:
            number = act(mails)
            self.tell(f"{done}: {number:,} message{'' if number == 1 else 's'}, recorded")

        if not self._try(say):
            return False
        self.mails.chosen.clear()
        self._seen()
        return True

    def _seen(self) -> None:
        """Show what is said now."""
        self.desk.heard()
        self.mails.refresh()
        if self.opened:
            self.paper.rewrite(self._written(self.opened))
        self._head()

    def action_mark(self, verdict: str) -> None:
        """Say what the message is to the case, and go on to the next that is not reviewed."""
        several = bool(self.mails.chosen)
        said = self._say(lambda mails: self.desk.mark(mails, Verdict(verdict)), verdict)
        if said and not several:
            self.action_next_unreviewed()

    def action_choose(self) -> None:
        """Choose the message for the next act, or not."""
        if row := self.mails.current:
            self.mails.chosen ^= {row.hit.mail}
            self._go(self.mails.cursor + 1)
            self._head()

    def action_choose_all(self) -> None:
        """Choose all that are listed, or none."""
        everything = {row.hit.mail for row in self.mails.rows}
        self.mails.chosen = set() if self.mails.chosen else everything
        self.mails.refresh()
        self._head()

    # --- asking -------------------------------------------------------------------------------

    def action_ask(self, what: str) -> None:
        """Ask for a line of text: the query, the tags, the reason and so on."""
        known = {"tag": self.desk.tags, "assign": self.desk.readers}.get(what, list)()
        self._asking = what
        self.wanted.update(ASKED[what])
        line = self.line
        line.value = self.desk.query if what == "search" else ""
        line.suggester = SuggestFromList(known) if known else None
        self.prompt.add_class("shown")
        line.focus()

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Do what the line was for."""
        what, typed, desk = self._asking, event.value, self.desk
        self._close_prompt()
        match what:
            case "search":
                self._search(typed)
            case "find":
                number = self.paper.find(typed.strip())
                self.tell(f"{number:,} lines with it: ] and [ go from one to the next")
            case "reason":
                if row := self.mails.current:
                    self._open(row.hit.mail, reason=typed)
            case "privileged":
                self._say(lambda some: desk.mark(some, Verdict.PRIVILEGED, reason=typed), what)
            case "settle":
                self._say(lambda some: desk.settle(some, typed), "settled")
            case "tag":
                self._say(lambda some: desk.tag(some, typed), "tagged")
            case "note":
                self._say(lambda some: desk.note(some, typed), "noted")
            case "assign":
                self._say(lambda some: desk.assign(some, typed), "assigned")

    def _close_prompt(self) -> None:
        self._asking = ""
        self.prompt.remove_class("shown")
        self.mails.focus()

    def _search(self, typed: str) -> None:
        """Ask another query; one that cannot be read leaves everything as it was."""
        before = self.desk.query
        self.desk.query = typed.strip() or "*"

        def act() -> None:
            self._below.clear()
            self._put(self.desk.pile(), cursor=0)

        if self._try(act):
            self.call_after_refresh(self._survey)
        else:
            self.desk.query = before

    def action_filter(self) -> None:
        """Go round through what the list may be narrowed to."""
        names = list(FILTERS)
        self.desk.only = names[(names.index(self.desk.only) + 1) % len(names)]
        self._ask()

    def action_order(self) -> None:
        """Turn the list round."""
        newest = self.desk.order is Order.NEWEST
        self.desk.order = Order.OLDEST if newest else Order.NEWEST
        self._ask()

    def action_saved(self) -> None:
        """Choose a saved search, and run it."""

        def act() -> None:
            news = {
                one.saved.name: f"{one.new:>6,} new of {one.total:,}  {one.saved.name}"
                for one in self.desk.news()
            }
            if not news:
                self.tell("no search is saved: `section9 saved add` saves one")
                return
            self.push_screen(Choose("Saved searches", list(news.items())), self._run_saved)

        self._try(act)

    def _run_saved(self, name: str | None) -> None:
        def act() -> None:
            if name is not None:
                self._search(self.desk.run_saved(name).saved.query)

        self._try(act)

    def action_thread(self) -> None:
        """List the conversation of the message; Escape goes back."""
        row, pile = self.mails.current, self._pile
        if row is None or pile is None:
            return

        def act() -> None:
            found = self.desk.conversation(row.hit.mail)
            self._below.append((pile, self.mails.cursor))
            self._put(found, cursor=found.places.get(row.hit.mail, 0))

        self._try(act)

    # --- the text -----------------------------------------------------------------------------

    def action_match(self, step: int) -> None:
        """Go to the next place that was found, or the one before."""
        self.paper.next_match(step=step)

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

    def action_headers(self) -> None:
        """Show the header block as it came; that look is recorded too."""
        if self.opened is None:
            return
        mail = self.opened.record.mail

        def act() -> None:
            shown = self.desk.open(mail, view="headers")
            self.paper.write(plain(header_text(shown)))

        self._try(act)

    def action_widen(self) -> None:
        """Give the text the whole width, or put the list beside it."""
        self.left.toggle_class("hidden")

    def action_light(self) -> None:
        """Light or dark."""
        self.theme = LIGHT.name if self.theme == DARK.name else DARK.name
        self._refashion(self.fashion)

    # --- leaving ------------------------------------------------------------------------------

    def action_help(self) -> None:
        """Show every key."""
        self.push_screen(Help(KEYS))

    def action_step_back(self) -> None:
        """Close the line, let go of what is chosen, or come back from a conversation."""
        if self._asking:
            self._close_prompt()
        elif self.mails.chosen:
            self.mails.chosen.clear()
            self.mails.refresh()
            self._head()
        elif self._below:
            pile, cursor = self._below.pop()
            self._put(pile, cursor=cursor)

    def action_leave(self) -> None:
        """Leave the screen, or come back from a conversation first."""
        if self._below:
            self.action_step_back()
        else:
            self.exit()


BAR = 12  # cells


def bar(done: int, total: int) -> str:
    """A bar that is full when all is done, and its share in figures."""
    full = BAR * done // max(1, total)
    return f"{'█' * full}{'░' * (BAR - full)} {done / max(1, total):.0%}"


def plain(text: str) -> list[Line]:
    """Words of ours, or made safe, as a page."""
    return [Line(Text(line)) for line in text.split("\n")]
