"""Bulk writes: bounded requests, patience with a busy server, and every item's answer read."""

import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import structlog
from elasticsearch import ApiError, Elasticsearch

from search.elastic_client import blocked
from search.index import IndexMissingError, IndexUnavailableError, RecordRejectedError
from section9 import MailId

REQUEST = 8 * 2**20
"""Bytes of one bulk request, unless a single document is larger."""
LARGEST = 90 * 2**20
"""Bytes of a document: a server takes no request beyond 100 MiB (http.max_content_length)."""
PAUSES = (0.1, 0.2, 0.4, 0.8, 1.6, 3.2, 6.4, 12.8)
"""Seconds between one try and the next while the server is busy."""

_DONE = frozenset({200, 201})
_BUSY = frozenset({429, 502, 503, 504})
_CONFLICT, _ABSENT = 409, 404

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Write:
    """One thing to do to one document: JSON lines, without their ends."""

    mail: MailId
    action: bytes
    body: bytes | None = None  # a deletion has none

    @property
    def size(self) -> int:
        """Count the bytes, line ends included."""
        return len(self.action) + len(self.body or b"") + 2


@dataclass(frozen=True, slots=True)
class _Answer:
    """What became of one item: the status, and the kind of error if there was one."""

    status: int
    kind: str = ""


def send(client: Elasticsearch, writes: Iterable[Write], *, where: str) -> set[MailId]:
    """Do all the writes, and give the mails that somebody else changed first.

    Raises `RecordRejectedError` at the end, with every record that was refused;
    `IndexUnavailableError` when patience is over or the index takes no writes.
    """
    lost: set[MailId] = set()
    refused: dict[MailId, str] = {}
    for some in _requests(writes, refused):
        for write, answer in _settled(client, some, where):
            if answer.status == _CONFLICT:
                lost.add(write.mail)
            elif answer.status not in _DONE and answer.kind:
                refused[write.mail] = answer.kind
    if refused:
        log.error("records refused", mails=list(refused), kinds=sorted(set(refused.values())))
        raise RecordRejectedError(where, refused)
    return lost


def _requests(writes: Iterable[Write], refused: dict[MailId, str]) -> Iterator[list[Write]]:
    """Gather writes into requests of bounded size."""
    some: list[Write] = []
    size = 0
    for write in writes:
        if write.size > LARGEST:
            refused[write.mail] = "too_large"
            continue
        if some and size + write.size > REQUEST:
            yield some
            some, size = [], 0
        some.append(write)
        size += write.size
    if some:
        yield some


def _settled(
    client: Elasticsearch, writes: Sequence[Write], where: str
) -> Iterator[tuple[Write, _Answer]]:
    """Yield each write's last answer. What the server had no room for is tried again."""
    waiting = list(writes)
    for pause in PAUSES:
        answers = list(zip(waiting, _attempt(client, waiting), strict=True))
        for _, answer in answers:
            _check(answer, where)
        waiting = [write for write, answer in answers if answer.status in _BUSY]
        yield from ((write, answer) for write, answer in answers if answer.status not in _BUSY)
        if not waiting:
            return
        log.warning("index busy", waiting=len(waiting), seconds=pause)
        time.sleep(pause)
    raise IndexUnavailableError(f"{where} is too busy to write")


def _attempt(client: Elasticsearch, writes: Sequence[Write]) -> Iterator[_Answer]:
    lines = [line for write in writes for line in (write.action, write.body) if line is not None]
    encoded: Any = lines  # the client passes bytes on as they are, which its types do not say
    try:
        answer = client.bulk(operations=encoded, filter_path="items.*.status,items.*.error.type")
    except ApiError as error:
        if error.status_code not in _BUSY:
            raise
        yield from (_Answer(error.status_code) for _ in writes)
        return
    for item in answer["items"]:
        [outcome] = item.values()
        yield _Answer(outcome["status"], outcome.get("error", {}).get("type", ""))


def _check(answer: _Answer, where: str) -> None:
    """Raise where no patience helps: no disk space, no index."""
    if answer.kind == "cluster_block_exception":
        raise blocked(where)
    if answer.status == _ABSENT and answer.kind == "index_not_found_exception":
        raise IndexMissingError(where)
