"""Questions to Elasticsearch: what was written before is searched, and no answer lacks a part."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from itertools import islice
from typing import Any

import msgspec
from elasticsearch import Elasticsearch

from search.elastic_client import patiently, translated
from search.elastic_document import Json
from search.elastic_facets import counted, counting
from search.elastic_query import clause
from search.index import Facet, IndexUnavailableError
from search.order import Order
from search.tree import Exact, Query, any_of, clean
from section9 import Record

STREAMED = 5_000
"""Ids, or values of a facet, in one answer; a server gives 10,000 at most."""
ASKED = 1_000  # Message-IDs in one question
FEW = 5_000
"""Matches that are sorted faster than it is told which of them to sort."""
KEPT = "5m"  # how long one moment of the index is kept between two answers

_SENT_TO = (
    "record.parsed.message_id",
    "record.sightings.recipients.address",
    "record.sightings.recipients.expanded_from",
)
"""What of a record says whom it was sent to: its text stays where it is."""

_WAYS = {Order.NEWEST: "asc", Order.OLDEST: "desc"}
_REACH = {Order.NEWEST: ("gte", "lte"), Order.OLDEST: ("lte", "gte")}
"""How a range says `from here on` and `as far as here`."""


class Questions:
    """Asks of some indices, or of an alias of them."""

    def __init__(self, client: Elasticsearch, target: str, *, where: str) -> None:
        self._client = client
        self._target = target
        self._where = where

    @contextmanager
    def asked(self) -> Iterator[None]:
        """Make searchable what is durable by now; answers come with errors in our words."""
        with translated(self._where):
            patiently(self._refresh)
            yield

    def _refresh(self) -> None:
        if self._client.indices.refresh(index=self._target)["_shards"]["failed"]:
            raise IndexUnavailableError(f"a part of {self._where} is away")

    @contextmanager
    def moment(self) -> Iterator[Json]:
        """Say where to ask for several answers: one moment of the index."""
        point = partial(self._client.open_point_in_time, index=self._target, keep_alive=KEPT)
        opened = patiently(point)["id"]
        try:
            yield {"pit": {"id": opened, "keep_alive": KEPT}}
        finally:
            self._client.options(ignore_status=404).close_point_in_time(id=opened)

    def ask(
        self,
        query: Json,
        *,
        moment: Json | None = None,
        source: bool | Sequence[str] = False,
        **options: Any,  # noqa: ANN401 - the client's own
    ) -> Json:
        """Search; the answer is whole, or an error. Records come only where asked for."""
        options |= {"source": source, **(moment or {"index": self._target})}
        if not source:
            options["stored_fields"] = "_none_"  # ids are read from the order, which is faster
        if "index" in options:  # a moment was opened on whole indices
            options["allow_partial_search_results"] = False
        filtered = {"bool": {"filter": [query]}}
        return dict(patiently(partial(self._client.search, query=filtered, **options)))

    def pages(  # noqa: PLR0913 - all but two are named where it is called
        self,
        moment: Json,
        query: Query,
        *,
        size: int,
        total: int = 0,
        after: list[Any] | None = None,
        order: Order = Order.NEWEST,
        source: bool | Sequence[str] = False,
    ) -> Iterator[Json]:
        """Yield answers, each going on after the one before, until one is not full.

        `total` is how many match: where they are few, or unknown, a page is asked for at once.
        """
        compiled, many, way = clause(query), total > FEW, _WAYS[order]
        while True:
            near = self._near(moment, compiled, size, after, order) if many else compiled
            answer = self.ask(
                near,
                moment=moment,
                size=size,
                sort=[{"rank": way}, {"id": way}],
                search_after=after,
                source=source,
                track_total_hits=False,
            )
            yield answer
            if len(answer["hits"]["hits"]) < size:
                return
            after = answer["hits"]["hits"][-1]["sort"]

    def sent_to(self, moment: Json, message_ids: Iterable[str]) -> Iterator[tuple[str, str]]:
        """Yield each of these Message-IDs that is there with nobody, and with everybody sent it."""
        asked = iter(message_ids)
        while some := list(islice(asked, ASKED)):
            named = any_of([Exact("message-id", one) for one in some])
            for answer in self.pages(moment, named, size=ASKED, source=_SENT_TO):
                yield from _pairs(answer)

    def _near(
        self, moment: Json, compiled: Json, size: int, after: list[Any] | None, order: Order
    ) -> Json:
        """Narrow a query to what a page reaches, ties and all.

        By one number alone Elasticsearch sorts without looking at every match, nor into every
        month. By number and id it looks at all, so it is only asked for what is in reach.
        """
        hits = self.ask(
            compiled,
            moment=moment,
            size=size,
            sort=[{"rank": _WAYS[order]}],
            search_after=after and after[:1],
            track_total_hits=False,
        )["hits"]["hits"]
        onward, as_far_as = _REACH[order]
        ends = {onward: after[0]} if after else {}
        if len(hits) == size:
            ends[as_far_as] = hits[-1]["sort"][0]
        return {"bool": {"filter": [compiled, {"range": {"rank": ends}}]}} if ends else compiled

    def counts(self, moment: Json, query: Query, field: str) -> Iterator[Facet]:
        """Yield every value and its count: the best of each shard are not the best of all."""
        compiled, after = clause(query), None
        while True:
            asked = counting(field, size=STREAMED, after=after)
            answer = self.ask(compiled, moment=moment, size=0, aggs=asked)
            found, after = counted(answer["aggregations"])
            yield from found
            if len(found) < STREAMED:
                return

    def number(self, query: Query, *, moment: Json | None = None) -> int:
        """Count what matches."""
        answer = self.ask(clause(query), moment=moment, size=0, track_total_hits=True)
        return int(answer["hits"]["total"]["value"])


def records_of(answer: Json) -> Iterator[Record]:
    """Read the records of a page."""
    for one in answer["hits"]["hits"]:
        yield msgspec.convert(one["_source"]["record"], type=Record)


def _pairs(answer: Json) -> Iterator[tuple[str, str]]:
    """Read each Message-ID of a page with nobody, and with everybody it was sent to."""
    for one in answer["hits"]["hits"]:
        record = one["_source"]["record"]
        message_id = clean(record["parsed"]["message_id"])
        yield message_id, ""
        for copy in record.get("sightings", ()):
            for recipient in copy.get("recipients", ()):
                yield from ((message_id, clean(name)) for name in recipient.values())
