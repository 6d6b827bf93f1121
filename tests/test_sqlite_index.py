"""What the SQLite index promises beyond the contract: a file, several processes, and damage."""

import multiprocessing
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path

import pytest

from search.index import IndexCorruptError, IndexMissingError, IndexVersionError
from search.query import parse
from search.sqlite import SqliteIndex, open_afresh, open_sqlite
from search.sqlite_match import Known
from search.sqlite_where import found
from search.sqlite_words import Vocabulary
from search.tree import All, AnyOf, Between, Everything, Exact, Word, clean
from search.words import words
from section9 import (
    BlobId,
    MailId,
    ParsedMail,
    Part,
    Participant,
    PartId,
    PartKind,
    Record,
    Section9Error,
    Sighting,
    SightingId,
    Source,
)

START = datetime(2026, 1, 1, tzinfo=UTC)
OMAR = Participant("Omar", "omar@home.example")


def mail(number: int, text: str = "hello") -> Record:
    name = sha256(str(number).encode()).hexdigest()
    date = START + timedelta(hours=number)
    part = Part(PartId("1"), PartKind.BODY, "text/plain", "", len(text), name, text)
    parsed = ParsedMail(f"{number}@home.example", date, f"number {number}", (OMAR,), parts=(part,))
    copy = Sighting(SightingId(name), BlobId(name), Source.SMTP, date)
    return Record(MailId(name), date, parsed, (copy,))


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A place for an index."""
    return tmp_path / "section9.sqlite"


@pytest.fixture
def index(path: Path) -> Iterator[SqliteIndex]:
    """An empty index, open for writing."""
    with closing(open_sqlite(path, mode="write")) as opened:
        yield opened


# --- the file ---------------------------------------------------------------------------------


def test_a_reader_of_no_index_is_told_to_rebuild(path: Path) -> None:
    """Nothing is made by looking for it."""
    with pytest.raises(IndexMissingError, match="index rebuild"):
        open_sqlite(path, mode="read")

    assert not path.exists()


def test_what_is_no_database_is_called_damaged(path: Path) -> None:
    """A damaged file costs a rebuild, not a traceback."""
    path.write_bytes(b"not a database at all" * 500)

    with pytest.raises(IndexCorruptError, match="index rebuild"):
        open_sqlite(path, mode="write")


def test_damage_inside_is_noticed_where_it_is_read(path: Path) -> None:
    """Pages torn in the middle of the file raise the same error."""
    with closing(open_sqlite(path, mode="write")) as index:
        index.put([mail(number, "word " * 500) for number in range(200)], segment=1)
    content = bytearray(path.read_bytes())
    content[8_192:] = b"\xa5" * (len(content) - 8_192)
    path.write_bytes(content)

    with pytest.raises(IndexCorruptError), closing(open_sqlite(path, mode="read")) as index:
        index.search(parse("word"), limit=5)


@pytest.mark.parametrize("made", ["CREATE TABLE other (x)", "CREATE TABLE format (format TEXT)"])
def test_a_database_of_another_kind_is_left_alone(path: Path, made: str) -> None:
    """A file with other tables, or half made, is refused and not changed."""
    with closing(sqlite3.connect(path)) as other:
        other.execute(made)

    with pytest.raises(IndexVersionError, match="index rebuild"):
        open_sqlite(path, mode="write")


def test_another_format_asks_for_a_rebuild(path: Path) -> None:
    """An index of an older or newer program is not guessed at, even by a reader."""
    open_sqlite(path, mode="write").close()
    with closing(sqlite3.connect(path)) as other:
        other.execute("UPDATE format SET format = '0/1.0.0'")
        other.commit()

    with pytest.raises(IndexVersionError, match=r"0/1\.0\.0"):
        open_sqlite(path, mode="read")


def test_an_index_to_rebuild_into_is_begun_again_where_it_is_unsound(path: Path) -> None:
    """A rebuild goes on with what is sound, and is never stopped by what is not."""
    with closing(open_afresh(path)) as index:
        index.put([mail(1)], segment=1)
    with closing(open_afresh(path)) as index:
        sound = index.count(Everything())
    path.write_bytes(b"damaged" * 1_000)

    with closing(open_afresh(path)) as index:
        unsound = index.count(Everything())

    assert (1, 0) == (sound, unsound)


def test_a_commit_reaches_the_disk(index: SqliteIndex) -> None:
    """The spool lets go of a message after `put`, so the log is synced at each commit."""
    [mode] = index._db.execute("PRAGMA journal_mode").fetchone()
    [synchronous] = index._db.execute("PRAGMA synchronous").fetchone()

    assert ("wal", 2) == (mode, synchronous)


def test_a_killed_writer_leaves_what_it_put(path: Path) -> None:
    """A process killed after `put` has lost nothing; its segment is there with its mail."""
    script = (
        "import os, signal, sys; from pathlib import Path; sys.path.insert(0, 'tests');"
        "from test_sqlite_index import mail; from search.sqlite import open_sqlite;"
        "index = open_sqlite(Path(sys.argv[1]), mode='write');"
        "index.put([mail(n) for n in range(50)], segment=7);"
        "os.kill(os.getpid(), signal.SIGKILL)"
    )

    killed = subprocess.run(  # noqa: PLW1510 - its status is what is looked at
        [sys.executable, "-c", script, str(path)], cwd=Path(__file__).parents[1]
    )

    assert killed.returncode == -9
    with closing(open_sqlite(path, mode="read")) as index:
        assert (50, (range(7, 8),)) == (index.count(parse("hello")), index.applied())


def test_a_put_that_fails_leaves_nothing(index: SqliteIndex) -> None:
    """Mail and segment go in together or not at all."""
    unstorable = mail(2, "half a character: \ud800")

    with pytest.raises(UnicodeEncodeError):
        index.put([mail(1), unstorable], segment=1)

    assert (0, ()) == (index.count(Everything()), index.applied())


# --- several processes ------------------------------------------------------------------------


def test_readers_see_whole_batches_while_a_writer_writes(path: Path, index: SqliteIndex) -> None:
    """A reader goes on during a write, and sees it when it is done."""
    index.put([mail(1)], segment=1)
    with closing(open_sqlite(path, mode="read")) as reader:
        index._db.execute("BEGIN IMMEDIATE")
        index._db.execute("DELETE FROM mail")
        during = reader.count(Everything())
        index._db.execute("ROLLBACK")
        index.put([mail(2)], segment=2)

        assert (1, 2) == (during, reader.count(parse("hello")))


def test_a_reader_cannot_write(path: Path, index: SqliteIndex) -> None:
    """An index opened for searching refuses to change."""
    index.put([], segment=1)

    with closing(open_sqlite(path, mode="read")) as reader, pytest.raises(Section9Error):
        reader.put([mail(1)], segment=2)


def _write(path: Path, first: int) -> None:
    with closing(open_sqlite(path, mode="write")) as index:
        for number in range(first, 40, 2):
            index.put([mail(number), mail(0)], segment=number)


def test_writers_wait_for_each_other(path: Path) -> None:
    """Two processes that fill one index, made by whichever is first, lose nothing."""
    spawning = multiprocessing.get_context("spawn")
    writers = [spawning.Process(target=_write, args=(path, first)) for first in (1, 2)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()

    with closing(open_sqlite(path, mode="read")) as index:
        assert [0, 0] == [writer.exitcode for writer in writers]
        assert (40, (range(1, 40),)) == (index.count(parse("hello")), index.applied())


# --- words ------------------------------------------------------------------------------------


def test_every_character_is_cut_by_sqlite_as_by_us(index: SqliteIndex) -> None:
    """Words and phrases are found whatever script they are in.

    SQLite may know fewer letters than Python: it then cuts a word in two, in the index as in the
    query. So each character of the planes in use is put in, and must be found.
    """
    pieces = [chr(code) for code in range(0x20, 0x20000) if not 0xD800 <= code <= 0xDFFF]
    kept = {word for piece in pieces for word in words(f"x{piece}y")}
    index.put([mail(1, " ".join(sorted(kept)))], segment=1)

    whole = {term for (term,) in index._db.execute("SELECT term FROM vocabulary")}
    cut = kept - whole

    assert [] == [word for word in sorted(cut) if not index.count(parse(f'body:"{word}"'))]
    assert len(cut) < len(kept) / 20


def test_forms_of_a_word_are_those_that_the_index_has(index: SqliteIndex) -> None:
    """What a plain word stands for can be told: the words of the index with its stem."""
    index.put([mail(1, "Meetings met meet meeting meetinghouse lying lies a b")], segment=1)

    assert {"meet", "meeting", "meetings"} == set(Vocabulary(index._db).forms("meets"))
    assert {"lying", "lies"} <= set(Vocabulary(index._db).forms("lie"))
    assert ["a"] == Vocabulary(index._db).forms("a")


def test_the_words_of_fts5_stay_sound(index: SqliteIndex) -> None:
    """Records changed and dropped take out the very words that they put in."""
    index.put([mail(number, f"first “naïve” {number} 東京") for number in range(30)], segment=1)
    index.put([mail(number, "second") for number in range(20, 40)], segment=2)
    index.drop([mail(number).mail for number in range(0, 40, 3)])
    index.put([mail(number, "third") for number in range(0, 40, 3)], segment=3)
    index.drop([mail(number).mail for number in range(40)])

    index._db.execute("INSERT INTO text (text) VALUES ('integrity-check')")

    assert [] == index._db.execute("SELECT term FROM vocabulary").fetchall()


@pytest.mark.parametrize(
    "address",
    [
        "j.doe@school.example",
        "J_Doe+x@School.Example",
        '"j doe"@school.example',
        "j\u212a@school.example",
        "n\u00e4me@school.example",
        "  j.doe@school.example ",
        "a\u200bb@school.example",
        "@",
        "x" * 600 + "@school.example",
    ],
)
def test_words_and_an_address_of_any_spelling_are_found_together(
    index: SqliteIndex, address: str
) -> None:
    """What narrows a search for words beside an address leaves nothing out."""
    plain = mail(1, "meeting")
    author = Participant("A. Name", address)
    record = replace(plain, parsed=replace(plain.parsed, from_=(author,)))
    index.put([record], segment=1)
    exact = Exact("from", clean(address))

    for wanted in (exact, AnyOf((exact, Exact("from", "other@s.example")))):
        assert 1 == index.count(All((wanted, Word("text", "meeting"))))


def test_a_scoped_search_scans_no_table(index: SqliteIndex) -> None:
    """People, dates and words all come from an index, and the mails from their rows."""
    scope = All(
        (
            AnyOf((Exact("participant", "a@b.example"), Exact("participant", "c@b.example"))),
            Between("date", START, START + timedelta(days=9)),
            parse('meeting -"pay review" from:(omar OR omar@home.example)'),
        )
    )
    rows = found(scope, Known(Vocabulary(index._db))).rows

    plan = index._db.execute(
        f"EXPLAIN QUERY PLAN SELECT m.row {rows.sql} ORDER BY m.rank, m.id", rows.parameters
    ).fetchall()

    assert [] == [step for *_, step in plan if step.startswith(("SCAN m", "SCAN value"))]
