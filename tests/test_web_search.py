"""Searching web visits: the same language, inside a case, behind the same gate."""

import re
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from running import House, made
from weblogs import LATELY, NOW, squid, taking, visit

from archive.blobs import Blobs
from archive.books import Book
from archive.case_words import Extent, Purpose, Scope
from archive.web_events import WebSearched, WebViewed
from cases.applications import Application
from cases.casebook import Casebook
from cases.gate import Gate
from cases.holds import Holds, Terms
from cases.roles import NoAuthorityError
from cases.veil import Protected
from cases.web_gate import VisitNotInScopeError, WebAnswer, WebGate
from cases.web_sight import Users
from ingest.weblogs.forms import Terms as LogTerms
from ingest.weblogs.lines import RawLine
from search.fields import Kind
from search.glossary import Glossary
from search.order import Order
from search.query import QuerySyntaxError
from search.sqlite import open_sqlite
from search.web import LineDigest, Visit, WebIndex, WebLine
from search.web_fields import WEB_FIELDS
from search.web_query import parse_web
from search.web_sqlite import open_web_sqlite

JANE, ANN, BOB = "j.doe@school.example", "a.head@school.example", "bob@school.example"
USERS = {JANE: "j.doe", ANN: "ann", BOB: "bob"}
WHO = Users(
    of=lambda address: tuple(filter(None, (USERS.get(address, ""), address))),
    at=lambda domain: [user for address, user in USERS.items() if address.endswith(domain)],
    like=lambda name: [
        user for address, user in USERS.items() if all(word in address for word in name.split())
    ],
)
VISITS = (
    visit(),
    visit(time=LATELY + timedelta(hours=1), site="bets.example", blocked=True, status=403,
          page="http://bets.example/poker/caf%C3%A9", category="gambling", size=0),
    visit(time=LATELY + timedelta(hours=2), site="video.example", computer="lab3-07",
          page="http://video.example/algebra-lesson?x=1", method="post"),
    visit(time=LATELY + timedelta(days=1), user="ann", site="union.example",
          page="http://www.union.example/join"),
    visit(time=LATELY - timedelta(days=40), user="bob", site="video.example",
          page="https://video.example/", size=200_000_000),
    visit(time=LATELY, user="", site="nobody.example", page="http://www.nobody.example/"),
)  # fmt: skip


def indexed(index: WebIndex, visits: tuple[Visit, ...]) -> WebIndex:
    """Put visits in, and a line that could not be read."""
    lines = [
        WebLine(number, LineDigest(number.to_bytes(16)), one)
        for number, one in enumerate((*visits, None), 1)
    ]
    index.put(1, lines)
    return index


@pytest.fixture(name="index")
def _index(tmp_path: Path) -> Iterator[WebIndex]:
    with closing(open_web_sqlite(tmp_path / "w.sqlite", mode="write")) as index:
        yield indexed(index, VISITS)


GLOSSARY = Glossary(NOW.date(), addresses={"person": lambda name: list(WHO.like(name))})


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("*", [0, 1, 2, 3, 4, 5]),
        ("flights", [0]),
        ('"cheap flights"', [0]),
        ('"flights cheap"', []),
        ("alge*", [2]),
        ('"cheap video"~5', [0]),
        ("flights cheap -lesson watch*", [0]),
        ("page:lesson", [2]),
        ("CAFE", [1]),
        ("site:video.example", [0, 2, 4]),
        ("site:www.video.example", [0]),
        ("site:deo.example", []),
        ("site:vid*", [2, 4]),
        ("site:(bets.example OR union.example)", [1, 3]),
        ("user:J.DOE", [0, 1, 2]),
        ("user:j*", [0, 1, 2]),
        ("user:*", [0, 1, 2, 3, 4]),
        ("-user:*", [5]),
        ("user:j.doe -is:blocked", [0, 2]),
        ("is:blocked", [1]),
        ("is:allowed video", [0, 2, 4]),
        ("computer:lab3-07", [2]),
        ("category:gambling", [1]),
        ("method:post", [2]),
        ("status:403", [1]),
        ("status:4*", [1]),
        ("status:x", []),
        ("size:>100M", [4]),
        ("date:>=2026-10-14", [3]),
        ("date:[* TO 2026-09-30]", [4]),
        ("id:W-1.2", [1]),
        ("id:w-1.7", []),
        ("id:7", []),
        ("fl?ghts", [0]),
        ("fli*s OR *ker", [0, 1]),
        ("fligths~", [0]),
        ("fligths~1 -cheap", []),
        ("alegbra~2", [2]),
        ("site:*.video.example", [0]),
        (r"site:/(bets|union)\.example/", [1, 3]),
        ("user:/j.+|ann/", [0, 1, 2, 3]),
        ("-user:/.*/ nobody", [5]),
        (r"computer:/lab\d-0[5-9]/", [2]),
        ("status:/4.3/", [1]),
        (r"id:/w-1\.[12]/", [0, 1]),
        ("person:a.head", [3]),
        ("NOT *", []),
    ],
)
def test_the_language_finds_what_it_says(index: WebIndex, query: str, expected: list[int]) -> None:
    """Fields of visits, words of the address, and all that joins them."""
    found = parse_web(query, GLOSSARY)

    hits = index.search(found, limit=100, order=Order.OLDEST).hits
    assert sorted(expected) == sorted(hit.place.position - 1 for hit in hits)
    assert len(expected) == index.count(found)
    assert {VISITS[number] for number in expected} == {hit.visit for hit in hits}


