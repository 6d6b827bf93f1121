"""Read, merge, write: how records go in without losing what another process knows.

A mail lives in the month of its own Date, or among the undated where that is not believed, and
stays where it was first put: what a copy teaches of its date changes the document and never moves
it, so no search meets it twice or not at all. Copies of one mail agree on the Date but may differ
on whether to believe it, so there are two places to look in. Every write names the version that
it was merged with, and whoever is too late reads again.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import msgspec
from elasticsearch import Elasticsearch

from search.elastic_bulk import Write, send
from search.elastic_client import patiently
from search.elastic_document import body
from search.elastic_layout import Names
from search.index import IndexUnavailableError
from search.merge import merge
from section9 import MailId, Record

ROUNDS = 50  # tries to merge the same mails while others do
SCRUBBED = 3600  # seconds that a server may take to write an index anew
LOOKED_UP = 500  # mails asked after at once

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Stored:
    """A record as it is in an index now, and the version that a change must name."""

    index: str
    number: int  # _seq_no
    term: int  # _primary_term
    record: Record


Candidates = Callable[[Record], set[str]]
Places = dict[MailId, list[Stored]]
"""Where mails are. Two places are a race that was just lost; the first is the one that stays."""


class Writer:
    """Puts records into one generation and takes mails out."""

    def __init__(self, client: Elasticsearch, names: Names, *, where: str) -> None:
        self._client = client
        self._names = names
        self._where = where

    def put(self, incoming: Mapping[MailId, Record]) -> None:
        """Merge each record with what is known of its mail. Durable on return."""
        waiting = dict(incoming)
        for _ in range(ROUNDS):
            if not waiting:
                return
            stored = self._stored(waiting.values())
            created = [record for mail, record in waiting.items() if mail not in stored]
            unsettled = self._send(self._writes(waiting, stored))
            unsettled |= {mail for mail, places in stored.items() if len(places) > 1}
            unsettled |= self._doubled(created)
            waiting = {mail: waiting[mail] for mail in unsettled}
        raise IndexUnavailableError("too many processes write the same messages at once")

    def drop(self, mails: Sequence[MailId]) -> None:
        """Take mails out, wherever they are. The index must have been refreshed."""
        self._send(
            Write(mail, _line("delete", hit["_index"], mail))
            for mail, hit in self._found(mails, source=False)
        )

    def scrub(self) -> None:
        """Force every segment with deletions to be written anew.

        A flush first: what the log of operations still holds keeps deleted documents alive.
        """
        indices = self._client.options(request_timeout=SCRUBBED).indices
        indices.flush(index=self._names.pattern, wait_if_ongoing=True)
        indices.forcemerge(index=self._names.pattern, max_num_segments=1)
        indices.flush(index=self._names.pattern, wait_if_ongoing=True)

    def _send(self, writes: Iterable[Write]) -> set[MailId]:
        return send(self._client, writes, where=self._where)

    # --- what to write ------------------------------------------------------------------------

    def _writes(self, incoming: Mapping[MailId, Record], stored: Places) -> Iterator[Write]:
        for mail, record in incoming.items():
            match stored.get(mail, []):
                case []:
                    yield _change("create", self._home(record), record)
                case [place, *doubles]:
                    yield from _merged(place, doubles, record)

    def _home(self, record: Record) -> str:
        """Name the index that a new mail goes to: of a month only if its own Date is believed."""
        if record.date is None or record.date != record.parsed.date:
            return self._names.undated
        return self._names.dated(record.date)

    # --- where mails are ----------------------------------------------------------------------

    def _stored(self, records: Iterable[Record]) -> Places:
        """Find the mails of some records, as they are now."""
        places: Places = {}
        for mail, hit in self._looked_up(records, self._candidates, source=True):
            places.setdefault(mail, []).append(_stored(hit))
        for found in places.values():
            found.sort(key=lambda place: (place.index == self._names.undated, place.index))
        return places

    def _doubled(self, created: Sequence[Record]) -> set[MailId]:
        """Tell which mails another process made elsewhere while we made them here.

        Both look after they have written, so at least one of them sees the other's.
        """
        if not created:
            return set()
        homes = {record.mail: self._home(record) for record in created}

        def elsewhere(record: Record) -> set[str]:
            return self._candidates(record) - {homes[record.mail]}

        found = self._looked_up(created, elsewhere, source=False)
        return {mail for mail, hit in found if hit["_index"] != homes[mail]}

    def _looked_up(
        self, records: Iterable[Record], candidates: Candidates, *, source: bool
    ) -> Iterator[tuple[MailId, Json]]:
        """Yield where mails are: read by name, or searched for where the name says nothing."""
        known, blank = _parted(records)
        for some in _some(known):
            asked = [
                {"_index": index, "_id": record.mail, "_source": source}
                for record in some
                for index in candidates(record)
            ]
            for hit in patiently(partial(self._read, asked)):
                yield MailId(hit["_id"]), hit
        if blank:
            self._client.indices.refresh(index=self._names.pattern)
            yield from self._found([record.mail for record in blank], source=source)

    def _read(self, asked: Sequence[Json]) -> list[Json]:
        """Read documents as they are now, not as they were when last made searchable."""
        answer = self._client.mget(docs=asked)["docs"] if asked else []
        return [hit for hit in answer if _is_there(hit)]

    def _candidates(self, record: Record) -> set[str]:
        """Name the indices that may hold a mail, whatever was believed of its Date."""
        dated = record.parsed.date
        return {self._names.undated} | ({self._names.dated(dated)} if dated else set())

    def _found(self, mails: Sequence[MailId], *, source: bool) -> Iterator[tuple[MailId, Json]]:
        for some in _some(mails):
            search = partial(
                self._client.search,
                index=self._names.pattern,
                query={"ids": {"values": list(some)}},
                size=2 * len(some),
                source=source,
                seq_no_primary_term=True,
                allow_partial_search_results=False,
            )
            answer = patiently(search)
            yield from ((MailId(hit["_id"]), hit) for hit in answer["hits"]["hits"])


def _parted(records: Iterable[Record]) -> tuple[list[Record], list[Record]]:
    """Part records whose Date says where their mail is from those of which nothing was read."""
    known: list[Record] = []
    blank: list[Record] = []
    for record in records:
        empty = record.parsed.date is None and not record.parsed.parts
        (blank if empty else known).append(record)
    return known, blank


def _some(items: Sequence[Any]) -> Iterator[Sequence[Any]]:
    return (items[start : start + LOOKED_UP] for start in range(0, len(items), LOOKED_UP))


def _is_there(hit: Json) -> bool:
    """Tell whether a document was found; a month that has no index yet has no document."""
    if "error" in hit:
        if hit["error"].get("type") == "index_not_found_exception":
            return False
        raise IndexUnavailableError("a part of it is away")
    return bool(hit["found"])


def _stored(hit: Json) -> Stored:
    record = msgspec.convert(hit["_source"]["record"], type=Record)
    return Stored(hit["_index"], hit["_seq_no"], hit["_primary_term"], record)


def _merged(place: Stored, doubles: Sequence[Stored], record: Record) -> Iterator[Write]:
    """Write what is new to the place that stays; only when all is there, take doubles out."""
    merged = place.record
    for other in (*(double.record for double in doubles), record):
        merged = merge(merged, other)
    if merged != place.record:
        yield _change("index", place.index, merged, version=place)
        return
    for double in doubles:
        yield Write(record.mail, _line("delete", double.index, record.mail, version=double))


def _change(verb: str, index: str, record: Record, *, version: Stored | None = None) -> Write:
    action = _line(verb, index, record.mail, version=version)
    return Write(record.mail, action, msgspec.json.encode(body(record)))


def _line(verb: str, index: str, mail: MailId, *, version: Stored | None = None) -> bytes:
    """Write the line of a bulk request that says what is to be done."""
    action: Json = {"_index": index, "_id": mail}
    if version:
        action |= {"if_seq_no": version.number, "if_primary_term": version.term}
    return msgspec.json.encode({verb: action})
