"""The connection to Elasticsearch: how it is made, and its errors in our words.

What Elasticsearch says of an error may repeat the query or the mail, so only the error's type
and status are ever passed on.
"""

import os
import re
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import urlsplit

from elasticsearch import (
    ApiError,
    ConnectionTimeout,
    Elasticsearch,
    SSLError,
    TransportError,
    UnsupportedProductError,
)

from search.index import IndexMissingError, IndexUnavailableError
from section9 import Section9Error

OLDEST = 9
"""The oldest major version of the server that is spoken to."""
RETRIES = 2  # on another node, after a connection error or a busy answer
PAUSES = (0.05, 0.1, 0.2, 0.4, 0.8, 1.6)
"""Seconds between one question and the next while a part of the index is away."""

T = TypeVar("T")

_PREFIX = re.compile(r"[a-z][a-z0-9_]{0,62}", re.ASCII)
_LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})
_BUSY = frozenset({429, 502, 503, 504})
_AWAY = 503


@dataclass(frozen=True, slots=True)
class ElasticSettings:
    """Where Elasticsearch is and how it is entered. The key comes from a file or the environment.

    An API key needs the cluster privileges `monitor` and `manage_index_templates`, and on
    `PREFIX` and `PREFIX-*` the index privileges `manage`, `read`, `write`; one that only searches
    needs `monitor`, and `read`, `maintenance` and `view_index_metadata`.
    """

    url: str  # `https://host:9200`, or several of one cluster with commas between
    api_key: str | None = field(default=None, repr=False)  # as Elasticsearch encodes it
    ca_file: Path | None = None  # PEM; None trusts what the system trusts
    client_certificate: Path | None = None  # PEM
    client_key: Path | None = None  # PEM
    prefix: str = "section9"  # of every index, alias and template
    replicas: int = 1  # copies of each index, at most; fewer where there are fewer nodes
    timeout: float = 60.0  # seconds for one request

    @property
    def urls(self) -> tuple[str, ...]:
        """List the addresses."""
        return tuple(url.strip() for url in self.url.split(","))

    @property
    def where(self) -> str:
        """Name the server in errors: hosts and ports, nothing else of the addresses."""
        return ", ".join(urlsplit(url).netloc.rpartition("@")[2] for url in self.urls)


# --- what may go wrong ------------------------------------------------------------------------


class ElasticSettingsError(Section9Error):
    """The settings cannot be used as they stand."""

    exit_code = 3

    def __init__(self, what: str) -> None:
        super().__init__(f"{what}: correct [search] in section9.toml")


class ElasticCertificateError(Section9Error):
    """The server's certificate is not trusted, or ours is not."""

    exit_code = 31

    def __init__(self, where: str) -> None:
        super().__init__(
            f"no trusted TLS connection to {where}: set [search] ca_file to the certificate "
            "authority of Elasticsearch, and check the client certificate if it asks for one"
        )


class ElasticKeyError(Section9Error):
    """The server does not know the API key."""

    exit_code = 31

    def __init__(self, where: str) -> None:
        super().__init__(f"{where} refuses the API key: make a new one and put it in its file")


class ElasticPrivilegeError(Section9Error):
    """The API key may not do this."""

    exit_code = 31

    def __init__(self, where: str) -> None:
        super().__init__(
            f"the API key may not do this at {where}: give it the privileges that "
            "docs/operating.md lists"
        )


class ElasticVersionError(Section9Error):
    """The server is too old, or no Elasticsearch."""

    exit_code = 31

    def __init__(self, where: str, found: str) -> None:
        super().__init__(
            f"{where} is {found}, and section9 speaks to Elasticsearch {OLDEST} or newer: upgrade "
            "it, or leave [search] url out to use SQLite"
        )


class ElasticConflictError(Section9Error):
    """Something of the same name stands in the way of our indices."""

    exit_code = 31

    def __init__(self, where: str, prefix: str, kind: str) -> None:
        super().__init__(
            f"{where} refuses the indices {prefix}-* ({kind}): something else has their names; "
            "remove it, or set another [search] prefix"
        )


class ExpressionTooLargeError(Section9Error):
    """An expression has more states than Lucene makes of one."""

    exit_code = 2

    def __init__(self) -> None:
        super().__init__(
            "Elasticsearch cannot take the expression between slashes: write fewer repeats and "
            "choices, or a word with a * instead"
        )


class QueryTooLargeError(Section9Error):
    """The server takes no query of so many parts."""

    exit_code = 2

    def __init__(self) -> None:
        super().__init__(
            "the query has more parts than this Elasticsearch takes at once: "
            "ask in several queries, or give its nodes more memory"
        )


# --- connecting -------------------------------------------------------------------------------


