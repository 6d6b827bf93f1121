"""The engines that an index may run on, and how each is opened, made afresh and replaced."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from search.elastic_client import ElasticSettings
    from search.index import Index


Publishing = Callable[[], AbstractContextManager[None]]
"""Keeps a purge from coming between the old index and the new."""


class Engine(Protocol):
    """One place for an index."""

    def read(self) -> "Index":
        """Open what is there for searching; the caller closes it."""

    def write(self) -> "Index":
        """Open it for filing, and make it where there is none; the caller closes it."""

    def unfinished(self) -> "Index | None":
        """Open for filing what a rebuild has begun and not finished; the caller closes it."""

    def afresh(self, *, publishing: Publishing) -> "AbstractContextManager[Index]":
        """Give a new index, which takes the old one's place after the block, inside `publishing`.

        A block that ends in an error leaves the old one where it was, and the new one to be gone
        on with.
        """


@dataclass(frozen=True)
class Embedded:
    """SQLite, in a file of the data folder."""

    path: Path

    def read(self) -> "Index":
        """Open the file."""
        from search.sqlite import open_sqlite

        return open_sqlite(self.path, mode="read")

    def write(self) -> "Index":
        """Open the file, and make it where there is none."""
        from search.sqlite import open_sqlite

        self.path.parent.mkdir(mode=0o750, exist_ok=True)
        return open_sqlite(self.path, mode="write")

    def unfinished(self) -> "Index | None":
        """Open the next generation, if there is one."""
        from search.generations import next_generation
        from search.sqlite import open_afresh

        generation = next_generation(self.path)
        return open_afresh(generation) if generation.exists() else None

    @contextmanager
    def afresh(self, *, publishing: Publishing) -> "Iterator[Index]":
        """Give the next generation."""
        from search.generations import next_generation, switch
        from search.sqlite import open_afresh

        self.path.parent.mkdir(mode=0o750, exist_ok=True)
        generation = next_generation(self.path)
        with closing(open_afresh(generation)) as index:
            yield index
        with publishing():
            switch(self.path, generation)  # once it is closed, its log is in it


@dataclass(frozen=True)
class Cluster:
    """Elasticsearch."""

    settings: "ElasticSettings"

    def read(self) -> "Index":
        """Connect, and open the generation that is searched."""
        from search.elastic import open_elastic

        return open_elastic(self.settings, mode="read")

    def write(self) -> "Index":
        """Connect, and make the first generation where there is none."""
        from search.elastic import open_elastic

        return open_elastic(self.settings, mode="write")

    def unfinished(self) -> "Index | None":
        """Connect, and open the next generation, if there is one."""
        from search.elastic import open_elastic_unfinished

        return open_elastic_unfinished(self.settings)

    @contextmanager
    def afresh(self, *, publishing: Publishing) -> "Iterator[Index]":
        """Give the next generation."""
        from search.elastic import open_elastic_afresh, publish_elastic

        with closing(open_elastic_afresh(self.settings)) as index:
            yield index
            with publishing():
                publish_elastic(index)
