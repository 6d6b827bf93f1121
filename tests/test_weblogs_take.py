"""Taking web logs in: every line once, the exact bytes, whatever happens between."""

import gzip
import tracemalloc
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import zstandard
from running import House, made
from weblogs import LATELY, NOW, squid, taking

from archive import web_book
from archive.web_events import LogForm
from ingest.weblogs.forms import Terms
from ingest.weblogs.lines import LONGEST, LogFileError, lines_of, open_log
from ingest.weblogs.replay import catch_up
from ingest.weblogs.take import Taking, Tally
from search.tree import Everything
from search.web_sqlite import open_web_sqlite


def take_in(
    taking: Taking, path: Path, *, oldest: datetime | None = None, growing: bool = False
) -> Tally:
    """Take one log in, for its counts."""
    sums = Tally()
    with open_log(path) as log:
        for tally, _ in taking.take(
            log.lines, Terms(), name=path.name, oldest=oldest, growing=growing
        ):
            sums.add(tally)
    return sums


def log_of(folder: Path, *lines: str, name: str = "access.log") -> Path:
    """A log of these lines."""
    path = folder / name
    path.write_text("".join(f"{line}\n" for line in lines))
    return path


def exact(taking: Taking) -> bytes:
    """All that the batches hold now."""
    book = web_book.read(taking.ledger, taking.batches.store)
    blobs = [batch.blob for batch in book.batches.values() if batch.blob]
    return b"".join(line + b"\n" for blob in blobs for line in taking.batches.get(blob))


def test_the_exact_lines_are_kept_and_taken_once(tmp_path: Path) -> None:
    """What is archived is what the log said, byte for byte; the same again adds nothing."""
    path = log_of(tmp_path, *map(squid, range(50)), "half a line", squid(50))
    work, index = taking(tmp_path)

    with closing(index):
        first, again = take_in(work, path), take_in(work, path)

        assert Tally(visits=51, bad=1) == first
        assert Tally(known=52) == again
        assert path.read_bytes() == exact(work)
        assert 51 == index.count(Everything())


def test_a_log_that_grows_is_rotated_and_compressed_gives_only_what_is_new(tmp_path: Path) -> None:
    """A line is known by its bytes, whatever the file is called or wrapped in."""
    work, index = taking(tmp_path)
    grown = "".join(f"{squid(number)}\n" for number in range(30)).encode()

    with closing(index):
        take_in(work, log_of(tmp_path, *map(squid, range(10))))
        (tmp_path / "access.log.1.gz").write_bytes(gzip.compress(grown))
        zipped = take_in(work, tmp_path / "access.log.1.gz")
        frames = zstandard.compress(grown[:999]) + zstandard.compress(grown[999:])
        (tmp_path / "a.zst").write_bytes(frames)
        again = take_in(work, tmp_path / "a.zst")

        assert Tally(visits=20, known=10) == zipped
        assert Tally(known=30) == again


def test_equal_lines_of_one_log_are_all_taken_and_still_once(tmp_path: Path) -> None:
    """Two visits in one second look the same: both count, and neither a second time."""
    work, index = taking(tmp_path)

    with closing(index):
        two = take_in(work, log_of(tmp_path, squid(), squid()))
        three = take_in(work, log_of(tmp_path, squid(), squid(), squid()))

        assert (Tally(visits=2), Tally(visits=1, known=2)) == (two, three)


def test_the_line_that_is_being_written_is_left_for_the_next_time(tmp_path: Path) -> None:
    """Half a line would be taken for another line than the whole."""
    path = tmp_path / "access.log"
    whole = f"{squid(1)}\n{squid(2)}"
    path.write_text(whole[:-20])
    work, index = taking(tmp_path)

    with closing(index):
        first = take_in(work, path, growing=True)
        path.write_text(whole + "\n")
        then = take_in(work, path, growing=True)

        assert (Tally(visits=1, unfinished=1), Tally(visits=1, known=1)) == (first, then)


