"""What somebody reads when Elasticsearch cannot be used: what is wrong, and what to do next."""

import ssl
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from elastic_front import Answer, Answers, Request, certificate, front, refusal, served
from elastic_indices import MOMENT, fresh_settings, mail
from elastic_node import free_port, node_url
from elasticsearch import BadRequestError

from search.elastic import ElasticIndex, open_elastic
from search.elastic_client import (
    ElasticCertificateError,
    ElasticConflictError,
    ElasticKeyError,
    ElasticPrivilegeError,
    ElasticSettings,
    ElasticSettingsError,
    ElasticVersionError,
    QueryTooLargeError,
)
from search.index import (
    IndexMissingError,
    IndexUnavailableError,
    IndexVersionError,
    RecordRejectedError,
)
from search.tree import AnyOf, Everything, Phrase
from section9 import Section9Error

KEY = "bm90LWEtc2VjcmV0"


def passing(_: Request) -> None:
    """Answer nothing oneself."""


def keyed(request: Request) -> Answer | None:
    """Let in whoever has the key, as a server's security does."""
    if request.key == f"ApiKey {KEY}":
        return None
    return refusal(401, "security_exception")


@contextmanager
def fronted(answers: Answers, *, tls: ssl.SSLContext | None = None) -> Iterator[ElasticSettings]:
    with front(node_url(), answers, tls=tls) as url:
        yield fresh_settings(url)


def fails(settings: ElasticSettings, error: type[Section9Error], *, match: str) -> None:
    """Opening fails so, with a message that keeps the key to itself."""
    with pytest.raises(error, match=match) as caught:
        open_elastic(settings, mode="write")
    assert KEY not in str(caught.value)
    assert KEY not in repr(settings)


# --- who may enter ----------------------------------------------------------------------------


@pytest.fixture(scope="module")
def pems(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], tuple[Path, Path]]:
    """Certificates by name, made when first asked for."""
    folder = tmp_path_factory.mktemp("pems")
    made: dict[str, tuple[Path, Path]] = {}

    def pem(name: str) -> tuple[Path, Path]:
        if name not in made:
            made[name] = certificate(folder, name)
        return made[name]

    return pem


Pems = Callable[[str], tuple[Path, Path]]


def test_a_key_and_a_trusted_certificate_open_it(pems: Pems) -> None:
    """With TLS, the right authority and the right key everything works."""
    cert, key = pems("server")
    with fronted(keyed, tls=served(cert, key)) as plain:
        settings = replace(plain, api_key=KEY, ca_file=cert)

        with closing(open_elastic(settings, mode="write")) as index:
            index.put([mail("m")], segment=1)
            found = index.count(Everything())

    assert found == 1


def test_a_wrong_key_is_named(pems: Pems) -> None:
    """The message says that it is the key, and what to do about it."""
    cert, key = pems("server")
    with fronted(keyed, tls=served(cert, key)) as plain:
        fails(replace(plain, api_key="wrong", ca_file=cert), ElasticKeyError, match="new one")
        fails(replace(plain, ca_file=cert), ElasticKeyError, match="new one")


def test_a_key_without_privileges_is_named() -> None:
    """A key that may not do this is told apart from one that is unknown."""
    with fronted(lambda _: refusal(403, "security_exception")) as settings:
        fails(settings, ElasticPrivilegeError, match="privileges")


def test_an_untrusted_certificate_stops_before_the_key_is_sent(pems: Pems) -> None:
    """Somebody who pretends to be the server learns nothing."""
    heard: list[Request] = []
    cert, key = pems("impostor")
    with fronted(heard.append, tls=served(cert, key)) as plain:
        settings = replace(plain, api_key=KEY, ca_file=pems("server")[0])
        fails(settings, ElasticCertificateError, match="ca_file")

    assert heard == []


def test_a_client_certificate_opens_it_where_it_is_asked_for(pems: Pems) -> None:
    """Mutual TLS works; without our certificate the connection fails, and the message says so."""
    cert, key = pems("server")
    ours, our_key = pems("client")
    with fronted(passing, tls=served(cert, key, clients=ours)) as plain:
        settings = replace(plain, ca_file=cert)
        with closing(
            open_elastic(
                replace(settings, client_certificate=ours, client_key=our_key), mode="write"
            )
        ) as index:
            assert index.count(Everything()) == 0
        fails(settings, Section9Error, match=plain.where)


