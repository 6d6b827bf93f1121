"""One leaf of the MIME tree to a `Part`: decoded, named, hashed and read."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, replace

from ingest.mime import names, texts, transfer
from ingest.mime.parameters import MediaType
from ingest.mime.structure import Entity
from section9 import Part, PartId, PartKind, Span

_SHOWN = frozenset({"text/plain", "text/html"})
_PKCS7 = frozenset({"application/pkcs7-mime", "application/x-pkcs7-mime"})
_RIGHTS_MANAGED = "application/x-microsoft-rpmsg-message"


@dataclass(frozen=True, slots=True)
class Leaf:
    """A part, the bytes behind it, and the codes of its defects."""

    part: Part
    data: bytes
    defects: tuple[str, ...]


def read(entity: Entity, *, text_left: int) -> Leaf:
    """Decode a leaf, with no more than `text_left` characters of text."""
    data, bad_encoding = transfer.decode(
        entity.body, entity.fields.token(b"content-transfer-encoding")
    )
    disposition, parameters = entity.fields.disposition()
    raw_name = parameters.get("filename") or entity.media.parameters.get("name", "")
    name, suspicious = names.cleaned(raw_name)
    media = _believed(entity.media, data)
    kind = _kind(media.name, disposition, name, first=entity.first)
    text = _text(data, media, text_left)
    part = Part(
        id=PartId(entity.section),
        kind=kind,
        media_type=media.name,
        filename=name,
        size=len(data),
        sha256=hashlib.sha256(data).hexdigest(),
        text=text.text,
        hidden=text.hidden,
        quoted=text.quoted if kind is PartKind.BODY else (),
    )
    codes = (
        bad_encoding,
        *text.defects,
        _sealed(media, name, entity.parent),
        "suspicious-filename" if suspicious else None,
        "bad-content-type" if media is not entity.media else None,
    )
    return Leaf(part, data, tuple(code for code in codes if code))


def read_outside(entity: Entity, *, text_left: int) -> Leaf:
    """What a multipart has outside its parts, as a part 0 that no mail program shows."""
    data = entity.outside
    text = _text(data, MediaType("text/plain", {}), text_left)
    part = Part(
        id=PartId(f"{entity.section}.0" if entity.section else "0"),
        kind=PartKind.BODY,
        media_type="text/plain",
        filename="",
        size=len(data),
        sha256=hashlib.sha256(data).hexdigest(),
        text=text.text,
        hidden=(Span(0, len(text.text)),) if text.text else (),
    )
    return Leaf(part, data, text.defects)


def _believed(media: MediaType, data: bytes) -> MediaType:
    """The declared type, unless it says text and the bytes begin like a file that is none."""
    if texts.is_text(media.name) and texts.is_mislabelled(data):
        return replace(media, name="application/octet-stream")
    return media


def _kind(media_type: str, disposition: str, name: str, *, first: bool) -> PartKind:
    """A body is text that is shown with the message (RFC 8621, 4.1.4, `isInline`)."""
    shown = media_type in _SHOWN and disposition != "attachment" and (first or not name)
    return PartKind.BODY if shown else PartKind.ATTACHMENT


def _text(data: bytes, media: MediaType, text_left: int) -> texts.Text:
    if not texts.is_text(media.name):
        return texts.Text()
    text = texts.read(data, media)
    if len(text.text) > text_left:
        return texts.Text(defects=(*text.defects, "text-truncated"))
    return text


def _sealed(media: MediaType, name: str, parent: str) -> str | None:
    """The code for content that only its reader, or another program, can open."""
    if media.name == "message/partial":
        return "partial-message"
    if media.name == _RIGHTS_MANAGED or name.lower().endswith(".rpmsg"):
        return "encrypted"
    if media.name in _PKCS7:
        return _pkcs7(media.parameters)
    if parent == "multipart/encrypted" and media.name != "application/pgp-encrypted":
        return "encrypted"
    return None


def _pkcs7(parameters: Mapping[str, str]) -> str | None:
    """What an S/MIME wrapper holds (RFC 8551, 3.2.2); encrypted if it does not say."""
    kind = parameters.get("smime-type", "").lower()
    if kind == "certs-only":
        return None
    return "opaque-signature" if kind in {"signed-data", "compressed-data"} else "encrypted"
