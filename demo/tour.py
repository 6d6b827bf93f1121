"""A tour of searching, as a picture: real commands on the demonstration's data, and what they say.

    make demo tour

Writes `docs/tour.svg`. Each command runs by itself, in colour, as on a terminal of 100 columns.
"""

import os
import pty
import shlex
import subprocess
import sys
from pathlib import Path

from rich.console import Console
from rich.text import Text

from demo.run import DATA, SECTION9

PICTURE = Path(__file__).parents[1] / "docs" / "tour.svg"
WIDTH = 100
TOUR = (
    "search 'finding:nhs-number severity:>=3' --case C-0001 --limit 1",
    "search 'subjct:flu' --case C-0001",
    "search '\"wrong person\"~3 date:2026-09' --case C-0001 --facet from --limit 1",
    "search 'nahdia~2 from:*@brightpost.example' --case C-0001 --threads --limit 1",
    "similar c671e671e18a --case C-0001 --limit 1",
)


def main() -> None:
    """Run the tour and draw it."""
    if not DATA.is_dir():
        sys.exit("there is no demonstration yet: run `make demo`, then `make tour`")
    screen = Console(record=True, width=WIDTH, file=Path(os.devnull).open("w"))  # noqa: SIM115 - as long as we run
    for line in TOUR:
        screen.print(Text.assemble(("$ ", "bold green"), (f"section9 {line}", "bold")))
        screen.print(Text.from_ansi(said(shlex.split(line))))
    screen.save_svg(str(PICTURE), title="section9")
    print(f"{PICTURE}: {PICTURE.stat().st_size:,} bytes")


def said(arguments: list[str]) -> str:
    """What a command writes on a terminal, errors and all."""
    ours, theirs = pty.openpty()
    command = [SECTION9, "--home", str(DATA), *arguments]
    with subprocess.Popen(  # noqa: S603 - our own program with the arguments above
        command, stdin=subprocess.DEVNULL, stdout=theirs, stderr=theirs, env=_environment()
    ):
        os.close(theirs)
        pieces = []
        while piece := _read(ours):
            pieces.append(piece)
    os.close(ours)
    return b"".join(pieces).decode().replace("\r\n", "\n")


def _environment() -> dict[str, str]:
    return {**os.environ, "TERM": "xterm-256color", "COLUMNS": str(WIDTH)}


def _read(terminal: int) -> bytes:
    try:
        return os.read(terminal, 65_536)
    except OSError:  # how a terminal says that it is closed
        return b""


if __name__ == "__main__":
    main()
