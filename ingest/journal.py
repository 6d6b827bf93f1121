"""Journal reports: what the mail server says of a message, and the message itself, bit for bit.

Exchange and Microsoft 365 send each journaled message inside a report: a text part that names the
sender and everybody it went to, Bcc and members of lists included, and the original, unaltered,
as message/rfc822 ([MS-XJRNL]). A report that could not be delivered comes back to the alternate
journal mailbox inside a bounce (RFC 3464). This module only reads; whether what a report says may
be believed, `ingest.reports.trust.judge` decides.
"""

import re
from dataclasses import dataclass, replace
from enum import StrEnum

from ingest.mime import charsets
from ingest.mime.structure import MESSAGE_TYPES, walk
from ingest.reports import envelope, parts
from ingest.reports.envelope import Addressee, Said
from ingest.reports.parts import Cut, Piece

MAX_ORIGINALS = 2  # the message as sent, and its clear text (journal report decryption)

FAULTS = {
    "bad-address": "an address that is none",
    "bad-charset": "the envelope part breaks the charset that it declares, or nobody knows it",
    "bad-encoding": "the envelope part or the original breaks its transfer encoding",
    "duplicate-type": "a part with two Content-Type fields, which programs read differently",
    "envelope-not-text": "the part that should be the envelope is something else",
    "envelope-too-large": "an envelope part longer than is read",
    "no-envelope": "no envelope part",
    "no-original": "no message in the report",
    "no-recipients": "an envelope that names no recipient",
    "no-sender": "an envelope without a Sender line",
    "not-mixed": "a report that is no multipart/mixed",
    "out-of-order": "a field where the grammar has none",
    "parent-mismatch": "the report's own header names another message than its envelope",
    "repeated-field": "a field that may occur once occurs again",
    "several-originals": "more messages than the original and its decrypted copy",
    "stray-text": "text outside the parts",
    "too-many-recipients": "more recipients than are read",
    "unexpected-part": "a part that is neither envelope nor message",
    "unknown-line": "a line that is no field of the grammar",
    "unterminated": "a report cut short: its last delimiter is missing",
}
"""Every way in which a report can depart from its format."""

_MARKS = (b"x-ms-journal-report", b"x-ms-exchange-organization-journal-report")
# Exchange 2003, whose misspelling other programs copied.
_OLD_MARKS = (b"content-identifier", b"content-identifer")
_PARENT = b"x-ms-exchange-parent-message-id"
_ENVELOPE_TYPES = frozenset({"text/plain", "application/octet-stream"})
_PROTECTED = frozenset(
    {
        "application/pkcs7-mime",
        "application/x-pkcs7-mime",
        "application/x-microsoft-rpmsg-message",
        "multipart/encrypted",
    }
)
_RECIPIENT_FIELDS = (b"final-recipient", b"original-recipient")

_HINTS = (b"journal-report", b"journalreport", b"multipart/report")
_HEADER = re.compile(rb"[\r\n]*(?:[^\r\n]+(?:\r\n|\n|\r|\Z))*")


class Kind(StrEnum):
    """The forms in which reports come."""

    REPORT = "report"  # Exchange 2007 and later, Microsoft 365
    OLD_REPORT = "old-report"  # Exchange 2003
    BOUNCED = "bounced"  # either, inside a bounce


@dataclass(frozen=True, slots=True)
class Report:
    """What a journal report says, unjudged. Addresses are in lower case."""

    kind: Kind
    sender: str
    on_behalf_of: str
    subject: str
    message_id: str  # without angle brackets
    recipients: tuple[Addressee, ...]  # a line of the envelope each, in its order
    originals: tuple[bytes, ...]  # the exact bytes of each enclosed message
    clear: int  # which of the originals is to be read; the others are protected copies of it
    faults: tuple[str, ...]  # codes of FAULTS; with any of them nothing above is to be believed
    undelivered_to: tuple[str, ...] = ()  # whom a bounce says it could not reach


def unwrap(content: bytes) -> Report | None:
    """Read a journal report; None for any other mail. Never raises; time is linear.

    Who calls a mail a report is its header, which any sender can write: see `reports/trust.py`.
    """
    if not _may_be_report(content):
        return None
    mail = parts.message(content)
    if mail.media.name == "multipart/report":
        bounced = _from_bounce(mail)
        if bounced is not None:
            return bounced
    return _from_message(mail)


def _may_be_report(content: bytes) -> bool:
    """Look cheaply, in the header alone: it spares nearly all mail the reading of its fields."""
    header = _HEADER.match(content)
    start = header[0].lower() if header else b""
    return any(hint in start for hint in _HINTS)


