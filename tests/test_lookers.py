"""Many files and texts are shared out among processes; what is found does not tell."""

import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from threading import Timer
from typing import IO

import psutil
import pytest
from running import PATIENCE, SECTION9, House

from detectors.roll_file import ROLL_FILE
from ingest.jobs import Look, LookSettings
from ingest.lookers import MANY, LookerEndedError, Lookers

SETTINGS = LookSettings(people=os.devnull)
TEXTS = [
    ("NHS number 943 476 5919, says number {}." if number % 3 else "nothing in {}").format(number)
    for number in range(MANY + 50)
]


def test_two_processes_answer_as_one_does() -> None:
    """Each key comes back once, in the order of asking, with what is found in its text."""
    looks = [(number, Look(text=text)) for number, text in enumerate(TEXTS)]

    alone = list(Lookers(SETTINGS, processes=1).seen(looks))
    shared = list(Lookers(SETTINGS, processes=2).seen(looks))

    assert alone == shared
    assert list(range(len(TEXTS))) == [key for key, _ in shared]
    assert sum(number % 3 > 0 for number in range(len(TEXTS))) == sum(
        len(seen.findings) for _, seen in shared
    )


def test_what_cannot_be_read_is_told_in_its_place(tmp_path: Path) -> None:
    """A file that is gone, or whose name is none, does not keep the others from being read."""
    here = tmp_path / "notes.txt"
    here.write_text(TEXTS[1])
    paths = [os.fsencode(here), os.fsencode(tmp_path / "gone"), b"\x00"] * MANY

    seen = [one for _, one in Lookers(SETTINGS, processes=2).seen((0, Look(path=p)) for p in paths)]

    assert [True, False, False] * MANY == [bool(one.findings) for one in seen]
    assert [False, True, True] * MANY == [bool(one.error) for one in seen]


def test_nobody_waits_for_a_process_that_has_ended() -> None:
    """The error says what to do; no process is left behind."""
    looks = ((number, Look(text=TEXTS[number % len(TEXTS)])) for number in range(100 * MANY))
    answers = Lookers(SETTINGS, processes=2).seen(looks)
    before = set(psutil.Process().children())

    next(answers)
    started = set(psutil.Process().children()) - before
    next(iter(started)).kill()
    with pytest.raises(LookerEndedError):
        list(answers)

    assert 2 == len(started)
    assert not any(one.is_running() for one in started)


def test_what_stands_before_a_bad_line_is_answered(tmp_path: Path) -> None:
    """However many lines there are, and whoever reads them."""
    lines = b"".join(b'{"id": %d, "text": ""}\n' % number for number in range(MANY + 50))

    done = House(tmp_path).run("detect", "--jsonl", given=lines + b"{\n")

    assert (2, MANY + 50) == (done.returncode, len(done.stdout.splitlines()))
    assert (
        f"section9: line {MANY + 51}: ".encode() == done.stderr[: len(f"section9: line {MANY}: ")]
    )


def test_each_line_is_answered_before_the_next_is_written(tmp_path: Path) -> None:
    """Whoever writes a line and waits gets the answer, first line and thousandth, to the end."""
    with _detecting(tmp_path) as talk:
        answers = [talk.ask(number) for number in range(3)]
        talk.write(b"".join(map(_line, range(3, 2 * MANY))))  # many at once: others are started
        answers += [talk.answer() for _ in range(3, 2 * MANY)]
        answers += [talk.ask(2 * MANY), talk.ask(2 * MANY + 1)]

        talk.questions.close()

        assert [*range(2 * MANY + 2)] == answers
        assert (b"", b"") == (talk.answers.read(), talk.errors.read())
        assert 0 == talk.process.wait(PATIENCE)


def test_an_error_ends_it_though_more_may_come(tmp_path: Path) -> None:
    """It does not wait for whoever still holds its input open; nor does Python break down then."""
    with _detecting(tmp_path) as talk:
        talk.ask(1)

        talk.write(b'{"id": 2, "path": "/no/such/file"}\n')

        assert 2 == talk.process.wait(PATIENCE)
        assert [b"section9: line 2: its path cannot be read"] == talk.errors.read().split(b";")[:1]


@dataclass(frozen=True)
class _Talk:
    """A `detect --jsonl` at the other end of pipes."""

    process: "subprocess.Popen[bytes]"
    questions: IO[bytes]
    answers: IO[bytes]
    errors: IO[bytes]

    def write(self, lines: bytes) -> None:
        self.questions.write(lines)
        self.questions.flush()

    def answer(self) -> int:
        return int(House.read(self.answers.readline())["id"])

    def ask(self, number: int) -> int:
        self.write(_line(number))
        return self.answer()


def _line(number: int) -> bytes:
    return b'{"id": %d, "text": "NHS number 943 476 5919"}\n' % number


@contextmanager
def _detecting(folder: Path) -> Iterator[_Talk]:
    """Run it; where it hangs it is killed, and its answers end."""
    with subprocess.Popen(
        [SECTION9, "--home", folder, "detect", "--jsonl"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as process:
        assert process.stdin
        assert process.stdout
        assert process.stderr
        patience = Timer(PATIENCE, process.kill)
        patience.start()
        try:
            yield _Talk(process, process.stdin, process.stdout, process.stderr)
        finally:
            patience.cancel()
            process.kill()


def test_a_roll_that_cannot_be_used_is_told_in_a_line(tmp_path: Path) -> None:
    """Nothing is looked through as if there were none."""
    house = House(tmp_path / "house")
    house.must("init")
    (house.home / ROLL_FILE).write_bytes(b"damaged")

    done = house.run("detect", "--jsonl", given=_line(1))

    assert (3, b"") == (done.returncode, done.stdout)
    assert [b"section9: the roll of people "] == [done.stderr[:29]]
    assert 1 == len(done.stderr.splitlines())
