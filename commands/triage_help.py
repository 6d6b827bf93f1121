"""The help of the triage screen: every key, and what the marks of a row mean."""

from collections.abc import Iterable
from typing import ClassVar

from rich.table import Table
from rich.text import Text
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.screen import ModalScreen
from textual.widgets import Static

NAMES = {"question_mark": "?"}
LEGEND = """
✓ somebody sees to it   ↑ unanswered: the next in line was told
Resting on an item gets a masked excerpt, on the record.
To open all of a message takes a reason."""


class Help(ModalScreen[None]):
    """Every key, and what it does; any of three keys leaves it."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape,q,question_mark", "dismiss", "close")]

    def __init__(self, keys: Iterable[Binding]) -> None:
        super().__init__()
        self._keys = tuple(keys)

    def compose(self) -> ComposeResult:
        """A row for each key, and the legend."""
        table = Table.grid(padding=(0, 2))
        for one in self._keys:
            names = " ".join(NAMES.get(key, key) for key in one.key.split(","))
            table.add_row(Text(names, "bold"), Text(one.tooltip or one.description))
        with Vertical(id="form"):
            yield Static("Keys", id="heading", markup=False)
            yield Static(table)
            yield Static(LEGEND, markup=False)
            yield Static("Esc: back to the queue", id="hint", markup=False)
