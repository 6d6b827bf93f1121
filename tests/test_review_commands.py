"""`section9 review`, `saved` and `terms`, run as their users run them.

In one process, for each is a command of many; how errors become exit codes is `test_cli`'s.
"""

import csv
import getpass
import os
import pty
import subprocess
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from evidence_house import PERSON, house, plain
from running import PATIENCE, SECTION9, House, made

from cases.roles import RoleMissingError
from cases.termlist import BadTermsError
from cli import cli
from section9 import Section9Error

CASE = ("--case", "C-0001")
OTHERS = (("a.uditor", "auditor"), ("s.econd", "dsl"))


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    root = tmp_path_factory.mktemp("review")
    mails = {str(number): plain(number) for number in range(1, 6)}
    with house(root, mails) as ready:
        yield ready


def run(folder: House, *arguments: str | Path, given: str = "") -> Result:
    """Run a command; an error that a person is meant to read is in `exception`."""
    words = ["--home", str(folder.home), *map(str, arguments)]
    return CliRunner().invoke(cli, words, input=given, catch_exceptions=True)


def must(folder: House, *arguments: str | Path, given: str = "") -> bytes:
    """Run a command that has to succeed, for what it prints."""
    done = run(folder, *arguments, given=given)
    assert 0 == done.exit_code, done.exception or done.stderr
    return done.stdout_bytes


def ids(folder: House, query: str) -> list[str]:
    lines = must(folder, "search", query, *CASE, "--json").splitlines()
    return [folder.read(line)["mail"] for line in lines]


def test_a_review_from_end_to_end(folder: House) -> None:
    """Let in, assign, mark by ids from a pipe, check a sample, and count how far it has come."""
    me = getpass.getuser()
    must(folder, "review", "admit", "s.econd", *CASE, "--reason", "two pairs of eyes")
    some = "\0".join(ids(folder, "exhibit"))
    first = ids(folder, "subject:1")

    must(folder, "review", "mark", "--stdin0", *CASE, "--as", "relevant", given=some)
    must(folder, "review", "mark", *first, *CASE, "--as", "privileged", "--reason", "counsel")
    must(folder, "review", "tag", first[0][:12], *CASE, "--add", "hot")
    must(folder, "review", "note", "--query", "tag:hot", *CASE, "--text", "see the letter")
    must(folder, "review", "assign", *first, *CASE, "--to", "s.econd")
    must(folder, "review", "second", *CASE, "--of", me, "--to", "s.econd", "--share", "40")

    covered = folder.read(must(folder, "review", "coverage", *CASE, "--json"))
    said = folder.read(must(folder, "review", "show", first[0], *CASE, "--json"))
    assert (5, 5, 0) == (covered["total"], covered["decided"], covered["untouched"])
    assert (4, 1) == (covered["verdicts"]["relevant"], covered["verdicts"]["privileged"])
    assert [{"of": me, "reviewer": "s.econd", "drawn": 2, "said": 0, "agreed": 0}] == covered[
        "second"
    ]
    assert ("privileged", "s.econd", "hot", "see the letter") == (
        said["verdict"],
        said["assigned"],
        said["tags"][0]["tag"],
        said["notes"][0]["text"],
    )
    assert 4 == run(folder, "review", "next", *CASE).exit_code
    table = must(folder, "review", "coverage", *CASE).decode()
    assert "5  of 5 reviewed (100%)" in table
    pack = folder.home.with_name("pack")
    export = folder.read(must(folder, "export", *CASE, pack, "--json"))
    assert (4, 1) == (export["given"], export["withheld"])
    assert b"legally privileged" in (pack / "index.html").read_bytes()
    assert not [
        file for file in pack.rglob("*") if file.is_file() and b"counsel" in file.read_bytes()
    ]


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (("mark", *CASE, "--as", "relevant"), 2, "name messages by MAIL"),
        (("mark", "--query", "*", *CASE, "--as", "privileged"), 11, "--reason"),
        (("mark", "feed", *CASE, "--as", "relevant"), 10, "no message feed"),
        (("assign", "--query", "*", *CASE, "--to", "n.obody"), 11, "section9 review admit"),
        (("tag", "--query", "*", *CASE, "--add", "two words"), 11, "a tag is"),
    ],
)
def test_an_error_says_what_to_do(
    folder: House, arguments: tuple[str, ...], code: int, said: str
) -> None:
    """One line, the next step, and the documented exit code."""
    done = run(folder, "review", *arguments)

    error = done.exception
    told = str(error) if isinstance(error, Section9Error) else done.stderr
    assert code == (error.exit_code if isinstance(error, Section9Error) else done.exit_code)
    assert said in told


