"""The gate: no mail without authority, and no look without a record."""

from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from archive.access_events import Refused, Searched, Viewed
from archive.blobs import Blobs
from archive.books import Book
from archive.case_words import Case, Purpose, Scope
from archive.events import Event
from archive.ledger import Ledger
from archive.store import FolderStore, StoreError
from cases.applications import Application
from cases.casebook import Casebook
from cases.gate import Gate
from cases.gate_errors import MailAmbiguousError, MailNameError, MailNotInScopeError
from cases.roles import NoAuthorityError
from ingest.identity import mail_id
from ingest.parse import parse
from search.query import QuerySyntaxError
from search.sqlite import open_sqlite
from section9 import MailId, Recipient, Record, Sighting, SightingId, Source

NOW = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)
IN_SCOPE = "j.doe@school.example"
MAIL = """\
Message-ID: <{number}@school.example>
Date: {date}
From: {sender}
To: {to}
Subject: the trip {number}

The coach leaves at nine.
"""


SYNTAX = [
    *("trip", "*", "union", "2026", "j.doe@school.example", "school.example"),
    *("OR", "AND", "NOT", "TO", "from:", "date:", "participant:"),
    *'()-+"[]{}:~^/\\',
]


@dataclass(frozen=True)
class House:
    """A small archive: three mails in scope, four that are not."""

    gate: Gate
    casebook: Casebook
    case: Case
    inside: frozenset[MailId]
    outside: frozenset[MailId]
    root: Path

    def access(self) -> list[Event]:
        """Every look so far."""
        return list(self.casebook.ledger.events(Book.ACCESS))


def mail(number: int, sender: str, to: str, day: str) -> bytes:
    date_ = f"{day} 2026 09:00:00 +0000"
    return MAIL.format(number=number, date=date_, sender=sender, to=to).encode()


INSIDE = (
    mail(1, f"Jo Doe <{IN_SCOPE}>", "a.head@school.example", "1 Sep"),
    mail(2, "parent@home.example", IN_SCOPE.upper(), "31 Oct"),
    mail(3, "a.head@school.example", "staff@school.example", "5 Oct"),  # sent to them as Bcc
)
OUTSIDE = (
    mail(4, IN_SCOPE, "a.head@school.example", "31 Aug"),
    mail(5, IN_SCOPE, "a.head@school.example", "1 Nov"),
    mail(6, "j.doe@school.example.evil.example", "a.head@school.example", "5 Oct"),
    mail(7, "a.head@school.example", "union@school.example", "5 Oct"),
)


def record(content: bytes, blobs: Blobs, *, bcc: str = "") -> Record:
    parsed = parse(content)
    sighting = Sighting(
        SightingId(mail_id(parsed)),
        blobs.put(content),
        Source.FILE,
        NOW,
        recipients=(Recipient(bcc),) if bcc else (),
    )
    return Record(mail_id(parsed), parsed.date, parsed, (sighting,))


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    root = tmp_path_factory.mktemp("house")
    store = FolderStore(root / "archive")
    blobs, ledger = Blobs(store), Ledger(store)
    inside = [record(content, blobs, bcc=IN_SCOPE) for content in INSIDE]
    outside = [record(content, blobs) for content in OUTSIDE]
    casebook = Casebook(ledger, actor="i.nspector", clock=lambda: NOW)
    case = casebook.open(
        Application(
            Purpose.WRONGFUL_ACT,
            "HR referral 17",
            "h.ead",
            "i.nspector",
            Scope((IN_SCOPE,), date(2026, 9, 1), date(2026, 10, 31)),
            NOW + timedelta(days=7),
        )
    )
    with closing(open_sqlite(root / "index.sqlite", mode="write")) as index:
        index.put([*inside, *outside], segment=None)
        yield House(
            Gate(casebook, ledger, index, blobs, "i.nspector", lambda: NOW),
            casebook,
            case,
            frozenset(one.mail for one in inside),
            frozenset(one.mail for one in outside),
            root,
        )


@pytest.mark.parametrize(
    "query",
    [
        "*",
        "trip",
        "* OR *",
        "NOT participant:j.doe@school.example",
        "trip OR date:[* TO *]",
        "date:>=2026-11",
        "from:a.head@school.example OR to:union@school.example",
        "participant:union@school.example",
        "-from:j.doe",
    ],
)
def test_no_query_reaches_beyond_the_scope(house: House, query: str) -> None:
    """Whatever is asked, only mail of the people and days in scope is found or counted."""
    answer = house.gate.search(house.case.id, query, limit=100)
    count = house.gate.count(house.case.id, query)

    assert {hit.mail for hit in answer.page.hits} <= house.inside
    assert len(answer.page.hits) == answer.page.total == count.page.total


