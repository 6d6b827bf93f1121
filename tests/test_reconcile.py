"""Reconciling: what a server's trace claims, line by line, and what the archive lacks of it."""

import csv
import io
import subprocess
import tracemalloc
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

import msgspec
import pytest
from running import House, made

from archive.access_events import Reconciled
from archive.books import Book
from ingest.reconcile import compare, reconcile
from ingest.traces import postfix
from ingest.traces.claim import Claim, Entry, Skipped, TraceError, claimed
from ingest.traces.file import open_trace

JOURNAL = frozenset({"journal-7f3a@archive.example"})
ADA, BEN, MUM = "ada@school.example", "ben@school.example", "mum@home.example"

LOG = """\
#Software: Microsoft Exchange Server
#Version: 15.02.1118.007
#Log-type: Message Tracking Log
#Date: 2026-09-01T09:00:00.000Z
#Fields: date-time,client-ip,source,event-id,internal-message-id,message-id,network-message-id,\
recipient-address,recipient-status,total-bytes,message-subject,sender-address
2026-09-01T09:00:00.100Z,192.0.2.1,SMTP,RECEIVE,7,<m1@school.example>,n,ada@school.example,,9,s,x@y
2026-09-01T09:00:01.100Z,192.0.2.1,STOREDRIVER,DELIVER,7,<m1@school.example>,n,\
ada@school.example;Ben@school.example,,9,"a ""trip"", soon",x@y
2026-09-01T09:00:02.100Z,,SMTP,SEND,7,<m1@school.example>,n,mum@home.example,250 OK,9,s,x@y
2026-09-01T09:00:03.100Z,,SMTP,SENDEXTERNAL,8,<r@journal.report.generator>,n,a@b.example,,9,s,<>
2026-09-01T09:00:04.100Z,,SMTP,SEND,9,<m2@school.example>,n,journal-7f3a@archive.example,,9,s,<>
2026-09-01T09:00:05.100Z,,SMTP,FAIL,9,<m3@school.example>,n,mum@home.example,550 no,9,s,x@y
"""
CMDLET = """\
#TYPE Microsoft.Exchange.Management.TransportLogSearchTasks.MessageTrackingEvent
"Timestamp","ClientIp","Source","EventId","MessageId","Recipients","Sender"
"01/09/2026 10:00:00","","SMTP","SEND","<m1@school.example>","mum@home.example","x@y"
"01/09/2026 10:00:01","","STOREDRIVER","DELIVER","<m1@school.example>","System.String[]","x@y"
"01/09/2026 10:00:02","","ROUTING","EXPAND","<m1@school.example>","staff@school.example","x@y"
"""
SUMMARY = """\
origin_timestamp_utc,sender_address,recipient_status,message_subject,total_bytes,message_id,\
network_message_id,original_client_ip,directionality,connector_id,delivery_priority
2026-09-01T09:00:00.0000000Z,x@y,ada@school.example##Receive, Deliver;mum@home.example##Receive, \
Fail,s,9,<m1@school.example>,n,192.0.2.1,1,,Normal
"""
SUMMARY_QUOTED = SUMMARY.replace(
    "ada@school.example##Receive, Deliver;mum@home.example##Receive, Fail",
    '"ada@school.example##Receive, Deliver;mum@home.example##Receive, Fail"',
)
EXTENDED = """\
date_time_utc,client_ip,source,event_id,message_id,network_message_id,recipient_address,\
recipient_status,total_bytes,message_subject,sender_address,directionality,custom_data
2026-09-01T09:00:00Z,,SMTP,RECEIVE,<m1@school.example>,n,ada@school.example,,9,s,x@y,Incoming,
2026-09-01T09:00:01Z,,STOREDRIVER,DELIVER,<m1@school.example>,n,ada@school.example,,9,s,x@y,Incoming,
"""
LIST = """\
"Organization","MessageId","Received","SenderAddress","RecipientAddress","Subject","Status","Size"
"o","<m1@school.example>","01/09/2026 09:00:00","x@y","ada@school.example","s","Delivered","9"
"o","<m1@school.example>","01/09/2026 09:00:00","x@y","junk@school.example","s","FilteredAsSpam","9"
"o","<m2@school.example>","01/09/2026 09:00:00","x@y","ben@school.example","s","Failed","9"
"""
GOOGLE = """\
Message ID,Start date,End date,Sender,Message size,Subject,Direction,Attachments,Recipient address,\
Event target,Event date,Event status
m1@school.example,2026/09/01 09:00:00 UTC,,x@y,9,s,Received,0,ada@school.example,SMTP_IN,\
2026/09/01 09:00:00 UTC,Accepted
m1@school.example,2026/09/01 09:00:00 UTC,,x@y,9,s,Received,0,ada@school.example,GMAIL_INBOX,\
2026/09/01 09:00:01 UTC,Delivered
m2@school.example,2026/09/01 09:00:00 UTC,,x@y,9,s,Sent,0,mum@home.example,SMTP_OUT,\
2026/09/01 09:00:01 UTC,Bounced
SMTPIN_ADDED_REJECT_SESSION,2026/09/01 09:00:00 UTC,,N/A,9,s,Received,0,ada@school.example,\
GMAIL_INBOX,2026/09/01 09:00:01 UTC,Delivered
"""
POSTFIX = """\
Sep  1 09:00:00 mail postfix/smtpd[12]: 4F3A9C01: client=localhost[127.0.0.1]
Sep  1 09:00:00 mail postfix/cleanup[13]: 4F3A9C01: message-id=<m1@school.example>
Sep  1 09:00:01 mail postfix/smtp[14]: 4F3A9C01: to=<mum@home.example>, relay=mx[192.0.2.9]:25, \
delay=1, dsn=2.0.0, status=sent (250 2.0.0 OK)
Sep  1 09:00:01 mail postfix/lmtp[15]: 4F3A9C01: to=<a.l@school.example>, \
orig_to=<ada@school.example>, relay=dovecot, delay=1, dsn=2.0.0, status=sent (250 2.0.0 saved)
Sep  1 09:00:01 mail postfix/section9/smtp[16]: 4F3A9C01: to=<journal-7f3a@archive.example>, \
relay=archive[192.0.2.8]:25, delay=1, dsn=2.0.0, status=sent (250 2.0.0 spooled as 1-1)
Sep  1 09:00:01 mail postfix/smtp[14]: 4F3A9C01: to=<away@home.example>, relay=none, delay=1, \
dsn=4.4.1, status=deferred (connect to mx: timed out)
Sep  1 09:00:02 mail postfix/qmgr[11]: 4F3A9C01: removed
Sep  1 09:00:03 mail postfix/smtp[14]: 4F3A9C01: to=<late@home.example>, relay=mx, status=sent (250)
2026-09-01T09:00:04.123456+00:00 mail postfix/cleanup[13]: 4bXyZ12ab: message-id=<m2@school.example>
2026-09-01T09:00:05.123456+00:00 mail postfix/smtp[14]: 4bXyZ12ab: to=<mum@home.example>, \
status=sent (250)
Sep  1 09:00:06 mail dovecot: lmtp(ada): saved mail
"""


