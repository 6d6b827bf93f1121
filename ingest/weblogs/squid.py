"""Squid's own access.log, and the combined log that it writes too.

Native (https://wiki.squid-cache.org/Features/LogFormat): time, milliseconds, client, result, bytes,
method, address, user, and what follows does not matter here:

    1286536309.586 921 192.0.2.7 TCP_MISS/200 507 GET http://a.example/ j.doe HIER_DIRECT/…

Combined, with Squid's result at the end:

    192.0.2.7 - j.doe [10/Oct/2026:13:55:36 +0100] "GET http://a.example/ HTTP/1.1" 200 507 …
"""

import re
from datetime import datetime

from ingest.weblogs import reading
from ingest.weblogs.reading import BadLineError
from search.web import Visit

NATIVE = re.compile(r"\s{0,5}\d{9,11}\.\d{1,6} +-?\d{1,12} \S{1,255} [A-Z_]{3,60}/\d{3} ")
COMBINED = re.compile(
    r'(?P<client>\S{1,255}) \S{1,255} (?P<user>\S{1,1000}|"[^"]{0,1000}") '
    r'\[(?P<time>[^]]{1,60})] "(?P<method>[A-Za-z_]{1,40}) '
    r'(?P<page>.{1,65000}?)(?: HTTP/[\d.]{1,5})?" '
    r"(?P<status>\d{3}|-) (?P<size>\d{1,18}|-)(?P<rest>.{0,65000})"
)
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_WHEN = re.compile(r"(\d\d)/([A-Z][a-z]{2})/(\d{4}):(\d\d):(\d\d):(\d\d) ([+-]\d{4})", re.ASCII)
FEWEST = 8  # fields of a native line that must be there: up to the user


def read_native(text: str) -> Visit:
    """Read a line of the native log. Raises `BadLineError`."""
    fields = text.split()
    if len(fields) < FEWEST:
        raise BadLineError("too-few-fields")
    time, _, client, result, size, method, page, user, *_ = fields
    code, _, status = result.partition("/")
    return Visit(
        time=reading.epoch(time),
        user=reading.user(user),
        site=reading.site_of(page) if not page.startswith("error:") else "",
        page=reading.address(page),
        blocked=reading.denied(code),
        computer=reading.computer(client),
        method=method.lower()[: reading.LONGEST_NAME],
        status=reading.number(status),
        size=reading.number(size),
    )


def read_combined(text: str) -> Visit:
    """Read a line of the combined log. Raises `BadLineError`."""
    found = COMBINED.fullmatch(text)
    if found is None:
        raise BadLineError("not-combined")
    page, rest = found["page"], found["rest"].rpartition(" ")[2]
    return Visit(
        time=_when(found["time"]),
        user=reading.user(found["user"].strip('"')),
        site=reading.site_of(page),
        page=reading.address(page),
        blocked=":" in rest
        and reading.denied(rest),  # `TCP_DENIED:HIER_NONE`; else the agent's end
        computer=reading.computer(found["client"]),
        method=found["method"].lower(),
        status=reading.number(found["status"]),
        size=reading.number(found["size"]),
    )


def _when(text: str) -> datetime:
    """Read a moment as in `10/Oct/2026:13:55:36 +0100`; English months whatever the locale."""
    found = _WHEN.fullmatch(text)
    if found is None or found[2] not in MONTHS:
        raise BadLineError("no-time")
    day, month, year, hour, minute, second, zone = found.groups()
    when = f"{MONTHS.index(month) + 1:02d}-{day}T{hour}:{minute}:{second}{zone[:3]}:{zone[3:]}"
    return reading.moment(f"{year}-{when}", form="", zone="UTC")
