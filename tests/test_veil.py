"""What a case withholds: who, when and how much is told, and no query finds out a word more."""

from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from archive.access_events import Viewed
from archive.blobs import Blobs
from archive.books import Book
from archive.case_events import CaseOpened
from archive.case_words import Case, Extent, Purpose, Scope
from archive.ledger import Ledger
from archive.store import FolderStore
from cases.approvals import ApprovalRefusedError
from cases.casebook import Casebook
from cases.desk import Desk
from cases.gate import Gate
from cases.gate_errors import MailNotInScopeError, ReasonMissingError, WithheldError
from cases.roles import Account, AccountRole, Accounts, RoleMissingError
from cases.veil import Protected, excerpts, of_metadata
from ingest.parse import parse
from search.fields import FIELDS, Field
from search.glossary import Glossary
from search.query import QuerySyntaxError
from search.query import parse as parse_query
from search.sqlite import open_sqlite
from search.tree import each_leaf
from section9 import (
    CaseId,
    Category,
    Confidence,
    Finding,
    MailId,
    PartId,
    Record,
    RuleId,
    Sighting,
    SightingId,
    Source,
)

NOW = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)
KNOWN = Glossary(
    today=date(2026, 11, 23),
    addresses=dict.fromkeys(("person", "school"), lambda _: ("j.doe@school.example",)),
)
PERSON = "j.doe@school.example"
READER = "i.nspector@school.example"
UNION = Protected(addresses=("rep@school.example",), domains=("union.example",))
ACCOUNTS = Accounts(
    (
        Account("i.nspector", frozenset({AccountRole.INVESTIGATOR}), frozenset({READER})),
        Account("h.ead", frozenset({AccountRole.AUTHORISER}), frozenset({"head@school.example"})),
        Account("t.ech", frozenset({AccountRole.TECHNICIAN})),
    )
)
MAIL = """\
Message-ID: <{number}@school.example>
Date: Tue, {number} Sep 2026 09:00:00 +0000
From: Jo Doe <{sender}>
To: {to}
Subject: {subject}

{body}
"""
PLAIN, SECRET, OTHER, OWN = (MailId(f"{number:064x}") for number in (1, 2, 3, 4))


@dataclass(frozen=True)
class House:
    """An archive with an ordinary, a protected, an unconcerned and the reader's own message."""

    gate: Gate
    desk: Desk
    raw: dict[MailId, bytes]

    def found(self, case: str, query: str) -> tuple[list[MailId], int]:
        """What a query finds in a case: the page and the count."""
        page = self.gate.search(case, query, limit=10).page
        return [hit.mail for hit in page.hits], self.gate.count(case, query).page.total


def record(mail: MailId, content: bytes, blobs: Blobs, *, flagged: bool) -> Record:
    parsed = parse(content)
    copy = Sighting(SightingId(mail), blobs.put(content), Source.FILE, NOW, folder="gripes.eml")
    end = len(parsed.parts[0].text)
    where = range(end - 20, end - 10) if flagged else range(0)
    findings = [
        Finding(
            *(RuleId("nhs-number"), 1, Category.PERSONAL_DATA, "4.5", PartId("1")),
            *(where[0], where[-1] + 1, Confidence.HIGH, 5, "ten digits"),
        )
        for where in [where]
        if where
    ]
    return Record(mail, parsed.date, parsed, (copy,), tuple(findings))


def house(root: Path, *, words: str, flagged: bool) -> Iterator[House]:
    """A house whose protected message has these words for its subject and text."""
    store = FolderStore(root / "archive")
    blobs, ledger = Blobs(store), Ledger(store)
    long = "The coach leaves at nine. " * 40 + "the number 999 123 4567 in it."
    raw = {
        PLAIN: MAIL.format(number=1, sender=PERSON, to="a@x.example", subject="trip", body=long),
        SECRET: MAIL.format(
            number=2, sender=PERSON, to="rep@union.example", subject=words, body=words * 9
        ),
        OTHER: MAIL.format(number=3, sender="k@x.example", to="a@x.example", subject="t", body="t"),
        OWN: MAIL.format(number=4, sender=PERSON, to=READER, subject="trip", body="own"),
    }
    content = {mail: text.encode() for mail, text in raw.items()}
    casebook = Casebook(ledger, "i.nspector", lambda: NOW, ACCOUNTS)
    ledger.append(Book.CASES, [opened(number, extent) for number, extent in enumerate(Extent, 1)])
    with closing(open_sqlite(root / "index.sqlite", mode="write")) as index:
        index.put(
            [
                record(mail, each, blobs, flagged=mail == PLAIN or (flagged and mail == SECRET))
                for mail, each in content.items()
            ],
            segment=None,
        )
        gate = Gate(casebook, ledger, index, blobs, "i.nspector", lambda: NOW, UNION)
        yield House(gate, Desk(ledger, "i.nspector", lambda: NOW, ACCOUNTS), content)


