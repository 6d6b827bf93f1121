"""What a generation of the index has applied, in one small document that is changed by turns.

It is written after the mail itself: a crash in between leaves a segment unapplied, to be put
again, which changes nothing.
"""

from collections.abc import Sequence
from functools import partial
from typing import Any

from elasticsearch import ConflictError, Elasticsearch, NotFoundError

from search.elastic_client import patiently
from search.elastic_document import FORMAT
from search.elastic_layout import Names
from search.index import IndexMissingError, IndexUnavailableError, IndexVersionError

TURNS = 100  # tries to change the document while others do


class Meta:
    """The document of one generation."""

    def __init__(self, client: Elasticsearch, names: Names) -> None:
        self._client = client
        self._names = names
        self._id = str(names.generation)

    def begin(self) -> None:
        """Write the document of a new generation; one that is there stays."""
        empty = {"format": FORMAT, "applied": []}
        try:
            self._client.create(index=self._names.meta, id=self._id, document=empty)
        except ConflictError:
            return

    def check(self) -> None:
        """Raise `IndexVersionError` where another program wrote the generation."""
        found = self._read()["_source"]["format"]
        if found != FORMAT:
            raise IndexVersionError(found, FORMAT)

    def applied(self) -> tuple[range, ...]:
        """List the segments that are in."""
        return _ranges(self._read()["_source"]["applied"])

    def apply(self, segment: int) -> None:
        """Add a segment. Whoever changes the document in between makes us read it again."""
        for _ in range(TURNS):
            found = self._read()
            before = _ranges(found["_source"]["applied"])
            if any(segment in run for run in before):
                return
            after = [[run.start, run.stop - 1] for run in joined(before, segment)]
            try:
                self._client.index(
                    index=self._names.meta,
                    id=self._id,
                    document={"format": found["_source"]["format"], "applied": after},
                    if_seq_no=found["_seq_no"],
                    if_primary_term=found["_primary_term"],
                )
            except ConflictError:
                continue
            return
        raise IndexUnavailableError("too many processes write it at once")

    def _read(self) -> dict[str, Any]:
        """Read the document as it is now, not as it was when last made searchable."""
        try:
            found = patiently(partial(self._client.get, index=self._names.meta, id=self._id))
        except NotFoundError as error:
            raise IndexMissingError(self._names.template) from error
        return dict(found)


def joined(runs: Sequence[range], number: int) -> list[range]:
    """Add a number to ascending ranges with gaps between; those it touches become one."""
    touching = [run for run in runs if run.start - 1 <= number <= run.stop]
    apart = [run for run in runs if run not in touching]
    start = min([number, *(run.start for run in touching)])
    stop = max([number + 1, *(run.stop for run in touching)])
    return sorted([*apart, range(start, stop)], key=lambda run: run.start)


def _ranges(pairs: Sequence[Sequence[int]]) -> tuple[range, ...]:
    return tuple(range(first, last + 1) for first, last in pairs)