def test_what_a_saved_search_finds_for_the_first_time(folder: House, tmp_path: Path) -> None:
    """New is what it had not found when it last ran, and `new` leaves it new."""
    must(folder, "saved", "add", "trips", "coach", *CASE)
    first = must(folder, "saved", "run", "trips", *CASE, "--json").splitlines()
    nothing = run(folder, "saved", "new", *CASE)
    (tmp_path / "late.eml").write_bytes(plain(6))
    must(folder, "ingest", tmp_path)

    twice = [folder.read(must(folder, "saved", "new", *CASE, "--json")) for _ in range(2)]
    listed = folder.read(must(folder, "saved", "list", *CASE, "--json"))
    must(folder, "saved", "remove", "trips", *CASE)

    assert (5, 5) == (len(first) - 1, folder.read(first[-1])["new"])
    assert 4 == nothing.exit_code
    assert [(6, 1)] * 2 == [(one["total"], one["new"]) for one in twice]
    assert (5, None) == (listed["total"], listed["new"])
    assert b"" == must(folder, "saved", "list", *CASE)


def test_a_list_of_terms(tmp_path: Path) -> None:
    """Each term alone, what it alone finds, and all together; as a table, CSV and JSON."""
    reply = plain(3).replace(b"From:", b"References: <2@school.example>\nFrom:", 1)
    terms = tmp_path / "terms.txt"
    terms.write_text("# agreed\nsubject:1\n\nsubject:(2 OR 3)\n-subject:1 exhibit\n")
    bad = tmp_path / "bad.txt"
    bad.write_text("coach\n\n(coach\nform:jo\n")
    with house(tmp_path, {"1": plain(1), "2": plain(2), "3": reply}) as folder:
        lines = must(folder, "terms", terms, *CASE, "--csv", tmp_path / "out.csv", "--json")
        refused = run(folder, "terms", bad, *CASE)
        nowhere = run(folder, "terms", terms, *CASE, "--csv", tmp_path / "none" / "out.csv")

    *each, together = map(folder.read, lines.splitlines())
    counts = [(one["line"], one["messages"], one["unique"], one["threads"]) for one in each]
    assert [(2, 1, 1, 1), (4, 2, 0, 1), (5, 2, 0, 1)] == counts
    assert (3, 3, 2) == (together["terms"], together["messages"], together["threads"])
    rows = list(csv.reader((tmp_path / "out.csv").read_text().splitlines()))
    assert ["5", "'-subject:1 exhibit", "2", "0", "1"] == rows[3]
    assert ["", "together", "3", "", "2"] == rows[-1]
    said = str(refused.exception)
    assert isinstance(refused.exception, BadTermsError)
    assert isinstance(nowhere.exception, FileNotFoundError)
    assert "line 3: this parenthesis" in said
    assert "line 4: this is no field" in said
    assert "(coach\n  ^" in said


def test_the_screen_comes_up_on_a_terminal_and_leaves_it(folder: House) -> None:
    """A real terminal shows the list, q leaves; without one a line says what there is instead."""
    words = [str(SECTION9), "--home", str(folder.home), "review", *CASE]
    ours, theirs = pty.openpty()
    settings = folder.environment({"TERM": "xterm-256color", "COLUMNS": "120", "LINES": "40"})
    shown = b""
    with subprocess.Popen(
        words, stdin=theirs, stdout=theirs, stderr=theirs, env=settings
    ) as screen:
        os.close(theirs)
        while b"newest first" not in shown:
            shown += os.read(ours, 65_536)
        os.write(ours, b"q")
        with suppress(OSError):  # the terminal is gone with who had it
            while os.read(ours, 65_536):
                pass
        assert 0 == screen.wait(PATIENCE)
    os.close(ours)

    piped = run(folder, "review", *CASE)

    assert 2 == piped.exit_code
    assert "needs a terminal" in piped.stderr


def test_roles_say_who_reviews(tmp_path: Path) -> None:
    """An authoriser lets a reviewer in, and only one who may read in cases."""
    me = getpass.getuser()
    with made(tmp_path / "home") as folder:
        with (folder.home / "section9.toml").open("a") as settings:
            for account, role in ((me, "authoriser"), ("i.nspector", "investigator"), *OTHERS):
                settings.write(f'\n[roles."{account}"]\nroles = ["{role}"]\n')
                settings.write(f'addresses = ["{account}@school.example"]\n')
        grounds = ("--purpose", "a", "--investigator", "i.nspector", "--reason", "HR 17")
        dates = ("--since", "2000-01-01", "--until", "2030-12-31", "--expires", "2099-12-31")
        must(folder, "case", "open", *grounds, *dates, "--person", PERSON)

        refused = run(folder, "review", "admit", "a.uditor", *CASE, "--reason", "help")
        must(folder, "review", "admit", "s.econd", *CASE, "--reason", "help")

        case = folder.read(must(folder, "case", "show", "C-0001", "--json"))
        assert isinstance(refused.exception, RoleMissingError)
        assert ["s.econd"] == case["reviewers"]
