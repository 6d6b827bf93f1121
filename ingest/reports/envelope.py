"""The envelope part of a journal report ([MS-XJRNL] 2.1; Exchange 2007's grammar, bb738122).

    Sender: SP address            On-Behalf-Of: SP address
    Subject: SP text              Message-ID: SP id          (either order)
    Label: · Mailbox: · SentUtc: · ReceivedUtc:              (optional)
    (To | Cc | Bcc | Recipient): SP address [, (Expanded | Forwarded): SP address]

Names know no case (RFC 5234, 2.3). Mail servers on the way fold lines, and not always with the
blank that folding asks for, so a line that is no field continues the one before where nothing
but a fold explains it. Whatever else departs from the grammar is a fault, and then nothing of
the report is believed.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from ingest.mime import words
from section9 import Role

MAX_RECIPIENTS = 100_000  # lines: larger than any list that a school expands
MAX_TEXT = 16 << 20  # characters of an envelope part

_ROLES = {"to": Role.TO, "cc": Role.CC, "bcc": Role.BCC, "recipient": Role.UNVERIFIED}
_TEXTS = frozenset({"subject", "message-id", "label", "mailbox", "sentutc", "receivedutc"})
_HEAD = _TEXTS | {"sender", "on-behalf-of"}
_SOURCES = frozenset({"expanded", "forwarded"})
_KNOWN = _HEAD | _ROLES.keys() | _SOURCES | {"recipients"}

MAX_FOLDS = 1_000  # lines of one field

# A line, but for the last of nothing. Lines end as in mail: never at Unicode's separators.
_LINE = re.compile(r"([^\r\n]*+)(?:\r\n|\r|\n)|([^\r\n]++)\Z")
_RECIPIENTS = re.compile(r"(?:^|[\r\n])recipients:[ \t]*+(?=[\r\n])", re.IGNORECASE)
_FIELD = re.compile(r"([A-Za-z-]{1,40})[ \t]*+:(.*)", re.DOTALL)
_WORD = r"[^\s<>()\[\],;:\\\"@]"
_LOCAL = rf"(?:{_WORD}{{1,256}}|\"(?:[^\"\\]|\\.){{0,256}}\")"
_ADDRESS = rf"{_LOCAL}@(?:{_WORD}{{1,255}}|\[[0-9A-Za-z:.]{{1,60}}\])"
# MS-XJRNL 2.1.1: a sender or recipient without an SMTP address is given by its directory name.
_DIRECTORY_NAME = r"\[EX:[^\[\]]{1,1024}\]"
_PATH = re.compile(rf"<({_ADDRESS})>|({_ADDRESS}|{_DIRECTORY_NAME})", re.IGNORECASE)
_MAILBOX = re.compile(
    rf"(?:\"[^\"]{{0,300}}\"[ \t]{{0,9}}|[^<>\"@,;]{{0,300}})<({_ADDRESS})>|({_ADDRESS})",
    re.IGNORECASE,
)
_SOURCE = re.compile(r",[ \t]*+(expanded|forwarded)[ \t]*+:", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Addressee:
    """Somebody who was sent the message, as one line of an envelope says."""

    address: str  # lower case; `[ex:/o=…]` where the directory has no SMTP address
    role: Role = Role.UNVERIFIED
    expanded_from: str = ""  # the list of which this is a member
    forwarded_from: str = ""  # the mailbox whose mail goes to this one


@dataclass(frozen=True, slots=True)
class Said:
    """What an envelope part says, and the codes of its faults."""

    sender: str = ""
    on_behalf_of: str = ""
    subject: str = ""
    message_id: str = ""  # without angle brackets
    recipients: tuple[Addressee, ...] = ()
    faults: tuple[str, ...] = ()


@dataclass(slots=True)
class _Reading:
    """What has been read of the part at hand; private to one call."""

    head: dict[str, str] = field(default_factory=dict)
    recipients: list[Addressee] = field(default_factory=list)
    faults: dict[str, None] = field(default_factory=dict)

    def fault(self, code: str) -> None:
        self.faults[code] = None

    def path(self, text: str) -> str:
        """An address, or empty and a fault. The null path `<>` is empty and none."""
        if text in {"", "<>"}:
            return ""
        found = address(text)
        if not found:
            self.fault("bad-address")
        return found


def read(text: str) -> Said:
    """Read the form that Exchange 2007 and later, and Microsoft 365, write."""
    reading = _Reading()
    for name, value in _fields(text, reading):
        _take(name, value, reading)
    return _said(reading)


def read_old(text: str) -> Said:
    """Read the form of Exchange 2003: `Sender`, `Message-ID`, then mailboxes one on a line."""
    reading = _Reading()
    marks = _RECIPIENTS.search(text[:MAX_TEXT])
    ends = marks.start() if marks else len(text)
    for name, value in _fields(text[:ends], reading):
        _take(name, _mailbox(value, reading) if name == "sender" else value, reading)
    for line in _lines(text[marks.end() : MAX_TEXT]) if marks else ():
        mailbox = line.strip().rstrip(",;")
        if mailbox:
            _add(Addressee(_mailbox(mailbox, reading)), reading)
    return _said(reading)


def address(text: str) -> str:
    """The one address that `text` is, in lower case; empty if it is anything else."""
    found = _PATH.fullmatch(text.strip())
    return (found[1] or found[2]).lower() if found else ""


def message_id(text: str) -> str:
    """A Message-ID without brackets and blanks, however it was folded."""
    return "".join(words.printable(text).split()).strip("<>")


def _mailbox(text: str, reading: _Reading) -> str:
    found = _MAILBOX.fullmatch(text.strip())
    if found is None:
        reading.fault("bad-address")
        return ""
    return (found[1] or found[2]).lower()


def _lines(text: str) -> Iterator[str]:
    return (found[1] or found[2] or "" for found in _LINE.finditer(text.strip("\r\n \t")))


def _fields(text: str, reading: _Reading) -> Iterator[tuple[str, str]]:
    """Yield each field's lower-case name and value, its folds undone."""
    if len(text) > MAX_TEXT:
        reading.fault("envelope-too-large")
    name, lines = "", [""]
    for line in _lines(text[:MAX_TEXT]):
        found = _FIELD.match(line)
        if found and found[1].lower() in _KNOWN and not _is_source(found[1], lines[-1]):
            if name:
                yield name, " ".join(lines).strip()
            name, lines = found[1].lower(), [found[2]]
        elif len(lines) < MAX_FOLDS and _continues(line, name, lines[-1]):
            lines.append(line.strip())
        else:
            reading.fault("unknown-line")
    if name:
        yield name, " ".join(lines).strip()


