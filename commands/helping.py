"""`section9 help query`: the whole query language on a page, from the table that defines it."""

import click


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
    click.secho("\nFields", bold=True)
    for field in FIELDS:
        click.echo(f"  {field.name + ':':<14}{field.example:<36}{field.about}")
        if field.choices:
            click.echo(f"  {'':<50}one of {', '.join(field.choices)}")
    click.echo("\nWhatever is asked, a search finds mail in the case's scope and nowhere else.")
