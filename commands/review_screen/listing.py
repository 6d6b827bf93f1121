"""The list of messages: two lines each, drawn only where they are seen, however many there are."""

from collections.abc import Callable, Iterable, Iterator
from typing import ClassVar

from rich.cells import set_cell_size
from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.geometry import Region, Size
from textual.message import Message
from textual.scroll_view import ScrollView
from textual.strip import Strip

from archive.review_events import Verdict
from cases.reviewing import Reviewed
from cases.telling import safe
from commands.review_screen.pile import Pile, Row
from search.index import Hit
from section9 import MailId

LINES = 2  # of one message
LETTERS = {
    Verdict.RELEVANT: "R",
    Verdict.NOT_RELEVANT: "N",
    Verdict.PRIVILEGED: "P",
    Verdict.UNDECIDED: "U",
    None: "·",
}
"""What a verdict is in the list: a letter, whatever the colour."""
ROOMY = 48  # columns, in which there is room for the time of day
DEEPEST = 8  # steps to the right in a conversation


class MailList(ScrollView, can_focus=True, inherit_bindings=False):
    """The messages of a pile, one of them under the cursor."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "mail-list--cursor",
        "mail-list--decided",
        "mail-list--relevant",
        "mail-list--not-relevant",
        "mail-list--privileged",
        "mail-list--undecided",
        "mail-list--flag",
        "mail-list--faint",
    }

    class Picked(Message):
        """Somebody clicked on the message under the cursor."""

    def __init__(self, said: Callable[[MailId], Reviewed]) -> None:
        super().__init__()
        self._said = said
        self._pile: Pile | None = None
        self.cursor = 0
        self.chosen: set[MailId] = set()  # that the next act is of, where there are any

    @property
    def rows(self) -> tuple[Row, ...]:
        """The messages that are listed."""
        return self._pile.rows if self._pile else ()

    @property
    def current(self) -> Row | None:
        """The message under the cursor."""
        return self.rows[self.cursor] if self.rows else None

    def put(self, pile: Pile, *, cursor: int | None = None) -> None:
        """List a pile; the cursor stays where it is, or goes where it is told."""
        self._pile = pile
        self.virtual_size = Size(self.size.width, LINES * len(pile.rows))
        self.move(self.cursor if cursor is None else cursor)
        self.refresh()

    def move(self, to: int) -> None:
        """Put the cursor on a message, as near as there is one, and show it."""
        self.cursor = max(0, min(to, len(self.rows) - 1))
        self.scroll_to_region(Region(0, LINES * self.cursor, 1, LINES), animate=False, force=True)
        self.refresh()

    def on_click(self, event: events.Click) -> None:
        """Move to what is clicked on; a click on what the cursor is on picks it."""
        place = (event.y + self.scroll_offset.y) // LINES
        if place == self.cursor:
            self.post_message(self.Picked())
        elif place < len(self.rows):
            self.move(place)

    def render_line(self, y: int) -> Strip:
        """Draw one line of what is seen."""
        place, line = divmod(y + self.scroll_offset.y, LINES)
        width = self.scrollable_content_region.width
        if place >= len(self.rows):
            return Strip.blank(width, self.rich_style)
        row = self.rows[place]
        draw = self._first if line == 0 else self._second
        base = self.rich_style
        if place == self.cursor:
            base += self._look("cursor")
        segments = [Segment(text, base + style) for text, style in draw(row, width)]
        return Strip(segments).adjust_cell_length(width, base)

    def _first(self, row: Row, width: int) -> list[tuple[str, Style]]:
        """The verdict, who wrote, and when."""
        one, hit = self._said(row.hit.mail), row.hit
        form = "%d %b %Y %H:%M" if width >= ROOMY else "%d %b %y"
        when = f" {hit.date:{form}} " if hit.date else " undated "
        mark = ">" if row is self.current else " "
        mark += "✓" if hit.mail in self.chosen else " "
        letter = LETTERS[one.verdict] + ("!" if one.disputed else " ")
        steps = "  " * min(row.depth, DEEPEST)
        gap = f"…{row.missing} " if row.missing else ""
        room = max(0, width - len(mark) - len(letter) - len(when))
        more = f" +{hit.recipients - 1}" if hit.recipients > 1 else ""
        people = safe(f"{steps}{gap}{hit.from_} → {', '.join(hit.to[:1])}{more}")
        look = self._look(one.verdict.value) if one.verdict else Style()
        faint = self._look("decided") if one.decided else Style(bold=True)
        return [
            (mark, self._look("flag")),
            (letter, look + Style(bold=True)),
            (set_cell_size(people.replace("\n", " "), room), faint),
            (when, self._look("faint")),
        ]

    def _second(self, row: Row, width: int) -> list[tuple[str, Style]]:
        """What it is about, and in a word each what sets it apart."""
        hit, one = row.hit, self._said(row.hit.mail)
        indent = "    " + "  " * min(row.depth, DEEPEST)
        flags = _fitting(_flags(hit, one), width // 2)
        room = max(0, width - len(indent) - len(flags) - 2)
        if row.withheld is None:
            said = safe(hit.subject.text).replace("\n", " ") or "(no subject)"
        else:
            said = f"(withheld: {row.withheld:,} bytes)"
        look = self._look("decided") if one.decided else Style()
        return [
            (indent, Style()),
            (set_cell_size(said, room), look),
            (f" {flags} ", self._look("flag")),
        ]

    def _look(self, name: str) -> Style:
        return self.get_component_rich_style(f"mail-list--{name}", partial=True)


def _flags(hit: Hit, one: Reviewed) -> Iterator[str]:
    """In a word each, what sets a message apart; the gravest first."""
    if hit.findings:
        more = f"+{len(hit.findings) - 1}" if len(hit.findings) > 1 else ""
        yield f"!{hit.findings[0]}{more}"
    yield from (f"#{tag}" for tag in one.tags)
    if one.assigned:
        yield f"→{one.assigned}"
    if one.notes:
        yield "note"
    if hit.deleted:
        yield "deleted"
    if hit.opaque:
        yield "part unread"
    if hit.attachments:
        yield f"@{hit.attachments}"


def _fitting(words: Iterable[str], width: int) -> str:
    """As many of the words as there is room for, and a sign that there are more."""
    line = ""
    for word in map(safe, words):
        longer = f"{line} {word}".strip()
        if len(longer) > width - 2:
            return f"{line} …" if line else f"{word[: max(0, width - 1)]}…"
        line = longer
    return line
