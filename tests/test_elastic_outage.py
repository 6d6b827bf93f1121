"""Elasticsearch goes away in the middle, as by a power cut, and comes back on the same data."""

import threading
from collections.abc import Sequence
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import elastic_node
import pytest
from elastic_indices import MOMENT, fresh_settings, mail
from elastic_install import NodeUnavailableError

from search.elastic import ElasticIndex, open_elastic
from search.index import IndexUnavailableError
from search.tree import Everything
from section9 import Record

SIZE = 50
RECORDS = [mail(str(number), date=MOMENT + timedelta(hours=number)) for number in range(2_000)]
SEGMENTS = [RECORDS[start : start + SIZE] for start in range(0, len(RECORDS), SIZE)]


def started(data: Path, port: int) -> elastic_node.Node:
    """Start a node of our own, which may be killed; skip where none can be had."""
    try:
        return elastic_node.start(data, port=port)
    except NodeUnavailableError as error:
        elastic_node.give_up(error)


def put_until_it_fails(index: ElasticIndex, segments: Sequence[Sequence[Record]]) -> int:
    """Put one segment after the other; give how many are promised to be durable."""
    for number, records in enumerate(segments, start=1):
        try:
            index.put(records, segment=number)
        except IndexUnavailableError:
            return number - 1
    pytest.fail("the outage came too late")


def test_what_was_put_outlives_a_crash_and_the_rest_is_put_again(tmp_path: Path) -> None:
    """What `put` promised is there after a power cut; a replay of everything adds nothing twice."""
    port = elastic_node.free_port()
    node = started(tmp_path, port)
    settings = fresh_settings(node.url)
    with closing(open_elastic(settings, mode="write")) as index:
        cut = threading.Timer(1.0, node.kill)
        cut.start()
        promised = put_until_it_fails(index, SEGMENTS * 50)
        cut.join()
        with pytest.raises(IndexUnavailableError, match="no answer"):
            index.count(Everything())

        with elastic_node.running(tmp_path, port=port):
            index.client.cluster.health(wait_for_status="green", timeout="60s")
            survived = {number for run in index.applied() for number in run}
            kept = set(index.ids(Everything()))
            for number, records in enumerate(SEGMENTS, start=1):
                index.put(records, segment=number)

            durable = [one.mail for records in SEGMENTS[:promised] for one in records]
            assert set(range(1, promised + 1)) <= survived
            assert kept.issuperset(durable)
            assert len(RECORDS) == index.count(Everything())
            assert sorted(one.mail for one in RECORDS) == sorted(index.ids(Everything()))
            assert set(index.applied()[0]).issuperset(range(1, len(SEGMENTS) + 1))
