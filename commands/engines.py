"""The engines that an index may run on, and how each is opened, made afresh and replaced."""

from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from contextlib import AbstractContextManager

    from search.elastic_client import ElasticSettings
    from search.index import Index


class Engine(Protocol):
    """One place for an index."""

    def read(self) -> "Index":
        """Open what is there for searching; the caller closes it."""

    def write(self) -> "Index":
        """Open it for filing, and make it where there is none; the caller closes it."""

    def afresh(self) -> "AbstractContextManager[Index]":
        """Give a new index, which takes the old one's place after the block.

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

    @contextmanager
    def afresh(self) -> "Iterator[Index]":
        """Give the next generation."""
        from search.generations import next_generation, switch
        from search.sqlite import open_afresh

        self.path.parent.mkdir(mode=0o750, exist_ok=True)
        generation = next_generation(self.path)
        with closing(open_afresh(generation)) as index:
            yield index
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

    @contextmanager
    def afresh(self) -> "Iterator[Index]":
        """Give the next generation."""
        from search.elastic import open_elastic_afresh, publish_elastic

        with closing(open_elastic_afresh(self.settings)) as index:
            yield index
            publish_elastic(index)
