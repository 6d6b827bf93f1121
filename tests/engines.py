"""Each engine, as a way to make an empty index; a folder of its own is lent to it."""

from collections.abc import Callable
from pathlib import Path

import elastic_indices

from search.index import Index
from search.sqlite import open_sqlite


def embedded(folder: Path) -> Index:
    """An empty index of the engine that needs nobody to run it."""
    return open_sqlite(folder / "index.sqlite", mode="write")


ENGINES: dict[str, Callable[[Path], Index]] = {
    "sqlite": embedded,
    "elasticsearch": lambda _: elastic_indices.empty(),
}
