"""`section9 help query`: the whole query language on a page, from the table that defines it."""

from collections.abc import Iterable
from shutil import get_terminal_size
from textwrap import wrap
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from search.fields import Field

WIDTH = 132  # characters of a line, where there is no terminal
NARROWEST = 40  # characters of a column


@click.group("help")
def help_() -> None:
    """Explain more than one command's worth."""


@help_.command("query")
def query() -> None:
    """Explain the query language: how terms combine, and every field.

    \b
    section9 help query
    """
    from search.fields import FIELDS, SYNTAX

    click.secho("Terms", bold=True)
    for example, meaning in SYNTAX:
        _print_row(f"  {example:<36}", meaning)
    _print_fields(FIELDS)
    click.echo("\nWhatever is asked, a search finds mail in the case's scope and nowhere else.")


@help_.command("web")
def web() -> None:
    """Explain what can be asked of web visits, in the same language: `section9 search --web`.

    \b
    section9 help web
    """
    from search.web_fields import WEB_FIELDS

    click.echo("Terms combine as for mail: section9 help query. A word stands as it is written.")
    _print_fields(WEB_FIELDS)
    click.echo("\nWhatever is asked, a search finds visits of the case's people and nobody else's.")


def _print_fields(fields: "Iterable[Field]") -> None:
    click.secho("\nFields", bold=True)
    for field in fields:
        _print_row(f"  {field.name + ':':<14}{field.example:<36}", field.about)
        if field.choices:
            _print_row(" " * 52, f"one of {', '.join(field.choices)}")


def _print_row(head: str, said: str) -> None:
    """Print what is said in a column beside its head, as wide as the terminal is."""
    width = max(get_terminal_size((WIDTH, 0)).columns - len(head), NARROWEST)
    lines = wrap(said, width, break_long_words=False, break_on_hyphens=False)
    click.echo(f"\n{' ' * len(head)}".join([f"{head}{lines[0]}", *lines[1:]]))