def test_visits_past_their_time_are_not_taken(tmp_path: Path) -> None:
    """What retention would purge does not come in by an old log."""
    work, index = taking(tmp_path)
    old = squid(time=NOW - timedelta(days=400))

    with closing(index):
        found = take_in(work, log_of(tmp_path, old, squid()), oldest=NOW - timedelta(days=184))

        assert Tally(visits=1, overdue=1) == found


def test_a_damaged_file_gives_what_stands_before_the_damage(tmp_path: Path) -> None:
    """It is named as broken; mended and given again, the rest comes in."""
    content = gzip.compress("".join(f"{squid(n)}\n" for n in range(5_000)).encode())
    (tmp_path / "a.gz").write_bytes(content[: len(content) // 2])
    work, index = taking(tmp_path)

    with closing(index):
        with pytest.raises(LogFileError):
            take_in(work, tmp_path / "a.gz")
        before = index.count(Everything())
        (tmp_path / "a.gz").write_bytes(content)
        rest = take_in(work, tmp_path / "a.gz")

        assert 1_000 < before < 5_000
        assert (before, 5_000 - before) == (rest.known, rest.visits)


def test_an_endless_line_costs_no_memory(tmp_path: Path) -> None:
    """Of a line too long the beginning is kept; the lines after it are read."""
    path = tmp_path / "access.log.gz"
    with gzip.open(path, "wb", compresslevel=1) as file:
        file.write(f"{squid()}\n".encode())
        for _ in range(64):
            file.write(b"x" * 2**20)
        file.write(f"\n{squid(1)}\n".encode())
    work, index = taking(tmp_path)

    with closing(index):
        tracemalloc.start()
        found = take_in(work, path)
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()

        assert Tally(visits=2, bad=1) == found
        assert peak < 8 * 2**20


@pytest.mark.parametrize("size", [LONGEST - 1, LONGEST, LONGEST + 1])
def test_where_a_line_is_cut(tmp_path: Path, size: int) -> None:
    """One byte less than the limit is whole; a line that was cut cannot be taken for another."""
    path = tmp_path / "log"
    path.write_bytes(b"x" * size + b"\nshort")

    with path.open("rb") as file:
        first, second = lines_of(file)

    assert (min(size, LONGEST), size >= LONGEST, True) == (
        len(first.content), first.cut, first.ended)  # fmt: skip
    assert (2, b"short", False, False) == (second.number, second.content, second.cut, second.ended)


def test_the_index_is_made_again_from_the_archive(tmp_path: Path) -> None:
    """A crash before the index, or the loss of it, costs nothing: the batches say it all."""
    work, index = taking(tmp_path, size=20)
    lines = [*map(squid, range(45)), "half a line", squid(45), squid(45)]
    with closing(index):
        take_in(work, log_of(tmp_path, *lines))
        before = index.search(Everything(), limit=100)

    with closing(open_web_sqlite(tmp_path / "again.sqlite", mode="write")) as afresh:
        batches = catch_up(work.ledger, work.batches, afresh)
        after = afresh.search(Everything(), limit=100)
        work = Taking(work.ledger, work.batches, afresh, "section9", lambda: NOW)
        again = take_in(work, tmp_path / "access.log")

    assert 3 == batches
    assert before == after
    assert Tally(known=48) == again


def test_a_batch_knows_where_its_lines_stood(tmp_path: Path) -> None:
    """Line 42 of the log can be found again in it."""
    work, index = taking(tmp_path)
    with closing(index):
        take_in(work, log_of(tmp_path, squid(1), squid(3)))
        take_in(work, log_of(tmp_path, squid(1), squid(2), squid(3), squid(4), squid(5)))

    taken = web_book.read(work.ledger, work.batches.store).batches[2].taken

    assert (((2, 2), (4, 5)), LogForm.SQUID, 3) == (taken.lines, taken.layout.form, taken.visits)
    assert (LATELY + timedelta(seconds=2)).astimezone(UTC) == taken.since


@pytest.fixture(name="house")
def _house(tmp_path: Path) -> House:
    with made(tmp_path / "house") as house:
        return house


DAY = datetime.now(UTC) - timedelta(days=3)


def recent(number: int) -> str:
    """A line of these days."""
    return squid(number, time=DAY)


def test_a_folder_is_imported_and_counts_add_up(house: House, tmp_path: Path) -> None:
    """Good files and bad lines; what is no log is named, and the exit code says so."""
    logs = tmp_path / "logs"
    logs.mkdir()
    log_of(logs, recent(1), "half a line", recent(2))
    log_of(logs, "Dear all,", name="letter.txt")

    done = house.run("weblog", "import", logs, "--json")

    said = done.stderr.decode()
    assert 1 == done.returncode
    assert "access.log line 2: too-few-fields" in said
    assert f"{logs / 'letter.txt'} is no log that is known" in said
    counts = house.read(done.stdout)
    assert "section9.web-import/1" == counts.pop("schema")
    assert {"files": 2, "failed": 1, "lines": 3, "visits": 2, "bad": 1} == {
        name: count for name, count in counts.items() if count
    }


def test_standard_input_is_a_log_too(house: House) -> None:
    """A pipe from whatever keeps the logs."""
    given = f"{recent(1)}\n{recent(2)}\n".encode()

    first = house.must("weblog", "import", "-", given=given)
    again = house.must("weblog", "import", "-", given=given)

    assert b"2 lines = 2 visits + 0 bad" in first
    assert b"+ 2 known +" in again


def test_csv_is_imported_by_a_mapping(house: House, tmp_path: Path) -> None:
    """Local time without a zone is the trust's; the mapping says what stands where."""
    (tmp_path / "filter.toml").write_text(
        'time_format = "%d/%m/%Y %H:%M"\nblocked = ["Stopped"]\n'
        '[columns]\ntime = "When"\nuser = "Who"\npage = "Address"\nblocked = "Done"\n'
    )
    day = datetime.now(UTC) - timedelta(days=3)
    log_of(
        tmp_path,
        "When,Who,Address,Done",
        f"{day:%d/%m/%Y} 09:30,SCHOOL\\J.Doe,http://a.example/,Stopped",
        name="export.csv",
    )

    counts = house.json(
        "weblog", "import", "--mapping", tmp_path / "filter.toml", tmp_path / "export.csv"
    )

    assert (1, 1) == (counts["visits"], counts["other"])


def test_a_mapping_that_cannot_be_used_is_one_line(house: House, tmp_path: Path) -> None:
    """What to mend, and nothing is taken."""
    (tmp_path / "m.toml").write_text('[columns]\ntime = "When"\n')
    log_of(tmp_path, recent(1))

    done = house.run("weblog", "import", "--mapping", tmp_path / "m.toml", tmp_path / "access.log")

    assert 2 == done.returncode
    assert b"the mapping needs a column for time, and one for page or site" in done.stderr


def test_what_is_lost_of_the_index_is_told_and_made_again(house: House) -> None:
    """`status`, `doctor` and `index status` say it; `index rebuild` mends it."""
    house.must("weblog", "import", "-", given=f"{recent(1)}\nhalf a line\n".encode())
    whole = house.json("status")
    for path in (house.home / "index").glob("web.sqlite*"):
        path.unlink()

    lost, said = house.json("status"), house.run("status").stdout
    looked = house.run("doctor").stdout
    house.must("index", "rebuild")
    again = house.json("index", "status")

    assert (1, 2, 0, 0) == tuple(
        whole[f"web_{name}"] for name in ("batches", "lines", "purged", "behind")
    )
    assert 1 == lost["web_behind"]
    assert b"1 batches of web logs are not indexed" in said
    assert b"1 batches, 1 of them not indexed" in looked
    assert (1, 1) == (again["web_batches"], again["web_applied"])
    assert b"2 known" in house.must(
        "weblog", "import", "-", given=f"{recent(1)}\nhalf a line\n".encode()
    )
