"""Many files and texts are shared out among processes; what is found does not tell."""

import os
from pathlib import Path

import psutil
import pytest
from running import House

from ingest.jobs import Look, LookSettings
from ingest.lookers import FEW, LookerEndedError, Lookers

SETTINGS = LookSettings(people=os.devnull)
TEXTS = [
    ("NHS number 943 476 5919, says number {}." if number % 3 else "nothing in {}").format(number)
    for number in range(FEW + 50)
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
    paths = [os.fsencode(here), os.fsencode(tmp_path / "gone"), b"\x00"] * FEW

    seen = [one for _, one in Lookers(SETTINGS, processes=2).seen((0, Look(path=p)) for p in paths)]

    assert [True, False, False] * FEW == [bool(one.findings) for one in seen]
    assert [False, True, True] * FEW == [bool(one.error) for one in seen]


def test_nobody_waits_for_a_process_that_has_ended() -> None:
    """The error says what to do; no process is left behind."""
    looks = ((number, Look(text=TEXTS[number % len(TEXTS)])) for number in range(100 * FEW))
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
    lines = b"".join(b'{"id": %d, "text": ""}\n' % number for number in range(FEW + 50))

    done = House(tmp_path).run("detect", "--jsonl", given=lines + b"{\n")

    assert (2, FEW + 50) == (done.returncode, len(done.stdout.splitlines()))
    assert f"section9: line {FEW + 51}: ".encode() == done.stderr[: len(f"section9: line {FEW}: ")]
