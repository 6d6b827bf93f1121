"""The wheel: an application, installed alone, that holds what it must and nothing else."""

import subprocess
import sys
import zipfile
from pathlib import Path

PROJECT = Path(__file__).parents[1]
TOP_LEVEL = {
    *("section9.py", "people.py", "cli.py"),
    *("archive", "cases", "commands", "detectors", "evidence", "ingest", "search"),
}


def test_the_wheel_holds_our_rooms_and_nothing_else(tmp_path: Path) -> None:
    """Flat names are safe only while nobody else's module is shadowed by one of ours."""
    subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", tmp_path],
        cwd=PROJECT,
        check=True,
        capture_output=True,
    )
    [wheel] = tmp_path.glob("*.whl")

    names = {Path(name).parts[0] for name in zipfile.ZipFile(wheel).namelist()}

    assert {name for name in names if not name.endswith(".dist-info")} == TOP_LEVEL
    assert not names & sys.stdlib_module_names


def test_help_loads_nothing_heavy() -> None:
    """`section9 --help` answers at once: what a command needs is loaded when that command runs."""
    heavy = "pydantic spacy elasticsearch msgspec httpx exchangelib kreuzberg rich cryptography"
    script = f"import sys, cli; print([name for name in {heavy.split()} if name in sys.modules])"

    done = subprocess.run([sys.executable, "-c", script], check=True, capture_output=True)

    assert b"[]" == done.stdout.strip()