def connect(settings: ElasticSettings) -> Elasticsearch:
    """Make a client; nothing is sent yet. Raises `ElasticSettingsError`."""
    for url in settings.urls:
        _check(url, settings)
    if not _PREFIX.fullmatch(settings.prefix):
        raise ElasticSettingsError("prefix is not small letters, digits and underscores")
    files = {
        "ca_certs": settings.ca_file,
        "client_cert": settings.client_certificate,
        "client_key": settings.client_key,
    }
    given: dict[str, Any] = {name: str(file) for name, file in files.items() if file}
    for name, file in given.items():
        if not os.access(file, os.R_OK):
            raise ElasticSettingsError(f"the file of {name} cannot be read")
    try:
        return Elasticsearch(
            list(settings.urls),
            api_key=settings.api_key,
            request_timeout=settings.timeout,
            max_retries=RETRIES,
            **given,
        )
    except (ValueError, OSError) as error:  # a malformed address, an unreadable file
        raise ElasticSettingsError(f"{settings.where} cannot be used as it is set") from error


def _check(url: str, settings: ElasticSettings) -> None:
    address = urlsplit(url)
    if address.scheme not in {"http", "https"} or not (address.hostname and address.port):
        raise ElasticSettingsError("url is not like https://host:9200")
    if address.username or address.password:
        raise ElasticSettingsError("url holds a user name, which is for an API key to replace")
    if settings.api_key and address.scheme != "https" and address.hostname not in _LOOPBACK:
        raise ElasticSettingsError("an API key would travel in clear, and url is not https")


def server_version(client: Elasticsearch, where: str) -> str:
    """Give the oldest version in the cluster. Raises `ElasticVersionError`.

    From the list of nodes: every node of a cluster that is half upgraded counts.
    """
    nodes = client.nodes.info(metric="http", filter_path="nodes.*.version")["nodes"]
    found = min((node["version"] for node in nodes.values()), key=_numbers)
    if _numbers(found)[0] < OLDEST:
        raise ElasticVersionError(where, f"Elasticsearch {found}")
    return str(found)


def _numbers(version: str) -> list[int]:
    return [int(number) for number in re.findall(r"\d+", version)]


# --- errors -----------------------------------------------------------------------------------


def patiently(ask: Callable[[], T]) -> T:
    """Ask again, for some seconds, while a shard is on its way: new, or moving between nodes."""
    for pause in PAUSES:
        try:
            return ask()
        except IndexUnavailableError:
            time.sleep(pause)
        except ApiError as error:
            if error.status_code != _AWAY:
                raise
            time.sleep(pause)
    return ask()


@contextmanager
def translated(where: str) -> Iterator[None]:
    """Turn the client's errors that are not bugs into ours."""
    try:
        yield
    except SSLError as error:
        raise ElasticCertificateError(where) from error
    except ConnectionTimeout as error:
        raise IndexUnavailableError(f"{where} took too long to answer") from error
    except UnsupportedProductError as error:
        raise ElasticVersionError(where, "no Elasticsearch") from error
    except ApiError as error:
        found = _answered(where, error)
        if found is None:
            raise
        raise found from error
    except TransportError as error:
        raise IndexUnavailableError(f"no answer from {where}") from error


def _answered(  # noqa: PLR0911 - one return a kind of answer
    where: str, error: ApiError
) -> Section9Error | None:
    """Give our error for an answer with an error status; None for a bug of ours."""
    kinds = set(_kinds(error.body))
    if "cluster_block_exception" in kinds:
        return blocked(where)
    if "media_type_header_exception" in kinds:
        return ElasticVersionError(where, f"older than Elasticsearch {OLDEST}")
    if kinds & {"too_many_nested_clauses", "too_many_clauses"}:
        return QueryTooLargeError()
    if "Determinizing automaton" in str(error):  # Lucene has no other name for it
        return ExpressionTooLargeError()
    if "search_context_missing_exception" in kinds:
        return IndexUnavailableError("the results were left waiting too long")
    if error.status_code in _BUSY:
        return IndexUnavailableError(f"{where} is too busy, or a part of it is away")
    by_status = {
        401: ElasticKeyError(where),
        403: ElasticPrivilegeError(where),
        404: IndexMissingError(where),
    }
    return by_status.get(error.status_code)


def blocked(where: str) -> IndexUnavailableError:
    """Give the error for an index that takes no writes, as when the disk is at flood stage."""
    return IndexUnavailableError(f"{where} takes no writes: its disk is full or it is read-only")


def _kinds(body: object) -> Iterator[str]:
    """Yield the type of an error and of each of its causes."""
    match body:
        case {"error": error}:
            yield from _kinds(error)
        case {"type": str(kind), **rest}:
            yield kind
            for cause in (rest.get("caused_by"), *_list(rest.get("root_cause"))):
                yield from _kinds(cause)
            for shard in _list(rest.get("failed_shards")):
                yield from _kinds(shard.get("reason"))


def _list(value: object) -> list[dict[str, object]]:
    return value if isinstance(value, list) else []
