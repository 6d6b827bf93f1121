"""Showing mail on a terminal. Mail is hostile: nothing of it may steer the terminal."""

from collections.abc import Iterable

import click

from archive.case_words import Scope
from cases.telling import safe
from section9 import Span

MOST_NAMED = 3  # people of a scope on one line


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