@pytest.mark.parametrize(
    ("changes", "match"),
    [
        ({"url": "https://user:secret@host.example:9200"}, "user name"),
        ({"url": "http://host.example:9200", "api_key": KEY}, "clear"),
        ({"url": "host.example"}, "https://host:9200"),
        ({"prefix": "all-of*"}, "prefix"),
        ({"prefix": ""}, "prefix"),
        ({"url": "https://host.example:9200", "ca_file": Path("nowhere.pem")}, "cannot be read"),
    ],
)
def test_settings_that_cannot_work_are_refused(changes: dict[str, Any], match: str) -> None:
    """Before anything is sent: a key never travels in clear, no pattern is ever a name."""
    settings = replace(ElasticSettings("https://host.example:9200"), **changes)

    with pytest.raises(ElasticSettingsError, match=match) as caught:
        open_elastic(settings, mode="write")

    assert "secret" not in str(caught.value)
    assert "section9.toml" in str(caught.value)


# --- what answers -----------------------------------------------------------------------------


def test_a_server_that_does_not_answer_is_named() -> None:
    """The message names host and port."""
    port = free_port()
    settings = ElasticSettings(f"http://127.0.0.1:{port}")

    fails(settings, IndexUnavailableError, match=f"no answer from 127.0.0.1:{port}")


def test_a_server_that_takes_too_long_is_named() -> None:
    """Waiting ends when the settings say so."""
    settings = replace(fresh_settings(), timeout=0.000_1)

    fails(settings, IndexUnavailableError, match="took too long|no answer")


def versioned(*versions: str) -> Answers:
    """A cluster whose nodes say that they are of these versions."""

    def answer(request: Request) -> Answer | None:
        if request.path.startswith("/_nodes"):
            nodes = {f"n{number}": {"version": one} for number, one in enumerate(versions)}
            return Answer(200, {"nodes": nodes})
        return None

    return answer


def test_an_old_server_is_refused() -> None:
    """One old node in the cluster is enough; nothing has been written then."""
    with fronted(versioned("9.5.3", "8.19.1")) as settings:
        fails(settings, ElasticVersionError, match=r"8\.19\.1")

    with pytest.raises(IndexMissingError):
        open_elastic(replace(settings, url=node_url()), mode="read")


def test_a_server_that_does_not_know_our_media_type_is_old() -> None:
    """Elasticsearch 8 refuses a newer client's requests with this error."""
    with fronted(lambda _: refusal(400, "media_type_header_exception")) as settings:
        fails(settings, ElasticVersionError, match="older")


def test_the_oldest_version_of_the_cluster_is_told() -> None:
    """The ledger says what ran a query, also while a cluster is being upgraded."""
    with (
        fronted(versioned("9.10.0", "9.9.1")) as settings,
        closing(open_elastic(settings, mode="write")) as index,
    ):
        assert index.description == "elasticsearch 9.9.1"


def test_a_reader_of_no_index_is_told_to_rebuild() -> None:
    """Nothing is made by looking for it."""
    settings = fresh_settings()

    for _ in range(2):
        with pytest.raises(IndexMissingError, match="index rebuild"):
            open_elastic(settings, mode="read")


def test_another_format_asks_for_a_rebuild() -> None:
    """An index of an older or newer program is not guessed at, even by a reader."""
    settings = fresh_settings()
    with closing(open_elastic(settings, mode="write")) as index:
        index.client.index(
            index=index.names.meta, id="1", document={"format": "0/1.0.0", "applied": []}
        )

    for mode in ("read", "write"):
        with pytest.raises(IndexVersionError, match=r"0/1\.0\.0"):
            open_elastic(settings, mode=mode)


def test_something_of_our_name_stands_in_the_way() -> None:
    """An index where the alias belongs is not touched, and the message says so."""
    settings = fresh_settings()
    with closing(open_elastic(fresh_settings(), mode="write")) as other:
        other.client.indices.create(index=settings.prefix)

    fails(settings, ElasticConflictError, match="prefix")


# --- writing on a bad day ---------------------------------------------------------------------


def bad_days(statuses: list[int]) -> Answers:
    """Refuse as many bulk requests, as a busy server does, then get better."""

    def answer(request: Request) -> Answer | None:
        if request.path.startswith("/_bulk") and statuses:
            return refusal(statuses.pop(), "es_rejected_execution_exception")
        return None

    return answer


def test_a_busy_server_is_tried_again() -> None:
    """Nothing is lost for want of patience."""
    answers = bad_days([429, 429, 503, 429])
    with fronted(answers) as settings, closing(open_elastic(settings, mode="write")) as index:
        index.put([mail("m")], segment=1)

        assert (1, (range(1, 2),)) == (index.count(Everything()), index.applied())


