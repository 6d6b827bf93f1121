"""Lines of web logs: what each form says, in whatever zone, and what is bad."""

from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from weblogs import LATELY, squid, visit

from archive.web_events import Layout, LogForm
from ingest.weblogs import reading, table
from ingest.weblogs.forms import LogReader, NoLogError, ReadLine, Terms, read_line, reader_of, tell
from ingest.weblogs.lines import RawLine
from ingest.weblogs.mapping import UNMAPPED, Mapped, MappingError, check
from ingest.weblogs.squid import read_combined, read_native
from search.web import Visit

W3C = """\
#Software: Some Proxy 7.1
#Version: 1.0
#Date: 2026-10-13 09:00:00
#Fields: date time time-taken c-ip cs-username sc-filter-result cs-categories sc-status cs-method \
cs-uri-scheme cs-host cs-uri-port cs-uri-path cs-uri-query sc-bytes
2026-10-13 09:00:00 12 192.0.2.7 SCHOOL\\J.Doe OBSERVED "Web ""Video"" Sites" 200 GET \
http www.video.example 80 /watch ?q=cheap+flights 507
2026-10-13 09:00:01 12 192.0.2.7 - DENIED Gambling 403 CONNECT tcp bets.example 8443 / - 0
"""
COMBINED = (
    '192.0.2.7 - j.doe [13/Oct/2026:10:00:00 +0100] "GET http://www.video.example/watch?q='
    'cheap+flights HTTP/1.1" 200 507 "-" "Some agent (DENIED; 1)" TCP_MISS:HIER_DIRECT'
)
CSV = """\
Date/Time,Username,URL,Action,Device
13/10/2026 10:00:00,J.Doe,"http://www.video.example/watch?q=cheap+flights",Allowed,LAB3-07
13/10/2026 10:00:01,j.doe,http://bets.example/,Stopped,LAB3-07
"""
MAPPED = check(
    Mapped(
        {"time": "Date/Time", "user": "Username", "page": "URL", "blocked": "action",
         "computer": "Device"},
        blocked=("stopped",),
        time_format="%d/%m/%Y %H:%M:%S",
        given=True,
    )
)  # fmt: skip


PLAIN = Terms()


def raws(text: str) -> list[RawLine]:
    return [RawLine(number, line.encode()) for number, line in enumerate(text.splitlines(), 1)]


def read(text: str, terms: Terms = PLAIN) -> list[ReadLine]:
    lines = raws(text)
    reader = LogReader(tell(lines, terms), terms)
    return [line for raw in lines if (line := reader.line(raw))]


def visits(text: str, terms: Terms = PLAIN) -> list[Visit | None]:
    return [line.visit for line in read(text, terms)]


def test_squids_own_log_is_read() -> None:
    """Time, user, page, computer and what Squid did, from where each always stands."""
    assert [visit()] == visits(squid())


@pytest.mark.parametrize(
    ("changed", "expected"),
    [
        ({"result": "TCP_DENIED/403"}, {"blocked": True, "status": 403}),
        ({"user": "-"}, {"user": ""}),
        ({"user": "SCHOOL%5cJ.Doe"}, {}),
        ({"page": "bets.example:443"}, {"page": "bets.example:443", "site": "bets.example"}),
        (
            {"page": "http://jd:secret@Bets.example./x"},
            {"page": "http://Bets.example./x", "site": "bets.example"},
        ),
        (
            {"page": "https://[2001:db8::1]:8443/x"},
            {"page": "https://[2001:db8::1]:8443/x", "site": "[2001:db8::1]"},
        ),
        ({"page": "error:invalid-request"}, {"page": "error:invalid-request", "site": ""}),
    ],
)
def test_what_stands_in_a_native_line(changed: Any, expected: Any) -> None:
    """Blocked attempts, nobody's visits, tunnels, passwords in addresses."""
    assert visit(**expected) == read_native(squid(**changed))


def test_a_combined_log_is_read_in_its_own_zone() -> None:
    """Ten in British summer is nine; what an agent calls itself blocks nothing."""
    expected = visit(time=datetime(2026, 10, 13, 9, tzinfo=UTC))

    assert [expected] == visits(COMBINED)
    assert read_combined(COMBINED.replace("TCP_MISS", "TCP_DENIED")).blocked


def test_w3c_is_read_by_its_fields() -> None:
    """The columns are where #Fields says, values may be quoted, the address comes in parts."""
    at = datetime(2026, 10, 13, 9, tzinfo=UTC)
    denied = visit(
        time=at.replace(second=1),
        user="",
        site="bets.example",
        blocked=True,
        page="tcp://bets.example:8443/",
        method="connect",
        status=403,
        size=0,
        category="gambling",
    )

    found = visits(W3C)

    assert [visit(time=at, category='web "video" sites'), denied] == found


