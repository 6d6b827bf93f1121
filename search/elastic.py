"""The index on Elasticsearch, for a trust of many schools.

Pages, counts and words are those of the embedded index; docs/decisions/0009 says how the two are
kept in agreement. Every question first makes searchable what was written before it, so a search
sees all that was durable when it was asked, whoever wrote it.
"""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from heapq import nsmallest
from itertools import chain, islice
from typing import Any, Literal

import structlog
from elasticsearch import Elasticsearch

from search.elastic_ask import STREAMED, Questions, records_of
from search.elastic_client import ElasticSettings, connect, server_version, translated
from search.elastic_generations import begin, begun, claim, current, discard, publish, published
from search.elastic_layout import Names
from search.elastic_meta import Meta
from search.elastic_query import clause
from search.elastic_write import Writer
from search.excerpts import hit, marking
from search.fields import FACETS
from search.index import (
    Cursor,
    Facet,
    IndexVersionError,
    NoFacetError,
    Page,
)
from search.merge import merge
from search.order import Order, rank
from search.recipients import gather
from search.tree import Exact, Query, StartsWith, clean
from section9 import MailId, Record, SightingId

CHOICES = 10  # ids that `resolve` lists
PAGE = 500  # records in one answer

Mode = Literal["read", "write"]
log = structlog.get_logger()


def open_elastic(settings: ElasticSettings, *, mode: Mode) -> "ElasticIndex":
    """Open the generation that is searched; `write` makes the first where there is none.

    Raises `IndexMissingError`, `IndexVersionError`, `IndexUnavailableError` and the errors of
    `elastic_client.py`.
    """
    with _connected(settings) as (client, version):
        number = current(client, settings) if mode == "read" else claim(client, settings)
        names = Names(settings.prefix, number)
        Meta(client, names).check()
        return ElasticIndex(client, settings, names, target=settings.prefix, version=version)


def open_elastic_afresh(settings: ElasticSettings) -> "ElasticIndex":
    """Open a generation to rebuild into: gone on with where it is sound, else begun again.

    Nobody searches it until `publish_elastic`.
    """
    with _connected(settings) as (client, version):
        names = Names(settings.prefix, (published(client, settings) or 0) + 1)
        try:
            begin(client, settings, names, alias=False)
        except IndexVersionError as error:
            log.warning("generation discarded", error=type(error).__name__)
            discard(client, names)
            begin(client, settings, names, alias=False)
        return ElasticIndex(client, settings, names, target=names.pattern, version=version)


def open_elastic_unfinished(settings: ElasticSettings) -> "ElasticIndex | None":
    """Open the generation that a rebuild has begun and not published; None where there is none."""
    with _connected(settings) as (client, version):
        number = (published(client, settings) or 0) + 1
        if begun(client, settings) != number:
            client.close()
            return None
        names = Names(settings.prefix, number)
        return ElasticIndex(client, settings, names, target=names.pattern, version=version)


def publish_elastic(index: "ElasticIndex") -> None:
    """Put a finished generation in the place of what is searched; whoever searches notices not."""
    with translated(index.settings.where):
        publish(index.client, index.settings, index.names)


@contextmanager
def _connected(settings: ElasticSettings) -> Iterator[tuple[Elasticsearch, str]]:
    """Give a client, which is closed again if anything goes wrong, and the server's version."""
    client = connect(settings)
    try:
        with translated(settings.where):
            yield client, server_version(client, settings.where)
    except BaseException:
        client.close()
        raise


