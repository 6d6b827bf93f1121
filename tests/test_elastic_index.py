"""What the Elasticsearch index promises beyond the contract: months, races, generations, size."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
from elastic_indices import MOMENT, empty, mail

from search.elastic import (
    ElasticIndex,
    open_elastic,
    open_elastic_afresh,
    open_elastic_unfinished,
    publish_elastic,
)
from search.elastic_bulk import LARGEST, REQUEST, send
from search.elastic_document import LONGEST
from search.elastic_meta import joined
from search.index import Index, IndexMissingError, RecordRejectedError
from search.merge import merge
from search.order import Order
from search.sqlite import open_sqlite
from search.tree import All, AnyOf, Between, Everything, Exact, Not, Phrase, Prefix, Query, Word
from section9 import Defect, ParsedMail, Record

ARRIVED = datetime(2026, 5, 5, tzinfo=UTC)
FUTURE = datetime(2026, 7, 1, tzinfo=UTC)


@pytest.fixture
def index() -> Iterator[ElasticIndex]:
    """An empty index."""
    with closing(empty()) as opened:
        yield opened


def homes(index: ElasticIndex) -> dict[str, int]:
    """Count the mails of each index of ours, by the last part of its name."""
    prefix = f"{index.names.template}-"
    index.client.indices.refresh(index=index.names.pattern)
    named = index.client.indices.get(index=index.names.pattern, features="aliases")
    counts = {name: index.client.count(index=name)["count"] for name in named}
    return {name.removeprefix(prefix): count for name, count in counts.items() if count}


# --- months -----------------------------------------------------------------------------------


def test_mail_lies_in_the_month_of_its_own_date(index: ElasticIndex) -> None:
    """In UTC; a date that is not believed, or none, goes to the undated."""
    late = datetime(2026, 3, 31, 23, tzinfo=timezone(timedelta(hours=-2)))
    records = [
        mail("a"),
        mail("b", date=late),
        mail("c", date=None),
        mail("d", date=FUTURE, believed=ARRIVED),
    ]

    index.put(records, segment=1)

    assert {"2026-03": 1, "2026-04": 1, "undated": 2} == homes(index)


def test_a_month_is_made_once_and_searched_at_once(index: ElasticIndex) -> None:
    """The first mail of a month needs no act of anybody's: the alias has the new index."""
    reader = open_elastic(index.settings, mode="read")

    with closing(reader):
        index.put([mail("a", date=datetime(1999, 12, 31, tzinfo=UTC))], segment=1)
        found = reader.count(Everything())

    assert found == 1


def test_a_mail_stays_where_it_was_first_put(index: ElasticIndex) -> None:
    """A copy that makes its Date believable changes the document, and moves nothing."""
    doubted = mail("m", date=FUTURE, believed=ARRIVED)
    believed = mail("m", date=FUTURE, copy="again")
    index.put([doubted], segment=1)

    index.put([believed], segment=2)

    assert merge(doubted, believed) == index.get(doubted.mail)
    assert 1 == index.count(Between("date", ARRIVED, FUTURE))
    assert {"undated": 1} == homes(index)


def test_what_could_not_be_read_again_finds_its_mail(index: ElasticIndex) -> None:
    """A replay that reads nothing of a mail has no Date to go by, and finds it all the same."""
    whole = mail("m")
    nothing = ParsedMail("", None, "", (), defects=(Defect("crashed", hides=True),))
    index.put([whole], segment=1)

    index.put([Record(whole.mail, None, nothing, whole.sightings)], segment=2)

    assert {"2026-03": 1} == homes(index)
    assert 1 == index.count(Exact("is", "opaque"))
    assert 1 == index.count(Word("text", "hello"))


# --- races ------------------------------------------------------------------------------------


def test_processes_that_merge_one_mail_lose_nothing(index: ElasticIndex) -> None:
    """Whoever is too late reads again: every copy is kept, and the mail is there once."""
    copies = [mail("m", copy=str(number)) for number in range(24)]

    def put(number: int) -> None:
        with closing(open_elastic(index.settings, mode="write")) as mine:
            mine.put([copies[number]], segment=number + 1)

    with ThreadPoolExecutor(8) as threads:
        list(threads.map(put, range(len(copies))))

    [found] = [index.get(copies[0].mail)]
    assert found is not None
    assert {one.sightings[0].id for one in copies} == {one.id for one in found.sightings}
    assert (1, (range(1, 25),)) == (index.count(Everything()), index.applied())


