"""What passed between people, as patterns need it: who, when, and what was found; never a word.

A fold over the mail book and over the patterns in the `cases` book, in a file of its own, so that
a look costs what is new and never the whole archive. It follows the ledger and never leads; losing
the file loses nothing. Which pairs wait to be decided stands in it too: a look that is cut off is
gone on with.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import msgspec

from archive.pattern_events import PatternFound, PatternId
from detectors.patterns.bullying import SENDERS, worth_of
from detectors.patterns.history import Passed, SchoolYear, Sign, school_year
from detectors.patterns.weighing import Weighed
from ingest import folded
from section9 import MailId

FORMAT = 2
SCHEMA = """
CREATE TABLE passed (mail TEXT, by TEXT, reader TEXT, year INTEGER, adult TEXT, stranger TEXT,
                     telling INTEGER, hurting INTEGER, id TEXT, what TEXT,
                     PRIMARY KEY (mail, by, reader)) WITHOUT ROWID;
CREATE INDEX passed_pair ON passed (by, reader, year);
CREATE INDEX passed_telling ON passed (by, reader, year) WHERE telling;
CREATE INDEX hurt_reader ON passed (reader, year) WHERE hurting;
CREATE INDEX passed_reader ON passed (reader, year);
CREATE INDEX hurt_by ON passed (by, year) WHERE hurting;
CREATE INDEX passed_stranger ON passed (stranger) WHERE stranger <> '';
CREATE INDEX passed_id ON passed (id) WHERE id <> '';
CREATE TABLE answer (mail TEXT, id TEXT, PRIMARY KEY (mail, id)) WITHOUT ROWID;
CREATE INDEX answer_id ON answer (id);
CREATE TABLE closely (mail TEXT PRIMARY KEY, signs TEXT) WITHOUT ROWID;
CREATE TABLE standing (pattern TEXT PRIMARY KEY, what TEXT) WITHOUT ROWID;
CREATE TABLE waiting (one TEXT, other TEXT, year INTEGER,
                      PRIMARY KEY (one, other, year)) WITHOUT ROWID;
CREATE TABLE applied (book TEXT PRIMARY KEY, segment INTEGER) WITHOUT ROWID;
"""
_SIGNS = tuple[Sign, ...]
LAYOUT = folded.Layout(FORMAT, SCHEMA)
_LINKED = """
    SELECT DISTINCT reply.stranger FROM passed AS first
    JOIN answer ON answer.id = first.id
    JOIN passed AS reply ON reply.mail = answer.mail
    WHERE first.by = ? AND first.reader = ? AND first.adult <> '' AND first.stranger = ''
    AND first.id <> '' AND json_extract(first.what, '$.reached') = 1
    AND reply.stranger <> '' AND reply.by = reply.stranger AND reply.reader = first.by
"""
_ASKED = """
    SELECT DISTINCT first.by, first.reader FROM passed AS reply
    JOIN answer ON answer.mail = reply.mail
    JOIN passed AS first ON first.id = answer.id
    WHERE reply.stranger = ? AND reply.by = reply.stranger AND first.id <> ''
    AND json_extract(first.what, '$.reached') = 1
    AND first.stranger = '' AND first.by = reply.reader AND first.adult <> ''
