"""`section9 rescan`: today's rules on what others read, once each, whatever interrupts it."""

import os
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest
from running import House, made

from archive.blobs import Blobs
from archive.books import Book
from archive.case_events import Sealed
from archive.events import Event
from archive.ledger import Ledger
from archive.mail_events import Rescanned, Scanned, Sighted
from archive.store import FolderStore
from detectors.catalogue import RULES
from ingest.identity import mail_id
from ingest.parse import parse
from search.query import parse as query
from search.sqlite import open_sqlite
from search.unread import SCAN_FAILED
from section9 import (
    Category,
    Confidence,
    Defect,
    Finding,
    MailId,
    PartId,
    Recipient,
    Record,
    RuleId,
    Sighting,
    SightingId,
    Source,
)

NOW = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)
CRASH = Path(__file__).parent / "crash"
MESSAGES = 450  # three segments
POINTS = (
    "rescan open /archive/tmp/ 2",  # the second batch is read, nothing of it is written
    "rescan os.link /archive/ledger/ 2",  # its bytes are on disk, its name is not
    "rescan os.remove /archive/tmp/ 2",  # it has its name, and the index knows nothing of it
)
BANK = RuleId("bank-account")
OLDER = "bank-account/1 nhs-number/1"
MAIL = """\
Message-ID: <{number}@school.example>
Date: Tue, 1 Sep 2026 09:00:00 +0000
From: j.doe@school.example
To: a.head@school.example
Subject: trip {number}

Sort code 20-00-00, account number 55779911. His NHS number is 943 476 5919.
"""


def earlier(part: str, start: int, end: int) -> Finding:
    """What the first version of a rule said."""
    return Finding(
        *(BANK, 1, Category.FINANCIAL, "4.5", PartId(part), start, end),
        *(Confidence.HIGH, 5, "as version 1 saw it"),
    )


def read_earlier(house: House, number: int, *defects: Defect) -> tuple[Event, ...]:
    """Archive a message as an earlier program left it; give its events."""
    content = MAIL.format(number=number).encode()
    blob, mail = archive(house).put(content), mail_id(parse(content))
    copy = Sighting(
        SightingId(f"{number:064}"),
        blob,
        Source.FILE,
        NOW,
        recipients=(Recipient("x@away.example"),),
    )
    findings = () if defects else (earlier("subject", 0, 4),)
    scanned = Scanned(NOW, "section9", mail, blob, OLDER, findings, defects)
    return Sighted(NOW, "section9", mail, copy), scanned


def archive(house: House) -> Blobs:
    return Blobs(FolderStore(house.home / "archive"))


def ledger(house: House) -> Ledger:
    return Ledger(FolderStore(house.home / "archive"), checkpoint=house.home / "heads.json")


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    (tmp_path / "marks").mkdir()
    with made(tmp_path / "house", TRUST__DOMAINS='["school.example"]') as house:
        yield house


def records(house: House) -> dict[MailId, Record]:
    with closing(open_sqlite(house.home / "index" / "section9.sqlite", mode="read")) as index:
        return {record.mail: record for record in index.records(query("*"))}


def finds(house: House, asked: str) -> int:
    with closing(open_sqlite(house.home / "index" / "section9.sqlite", mode="read")) as index:
        return index.count(query(asked))


def rescans(house: House) -> list[Rescanned]:
    return [one for one in house.events(Book.MAIL) if isinstance(one, Rescanned)]


def fill(house: House) -> None:
    for start in range(0, MESSAGES, 150):
        events = [e for n in range(start, start + 150) for e in read_earlier(house, n)]
        ledger(house).append(Book.MAIL, events)


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory: pytest.TempPathFactory) -> dict[MailId, Record]:
    """What the index holds after one run to the end."""
    with made(tmp_path_factory.mktemp("u") / "house", TRUST__DOMAINS='["school.example"]') as house:
        fill(house)
        house.must("rescan")
        return records(house)


