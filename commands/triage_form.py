"""A small form over the screen: some lines to fill in, or a choice to make. Keys alone suffice."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.screen import ModalScreen
from textual.widget import Widget
from textual.widgets import Input, Label, OptionList, Static
from textual.widgets.option_list import Option


@dataclass(frozen=True, slots=True)
class Line:
    """One line to fill in, or to choose among: what is asked, and what stands there at first."""

    label: str
    value: str = ""
    needed: bool = False
    options: tuple[tuple[str, str], ...] = ()  # a value and what it means; empty for free words


Answers = tuple[str, ...]


class Form(ModalScreen[Answers | None]):
    """Asks for some lines; gives them, or None where somebody thought better of it."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "dismiss(None)", "cancel")]

    def __init__(self, title: str, lines: Sequence[Line]) -> None:
        super().__init__()
        self._title = title
        self._lines = tuple(lines)

    def compose(self) -> ComposeResult:
        """Lay out the form."""
        with Vertical(id="form"):
            yield Static(self._title, id="title", markup=False)
            for number, line in enumerate(self._lines):
                yield Label(line.label, markup=False)
                yield _widget(line, f"line{number}")
            yield Static("", id="missing", markup=False)
            yield Static("Enter: on   Tab: next line   Esc: leave it", id="hint", markup=False)

    def on_mount(self) -> None:
        """Begin at the first line."""
        if self._lines:
            self.query_one("#line0").focus()

    def on_input_submitted(self) -> None:
        """Go on to the next line, or give the answers after the last."""
        self._onwards()

    def on_option_list_option_selected(self) -> None:
        """Likewise."""
        self._onwards()

    def _onwards(self) -> None:
        widgets = list(self._widgets())
        focused = self.focused
        at = widgets.index(focused) if focused in widgets else len(widgets) - 1
        if at + 1 < len(widgets):
            widgets[at + 1].focus()
            return
        answers = tuple(map(_answer, widgets))
        for line, answer, widget in zip(self._lines, answers, widgets, strict=True):
            if line.needed and not answer.strip():
                self.query_one("#missing", Static).update(f"{line.label}: this is needed")
                widget.focus()
                return
        self.dismiss(answers)

    def _widgets(self) -> Iterator[Widget]:
        return (self.query_one(f"#line{number}") for number in range(len(self._lines)))


def _widget(line: Line, name: str) -> Widget:
    if not line.options:
        return Input(line.value, id=name)
    options = OptionList(
        *(Option(f"{value:<11} {meaning}", id=value) for value, meaning in line.options),
        id=name,
        markup=False,
    )
    options.highlighted = 0
    return options


def _answer(widget: Widget) -> str:
    if isinstance(widget, Input):
        return widget.value
    if isinstance(widget, OptionList) and widget.highlighted is not None:
        return widget.get_option_at_index(widget.highlighted).id or ""
    return ""