"""


@dataclass(frozen=True, slots=True)
class Pair:
    """Two people, in order of their addresses, and a school year."""

    one: str
    other: str
    year: SchoolYear


class Memory:
    """The file, open in one process. Close it."""

    def __init__(self, path: Path) -> None:
        self._db = folded.opened(path, LAYOUT)

    def close(self) -> None:
        """Let the file go."""
        self._db.close()

    def begin_again(self) -> None:
        """Forget everything: the ledger tells it again."""
        folded.begin_again(self._db, LAYOUT)

    def applied(self, book: str) -> int:
        """Tell how far a book was followed: the number of its last segment that is in."""
        row = self._db.execute("SELECT segment FROM applied WHERE book = ?", (book,)).fetchone()
        return int(row[0]) if row else 0

    @contextmanager
    def following(self, book: str, segment: int) -> Iterator[None]:
        """Take in a segment of a book, whole or not at all."""
        with folded.transaction(self._db):
            yield
            row = (book, segment)
            self._db.execute("INSERT OR REPLACE INTO applied VALUES (?, ?)", row)

    # --- what passed ----------------------------------------------------------------------------

    def take(self, mail: MailId, weighed: Sequence[Weighed]) -> None:
        """Put what is known of a message in the place of what was; its pairs wait from then on."""
        self.forget([mail])
        for one in weighed:
            passed = one.passed
            row = (
                *(mail, passed.by, passed.to, school_year(passed.sent), one.adult, one.stranger),
                *(bool(passed.signs) or passed.private, worth_of(passed) > 0, one.id),
                msgspec.json.encode(passed).decode(),
            )
            self._db.execute("INSERT OR REPLACE INTO passed VALUES (?,?,?,?,?,?,?,?,?,?)", row)
        ids = {id_ for one in weighed for id_ in one.answers}
        self._db.executemany("INSERT INTO answer VALUES (?, ?)", ((mail, id_) for id_ in ids))
        self._wait_for(mail)

    def forget(self, mails: Iterable[MailId]) -> None:
        """Leave nothing of some messages; the pairs that they passed between wait."""
        for mail in mails:
            self._wait_for(mail)
            self._db.execute("DELETE FROM passed WHERE mail = ?", (mail,))
            self._db.execute("DELETE FROM answer WHERE mail = ?", (mail,))
            self._db.execute("DELETE FROM closely WHERE mail = ?", (mail,))

    def wait_for(self, pairs: Iterable[tuple[str, str]]) -> None:
        """Have pairs decided again, in every year in which anything passed between them."""
        for pair in pairs:
            sql = "SELECT DISTINCT year FROM passed WHERE by = ? AND reader = ?"
            for both in (pair, pair[::-1]):
                for (year,) in self._db.execute(sql, both).fetchall():
                    self._wait(*both, year)

    def wait_for_all(self) -> None:
        """Have every pair decided again."""
        for pair in self.pairs():
            self._wait(pair.one, pair.other, pair.year)

    def pairs(self) -> list[Pair]:
        """List every two people between whom anything passed, by year."""
        sql = "SELECT DISTINCT by, reader, year FROM passed WHERE stranger = ''"
        rows = self._db.execute(sql).fetchall()
        return list(dict.fromkeys(_pair(*row) for row in rows))

    def waiting(self, most: int) -> list[Pair]:
        """List pairs that wait to be decided, in order; `most` at once."""
        sql = "SELECT one, other, year FROM waiting ORDER BY one, other, year LIMIT ?"
        return [Pair(*row) for row in self._db.execute(sql, (most,))]

    def decided(self, pairs: Iterable[Pair]) -> None:
        """Have these wait no longer."""
        sql = "DELETE FROM waiting WHERE one = ? AND other = ? AND year = ?"
        self._db.executemany(sql, ((pair.one, pair.other, pair.year) for pair in pairs))

    def between(self, pair: Pair) -> tuple[list[Passed], str]:
        """Give what passed between two in a year, and which of them is an adult to a student.

        What passed by an address that the reply chain links to one of them is among it. Nothing
        is given where there is nothing to tell: most people write of nothing but school.
        """
        ends = (pair.one, pair.other)
        strangers = [
            (asker, stranger, known)
            for asker, known in (ends, ends[::-1])
            for (stranger,) in self._db.execute(_LINKED, (asker, known)).fetchall()
        ]
        if not strangers and not self._tells(pair):
            return [], ""
        found, adult = self._passed(*ends, pair.year)
        for asker, stranger, known in strangers:
            more, _ = self._passed(asker, stranger, pair.year)
            found += [_renamed(one, stranger, known) for one in more]
        return found, adult

    def hurting(self, reader: str, year: SchoolYear) -> list[Passed]:
        """Give what one got in a year, and what hurts of what they sent; nothing where few hurt."""
        sql = "SELECT COUNT(DISTINCT by) FROM passed WHERE hurting AND reader = ? AND year = ?"
        [senders] = self._db.execute(sql, (reader, year)).fetchone()
        if senders < SENDERS:
            return []
        sql = (
            "SELECT what FROM passed WHERE reader = ?1 AND year = ?2 UNION ALL "
            "SELECT what FROM passed WHERE hurting AND by = ?1 AND year = ?2"
        )
        return [_read(row) for row in self._db.execute(sql, (reader, year))]

    def read_closely(self, mails: Iterable[MailId]) -> dict[MailId, tuple[Sign, ...]]:
        """Give what was seen in messages that were read closely; the others are left out."""
        sql = "SELECT signs FROM closely WHERE mail = ?"
        rows = ((mail, self._db.execute(sql, (mail,)).fetchone()) for mail in mails)
        return {mail: msgspec.json.decode(row[0], type=_SIGNS) for mail, row in rows if row}

    def note_closely(self, read: Mapping[MailId, tuple[Sign, ...]]) -> None:
        """Remember what was seen in messages that were read closely."""
        rows = ((mail, msgspec.json.encode(signs).decode()) for mail, signs in read.items())
        self._db.executemany("INSERT OR REPLACE INTO closely VALUES (?, ?)", rows)

    def _tells(self, pair: Pair) -> bool:
        sql = "SELECT 1 FROM passed WHERE telling AND by = ? AND reader = ? AND year = ? LIMIT 1"
        ends = ((pair.one, pair.other), (pair.other, pair.one))
        return any(self._db.execute(sql, (*both, pair.year)).fetchone() for both in ends)

    def _passed(self, one: str, other: str, year: int) -> tuple[list[Passed], str]:
        sql = "SELECT what, adult FROM passed WHERE by = ? AND reader = ? AND year = ?"
        ends = ((one, other), (other, one))
        rows = [row for both in ends for row in self._db.execute(sql, (*both, year))]
        adult = next((adult for _, adult in rows if adult), "")
        return [_read((what,)) for what, _ in rows], adult

    def _wait_for(self, mail: MailId) -> None:
        """Have the pairs of a message decided, and those that its strangers turn out to be."""
        sql = "SELECT by, reader, year, stranger FROM passed WHERE mail = ?"
        for by, reader, year, stranger in self._db.execute(sql, (mail,)).fetchall():
            if not stranger:
                self._wait(by, reader, year)
            else:
                for asker, asked in self._db.execute(_ASKED, (stranger,)).fetchall():
                    self._wait(asker, asked, year)

    def _wait(self, one: str, other: str, year: int) -> None:
        row = (*sorted((one, other)), year)
        self._db.execute("INSERT OR IGNORE INTO waiting VALUES (?, ?, ?)", row)

    # --- the patterns that stand ----------------------------------------------------------------

    def stands(self, found: PatternFound) -> None:
        """Note a pattern as it was last found."""
        row = (found.pattern, msgspec.json.encode(found).decode())
        self._db.execute("INSERT OR REPLACE INTO standing VALUES (?, ?)", row)

    def lapses(self, pattern: PatternId) -> None:
        """Note that a pattern is no more."""
        self._db.execute("DELETE FROM standing WHERE pattern = ?", (pattern,))

    def standing(self, pattern: PatternId) -> PatternFound | None:
        """Give a pattern as it was last found."""
        sql = "SELECT what FROM standing WHERE pattern = ?"
        row = self._db.execute(sql, (pattern,)).fetchone()
        return msgspec.json.decode(row[0], type=PatternFound) if row else None

    def all_standing(self) -> list[PatternFound]:
        """List the patterns that stand."""
        rows = self._db.execute("SELECT what FROM standing").fetchall()
        return [msgspec.json.decode(what, type=PatternFound) for (what,) in rows]


def _pair(by: str, reader: str, year: SchoolYear) -> Pair:
    one, other = sorted((by, reader))
    return Pair(one, other, year)


def _read(row: tuple[str]) -> Passed:
    return msgspec.json.decode(row[0], type=Passed)


def _renamed(one: Passed, stranger: str, known: str) -> Passed:
    by, to = (known if end == stranger else end for end in (one.by, one.to))
    return replace(one, by=by, to=to)
