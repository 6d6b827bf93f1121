"""A timeline: mail, findings, deletions and web visits of a person, in the order of time."""

import base64
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from browser import needs_chromium, opened, title
from running import House, made
from weblogs import squid, visit

from archive.access_events import Searched
from archive.books import Book
from archive.web_events import WebSearched
from cases.deletions import Deletion
from cases.timeline import Happening, Moment, folded, moments
from search.index import Excerpt, Hit
from search.web import Place, WebHit
from section9 import Change, MailId, RuleId, Turn

NOON = datetime(2026, 11, 2, 12, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
JANE = "j.doe@school.example"
MAIL = """\
Message-ID: <{number}@school.example>
Date: {date}
From: Jane Doe <j.doe@school.example>
To: a.head@school.example
Subject: {subject}

Her NHS number is 943 476 5919, and the trip leaves at nine.
"""


def hit(number: int, at: datetime | None, *rules: str, subject: str = "trip") -> Hit:
    excerpt = Excerpt("body", "")
    found = tuple(map(RuleId, rules))
    return Hit(
        MailId(f"{number:064}"),
        at,
        "Jane Doe",
        ("a.head@school.example",),
        3,
        Excerpt("subject", subject),
        excerpt,
        found,
        copies=1,
        attachments=0,
        deleted=False,
        opaque=False,
    )


def web(position: int, at: datetime, **said: object) -> WebHit:
    return WebHit(Place(1, position), visit(time=at, **said))


def test_everything_stands_in_the_order_of_time() -> None:
    """Mail, then what was found in it; deletions when they were found; visits when they were."""
    turn = Turn(Change.PURGED, "", NOON, NOON + 9 * MINUTE, "j.doe")
    deletion = Deletion(MailId("a" * 64), NOON, "trip", JANE, "Inbox", turn, restored=False)
    hits = [hit(1, NOON + 3 * MINUTE, "nhs-number"), hit(2, None)]
    visits = [web(1, NOON + 20 * MINUTE), web(2, NOON, blocked=True)]

    found = moments(hits, (), [deletion], visits, ())

    assert [
        (Happening.BLOCKED, "j.doe at 192.0.2.7"),
        (Happening.MAIL, "Jane Doe → a.head@school.example and 2 more"),
        (Happening.FINDING, "Jane Doe → a.head@school.example and 2 more"),
        (Happening.DELETION, JANE),
        (Happening.WEB, "j.doe at 192.0.2.7"),
    ] == [(one.kind, one.who) for one in found]
    assert ["trip", "nhs-number", "purged by j.doe: trip"] == [one.what for one in found[1:4]]


def test_what_is_withheld_is_told_without_its_words() -> None:
    """The site of a visit, and that there was a message."""
    blank = hit(1, NOON, subject="")
    closed = web(1, NOON, page="")

    mail, seen = moments([blank], [blank.mail], [], [closed], [closed.place])

    assert ("", True) == (mail.what, mail.withheld)
    assert ("www.video.example", True) == (seen.what, seen.withheld)


def test_visits_of_a_site_are_told_as_one_while_they_follow_one_another() -> None:
    """Not across a pause, another site, another computer, or one that was blocked."""
    pages = ("http://a.example/1", "http://a.example/2")
    visits = [
        web(1, NOON, page=pages[0]),
        web(2, NOON + 9 * MINUTE, page=pages[1]),
        web(3, NOON + 18 * MINUTE, page=pages[1]),
        web(4, NOON + 29 * MINUTE, page=pages[1]),
        web(5, NOON + 30 * MINUTE, page=pages[1], blocked=True),
        web(6, NOON + 31 * MINUTE, page=pages[1], computer="other"),
    ]

    told = folded(moments([], (), [], visits, ()))

    assert [(3, "a.example"), (1, pages[1]), (1, pages[1]), (1, pages[1])] == [
        (one.times, one.what) for one in told
    ]
    assert NOON + 18 * MINUTE == told[0].until
    assert [] == folded([])


def test_one_page_many_times_keeps_its_address() -> None:
    """Only where the pages differ is no more told than the site."""
    visits = [web(number, NOON + number * MINUTE) for number in range(1, 4)]

    [one] = folded(moments([], (), [], visits, ()))

    assert (3, visit().page) == (one.times, one.what)
    assert isinstance(one, Moment)


@pytest.fixture(name="house", scope="module")
def _house(tmp_path_factory: pytest.TempPathFactory) -> House:
    """Some weeks of somebody: mail by day, the web at night, hostile words among both."""
    folder = tmp_path_factory.mktemp("timeline")
    with made(folder / "house") as house:
        start = datetime.now(UTC).replace(hour=9, minute=0, second=0) - timedelta(days=20)
        (folder / "mails").mkdir()
        for number in range(12):
            at = start + timedelta(days=number, minutes=37 * number)
            subject = "<script>alert(1)</script>" if number == 3 else f"trip {number}"
            text = MAIL.format(number=number, date=f"{at:%a, %d %b %Y %H:%M:%S} +0000",
                               subject=subject)  # fmt: skip
            (folder / "mails" / f"{number}.eml").write_text(text)
        lines = [
            squid(
                *(number * 60,),
                time=start + timedelta(days=day, hours=13 if day % 2 else 3),
                user="jdoe2",
                page=f"http://site{day}.example/<b>page</b>/{number}",
                result="TCP_DENIED/403" if day % 5 == 0 else "TCP_MISS/200",
            )
            for day in range(18)
            for number in range(3)
        ]
        people = f"address,name,role,user name\n{JANE},Jane Doe,staff,jdoe2\n".encode()
        (folder / "people.csv").write_bytes(people)
        house.must("people", "import", folder / "people.csv")
        house.must("weblog", "import", "-", given="".join(f"{one}\n" for one in lines).encode())
        house.must("ingest", folder / "mails")
        house.open_case(JANE)
        return house


def test_it_is_told_day_by_day(house: House) -> None:
    """By the trust's clocks, and what ran is said and recorded."""
    done = house.run("timeline", "--case", "C-0001", "--person", "Jane Doe")

    told, said = done.stdout.decode(), done.stderr.decode()
    assert 0 == done.returncode, said
    assert 12 == told.count("  mail ")
    assert 12 == told.count("  finding ")
    assert 4 == told.count("  blocked ")
    assert "3 visits to site1.example, until " in told
    assert "12 messages and 54 web visits of this person in case C-0001" in said
    kinds = [type(one) for one in house.events(Book.ACCESS)]
    assert {Searched, WebSearched} <= set(kinds)


def test_days_and_json(house: House) -> None:
    """Every visit by itself there; the days are those of the trust's clocks."""
    day = (datetime.now(UTC) - timedelta(days=17)).date()
    days = ("--since", str(day), "--until", str(day))

    lines = house.must("timeline", "--case", "C-0001", "--person", JANE, *days, "--json")
    nobody = house.run("timeline", "--case", "C-0001", "--person", "n.obody@school.example")

    found = [house.read(line) for line in lines.splitlines()]
    assert {"mail": 1, "finding": 1, "web": 3} == {
        kind: sum(one["kind"] == kind for one in found) for kind in {one["kind"] for one in found}
    }
    assert sorted(one["at"] for one in found) == [one["at"] for one in found]
    assert 4 == nobody.returncode


@pytest.mark.parametrize(
    ("options", "code", "says"),
    [
        (("--person", "jane d"), 4, 'so named: did you mean "Jane Doe"?'),
        (("--person", " "), 2, "name somebody"),
        (("--person", JANE, "--since", "2026-09-02", "--until", "2026-09-01"), 2, "swap the two"),
        (("--person", JANE, "--html", "no-such-folder/page.html"), 2, "there is no folder"),
    ],
)
def test_what_cannot_be_told_is_said(
    house: House, options: tuple[str, ...], code: int, says: str
) -> None:
    """Before anybody's mail is looked at, where it can be known by then."""
    done = house.run("timeline", "--case", "C-0001", *options)

    assert (code, True) == (done.returncode, says in done.stderr.decode())


def test_a_page_may_be_written_beside_the_json(house: House, tmp_path: Path) -> None:
    """One look, and both of what was asked for."""
    page = tmp_path / "page.html"
    asked = ("timeline", "--case", "C-0001", "--person", JANE, "--json", "--html", page)
    lines = house.must(*asked).splitlines()

    assert 66 < len(lines)
    assert {"section9.moment/1"} == {house.read(line)["schema"] for line in lines}
    assert page.exists()


def test_it_opens_no_more_than_the_case(house: House) -> None:
    """Another's case shows nothing of this person's visits."""
    house.open_case("a.head@school.example")
    told = house.must("timeline", "--case", "C-0002", "--person", "Jane Doe").decode()
    refused = house.run("timeline", "--case", "C-0099", "--person", "Jane Doe")

    assert (12, 0) == (told.count("  mail "), told.count("site1.example"))
    assert 10 == refused.returncode


@needs_chromium
def test_the_page_runs_nothing_and_shows_its_plot(house: House, tmp_path: Path) -> None:
    """Hostile words stay text; the plot is in the page, has words for who cannot see it."""
    page = tmp_path / "timeline.html"
    house.must("timeline", "--case", "C-0001", "--person", "Jane Doe", "--html", page)
    again = house.run("timeline", "--case", "C-0001", "--person", "Jane Doe", "--html", page)

    dom = opened(page, tmp_path / "profile")

    assert "Timeline of Jane Doe" == title(dom)
    assert "&lt;script&gt;alert(1)" in dom
    assert "http://site5.example" not in re.sub(r"<t[dh].*?</t[dh]>", "", dom)
    assert not re.search(r"<(script|iframe|object|form|link|b>)", dom)
    assert "default-src 'none'" in dom
    assert re.search(r'alt="A mark for each of [\d,]+ moments by day and hour', dom)
    [plot] = re.findall(r"data:image/svg\+xml;base64,([^\"]+)", dom)
    assert b"blocked" in base64.b64decode(plot)
    assert 2 == again.returncode
