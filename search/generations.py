"""Generations of the embedded index: a new one is made beside the old and put in its place.

    index/section9.sqlite -> section9-2.sqlite

The name is a link, changed in one step: whoever has the old one open keeps it until they close
it, and SQLite keeps the log of each beside its own file. A rebuild that was interrupted goes on
in the generation that it had begun.
"""

import re
from pathlib import Path


def next_generation(path: Path) -> Path:
    """Name the generation after the one at `path`: the same until `switch` has been called."""
    number = re.search(r"-(\d+)$", path.resolve().stem)
    return path.with_name(f"{path.stem}-{int(number[1]) + 1 if number else 1}{path.suffix}")


def switch(path: Path, generation: Path) -> None:
    """Put a finished generation, which must be closed, in the place of what is at `path`."""
    link = path.with_name(f"{path.name}.link")
    link.unlink(missing_ok=True)
    link.symlink_to(generation.name)
    link.replace(path)
    for old in path.parent.glob(f"{path.stem}*"):
        if old != path and not old.name.startswith(generation.name):
            old.unlink(missing_ok=True)


def discard(generation: Path) -> None:
    """Delete a generation that cannot be gone on with."""
    for file in generation.parent.glob(f"{generation.name}*"):
        file.unlink(missing_ok=True)
