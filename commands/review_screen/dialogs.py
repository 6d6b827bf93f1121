"""What stands over the screen for a moment: the help, and a list to choose from."""

from collections.abc import Iterable, Sequence
from typing import ClassVar

from rich.table import Table
from rich.text import Text
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical, VerticalScroll
from textual.screen import ModalScreen
from textual.widgets import Label, OptionList, Static
from textual.widgets.option_list import Option

LEGEND = """
In the list:  R relevant   N not relevant   P privileged   U undecided   · not reviewed
              ! reviewers disagree   ✓ chosen   !rule finding   #tag   →reviewer   @ attached
In the text:  «found by a rule»   ▸ quoted lines, folded   [hidden from readers: …]
"""


class Help(ModalScreen[None]):
    """Every key, and what it does."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q,question_mark", "dismiss", "Close", show=False)
    ]

    def __init__(self, keys: Iterable[Binding]) -> None:
        super().__init__()
        self._keys = [one for one in keys if one.description]

    def compose(self) -> ComposeResult:
        """A table of two columns of keys, and the legend."""
        table = Table.grid(padding=(0, 2))
        half = (len(self._keys) + 1) // 2
        for left, right in zip(self._keys[:half], [*self._keys[half:], None], strict=False):
            cells = [text for one in (left, right) for text in _cells(one)]
            table.add_row(*cells)
        with Vertical(classes="dialog"):
            yield Label("Keys", classes="title")
            with VerticalScroll():
                yield Static(table)
                yield Static(Text(LEGEND))


def _cells(one: Binding | None) -> tuple[Text, Text]:
    if one is None:
        return Text(), Text()
    keys = "  ".join(NAMES.get(key, key) for key in one.key.split(","))
    return Text(keys, "bold"), Text(one.tooltip or one.description)


NAMES = {
    "question_mark": "?",
    "slash": "/",
    "right_square_bracket": "]",
    "left_square_bracket": "[",
    "asterisk": "*",
    "exclamation_mark": "!",
    "pageup": "PgUp",
    "pagedown": "PgDn",
    "enter": "Enter",
    "space": "Space",
    "escape": "Esc",
    "up": "↑",
    "down": "↓",
    "tab": "Tab",
}


class Choose(ModalScreen[str | None]):
    """A list of things by name; gives the name that was chosen."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q", "dismiss(None)", "Close", show=False),
        Binding("j", "next", "Down", show=False),
        Binding("k", "previous", "Up", show=False),
    ]

    def __init__(self, title: str, options: Sequence[tuple[str, str]]) -> None:
        super().__init__()
        self._title, self._options = title, options

    def compose(self) -> ComposeResult:
        """The title and the list."""
        with Vertical(classes="dialog"):
            yield Label(self._title, classes="title")
            yield OptionList(*(Option(Text(text), id=name) for name, text in self._options))

    def action_next(self) -> None:
        """Go down."""
        self.query_one(OptionList).action_cursor_down()

    def action_previous(self) -> None:
        """Go up."""
        self.query_one(OptionList).action_cursor_up()

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """Give what was chosen."""
        self.dismiss(event.option.id)