def test_processes_that_disagree_on_the_date_make_one_mail(index: ElasticIndex) -> None:
    """Copies that come at once, of which one's Date is doubted, still become one mail."""
    doubted = [mail(f"m{n}", date=FUTURE, believed=ARRIVED) for n in range(40)]
    believed = [mail(f"m{n}", date=FUTURE, copy=f"c{n}") for n in range(40)]

    def put(records: list[Record]) -> None:
        with closing(open_elastic(index.settings, mode="write")) as mine:
            for record in records:
                mine.put([record], segment=None)

    with ThreadPoolExecutor(2) as threads:
        list(threads.map(put, [doubted, believed]))

    assert 40 == index.count(Everything())
    assert {merge(*pair) for pair in zip(doubted, believed, strict=True)} == {
        index.get(record.mail) for record in doubted
    }


def test_a_mail_in_two_places_becomes_one(index: ElasticIndex) -> None:
    """A crash in the middle of a lost race is made good by the next put of the mail."""
    one, two = mail("m", copy="1"), mail("m", copy="2")
    index.put([one], segment=None)
    elsewhere = replace(two, date=ARRIVED)
    [write] = index._writer._writes({two.mail: elsewhere}, {})
    send(index.client, [write], where="here")

    index.put([one], segment=1)

    assert {"2026-03": 1} == homes(index)
    assert merge(one, elsewhere) == index.get(one.mail)


@pytest.mark.parametrize(
    ("runs", "number", "expected"),
    [
        ([], 4, [range(4, 5)]),
        ([range(1, 3)], 3, [range(1, 4)]),
        ([range(4, 6)], 3, [range(3, 6)]),
        ([range(1, 3), range(4, 6)], 3, [range(1, 6)]),
        ([range(1, 3), range(8, 9)], 5, [range(1, 3), range(5, 6), range(8, 9)]),
    ],
)
def test_a_segment_joins_what_it_touches(
    runs: list[range], number: int, expected: list[range]
) -> None:
    """Ranges stay ascending, with gaps between."""
    assert expected == joined(runs, number)


# --- generations ------------------------------------------------------------------------------


def test_a_rebuild_is_searched_only_when_it_is_published(index: ElasticIndex) -> None:
    """Search never goes dark, and whoever searches goes on in the new generation."""
    index.put([mail("old")], segment=1)
    with (
        closing(open_elastic(index.settings, mode="read")) as reader,
        closing(open_elastic_afresh(index.settings)) as fresh,
    ):
        fresh.put([mail("old"), mail("new")], segment=1)
        during = reader.count(Everything())
        publish_elastic(fresh)

        assert (1, 2, 2) == (during, reader.count(Everything()), fresh.count(Everything()))

    with closing(open_elastic(index.settings, mode="write")) as again:
        again.put([mail("next", date=datetime(2026, 9, 1, tzinfo=UTC))], segment=2)
        assert (3, (range(1, 3),)) == (again.count(Everything()), again.applied())


def test_a_writer_from_before_a_rebuild_is_told(index: ElasticIndex) -> None:
    """What it had would be put where nobody looks: its segment does not count as applied."""
    index.put([mail("old")], segment=1)
    with closing(open_elastic_afresh(index.settings)) as fresh:
        publish_elastic(fresh)

    with pytest.raises(IndexMissingError):
        index.put([mail("late")], segment=2)
    with pytest.raises(IndexMissingError):
        index.put([], segment=2)

    left = index.client.indices.get(index=index.names.pattern, features="aliases")
    assert {} == left.body


def test_an_interrupted_rebuild_goes_on(index: ElasticIndex) -> None:
    """What had been done is not done again; published twice, it is published."""
    with closing(open_elastic_afresh(index.settings)) as fresh:
        fresh.put([mail("a")], segment=1)

    with closing(open_elastic_afresh(index.settings)) as fresh:
        before = fresh.applied()
        fresh.put([mail("b")], segment=2)
        publish_elastic(fresh)
        publish_elastic(fresh)

        assert ((range(1, 2),), 2) == (before, fresh.count(Everything()))


def test_what_a_rebuild_has_begun_can_be_opened(index: ElasticIndex) -> None:
    """A purge must reach it too; before there is one, and once it is published, there is none."""
    before = open_elastic_unfinished(index.settings)

    with closing(open_elastic_afresh(index.settings)) as fresh:
        fresh.put([mail("a"), mail("b")], segment=1)
        begun = open_elastic_unfinished(index.settings)
        assert begun is not None
        with closing(begun):
            begun.drop([mail("a").mail])
            begun.scrub()
        assert (None, 1) == (before, fresh.count(Everything()))
        publish_elastic(fresh)

    assert open_elastic_unfinished(index.settings) is None


def test_a_rebuild_of_another_format_is_begun_again(index: ElasticIndex) -> None:
    """A rebuild is never stopped by what an older program had begun."""
    with closing(open_elastic_afresh(index.settings)) as fresh:
        fresh.put([mail("a")], segment=1)
        index.client.index(
            index=fresh.names.meta, id="2", document={"format": "0/1.0.0", "applied": [[1, 1]]}
        )

    with closing(open_elastic_afresh(index.settings)) as fresh:
        assert ((), 0) == (fresh.applied(), fresh.count(Everything()))


