"""The review screen: which key does what."""

from collections.abc import Callable, Sequence

from textual.suggester import SuggestFromList
from textual.widgets import Input

from archive.review_events import Verdict
from commands.investigation import header_text
from commands.review_screen.dialogs import Choose, Help
from commands.review_screen.frame import Frame, plain
from commands.review_screen.keys import FILTERS, KEYS
from search.order import Order
from section9 import MailId

NEAR_END = 20  # messages from the end of the list, the next page is fetched
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
HOW = {
    "settle": "not-relevant the letter is of 2019: ",
    "tag": "hot hr/grievance -coach: ",
    "search": "from:j.doe date:2026-09: ",
}


class ReviewApp(Frame):
    """The review of one case by one reviewer."""

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
            if self.body.has_class("narrow"):
                self.body.add_class("reading")

        self._try(act)

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
        line.placeholder = HOW.get(what, "") + "Enter says it, Esc leaves it"
        self.prompt.add_class("shown")
        self.set_focus(line)  # at once: what is typed next is for the line, and no act on mail

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
        self.set_focus(self.mails)

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

    def action_headers(self) -> None:
        """Show the header block as it came; that look is recorded too."""
        if self.opened is None:
            return
        mail = self.opened.record.mail

        def act() -> None:
            shown = self.desk.open(mail, view="headers")
            self.paper.write(plain(header_text(shown)))

        self._try(act)

    # --- leaving ------------------------------------------------------------------------------

    def action_help(self) -> None:
        """Show every key."""
        self.push_screen(Help(KEYS))

    def action_step_back(self) -> None:
        """Close the line, come back to the list, let go of what is chosen, leave a conversation."""
        if self._asking:
            self._close_prompt()
        elif self.body.has_class("narrow") and self.body.has_class("reading"):
            self.body.remove_class("reading")
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
