"""Showing mail on a terminal. Mail is hostile: nothing of it may steer the terminal."""

import re
from collections.abc import Iterable

import click

from section9 import Scope, Span

MOST_NAMED = 3  # people of a scope on one line
UNSAFE = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f"  # controls, escape among them; tab and newline stay
    "\u200e\u200f\u202a-\u202e\u2066-\u2069"  # marks that turn the direction of writing
    "\ud800-\udfff]"  # halves of a character that never was one
)


def safe(text: str) -> str:
    """Replace what a terminal would obey, or a reader be misled by, with a visible mark."""
    return UNSAFE.sub("\N{REPLACEMENT CHARACTER}", text)


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


def whose(scope: Scope) -> str:
    """Say whose mail, and of when: `mail of j.doe@school.example, 2026-09-01 to 2026-10-31`."""
    everybody = (*scope.people, *scope.mailboxes, *scope.domains)
    more = " …" if len(everybody) > MOST_NAMED else ""
    return f"mail of {', '.join(everybody[:MOST_NAMED])}{more}, {scope.since} to {scope.until}"