# --- size -------------------------------------------------------------------------------------


def test_pages_and_ids_go_on_beyond_one_answer(index: ElasticIndex) -> None:
    """However many match, none is left out, and every one of them is counted."""
    records = [mail(str(n), date=MOMENT + timedelta(hours=n)) for n in range(5_050)]
    for start in range(0, len(records), 1_000):
        index.put(records[start : start + 1_000], segment=None)
    newest = [record.mail for record in reversed(records)]

    page = index.search(Everything(), limit=1_100)

    assert (newest[:1_100], 5_050) == ([hit.mail for hit in page.hits], page.total)
    assert newest == list(index.ids(Everything()))
    assert ["0@home.example", "1000@home.example"] == [
        facet.value for facet in index.facets(Everything(), "from", limit=2)
    ]
    assert 5_050 == len(index.facets(Everything(), "from", limit=20_000))
    oldest = index.search(Everything(), limit=30, order=Order.OLDEST)
    more = index.search(Everything(), limit=30, after=oldest.next, order=Order.OLDEST)
    assert newest[:-61:-1] == [hit.mail for hit in (*oldest.hits, *more.hits)]
    assert len(records) == len(index.known(record.sightings[0].id for record in records))
    index.drop(newest)
    assert 0 == index.count(Everything())


def test_a_large_batch_is_sent_in_bounded_requests(index: ElasticIndex) -> None:
    """Mail of any size goes in, several requests to a batch."""
    text = "word " * (REQUEST // 15)

    index.put([mail(str(number), text=text) for number in range(4)], segment=1)

    assert 4 == index.count(Word("body", "words"))


@pytest.mark.parametrize("length", [300, LONGEST, LONGEST + 10])
def test_a_word_of_any_length_is_found(index: ElasticIndex, length: int) -> None:
    """Encoded files make words of kilobytes; a mail that has one is indexed and found."""
    word = "x" * length
    index.put([mail("m", text=f"before {word} after")], segment=1)

    for query in (Word("text", word), Phrase("body", ("before", word, "after"))):
        assert 1 == index.count(query)
    assert 0 == index.count(Word("text", "x" * 299))


def test_the_end_of_a_phrase_may_begin_any_number_of_words(index: ElasticIndex) -> None:
    """A beginning is not cut short where many words have it."""
    records = [mail(str(number), text=f"room w{number:04}") for number in range(1_500)]
    index.put(records, segment=None)

    for start in ("w", "w0", "w00", "w000"):
        expected = sum(f"w{number:04}".startswith(start) for number in range(1_500))
        assert expected == index.count(Prefix("body", ("room", start)))


def deep(depth: int) -> Query:
    """A query of `depth` parts inside one another, of all the kinds that hold parts."""
    query: Query = Word("text", "hello")
    holders: list[Callable[[Query], Query]] = [
        lambda inner: All((Everything(), inner)),
        lambda inner: AnyOf((AnyOf(()), inner)),
        Not,
    ]
    for level in range(depth):
        query = holders[level % 3](query)
    return query


@pytest.mark.parametrize("depth", [15, 16, 17, 33, 60, 90])
def test_a_query_of_any_depth_runs(index: ElasticIndex, depth: int) -> None:
    """A server parses thirty parts inside one another; what lies deeper is asked all the same."""
    index.put([mail("m")], segment=1)

    negations = depth // 3
    assert 1 - negations % 2 == index.count(deep(depth))


def test_a_document_beyond_the_server_is_refused_before_it_is_sent(index: ElasticIndex) -> None:
    """A server cuts the connection of whoever sends too much, and would take the rest with it."""
    write = replace(
        next(index._writer._writes({mail("m").mail: mail("m")}, {})), body=b" " * LARGEST
    )

    with pytest.raises(RecordRejectedError, match="too_large"):
        send(index.client, [write], where="here")


def test_both_engines_cut_the_longest_words_alike(index: ElasticIndex, tmp_path: Path) -> None:
    """Known difference: of a longer word, 32,765 bytes count here and 32,768 in SQLite."""
    word = "y" * LONGEST
    record = mail("m", text=f"{word}abcdef")
    index.put([record], segment=1)
    with closing(open_sqlite(tmp_path / "index.sqlite", mode="write")) as embedded:
        embedded.put([record], segment=1)
        engines: list[Index] = [index, embedded]

        assert [1, 0] == [engine.count(Phrase("body", (word,))) for engine in engines]
        assert [1, 1] == [engine.count(Phrase("body", (f"{word}abcdef",))) for engine in engines]
