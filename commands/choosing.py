"""Which messages a command is about: their ids, ids from standard input, or what a query finds."""

import sys
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, TypeVar

import click

from commands.app import App
from commands.completing import QUERIES

Command = TypeVar("Command", bound=Callable[..., Any])


@dataclass(frozen=True, slots=True)
class Choice:
    """The messages that somebody named, in one of three ways."""

    mails: tuple[str, ...]
    separator: str  # between ids on standard input; empty where they are not there
    query: str


def choosing(command: Command) -> Command:
    """Give a command the argument MAIL… and the options that stand for it."""
    for decorate in (
        click.option(
            "--query",
            default="",
            shell_complete=QUERIES,
            help="All that a query finds, instead of MAIL.",
        ),
        click.option(
            "--stdin0", "separator", flag_value="\0", help="The same, with NUL between them."
        ),
        click.option(
            "--stdin",
            "separator",
            flag_value="\n",
            default="",
            help="Read ids from standard input, one a line.",
        ),
        click.argument("mails", nargs=-1, metavar="[MAIL]…"),
    ):
        command = decorate(command)
    return command


def chosen(app: App, case: str, choice: Choice) -> Iterable[str]:
    """The ids, or beginnings of them, that were named. Raises `click.UsageError` on none or two."""
    ways = [bool(choice.mails), bool(choice.separator), bool(choice.query)]
    if ways.count(True) != 1:
        raise click.UsageError("name messages by MAIL, or with --stdin, --stdin0 or --query")
    if choice.query:
        _, found = app.gate.ids(case, choice.query)
        return found
    if choice.separator:
        return _read(sys.stdin.read(), choice.separator)
    return choice.mails


def _read(text: str, separator: str) -> list[str]:
    ids = [one.strip() for one in text.split(separator)]
    return [one for one in ids if one]
