"""Both engines hold the same real mail and answer the same: the same ids, hits and facets."""

from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path

import elastic_indices
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ingest.identity import believed_date, mail_id
from ingest.parse import parse
from search.document import SEAM, document
from search.fields import FIELDS, TEXT_COLUMNS, Kind
from search.index import Index
from search.sqlite import open_sqlite
from search.tree import (
    All,
    AnyOf,
    Between,
    Everything,
    Exact,
    Not,
    Phrase,
    Prefix,
    Query,
    StartsWith,
    Word,
)
from search.words import words
from section9 import BlobId, Record, Sighting, SightingId, Source

DATA = Path(__file__).parents[2] / "shared" / "data" / "mail_spamassassin"
FILES = sorted(DATA.rglob("*.eml"))[::5]
NOW = datetime(2026, 11, 1, tzinfo=UTC)

pytestmark = pytest.mark.skipif(not FILES, reason=f"no mail in {DATA}: it is not distributed")


def read(file: Path) -> Record:
    raw = file.read_bytes()
    name, parsed = sha256(raw).hexdigest(), parse(raw)
    sighting = Sighting(SightingId(name), BlobId(name), Source.FILE, NOW, folder=file.parent.name)
    date = believed_date(parsed, seen=NOW, arrived=None)
    return Record(mail_id(parsed), date, parsed, (sighting,))


RECORDS = [read(file) for file in FILES]
RUNS = [
    run
    for record in RECORDS
    for text in document(record).texts
    for piece in text.split(SEAM)
    if (run := words(piece))
]
PAIRS = sorted(
    {
        (field.name, value)
        for record in RECORDS
        for column, value in document(record).values
        for field in FIELDS
        if field.exact and column in field.columns
    }
)
DATES = sorted(record.date for record in RECORDS if record.date)
Engines = tuple[Index, Index]


@pytest.fixture(scope="module")
def engines(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engines]:
    """Each engine with the same mail; tests only read it."""
    file = tmp_path_factory.mktemp("agrees") / "index.sqlite"
    with (
        closing(open_sqlite(file, mode="write")) as embedded,
        closing(elastic_indices.empty()) as elastic,
    ):
        embedded.put(RECORDS, segment=1)
        elastic.put(RECORDS, segment=1)
        yield embedded, elastic


# --- queries made of the mail's own words -----------------------------------------------------


@st.composite
def windows(draw: st.DrawFn) -> tuple[str, ...]:
    """One to three words, one after the other, as some mail has them."""
    run = RUNS[draw(st.integers(0, len(RUNS) - 1))]
    start = draw(st.integers(0, len(run) - 1))
    return tuple(run[start : start + draw(st.integers(1, 3))])


def cut(found: tuple[str, ...], letters: int) -> tuple[str, ...]:
    """Leave of the last word its beginning."""
    return (*found[:-1], found[-1][: max(letters, 2 if len(found) == 1 else 1)])


DATE = st.integers(0, len(DATES) - 1).map(lambda place: DATES[place])
PAIR = st.integers(0, len(PAIRS) - 1).map(lambda place: PAIRS[place])
FIELD = st.sampled_from([f.name for f in FIELDS if f.kind in {Kind.TEXT, Kind.PEOPLE}])
LEAVES: st.SearchStrategy[Query] = st.one_of(
    st.builds(lambda field, found: Word(field, found[0]), FIELD, windows()),
    st.builds(Phrase, FIELD, windows()),
    st.builds(
        lambda field, found, letters: Prefix(field, cut(found, letters)),
        FIELD,
        windows(),
        st.integers(1, 5),
    ),
    PAIR.map(lambda pair: Exact(*pair)),
    PAIR.map(lambda pair: StartsWith(pair[0], pair[1][:2])),
    st.builds(
        lambda ends: Between("date", min(ends), max(ends)),
        st.tuples(DATE, DATE),
    ),
)
QUERIES = st.recursive(
    LEAVES,
    lambda inner: st.one_of(
        st.lists(inner, max_size=4).map(lambda parts: All(tuple(parts))),
        st.lists(inner, max_size=4).map(lambda parts: AnyOf(tuple(parts))),
        inner.map(Not),
    ),
    max_leaves=8,
)


@settings(max_examples=100, suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(query=QUERIES)
def test_a_generated_query_finds_the_same_in_the_same_order(engines: Engines, query: Query) -> None:
    """However its parts are joined, both engines list the same ids, newest first."""
    embedded, elastic = engines

    assert list(embedded.ids(query)) == list(elastic.ids(query))
    assert embedded.count(query) == elastic.count(query)


def test_both_engines_hold_the_same_words(engines: Engines) -> None:
    """Words of every script and spelling, each by itself, as a word and as it stands."""
    embedded, elastic = engines
    known = sorted({word for run in RUNS for word in run})
    foreign = [word for word in known if not word.isascii()]

    for word in [*known[::200], *foreign[::20]]:
        for query in (Word("text", word), Phrase("text", (word,))):
            assert list(embedded.ids(query)) == list(elastic.ids(query)), query


def test_both_engines_show_the_same_hits(engines: Engines) -> None:
    """Excerpts and marks are ours, so a page reads the same."""
    embedded, elastic = engines
    query = All((Word("text", "list"), Not(Word("subject", "spam"))))
    first = embedded.search(query, limit=40)

    assert first == elastic.search(query, limit=40)
    assert first.total > 80
    assert embedded.search(query, limit=40, after=first.next) == elastic.search(
        query, limit=40, after=first.next
    )


@pytest.mark.parametrize("field", ["date", *(field.name for field in FIELDS if field.exact)])
def test_both_engines_count_the_same_values(engines: Engines, field: str) -> None:
    """A facet is exact over all the months."""
    embedded, elastic = engines

    for query in (Everything(), Word("text", "linux")):
        assert embedded.facets(query, field, limit=30) == elastic.facets(query, field, limit=30)


def test_the_columns_of_this_test_are_all_there_are() -> None:
    """A column that no mail of the sample has would be compared by nobody."""
    said = {
        column
        for record in RECORDS
        for column, text in zip(TEXT_COLUMNS, document(record).texts, strict=True)
        if text
    }

    assert {"subject", "body", "attachment", "filename", "from", "to", "cc", "reply_to"} <= said
