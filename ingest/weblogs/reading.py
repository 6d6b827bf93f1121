"""What the words of a log line mean, whatever its form: users, sites, times, and what is bad.

A bad line raises `BadLineError` with the name of what is wrong with it, never with its text.
"""

import re
from datetime import UTC, datetime
from functools import lru_cache
from urllib.parse import unquote
from zoneinfo import ZoneInfo

EARLIEST = datetime(1995, 1, 1, tzinfo=UTC)
LATEST = datetime(2100, 1, 1, tzinfo=UTC)
"""What is not between the two is no time of a log."""
LONGEST_NAME = 250  # characters of a user, site or computer; more is no name
NOTHING = frozenset({"", "-", "n/a"})

_HOST = re.compile(
    r"(?:[a-z][a-z0-9+.-]{0,30}://|//)?(?:[^/?#@]*@)?(\[[^]/]*]|[^/:?#]*)", re.IGNORECASE
)
_SECRET = re.compile(r"^([a-z][a-z0-9+.-]{0,30}://)[^/?#@]*@", re.IGNORECASE)
_HOSTLIKE = re.compile(r"\[[0-9a-f:.%]+]|[^\s/\\@:]{1,253}")
_EPOCH = re.compile(r"\d{9,11}(?:\.\d{1,9})?|\d{12,14}")
_DENIED = re.compile(r"den(?:y|ied)|block|reject|forbid", re.IGNORECASE)


class BadLineError(ValueError):
    """A line cannot be read. `why` is a word of ours."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


def said(text: str) -> str:
    """What a field says; empty where logs write that there is nothing."""
    return "" if text.lower() in NOTHING else text


@lru_cache(maxsize=10_000)
def user(text: str) -> str:
    r"""A user name in lower case, without a Windows domain: `SCHOOL\J.Doe` is `j.doe`."""
    name = unquote(said(text.strip())).rpartition("\\")[2]
    return _name(name)


@lru_cache(maxsize=10_000)
def computer(text: str) -> str:
    """A computer's name or address."""
    return _name(said(text.strip()))


def _name(text: str) -> str:
    if len(text) > LONGEST_NAME:
        raise BadLineError("name-too-long")
    return " ".join(text.lower().split())


@lru_cache(maxsize=10_000)
def host(text: str) -> str:
    """The host of a name or address, in lower case; empty where it has none."""
    found = _HOST.match(text)
    name = (found[1] if found else "").lower().rstrip(".")
    return name if _HOSTLIKE.fullmatch(name) else ""


def address(text: str) -> str:
    """A page's address without the password that some carry."""
    return _SECRET.sub(r"\1", text) if "@" in text else text


def site_of(page: str) -> str:
    """The host of a page's address."""
    found = _HOST.match(page)
    return host(found[0]) if found else ""


def denied(text: str) -> bool:
    """Tell whether a filter's word says that it let nobody through."""
    return _DENIED.search(text) is not None


def number(text: str) -> int:
    """A number of bytes or a status; 0 where the field has none."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else 0  # noqa: PLR2004 - digits that SQLite takes


def epoch(text: str) -> datetime:
    """A moment in seconds since 1970, or milliseconds where it has no point."""
    if not _EPOCH.fullmatch(text):
        raise BadLineError("no-time")
    seconds, _, fraction = text.partition(".")
    if len(seconds) > 11:  # noqa: PLR2004 - milliseconds
        seconds, fraction = seconds[:-3], seconds[-3:]
    micros = int(fraction[:6].ljust(6, "0")) if fraction else 0
    return _sane(datetime.fromtimestamp(int(seconds), UTC).replace(microsecond=micros))


def moment(text: str, *, form: str, zone: str) -> datetime:
    """A written moment: by a form of `strptime`, ISO 8601, or seconds since 1970.

    One without a zone is of `zone`; of the hour that a clock shows twice in autumn it is the first.
    """
    text = text.strip()
    if not form and _EPOCH.fullmatch(text):
        return epoch(text)
    try:
        read = datetime.strptime(text, form) if form else datetime.fromisoformat(text)  # noqa: DTZ007 - below
        return _sane((read if read.tzinfo else read.replace(tzinfo=zone_of(zone))).astimezone(UTC))
    except (ValueError, OverflowError) as error:
        raise BadLineError("no-time") from error


@lru_cache(maxsize=50)
def zone_of(name: str) -> ZoneInfo:
    """A time zone by its name. Raises `ValueError`, `ZoneInfoNotFoundError` (a `KeyError`)."""
    return ZoneInfo(name)


def _sane(time: datetime) -> datetime:
    if not EARLIEST <= time < LATEST:
        raise BadLineError("no-such-time")
    return time
