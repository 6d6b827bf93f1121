"""Versions of rules in an index: what an earlier one found is told apart, on both engines."""

import dataclasses
from collections.abc import Iterator
from contextlib import closing
from itertools import permutations
from pathlib import Path

import pytest
from engines import ENGINES
from test_index_contract import found, mail

from search.index import Index
from search.merge import merge
from search.query import parse
from search.unread import DIED, SCAN_FAILED
from section9 import Confidence, Defect, Record, RuleId, RuleVersion

NHS = RuleId("nhs-number")
SECOND = (RuleVersion(NHS, 2),)


@pytest.fixture(params=ENGINES)
def index(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Index]:
    with closing(ENGINES[request.param](tmp_path)) as index:
        yield index


def read_by(record: Record, *versions: RuleVersion) -> Record:
    return dataclasses.replace(record, versions=versions)


def finds(index: Index, query: str) -> int:
    return index.count(parse(query))


def test_what_is_no_longer_found_is_history(index: Index) -> None:
    """It flags nothing and is found by `formerly:` alone; the record keeps it."""
    index.put([mail("m", findings=(found(NHS, severity=5), found("uln")))], segment=1)
    index.put([read_by(mail("m"), *SECOND)], segment=2)

    [record] = index.records(parse("*"))

    assert [NHS, "uln"] == sorted(one.rule for one in record.findings)
    assert ("uln",) == tuple(one.rule for one in record.current)
    asked = ("formerly:nhs-number", "finding:nhs-number", "severity:5", "finding:uln")
    assert [1, 0, 0, 1] == [finds(index, query) for query in asked]


def test_what_is_found_again_is_of_the_latest_version(index: Index) -> None:
    """Its confidence and severity count, and those of before do not."""
    barely = dataclasses.replace(
        found(NHS, version=2, severity=1), confidence=Confidence.LOW, why="its shape alone"
    )
    index.put([mail("m", findings=(found(NHS, severity=5),))], segment=1)
    index.put([read_by(mail("m", findings=(barely,)), *SECOND)], segment=2)

    asked = ("formerly:nhs-number", "finding:nhs-number", "severity:5", "severity:1", "is:flagged")

    assert [0, 1, 0, 1, 0] == [finds(index, query) for query in asked]


def test_another_reading_mends_what_ours_failed_at(index: Index) -> None:
    """A message that was filed unread gets its text, and is opaque no more."""
    failed = (Defect(DIED, part=None, hides=True), Defect(SCAN_FAILED, part=None, hides=True))
    index.put([mail("m", subject="trip", defects=failed)], segment=1)
    opaque = finds(index, "is:opaque")
    index.put([mail("m", subject="trip to the zoo", findings=(found(NHS),))], segment=2)

    asked = ("is:opaque", "zoo", "finding:nhs-number")

    assert 1 == opaque
    assert [0, 1, 1] == [finds(index, query) for query in asked]


def test_versions_merge_in_any_order() -> None:
    """Whatever comes first, the latest version of each rule decides."""
    first = mail("m", findings=(found(NHS), found("uln")))
    second = read_by(mail("m", findings=(found(NHS, version=2, start=9),)), *SECOND)
    third = read_by(mail("m"), RuleVersion(NHS, 3), RuleVersion(RuleId("uln"), 2))

    merged = [merge(merge(a, b), c) for a, b, c in permutations((first, second, third))]

    assert [()] * 6 == [one.current for one in merged]
    assert {(1, 1, 2)} == {tuple(sorted(f.version for f in one.gone)) for one in merged}
    assert merged[0] == merge(merged[0], first)


def test_copies_that_went_to_different_people_count_as_the_gravest() -> None:
    """One version finds the same in both; who received them differs."""
    inside, outside = (mail("m", findings=(found(NHS, severity=grade),)) for grade in (2, 4))

    assert 4 == merge(inside, outside).findings[0].severity
    assert merge(inside, outside).findings == merge(outside, inside).findings