def read(folder: Path, content: str | bytes) -> tuple[str, list[Entry]]:
    path = folder / "trace"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    with open_trace(path, journal=JOURNAL) as trace:
        return trace.form, list(trace.entries)


def claims(entries: Iterable[Entry]) -> list[tuple[str, tuple[str, ...]]]:
    return [(one.message_id, one.recipients) for one in entries if isinstance(one, Claim)]


def skipped(entries: Iterable[Entry]) -> dict[Skipped, int]:
    return dict(Counter(one for one in entries if isinstance(one, Skipped)))


M1, M2 = "m1@school.example", "m2@school.example"


@pytest.mark.parametrize(
    ("content", "form", "expected", "left_out"),
    [
        pytest.param(
            LOG,
            "Exchange",
            [(M1, (ADA, BEN)), (M1, (MUM,))],
            {Skipped.OTHER_STEP: 2, Skipped.JOURNAL: 2},
            id="exchange-log",
        ),
        pytest.param(
            CMDLET,
            "Exchange",
            [(M1, (MUM,)), (M1, ())],
            {Skipped.OTHER_STEP: 1},
            id="exchange-cmdlet",
        ),
        pytest.param(SUMMARY_QUOTED, "Microsoft 365", [(M1, (ADA,))], {}, id="365-summary"),
        pytest.param(
            EXTENDED,
            "Microsoft 365",
            [(M1, (ADA,))],
            {Skipped.OTHER_STEP: 1},
            id="365-extended",
        ),
        pytest.param(
            LIST,
            "Microsoft 365",
            [(M1, (ADA,)), (M1, ("junk@school.example",))],
            {Skipped.OTHER_STEP: 1},
            id="365-list",
        ),
        pytest.param(
            GOOGLE,
            "Google Workspace",
            [(M1, (ADA,))],
            {Skipped.OTHER_STEP: 2, Skipped.NO_MESSAGE_ID: 1},
            id="google",
        ),
        pytest.param(
            POSTFIX,
            "Postfix",
            [(M1, (MUM,)), (M1, (ADA,)), (M2, (MUM,))],
            {Skipped.OTHER_STEP: 6, Skipped.JOURNAL: 1, Skipped.NO_MESSAGE_ID: 1},
            id="postfix",
        ),
    ],
)
def test_each_servers_trace_is_told_by_its_look(
    tmp_path: Path,
    content: str,
    form: str,
    expected: list[tuple[str, tuple[str, ...]]],
    left_out: dict[Skipped, int],
) -> None:
    """Deliveries are claims with their recipients; every other line is counted by why it is not."""
    found, entries = read(tmp_path, content)

    assert (form, expected, left_out) == (found, claims(entries), skipped(entries))


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_exports_come_in_any_encoding_and_with_any_delimiter(
    tmp_path: Path, encoding: str, delimiter: str
) -> None:
    """Microsoft writes UTF-16, a spreadsheet what its country uses."""
    table = io.StringIO()
    csv.writer(table, delimiter=delimiter).writerows(csv.reader(io.StringIO(EXTENDED)))

    _, entries = read(tmp_path, table.getvalue().encode(encoding))

    assert [(M1, (ADA,))] == claims(entries)


