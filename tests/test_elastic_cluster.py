"""Three nodes and a replica: one of them dies during ingest, and nobody has to do anything."""

import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path
from threading import Event

import elastic_node
import pytest
from elastic_house import archived, environment, indexed, laid_out, mailbox
from elasticsearch import Elasticsearch
from running import PATIENCE, House, made, wait_for

from search.elastic import open_elastic
from search.elastic_client import ElasticSettings
from search.index import IndexMissingError
from search.tree import Everything

MESSAGES = 800


@pytest.fixture
def nodes(tmp_path: Path) -> Iterator[list[elastic_node.Node]]:
    elastic_node.require()
    with elastic_node.cluster(tmp_path) as nodes:
        yield nodes


def master(nodes: list[elastic_node.Node]) -> elastic_node.Node:
    """The node whose death is felt most: the cluster has to elect another before it goes on."""
    with closing(Elasticsearch(nodes[0].url)) as client:
        client.cluster.health(wait_for_status="green")  # until then there may be one copy only
        elected = client.cluster.state(metric="master_node")["master_node"]
        addresses = client.nodes.info(metric="http")["nodes"][elected]["http"]
    [found] = [node for node in nodes if node.url.endswith(addresses["publish_address"])]
    return found


def counts(settings: ElasticSettings, stop: Event) -> list[int]:
    """Search over and over; give how many messages there were each time."""
    seen = []
    while not stop.is_set():
        with closing(open_elastic(settings, mode="read")) as index:
            seen.append(index.count(Everything()))
        time.sleep(0.05)
    return seen


def begun(settings: ElasticSettings) -> bool:
    """Whether some mail is in."""
    try:
        return bool(indexed(settings))
    except IndexMissingError:
        return False


def test_the_death_of_a_node_costs_nothing(nodes: list[elastic_node.Node], tmp_path: Path) -> None:
    """`ingest` goes on to its end, every search is answered and sees all that was promised."""
    settings = ElasticSettings(",".join(node.url for node in nodes), replicas=1)
    mail, stop = laid_out(tmp_path / "mail", mailbox(MESSAGES)), Event()
    with made(tmp_path / "house") as plain, ThreadPoolExecutor() as pool:
        house = House(plain.home, environment(settings))
        ingesting = pool.submit(house.run, "ingest", "--json", mail)
        wait_for(lambda: begun(settings))
        searching = pool.submit(counts, settings, stop)
        lost = master(nodes)
        before = sum(indexed(settings).values())
        lost.kill()
        done = ingesting.result(PATIENCE)
        stop.set()
        seen = searching.result(PATIENCE)

    assert (0, b"") == (done.returncode, done.stderr)
    assert MESSAGES == House.read(done.stdout)["new"]
    assert 0 < before < MESSAGES
    assert sorted(seen) == seen
    assert archived(house) == indexed(settings)
    assert {1} == set(indexed(settings).values())
    assert [] == house.json("status")["problems"]
    assert house.json("verify")["whole"]
