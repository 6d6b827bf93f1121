"""`section9 search` as it is used: folded, as bare ids, by a pager; and completed in a shell."""

import os
import pty
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from running import SECTION9, House, made
from terminals import read_until

FIRST = b"The coach for the trip to the Roman fort leaves at half past eight"
MAIL = b"""\
From: %s@school.example\r
To: a.n@school.example\r
Date: Tue, 1 Sep 2026 %02d:00:00 +0000\r
Message-ID: <%d@school.example>\r
%sSubject: trip\r
\r
%s\r
"""
ANSWER = b"So we eat at eight.\r\n\r\n> " + FIRST
PEOPLE = "address,name,role,school\nj.doe@school.example,Jane Doe,staff,North Primary\n"
NONE = 4  # exit code


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """A message, an answer that quotes it, the same message to others, and a case on them."""
    folder = tmp_path_factory.mktemp("mails") / "inbox"
    folder.mkdir()
    for number, (author, headers, text) in enumerate(
        (
            (b"j.doe", b"", FIRST),
            (b"k.roe", b"References: <0@school.example>\r\n", ANSWER),
            (b"j.doe", b"", FIRST + b" tomorrow"),
        )
    ):
        content = MAIL % (author, 9 + number, number, headers, text)
        (folder / f"{number}.eml").write_bytes(content)
    people = folder.parent / "people.csv"
    people.write_text(PEOPLE)
    with made(tmp_path_factory.mktemp("master") / "house") as house:
        house.must("people", "import", people)
        house.must("ingest", folder)
        house.open_case("j.doe@school.example", "k.roe@school.example")
        yield house


def found(house: House, *options: str) -> list[tuple[str, int]]:
    """The hour of each message that is shown, and how many it stands for."""
    lines = house.must("search", "trip", "--case", "C-0001", "--json", *options).splitlines()
    hits = [house.read(line) for line in lines]
    return [(hit["date"][11:13], len(hit["folded"])) for hit in hits]


@pytest.mark.parametrize(
    ("option", "expected"),
    [
        ("--inclusive", [("11", 0), ("10", 1)]),
        ("--fold", [("11", 1), ("10", 0)]),
        ("--threads", [("11", 0), ("10", 1)]),
    ],
)
def test_messages_are_folded(house: House, option: str, expected: list[tuple[str, int]]) -> None:
    """What a later one quotes, what says the same, what belongs to one conversation: as one."""
    assert expected == found(house, option)
    assert [("11", 0), ("10", 0), ("09", 0)] == found(house)


def test_folded_messages_say_what_was_compared(house: House) -> None:
    """What ran, over what, and how many are folded stands on standard error."""
    done = house.run("search", "trip", "--case", "C-0001", "--fold")

    said = done.stderr.decode()
    assert "+ 1 folded: " in done.stdout.decode()
    assert "3 compared, 1 of them folded into others" in said
    assert "3 found, 2 shown, in case C-0001" in said
    assert "asked: trip" in said


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("finding:nhs-numbr trip", "nothing goes by finding:nhs-numbr: did you mean nhs-number?"),
        ("trip -(zzz OR clause:4) zzz", "nothing goes by clause:4: did you mean clause:4.*?"),
        ("tag:hr", "nothing goes by tag:hr"),
        ("finding:nhs-number zzz", "asked: finding:nhs-number zzz"),
    ],
)
def test_a_name_that_nothing_goes_by_is_said_where_nothing_is_found(
    house: House, query: str, expected: str
) -> None:
    """A mistyped rule does not pass for mail that is clean."""
    done = house.run("search", query, "--case", "C-0001")

    assert (NONE, expected) == (done.returncode, done.stderr.decode().splitlines()[-1])


def test_ids_are_for_other_programs(house: House) -> None:
    """All of them, with NUL between as `xargs -0` wants them, or a line each; 4 says none."""
    zeros = house.must("search", "trip", "--case", "C-0001", "--format", "ids0")
    lines = house.must("search", "trip", "--case", "C-0001", "--format", "ids")

    assert [64] * 3 == [len(one) for one in zeros.split(b"\0") if one]
    assert zeros.split(b"\0")[:3] == lines.splitlines()
    assert NONE == house.run("search", "zzz", "--case", "C-0001", "--format", "ids0").returncode


def test_ways_to_fold_are_not_for_pages(house: House) -> None:
    """What does not go together is refused in one line."""
    done = house.run("search", "trip", "--case", "C-0001", "--fold", "--facet", "from")

    assert 2 == done.returncode
    assert b"take no --after and no --facet" in done.stderr


@pytest.mark.parametrize(("options", "paged"), [((), True), (("--no-pager",), False)])
def test_a_terminal_gets_the_pager_of_the_user(
    house: House, tmp_path: Path, options: tuple[str, ...], *, paged: bool
) -> None:
    """`$PAGER` shows the result, in colour; unless it is not wanted."""
    kept = tmp_path / "paged"
    pager = tmp_path / "pager"
    pager.write_text(f'#!/bin/sh\ncat > "{kept}"\n')
    pager.chmod(0o700)
    arguments = ["search", "trip", "--case", "C-0001", *options]

    printed = _on_terminal(house, arguments, {"PAGER": str(pager), "TERM": "xterm"})

    assert paged == kept.exists()
    shown = kept.read_bytes() if paged else printed
    assert b"\x1b[" in shown
    assert b"Roman fort" in b" ".join(shown.split())
    assert b"\r\n    half past eight" in printed or paged


def test_nobody_gets_colour_who_wants_none(house: House) -> None:
    """`NO_COLOR` is heard on a terminal with a pager or without; see no-color.org."""
    arguments = ["search", "trip", "--case", "C-0001", "--no-pager"]

    printed = _on_terminal(house, arguments, {"NO_COLOR": "1", "TERM": "xterm"})

    assert (True, False) == (b"Roman fort" in b" ".join(printed.split()), b"\x1b[" in printed)


def _on_terminal(house: House, arguments: list[str], extra: dict[str, str]) -> bytes:
    ours, theirs = pty.openpty()
    with subprocess.Popen(
        [SECTION9, "--home", house.home, *arguments],
        stdin=theirs,
        stdout=theirs,
        stderr=subprocess.DEVNULL,
        env=house.environment(extra),
    ) as process:
        os.close(theirs)
        printed = read_until(ours, until=b"\0", seconds=60)
    os.close(ours)
    assert 0 == process.returncode
    return printed
