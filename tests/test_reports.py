"""The yearly reports: counts that add up, held against last year, and nobody's name."""

import os
import re
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from browser import needs_chromium, opened, refused, title
from evidence_house import plain
from hypothesis import given
from hypothesis import strategies as st
from kreuzberg import extract_file_sync
from running import House, made

from archive.books import Book
from archive.case_events import NoticeGiven, RulesInForce, RuleSwitched
from archive.report_events import BoardReported, Period, Tally, Volumes
from cases.oversight import affairs
from cases.sampling import Estimate
from cases.volumes import recorded
from cases.yearly import YearError, before, months, name, period, year
from evidence.board.mail import missed
from evidence.board.wording import few
from section9 import CaseId, RuleId, RuleState

YEAR = Period(date(2026, 1, 1), date(2026, 12, 31))
C1 = CaseId("C-0001")
PEOPLE = """\
address,name,role,school
j.doe@school.example,Jocasta Quillfeather,staff,Tarn Lane Primary
a.head@school.example,Barnaby Ostrowick,staff,Tarn Lane Primary
"""
LEAK = plain(9, to="parent@home.example").replace(
    b"The coach", b"Her NHS number is 999 432 4454. The coach"
)
OLD = plain(3).replace(b"2026", b"2025")


@pytest.fixture(scope="module")
def ready(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """A trust with one school, five messages of two years, a case and a notice."""
    folder = tmp_path_factory.mktemp("board")
    mail = folder / "mail"
    mail.mkdir()
    mails = {"leak": LEAK, "old": OLD, **{str(n): plain(n) for n in range(3)}}
    for stem, content in mails.items():
        (mail / f"{stem}.eml").write_bytes(content)
    (folder / "people.csv").write_text(PEOPLE)
    (folder / "notice.txt").write_text("Your mail may be monitored.")
    with made(folder / "home") as house:
        settings = house.home / "section9.toml"
        text = settings.read_text().replace('name = ""', 'name = "Tarn Learning Trust"', 1)
        settings.write_text(text.replace("domains = []", 'domains = ["school.example"]', 1))
        house.must("people", "import", folder / "people.csv")
        house.must("ingest", mail)
        house.open_case("j.doe@school.example")
        house.must("search", "trip", "--case", "C-0001")
        yield house


def test_the_board_is_told_what_there_was(ready: House) -> None:
    """Volumes by month, way, clause and school, and the acts of the year, add up."""
    told = ready.json("report", "board", "--year", "2026")

    volumes, last = told["this"]["volumes"], told["last"]["volumes"]
    assert (4, 1, False) == (volumes["total"], last["total"], told["recorded"])
    assert volumes["total"] == sum(one["count"] for one in volumes["months"])
    assert volumes["total"] == sum(one["total"] for one in volumes["ways"])
    assert ["nhs-number"] == [one["value"] for one in volumes["rules"]]
    assert 1 == volumes["flagged"]
    [school] = volumes["schools"]
    assert ("Tarn Lane Primary", 4) == (school["value"], school["total"])
    assert [("4.5", 1)] == [(one["value"], one["count"]) for one in school["tallies"]]


def test_what_was_counted_is_on_the_ledger(ready: House) -> None:
    """The next year's report can be held against it, whatever retention has purged by then."""
    ready.must("report", "board", "--year", "2025")

    *_, made_ = ready.events(Book.CASES)

    assert isinstance(made_, BoardReported)
    assert 1 == made_.volumes.total
    told = ready.json("report", "board", "--year", "2026")
    assert (1, True) == (told["last"]["volumes"]["total"], told["recorded"])


@pytest.mark.parametrize(
    ("command", "stem"),
    [
        (("board", "--year", "2026"), "board-2026"),
        (("monitoring", "--year", "2026"), "monitoring-2026"),
        (("dpia",), "dpia-*"),
    ],
)
def test_a_report_names_nobody_and_fetches_nothing(
    ready: House, tmp_path: Path, command: tuple[str, ...], stem: str
) -> None:
    """No name, address, account or word of mail is in it, on screen or on paper."""
    ready.must("report", *command, tmp_path)

    [page], [paper] = tmp_path.glob(f"{stem}.html"), tmp_path.glob(f"{stem}.pdf")
    html, printed = page.read_text(), extract_file_sync(str(paper)).content
    known = (
        "Quillfeather",
        "Ostrowick",
        "@school",
        "@home",
        "h.ead",
        "trip",
        "coach",
        "HR referral",
        "999 432",
    )
    for text in (re.sub(r'src="data:[^"]*"', "", html), printed):
        assert [] == [word for word in known if word in text]
    assert "Tarn Learning Trust" in html
    assert not re.search(r'(src|href)="(?!data:image/svg|#)', html)


def test_a_report_can_be_read_without_eyes(ready: House, tmp_path: Path) -> None:
    """Pictures have words, tables have captions and headings, sections have titles in order."""
    ready.must("report", "board", "--year", "2026", tmp_path)

    html = (tmp_path / "board-2026.html").read_text()

    assert '<html lang="en-GB">' in html
    assert len(re.findall(r"<img ", html)) == len(re.findall(r'<img [^>]*alt="[^"]+"', html)) >= 2
    assert html.count("<table") == html.count("<caption>")
    assert "<th>" not in html
    assert ["1"] + ["2"] * html.count("<h2") == re.findall(r"<h(\d)", html)
    [months] = re.findall(r'alt="(Flagged messages each month [^"]+)"', html)
    assert 12 == len(re.findall(r"[A-Z][a-z]{2} \d+", months))


def test_a_report_on_nothing_has_no_empty_table_and_no_empty_plot(tmp_path: Path) -> None:
    """A trust that began yesterday is told so in words."""
    with made(tmp_path / "home") as fresh:
        fresh.must("report", "board", "--year", "2026", tmp_path)

    html = (tmp_path / "board-2026.html").read_text()

    assert "Nothing was flagged in either year." in html
    assert "<img" not in html
    assert "<tbody>\n</tbody>" not in html


@needs_chromium
def test_a_browser_shows_all_of_a_report(ready: House, tmp_path: Path) -> None:
    """Its policy forbids everything but what it holds itself, and forbids none of that."""
    ready.must("report", "board", "--year", "2026", tmp_path)
    page = tmp_path / "board-2026.html"
    spoilt = tmp_path / "spoilt.html"
    spoilt.write_text(page.read_text().replace("<h1>", '<h1 style="color: red">'))

    dom = opened(page, tmp_path / "1")

    assert "Monitoring of e-mail, 2026" == title(dom)
    assert [] == refused(page, tmp_path / "2")
    assert refused(spoilt, tmp_path / "3")  # what is refused would show here


def test_what_samples_say_is_told_month_by_month() -> None:
    """A month whose sample nobody judged says so, and gives no number."""
    judged = Estimate(C1, "2026-09", 1_200, 30, 0, 100, 100, 1, (), None, 12, 1, 65)
    waiting = Estimate(C1, "2026-10", 1_300, 30, 0, 100, 0, 0, (), None, None, None, None)

    [table] = missed((judged, waiting)).tables

    assert ("2026-09", "1,200", "100 of 100", "1", "1 to 65") == table.rows[0]
    assert ("2026-10", "1,300", "0 of 100", "0", "not known yet") == table.rows[1]
    assert "is not known" not in missed((judged,)).words[0]


def test_the_words_follow_the_settings(ready: House) -> None:
    """The notice to users says what is in force; what is not set is said, not glossed over."""
    said = ready.must("report", "notice").decode()

    assert "Tarn Learning Trust: your e-mail may be monitored" in said
    assert "(school.example)" in said
    assert "ordinary mail: 12 months" in said
    assert "nothing is set" in said


def test_a_report_is_never_written_over(ready: House, tmp_path: Path) -> None:
    """What was given to a Board stays as it was."""
    ready.must("report", "dpia", tmp_path)

    again = ready.run("report", "dpia", tmp_path)

    assert (2, True) == (again.returncode, b"name another folder" in again.stderr)


def test_only_who_answers_for_monitoring_may_report(tmp_path: Path) -> None:
    """An account whose role does not let it is refused."""
    with made(tmp_path / "home") as house:
        settings = house.home / "section9.toml"
        account = os.environ.get("SUDO_USER") or os.environ.get("USER") or "root"
        holder = f'"{account}" = {{ roles = ["technician"] }}\n'
        settings.write_text(settings.read_text().replace("[roles]\n", f"[roles]\n{holder}", 1))

        done = house.run("report", "board", "--year", "2026")

    assert (10, True) == (done.returncode, b"may not make the yearly reports" in done.stderr)


@pytest.mark.parametrize(
    ("number", "begins", "called", "count"),
    [(2026, (1, 1), "2026", 12), (2026, (9, 1), "2026/27", 12), (2027, (4, 6), "2027/28", 13)],
)
def test_a_year_may_begin_in_autumn(
    number: int, begins: tuple[int, int], called: str, count: int
) -> None:
    """Years follow one another without a gap, and are called by their numbers."""
    this = period(number, begins=begins)

    assert (called, count) == (name(this), len(months(this)))
    assert this.first == before(this).last + timedelta(days=1)


def test_a_year_that_is_none_is_refused() -> None:
    """The calendar's end is said, not stumbled over."""
    with pytest.raises(YearError, match="name another"):
        period(9999, begins=(1, 1))


@given(st.integers(0, 10_000))
def test_small_counts_point_at_nobody(count: int) -> None:
    """By school, one to four cannot be told apart; all else is given."""
    assert few(count) == ("1 to 4" if 1 <= count <= 4 else f"{count:,}")


def test_only_a_whole_year_counts_as_recorded() -> None:
    """A report made while the year still ran is not what the next one is held against."""
    early, late = volumes(3), volumes(5)
    events = [
        BoardReported(datetime(2026, 11, 1, tzinfo=UTC), "o", early),
        BoardReported(datetime(2027, 1, 5, tzinfo=UTC), "o", late),
    ]

    assert recorded(events[:1], YEAR) is None
    assert late == recorded(events, YEAR)


def test_changes_of_rules_and_notices_of_the_year_alone() -> None:
    """What was there before is no change; a new version, a new rule and a switch are."""

    def at(month: int, at_year: int = 2026) -> datetime:
        return datetime(at_year, month, 1, tzinfo=UTC)

    decided = (
        RulesInForce(at(1, 2025), "o", "nino/1"),
        RulesInForce(at(3), "o", "nino/2 upn/1"),
        RuleSwitched(at(5), "o", RuleId("upn"), 1, RuleState.OFF, "noise"),
        NoticeGiven(at(6), "o", "v1", date(2025, 9, 1), "", ""),
        NoticeGiven(at(6), "o", "v2", date(2026, 9, 1), "", ""),
    )

    told = year(volumes(1), decided, (), (), affairs(()))

    changed = [(one.rule, one.was, one.now) for one in told.rules]
    assert [
        ("nino", "version 1", "version 2"),
        ("upn", "new", "version 1"),
        ("upn", "on", "off"),
    ] == changed
    assert (("v2", date(2026, 9, 1)),) == told.notices


def volumes(total: int) -> Volumes:
    """Counts of the year that hold no more than a total."""
    none: tuple[Tally, ...] = ()
    return Volumes(YEAR, total, 0, 0, 0, none, (), none, none, none, none, ())
