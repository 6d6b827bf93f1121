"""The spool keeps what it was given, under numbers without gaps, until it is told to let go."""

import os
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ingest.durable import write_all_synced
from ingest.spool import (
    Spool,
    SpoolConsumedError,
    SpoolEntryDamagedError,
    SpoolEntryMissingError,
    SpoolIdMalformedError,
    SpoolReadOnlyError,
    SpoolSize,
    SpoolUnwritableError,
    new_run,
)
from section9 import Envelope, SpoolId

ENVELOPE = Envelope(
    mail_from="",
    rcpt_to=("archive@school.example", "b\N{LATIN SMALL LETTER U WITH DIAERESIS}ro@school.example"),
    peer="192.0.2.1",
    tls="TLSv1.3",
    user="exchange",
    received=datetime(2026, 1, 2, 3, 4, 5, 6, tzinfo=UTC),
)


@pytest.fixture
def spool(tmp_path: Path) -> Spool:
    return Spool(tmp_path, run="r1")


def every(spool: Spool) -> list[SpoolId]:
    return spool.pending(limit=1_000_000)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=50)
@given(content=st.binary())
def test_gives_back_every_byte(spool: Spool, content: bytes) -> None:
    """What comes out is the envelope and the exact bytes that went in."""
    entry = spool.put(ENVELOPE, content)

    raw = spool.read(entry)

    assert (entry, ENVELOPE, content) == (raw.id, raw.envelope, raw.content)


def test_the_file_reads_without_us(spool: Spool) -> None:
    """The first line is the envelope, and all behind it is the mail."""
    entry = spool.put(ENVELOPE, b"Subject: a\r\n\nb\n")

    line, _, rest = spool.path(entry).read_bytes().partition(b"\n")

    assert line.startswith(b'{"mail_from":""')
    assert rest == b"Subject: a\r\n\nb\n"


def test_another_process_reads_what_one_puts(spool: Spool, tmp_path: Path) -> None:
    """A spool opened to read sees what a writer's holds, and takes nothing in."""
    entry = spool.put(ENVELOPE, b"x")
    reader = Spool(tmp_path, run=None)

    assert [entry] == every(reader)
    with pytest.raises(SpoolReadOnlyError):
        reader.put(ENVELOPE, b"x")


def test_many_at_once_leave_no_gap(spool: Spool) -> None:
    """Whoever puts at the same time gets numbers of their own, and none is left out."""
    with ThreadPoolExecutor(16) as pool:
        given = list(pool.map(lambda n: spool.put(ENVELOPE, b"%d" % n), range(400)))

    assert [f"r1-{n:08d}" for n in range(1, 401)] == sorted(given) == every(spool)
    assert [b"%d" % n for n in range(400)] == [spool.read(entry).content for entry in given]


def test_a_failed_write_takes_no_number(spool: Spool, tmp_path: Path) -> None:
    """A message that could not be kept is not counted, so that a gap always means a loss."""
    tmp = tmp_path / "spool" / "tmp"
    first = spool.put(ENVELOPE, b"1")
    tmp.rmdir()

    with pytest.raises(SpoolUnwritableError):
        spool.put(ENVELOPE, b"lost")
    tmp.mkdir()
    second = spool.put(ENVELOPE, b"2")

    assert ["r1-00000001", "r1-00000002"] == [first, second] == every(spool)
    assert [] == list(tmp.iterdir())


def test_never_replaces_a_message(spool: Spool, tmp_path: Path) -> None:
    """Should a name be taken, the message that has it stays as it is."""
    first = spool.put(ENVELOPE, b"1")

    with pytest.raises(SpoolUnwritableError):
        Spool(tmp_path, run="r1").put(ENVELOPE, b"2")

    assert spool.read(first).content == b"1"


def test_only_the_owner_can_read(spool: Spool, tmp_path: Path) -> None:
    """Nobody but the service account reaches the mail."""
    entry = spool.put(ENVELOPE, b"x")

    modes = [path.stat().st_mode & 0o777 for path in (tmp_path / "spool", spool.path(entry))]

    assert [0o700, 0o600] == modes


def test_lists_in_order_of_arrival(tmp_path: Path) -> None:
    """Oldest first: by run, then by number, also when that outgrows its eight digits."""
    new = tmp_path / "spool" / "new"
    spool = Spool(tmp_path, run=None)
    names = ["a-99999999", "a-100000000", "a-100000001", "b-00000001"]
    for name in reversed(names):
        (new / name).write_bytes(b"x")
    (new / "lost+found").mkdir()

    assert names == every(spool)


def test_lists_page_by_page(spool: Spool) -> None:
    """`after` goes on where the last page ended; what is dropped or arrives is seen."""
    ids = [spool.put(ENVELOPE, b"x") for _ in range(7)]

    first = spool.pending(limit=3)
    second = spool.pending(limit=3, after=first[-1])
    spool.drop([*first, ids[4]])
    late = spool.put(ENVELOPE, b"x")

    assert [ids[:3], ids[3:6]] == [first, second]
    assert [ids[3], ids[5]] == spool.pending(limit=2)
    assert [ids[6], late] == spool.pending(limit=9, after=ids[5])