def _is_source(name: str, before: str) -> bool:
    """Whether a line is the second half of a recipient, broken after its comma."""
    return name.lower() in _SOURCES and before.rstrip().endswith(",")


def _continues(line: str, name: str, before: str) -> bool:
    """Whether a line that begins no field is a fold of the field before."""
    if not name:
        return False
    return line[:1] in {" ", "\t"} or name == "subject" or before.rstrip()[-1:] in {"", ",", ":"}


def _take(name: str, value: str, reading: _Reading) -> None:
    if name in _ROLES:
        _take_recipient(_ROLES[name], value, reading)
    elif name not in _HEAD:
        reading.fault("unknown-line")
    elif name in reading.head:
        reading.fault("repeated-field")
    else:
        if reading.recipients or (not reading.head and name != "sender"):
            reading.fault("out-of-order")
        reading.head[name] = value if name in _TEXTS else reading.path(value)


def _take_recipient(role: Role, value: str, reading: _Reading) -> None:
    parts = _SOURCE.split(value)
    sources = {kind.lower(): each for kind, each in zip(parts[1::2], parts[2::2], strict=True)}
    if len(parts) > 3:  # noqa: PLR2004 - the grammar has one redirection: address, kind, address
        reading.fault("unknown-line")
    if not all(each.strip() for each in sources.values()):
        reading.fault("bad-address")
    one = Addressee(
        reading.path(parts[0].strip()),
        role,
        expanded_from=reading.path(sources.get("expanded", "").strip()),
        forwarded_from=reading.path(sources.get("forwarded", "").strip()),
    )
    _add(one, reading)


def _add(one: Addressee, reading: _Reading) -> None:
    if not one.address:
        reading.fault("bad-address")
    elif len(reading.recipients) == MAX_RECIPIENTS:
        reading.fault("too-many-recipients")
    else:
        reading.recipients.append(one)


def _said(reading: _Reading) -> Said:
    if "sender" not in reading.head:
        reading.fault("no-sender")
    if not reading.recipients:
        reading.fault("no-recipients")
    return Said(
        sender=reading.head.get("sender", ""),
        on_behalf_of=reading.head.get("on-behalf-of", ""),
        subject=words.printable(reading.head.get("subject", "")),
        message_id=message_id(reading.head.get("message-id", "")),
        recipients=tuple(reading.recipients),
        faults=tuple(reading.faults),
    )