@pytest.mark.parametrize(
    "query", ["sit:a", "is:flagged", "from:j.doe", "user:", "a~2", "site:[a TO b]"]
)
def test_what_cannot_be_asked_is_refused(query: str) -> None:
    """By the same errors, which point at the character."""
    with pytest.raises(QuerySyntaxError):
        parse_web(query)


@pytest.mark.parametrize("order", list(Order))
def test_pages_follow_one_another_without_a_gap(index: WebIndex, order: Order) -> None:
    """Also among visits of one moment."""
    everything = parse_web("*")
    page = index.search(everything, limit=1, order=order)
    met = list(page.hits)
    while page.next:
        page = index.search(everything, limit=1, after=page.next, order=order)
        met += page.hits

    assert list(index.search(everything, limit=9, order=order).hits) == met
    assert len(VISITS) == len(met) == page.total


@pytest.mark.parametrize(
    ("field", "expected"),
    [
        ("site", {"video.example": 2, "www.video.example": 1, "nobody.example": 1,
                  "bets.example": 1, "union.example": 1}),
        ("user", {"j.doe": 3, "ann": 1, "bob": 1}),
        ("blocked", {"allowed": 5, "blocked": 1}),
        ("date", {"2026-10": 5, "2026-09": 1}),
        ("status", {"200": 5, "403": 1}),
        ("category", {"gambling": 1}),
    ],
)  # fmt: skip
def test_values_are_counted(index: WebIndex, field: str, expected: dict[str, int]) -> None:
    """The most frequent first; what is empty is no value."""
    found = index.facets(parse_web("*"), field, limit=10)

    assert expected == {facet.value: facet.count for facet in found}
    assert sorted((facet.count for facet in found), reverse=True) == [one.count for one in found]


def test_what_is_taken_out_leaves_no_trace(tmp_path: Path, index: WebIndex) -> None:
    """Not in a word, a name or a page of the file; what remains is found as before."""
    index.keep(1, [1, 4])
    index.scrub()

    content = b"".join(path.read_bytes() for path in tmp_path.glob("w.sqlite*"))
    assert [1, 4] == [place.position for place in index.places(parse_web("*"))]
    assert 0 == index.count(parse_web("algebra OR poker"))
    assert 1 == index.count(parse_web("flights"))
    for gone in (b"algebra", b"poker", b"bets.example", b"lab3-07", b"bob"):
        assert gone not in content


# --- the gate ---------------------------------------------------------------------------------


@pytest.fixture(name="gates")
def _gates(tmp_path: Path) -> Iterator[tuple[WebGate, Casebook]]:
    lines = [
        squid(1),
        squid(2, page="http://www.union.example/join"),
        squid(3, user="ann", page="http://bets.example/", result="TCP_DENIED/403"),
        squid(4, user="-"),
        squid(5, result="TCP_DENIED/403", page="http://bets.example/poker"),
    ]
    work, index = taking(tmp_path)
    raws = (RawLine(number, line.encode()) for number, line in enumerate(lines, 1))
    for _ in work.take(raws, LogTerms(), name="access.log", oldest=None, growing=False):
        pass
    casebook = Casebook(work.ledger, actor="i.nspector", clock=lambda: NOW)
    with closing(index), closing(open_sqlite(tmp_path / "mail.sqlite", mode="write")) as mails:
        gate = Gate(
            casebook=casebook,
            ledger=work.ledger,
            index=mails,
            blobs=Blobs(work.batches.store),
            actor="i.nspector",
            clock=lambda: NOW,
            protected=Protected(domains=("union.example",)),
        )
        yield WebGate(gate, index, work.batches, WHO, GLOSSARY), casebook


def case(
    casebook: Casebook,
    *people: str,
    extent: Extent = Extent.CONTENT,
    since: date = date(2026, 1, 1),
    domains: tuple[str, ...] = (),
) -> str:
    """Open a case on somebody's visits."""
    application = Application(
        purpose=Purpose.WRONGFUL_ACT,
        reason="HR referral 17",
        authoriser="h.ead",
        investigator="i.nspector",
        scope=Scope(people, since, date(2026, 12, 31), domains=domains),
        expires=datetime(2099, 1, 1, tzinfo=UTC),
        extent=extent,
        dpia="DPIA 3",
    )
    return casebook.open(application).id


