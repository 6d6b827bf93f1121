"""Real and torture mail through `section9 ingest`: every file is filed, and comes back whole."""

import mailbox
import shutil
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest
from running import House, made

from archive.blobs import Blobs
from archive.books import Book
from archive.mail_events import Sighted
from archive.store import FolderStore
from ingest.files import Files
from ingest.jobs import Sliced
from search.sqlite import open_sqlite
from section9 import Record

DATA = Path(__file__).parents[2] / "shared" / "data"
CORPORA = sorted(path.name for pattern in ("mail_*", "journal_*") for path in DATA.glob(pattern))
LARGE = 1_000  # files
SAMPLE = 8  # of a large corpus, one file in so many: all of it is for `make bench`

pytestmark = pytest.mark.skipif(not DATA.is_dir(), reason="needs the corpora of ../shared/data")


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    with made(tmp_path / "house") as house:
        yield house


def files(corpus: str) -> list[Path]:
    """Every file of a corpus that holds anything; of a large one a sample."""
    every = sorted(path for path in (DATA / corpus).rglob("*") if path.is_file())
    found = [path for path in every if path.stat().st_size]
    return found[::SAMPLE] if len(found) > LARGE else found


def listed(paths: list[Path]) -> list[Sliced]:
    files = Files(mailbox="", seen=datetime.now(UTC), store=list, scratch=Path())
    return [one for one in files.messages(paths) if isinstance(one, Sliced)]


def original(job: Sliced) -> bytes:
    return Path(job.path).read_bytes()[job.start : job.start + job.length]


def blobs(house: House) -> Blobs:
    return Blobs(FolderStore(house.home / "archive"))


def sighted(house: House) -> list[Sighted]:
    return [event for event in house.events(Book.MAIL) if isinstance(event, Sighted)]


def records(house: House) -> list[Record]:
    mails = dict.fromkeys(event.mail for event in sighted(house))
    with closing(open_sqlite(house.home / "index" / "section9.sqlite", mode="read")) as index:
        return [record for mail in mails if (record := index.get(mail))]


@pytest.mark.parametrize("corpus", CORPORA)
def test_every_file_comes_back_byte_for_byte(house: House, corpus: str) -> None:
    """No file stops the rest, the counts add up, and running it again adds nothing."""
    paths = files(corpus)
    jobs = listed(paths)
    copies = {job.copy for job in jobs}

    first = house.json("ingest", *paths)
    again = house.json("ingest", *paths)

    assert len(jobs) >= len(paths)
    assert (len(jobs), len(copies)) == (first["seen"], first["new"])
    assert (0, 0) == (first["failed"], first["skipped"])
    assert (len(jobs), len(jobs), 0) == (again["seen"], again["known"], again["new"])
    assert copies == {event.sighting.id for event in sighted(house)}
    assert [] == [job.path for job in jobs if original(job) != blobs(house).get(job.sighting.blob)]
    assert [] == house.json("status")["problems"]
    assert house.json("verify")["whole"]


def test_a_message_is_shown_as_it_came(house: House) -> None:
    """`show --raw` writes the very bytes, whatever is wrong with them."""
    paths = [path for path in files("mail_spamassassin") if path.suffix == ".eml"][:20]
    house.must("ingest", *paths)
    by_sender = {one.parsed.from_[0].address: one.mail for one in records(house) if one.date}
    house.open_case(*by_sender)

    shown = [
        house.must("show", mail, "--case", "C-0001", "--raw")
        for mail in list(by_sender.values())[:5]
    ]

    assert 5 == len(set(shown))
    assert set(shown) <= {path.read_bytes() for path in paths}


def test_an_mbox_gives_every_message(house: House, tmp_path: Path) -> None:
    """One file or many, it is the same mail: nothing is lost between two From lines."""
    paths = [path for path in files("mail_spamassassin") if path.suffix == ".eml"][:40]
    box = mailbox.mbox(tmp_path / "inbox.mbox")
    for path in paths:
        box.add(path.read_bytes())
    box.close()

    first = house.json("ingest", tmp_path / "inbox.mbox")
    again = house.json("ingest", tmp_path / "inbox.mbox")

    assert (len(paths), len(paths)) == (first["new"], again["known"])
    assert [] == house.json("status")["problems"]


def test_a_damaged_archive_fails_one_message_and_says_which(house: House, tmp_path: Path) -> None:
    """What is stored is never replaced: the copy that cannot be filed is counted and named."""
    for name in ("one", "two"):
        shutil.copytree(DATA / "mail_nodemailer", tmp_path / name)
    house.must("ingest", tmp_path / "one")
    damaged = sighted(house)[0].sighting
    stored = house.home / "archive" / Blobs.key_of(damaged.blob)
    stored.chmod(0o600)
    stored.write_bytes(b"something else")

    done = house.run("ingest", tmp_path / "two", "--json")
    counts = house.read(done.stdout)

    assert (1, 1) == (done.returncode, counts["failed"])
    assert counts["seen"] == counts["new"] + counts["known"] + counts["failed"]
    assert f"{Path(damaged.folder).name}: BlobTamperedError".encode() in done.stderr
