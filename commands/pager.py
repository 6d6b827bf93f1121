"""Long listings on a terminal go through a pager, as git's do; elsewhere nothing changes."""

import io
import os
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stdout

import click

QUITS = "FRX"
"""What `less` is told where `LESS` is not set: colours, and no pager for what fits the screen."""


@contextmanager
def paged(*, wanted: bool) -> Iterator[None]:
    """Show what a block prints by `$PAGER`, if it is wanted and a person is looking."""
    if not (wanted and sys.stdout.isatty() and sys.stdin.isatty()):
        yield
        return
    os.environ.setdefault("LESS", QUITS)
    context = click.get_current_context()
    context.color = not os.environ.get("NO_COLOR")
    context.terminal_width = shutil.get_terminal_size().columns
    shown = io.StringIO()
    try:
        with redirect_stdout(shown):
            yield
    finally:
        if shown.getvalue():
            click.echo_via_pager(shown.getvalue())