def pages(answer: WebAnswer) -> list[str]:
    return [hit.visit.page for hit in answer.page.hits]


def test_a_case_opens_the_visits_of_its_people_on_its_days(
    gates: tuple[WebGate, Casebook],
) -> None:
    """By their user names; not those of others, and not nobody's."""
    gate, casebook = gates

    found = gate.search(case(casebook, JANE), "*", limit=9)
    none = gate.search(case(casebook, JANE, since=date(2026, 12, 1)), "*", limit=9)
    strangers = gate.search(case(casebook, "stranger@elsewhere.example"), "*", limit=9)

    assert (3, 0, 0) == (found.page.total, none.page.total, strangers.page.total)
    assert {"j.doe"} == {hit.visit.user for hit in found.page.hits}


def test_nothing_typed_widens_a_scope(gates: tuple[WebGate, Casebook]) -> None:
    """Whatever stands in the query, others' visits stay closed."""
    gate, casebook = gates
    mine = case(casebook, JANE)

    for typed in ("user:ann", "* OR user:ann", "NOT user:j.doe", "id:W-1.3", "-user:j.doe OR *"):
        answer = gate.search(mine, typed, limit=9)
        assert {"j.doe"} >= {hit.visit.user for hit in answer.page.hits}


def test_every_look_is_recorded_and_so_is_a_refusal(gates: tuple[WebGate, Casebook]) -> None:
    """What was typed, what ran, what was shown; before anything is given."""
    gate, casebook = gates
    mine = case(casebook, JANE)

    gate.search(mine, "flights", limit=9, facets=("site",))
    opened = gate.show(mine, "w-1.1")
    with pytest.raises(VisitNotInScopeError):
        gate.show(mine, "W-1.3")
    with pytest.raises(NoAuthorityError):
        gate.search("C-9999", "*", limit=9)

    searched, viewed, *refused = gate.gate.ledger.events(Book.ACCESS)
    assert isinstance(searched, WebSearched)
    assert ("flights", ("W-1.1",), ("site",)) == (searched.query, searched.shown, searched.facets)
    assert "user:j.doe" in searched.ran
    assert isinstance(viewed, WebViewed)
    assert ("W-1.1", opened.blob, "line") == (viewed.visit, viewed.blob, viewed.view)
    assert squid(1).encode() == opened.line
    assert ["refused", "refused"] == [event.kind for event in refused]


def test_metadata_alone_tells_the_site_and_no_page(gates: tuple[WebGate, Casebook]) -> None:
    """The page is not shown, and cannot be guessed by asking for its words."""
    gate, casebook = gates
    mine = case(casebook, JANE, extent=Extent.METADATA)

    found = gate.search(mine, "site:bets.example", limit=9)
    guessed = gate.search(mine, "poker", limit=9)
    near = gate.search(mine, '"bets poker"~9', limit=9)
    negated = gate.search(mine, "-poker", limit=9)
    opened = gate.show(mine, "W-1.5")

    assert ([""], 1) == (pages(found), found.withheld)
    assert (0, 0, 3) == (guessed.page.total, near.page.total, negated.page.total)
    assert (b"", "", "bets.example") == (
        opened.line, opened.hit.visit.page, opened.hit.visit.site)  # fmt: skip


def test_protected_sites_are_told_without_their_pages(gates: tuple[WebGate, Casebook]) -> None:
    """That somebody reads what their union writes is theirs; the rest of the case is open."""
    gate, casebook = gates
    mine = case(casebook, JANE)

    found = gate.search(mine, "*", limit=9)

    assert {"", "http://bets.example/poker", visit().page} == set(pages(found))
    assert (1, {2}) == (found.withheld, {place.position for place in found.closed})
    assert 0 == gate.search(mine, "join", limit=9).page.total


def test_the_standing_programme_sees_blocked_attempts_alone(
    gates: tuple[WebGate, Casebook],
) -> None:
    """There the filter is the detector (clause 5.5: reviewed regularly)."""
    gate, casebook = gates
    standing = case(casebook, extent=Extent.FLAGGED, domains=("school.example",))

    found = gate.search(standing, "*", limit=9)

    assert [5, 3] == [hit.place.position for hit in found.page.hits]