class ElasticIndex:
    """An open index: what `search.index.Index` says, in Elasticsearch."""

    def __init__(
        self,
        client: Elasticsearch,
        settings: ElasticSettings,
        names: Names,
        *,
        target: str,  # what is searched: the alias, or the indices of a new generation
        version: str,
    ) -> None:
        self.client = client
        self.settings = settings
        self.names = names
        self._version = version
        self._meta = Meta(client, names)
        self._writer = Writer(client, names, where=settings.where)
        self._questions = Questions(client, target, where=settings.where)

    @property
    def description(self) -> str:
        """Name the engine and its version."""
        return f"elasticsearch {self._version}"

    # --- writing ------------------------------------------------------------------------------

    def put(self, records: Sequence[Record], *, segment: int | None) -> None:
        """Take records in; fastest with some hundreds at a time. The segment counts last.

        Raises `RecordRejectedError` with the mails that the server refuses for good.
        """
        incoming: dict[MailId, Record] = {}
        for record in records:
            known = incoming.get(record.mail)
            incoming[record.mail] = record if known is None else merge(known, record)
        with translated(self.settings.where):
            self._writer.put(incoming)
            if segment is not None:
                self._meta.apply(segment)
        log.debug("indexed", records=len(records), segment=segment)

    def drop(self, mails: Iterable[MailId]) -> None:
        """Take mails out. Their words stay in Lucene's segments until those are scrubbed."""
        with self._questions.asked():
            self._writer.drop(list(mails))

    def scrub(self) -> None:
        """Write every segment that holds something dropped anew, and empty the server's log."""
        with translated(self.settings.where):
            self._writer.scrub()

    # --- reading ------------------------------------------------------------------------------

    def applied(self) -> tuple[range, ...]:
        """List the segments that are in."""
        with translated(self.settings.where):
            return self._meta.applied()

    def known(self, sightings: Iterable[SightingId]) -> set[SightingId]:
        """Tell which of these copies are indexed."""
        asked = iter(set(sightings))
        found: set[SightingId] = set()
        with self._questions.asked():
            while some := set(islice(asked, STREAMED)):
                hits = self._questions.ask(
                    {"terms": {"sightings": list(some)}},
                    size=STREAMED,
                    docvalue_fields=["sightings"],
                )["hits"]["hits"]
                found |= some & {copy for one in hits for copy in one["fields"]["sightings"]}
        return found

    def sent_to(self, message_ids: Iterable[str]) -> dict[str, frozenset[str]]:
        """Tell whom the mail with these Message-IDs is known to have been sent."""
        asked = {clean(one) for one in message_ids}
        with self._questions.asked(), self._questions.moment() as moment:
            return gather(self._questions.sent_to(moment, asked))

    def get(self, mail: MailId) -> Record | None:
        """Give a mail's record."""
        with self._questions.asked():
            answer = self._questions.ask(clause(Exact("id", mail)), size=1, source=True)
        return next(records_of(answer), None)

    def resolve(self, prefix: str) -> list[MailId]:
        """List the first ids that begin so."""
        begun = clause(StartsWith("id", prefix.lower()))
        with self._questions.asked():
            hits = self._questions.ask(begun, size=CHOICES, sort=["id"])["hits"]["hits"]
        return [MailId(one["sort"][0]) for one in hits]

    def search(
        self,
        query: Query,
        *,
        limit: int,
        after: Cursor | None = None,
        order: Order = Order.NEWEST,
    ) -> Page:
        """Find a page of messages; the count and the page are of one moment."""
        start: list[Any] | None = [rank(after.date), after.mail] if after else None
        marks = marking(query)
        with self._questions.asked(), self._questions.moment() as moment:
            total = self._questions.number(query, moment=moment)
            answers = self._questions.pages(
                moment,
                query,
                size=min(limit + 1, PAGE),
                total=total,
                after=start,
                order=order,
                source=True,
            )
            found = chain.from_iterable(map(records_of, answers))
            hits = tuple(hit(record, marks) for record in islice(found, limit))
            more = next(found, None) is not None and hits
        return Page(hits, total, Cursor(hits[-1].date, hits[-1].mail) if more else None)

    def count(self, query: Query) -> int:
        """Count the messages that match."""
        with self._questions.asked():
            return self._questions.number(query)

    def ids(self, query: Query) -> Iterator[MailId]:
        """Stream the ids of all that match, as they were when the first was asked for."""
        with self._questions.asked(), self._questions.moment() as moment:
            total = self._questions.number(query, moment=moment)
            for answer in self._questions.pages(moment, query, size=STREAMED, total=total):
                yield from (MailId(one["sort"][1]) for one in answer["hits"]["hits"])

    def records(self, query: Query) -> Iterator[Record]:
        """Stream the records of all that match, as they were when the first was asked for."""
        with self._questions.asked(), self._questions.moment() as moment:
            for answer in self._questions.pages(moment, query, size=PAGE, source=True):
                yield from records_of(answer)

    def facets(self, query: Query, field: str, *, limit: int) -> list[Facet]:
        """Count the values of a field among what matches."""
        if field not in FACETS:
            raise NoFacetError(field, FACETS)
        with self._questions.asked(), self._questions.moment() as moment:
            return nsmallest(
                limit,
                self._questions.counts(moment, query, field),
                key=lambda facet: (-facet.count, facet.value),
            )

    def close(self) -> None:
        """Let the connections go."""
        self.client.close()
