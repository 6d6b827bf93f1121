"""Deletions of a case: those in its mailboxes, newest first, and what stands out among them."""

from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from archive.access_events import Searched
from archive.blobs import Blobs
from archive.books import Book
from archive.case_events import HoldPlaced
from archive.case_words import Hold, Purpose, Scope
from archive.ledger import Ledger
from archive.store import FolderStore
from cases.applications import Application
from cases.casebook import Casebook
from cases.deleted import deleted
from cases.deletions import Deletion, deletions, with_beginnings, with_bursts
from cases.gate import Gate
from cases.roles import NoAuthorityError
from cases.telling import tale
from cases.veil import Protected
from search.sqlite import open_sqlite
from section9 import (
    BlobId,
    Change,
    HoldId,
    MailId,
    ParsedMail,
    Participant,
    Record,
    Sighting,
    SightingId,
    Source,
    Turn,
)

NOON = datetime(2026, 9, 1, 12, tzinfo=UTC)
JANE, HEAD, UNION = "j.doe@school.example", "head@school.example", "union@school.example"
SCOPE = Scope((JANE,), date(2026, 1, 1), date(2026, 12, 31))
HOUR = timedelta(hours=1)


def purged(before: datetime, *, by: str = "", folder: str = "") -> Turn:
    return Turn(Change.PURGED, folder, before - HOUR, before, by)


def copy(number: int, *story: Turn, mailbox: str = JANE, folder: str = "Inbox") -> Sighting:
    id_ = SightingId(f"{number:064}")
    return Sighting(
        *(id_, BlobId(id_), Source.EXCHANGE, NOON - 9 * HOUR, mailbox, folder, f"item {number}"),
        story=story,
    )


def record(number: int, *copies: Sighting, to: str = HEAD) -> Record:
    people = ((Participant("", JANE),), (Participant("", to),))
    parsed = ParsedMail(f"{number}@x.example", NOON, f"subject {number}", *people)
    return Record(MailId(f"{number:064}"), NOON, parsed, copies)


def mails(found: list[Deletion]) -> list[int]:
    return [int(one.mail) for one in found]


def test_deletions_are_listed_newest_first() -> None:
    """Each deletion and purge of a copy is one, in the mailboxes of the scope alone."""
    restored = Turn(Change.RESTORED, "Inbox", NOON, NOON + 2 * HOUR)
    one = record(1, copy(1, purged(NOON)), copy(2, purged(NOON), mailbox=HEAD))
    two = record(2, copy(3, purged(NOON + HOUR, folder="Purges"), restored))
    three = record(3, copy(4, Turn(Change.MOVED, "Done", NOON, NOON)))

    found = deletions([one, two, three], SCOPE, since=None, open_=frozenset({one.mail}))

    assert [2, 1] == mails(found)
    assert [True, False] == [one.restored for one in found]
    assert ["", "subject 1"] == [one.subject for one in found]
    assert ["", "Inbox"] == [one.folder for one in found]  # people name folders for what is in
    assert [2] == mails(deletions([one, two], SCOPE, since=NOON + HOUR, open_=frozenset()))


def test_what_was_deleted_when_it_was_met_was_nowhere_before() -> None:
    """Of a message first seen among the deleted nobody knows where it had been."""
    met = Turn(Change.DELETED, "Trash", None, NOON, item="item 1")

    [found] = deletions(
        [record(1, copy(1, met, folder="Trash"))], SCOPE, since=None, open_=frozenset()
    )

    assert "" == found.folder


@pytest.mark.parametrize(
    ("runs", "bursts"),
    [
        ([20], [20]),  # nothing is known of what is usual
        ([19], [0]),
        ([20, 20, 20, 20], [0, 0, 0, 0]),  # somebody who tidies up
        ([4, 4, 4, 21], [0, 0, 0, 21]),
        ([5, 5, 5, 25], [0, 0, 0, 0]),
    ],
)
def test_a_burst_is_many_for_that_mailbox(runs: list[int], bursts: list[int]) -> None:
    """At least twenty found together, and more than five times what that mailbox usually has."""
    found = [
        deletion
        for day, size in enumerate(runs)
        for n in range(size)
        for deletion in deletions(
            [record(n, copy(n, purged(NOON + timedelta(days=day, seconds=n))))],
            SCOPE,
            since=None,
            open_=frozenset(),
        )
    ]

    marked = with_bursts(found)

    assert bursts == [
        next(one.burst for one in marked if one.turn.before >= NOON + timedelta(days=day))
        for day in range(len(runs))
    ]


