"""The mapping of a CSV log: which column says what, in a TOML file.

[columns]
time = "Date/Time"
user = "Username"
page = "URL"
blocked = "Action"
computer = "Device"

blocked = ["Blocked", "Denied"]     # what the column says of a visit that was blocked
time_format = "%d/%m/%Y %H:%M:%S"   # else ISO 8601, or seconds since 1970
zone = "Europe/London"
"""

import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated

import msgspec
from msgspec import Meta, Struct, field

from ingest.weblogs import reading
from section9 import Section9Error

KNOWN = (
    "time", "date", "user", "site", "page", "blocked", "computer",
    "method", "status", "size", "category",
)  # fmt: skip
ALWAYS = frozenset({"time"})


class MappingError(Section9Error):
    """A mapping cannot be used."""

    exit_code = 2

    def __init__(self, what: str) -> None:
        super().__init__(f"the mapping {what}: mend it as docs/weblogs.md shows")


class Mapped(Struct, frozen=True, forbid_unknown_fields=True):
    """A mapping. Without one, the columns are called as in `KNOWN`."""

    columns: Mapping[str, str] = field(default_factory=lambda: dict(zip(KNOWN, KNOWN, strict=True)))
    blocked: tuple[str, ...] = ()
    time_format: str = ""
    zone: str = ""  # empty where nobody says
    delimiter: Annotated[str, Meta(min_length=1, max_length=1)] = ","
    given: bool = False  # the columns were named by somebody, so each must be there

    def required(self, what: str) -> bool:
        """Tell whether a heading must have the column."""
        return self.given or what in ALWAYS


UNMAPPED = Mapped()


def read_mapping(path: Path) -> Mapped:
    """Read a mapping. Raises `MappingError`."""
    try:
        raw = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise MappingError(f"cannot be read ({error.strerror})") from error
    except (UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise MappingError("is not TOML in UTF-8") from error
    try:
        mapped = msgspec.convert({**raw, "given": "columns" in raw}, Mapped)
    except msgspec.ValidationError as error:
        raise MappingError(f"is not right ({error})") from error
    return check(mapped)


def check(mapped: Mapped) -> Mapped:
    """Refuse a mapping of columns that nobody knows, or of a zone that is none."""
    if unknown := sorted(mapped.columns.keys() - set(KNOWN)):
        raise MappingError(f"names {', '.join(unknown)}, and there are only {', '.join(KNOWN)}")
    if "time" not in mapped.columns or not mapped.columns.keys() & {"site", "page"}:
        raise MappingError("needs a column for time, and one for page or site")
    check_zone(mapped.zone or "UTC")
    return mapped


def check_zone(name: str) -> str:
    """Refuse what is no time zone."""
    try:
        reading.zone_of(name)
    except (ValueError, KeyError, OSError) as error:
        raise MappingError("names no time zone such as Europe/London") from error
    return name
