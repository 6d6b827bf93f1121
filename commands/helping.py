"""`section9 help query`: the whole query language on a page, from the table that defines it."""

from collections.abc import Iterable
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from search.fields import Field


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
        click.echo(f"  {example:<36}{meaning}")
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
        click.echo(f"  {field.name + ':':<14}{field.example:<36}{field.about}")
        if field.choices:
            click.echo(f"  {'':<50}one of {', '.join(field.choices)}")
