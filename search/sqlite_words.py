"""What the SQLite file knows of words and values, for queries that stand for several of them."""

import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from search.expressions import compiled
from search.words import IRREGULAR, MIN_ROOT, WORD, root, stem

MOST_KNOWN = 500_000  # words that a writer remembers to have put in
_LAST = "\U0010ffff"


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """The words and values of the index, asked for in the reader's transaction."""

    db: sqlite3.Connection

    def forms(self, word: str) -> list[str]:
        """List the words with the same English stem, out of those that begin like it."""
        stemmed, start = stem(word), root(word)
        if len(start) < MIN_ROOT:
            return [word]
        begun = self._between(start, "")
        return [form for form in (*IRREGULAR, *begun) if stem(form) == stemmed]

    def like(self, pattern: str) -> list[str]:
        """List the words that look like a pattern of letters, `*` and `?`: GLOB's own signs."""
        start = pattern[: min(place for sign in "*?" if (place := pattern.find(sign)) >= 0)]
        return self._between(start, " AND term GLOB ?", pattern)

    def spelt_like(self, word: str, edits: int) -> list[str]:
        """List the words that so many edits make of a word."""
        from rapidfuzz.distance import OSA  # noqa: PLC0415 - only a misspelt word pays for it
        from rapidfuzz.process import extract  # noqa: PLC0415 - as above

        sql = "SELECT term FROM word WHERE length(term) BETWEEN ? AND ?"
        rows = self.db.execute(sql, (len(word) - edits, len(word) + edits))
        known = [term for (term,) in rows]
        near = extract(word, known, scorer=OSA.distance, score_cutoff=edits, limit=None)
        return [term for term, _, _ in near]

    def values(self, columns: Sequence[str], expression: str) -> list[str]:
        """List the values of some columns that an expression describes."""
        fits = compiled(expression)
        distinct = {value for column in columns for value in self._values(column)}
        return sorted(value for value in distinct if fits(value))

    def _between(self, start: str, more: str, *parameters: str) -> list[str]:
        sql = f"SELECT term FROM word WHERE term >= ? AND term < ?{more}"  # noqa: S608 - ours
        rows = self.db.execute(sql, (start, start + _LAST, *parameters))
        return [term for (term,) in rows]

    def _values(self, column: str) -> Iterator[str]:
        """Yield the different values of a column, skipping from one to the next."""
        sql = "SELECT min(value) FROM value WHERE col = ? AND value > ?"
        last: str | None = ""
        while last is not None:
            [last] = self.db.execute(sql, (column, last)).fetchone()
            if last is not None:
                yield last


class Learnt:
    """The words that a writer has put into the file, so that it need not put them in again."""

    def __init__(self, db: sqlite3.Connection) -> None:
        self._db = db
        self._known: set[str] = set()

    def learn(self, texts: Iterable[str]) -> None:
        """Put the words of texts in; inside the transaction that puts the texts in."""
        new = {word for text in texts for word in WORD.findall(text)} - self._known
        self._db.executemany("INSERT OR IGNORE INTO word VALUES (?)", [(word,) for word in new])
        if len(self._known) > MOST_KNOWN:
            self._known.clear()
        self._known |= new

    def forget(self) -> None:
        """Remember nothing: what was put in may have been rolled back or taken out."""
        self._known.clear()