def test_a_claim_names_its_line(tmp_path: Path) -> None:
    """So that whoever holds the trace finds it, behind quoted line ends too."""
    quoted = LIST.replace('"s","Delivered"', '"two\nlines","Delivered"')

    _, entries = read(tmp_path, quoted)

    assert [3, 4] == [one.line for one in entries if isinstance(one, Claim)]


@pytest.mark.parametrize(
    "content",
    [
        pytest.param("", id="empty"),
        pytest.param("name,age\nada,41\n", id="another-table"),
        pytest.param("\x00" * 500, id="nul"),
        pytest.param(EXTENDED + '"' + "x" * (17 << 20), id="open-quote"),
    ],
)
def test_what_is_no_trace_is_refused(tmp_path: Path, content: str) -> None:
    """With a word on what is needed, and not as if nothing were missing."""
    with pytest.raises(TraceError):
        read(tmp_path, content)


def test_a_row_cut_short_is_counted_as_unreadable(tmp_path: Path) -> None:
    """A trace that ends in the middle says so."""
    _, entries = read(tmp_path, EXTENDED + "2026-09-01T09:00:02Z,,STOREDRIVER,DEL")

    assert {Skipped.OTHER_STEP: 1, Skipped.UNREADABLE: 1} == skipped(entries)


KNOWN: Mapping[str, frozenset[str]] = {M1: frozenset({ADA, BEN}), M2: frozenset()}


