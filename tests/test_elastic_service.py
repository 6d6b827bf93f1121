"""`section9 serve` and `ingest` on a real Elasticsearch that goes away, or that refuses mail."""

import threading
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import closing
from datetime import UTC, datetime
from hashlib import sha256
from itertools import count, islice
from pathlib import Path

import elastic_node
import pytest
from elastic_indices import fresh_settings
from running import House, Sender, made, wait_for

from demo.mailbox import Delivery, messages
from search.elastic import open_elastic
from search.elastic_client import ElasticSettings
from search.elastic_layout import Names
from search.query import parse
from search.tree import Everything
from section9 import BlobId

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


def mailbox(size: int) -> list[tuple[Delivery, bytes]]:
    """The demo's mail, over and over under other Message-IDs."""
    mails = list(messages())
    again = (
        (to, raw.replace(b"Message-ID: <", b"Message-ID: <%d-" % turn, 1))
        for turn in count()
        for to, raw in mails
    )
    return list(islice(again, size))


def indexed(settings: ElasticSettings) -> Counter[BlobId]:
    """How often the index holds each blob."""
    with closing(open_elastic(settings, mode="read")) as index:
        records = [index.get(mail) for mail in index.ids(Everything())]
    return Counter(copy.blob for record in records if record for copy in record.sightings)


# --- it goes away -----------------------------------------------------------------------------


def test_an_outage_costs_no_message(tmp_path: Path) -> None:
    """Killed in the middle of 2,000 messages: each hears 250, and is filed once when it is back."""
    elastic_node.require()
    data, port = tmp_path / "node", elastic_node.free_port()
    data.mkdir()
    node = elastic_node.start(data, port=port)
    sender = Sender(mailbox(MESSAGES))
    with (
        made(tmp_path / "house", SEARCH__URL=node.url) as house,
        house.serving() as serving,
    ):
        cut = threading.Thread(target=lambda: (under_way(house, sender), node.kill()))
        cut.start()
        sender.send(serving.port)
        cut.join()
        wait_for(lambda: b"round_failed" in serving.log.read_bytes())
        missed, waiting = house.run("index", "status"), house.spooled

        with elastic_node.running(data, port=port) as node:
            wait_for(lambda: not house.spooled, otherwise=serving.log.read_text())
            status, archived = house.json("status"), house.archived()
            found = indexed(ElasticSettings(node.url))

    assert (31, 0) == (missed.returncode, missed.stderr.count(b"Traceback"))
    assert (MESSAGES, set()) == (len(sender.accepted), sender.in_doubt)
    assert 0 < waiting < MESSAGES
    assert sender.accepted == set(archived)
    assert {1} == set(archived.values())
    assert archived == found
    assert {MESSAGES} == {status[one] for one in ("accepted", "archived", "indexed", "scanned")}
    assert [] == status["problems"]
    assert house.json("verify")["whole"]


def under_way(house: House, sender: Sender) -> None:
    """Wait until some messages are filed and not all are sent."""
    segments = house.home / "archive" / "ledger" / "mail"
    wait_for(lambda: segments.exists() and any(segments.iterdir()))
    assert len(sender.accepted) < MESSAGES


# --- it refuses some --------------------------------------------------------------------------


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    """A data folder whose index is on the shared node, where nobody wrote before."""
    settings = fresh_settings()
    with made(
        tmp_path / "house", SEARCH__URL=settings.url, SEARCH__PREFIX=settings.prefix
    ) as house:
        yield house


def settings_of(house: House) -> ElasticSettings:
    return ElasticSettings(
        house.settings["SECTION9_SEARCH__URL"], prefix=house.settings["SECTION9_SEARCH__PREFIX"]
    )


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
            index=Names(settings.prefix, 1).dated(AUTUMN), mappings={"properties": {"words": number}}
        )


def found(house: House, query: str) -> set[BlobId]:
    with closing(open_elastic(settings_of(house), mode="read")) as index:
        records = [index.get(mail) for mail in index.ids(parse(query))]
    return {copy.blob for record in records if record for copy in record.sightings}


def test_mail_that_is_refused_is_archived_and_found_as_opaque(house: House, tmp_path: Path) -> None:
    """What the server refuses is indexed by less of it, with the reason; the rest is untouched."""
    make_month_that_refuses_names(settings_of(house))
    blobs = letters(tmp_path / "letters")

    done = house.run("ingest", "--json", tmp_path / "letters")
    again = house.json("ingest", tmp_path / "letters")

    assert (0, 3) == (done.returncode, House.read(done.stdout)["new"])
    assert (0, 3) == (again["new"], again["known"])
    assert b"document_parsing_exception" in done.stderr
    assert set(blobs.values()) == set(house.archived())
    assert {blobs["odd"]} == found(house, "is:opaque") == found(house, "defect:refused-by-index")
    assert {blobs["same"], blobs["other"]} == found(house, "coach")
    assert set(blobs.values()) == found(house, "from:a.n@school.example")
    assert applied_and_accounted_for(house)
    assert house.json("verify")["whole"]


def applied_and_accounted_for(house: House) -> Sequence[range]:
    """The ledger's segments that are in, once nothing is amiss."""
    assert [] == house.json("status")["problems"]
    with closing(open_elastic(settings_of(house), mode="read")) as index:
        return index.applied()


def test_a_rebuild_mends_what_was_refused(house: House, tmp_path: Path) -> None:
    """A new generation has no such month: all that was archived is read again, and found."""
    make_month_that_refuses_names(settings_of(house))
    blobs = letters(tmp_path / "letters")
    house.must("ingest", tmp_path / "letters")

    house.must("index", "rebuild")

    assert set() == found(house, "is:opaque")
    assert {blobs["odd"]} == found(house, "filename:roll")
    assert set(blobs.values()) == found(house, "coach")
