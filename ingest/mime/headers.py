"""Header fields (RFC 5322, 2.2): found in the bytes, then read as text, ids, dates, addresses."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from itertools import islice

from ingest.mime import addresses, charsets, words
from ingest.mime.parameters import MediaType, read_media_type, read_parameters
from section9 import Participant

MAX_FIELD = 1 << 20  # bytes of a field that are read: some 20,000 addresses
MAX_REPEATS = 100  # fields of one name that are kept
MAX_IDS = 1_000  # ids in one References field
MAX_ID = 998  # characters: a line of RFC 5322, 2.1.1
MAX_DATE = 200  # characters

# Fields that mail programs repeat for good reason, or that are read as one long list.
_LISTS = frozenset({b"from", b"to", b"cc", b"bcc", b"reply-to"})
_WANTED = _LISTS | {
    b"subject",
    b"date",
    b"message-id",
    b"in-reply-to",
    b"references",
    b"content-type",
    b"content-transfer-encoding",
    b"content-disposition",
}

_NAME = rb"[!-9;-~]{1,200}"
_END = rb"(?:\r\n|\r|\n|\Z)"
# Possessive (`*+`): a fold of 50 MB must not leave a trail to step back on.
_FIELD = re.compile(
    rb"(" + _NAME + rb")[ \t]*+:([^\r\n]*+(?:(?:\r\n|\r|\n)[ \t][^\r\n]*+)*+)" + _END
)
_STRAY = re.compile(rb"[^\r\n]++(?:\r\n|\r|\n)(?=" + _NAME + rb"[ \t]*+:)")
# Lines that lost the blank of their fold. A name that no prose begins a line with must follow.
_UNFOLDED = re.compile(
    rb"(?:[^\r\n]++(?:\r\n|\r|\n)){2,50}?"
    rb"(?=(?:from|to|cc|date|subject|message-id|mime-version|received|return-path|reply-to|sender"
    rb"|(?:x|content|arc|dkim|list|received|authentication)-[!-9;-~]{1,60})[ \t]*+:)",
    re.IGNORECASE,
)
_BLANK = re.compile(rb"(?:\r\n|\r|\n)")
_BLANKS = re.compile(rb"[\r\n]*")
_MBOX = re.compile(rb">?From [^\r\n]*(?:\r\n|\r|\n)")
_COMMENT = re.compile(r"\([^()]*\)")
_ID = re.compile(r"<([^<>]*)>")


@dataclass(frozen=True, slots=True)
class Fields:
    """The header fields of one entity that this program reads, unfolded but not decoded."""

    values: Mapping[bytes, tuple[bytes, ...]]  # by lower-case name, in the order of the header
    defects: tuple[str, ...]
    end: int  # where the body begins

    def first(self, name: bytes) -> bytes:
        """The first field of a name: what is shown by the mail programs that show only one."""
        values = self.values.get(name)
        return values[0] if values else b""

    def text(self, name: bytes) -> tuple[str, str | None]:
        """An unstructured field as a line of text."""
        return words.decode(self.first(name))

    def token(self, name: bytes) -> str:
        """A field that is one word, in lower case, without comments: `base64`."""
        value = self.first(name).partition(b";")[0].partition(b"(")[0]
        return words.printable(charsets.decode(value, "")[0]).strip("\"' ").lower()[:100]

    def participants(self, name: bytes) -> tuple[tuple[Participant, ...], str | None]:
        """Everybody in all the fields of a name, so that a second `To` hides nobody."""
        values = self.values.get(name)
        return addresses.read(charsets.decode(b",".join(values), "")[0]) if values else ((), None)

    def ids(self, name: bytes) -> tuple[str, ...]:
        """The message ids of a field (RFC 5322, 3.6.4), without brackets."""
        text = charsets.decode(self.first(name), "")[0]
        found = [match[1] for match in islice(_ID.finditer(text), MAX_IDS)]
        if not found and " " not in text.strip():
            found = [text]
        squeezed = ("".join(words.printable(each).split())[:MAX_ID] for each in found)
        return tuple(dict.fromkeys(each for each in squeezed if each))

    def date(self) -> datetime | None:
        """The Date field in UTC; None when absent or unreadable."""
        text = self.text(b"date")[0]
        return read_date(text) if text else None

    def media_type(self, *, default: str) -> tuple[MediaType, str | None]:
        """The Content-Type; what RFC 2045, 5.2 says to assume when it is absent or unreadable."""
        value = self.first(b"content-type")
        if not value:
            return MediaType(default, {}), None
        text = charsets.decode(value, "")[0]
        media = read_media_type(text)
        if media is None:
            return MediaType("text/plain", read_parameters(text)), "bad-content-type"
        return media, None

    def says_text(self) -> bool:
        """Whether one of several Content-Types is a text's: some programs take the last."""
        others = self.values.get(b"content-type", ())[1:]
        types = (read_media_type(charsets.decode(value, "")[0]) for value in others)
        return any(media is not None and media.name.startswith("text/") for media in types)

    def disposition(self) -> tuple[str, Mapping[str, str]]:
        """The Content-Disposition (RFC 2183) in lower case and its parameters."""
        value = self.first(b"content-disposition")
        if not value:
            return "", {}
        return self.token(b"content-disposition"), read_parameters(charsets.decode(value, "")[0])