def test_drops_and_counts(spool: Spool) -> None:
    """Dropping forgets a message, twice is no error, and the size follows."""
    one, two = spool.put(ENVELOPE, b"x" * 1000), spool.put(ENVELOPE, b"y")
    expected = spool.path(two).stat().st_size

    spool.drop([one])
    spool.drop([one])

    assert SpoolSize(messages=1, bytes=expected) == spool.size()
    assert [two] == every(spool)
    with pytest.raises(SpoolEntryMissingError):
        spool.read(one)


@pytest.mark.parametrize("bad", [b"", b"no newline", b"{}\nx", b"\xff\nx", b'{"mail_from":1}\n'])
def test_says_when_an_entry_is_damaged(spool: Spool, bad: bytes) -> None:
    """A file that does not begin with an envelope is an error that names it."""
    entry = spool.put(ENVELOPE, b"x")
    spool.path(entry).write_bytes(bad)

    with pytest.raises(SpoolEntryDamagedError, match=entry):
        spool.read(entry)


def test_quarantine_loses_nothing(spool: Spool) -> None:
    """What is set aside leaves the road with every byte and its reason, and twice is no error."""
    entry, other = spool.put(ENVELOPE, b"mail"), spool.put(ENVELOPE, b"other")
    whole = spool.path(entry).read_bytes()

    spool.quarantine(entry, "WorkerDiedError")
    spool.quarantine(entry, "again")

    [aside] = spool.quarantined()
    assert (entry, "again") == (aside.id, aside.reason)
    assert whole == (spool.folder.parent / "quarantine" / entry).read_bytes()
    assert [other] == every(spool)


def test_quarantine_without_its_note_still_shows(spool: Spool) -> None:
    """A message set aside is listed even when its reason is gone."""
    entry = spool.put(ENVELOPE, b"mail")
    spool.quarantine(entry, "reason")
    (spool.folder.parent / "quarantine" / f"{entry}.json").unlink()

    [aside] = spool.quarantined()

    assert (entry, "") == (aside.id, aside.reason)


def test_quarantine_needs_the_message(spool: Spool) -> None:
    """Setting aside what is not there is an error."""
    with pytest.raises(SpoolEntryMissingError):
        spool.quarantine(SpoolId("r1-00000009"), "reason")


@pytest.mark.parametrize("name", ["../x-00000001", "x", "x-1", "x-00000001/", "", "x-00000001\n"])
def test_a_strange_id_is_no_path(spool: Spool, name: str) -> None:
    """Nothing but a spool id becomes the name of a file."""
    with pytest.raises(SpoolIdMalformedError):
        spool.path(SpoolId(name))


def test_clears_leftovers_but_not_the_living(tmp_path: Path) -> None:
    """At start what a crash left is removed; what another writer writes right now is not."""
    tmp = Spool(tmp_path, run=None).folder / "tmp"
    old, fresh = tmp / "old-1", tmp / "fresh-1"
    for path in (old, fresh):
        path.write_bytes(b"x")
    os.utime(old, (0, 0))

    Spool(tmp_path, run="r2")

    assert [fresh] == list(tmp.iterdir())


def test_one_consumer_at_a_time(tmp_path: Path) -> None:
    """A second consumer is turned away until the first is done."""
    one, two = Spool(tmp_path, run=None), Spool(tmp_path, run=None)

    with one.consume_lock(), pytest.raises(SpoolConsumedError), two.consume_lock():
        pass

    with two.consume_lock():
        pass


def test_says_when_the_folder_cannot_be_made(tmp_path: Path) -> None:
    """A data folder that is a file is a plain error."""
    (tmp_path / "data").write_bytes(b"")

    with pytest.raises(SpoolUnwritableError):
        Spool(tmp_path / "data", run=None)


def test_runs_sort_by_time() -> None:
    """A later start has a later name, and a name is letters and digits only."""
    runs = [new_run() for _ in range(50)]

    assert sorted(runs) == runs
    assert all(run.isascii() and run.isalnum() for run in runs)


@pytest.mark.parametrize("slow", [0.0, 60.0])
def test_writes_all_on_slow_and_quick_disks(tmp_path: Path, slow: float) -> None:
    """Whether one by one or several at once, every file is whole; a name that is taken raises."""
    files = {tmp_path / f"{n}": (b"a", b"%d" % n) for n in range(30)}

    with ThreadPoolExecutor(4) as pool:
        write_all_synced(files, pool, slow=slow)
        with pytest.raises(FileExistsError):
            write_all_synced(files, pool, slow=slow)

    written = {path: path.read_bytes() for path in tmp_path.iterdir()}
    assert {path: b"".join(pieces) for path, pieces in files.items()} == written