def test_w3c_may_tell_the_day_in_a_directive_and_change_its_fields() -> None:
    """Lines of the time alone are of the day that #Date says; #Fields may come again."""
    text = (
        "#Fields: time cs-host\n#Date: 2026-10-13 00:00:00\n09:00:00 a.example\n"
        "#Date: 2026-10-14 00:00:00\n09:00:00 a.example\n"
        "#Fields: date\ttime\tcs-host\tcs-username\n2026-10-15\t09:00:00\tb.example\tann doe\n"
    )

    lines = read(text)

    assert [13, 14, 15] == [line.visit.time.day for line in lines if line.visit]
    assert lines[0].digest != lines[1].digest
    assert lines[2].visit is not None
    assert "ann doe" == lines[2].visit.user


def test_csv_is_read_by_a_mapping_in_local_time() -> None:
    """Columns are found by their headings, whatever the case; the clock is the trust's."""
    terms = Terms(mapped=MAPPED, local="Europe/London")

    first, second = visits(CSV, terms)

    assert first is not None
    assert second is not None
    assert datetime(2026, 10, 13, 9, tzinfo=UTC) == first.time
    assert ("j.doe", "www.video.example", False, "lab3-07") == (
        first.user, first.site, first.blocked, first.computer)  # fmt: skip
    assert second.blocked


@pytest.mark.parametrize(
    ("local", "utc"),
    [("2026-03-29 00:59:59", "00:59:59"), ("2026-03-29 02:00:00", "01:00:00"),
     ("2026-10-25 01:30:00", "00:30:00"), ("2026-10-25 02:00:00", "02:00:00")],
)  # fmt: skip
def test_clocks_that_change_are_followed(local: str, utc: str) -> None:
    """Around both changes of the clocks; of an hour shown twice, the first."""
    found = reading.moment(local, form="", zone="Europe/London")

    assert utc == f"{found:%H:%M:%S}"


@pytest.mark.parametrize(
    "columns",
    [{"time": "t"}, {"page": "p"}, {"time": "t", "page": "p", "colour": "c"}],
)
def test_a_mapping_of_too_little_or_of_what_nobody_knows_is_refused(
    columns: dict[str, str],
) -> None:
    """It needs a time, and a page or a site."""
    with pytest.raises(MappingError):
        check(Mapped(columns))


def test_a_heading_without_a_named_column_is_refused() -> None:
    """Whoever names a column means it to be there."""
    with pytest.raises(table.HeaderError):
        table.csv_layout("Date/Time,URL", MAPPED)


def test_what_is_no_log_is_refused_as_a_whole() -> None:
    """A letter is not taken for a log of bad lines."""
    with pytest.raises(NoLogError):
        tell(raws("Dear all,\nthe trip leaves at nine.\n"), Terms())


@pytest.mark.parametrize(
    ("line", "why"),
    [
        ("1286536309.586 921 192.0.2.7 TCP_MISS/200", "too-few-fields"),
        (squid().replace("179", "999", 1), "no-such-time"),
        (squid(user="u" * 300), "name-too-long"),
    ],
)
def test_a_bad_line_says_what_is_wrong(line: str, why: str) -> None:
    """By a word of ours, never by what stands in it."""
    good = squid()

    found = read(f"{good}\n{line}\n")

    assert ["", why] == [one.why for one in found]


LAYOUTS = [
    Layout(LogForm.SQUID),
    Layout(LogForm.COMBINED),
    table.w3c_layout(W3C.splitlines()[3], date="2026-10-13", zone="UTC"),
    table.csv_layout(CSV.splitlines()[0], MAPPED),
    table.csv_layout("time;site;page;user;blocked", UNMAPPED.__class__(delimiter=";")),
]
LINES = [squid(), COMBINED, W3C.splitlines()[4], CSV.splitlines()[1], "1791882000;a;b;c;1"]
SNIPPETS = st.sampled_from(
    ['"', '""', " ", "\t", "\\", "%", "%zz", "[", "]", ":", "//", "@", "\x00", "\r", "é", "\udcff",
     "1e9", "-1", "9" * 30, "99999999999.1", "0000-00-00", "2026-02-30", "2" * 5000, "https://"]
)  # fmt: skip


@settings(max_examples=400, deadline=None)
@given(st.data())
def test_no_line_raises_whatever_stands_in_it(data: st.DataObject) -> None:
    """A line is a visit with sane values, or bad with a reason; nothing else comes of any bytes."""
    layout = data.draw(st.sampled_from(LAYOUTS))
    text = data.draw(st.sampled_from(LINES))
    for _ in range(data.draw(st.integers(1, 4))):
        start = data.draw(st.integers(0, len(text)))
        end = data.draw(st.integers(start, min(start + 12, len(text))))
        text = text[:start] + data.draw(SNIPPETS | st.text(max_size=8)) + text[end:]
    raw = RawLine(1, text.encode(errors="surrogateescape") if text.isascii() else
                  text.encode("utf-8", errors="replace").replace(b"\n", b" "))  # fmt: skip

    found = read_line(raw, layout, reader_of(layout))

    assert bool(found.why) == (found.visit is None)
    if found.visit:
        assert reading.EARLIEST <= found.visit.time < reading.LATEST
        assert found.visit.time.tzinfo is UTC
        assert max(len(found.visit.user), len(found.visit.computer), len(found.visit.site)) < 300
        assert 0 <= found.visit.size < 2**63
    assert LATELY < reading.LATEST
