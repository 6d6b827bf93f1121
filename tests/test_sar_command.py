"""`section9 sar`, as a Data Protection Officer runs it: what is decided is gone from the bundle."""

import json
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path

import pytest
from breach_house import PUPILS, SENDER, breached
from evidence_house import stock
from running import House

from archive.books import Book
from archive.sar_events import SarSearched

CASE = (
    *("case", "open", "--purpose", "b", "--kind", "sar", "--authoriser", "h.ead"),
    *("--reason", "subject access request", "--person", SENDER, "--since", "2026-01-01"),
    *("--until", "2026-12-31", "--expires", "2099-12-31"),
)


@pytest.fixture(scope="module")
def ready(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """The request of a member of staff for their own mail, searched and looked through."""
    with breached(tmp_path_factory.mktemp("sar")) as (house, _):
        house.must(*CASE)
        person = ("--name", "Prudence Tutor-Marsh", "--address", SENDER)
        house.must("sar", "open", "--case", "C-0002", "--received", "2026-11-02", *person)
        house.must("sar", "search", "S-0001")
        house.must("sar", "propose", "S-0001")
        yield house


def test_a_search_is_recorded_with_its_terms(ready: House) -> None:
    """The person's own, and those that somebody adds; each with what it found."""
    line = ready.json("sar", "status", "S-0001")

    [searched] = [one for one in ready.events(Book.CASES) if isinstance(one, SarSearched)]
    assert searched.query == f'participant:"{SENDER}" OR "prudence tutor marsh"'
    assert (4, "2026-12-02") == (line["searches"][0]["total"], line["due"])


def test_others_are_proposed_and_the_person_and_their_post_are_not(ready: House) -> None:
    """Pupils, parents and strangers, by name, address and number; never whoever asked."""
    lines = [
        json.loads(one) for one in ready.must("sar", "propose", "S-0001", "--json").splitlines()
    ]
    printed = ready.must("sar", "propose", "S-0001", _mail(ready)[:12]).decode()

    assert 4 == len(lines)
    assert all(f"«{name}»" in printed for name, _ in PUPILS)
    assert "«Carol Coachman»" in printed
    assert "«943 476 5919»" in printed
    assert "«Prudence" not in printed
    assert f"«{SENDER}»" not in printed


def test_nothing_is_bundled_that_nobody_decided(ready: House, tmp_path: Path) -> None:
    """It says how many are left, and writes no file."""
    done = ready.run("sar", "bundle", "S-0001", tmp_path)

    assert (11, []) == (done.returncode, list(tmp_path.iterdir()))
    assert b"not decided" in done.stderr


def test_a_request_needs_a_case_of_its_kind(ready: House) -> None:
    """Whose mail is then held by itself."""
    given = ("--case", "C-0001", "--received", "2026-11-02", "--name", "Ann Pupil")

    done = ready.run("sar", "open", *given)

    assert (11, True) == (done.returncode, b"--kind sar" in done.stderr)


def test_what_is_decided_is_gone_from_the_bundle(ready: House, tmp_path: Path) -> None:
    """No redacted word stands in any file, no original is there; the sums agree."""
    recall = ready.read(
        ready.must("search", "subject:recall", "--case", "C-0002", "--json").splitlines()[0]
    )["mail"]
    ready.must("sar", "decide", "S-0001", recall, "--withhold", "legal-privilege")
    ready.must("sar", "decide", "S-0001", _mail(ready), "--accept", "all", "--also", "the coach")
    ready.must("sar", "decide", "S-0001", "--accept", "all")

    line = ready.json("sar", "bundle", "S-0001", tmp_path / "bundle", "--pdf")
    ready.must("sar", "bundle", "S-0001", tmp_path / "again", "--pdf")

    stock("sha256sum -c --quiet --strict SHA256SUMS", tmp_path / "bundle")
    pages = [path.read_text() for path in (tmp_path / "bundle").rglob("*.html")]
    gone = [word for name, _ in PUPILS for word in name.split()]
    gone += ["Carol", "Coachman", "943 476 5919", "the coach:", "m.parent@home.example"]
    assert not [word for word in gone for page in pages if word.lower() in page.lower()]
    assert any("Residential: class list" in page for page in pages)
    assert (4, 3, 0, 0) == tuple(line[name] for name in ("found", "given", "closed", "own"))
    assert not any("<script" in page for page in pages)
    assert not list((tmp_path / "bundle").rglob("*.eml"))
    assert _contents(tmp_path / "bundle") == _contents(tmp_path / "again")
    sums = (tmp_path / "bundle" / "SHA256SUMS").read_bytes()
    assert line["sha256"] == sha256(sums).hexdigest()


def test_an_answered_request_stays_as_it_was(ready: House) -> None:
    """Nothing is decided or searched any more."""
    ready.must("sar", "open", "--case", "C-0002", "--received", "2026-11-03", "--name", "A Person")
    ready.must("sar", "search", "S-0002", "residential")

    ready.must("sar", "answer", "S-0002", "--sent", "2026-11-20")
    done = ready.run("sar", "search", "S-0002")

    assert (11, True) == (done.returncode, b"was answered" in done.stderr)


def _mail(ready: House) -> str:
    asked = ("search", "finding:nhs-number", "--case", "C-0002", "--json")
    return str(ready.read(ready.must(*asked).splitlines()[0])["mail"])


def _contents(folder: Path) -> dict[str, bytes]:
    files = (path for path in folder.rglob("*") if path.is_file())
    return {str(path.relative_to(folder)): path.read_bytes() for path in files}
