"""Logs that are tables: W3C Extended, whose `#Fields` names the columns, and CSV by a mapping.

W3C: https://www.w3.org/TR/WD-logfile. Its times are UTC. Values with spaces are quoted, with quotes
doubled, or have `+` for a space; they may be percent-encoded.
"""

import csv
from collections.abc import Callable, Iterator, Mapping

from archive.web_events import Layout, LogForm
from ingest.weblogs import reading
from ingest.weblogs.mapping import Mapped
from ingest.weblogs.reading import BadLineError
from search.web import Visit
from section9 import Section9Error

W3C_COLUMNS: Mapping[str, tuple[str, ...]] = {
    "date": ("date", "gmtdate"),
    "time": ("time", "gmttime"),
    "stamp": ("x-timestamp", "timestamp", "datetime", "date-time"),
    "user": ("cs-username", "c-username", "cs-user", "x-cs-user", "cs-userdn", "username"),
    "computer": ("c-computername", "cs-computername", "x-computer", "c-dns", "c-host"),
    "client": ("c-ip", "cs-ip", "client-ip"),
    "site": ("cs-host", "cs(host)", "r-host", "x-host"),
    "page": ("cs-uri", "c-uri", "x-url", "url"),
    "scheme": ("cs-uri-scheme", "cs-protocol"),
    "port": ("cs-uri-port",),
    "stem": ("cs-uri-path", "cs-uri-stem"),
    "query": ("cs-uri-query",),
    "blocked": ("sc-filter-result", "s-action", "x-action", "action", "filter-result"),
    "category": ("cs-categories", "sc-filter-category", "cs-category", "urlcategory"),
    "method": ("cs-method", "s-operation"),
    "status": ("sc-status",),
    "size": ("sc-bytes", "bytes"),
}
"""What each column is called, as proxies of Blue Coat, Microsoft and others name them."""


YES = frozenset({"1", "true", "yes"})
"""What a column of its own says of a visit that was blocked, where no mapping names the words."""


class HeaderError(Section9Error):
    """The head of a table does not say what is needed."""

    exit_code = 2


def w3c_layout(directive: str, *, date: str, zone: str) -> Layout:
    """Read a `#Fields:` line. Raises `HeaderError`."""
    names = [name.lower() for name in directive.partition(":")[2].split()]
    columns = tuple(
        (what, names.index(name))
        for what, known in W3C_COLUMNS.items()
        if (name := next((one for one in known if one in names), None))
    )
    there = {what for what, _ in columns}
    if not there & {"time", "stamp"} or not there & {"site", "page", "stem"}:
        raise HeaderError(
            "#Fields names no time or no address: have the proxy write date, time, cs-username, "
            "c-ip and cs-uri, or import it as CSV with a --mapping"
        )
    delimiter = "\t" if "\t" in directive.strip() else " "
    return Layout(LogForm.W3C, columns, delimiter, zone, date=date)


def csv_layout(header: str, mapped: Mapped) -> Layout:
    """Read the heading of a CSV file by a mapping. Raises `HeaderError`."""
    names = [_plain(name) for name in _cells(header.lstrip("\ufeff"), mapped.delimiter)]
    columns = []
    for what, name in mapped.columns.items():
        if _plain(name) in names:
            columns.append((what, names.index(_plain(name))))
        elif mapped.required(what):
            raise HeaderError(
                f"the heading has no column for {what}: name it in [columns] of the --mapping, "
                "as docs/weblogs.md shows"
            )
    return Layout(
        LogForm.CSV,
        tuple(columns),
        mapped.delimiter,
        mapped.zone,
        mapped.time_format,
        tuple(value.strip().lower() for value in mapped.blocked),
    )


def reader(layout: Layout) -> Callable[[str], Visit]:
    """Give what reads the lines of a layout; it raises `BadLineError`."""
    places = dict(layout.columns)
    width = max(places.values()) + 1

    def read(text: str) -> Visit:
        cells = _cells(text, layout.delimiter)
        if len(cells) < width:
            raise BadLineError("too-few-fields")
        row = {what: reading.said(cells[place].strip()) for what, place in places.items()}
        return _visit(row, layout)

    return read


def _visit(row: Mapping[str, str], layout: Layout) -> Visit:
    page = reading.address(row.get("page") or _page(row))
    site = reading.host(row.get("site", "")) or reading.site_of(page)
    if not page and not site:
        raise BadLineError("no-address")
    return Visit(
        time=reading.moment(_time(row, layout), form=layout.time_format, zone=layout.zone),
        user=reading.user(row.get("user", "")),
        site=site,
        page=page or site,
        blocked=_blocked(row.get("blocked", ""), layout),
        computer=reading.computer(row.get("computer") or row.get("client", "")),
        method=row.get("method", "").lower()[: reading.LONGEST_NAME],
        status=reading.number(row.get("status", "")),
        size=reading.number(row.get("size", "")),
        category=" ".join(row.get("category", "").lower().split())[: reading.LONGEST_NAME],
    )


def _page(row: Mapping[str, str]) -> str:
    """Put an address together of its parts."""
    if "stem" not in row:
        return ""
    scheme = f"{row['scheme']}://" if row.get("scheme") and row.get("site") else ""
    port = row.get("port", "")
    end = f":{port}" if port and port not in {"80", "443"} and row.get("site") else ""
    query = row.get("query", "")
    ask = f"?{query.removeprefix('?')}" if query else ""
    return f"{scheme}{row.get('site', '')}{end}{row['stem']}{ask}"


def _time(row: Mapping[str, str], layout: Layout) -> str:
    if stamp := row.get("stamp"):
        return stamp
    if layout.form is LogForm.CSV:
        return " ".join(filter(None, (row.get("date"), row.get("time"))))
    return f"{row.get('date') or layout.date} {row.get('time', '')}"


def _blocked(text: str, layout: Layout) -> bool:
    if layout.blocked:
        return text.lower() in layout.blocked
    return reading.denied(text) or text.lower() in YES


def _cells(text: str, delimiter: str) -> list[str]:
    try:
        return next(_rows(text, delimiter), [])
    except csv.Error as error:
        raise BadLineError("bad-quotes") from error


def _rows(text: str, delimiter: str) -> Iterator[list[str]]:
    return csv.reader((text,), delimiter=delimiter)


def _plain(name: str) -> str:
    return "".join(char for char in name.lower() if char.isalnum())
