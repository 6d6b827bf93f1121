"""Message traces that are tables (CSV): which server wrote one, and what each row claims.

Columns are told by their names, whatever their case and punctuation: `message-id`, `MessageId` and
`Message ID` are one. docs/reconcile.md says where each form is documented.
"""

import csv
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass

from ingest.traces.claim import Entry, Skipped, TraceError, claimed

LONGEST_FIELD = 16 << 20  # characters: a message to a whole trust has thousands of recipients
PREAMBLE = 20  # lines before the header, at most
DELIMITERS = ",;\t"

_PUNCTUATION = re.compile(r"[^a-z0-9]")
_APART = re.compile(r"[\s;,|{}<>\"']+")
_TIMES = (
    "timestamp", "datetime", "datetimeutc", "origintimestamp", "origintimestamputc", "received",
    "eventdate", "startdate",
)  # fmt: skip

_EXCHANGE = frozenset({"deliver", "send", "sendexternal", "duplicatedeliver"})
_MICROSOFT = frozenset({"delivered", "filteredasspam"})
_GOOGLE = frozenset({"smtpout", "gmailinbox", "gmailspam", "internalserver", ""})
_UNDONE = ("reject", "bounce", "fail", "drop", "undeliver", "quarantine", "deferred")

Row = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Form:
    """One server's table."""

    name: str
    columns: frozenset[str]  # that tell it from the others
    delivered: Callable[[Row], tuple[str, ...] | None]  # to whom; None where the row tells of none


def _by_event(row: Row) -> tuple[str, ...] | None:
    """One row an event of the transport service (Get-MessageTrackingLog, extended trace)."""
    if _plain(row.get("eventid", "")) not in _EXCHANGE:
        return None
    return _addresses(row.get("recipients") or row.get("recipientaddress", ""))


def _by_recipient_status(row: Row) -> tuple[str, ...] | None:
    """One row a message: `address##Receive, Deliver;address##Receive, Fail` (summary report)."""
    done: list[str] = []
    for one in row["recipientstatus"].split(";"):
        address, _, steps = one.partition("##")
        if {_plain(step) for step in steps.split(",")} & {"deliver", "send"}:
            done += _addresses(address)
    return tuple(done) or None


def _by_status(row: Row) -> tuple[str, ...] | None:
    """One row a recipient, with what became of it in the end (Get-MessageTrace)."""
    if _plain(row["status"]) not in _MICROSOFT:
        return None
    return _addresses(row["recipientaddress"])


def _by_target(row: Row) -> tuple[str, ...] | None:
    """One row an event of Email Log Search."""
    status = _plain(row.get("eventstatus", ""))
    if _plain(row.get("eventtarget", "")) not in _GOOGLE or any(map(status.__contains__, _UNDONE)):
        return None
    return _addresses(row.get("recipientaddress") or row.get("recipient", ""))


FORMS = (
    Form("Google Workspace", frozenset({"messageid", "eventtarget"}), _by_target),
    Form("Google Workspace", frozenset({"messageid", "startdate", "direction"}), _by_target),
    Form("Exchange", frozenset({"messageid", "eventid", "recipients"}), _by_event),
    Form("Exchange", frozenset({"messageid", "eventid", "internalmessageid"}), _by_event),
    Form("Microsoft 365", frozenset({"messageid", "eventid", "recipientaddress"}), _by_event),
    Form("Microsoft 365", frozenset({"messageid", "recipientstatus"}), _by_recipient_status),
    Form("Microsoft 365", frozenset({"messageid", "status", "recipientaddress"}), _by_status),
)
"""The first whose columns are all there."""


@dataclass(frozen=True, slots=True)
class Header:
    """The head of a table."""

    form: Form
    names: tuple[str, ...]
    delimiter: str


def find_header(lines: Iterator[str]) -> tuple[Header, int]:
    """Read on to the header; gives the number of its line too. Raises TraceError."""
    for number, line in enumerate(lines, 1):
        text = line.removeprefix("#Fields:")  # of the log files of Exchange
        header = None if text.startswith("#") else _header(text.strip())
        if header is not None:
            return header, number
        if number == PREAMBLE:
            break
    raise TraceError(
        "FILE is no message trace that is known: it needs the header line of Exchange, "
        "Microsoft 365 or Google Workspace, or to be a log of Postfix; docs/reconcile.md shows them"
    )


def _header(line: str) -> Header | None:
    delimiter = max(DELIMITERS, key=line.count)
    names = tuple(map(_plain, next(csv.reader([line], delimiter=delimiter), [])))
    form = next((form for form in FORMS if form.columns <= set(names)), None)
    return Header(form, names, delimiter) if form else None


def entries(
    header: Header, lines: Iterable[str], *, after: int, journal: frozenset[str]
) -> Iterator[Entry]:
    """Yield what each row says; `after` lines have been read. Raises TraceError."""
    csv.field_size_limit(LONGEST_FIELD)
    rows = csv.reader(lines, delimiter=header.delimiter)
    when = next((name for name in _TIMES if name in header.names), "")
    while (cells := _next(rows, after)) is not None:
        if not cells or cells[0].startswith("#"):
            continue
        yield _entry(header, cells, when, after + rows.line_num, journal)


def _next(rows: Iterator[list[str]], after: int) -> list[str] | None:
    try:
        return next(rows, None)
    except csv.Error as error:
        line = after + getattr(rows, "line_num", 0)
        raise TraceError(
            f"FILE cannot be read on from line {line:,}: mend the quotation marks there"
        ) from error


def _entry(
    header: Header, cells: list[str], when: str, line: int, journal: frozenset[str]
) -> Entry:
    if len(cells) < len(header.names):
        return Skipped.UNREADABLE
    row = dict(zip(header.names, cells, strict=False))
    people = header.form.delivered(row)
    if people is None:
        return Skipped.OTHER_STEP
    return claimed(line, row.get(when, ""), row["messageid"], people, journal)


def _plain(name: str) -> str:
    return _PUNCTUATION.sub("", name.lower())


def _addresses(text: str) -> tuple[str, ...]:
    """The addresses in a list of them; `System.String[]`, as Export-Csv may write, has none."""
    return tuple(one for one in _APART.split(text.lower()) if "@" in one)
