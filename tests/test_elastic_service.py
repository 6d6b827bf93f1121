"""`section9 serve` and `ingest` on a real Elasticsearch that goes away, or that refuses mail."""

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path

import elastic_node
import pytest
from elastic_house import archived, environment, indexed, mailbox, records, settings_of
from elastic_indices import fresh_settings
from running import House, Sender, made, wait_for

from search.elastic import open_elastic
from search.elastic_client import ElasticSettings
from search.elastic_layout import Names
from section9 import BlobId, Record

MESSAGES = 2_000
AUTUMN = datetime(2026, 9, 1, tzinfo=UTC)
LETTER = """\
From: a.n@school.example\r
To: j.doe@school.example\r
Date: {date} 2026 09:00:00 +0000\r
Message-ID: <{name}@school.example>\r
Subject: trip\r
MIME-Version: 1.0\r
Content-Type: text/plain{name_of_file}\r
\r
The coach leaves at nine.\r
"""


# --- it goes away -----------------------------------------------------------------------------


def test_an_outage_costs_no_message(tmp_path: Path) -> None:
    """Killed in the middle of 2,000 messages: each hears 250, and is filed once when it is back."""
    elastic_node.require()
    data, port = tmp_path / "node", elastic_node.free_port()
    data.mkdir()
    node = elastic_node.start(data, port=port)
    mails = mailbox(MESSAGES)
    first, second = Sender(mails[: MESSAGES // 2]), Sender(mails[MESSAGES // 2 :])
    with (
        made(tmp_path / "house", SEARCH__URL=node.url) as house,
        house.serving() as serving,
        ThreadPoolExecutor() as pool,
    ):
        first.send(serving.port)
        wait_for(lambda: house.spooled < MESSAGES // 2)
        sending = pool.submit(second.send, serving.port)
        wait_for(lambda: len(second.accepted) > 100)
        node.kill()
        sending.result()
        wait_for(lambda: b"round_failed" in serving.log.read_bytes())
        missed, waiting = house.run("index", "status"), house.spooled
        with elastic_node.running(data, port=port):
            wait_for(lambda: not house.spooled, otherwise=serving.log.read_text())
            status, found = house.json("status"), indexed(ElasticSettings(node.url))

    accepted, blobs = first.accepted | second.accepted, house.archived()
    assert MESSAGES == len(accepted)
    assert MESSAGES // 4 < waiting < MESSAGES
    assert (31, 0) == (missed.returncode, missed.stderr.count(b"Traceback"))
    assert accepted == set(blobs)
    assert {1} == set(blobs.values())
    assert archived(house) == found
    assert {MESSAGES} == {status[one] for one in ("accepted", "archived", "indexed", "scanned")}
    assert [] == status["problems"]
    assert house.json("verify")["whole"]


# --- it refuses some --------------------------------------------------------------------------


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    """A data folder whose index is on the shared node, where nobody wrote before."""
    with made(tmp_path / "house") as house:
        yield House(house.home, environment(fresh_settings()))


def letters(folder: Path) -> dict[str, BlobId]:
    """Mail in two months, one of September's with a name for its only part."""
    folder.mkdir()
    dates = {"odd": "Tue, 1 Sep", "same": "Wed, 2 Sep", "other": "Thu, 1 Oct"}
    blobs = {}
    for name, date in dates.items():
        file = '; name="roll.txt"' if name == "odd" else ""
        raw = LETTER.format(date=date, name=name, name_of_file=file).encode()
        (folder / f"{name}.eml").write_bytes(raw)
        blobs[name] = BlobId(sha256(raw).hexdigest())
    return blobs


def make_month_that_refuses_names(settings: ElasticSettings) -> None:
    """Make September's index by hand, as an operator might: names of files have to be numbers."""
    with closing(open_elastic(settings, mode="write")) as index:
        number = {"properties": {"filename": {"type": "long"}}}
        index.client.indices.create(
            index=Names(settings.prefix, 1).dated(AUTUMN),
            mappings={"properties": {"words": number}},
        )


def met(house: House, query: str) -> list[Record]:
    return records(settings_of(house.settings), query)


def found(house: House, query: str) -> set[BlobId]:
    return {copy.blob for record in met(house, query) for copy in record.sightings}


def test_mail_that_is_refused_is_archived_and_found_as_opaque(house: House, tmp_path: Path) -> None:
    """What the server refuses is indexed by less of it, with the reason; the rest is untouched."""
    make_month_that_refuses_names(settings_of(house.settings))
    blobs = letters(tmp_path / "letters")

    done = house.run("ingest", "--json", tmp_path / "letters")
    again = house.json("ingest", tmp_path / "letters")

    assert (0, 3) == (done.returncode, House.read(done.stdout)["new"])
    assert (0, 3) == (again["new"], again["known"])
    assert b"document_parsing_exception" in done.stderr
    assert set(blobs.values()) == set(house.archived())
    assert {blobs["odd"]} == found(house, "is:opaque")
    assert [["refused-by-index"]] == [defects(one) for one in met(house, "is:opaque")]
    assert {blobs["same"], blobs["other"]} == found(house, "coach")
    assert set(blobs.values()) == found(house, "from:a.n@school.example")
    assert (range(1, 2),) == applied(house)
    assert [] == house.json("status")["problems"]
    assert house.json("verify")["whole"]


def defects(record: Record) -> list[str]:
    return [defect.code for defect in record.parsed.defects]


def applied(house: House) -> Sequence[range]:
    """The ledger's segments that are in."""
    with closing(open_elastic(settings_of(house.settings), mode="read")) as index:
        return index.applied()


def test_a_rebuild_mends_what_was_refused(house: House, tmp_path: Path) -> None:
    """A new generation has no such month: all that was archived is read again, and found."""
    make_month_that_refuses_names(settings_of(house.settings))
    blobs = letters(tmp_path / "letters")
    house.must("ingest", tmp_path / "letters")

    house.must("index", "rebuild")

    assert set() == found(house, "is:opaque")
    assert {blobs["odd"]} == found(house, "filename:roll")
    assert set(blobs.values()) == found(house, "coach")