def opened(number: int, extent: Extent) -> CaseOpened:
    scope = Scope((PERSON,), date(2026, 9, 1), date(2026, 10, 31))
    case = Case(
        CaseId(f"C-{number:04d}"),
        *(Purpose.WRONGFUL_ACT, "HR 17", "h.ead", "i.nspector", scope, NOW, NOW + timedelta(30)),
        extent=extent,
        opened_by="h.ead",
    )
    return CaseOpened(NOW, "h.ead", case)


CONTENT, METADATA, FLAGGED = (f"C-{number:04d}" for number in (1, 2, 3))


@pytest.fixture(scope="module")
def one(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    yield from house(tmp_path_factory.mktemp("one"), words="grievance 7", flagged=True)


@pytest.fixture(scope="module")
def two(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    yield from house(tmp_path_factory.mktemp("two"), words="pay trip coach", flagged=False)


@pytest.fixture
def fresh(tmp_path: Path) -> Iterator[House]:
    yield from house(tmp_path, words="grievance 7", flagged=True)


WORDS = st.sampled_from(
    ["grievance", "pay", "trip", "coach", "seven", "7", "rep", "union", "doe", "griev*", "tri*"]
)
TERMS = st.one_of(
    WORDS,
    st.just("*"),
    st.sampled_from([field.example for field in FIELDS if ":" in field.example]),
    st.builds("{}:{}".format, st.sampled_from([field.name for field in FIELDS]), WORDS),
    st.sampled_from(
        ["is:flagged", "is:f*", "severity:>=1", "finding:*", "date:>=2026-09", "date:2026-09-02"]
    ),
    st.builds('"{} {}"'.format, WORDS, WORDS),
)
QUERIES = st.recursive(
    TERMS,
    lambda inner: st.one_of(
        st.builds("({} OR {})".format, inner, inner),
        st.builds("({} AND {})".format, inner, inner),
        st.builds("({} {})".format, inner, inner),
        st.builds("(NOT {})".format, inner),
    ),
    max_leaves=6,
)


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(QUERIES)
def test_no_query_tells_what_is_withheld(one: House, two: House, query: str) -> None:
    """Two archives that differ only in withheld words answer every query alike: none can guess."""
    for case in (CONTENT, METADATA):
        try:
            expected = one.found(case, query)
        except QuerySyntaxError:
            return

        actual = two.found(case, query)

        assert expected == actual


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(QUERIES)
def test_no_query_reaches_beyond_the_scope(one: House, query: str) -> None:
    """Generated queries through the real parser and engine: never an outsider's, nor one's own."""
    for case, inside in (
        (CONTENT, {PLAIN, SECRET}),
        (METADATA, {PLAIN, SECRET}),
        (FLAGGED, {PLAIN, SECRET}),
    ):
        try:
            mails, total = one.found(case, query)
        except QuerySyntaxError:
            return

        assert set(mails) <= inside
        assert len(mails) == total


def test_a_protected_message_shows_who_and_when_alone(one: House) -> None:
    """No subject, no excerpt, no finding; its size, and how many are withheld, are said."""
    answer = one.gate.search(CONTENT, "*", limit=10)
    [hit] = [hit for hit in answer.page.hits if hit.mail == SECRET]

    assert ("", "", ()) == (hit.subject.text, hit.excerpt.text, hit.findings)
    assert ("Jo Doe", ("rep@union.example",)) == (hit.from_, hit.to)
    assert (1, [SECRET]) == (answer.withheld, list(answer.sizes))
    assert answer.sizes[SECRET] > 0


def test_a_protected_message_opens_no_word(one: House) -> None:
    """`show` gives addresses, times and sizes; the header block and the bytes are refused."""
    shown = one.gate.show(CONTENT, SECRET, view="text")
    last = list(one.gate.ledger.events(Book.ACCESS))[-1]

    assert (b"", "metadata") == (shown.content, shown.view)
    assert "grievance" not in repr(shown).lower()
    assert "gripes" not in repr(shown)
    assert isinstance(last, Viewed)
    assert "metadata" == last.view
    for view in ("headers", "raw"):
        with pytest.raises(WithheldError, match="section9 request open"):
            one.gate.show(CONTENT, SECRET, view=view)


def test_a_second_person_opens_one_protected_message_in_one_case(fresh: House) -> None:
    """Asked by the investigator, agreed by somebody with the role: then it opens, here alone."""
    asked = fresh.gate.ask_to_open(CONTENT, SECRET, fresh.desk, reason="she asks for it")
    for actor, error in (("i.nspector", ApprovalRefusedError), ("t.ech", RoleMissingError)):
        with pytest.raises(error):
            replace(fresh.desk, actor=actor).approve(asked.id)
    before = fresh.gate.show(CONTENT, SECRET, view="text").view

    replace(fresh.desk, actor="h.ead").approve(asked.id)

    assert "metadata" == before
    assert fresh.raw[SECRET] == fresh.gate.show(CONTENT, SECRET, view="raw").content
    assert [SECRET] == fresh.found(CONTENT, "subject:grievance")[0]
    assert "excerpts" != fresh.gate.show(FLAGGED, SECRET, view="text").view
    with pytest.raises(WithheldError):
        fresh.gate.show(METADATA, SECRET, view="raw")
    with pytest.raises(ApprovalRefusedError, match="not withheld"):
        fresh.gate.ask_to_open(CONTENT, PLAIN, fresh.desk, reason="no need")


def test_a_case_on_metadata_opens_no_word_of_anything(one: House) -> None:
    """Who, when, how much: for an ordinary message too, and no approval changes that."""
    answer = one.gate.search(METADATA, "from:jo", limit=10)

    assert {PLAIN, SECRET} == set(answer.sizes) == {hit.mail for hit in answer.page.hits}
    assert {""} == {hit.subject.text + hit.excerpt.text for hit in answer.page.hits}
    assert b"" == one.gate.show(METADATA, PLAIN, view="text").content
    assert [] == one.found(METADATA, "subject:trip")[0]
    with pytest.raises(WithheldError):
        one.gate.show(METADATA, PLAIN, view="headers")
    with pytest.raises(WithheldError):
        one.gate.ask_to_open(METADATA, SECRET, one.desk, reason="please")


def test_the_programme_sees_what_is_flagged_and_excerpts_first(one: House, two: House) -> None:
    """Nothing unflagged is found; the text is cut to the findings until a reason is given."""
    first = one.gate.show(FLAGGED, PLAIN, view="text")
    text = first.record.parsed.parts[0].text
    [finding] = first.record.findings
    with pytest.raises(ReasonMissingError):
        one.gate.show(FLAGGED, PLAIN, view="raw")
    full = one.gate.show(FLAGGED, PLAIN, view="raw", reason="it went to a parent")
    last = list(one.gate.ledger.events(Book.ACCESS))[-1]

    assert ([PLAIN], 1) == two.found(FLAGGED, "*")
    assert (b"", "excerpts") == (first.content, first.view)
    assert len(text) < 300 < len(one.raw[PLAIN])
    assert "123" in text[finding.start : finding.end]
    assert one.raw[PLAIN] == full.content
    assert isinstance(last, Viewed)
    assert ("raw", "it went to a parent") == (last.view, last.reason)


def test_nobody_reads_their_own_mail_in_a_case(one: House) -> None:
    """What the investigator wrote or got is somebody else's to read; its number is said."""
    answer = one.gate.search(CONTENT, "own OR *", limit=10)

    assert OWN not in {hit.mail for hit in answer.page.hits}
    assert 1 == answer.own
    with pytest.raises(MailNotInScopeError):
        one.gate.show(CONTENT, OWN, view="text")


def test_a_facet_tells_no_word_of_what_is_withheld(one: House) -> None:
    """Who and when is counted of all that is found; what a detector saw only of what is open."""
    answer = one.gate.count(CONTENT, "*", facets=("from", "date", "finding"))

    counted = {field: sum(value.count for value in found) for field, found in answer.facets.items()}
    assert answer.page.total == counted["from"] == counted["date"]
    assert 0 < answer.withheld
    assert answer.page.total - answer.withheld >= counted["finding"]


@pytest.mark.parametrize("field", [field for field in FIELDS if field.name != "text"])
def test_a_new_field_is_content_until_somebody_says_otherwise(field: Field) -> None:
    """What may be asked of withheld mail is a list of its own; the rest finds nothing."""
    told = {
        *("from", "to", "cc", "bcc", "rcpt", "reply-to", "sender", "mailbox", "participant"),
        *("domain", "date", "deleted", "direction", "id", "message-id", "role", "list", "obo"),
        *("references", "thread", "size", "person", "school"),
        *("has", "source", "tag", "assigned", "todo", "seen"),
    }
    query = parse_query(field.example, KNOWN)

    assert (field.name in told | {"is"}) == (query == each_leaf(query, of_metadata))


def test_an_excerpt_is_what_stands_around_a_finding() -> None:
    """Windows that meet are one; the findings are found where they are then."""
    text = "".join(f"{number:04d} " for number in range(400))
    parsed = parse(MAIL.format(number=1, sender=PERSON, to="a", subject="s", body=text).encode())
    whole = parsed.parts[0].text
    findings = tuple(
        Finding(
            *(RuleId("upn"), 1, Category.PERSONAL_DATA, "4.5", PartId("1")),
            *(start, start + 4, Confidence.LOW, 1, "why"),
        )
        for start in (0, 100, 1500)
    )

    cut = excerpts(Record(PLAIN, None, parsed, (), findings))

    excerpt = cut.parsed.parts[0].text
    assert ["0000", "0020", "0300"] == [excerpt[f.start : f.end] for f in cut.findings]
    assert 2 == excerpt.count(" …")
    assert len(excerpt) < 500 < len(whole)