def test_only_the_items_without_room_are_tried_again() -> None:
    """A bulk request may succeed in part: the rest is sent again, the whole is never."""
    sent: list[int] = []

    def half_busy(request: Request) -> Answer | None:
        if not request.path.startswith("/_bulk"):
            return None
        lines = request.content.splitlines()
        sent.append(len(lines) // 2)
        if len(sent) > 1:
            return None
        busy = {"status": 429, "error": {"type": "es_rejected_execution_exception"}}
        done = [{"create": {"status": 201}} for _ in lines[2::2]]
        return Answer(200, {"items": [{"create": busy}, *done]})

    with fronted(half_busy) as settings, closing(open_elastic(settings, mode="write")) as index:
        index.put([mail(str(number)) for number in range(5)], segment=1)

        assert sent == [5, 1]
        assert index.applied() == (range(1, 2),)


def test_a_refused_record_is_named_and_the_others_are_in() -> None:
    """Ids and the kind of error, for quarantine; never what the mail says."""
    settings = fresh_settings()
    with closing(open_elastic(settings, mode="write")) as index:
        index.client.indices.delete_index_template(name=index.names.template)
        strict = {"dynamic": "strict", "properties": {}}
        index.client.indices.create(index=index.names.dated(MOMENT), mappings=strict)
    with closing(open_elastic(settings, mode="write")) as index:
        odd, fine = mail("odd"), mail("fine", date=datetime(2026, 4, 1, tzinfo=UTC))

        with pytest.raises(RecordRejectedError, match=odd.mail[:12]) as caught:
            index.put([odd, fine], segment=1)

        assert {odd.mail: "strict_dynamic_mapping_exception"} == caught.value.refused
        assert "secret" not in str(caught.value)
        assert ([fine.mail], ()) == (list(index.ids(Everything())), index.applied())


def test_a_read_only_index_is_named() -> None:
    """At flood stage Elasticsearch stops writes: that is said, and nothing counts as applied."""
    with closing(open_elastic(fresh_settings(), mode="write")) as index:
        flood(index, stage=True)
        with pytest.raises(IndexUnavailableError, match="disk is full or it is read-only"):
            index.put([mail("m", date=None)], segment=1)
        flood(index, stage=False)
        before = index.applied()

        index.put([mail("m", date=None)], segment=1)

        assert ((), 1) == (before, index.count(Everything()))


def flood(index: ElasticIndex, *, stage: bool) -> None:
    """Do to an index what Elasticsearch does when the disk is nearly full."""
    block = {"index.blocks.read_only_allow_delete": stage or None}
    index.client.indices.put_settings(index=index.names.undated, settings=block)


def test_a_generation_that_was_replaced_takes_nothing() -> None:
    """A writer from before a rebuild is told, rather than its mail put where nobody looks."""
    with closing(open_elastic(fresh_settings(), mode="write")) as index:
        index.client.indices.delete_index_template(name=index.names.template)
        index.client.indices.delete(index=index.names.undated)

        for date in (None, MOMENT):
            with pytest.raises(IndexMissingError, match="index rebuild"):
                index.put([mail("m", date=date)], segment=1)


# --- asking on a bad day ----------------------------------------------------------------------


def test_an_answer_that_lacks_a_part_is_an_error() -> None:
    """A search that could not ask every index never passes for a whole one."""
    parts_away: list[Answer] = []

    def away(request: Request) -> Answer | None:
        return parts_away[0] if parts_away and "_refresh" in request.path else None

    with fronted(away) as settings, closing(open_elastic(settings, mode="write")) as index:
        parts_away.append(Answer(200, {"_shards": {"total": 2, "successful": 1, "failed": 1}}))

        with pytest.raises(IndexUnavailableError, match="a part of"):
            index.count(Everything())


def test_a_search_asks_for_whole_answers() -> None:
    """Every search forbids Elasticsearch to leave a part out."""
    searches: list[Request] = []
    moments: list[Request] = []

    def note(request: Request) -> None:
        if "_search" in request.path and b'"pit"' not in request.content:
            searches.append(request)
        if "_pit" in request.path and request.method == "POST":
            moments.append(request)

    with fronted(note) as settings, closing(open_elastic(settings, mode="write")) as index:
        index.search(Everything(), limit=5)
        index.count(Everything())
        index.resolve("ab")

    assert (2, 1) == (len(searches), len(moments))
    assert not any("allow_partial_search_results=true" in one.path for one in moments)
    assert all("allow_partial_search_results=false" in search.path for search in searches)


def test_a_query_beyond_the_server_is_named() -> None:
    """More clauses than the server's memory allows is a person's error, with advice."""
    phrases = AnyOf(tuple(Phrase("text", ("a", f"b{number}")) for number in range(20_000)))
    with closing(open_elastic(fresh_settings(), mode="write")) as index:
        index.put([mail("m")], segment=1)

        with pytest.raises(QueryTooLargeError, match="several queries"):
            index.count(phrases)


def test_a_bug_keeps_its_traceback() -> None:
    """What is neither the server's nor the person's fault is not dressed up as such."""
    wrong = fronted(lambda _: refusal(400, "parsing_exception"))
    with wrong as settings, pytest.raises(BadRequestError, match="parsing_exception"):
        open_elastic(settings, mode="read")