def start_of_message(content: bytes, start: int, end: int) -> int:
    """Past blank lines and the `From ` line of an mbox, which are no part of a message."""
    match = _BLANKS.match(content, start, end)
    begins = match.end() if match else start
    mbox = _MBOX.match(content, begins, end)
    return mbox.end() if mbox else begins


def read_fields(content: bytes, start: int, end: int) -> Fields:
    """Read the header that begins at `start`. Never raises, and is linear in its length.

    A stray line between two fields is passed over, and several before one that only a header
    has; one that no field follows begins the body, as for the mail programs that show it.
    """
    values: dict[bytes, list[bytes]] = {}
    defects: dict[str, None] = {}
    position = start
    while position < end:
        field = _FIELD.match(content, position, end)
        if field is not None:
            _keep(field, values, defects)
        elif position > start and (field := _stray(content, position, end)):
            defects["bad-header-line"] = None
        else:
            break
        position = field.end()
    blank = _BLANK.match(content, position, end)
    if blank is None and position < end:
        defects["no-blank-line"] = None
    kept = {name: tuple(each) for name, each in values.items()}
    return Fields(kept, tuple(defects), blank.end() if blank else position)


def _stray(content: bytes, position: int, end: int) -> re.Match[bytes] | None:
    """Match what stands between two fields and is none."""
    found = _STRAY.match(content, position, end)
    return found or _UNFOLDED.match(content, position, end)


def _keep(
    field: re.Match[bytes], values: dict[bytes, list[bytes]], defects: dict[str, None]
) -> None:
    """Note a field that is wanted: cut to MAX_FIELD, unfolded."""
    name = field[1].lower()
    if name not in _WANTED:
        return
    start, stop = field.span(2)
    if stop - start > MAX_FIELD:
        defects["header-truncated"] = None
        stop = start + MAX_FIELD
    value = field.string[start:stop].replace(b"\r", b"").replace(b"\n", b"").strip()
    repeats = values.setdefault(name, [])
    if repeats:
        defects["duplicate-header"] = None
    if len(repeats) < MAX_REPEATS:
        repeats.append(value)


def read_date(text: str) -> datetime | None:
    """A date of RFC 5322, 3.3 or the older forms; UTC where it names no zone."""
    try:
        date = parsedate_to_datetime(_COMMENT.sub(" ", text[:MAX_DATE]))
        return date.astimezone(UTC) if date.tzinfo else date.replace(tzinfo=UTC)
    except (ValueError, TypeError, OverflowError, IndexError):
        return None