@pytest.mark.parametrize(
    ("message_id", "recipients", "expected"),
    [
        (M1, (ADA,), None),
        (M1, (), None),
        (M1, (ADA, MUM), (MUM,)),
        (M2, (MUM,), None),  # no mail server told the archive who got it
        ("m3@school.example", (ADA,), ()),
    ],
)
def test_a_delivery_is_held_against_what_a_server_told(
    message_id: str, recipients: tuple[str, ...], expected: tuple[str, ...] | None
) -> None:
    """By Message-ID, and recipient by recipient where the journal named them."""
    gap = compare(Claim(1, "", message_id, recipients), KNOWN)

    assert expected == (gap.recipients if gap else None)


def test_a_million_lines_need_no_more_room_than_ten_thousand() -> None:
    """Lines stream, and ids are looked for some at a time."""

    def lines(messages: int) -> Iterator[str]:
        for number in range(messages):
            queue = f"{number:08X}"
            start = "Sep  1 09:00:00 mail postfix"
            yield f"{start}/cleanup[1]: {queue}: message-id=<{number}@x.example>"
            yield f"{start}/smtp[1]: {queue}: to=<{MUM}>, status=sent (250)"
            yield f"{start}/qmgr[1]: {queue}: removed"

    def peak(messages: int) -> int:
        tracemalloc.start()
        entries = postfix.entries(lines(messages))
        compared = reconcile(entries, lambda ids: dict.fromkeys(ids, KNOWN[M2]))
        archived = sum(one.archived for one in compared)
        most = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        assert messages == archived
        return most

    small, large = peak(3_000), peak(30_000)

    assert large < 1.5 * small


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    folder = tmp_path_factory.mktemp("reconcile")
    mail = folder / "mail"
    mail.mkdir()
    for number in (1, 2):
        told = f"X-Envelope-To: <{ADA}>\r\nReceived: from x\r\n"
        text = f"{told}Message-ID: <M{number}@school.example>\r\n\r\nhello\r\n"
        (mail / f"{number}.eml").write_bytes(text.encode())
    with made(folder / "house") as house:
        house.must("ingest", "--journal", mail)
        yield house


def run(house: House, folder: Path, content: str) -> "subprocess.CompletedProcess[bytes]":
    path = folder / "trace.csv"
    path.write_text(content)
    return house.run("reconcile", "--json", path)


def test_what_the_archive_lacks_is_listed_and_has_an_exit_code(
    house: House, tmp_path: Path
) -> None:
    """Each delivery with its line; the counts add up; the question is on the ledger."""
    trace = EXTENDED + EXTENDED.splitlines()[2].replace("ada@", "ben@") + "\n"
    trace += EXTENDED.splitlines()[2].replace("m1@", "m9@") + "\n"

    done = run(house, tmp_path, trace)

    *gaps, total = [msgspec.json.decode(line) for line in done.stdout.splitlines()]
    assert 43 == done.returncode, done.stderr
    assert [(4, M1, [BEN]), (5, "m9@school.example", [])] == [
        (gap["line"], gap["message_id"], gap["recipients"]) for gap in gaps
    ]
    parts = ("archived", "incomplete", "missing", "other_steps")
    assert (4, [1, 1, 1, 1]) == (total["lines"], [total[part] for part in parts])
    [asked] = [one for one in house.events(Book.ACCESS) if isinstance(one, Reconciled)][-1:]
    assert ("Microsoft 365", 3, 2) == (asked.form, asked.deliveries, asked.missing)


def test_when_nothing_is_missing_all_is_well(house: House, tmp_path: Path) -> None:
    """Exit code 0."""
    done = run(house, tmp_path, EXTENDED)

    assert 0 == done.returncode
    assert b'"missing":0' in done.stdout


def test_an_id_is_compared_without_brackets_and_case() -> None:
    """Servers write it as they like."""
    entry = claimed(1, "", " <M1@School.Example> ", (ADA,), JOURNAL)

    assert Claim(1, "", M1, (ADA,)) == entry
