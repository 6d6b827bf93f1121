"""Where a page of hits ended, as text that a person can pass back: `20260914T102200Z-<mail>`."""

from datetime import UTC, datetime

from search.index import Cursor
from section9 import MailId

FORM = "%Y%m%dT%H%M%S.%fZ"
UNDATED = "undated"


class PlaceError(ValueError):
    """The text is no place in a listing."""


def write_place(cursor: Cursor) -> str:
    """Write a place down."""
    when = cursor.date.astimezone(UTC).strftime(FORM) if cursor.date else UNDATED
    return f"{when}-{cursor.mail}"


def read_place(text: str) -> Cursor:
    """Read a place that `write_place` wrote. Raises `PlaceError`."""
    when, _, mail = text.partition("-")
    try:
        date = None if when == UNDATED else datetime.strptime(when, FORM).replace(tzinfo=UTC)
    except ValueError as error:
        raise PlaceError("not a place that a search has printed") from error
    return Cursor(date, MailId(mail))
