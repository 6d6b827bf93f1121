"""Conversations: what answers what, as far as a case sees it."""

from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import elastic_indices
import pytest

from archive.access_events import Refused, Searched
from archive.blobs import Blobs
from archive.books import Book
from archive.case_words import Extent, Purpose, Scope
from archive.ledger import Ledger
from archive.store import FolderStore
from cases.answers import Conversation
from cases.applications import Application
from cases.casebook import Casebook
from cases.gate import Gate
from cases.gate_errors import MailNotInScopeError
from cases.veil import Protected
from ingest.identity import mail_id
from ingest.parse import parse
from search.index import Index
from search.sqlite import open_sqlite
from search.threads import base_subject, thread
from section9 import BlobId, MailId, Record, Sighting, SightingId, Source

NOW = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)
JO, ANN = "j.doe@school.example", "a.head@school.example"
ENGINES: dict[str, Callable[[Path], Index]] = {
    "sqlite": lambda folder: open_sqlite(folder / "index.sqlite", mode="write"),
    "elasticsearch": lambda _: elastic_indices.empty(),
}


def mail(  # noqa: PLR0913 - each is a line of the message
    seed: str,
    *,
    day: int,
    subject: str = "the trip",
    sender: str = JO,
    to: str = ANN,
    refs: str = "",
    reply: str = "",
) -> bytes:
    named = {"References": refs, "In-Reply-To": reply}
    headers = "".join(
        f"{header}: {' '.join(f'<{one}@x.example>' for one in ids.split())}\r\n"
        for header, ids in named.items()
        if ids
    )
    return (
        f"Message-ID: <{seed}@x.example>\r\nDate: {day} Sep 2026 09:00:00 +0000\r\n"
        f"From: {sender}\r\nTo: {to}\r\nSubject: {subject}\r\n{headers}\r\n"
        f"says {seed}\r\n\r\nOn 1 Sep 2026, Jo wrote:\r\n> an older line\r\n"
    ).encode()


def record(content: bytes) -> Record:
    parsed = parse(content)
    copy = Sighting(SightingId(mail_id(parsed)), BlobId("0" * 64), Source.FILE, NOW)
    return Record(mail_id(parsed), parsed.date, parsed, (copy,))


def shape(records: list[Record]) -> list[tuple[str, int, int]]:
    """A conversation: who, how deep, and how many are missing above."""
    return [
        (reply.record.parsed.message_id.partition("@")[0], reply.depth, reply.missing)
        for reply in thread(records).replies
    ]


@pytest.mark.parametrize(
    ("mails", "expected"),
    [
        (
            [mail("c", day=3, refs="a b"), mail("a", day=1), mail("b", day=2, refs="a")],
            [("a", 0, 0), ("b", 1, 0), ("c", 2, 0)],
        ),
        (  # In-Reply-To serves where References is absent
            [mail("a", day=1), mail("b", day=2, reply="a"), mail("c", day=3, reply="a")],
            [("a", 0, 0), ("b", 1, 0), ("c", 1, 0)],
        ),
        (  # what is missing between is counted, and the nearest above found all the same
            [mail("a", day=1), mail("d", day=4, refs="a b c")],
            [("a", 0, 0), ("d", 1, 2)],
        ),
        (  # the answers of one that is missing
            [mail("b", day=3, refs="a"), mail("c", day=2, refs="a")],
            [("c", 0, 1), ("b", 0, 1)],
        ),
        (  # circles are no conversation that hangs
            [mail("a", day=1, refs="b"), mail("b", day=2, refs="a")],
            [("b", 0, 0), ("a", 1, 0)],
        ),
        (  # a reply without headers answers the newest of its subject that its author got
            [
                mail("a", day=1, subject="trip"),
                mail("b", day=2, subject="Re: trip", sender=ANN, to=JO),
                mail("c", day=3, subject="trip", to="k@x.example"),
                mail("d", day=4, subject="AW: trip", sender=ANN),
            ],
            [("a", 0, 0), ("b", 1, 0), ("c", 0, 0), ("d", 0, 0)],
        ),
        (  # a subject alone never joins what has headers
            [mail("a", day=1), mail("b", day=2, subject="Re: the trip", refs="z")],
            [("a", 0, 0), ("b", 0, 1)],
        ),
    ],
    ids=["references", "in-reply-to", "missing", "missing-root", "circle", "subject", "headers"],
)
def test_messages_stand_under_what_they_answer(
    mails: list[bytes], expected: list[tuple[str, int, int]]
) -> None:
    """By RFC 5256: references first, the oldest first, and a subject only where nothing is said."""
    assert expected == shape([record(one) for one in mails])


def test_two_messages_of_one_id_both_appear() -> None:
    """Message-IDs are chosen by senders: nobody hides a message behind another's."""
    twins = [mail("a", day=1), mail("a", day=2, subject="else"), mail("b", day=3, refs="a")]

    assert [("a", 0, 0), ("b", 1, 0), ("a", 0, 0)] == shape([record(one) for one in twins])


def test_a_hostile_chain_is_cut() -> None:
    """Thousands of references cost no more than a moment and no recursion."""
    long = " ".join(f"r{n}" for n in range(1_000))
    mails = [record(mail(f"m{n}", day=1 + n % 9, refs=long)) for n in range(50)]
    deep = [record(mail(f"d{n}", day=1, reply=f"d{n - 1}")) for n in range(1, 1_500)]

    assert [100] * 50 == [missing for _, _, missing in shape(mails)]
    assert 1_499 == len(thread(deep).replies)