def test_what_was_deleted_after_the_case_began_says_so() -> None:
    """Surely after it where it was last seen after; perhaps where it began in between."""
    records = [record(n, copy(n, purged(NOON + n * HOUR))) for n in range(3)]
    found = deletions(records, SCOPE, since=None, open_=frozenset())

    marked = list(with_beginnings(found, {"case C-0001": NOON + HOUR / 2}))

    assert [("case C-0001",), (), ()] == [one.after for one in marked]
    assert [(), ("case C-0001",), ()] == [one.perhaps_after for one in marked]


def test_a_story_is_told_in_plain_words() -> None:
    """Arrived, moved, deleted by whom, restored, purged, still here: between which times."""
    story = (
        Turn(Change.DELETED, "Trash", NOON, NOON + HOUR, "j.doe"),
        Turn(Change.RESTORED, "Inbox", NOON + HOUR, NOON + HOUR),
        Turn(Change.PURGED, "", None, NOON + 2 * HOUR),
    )
    seen = replace(copy(1), arrived=NOON)

    assert [
        "arrived 2026-09-01 12:00:00",
        "deleted to Trash by j.doe between 2026-09-01 12:00:00 and 2026-09-01 13:00:00",
        "restored to Inbox at 2026-09-01 13:00:00",
        "purged before 2026-09-01 14:00:00; it is nowhere in the mailbox any more",
    ] == list(tale(replace(seen, story=story), looked=None))
    assert [
        "arrived 2026-09-01 12:00:00",
        "still in Inbox when last looked at, 2026-09-01 15:00:00",
    ] == list(tale(seen, looked=NOON + 3 * HOUR))
    withheld = (Turn(Change.MOVED, "", NOON, NOON + HOUR),)
    assert "moved between 2026-09-01 12:00:00 and 2026-09-01 13:00:00" in list(
        tale(replace(seen, folder="", story=withheld), looked=None)
    )
    assert [] == list(tale(Sighting(SightingId("1"), BlobId("1"), Source.FILE, NOON), looked=None))


# --- through the gate ----------------------------------------------------------------------------


@pytest.fixture
def gate(tmp_path: Path) -> Iterator[Gate]:
    """A case on Jane, whose mail with the union is protected; a hold that began at noon."""
    store = FolderStore(tmp_path / "archive")
    ledger = Ledger(store)
    clock = lambda: NOON - 3 * HOUR  # noqa: E731 - a clock that stands
    casebook = Casebook(ledger, actor="i.nspector", clock=clock)
    case = casebook.open(
        Application(
            *(Purpose.WRONGFUL_ACT, "HR referral 17", "h.ead", "i.nspector", SCOPE),
            NOON + timedelta(days=7),
        )
    )
    hold = Hold(HoldId("H-0001"), case.id, "HR referral 17")
    ledger.append(Book.CASES, [HoldPlaced(NOON, "h.ead", hold)])
    with closing(open_sqlite(tmp_path / "index.sqlite", mode="write")) as index:
        index.put(
            [
                record(1, copy(1, purged(NOON + 2 * HOUR))),
                record(2, copy(2, purged(NOON + HOUR)), to=UNION),
                record(3, copy(3)),
            ],
            segment=None,
        )
        yield Gate(
            *(casebook, ledger, index, Blobs(store), "i.nspector", clock),
            protected=Protected(addresses=(UNION,)),
        )


def test_a_listing_of_deletions_is_recorded_first(gate: Gate) -> None:
    """It names what it showed on the ledger; subjects that the case withholds are not told."""
    given = deleted(gate, "C-0001", since=None)

    [searched] = gate.ledger.events(Book.ACCESS)
    assert isinstance(searched, Searched)
    assert ("deleted:[* TO *}", 2) == (searched.query, searched.total)
    assert [1, 2] == [int(mail) for mail in searched.shown]
    assert ["subject 1", ""] == [one.subject for one in given.found]
    assert [("case C-0001", "hold H-0001"), ("case C-0001", "hold H-0001")] == [
        one.after for one in given.found
    ]


def test_without_authority_nothing_is_listed(gate: Gate) -> None:
    """A case that is not there or not theirs lists nothing, and the asking is recorded."""
    with pytest.raises(NoAuthorityError):
        deleted(gate, "C-0002", since=None)

    assert ["refused"] == [event.kind for event in gate.ledger.events(Book.ACCESS)]
