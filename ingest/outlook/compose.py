"""An item made into a message: the same bytes whenever it is made."""

import binascii
import hashlib
import re
from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import quote

from ingest.outlook.bodies import Body, bodies
from ingest.outlook.headers import header_block, subject
from ingest.outlook.item import EMBEDDED, Attachment, Item, Properties, Tag, number, text

DEEPEST = 20  # items within items
BY_VALUE, OLE = 1, 6  # MS-OXCMSG, 2.2.2.9: how an attachment is attached
MEDIA_TYPE = re.compile(r"[a-z0-9][a-z0-9!#$&^_.+-]{0,60}/[a-z0-9][a-z0-9!#$&^_.+-]{0,120}")
MESSAGES = ("IPM.NOTE", "IPM.SCHEDULE.MEETING", "IPM.POST", "REPORT.", "IPM.OUTLOOK.RECALL")


@dataclass(frozen=True, slots=True)
class Composed:
    """The bytes of a message, and codes of what is missing from them."""

    content: bytes
    lost: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Entity:
    """A MIME entity: its own header lines, and its body as it is transferred."""

    headers: tuple[str, ...]
    body: bytes

    @property
    def content(self) -> bytes:
        lines = "".join(f"{line}\r\n" for line in self.headers)
        return lines.encode("utf-8", "replace") + b"\r\n" + self.body


def compose(item: Item, *, way: str, depth: int = 0) -> Composed:
    """Make the message. `way` names what it is made from and how, in its first header."""
    lost = [*item.lost, *_beyond_text(item)]
    whole = _signed(item)
    if whole is not None:
        return Composed(_headed(item, whole, way), tuple(lost))
    attached = []
    for one in item.attachments:
        entity, missing = _attached(one, way=way, depth=depth)
        lost += missing
        attached += [entity] if entity else []
    texts = [_text(body) for body in bodies(item)] or [_text(Body("text/plain", b"", "utf-8"))]
    alternatives = _multipart("alternative", texts) if len(texts) > 1 else texts[0]
    entity = _multipart("mixed", [alternatives, *attached]) if attached else alternatives
    return Composed(_headed(item, entity.content, way), tuple(dict.fromkeys(lost)))


def _headed(item: Item, entity: bytes, way: str) -> bytes:
    return header_block(item, way=way) + b"MIME-Version: 1.0\r\n" + entity


def _beyond_text(item: Item) -> list[str]:
    """A contact, an appointment or a task says things in fields that a message does not have."""
    kind = text(item.properties, Tag.MESSAGE_CLASS).upper()
    return [] if not kind or kind.startswith(MESSAGES) else ["fields-not-rebuilt"]


def _signed(item: Item) -> bytes | None:
    """A signed message is kept whole, as its only attachment (MS-OXOSMIME, 2.1.2.1)."""
    kind = text(item.properties, Tag.MESSAGE_CLASS).upper()
    if not kind.endswith(".SMIME.MULTIPARTSIGNED") or len(item.attachments) != 1:
        return None
    content = item.attachments[0].content or b""
    return content if content[:13].lower() == b"content-type:" else None


def _attached(one: Attachment, *, way: str, depth: int) -> tuple[_Entity | None, list[str]]:
    """Give the entity of an attachment and what is missing of it, or only what is missing."""
    method = number(one.properties, Tag.ATTACHMENT_METHOD)
    if one.item is not None and depth < DEEPEST:
        inner = compose(one.item, way=way, depth=depth + 1)
        return _message(one.item.properties, inner.content), list(inner.lost)
    if one.item is not None or (method == EMBEDDED and one.content is None):
        return None, ["attached-item-not-rebuilt"]
    if one.content is not None:
        return _file(one.properties, one.content), []
    known = method in {0, BY_VALUE, OLE}
    return None, ["attachment-not-rebuilt" if known else "attachment-kept-elsewhere"]


def _message(properties: Properties, content: bytes) -> _Entity:
    name = subject(properties) or "item"
    headers = ("Content-Type: message/rfc822", _disposition("attachment", f"{name[:100]}.eml"))
    return _Entity(headers, content)


def _file(properties: Properties, content: bytes) -> _Entity:
    given = text(properties, Tag.ATTACHMENT_TYPE).lower()
    if not MEDIA_TYPE.fullmatch(given) or given.startswith(("multipart/", "message/")):
        given = "application/octet-stream"
    name = text(properties, Tag.ATTACHMENT_NAME, Tag.ATTACHMENT_SHORT_NAME, Tag.DISPLAY_NAME)
    content_id = re.sub(r"[^!-;=?-~]", "", text(properties, Tag.ATTACHMENT_CONTENT_ID))
    headers = [f"Content-Type: {given}", "Content-Transfer-Encoding: base64"]
    headers.append(_disposition("inline" if content_id else "attachment", name))
    if content_id:
        headers.append(f"Content-ID: <{content_id}>")
    return _Entity(tuple(headers), _base64(content))


def _text(body: Body) -> _Entity:
    charset = f"; charset={body.charset}" if body.charset else ""
    if not body.charset or body.charset.lower().startswith("utf-16"):
        encoding, content = "base64", _base64(body.content)
    else:
        encoding, content = "quoted-printable", _quoted_printable(body.content)
    headers = (
        f"Content-Type: {body.media_type}{charset}",
        f"Content-Transfer-Encoding: {encoding}",
    )
    return _Entity(headers, content)


def _multipart(kind: str, entities: Iterable[_Entity]) -> _Entity:
    """Join entities. No line of theirs can be the delimiter, which holds a hash of them all."""
    contents = [entity.content for entity in entities]
    digest = hashlib.sha256(b"\0".join(contents)).hexdigest()[:32]
    boundary = f"=_section9_{digest}"
    delimiter = f"--{boundary}\r\n".encode()
    body = b"".join(delimiter + content + b"\r\n" for content in contents)
    headers = (f'Content-Type: multipart/{kind}; boundary="{boundary}"',)
    return _Entity(headers, body + f"--{boundary}--\r\n".encode())


def _disposition(kind: str, name: str) -> str:
    """Content-Disposition with a name in any script (RFC 2231)."""
    if not name:
        return f"Content-Disposition: {kind}"
    written = quote(name[:200], safe="", errors="replace")
    return f"Content-Disposition: {kind};\r\n filename*=utf-8''{written}"


def _base64(content: bytes) -> bytes:
    """Lines of 76 characters (RFC 2045, 6.8)."""
    lines = (content[at : at + 57] for at in range(0, len(content), 57))
    return b"".join(binascii.b2a_base64(line, newline=False) + b"\r\n" for line in lines)


def _quoted_printable(content: bytes) -> bytes:
    """Lines end in CRLF, whatever the property has."""
    lines = content.replace(b"\r\n", b"\n").replace(b"\r", b"\n")
    return binascii.b2a_qp(lines, istext=True).replace(b"\n", b"\r\n")
