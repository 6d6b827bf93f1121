"""Showing mail on a terminal. Mail is hostile: nothing of it may steer the terminal."""

import re
import shutil
import sys
import unicodedata
from collections.abc import Iterable, Iterator

import click

from archive.case_words import Scope
from cases.telling import safe
from section9 import Span

MOST_NAMED = 3  # people of a scope on one line
HANG = 4  # columns that what is cut off a line stands further in
GAPPED = re.compile(r"( *)(\[[^\[\]]*\]|[^ ]+)")


def marked(text: str, marks: Iterable[Span], *, colour: str) -> str:
    """Make the marked characters of a text stand out; it is made safe on the way."""
    pieces, end = [], 0
    for mark in sorted(marks, key=lambda span: span.start):
        start = max(mark.start, end)
        pieces += [
            safe(text[end:start]),
            click.style(safe(text[start : mark.end]), fg=colour, bold=True),
        ]
        end = max(end, mark.end)
    return "".join((*pieces, safe(text[end:])))


def echo_hanging(text: str, *, err: bool = False) -> None:
    """Print a line; on a terminal that is too narrow for it, cut between words, the rest indented.

    Off a terminal it stays one line, for other programs.
    """
    click.echo("\n".join(hanging(text, _columns(err=err))), err=err)


def _columns(*, err: bool) -> int:
    """The width of the terminal that is printed to, also by a pager; 0 where there is none."""
    context = click.get_current_context(silent=True)
    if not err and context and context.terminal_width:
        return context.terminal_width
    stream = sys.stderr if err else sys.stdout
    return shutil.get_terminal_size().columns if stream.isatty() else 0


def hanging(text: str, columns: int) -> Iterator[str]:
    """Cut a line, styled or not, into some no wider than so many columns; 0 leaves it whole."""
    indent = " " * (len(text) - len(text.lstrip(" ")) or HANG)
    line = ""
    for gap, word in GAPPED.findall(text):
        if columns and line.strip() and _cells(line + gap + word) > columns:
            yield line
            line = indent + word
        else:
            line += gap + word
    yield line


def _cells(text: str) -> int:
    """The columns that a text takes, its colours aside."""
    plain = click.unstyle(text)
    return len(plain) if plain.isascii() else sum(map(_width, plain))


def _width(character: str) -> int:
    if unicodedata.combining(character):
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1


def whose(scope: Scope) -> str:
    """Say whose mail, and of when: `mail of j.doe@school.example, 2026-09-01 to 2026-10-31`."""
    everybody = (*scope.people, *scope.mailboxes, *scope.domains)
    more = " …" if len(everybody) > MOST_NAMED else ""
    return f"mail of {', '.join(everybody[:MOST_NAMED])}{more}, {scope.since} to {scope.until}"
