"""A message, decoded as far as it can be: bytes to `ParsedMail`. Never raises on content.

Every limit is reached in linear time and leaves a defect behind, so that a search can say what
it did not see. Where a header occurs twice, address fields are read together and of any other
the first holds (`duplicate-header`).
"""

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace

from ingest.mime import leaves, names, texts
from ingest.mime.headers import Fields, read_fields, start_of_message
from ingest.mime.structure import MESSAGE_TYPES, Entity, walk
from section9 import Defect, ParsedMail, Part, Participant, PartId, PartKind

MAX_MAIL_TEXT = 10_000_000  # characters of all parts together

DEFECTS = {
    "bad-address": "an address list with unbalanced comments",
    "bad-base64": "base64 with foreign letters or wrong padding; what decodes is kept",
    "bad-boundary": "a multipart whose boundary never stands alone on a line; read by guess",
    "bad-charset": "bytes that do not fit the declared charset; read by guess",
    "bad-content-type": "an unreadable Content-Type; taken as plain text",
    "bad-date": "a Date that cannot be read",
    "bad-encoded-word": "an encoded word whose charset is unknown or does not fit",
    "bad-header-line": "a line between header fields that is none; passed over",
    "bad-quoted-printable": "quoted-printable with a stray `=`",
    "duplicate-header": "a field that may occur once occurs again",
    "encrypted": "S/MIME, PGP or rights-managed content that cannot be read",
    "header-truncated": "a header field of more than a mebibyte; the rest is not read",
    "html-too-complex": "HTML built to exhaust a parser; its text is read without its marks",
    "nested-too-deep": "parts inside more containers than are opened",
    "no-blank-line": "no blank line between header and body",
    "opaque-signature": "signed content wrapped in its signature; not opened",
    "partial-message": "a fragment of a message that was sent in pieces (message/partial)",
    "suspicious-filename": "a file name with a path, controls, direction marks or beyond length",
    "text-outside-parts": "text before the first part or after the last, which programs hide",
    "text-truncated": "more text than is read of a part or message",
    "too-many-addresses": "more addresses in a field than are kept",
    "too-many-parts": "more parts than are looked at",
    "undecodable-text": "bytes that are no text in their charset, nor in any that was guessed",
    "unknown-charset": "a charset that nobody knows; read by guess",
    "unknown-encoding": "a transfer encoding that nobody knows; not decoded",
    "uuencoded-text": "a file written into the text by uuencode; not opened",
}
"""Every code that a defect of parsing can have, and what it means."""

_LISTS = (b"from", b"to", b"cc", b"bcc", b"reply-to")

HIDING = frozenset(
    {
        "bad-base64",
        "encrypted",
        "header-truncated",
        "nested-too-deep",
        "opaque-signature",
        "partial-message",
        "text-truncated",
        "too-many-addresses",
        "too-many-parts",
        "undecodable-text",
        "unknown-charset",
        "unknown-encoding",
        "uuencoded-text",
    }
)
"""The codes after which text may be missing from search."""


@dataclass(slots=True)
class _Reading:
    """What has been read of the message at hand; private to one call of `parse`."""

    parts: list[Part] = field(default_factory=list)
    contents: dict[PartId, bytes] = field(default_factory=dict)
    defects: dict[Defect, None] = field(default_factory=dict)
    text_left: int = MAX_MAIL_TEXT
    plain: dict[str, str] = field(default_factory=dict)  # by the section of its alternative

    def note(self, codes: Iterable[str], part: PartId | None) -> None:
        """Remember defects, each once."""
        for code in codes:
            self.defects[Defect(code, part, hides=code in HIDING)] = None


def parse(content: bytes) -> ParsedMail:
    """Decode a message as far as it can be. Never raises; what failed is in `defects`."""
    return parse_with_contents(content)[0]


def parse_with_contents(content: bytes) -> tuple[ParsedMail, dict[PartId, bytes]]:
    """As `parse`, and the transfer-decoded bytes of each ATTACHMENT by its id."""
    reading = _Reading()
    entities = walk(content)
    first = next(entities)
    mail = _heading(first.fields)
    reading.note((defect.code for defect in mail.defects), None)
    _read(first, reading)
    for entity in entities:
        reading.note(entity.fields.defects, _section(entity))
        _read(entity, reading)
    parts, defects = tuple(reading.parts), tuple(reading.defects)
    return replace(mail, parts=parts, defects=defects), reading.contents


