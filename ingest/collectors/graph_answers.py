"""What Microsoft Graph answers, as far as it is read, and how it says no."""

import base64
import binascii
import re
from datetime import datetime
from typing import Any, TypeVar

import msgspec

T = TypeVar("T")

OK = 200
BASE64 = re.compile(r"[A-Za-z0-9+/_-]+={0,2}", re.ASCII)


class GraphError(Exception):
    """Graph refuses a request; for us only."""

    def __init__(self, status: int, code: str) -> None:
        super().__init__(f"{status} {code}")
        self.status = status
        self.code = code  # `ErrorItemNotFound`; empty where there is none


class FolderAnswer(msgspec.Struct, frozen=True, rename="camel"):
    """A `mailFolder`."""

    id: str
    display_name: str | None = None
    child_folder_count: int = 0
    type: str = msgspec.field(name="@odata.type", default="")


class FolderPage(msgspec.Struct, frozen=True):
    """A list of folders, and the link to its next page."""

    value: list[FolderAnswer]
    next: str = msgspec.field(name="@odata.nextLink", default="")


class PropertyAnswer(msgspec.Struct, frozen=True):
    """A `singleValueLegacyExtendedProperty`."""

    value: str = ""


class MessageAnswer(msgspec.Struct, frozen=True, rename="camel"):
    """A `message`, or what a delta query says of one that left the folder."""

    id: str
    last_modified_date_time: datetime | None = None
    received_date_time: datetime | None = None
    removed: dict[str, Any] | None = msgspec.field(name="@removed", default=None)
    single_value_extended_properties: list[PropertyAnswer] = []


class ChangePage(msgspec.Struct, frozen=True):
    """A page of a delta query, and the link to the next page or to the next query."""

    value: list[MessageAnswer]
    next: str = msgspec.field(name="@odata.nextLink", default="")
    delta: str = msgspec.field(name="@odata.deltaLink", default="")


class Part(msgspec.Struct, frozen=True):
    """One answer of a batch."""

    id: str
    status: int
    headers: dict[str, Any] | None = None
    body: Any = None  # an object; or a string, for what is not JSON

    def read(self, kind: type[T]) -> T | None:
        """Read the body, if the request succeeded and it is what was expected."""
        if self.status != OK:
            return None
        try:
            return msgspec.convert(self.body, kind)
        except msgspec.ValidationError:
            return None

    @property
    def refused(self) -> GraphError:
        """Say how it was refused."""
        return GraphError(self.status, error_code(msgspec.json.encode(self.body)))


class Parts(msgspec.Struct, frozen=True):
    """The answers of a batch, in any order."""

    responses: list[Part]


def exact(body: object) -> bytes | None:
    """Read MIME from a batch, where it stands in base64; as text its bytes would be lost.

    A mail has a colon in its first line, and base64 has none: the two cannot be mistaken.
    """
    if not isinstance(body, str) or not BASE64.fullmatch(body):
        return None
    padded = body.rstrip("=") + "=" * (-len(body.rstrip("=")) % 4)
    try:
        return base64.b64decode(padded, altchars=b"-_" if "-" in body or "_" in body else None)
    except binascii.Error:
        return None


class _Reason(msgspec.Struct, frozen=True):
    code: str = ""


class _Refusal(msgspec.Struct, frozen=True):
    error: _Reason = _Reason()


def error_code(content: bytes) -> str:
    """Read the name of an error, and nothing else of what Graph says about it."""
    try:
        code = msgspec.json.decode(content, type=_Refusal).error.code
    except msgspec.DecodeError:
        return ""
    return code if code.isascii() and code.isalnum() and len(code) < 100 else ""  # noqa: PLR2004