def test_it_adds_and_erases_nothing(house: House) -> None:
    """What was found stays on the ledger and is history in the index, rebuilt or not."""
    ledger(house).append(Book.MAIL, [e for n in range(3) for e in read_earlier(house, n)])
    before = house.events(Book.MAIL)

    first, second = house.json("rescan"), house.json("rescan")
    kept = records(house)
    house.must("index", "rebuild")

    assert (3, 3, 0) == (first["due"], first["read"], second["due"])
    assert before == house.events(Book.MAIL)[: len(before)]
    assert " ".join(f"{rule.id}/{rule.version}" for rule in RULES) == rescans(house)[0].rules
    assert kept == records(house)
    asked = ("formerly:bank-account", "finding:bank-account", "finding:nhs-number")
    assert [3, 3, 3] == [finds(house, one) for one in asked]
    assert [] == house.json("status")["problems"]
    assert house.json("verify")["whole"]


def test_who_received_it_is_weighed(house: House) -> None:
    """The header names a colleague, the mail server somebody outside: that is what counts."""
    ledger(house).append(Book.MAIL, read_earlier(house, 1))

    house.must("rescan")

    [again] = rescans(house)
    assert not any("it stayed within" in one.why for one in again.findings)
    assert again.findings


@pytest.mark.parametrize("point", POINTS)
def test_killed_and_run_again_it_ends_in_the_same_state(
    house: House, undisturbed: dict[MailId, Record], point: str
) -> None:
    """Nothing is read for the ledger twice, and the index ends as if nothing had been."""
    fill(house)
    path = os.pathsep.join(filter(None, (str(CRASH), os.environ.get("PYTHONPATH"))))
    marks = str(house.home.with_name("marks"))

    killed = house.run("rescan", PYTHONPATH=path, CRASH_AT=point, CRASH_MARKS=marks)
    house.must("rescan")

    assert -9 == killed.returncode
    assert {1} == set(Counter(one.mail for one in rescans(house)).values())
    assert MESSAGES == len(rescans(house))
    assert undisturbed == records(house)


def test_what_a_rule_failed_at_is_read_again(house: House) -> None:
    """The failure is opaque until then, through a rebuild as well."""
    failed = Defect(SCAN_FAILED, part=None, hides=True)
    ledger(house).append(Book.MAIL, read_earlier(house, 1, failed))
    house.must("index", "rebuild")
    opaque = finds(house, "is:opaque")

    ran = house.json("rescan")

    assert (1, 1) == (opaque, ran["read"])
    assert (0, 1) == (finds(house, "is:opaque"), finds(house, "finding:nhs-number"))


def test_what_is_sealed_is_left_alone(house: House) -> None:
    """Clause 7.4: nobody opens it, and no program either."""
    book = ledger(house)
    book.append(Book.MAIL, read_earlier(house, 1))
    mail = mail_id(parse(MAIL.format(number=1).encode()))
    book.append(Book.CASES, (Sealed(NOW, "h.ead", mail, None, "7.4"),))

    ran = house.json("rescan")

    assert 0 == ran["due"]
    assert [] == rescans(house)


def test_bytes_that_are_gone_fail_alone(house: House) -> None:
    """The message is named by its id, its findings stand, and the others are read."""
    events = [*read_earlier(house, 1), *read_earlier(house, 2)]
    ledger(house).append(Book.MAIL, events)
    house.must("index", "rebuild")
    blob = next(one.sighting.blob for one in events if isinstance(one, Sighted))
    [path] = (house.home / "archive" / "blobs").rglob(f"{blob}*")
    path.unlink()

    ran = house.run("rescan", "--json")

    answer = house.read(ran.stdout)
    assert (1, 2, 1) == (ran.returncode, answer["due"], answer["read"])
    assert 1 == len(answer["failed"])
    assert 1 == len(rescans(house))
