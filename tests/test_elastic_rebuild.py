"""`section9 index rebuild` from one engine to the other and back, while everybody searches."""

import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager, suppress
from functools import partial
from pathlib import Path
from threading import Event

import pytest
from elastic_house import environment, laid_out, mailbox
from elastic_indices import fresh_settings, mail
from running import PATIENCE, House, made, wait_for

from search.elastic import ElasticIndex, open_elastic, open_elastic_afresh, publish_elastic
from search.elastic_client import ElasticSettings
from search.elastic_layout import Names
from search.elastic_meta import Meta
from search.index import Index, IndexMissingError
from search.query import parse
from search.sqlite import open_sqlite
from search.tree import Everything
from section9 import MailId

QUERIES = [
    "trip",
    "year 7 OR year 8",
    '"parents evening"',
    "subject:trip -from:office",
    "finding:*",
    "category:personal-data -has:attachment",
    "date:2026-09",
    "is:opaque OR has:attachment",
    "cover* -trip",
]
SEGMENTS = 4  # of 200 messages each
Opened = Callable[[], Index]
Answers = dict[str, list[MailId]]


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    with made(tmp_path / "house") as house:
        yield house


@pytest.fixture
def settings() -> ElasticSettings:
    return fresh_settings()


def embedded(house: House) -> Opened:
    return partial(open_sqlite, house.home / "index" / "section9.sqlite", mode="read")


def on_cluster(settings: ElasticSettings) -> Opened:
    return partial(open_elastic, settings, mode="read")


def answers(opened: Opened) -> Answers:
    """The ids that each query finds, newest first."""
    with closing(opened()) as index:
        return {query: list(index.ids(parse(query))) for query in QUERIES}


@contextmanager
def searched(opened: Opened) -> Iterator[None]:
    """Ask over and over while the block runs: every answer has to be the first one."""
    stop, expected = Event(), everything(opened)
    with ThreadPoolExecutor(1) as pool:
        searching = pool.submit(ask_until, stop, opened, expected)
        try:
            yield
        finally:
            stop.set()
        assert searching.result() > 5


def ask_until(stop: Event, opened: Opened, expected: list[MailId]) -> int:
    """Give how often the answer was the expected one."""
    asked = 0
    while not stop.is_set():
        assert expected == everything(opened)
        asked += 1
        time.sleep(0.02)
    return asked


def everything(opened: Opened) -> list[MailId]:
    with closing(opened()) as index:
        return list(index.ids(Everything()))


def test_the_engine_may_be_changed_and_changed_back(
    house: House, settings: ElasticSettings, tmp_path: Path
) -> None:
    """Every query finds the same mail on each, and the old engine answers until the end."""
    moved = House(house.home, environment(settings))
    mails = mailbox(300)
    house.must("ingest", laid_out(tmp_path / "mail", mails[:250]))
    first = answers(embedded(house))

    with searched(embedded(house)):
        moved.must("index", "rebuild")
    second = answers(on_cluster(settings))
    moved.must("ingest", laid_out(tmp_path / "more", mails[250:]))
    third = answers(on_cluster(settings))
    with searched(on_cluster(settings)):
        house.must("index", "rebuild")

    assert [] == [query for query, found in first.items() if not found]
    assert first == second
    assert third == answers(embedded(house))
    assert 300 == len(everything(embedded(house)))
    assert [] == house.json("status")["problems"]


def test_what_is_published_is_searchable_to_the_last_message(settings: ElasticSettings) -> None:
    """A search that had just refreshed the old generation may be answered by the new one."""
    with closing(open_elastic(settings, mode="write")) as index:
        index.put([mail("m")], segment=1)
    with closing(open_elastic_afresh(settings)) as index:
        index.put([mail("m")], segment=1)

        publish_elastic(index)

        assert 1 == index.client.count(index=settings.prefix)["count"]


# --- interrupted ------------------------------------------------------------------------------


def applied(index: ElasticIndex, names: Names) -> int:
    """How many segments a generation has; none where it has not begun."""
    with suppress(IndexMissingError):
        return sum(map(len, Meta(index.client, names).applied()))
    return 0


def identity(index: ElasticIndex, name: str) -> str:
    """What tells an index from another of the same name."""
    found = index.client.indices.get_settings(index=name)
    return str(found[name]["settings"]["index"]["uuid"])


def test_an_interrupted_rebuild_goes_on_where_it_was(
    house: House, settings: ElasticSettings, tmp_path: Path
) -> None:
    """`kill -9` in the middle: searches notice nothing, and what was done is not done again."""
    house = House(house.home, environment(settings))
    house.must("ingest", laid_out(tmp_path / "mail", mailbox(200 * SEGMENTS)))
    before, new = answers(on_cluster(settings)), Names(settings.prefix, 2)
    with closing(open_elastic(settings, mode="read")) as index, searched(on_cluster(settings)):
        rebuild = house.start("index", "rebuild", log=tmp_path / "rebuild.log")
        wait_for(lambda: applied(index, new))
        rebuild.kill()
        rebuild.wait(PATIENCE)
        done, begun = applied(index, new), identity(index, new.undated)

        house.must("index", "rebuild")

    assert 0 < done < SEGMENTS
    with closing(open_elastic(settings, mode="read")) as index:
        assert (new, SEGMENTS) == (index.names, applied(index, new))
        assert begun == identity(index, new.undated)
        assert {new.generation} == generations(index)
    assert before == answers(on_cluster(settings))


def generations(index: ElasticIndex) -> set[int]:
    """The generations of which there are indices."""
    prefix = index.settings.prefix
    found = index.client.indices.get(index=f"{prefix}-*", features="aliases")
    return {int(name.split("-")[1]) for name in found if not name.endswith("-meta")}
