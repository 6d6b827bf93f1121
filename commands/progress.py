"""Progress bars: on a terminal only, on standard error, and never in the way of a pipe."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from rich.progress import Progress, TaskID


class Bar(Protocol):
    """What a command tells of its progress."""

    def advance(self, amount: int) -> None:
        """So much more is done."""

    def reach(self, done: int) -> None:
        """So much is done in all."""

    def expect(self, amount: int) -> None:
        """So much more is to be done."""


class _RichBar:
    def __init__(self, bar: "Progress", task: "TaskID") -> None:
        self._bar = bar
        self._task = task
        self._total = 0

    def advance(self, amount: int) -> None:
        self._bar.advance(self._task, amount)

    def reach(self, done: int) -> None:
        self._bar.update(self._task, completed=done)

    def expect(self, amount: int) -> None:
        self._total += amount
        self._bar.update(self._task, total=self._total)


@contextmanager
def progress(title: str, *, total: int | None, unit: str) -> Iterator[Bar]:
    """Show how much is done, how fast and how long yet.

    `total` is None where nobody knows it. The unit `bytes` is shown as kB, MB and so on.
    """
    from rich.console import Console
    from rich.progress import (
        BarColumn,
        DownloadColumn,
        MofNCompleteColumn,
        Progress,
        ProgressColumn,
        Task,
        TextColumn,
        TimeElapsedColumn,
        TimeRemainingColumn,
        TransferSpeedColumn,
    )
    from rich.text import Text

    class Rate(ProgressColumn):
        """How many a second."""

        def render(self, task: Task) -> Text:
            speed = task.finished_speed or task.speed
            return Text(f"{speed:,.0f}/s" if speed else "", style="progress.data.speed")

    console = Console(stderr=True)
    counts = (
        (DownloadColumn(), TransferSpeedColumn())
        if unit == "bytes"
        else (MofNCompleteColumn(), TextColumn(unit), Rate())
    )
    bar = Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        *counts,
        TimeElapsedColumn(),
        TimeRemainingColumn(),
        console=console,
        disable=not console.is_terminal,
    )
    with bar:
        yield _RichBar(bar, bar.add_task(title, total=total))
