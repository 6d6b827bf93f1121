"""What words of a query mean today and at this trust: people, schools and days, by their names.

They are looked up when a query is read, so that what runs and is recorded has only addresses and
dates in it, and a hold keeps what they meant when it was placed.
"""

import difflib
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta

from search.tree import clean
from search.words import words

WORDS = (
    "today",
    "yesterday",
    *(
        f"{which} {unit}"
        for unit in ("week", "month", "year", "term")
        for which in ("this", "last")
    ),
)
"""The words for days, of which weeks begin on Monday; and the trust's own names of its terms."""

Lookup = Callable[[str], Sequence[str]]
"""Gives the addresses that go by a name; none where nobody does."""

Names = Callable[[], Iterable[str]]
MOST_MEANT = 3
ALIKE = 0.5  # of 1: half of the letters, in their order


@dataclass(frozen=True, slots=True)
class Term:
    """A school term, both days included."""

    name: str
    first: date
    last: date


@dataclass(frozen=True, slots=True)
class Glossary:
    """What is known of names. Without a `today`, words for days mean nothing."""

    today: date | None = None
    terms: tuple[Term, ...] = ()
    addresses: Mapping[str, Lookup] = field(default_factory=dict)  # by field: `person`, `school`
    names: Mapping[str, Names] = field(default_factory=dict)  # likewise: all that could be written

    def days(self, said: str) -> tuple[datetime, datetime]:
        """Give the first moment of what words for days mean, and the first moment after it, UTC.

        Raises `ValueError` for what are no such words.
        """
        asked = clean(said)
        for term in self.terms:
            if asked == clean(term.name):
                return _span(term.first, term.last)
        if self.today is None:
            raise ValueError(said)
        if asked in {"this term", "last term"}:
            return self._term(self.today, current=asked == "this term")
        return _span(*_days(asked, self.today))

    def meant(self, field_name: str, said: str) -> list[str]:
        """The few names that somebody may have meant: those with all of the words, or nearly so."""
        known = {name.lower(): name for name in sorted(self.names.get(field_name, tuple)())}
        asked = frozenset(words(said))
        having = [name for name in known.values() if asked and asked <= frozenset(words(name))]
        near = difflib.get_close_matches(said.lower(), known, n=1, cutoff=ALIKE)
        return having[:MOST_MEANT] or [known[one] for one in near]

    def _term(self, today: date, *, current: bool) -> tuple[datetime, datetime]:
        """The term that a day is in, or the newest that was over by then."""
        fits = [
            term
            for term in self.terms
            if (term.first <= today <= term.last if current else term.last < today)
        ]
        if not fits:
            raise ValueError("term")
        newest = max(fits, key=lambda term: term.last)
        return _span(newest.first, newest.last)


NOTHING_KNOWN = Glossary()


def _days(said: str, today: date) -> tuple[date, date]:
    """The first and last day of words that count from a day."""
    one = timedelta(days=1)
    if last := re.fullmatch(r"last (\d{1,4}) days", said):
        return today - int(last[1]) * one, today - one
    which, _, unit = said.partition(" ")
    match unit or which:
        case "today" if not unit:
            return today, today
        case "yesterday" if not unit:
            return today - one, today - one
        case "week":
            start = today - today.weekday() * one
            before = start - 7 * one
            after = start + 7 * one
        case "month":
            start = today.replace(day=1)
            before = (start - one).replace(day=1)
            after = (start + 31 * one).replace(day=1)
        case "year":
            start = today.replace(month=1, day=1)
            before, after = start.replace(year=today.year - 1), start.replace(year=today.year + 1)
        case _:
            raise ValueError(said)
    match which:
        case "this":
            return start, after - one
        case "last":
            return before, start - one
    raise ValueError(said)


def _span(first: date, last: date) -> tuple[datetime, datetime]:
    """Turn whole days into moments, UTC."""
    end = datetime.combine(last, time(), UTC) + timedelta(days=1)
    return datetime.combine(first, time(), UTC), end
