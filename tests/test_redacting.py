"""Mail of a case, given redacted: proposed, decided by a person, gone from what is given."""

import json
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest
from evidence_house import LOG, PERSON, contents, house, killed, plain, stock
from running import House

from archive.books import Book
from archive.redaction_events import RedactionsDecided

PUPIL = plain(5, to="parent@home.example").replace(
    b"The coach",
    b"Ann Quagga asked for it, NHS number 999 432 4454; write to parent@home.example. The coach",
)
Given = tuple[House, Path]


@pytest.fixture(scope="module")
def given(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Given]:
    """A case of two messages, decided and given."""
    folder = tmp_path_factory.mktemp("redacted")
    with house(folder, {"pupil": PUPIL, "other": plain(6)}) as ready:
        ready.must("redact", "propose", "--case", "C-0001")
        undecided = ready.run("redact", "bundle", folder / "early", "--case", "C-0001")
        assert (11, True) == (undecided.returncode, b"2 messages of C-0001" in undecided.stderr)
        whole = ("--accept", "all", "--also", "Ann Quagga", "--reason", "a parent asks")
        ready.must("redact", "decide", "--case", "C-0001", *whole)
        line = ready.json("redact", "bundle", folder / "pack", "--case", "C-0001")
        assert (2, 2) == (line["found"], line["given"])
        yield ready, folder / "pack"


def test_what_is_taken_out_is_in_no_byte_of_it(given: Given) -> None:
    """Neither the words nor the original are given: the text is gone, not covered."""
    _, pack = given

    everything = b"".join(contents(pack).values())

    for gone in (b"Quagga", b"999 432 4454", b"parent@home.example", b"Message-ID: <"):
        assert gone not in everything
    assert everything.count(b"[redacted: third-party]") > 2
    assert b"coach leaves at nine" in everything
    stock("sha256sum -c --quiet SHA256SUMS", pack)


def test_the_ledger_keeps_where_and_why_and_never_what(given: Given) -> None:
    """Whoever reads the ledger finds who decided, the code and the reason, and no word of mail."""
    ready, _ = given

    decided = [one for one in ready.events(Book.CASES) if isinstance(one, RedactionsDecided)]

    assert {"C-0001"} == {one.matter for one in decided}
    assert {"a parent asks"} == {one.reason for one in decided}
    segments = b"".join(path.read_bytes() for path in (ready.home / "archive").rglob("*.jsonl"))
    assert b"Quagga" not in segments


def test_a_message_may_be_withheld_as_a_whole(given: Given, tmp_path: Path) -> None:
    """The cover says that there is one, and why nothing of it is given."""
    ready, _ = given
    [hit] = [
        ready.read(one)
        for one in ready.must("search", "quagga", "--case", "C-0001", "--json").splitlines()
        if b"section9.hit" in one
    ]

    ready.must("redact", "decide", hit["mail"][:12], "--case", "C-0001", "--withhold", "crime")
    line = ready.json("redact", "bundle", tmp_path / "pack", "--case", "C-0001")

    assert (2, 1) == (line["found"], line["given"])
    assert "Withheld" in (tmp_path / "pack" / "index.html").read_text()


def test_whose_data_is_kept_is_not_proposed(given: Given) -> None:
    """What is about whoever gets it stays; places are numbered, with the words around them."""
    ready, _ = given
    search = ("redact", "propose", "--case", "C-0001", "--query", "quagga", "--json")

    all_ = ready.json(*search[:-1])
    kept = ready.json(*search[:-1], "--keep", "parent@home.example")

    assert len(kept["proposals"]) < len(all_["proposals"])
    assert [1, 2] == [one["number"] for one in all_["proposals"][:2]]


def test_a_choice_that_says_nothing_is_refused(given: Given) -> None:
    """What is to happen to a message is never guessed."""
    ready, _ = given

    done = ready.run("redact", "decide", "--case", "C-0001")

    assert (2, True) == (done.returncode, b"--accept all, none or numbers" in done.stderr)
    assert PERSON not in done.stderr.decode()


@pytest.fixture(scope="module")
def many(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """A case of many messages, all of them decided."""
    folder = tmp_path_factory.mktemp("many")
    with house(folder, {str(number): plain(number) for number in range(120)}) as ready:
        ready.must("redact", "propose", "--case", "C-0001")
        ready.must("redact", "decide", "--case", "C-0001", "--accept", "all", "--also", "coach")
        yield ready


def test_a_killed_bundle_goes_on_and_ends_the_same(many: House, tmp_path: Path) -> None:
    """Killed at any moment, the same command finishes it; what came meanwhile is not in it."""
    bundle = ("redact", "bundle", "--case", "C-0001")
    many.must(*bundle, tmp_path / "whole")
    pack = tmp_path / "pack"
    killed_by = killed(many, *bundle, pack, log=pack / LOG, after=40)
    (tmp_path / "late.eml").write_bytes(plain(200))
    many.must("ingest", tmp_path / "late.eml")

    line = many.json(*bundle, pack)

    assert -signal.SIGKILL == killed_by
    assert (120, 120) == (line["found"], line["given"])
    assert contents(tmp_path / "whole") == contents(pack)
    stock("sha256sum -c --quiet SHA256SUMS", pack)


def test_no_page_is_kept_on_which_something_else_was_decided(many: House, tmp_path: Path) -> None:
    """What is to be gone since then would stand there: another folder is asked for."""
    many.must("redact", "propose", "--case", "C-0001")
    many.must("redact", "decide", "--case", "C-0001", "--accept", "all")
    pack, bundle = tmp_path / "pack", ("redact", "bundle", "--case", "C-0001")
    killed(many, *bundle, pack, log=pack / LOG, after=40)
    first = json.loads((pack / LOG).read_bytes().splitlines()[0])["mail"]
    many.must("redact", "decide", first[:12], "--case", "C-0001", "--withhold", "crime")

    refused = many.run(*bundle, pack)

    assert 2 == refused.returncode
    assert b"name another folder" in refused.stderr
    assert first.encode() not in refused.stderr
