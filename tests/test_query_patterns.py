"""What an investigator writes costs linear time, whatever it is made of."""

import time
from contextlib import closing
from pathlib import Path

import elastic_indices
import pytest

from search.elastic_client import ExpressionTooLargeError
from search.expressions import compiled, read
from search.query import parse
from search.sqlite import open_sqlite

CATASTROPHIC = "from:/(a|aa)*(a|a)*b/"
WIDE = r"from:/(a|b)*a(a|b){20}/"


def test_no_expression_takes_long_on_a_long_value() -> None:
    """What hangs an engine that goes back and tries again is read in one pass here."""
    fits = compiled(read("((a*)*)*b|(a|aa)*c"))
    began = time.process_time()

    assert not fits("a" * 100_000)
    assert time.process_time() - began < 1


def test_a_wildcard_takes_linear_time_in_a_word(tmp_path: Path) -> None:
    """Many stars and a word of letters alike, as hostile mail has it."""
    with closing(open_sqlite(tmp_path / "index.sqlite", mode="write")) as index:
        index.put([elastic_indices.mail("m", text="a" * 20_000)], segment=1)
        began = time.process_time()

        assert 0 == index.count(parse("*a*a*a*a*a*a*b"))
        assert 1 == index.search(parse("*a*a*a*a*a*a"), limit=1).total
        assert time.process_time() - began < 2


def test_an_expression_that_lucene_refuses_is_one_line() -> None:
    """SQLite answers it; Elasticsearch says what to write instead."""
    with closing(elastic_indices.empty()) as index:
        index.put([elastic_indices.mail("m")], segment=1)

        assert 0 == index.count(parse(CATASTROPHIC))
        with pytest.raises(ExpressionTooLargeError, match="fewer repeats"):
            index.count(parse(WIDE))