@settings(
    max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    st.lists(
        st.sampled_from(SYNTAX),
        max_size=12,
    ).map(" ".join)
)
def test_no_arrangement_of_syntax_reaches_beyond_the_scope(house: House, query: str) -> None:
    """A query is an error or stays inside: the scope is a tree beside it, not text around it."""
    try:
        answer = house.gate.search(house.case.id, query, limit=100)
    except QuerySyntaxError:
        return

    assert {hit.mail for hit in answer.page.hits} <= house.inside


def test_all_mail_in_scope_is_found_however_it_was_addressed(house: House) -> None:
    """Sent, received, or received as Bcc that only an envelope knows."""
    answer = house.gate.search(house.case.id, "*", limit=100)

    assert house.inside == {hit.mail for hit in answer.page.hits}


def test_every_search_is_on_record_with_its_exact_words(house: House) -> None:
    """The record says who asked what, what ran, over what state, and what was shown."""
    answer = house.gate.search(house.case.id, "trip  OR coach", limit=2)

    last = house.access()[-1]

    assert isinstance(last, Searched)
    assert ("i.nspector", house.case.id, "trip  OR coach") == (last.by, last.case, last.query)
    assert (answer.ran, answer.as_of, 3, 0) == (last.ran, last.as_of, last.total, last.unsearchable)
    assert tuple(hit.mail for hit in answer.page.hits) == last.shown


def test_a_message_opens_with_its_exact_bytes_and_on_record(house: House) -> None:
    """What is shown is what was archived, and the look is written down before it is given."""
    [mail] = [hit.mail for hit in house.gate.search(house.case.id, '"trip 1"', limit=9).page.hits]

    opened = house.gate.show(house.case.id, mail[:10], view="raw")

    assert INSIDE[0] == opened.content
    assert (
        Viewed(NOW, "i.nspector", house.case.id, mail, opened.record.sightings[0].blob, "raw")
        == house.access()[-1]
    )


def test_a_message_out_of_scope_is_refused_as_if_it_did_not_exist(house: House) -> None:
    """The refusal does not tell whether there is such a message; it is on record."""
    messages = set()
    for mail in (*house.outside, MailId("f" * 64)):
        with pytest.raises(MailNotInScopeError) as caught:
            house.gate.show(house.case.id, mail, view="text")
        messages.add(str(caught.value).replace(mail, "MAIL"))
        assert house.access()[-1] == Refused(
            NOW, "i.nspector", house.case.id, "show", "MailNotInScopeError", mail
        )

    assert 1 == len(messages)


def test_an_id_that_fits_several_messages_opens_none(house: House) -> None:
    """A look is at one message, and which one is never a guess."""
    with pytest.raises((MailAmbiguousError, MailNameError)):
        house.gate.show(house.case.id, "*", view="text")


@pytest.mark.parametrize("actor", ["h.ead", "root", ""])
def test_nobody_but_the_investigator_sees_anything_and_the_try_is_on_record(
    house: House, actor: str
) -> None:
    """Clause 9.3: the authoriser and the technician are refused, each time on record."""
    stranger = replace(house.gate, actor=actor)

    with pytest.raises(NoAuthorityError):
        stranger.search(house.case.id, "trip", limit=9)
    with pytest.raises(NoAuthorityError):
        stranger.show(house.case.id, "0", view="text")

    tries = [event for event in house.access() if isinstance(event, Refused)][-2:]
    assert [(actor, "search"), (actor, "show")] == [(event.by, event.act) for event in tries]


def test_without_a_case_there_is_nothing(house: House) -> None:
    """Clause 9.2: no content without a case; the try is on record under the name as typed."""
    with pytest.raises(NoAuthorityError):
        house.gate.search("C-7777", "trip", limit=9)

    last = house.access()[-1]
    assert ("C-7777", "CaseUnknownError") == (getattr(last, "case", 0), getattr(last, "why", 0))


def test_what_cannot_be_recorded_is_not_shown(house: House, tmp_path: Path) -> None:
    """When the access book cannot be written, neither hits nor content are given."""
    (tmp_path / "archive").mkdir()
    (tmp_path / "archive" / "ledger").write_text("no folder")
    deaf = replace(house.gate, ledger=Ledger(FolderStore(tmp_path / "archive")))
    [mail] = [hit.mail for hit in house.gate.search(house.case.id, '"trip 1"', limit=9).page.hits]

    with pytest.raises(StoreError):
        deaf.search(house.case.id, "trip", limit=9)
    with pytest.raises(StoreError):
        deaf.show(house.case.id, mail, view="text")