def test_held_visits_can_be_asked_for(gates: tuple[WebGate, Casebook]) -> None:
    """A hold of somebody's mail holds their visits; by name in its query too."""
    gate, casebook = gates
    mine, theirs = case(casebook, JANE), case(casebook, ANN)
    holds = Holds(gate.gate.ledger, "i.nspector", lambda: NOW)
    before = gate.count(mine, "is:held").page.total
    holds.place(theirs, Terms("HR referral 17", query="from:a.head"))
    others = gate.count(mine, "is:held").page.total
    holds.place(mine, Terms("HR referral 17", query="grievance"))

    assert (0, 0, 3) == (before, others, gate.count(mine, "is:held").page.total)
    assert 1 == gate.count(theirs, "is:held").page.total


# --- as users run it --------------------------------------------------------------------------


@pytest.fixture(name="house", scope="module")
def _house(tmp_path_factory: pytest.TempPathFactory) -> House:
    folder = tmp_path_factory.mktemp("web")
    with made(folder / "house") as house:
        at = datetime.now(UTC).replace(hour=12, minute=0) - timedelta(days=3)
        lines = (
            squid(1, time=at, user="SCHOOL%5cJDoe2"),
            squid(2, time=at, user="jdoe2", result="TCP_DENIED/403", page="http://bets.example/"),
            squid(3, time=at, user="somebody"),
        )
        people = f"address,name,role,user name\n{JANE},Jane Doe,staff,JDoe2\n".encode()
        (folder / "people.csv").write_bytes(people)
        house.must("people", "import", folder / "people.csv")
        house.must("weblog", "import", "-", given="".join(f"{line}\n" for line in lines).encode())
        house.open_case(JANE)
        return house


def test_visits_are_searched_as_mail_is(house: House) -> None:
    """The same command, options and echo of what ran; the directory says who is called what."""
    done = house.run("search", "person:Jane*", "--case", "C-0001", "--web")
    found = house.run("search", 'person:"Jane Doe" is:blocked', "--case", "C-0001", "--web")
    none = house.run("search", "nothing", "--case", "C-0001", "--web")

    assert 2 == done.returncode
    assert b"[blocked]\n    http://bets.example/\n" in found.stdout
    assert b"1 visits found, 1 shown, in case C-0001: visits of j.doe@school" in found.stderr
    assert (0, 4) == (found.returncode, none.returncode)


def test_visits_are_printed_as_json_counted_and_paged(house: House) -> None:
    """One object a line; a page ends with where the next begins."""
    first = house.run("search", "*", "--case", "C-0001", "--web", "--json", "--limit", "1")
    rest = house.run("search", "*", "--case", "C-0001", "--web", "--json", "--after", "W-1.2")
    count = house.json("search", "*", "--case", "C-0001", "--web", "--count")
    facet = house.run("search", "*", "--case", "C-0001", "--web", "--count", "--facet", "blocked")
    wrong = house.run("search", "*", "--case", "C-0001", "--web", "--facet", "from")

    assert ("W-1.2", True) == (
        house.read(first.stdout)["visit"],
        house.read(first.stdout)["blocked"],
    )
    assert b"--after W-1.2" in first.stderr
    assert ("W-1.1", "jdoe2") == (house.read(rest.stdout)["visit"], house.read(rest.stdout)["user"])
    assert 2 == count["count"]
    assert b"1  allowed" in facet.stdout
    assert (2, True) == (wrong.returncode, b"Choose of blocked" in wrong.stderr)


def test_a_visit_is_shown_with_its_line(house: House) -> None:
    """Exactly as it came, and where it stood."""
    shown = house.must("weblog", "show", "W-1.1", "--case", "C-0001")
    line = house.json("weblog", "show", "W-1.2", "--case", "C-0001")
    refused = house.run("weblog", "show", "W-1.3", "--case", "C-0001")

    assert b"SCHOOL%5cJDoe2" in shown
    assert b"standard input line 1" in shown
    assert ("http://bets.example/", 2) == (line["page"], line["number"])
    assert 10 == refused.returncode


def test_the_fields_of_visits_are_explained(house: House) -> None:
    """Each with an example that can be asked."""
    said = house.must("help", "web").decode()

    for field in WEB_FIELDS:
        assert f"  {field.name}:" in said
        if field.kind is not Kind.DIRECTORY:
            assert parse_web(field.example)


def test_the_audit_log_tells_of_web_logs_without_a_page(house: House) -> None:
    """What was taken in, asked and looked at; no site, user or word."""
    house.must("search", "bets", "--case", "C-0001", "--web")
    house.must("weblog", "show", "W-1.2", "--case", "C-0001")

    said = house.must("audit", "log", "--book", "web", "--book", "access").decode()

    assert "visits=3 bad=0" in said
    assert re.search(r"web-searched +C-0001 .*total=1 shown=1", said)
    assert re.search(r"web-viewed +C-0001 .*view=line visit=W-1.2", said)
    assert not re.search("bets|jdoe2|video", said)
