"""The tabulator, in the shells that there are: a line is written to its end."""

import os
import pty
import re
import shutil
import subprocess
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest
from running import SECTION9, House, made
from terminals import read_until

PEOPLE = "address,name,role,school\nj.doe@school.example,Jane Doe,staff,North Primary\n"
LINES = (
    ("searc", ("search", "X")),
    ("search parti", ("search", "participant:X")),
    ("search direction:outb", ("search", "direction:outbound", "X")),
    ("search person:J", ("search", 'person:"Jane Doe"', "X")),
    ("search 'trip -is:flag", ("search", "trip -is:flagged", "X")),
    ("search 'person:\"J", ("search", 'person:"Jane Doe"', "X")),
    ('search "trip person:J', ("search", 'trip person:"Jane Doe"', "X")),
    ("search 'from:j.d", ("search", "from:j.doe@school.example", "X")),
    ("search trip --case C", ("search", "trip", "--case", "C-0001", "X")),
    ("triage list --case C", ("triage", "list", "--case", "C-0001", "X")),
    ("search trip --incl", ("search", "trip", "--inclusive", "X")),
    ("search trip --facet mon", ("search", "trip", "--facet", "month", "X")),
    ("search --web comp", ("search", "--web", "computer:X")),
    ("timeline --person Jan", ("timeline", "--person", "Jane Doe", "X")),
    ("review --case C", ("review", "--case", "C-0001", "X")),
    ("review mark --query 'is:opa", ("review", "mark", "--query", "is:opaque", "X")),
)
"""What is typed before the tabulator, and the words of the line when an X was typed after it."""
RC = {
    "bash": (".bashrc", 'eval "$(section9 completion bash)"\n'),
    "zsh": (".zshrc", 'autoload -U compinit; compinit\neval "$(section9 completion zsh)"\n'),
}
"""As docs/searching.md says it; of fish it is a file that section9 writes."""
SHELLS = ("bash", "zsh", "fish")


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """A person and a case."""
    folder = tmp_path_factory.mktemp("completing")
    (folder / "people.csv").write_text(PEOPLE)
    with made(folder / "house") as house:
        house.must("people", "import", folder / "people.csv")
        house.open_case("j.doe@school.example")
        yield house


@pytest.mark.parametrize("shell", SHELLS)
def test_a_shell_completes(house: House, shell: str, tmp_path: Path) -> None:
    """Commands, fields, values, people, cases and options, in quotes and without.

    Each line is typed at a real terminal, a tabulator and an X at its end, and is given to printf
    then, so that the shell itself says what it has made of it.
    """
    if not shutil.which(shell):
        why = f"{shell} is not installed: apt-get install {shell}"
        pytest.fail(why) if os.environ.get("SECTION9_REQUIRE_SERVERS") else pytest.skip(why)
    prepare(shell, tmp_path)
    environment = {**house.environment({}), "HOME": str(tmp_path), "TERM": "xterm"}
    environment |= {"SECTION9_HOME": str(house.home), "ZDOTDIR": str(tmp_path)}
    environment["PATH"] = f"{SECTION9.parent}:{os.environ['PATH']}"

    written = typed(shell, environment, [line for line, _ in LINES])

    assert [expected for _, expected in LINES] == written


def prepare(shell: str, home: Path) -> None:
    """Switch completion on, as somebody does for good."""
    if shell in RC:
        name, line = RC[shell]
        (home / name).write_text(line)
        return
    folder = home / ".config" / "fish" / "completions"
    folder.mkdir(parents=True)
    script = subprocess.run([SECTION9, "completion", shell], capture_output=True, check=True)
    (folder / "section9.fish").write_bytes(script.stdout)


def typed(shell: str, environment: dict[str, str], lines: Sequence[str]) -> list[tuple[str, ...]]:
    """Type and complete each line; give the words after `section9` that the shell has then."""
    ours, theirs = pty.openpty()
    with subprocess.Popen(
        ["setsid", "--ctty", "--wait", shell, "-i"],
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
        env=environment,
    ) as process:
        os.close(theirs)
        os.write(ours, b"stty cols 300; echo LO''ADED\r")
        read_until(ours, until=b"LOADED", seconds=20)
        written = [_completed(ours, line) for line in lines]
        process.kill()
    os.close(ours)
    return written


def _completed(terminal: int, line: str) -> tuple[str, ...]:
    start, end = b"\x01", b"\x05"  # as in Emacs: to the start of the line, and to its end
    keys = b"section9 " + line.encode() + b"\tX" + start + b"printf '<%s>' " + end + b" E''ND\r"
    os.write(terminal, keys)
    printed = read_until(terminal, until=b"<END>", seconds=20).decode()
    found = re.search("<section9>(.*)<END>", printed)
    return tuple(re.findall("<([^>]*)>", found[1])) if found else (printed,)