def _heading(fields: Fields) -> ParsedMail:
    """A message of which only the header is read."""
    lists = {name: fields.participants(name) for name in _LISTS}
    subject, bad_subject = fields.text(b"subject")
    date = fields.date()
    codes = [*fields.defects, bad_subject, *(code for _, code in lists.values())]
    if date is None and fields.first(b"date"):
        codes.append("bad-date")
    ids = fields.ids(b"message-id")
    return ParsedMail(
        message_id=ids[0] if ids else "",
        date=date,
        subject=subject,
        from_=lists[b"from"][0],
        to=lists[b"to"][0],
        cc=lists[b"cc"][0],
        bcc=lists[b"bcc"][0],
        reply_to=lists[b"reply-to"][0],
        in_reply_to=fields.ids(b"in-reply-to"),
        references=fields.ids(b"references"),
        defects=tuple(Defect(code, hides=code in HIDING) for code in codes if code),
    )


def _read(entity: Entity, reading: _Reading) -> None:
    """Add what an entity is to a reader, and what is wrong with it."""
    reading.note(entity.defects, _section(entity))
    if entity.media.name in MESSAGE_TYPES:
        reading.parts.append(_message(entity))
    elif entity.outside:
        _add(leaves.read_outside(entity, text_left=reading.text_left), reading)
    elif not entity.media.name.startswith("multipart/") and "too-many-parts" not in entity.defects:
        _read_leaf(entity, reading)


def _section(entity: Entity) -> PartId | None:
    return PartId(entity.section) if entity.section else None


def _message(entity: Entity) -> Part:
    """An enclosed message: its own header in words; its parts come by themselves."""
    start = start_of_message(entity.body, 0, len(entity.body))
    mail = _heading(read_fields(entity.body, start, len(entity.body)))
    _, parameters = entity.fields.disposition()
    name, _ = names.cleaned(parameters.get("filename") or entity.media.parameters.get("name", ""))
    return Part(
        id=PartId(entity.section),
        kind=PartKind.MESSAGE,
        media_type=entity.media.name,
        filename=name,
        size=len(entity.body),
        sha256=hashlib.sha256(entity.body).hexdigest(),
        text="\n".join(header_lines(mail)),
    )


def header_lines(mail: ParsedMail) -> Iterator[str]:
    """The header of a message inside another, in words."""
    for name, people in (("From", mail.from_), ("To", mail.to), ("Cc", mail.cc)):
        if people:
            yield f"{name}: {', '.join(map(_written, people))}"
    if mail.subject:
        yield f"Subject: {mail.subject}"
    if mail.date:
        yield f"Date: {mail.date:%Y-%m-%d %H:%M} UTC"


def _written(person: Participant) -> str:
    return f"{person.name} <{person.address}>" if person.name else person.address


def _read_leaf(entity: Entity, reading: _Reading) -> None:
    leaf = leaves.read(entity, text_left=reading.text_left)
    part = replace(leaf.part, repeats=_repeats(leaf.part, entity.parent, reading.plain))
    _add(replace(leaf, part=part), reading)
    if part.kind is PartKind.ATTACHMENT:
        reading.contents[part.id] = leaf.data


def _add(leaf: leaves.Leaf, reading: _Reading) -> None:
    reading.parts.append(leaf.part)
    reading.text_left -= len(leaf.part.text)
    reading.note(leaf.defects, leaf.part.id)


def _repeats(part: Part, parent: str, plain: dict[str, str]) -> bool:
    """Whether a page repeats the plain text it is an alternative of; notes plain texts.

    The page may lie deeper than the text: its pictures come with it in a multipart/related.
    """
    if part.kind is not PartKind.BODY:
        return False
    around, _, _ = part.id.rpartition(".")
    if part.media_type == "text/plain" and parent == "multipart/alternative":
        plain.setdefault(around, part.text)
    if part.media_type != "text/html" or not plain:
        return False
    while around and around not in plain:
        around = around.rpartition(".")[0]
    return around in plain and texts.repeats(plain[around], part.text, part.hidden)
