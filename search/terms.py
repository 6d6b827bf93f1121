"""One term of a query, read as its field's kind asks, and what goes wrong with it."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from search.dates import period
from search.fields import DEFAULT, Field, Kind, nearest
from search.glossary import NOTHING_KNOWN, WORDS, Glossary
from search.sizes import read_size
from search.tree import (
    Between,
    Everything,
    Exact,
    Phrase,
    Prefix,
    Query,
    Sized,
    StartsWith,
    Word,
    any_of,
    clean,
)
from search.words import words
from section9 import Section9Error

MAX_ADDRESSES = 10_000  # of a school; Elasticsearch takes 65,536 values in one question
MIN_PREFIX = 2  # letters: one would match a tenth of all words

FORMS = "`section9 help query` shows the forms"
QUOTE = f"put it in double quotes to search for it as text; {FORMS}"

_ADDRESS = re.compile(r"[^\s@]+@[^\s@]+")


class QuerySyntaxError(Section9Error):
    """A query that cannot be read: where, why, and what to write instead."""

    exit_code = 2

    def __init__(self, text: str, position: int, problem: str, advice: str) -> None:
        super().__init__(
            f"{problem}, at character {position + 1}\n{_pointed(text, position)}\n{advice}"
        )
        self.position = position  # from 0, in the text as typed


class UnknownFieldError(QuerySyntaxError):
    """The word before a colon is no field."""


@dataclass(frozen=True, slots=True)
class Here:
    """Where in the query we are: what surrounds the term being read."""

    text: str  # the whole query as typed, for errors
    field: Field
    fields: Mapping[str, Field]  # what can be asked
    depth: int = 0
    glossary: Glossary = NOTHING_KNOWN

    def error(self, position: int | None, problem: str, advice: str) -> QuerySyntaxError:
        """Make the error that points at a position; luqum leaves some unset."""
        return QuerySyntaxError(self.text, position or 0, problem, advice)


@dataclass(frozen=True, slots=True)
class Term:
    """One word or quoted phrase as typed, without its escapes and its last star."""

    text: str
    position: int
    quoted: bool = False
    starred: bool = False


# --- terms, by the kind of their field --------------------------------------------------------


def read_term(term: Term, here: Here) -> Query:
    """Read one word or quoted phrase."""
    return _READERS[here.field.kind](term, here)


def _read_text(term: Term, here: Here) -> Query:
    name = here.field.name
    found = tuple(words(term.text))
    if not found:
        return _read_wordless(term, here)
    if term.starred and words(term.text[-1]):
        if len(found) == 1 and len(found[0]) < MIN_PREFIX:
            advice = f"write at least {MIN_PREFIX} letters before the *"
            raise here.error(term.position, "too short a beginning", advice)
        return Prefix(name, found)
    return Word(name, found[0]) if len(found) == 1 and not term.quoted else Phrase(name, found)


def _read_wordless(term: Term, here: Here) -> Query:
    if term.starred and not term.text and here.field.name == DEFAULT:
        return Everything()
    if term.starred:
        advice = "write at least the first letters; for any attachment, has:attachment"
        raise here.error(term.position, "a * with nothing before it", advice)
    advice = "only letters and digits can be searched for; leave it out, or quote the whole phrase"
    raise here.error(term.position, "no letter or digit in this", advice)


def _read_people(term: Term, here: Here) -> Query:
    """Read a whole address exactly, anything else as words of a name or address."""
    if _ADDRESS.fullmatch(term.text) and not term.starred:
        return Exact(here.field.name, clean(term.text))
    return _read_text(term, here)


def _read_value(term: Term, here: Here) -> Query:
    value = clean(term.text)
    if term.starred:
        return StartsWith(here.field.name, value)
    if not value:
        raise here.error(term.position, "an empty value", "write the value, or * for any")
    if here.field.choices and value not in here.field.choices:
        raise _no_choice(term, here)
    return Exact(here.field.name, value)


def _no_choice(term: Term, here: Here) -> QuerySyntaxError:
    choices = list(here.field.choices)
    meant = nearest(term.text, choices)
    suggestion = f"did you mean {meant}? " if meant else ""
    advice = f"{suggestion}{here.field.name}: takes {', '.join(choices)}"
    return here.error(term.position, f"{here.field.name}: has no such value", advice)


def _read_directory(term: Term, here: Here) -> Query:
    """Put the addresses that the directory has in the place of a name."""
    name = here.field.name
    if term.starred:
        raise here.error(term.position, f"{name}: takes no *", "write the whole name")
    lookup = here.glossary.addresses.get(name)
    found = lookup(clean(term.text)) if lookup else ()
    if not found:
        meant = " or ".join(f'"{one}"' for one in here.glossary.meant(name, term.text))
        advice = (
            f"{f'did you mean {meant}? ' if meant else ''}write it as `section9 people import` "
            'brought it in, or look for participant:"the name" in the messages themselves'
        )
        raise here.error(term.position, f"the directory has no such {name}", advice)
    if len(found) > MAX_ADDRESSES:
        advice = "look for its domain: instead"
        raise here.error(term.position, f"more than {MAX_ADDRESSES:,} addresses", advice)
    return any_of([Exact("participant", clean(address)) for address in found])


def _read_size(term: Term, here: Here) -> Query:
    advice = "write size:>1M, size:<=300K or size:[1M TO 5M]"
    raise here.error(term.position, "a size needs a > or a <", advice)


def _read_id(term: Term, here: Here) -> Query:
    digits = clean(term.text)
    if not re.fullmatch(r"[0-9a-f]{1,64}", digits):
        advice = "an id is up to 64 digits and letters a to f: copy it from a search result"
        raise here.error(term.position, "not the beginning of an id", advice)
    return StartsWith(here.field.name, digits)


def _read_date(term: Term, here: Here) -> Query:
    if term.starred:
        raise here.error(term.position, "a date takes no *", "write 2026, 2026-03 or 2026-03-09")
    return Between(here.field.name, *_period(term, here))


_READERS: dict[Kind, Callable[[Term, Here], Query]] = {
    Kind.TEXT: _read_text,
    Kind.PEOPLE: _read_people,
    Kind.VALUE: _read_value,
    Kind.GRADE: _read_value,
    Kind.DATE: _read_date,
    Kind.SIZE: _read_size,
    Kind.DIRECTORY: _read_directory,
    Kind.ID: _read_id,
    Kind.REVIEW: _read_value,
}


# --- ranges -----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Bound:
    """One end of a range; without a term the end is open."""

    term: Term | None = None
    included: bool = True


OPEN = Bound()


def read_range(low: Bound, high: Bound, position: int, here: Here) -> Query:
    """Read a range, in a field that has an order."""
    match here.field.kind:
        case Kind.DATE:
            return _date_range(low, high, position, here)
        case Kind.GRADE:
            return _grade_range(low, high, position, here)
        case Kind.SIZE:
            return _size_range(low, high, position, here)
    advice = "a range needs confidence:, date:, deleted:, severity: or size: before it"
    raise here.error(position, advice, QUOTE)


def _date_range(low: Bound, high: Bound, position: int, here: Here) -> Query:
    start = _edge(low, "first" if low.included else "after", here)
    end = _edge(high, "after" if high.included else "first", here)
    if start and end and start >= end:
        raise here.error(position, "the range ends before it begins", "swap the two dates")
    return Between(here.field.name, start, end)


def _edge(bound: Bound, which: Literal["first", "after"], here: Here) -> datetime | None:
    if bound.term is None:
        return None
    first, after = _period(bound.term, here)
    return first if which == "first" else after


def _period(term: Term, here: Here) -> tuple[datetime, datetime]:
    try:
        return period(term.text) if term.text[:1].isdigit() else here.glossary.days(term.text)
    except (ValueError, OverflowError) as error:
        raise here.error(term.position, "no such date", _meant_date(term, here)) from error


def _meant_date(term: Term, here: Here) -> str:
    advice = 'write 2026, 2026-03, 2026-W12, 2026-03-09, 2026-03-09T10:30 (UTC) or "last week"'
    if term.text.endswith("term"):
        return f"say when terms are with [[trust.terms]] in section9.toml, or {advice}"
    known = [*WORDS, *(clean(one.name) for one in here.glossary.terms)]
    meant = None if term.text[:1].isdigit() else nearest(term.text, known)
    return f"did you mean {meant}? {advice}" if meant else advice


def _grade_range(low: Bound, high: Bound, position: int, here: Here) -> Query:
    """Read a range of a field whose values are steps, as those of the steps that lie in it."""
    steps = here.field.choices
    first = 0 if low.term is None else _step(low.term, here) + (0 if low.included else 1)
    end = len(steps) if high.term is None else _step(high.term, here) + (1 if high.included else 0)
    if not steps[first:end]:
        advice = f"{here.field.name}: takes {', '.join(steps)}"
        raise here.error(position, "nothing lies in this range", advice)
    return any_of([Exact(here.field.name, str(step)) for step in steps[first:end]])


def _step(term: Term, here: Here) -> int:
    """Say which step of its field a value is."""
    value = clean(term.text)
    if value not in here.field.choices:
        raise _no_choice(term, here)
    return here.field.choices.index(value)


def _size_range(low: Bound, high: Bound, position: int, here: Here) -> Query:
    least, most = _bytes(low, here), _bytes(high, here)
    first = None if least is None else least + (0 if low.included else 1)
    end = None if most is None else most + (1 if high.included else 0)
    if first is not None and end is not None and first >= end:
        raise here.error(position, "nothing lies in this range", "swap the two sizes")
    return Sized(here.field.name, first, end)


def _bytes(bound: Bound, here: Here) -> int | None:
    if bound.term is None:
        return None
    try:
        return read_size(bound.term.text)
    except ValueError as error:
        raise here.error(bound.term.position, "not a size", "write 500, 300K, 1M or 2G") from error


def _pointed(text: str, position: int) -> str:
    """Show the query around a position, and a caret under it."""
    start = max(0, position - 40)
    shown = "".join(c if c.isprintable() else " " for c in text[start : position + 30])
    return f"  {shown}\n  {' ' * (position - start)}^"