def _from_bounce(mail: Piece) -> Report | None:
    """The report in a bounce, which holds it as its last part (RFC 6522)."""
    pieces = parts.cut(mail).pieces
    for piece in pieces:
        if piece.media.name in MESSAGE_TYPES:
            body, defect = piece.decoded()
            report = _from_message(parts.message(body))
            if report is not None:
                faults = (*report.faults, "bad-encoding") if defect else report.faults
                whom = _undelivered(pieces)
                return replace(report, kind=Kind.BOUNCED, faults=faults, undelivered_to=whom)
    return None


def _undelivered(pieces: tuple[Piece, ...]) -> tuple[str, ...]:
    """The failed recipients of a delivery status (RFC 3464, 2.3): `rfc822; address`."""
    found: dict[str, None] = {}
    for piece in pieces:
        if piece.media.name == "message/delivery-status":
            body, _ = piece.decoded()
            for text in parts.lines_named(body, *_RECIPIENT_FIELDS):
                found[envelope.address(text.partition(";")[2])] = None
    return tuple(found)


def _from_message(mail: Piece) -> Report | None:
    if mail.named(*_MARKS):
        return _report(mail, Kind.REPORT)
    if any(text.lower() == "exjournalreport" for text in mail.texts(*_OLD_MARKS)):
        return _report(mail, Kind.OLD_REPORT)
    return None


def _report(mail: Piece, kind: Kind) -> Report:
    outline = parts.cut(mail)
    first, others = outline.pieces[:1], outline.pieces[1:]
    messages = tuple(piece for piece in others if piece.media.name in MESSAGE_TYPES)
    said = _said(first[0], kind) if first else Said(faults=("no-envelope",))
    originals = tuple(piece.decoded() for piece in messages)
    faults = (
        *_outline_faults(mail, outline, len(messages)),
        *said.faults,
        *("bad-encoding" for _, defect in originals if defect),
        *_parent_faults(mail, said),
    )
    contents = tuple(body for body, _ in originals)
    return Report(
        kind=kind,
        sender=said.sender,
        on_behalf_of=said.on_behalf_of,
        subject=said.subject,
        message_id=said.message_id,
        recipients=said.recipients,
        originals=contents,
        clear=_clear(contents),
        faults=tuple(dict.fromkeys(faults)),
    )


def _outline_faults(mail: Piece, outline: Cut, messages: int) -> tuple[str, ...]:
    """What is wrong with the parts of a report: envelope first, messages after it, no more."""
    held = {
        "not-mixed": mail.media.name != "multipart/mixed",
        "unterminated": bool(outline.pieces) and not outline.closed,
        "stray-text": outline.closed and not outline.clean,
        "no-original": not messages,
        "several-originals": messages > MAX_ORIGINALS,
        "unexpected-part": len(outline.pieces) > 1 + messages,
        "duplicate-type": any(map(_has_two_types, (mail, *outline.pieces))),
    }
    return tuple(code for code, holds in held.items() if holds)


def _has_two_types(piece: Piece) -> bool:
    return len(piece.fields.values.get(b"content-type", ())) > 1


def _parent_faults(mail: Piece, said: Said) -> tuple[str, ...]:
    """Microsoft 365 names the original in the report's header too; the two must agree."""
    named = {envelope.message_id(text) for text in mail.texts(_PARENT)}
    return ("parent-mismatch",) if named - {said.message_id} else ()


def _said(piece: Piece, kind: Kind) -> Said:
    """Read the envelope part, whatever its charset and transfer encoding."""
    if piece.media.name not in _ENVELOPE_TYPES:
        return Said(faults=("envelope-not-text",))
    data, bad_encoding = piece.decoded()
    text, bad_charset = charsets.decode(data, piece.media.parameters.get("charset", ""))
    said = envelope.read_old(text) if kind is Kind.OLD_REPORT else envelope.read(text)
    held = {"bad-encoding": bad_encoding, "bad-charset": bad_charset}
    return replace(said, faults=(*said.faults, *(code for code, why in held.items() if why)))


def _clear(originals: tuple[bytes, ...]) -> int:
    """Which of two copies is the clear text: the first that nothing protects, else the first."""
    if len(originals) > 1:
        for number, content in enumerate(originals[:MAX_ORIGINALS]):
            if not any(map(_PROTECTED.__contains__, (each.media.name for each in walk(content)))):
                return number
    return 0
