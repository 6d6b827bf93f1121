"""The reading pane: one message, wrapped once, drawn only where it is seen."""

from collections.abc import Iterator

from rich.style import Style
from rich.text import Text
from textual.geometry import Size
from textual.scroll_view import ScrollView
from textual.strip import Strip

from commands.review_screen.writing import WIDTH, Line

LABEL = Style(dim=True)
MATCH = Style(reverse=True, bold=True)
MARGIN = 1


class Paper(ScrollView, can_focus=True, inherit_bindings=False):
    """Shows a text, and finds words in it."""

    def __init__(self) -> None:
        super().__init__()
        self._page: list[Line] = []
        self.lines: list[Text] = []  # as wide as the pane
        self._sought = ""
        self._matches: list[int] = []  # lines, each once for every place in it

    def write(self, page: list[Line]) -> None:
        """Show a text from its beginning."""
        self.rewrite(page)
        self.scroll_to(0, 0, animate=False)

    def rewrite(self, page: list[Line]) -> None:
        """Show the same text in another fashion, and stay where one reads."""
        self._page = page
        self._wrap()

    def on_resize(self) -> None:
        """Wrap anew."""
        self._wrap()

    def find(self, words: str) -> int:
        """Mark all places of some words, go to the first, and tell how many there are."""
        self._sought = words
        self._wrap()
        self.next_match(step=0)
        return len(self._matches)

    def next_match(self, *, step: int) -> None:
        """Go so many matches on from what is seen first; around at the end."""
        if not self._matches:
            return
        top = self.scroll_offset.y
        after = [line for line in self._matches if line > top] or self._matches
        before = [line for line in self._matches if line < top] or self._matches
        line = {0: self._matches[0], 1: after[0], -1: before[-1]}[step]
        self.scroll_to(0, max(0, line - 2) if step == 0 else line, animate=False)

    @property
    def at_end(self) -> bool:
        """Tell whether the last line is seen."""
        return self.scroll_offset.y >= self.max_scroll_y

    def render_line(self, y: int) -> Strip:
        """Draw one line of what is seen."""
        width, number = self.scrollable_content_region.width, y + self.scroll_offset.y
        if number >= len(self.lines):
            return Strip.blank(width, self.rich_style)
        return self._strip(self.lines[number]).adjust_cell_length(width, self.rich_style)

    def _wrap(self) -> None:
        width = max(20, self.scrollable_content_region.width - 2 * MARGIN)
        self.lines = wrapped = [one for line in self._page for one in self._wrapped(line, width)]
        sought = self._sought.casefold()
        lines = enumerate(wrapped) if sought else ()
        self._matches = [number for number, line in lines if sought in line.plain.casefold()]
        self.virtual_size = Size(width, len(self.lines))
        self.refresh()

    def _wrapped(self, line: Line, width: int) -> Iterator[Text]:
        """One line as several, what follows a name to the right of it."""
        text, hang = line.text, WIDTH if line.name else 0
        if not self._sought and not hang and len(text) < width // 2 and "\t" not in text.plain:
            yield text  # cells are two for a character at most
            return
        if self._sought:
            text = text.copy()
            text.highlight_words([self._sought], MATCH, case_sensitive=False)
        for number, one in enumerate(text.wrap(self.app.console, width - hang, tab_size=8)):
            name = line.name if number == 0 else ""
            yield Text.assemble((f"{name:<{hang}}", LABEL), one)

    def _strip(self, line: Text) -> Strip:
        padded = Text.assemble(" " * MARGIN, line)
        return Strip(padded.render(self.app.console)).apply_style(self.rich_style)