@pytest.mark.parametrize(
    ("subject", "expected"),
    [
        ("The  Trip", ("the trip", False)),
        ("Re: Fwd: [staff] RE[2]: The trip (fwd)", ("the trip", True)),
        ("[staff] the trip", ("[staff] the trip", False)),
        ("[staff] re: the trip", ("the trip", True)),
        ("Regarding: trip", ("regarding: trip", False)),
        ("re:", ("", True)),
        ("", ("", False)),
    ],
)
def test_subjects_lose_what_replying_adds(subject: str, expected: tuple[str, bool]) -> None:
    """As RFC 5256, 2.1 has it."""
    assert expected == base_subject(subject)


@dataclass(frozen=True)
class House:
    """An archive, and a case in it."""

    gate: Gate
    ledger: Ledger
    case: str
    mails: dict[str, MailId]

    def of(self, seed: str) -> Conversation:
        """The conversation of a message."""
        return self.gate.thread(self.case, self.mails[seed][:12])


RAW = {
    "a": mail("a", day=1),
    "b": mail("b", day=2, refs="a", sender=ANN, to=JO),
    "hidden": mail("hidden", day=3, refs="a b", sender=ANN, to="k@x.example"),
    "c": mail("c", day=4, refs="a b hidden", subject="Re: the trip"),
    "d": mail("d", day=5, refs="a gone"),
    "bare": mail("bare", day=6, subject="Re: the trip", sender=ANN, to=JO),
    "union": mail("union", day=7, refs="a", to="rep@union.example", subject="Re: the trip"),
    "other": mail("other", day=8, subject="the trip"),
}


@pytest.fixture(params=ENGINES)
def house(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[House]:
    """A conversation of which one message is out of scope, one unknown and one protected."""
    store = FolderStore(tmp_path / "archive")
    blobs, ledger = Blobs(store), Ledger(store)
    records = {
        seed: replace(
            found := record(content),
            sightings=(replace(found.sightings[0], blob=blobs.put(content)),),
        )
        for seed, content in RAW.items()
    }
    casebook = Casebook(ledger, actor="i.nspector", clock=lambda: NOW)
    scope = Scope((JO,), date(2026, 9, 1), date(2026, 10, 31))
    applied = Application(
        Purpose.WRONGFUL_ACT, "referral", "h.ead", "i.nspector", scope, NOW + timedelta(days=7)
    )
    case = casebook.open(applied)
    with closing(ENGINES[request.param](tmp_path)) as index:
        index.put(list(records.values()), segment=None)
        protected = Protected(domains=("union.example",))
        yield House(
            Gate(casebook, ledger, index, blobs, "i.nspector", lambda: NOW, protected),
            ledger,
            case.id,
            {seed: one.mail for seed, one in records.items()},
        )


def test_a_conversation_is_followed_inside_the_scope(house: House) -> None:
    """From any of its messages the same, with what is out of scope and what is unknown alike."""
    found = house.of("c")

    seeds = {mail: seed for seed, mail in house.mails.items()}
    told = [(seeds[one.record.mail], one.depth, one.missing) for one in found.thread.replies]
    assert [
        ("a", 0, 0),
        ("b", 1, 0),
        ("c", 2, 1),
        ("d", 1, 1),
        ("bare", 2, 0),
        ("union", 1, 0),
    ] == sorted(told, key=lambda one: [*house.mails].index(one[0]))
    assert 2 == found.thread.missing
    assert found.whole
    assert told == [
        (seeds[one.record.mail], one.depth, one.missing) for one in house.of("bare").thread.replies
    ]


def test_a_protected_message_stands_in_it_without_a_word(house: House) -> None:
    """Its place and size are told; its words, even by way of its subject, are not."""
    answer = house.of("a").answer

    shown = {hit.mail: hit for hit in answer.page.hits}
    union = house.mails["union"]
    assert ("", "") == (shown[union].subject.text, shown[union].excerpt.text)
    assert {union} == set(answer.sizes)
    assert "says a" == shown[house.mails["a"]].excerpt.text.strip()


def test_a_conversation_is_on_record(house: House) -> None:
    """Every message that was shown, and every refusal."""
    house.of("a")
    with pytest.raises(MailNotInScopeError):
        house.of("hidden")

    searched, refused = list(house.ledger.events(Book.ACCESS))
    assert isinstance(searched, Searched)
    assert f"thread {house.mails['a'][:12]}" == searched.query
    assert set(searched.shown) == set(house.mails.values()) - {
        house.mails["hidden"],
        house.mails["other"],
    }
    assert isinstance(refused, Refused)
    assert ("thread", "MailNotInScopeError") == (refused.act, refused.why)


def test_metadata_alone_still_has_a_shape(house: House) -> None:
    """A case on metadata shows who answered whom, and not a word."""
    case = house.gate.casebook.case(house.case)
    opened = house.gate.casebook.open(
        Application(
            Purpose.WRONGFUL_ACT,
            *("referral", "h.ead", "i.nspector", case.scope, NOW + timedelta(days=7)),
            extent=Extent.METADATA,
        )
    )

    found = house.gate.thread(opened.id, house.mails["a"])

    assert 5 == len(found.thread.replies)  # the reply without headers is tied by its subject alone
    assert {""} == {hit.subject.text + hit.excerpt.text for hit in found.answer.page.hits}
