"""Excerpts whose matched words are masked: enough to judge most findings by, and not to learn more.

Of a value (a number, a password) nothing is left but its shape; of words, the first letter of
each, for without it nobody could tell an insult from an oath. Pure.
"""

import re
from collections.abc import Collection, Iterable
from dataclasses import replace

from cases.veil import excerpts, metadata
from section9 import Category, Finding, Record

MASK = "•"
VALUES = frozenset(
    {
        Category.PERSONAL_DATA,
        Category.FINANCIAL,
        Category.CREDENTIALS,
        Category.SPECIAL_CATEGORY,
    }
)
SIGN = re.compile(r"[^\W_]")
AFTER_FIRST = re.compile(r"(?<=[^\W_])[^\W_]")


def outline(record: Record) -> Record:
    """A record without a word of the message, but for what was found and where."""
    return replace(metadata(record), findings=record.findings)


def masked(record: Record, categories: Collection[Category]) -> Record:
    """The surroundings of the findings of some categories, with every matched word masked."""
    found = record.current
    parts = tuple(
        replace(part, text=_masked(part.text, (one for one in found if one.part == part.id)))
        for part in record.parsed.parts
    )
    subject = _masked(record.parsed.subject, (one for one in found if one.part == "subject"))
    hidden = replace(record, parsed=replace(record.parsed, subject=subject, parts=parts))
    asked = tuple(one for one in found if one.category in categories)
    return excerpts(replace(hidden, findings=asked))


def _masked(text: str, findings: Iterable[Finding]) -> str:
    """A text of the same length, with what was matched made unreadable."""
    pieces, end = list[str](), 0
    for one in sorted(findings, key=lambda one: (one.start, -one.end)):
        start = max(one.start, end)
        pieces += (text[end:start], _hidden(text[start : one.end], one.category))
        end = max(end, one.end)
    return "".join((*pieces, text[end:]))


def _hidden(matched: str, category: Category) -> str:
    signs = SIGN if category in VALUES else AFTER_FIRST
    return signs.sub(MASK, matched)
