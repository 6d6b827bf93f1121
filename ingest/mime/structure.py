"""The MIME tree of a message (RFC 2045, RFC 2046), as slices of the bytes that came.

The standard library's parser recurses, makes an object of every line (850 MB for 20 MB of short
ones) and rebuilds an enclosed message from its parse. This one walks a list, finds boundaries
with `bytes.find` and hands out the exact bytes, so that an enclosed message keeps the hash it
had when it was sent.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from ingest.mime import transfer
from ingest.mime.headers import Fields, read_fields, start_of_message
from ingest.mime.parameters import MediaType

MAX_DEPTH = 50  # containers around a part; real mail stays under 15
MAX_ENTITIES = 1_000  # parts and containers looked at in one message
MAX_PREAMBLE = 500  # bytes; "This is a multi-part message in MIME format" and its kin

_LINE_END = re.compile(rb"\r\n|\r|\n")
_USUAL = (b"mime", b"multipart", b"multi-part")
MESSAGE_TYPES = frozenset({"message/rfc822", "message/global"})


@dataclass(frozen=True, slots=True)
class Entity:
    """A leaf, an enclosed message or a multipart: its header fields and what follows them."""

    section: str  # RFC 3501, 6.4.5; a multipart that is a whole message has that message's
    fields: Fields
    media: MediaType
    body: bytes = b""  # before transfer decoding; decoded for an enclosed message; no multipart's
    parent: str = ""  # media type of the container around it
    first: bool = True  # among its siblings
    outside: bytes = b""  # of a multipart: what stands before its parts and after them
    defects: tuple[str, ...] = ()  # of its place in the tree; `fields` has those of its header


@dataclass(frozen=True, slots=True)
class _Node:
    """Work to do: an entity lies in bytes `start` to `end` of `source`."""

    source: bytes
    start: int
    end: int
    section: str = "1"
    prefix: str = ""  # of the sections in it, should it be a multipart
    depth: int = 0
    parent: str = ""
    first: bool = True


def walk(content: bytes) -> Iterator[Entity]:
    """Yield every entity in the order a reader meets them, the message itself first.

    Reads MAX_DEPTH levels and MAX_ENTITIES entities at most; where reading stopped, the entity
    says so in its defects. Never raises.
    """
    pending = [_Node(content, start_of_message(content, 0, len(content)), len(content))]
    for _ in range(MAX_ENTITIES):
        if not pending:
            return
        entity, children = _open(pending.pop())
        yield entity
        pending.extend(reversed(children))
    if pending:
        yield _unread(pending[-1])


def _unread(node: _Node) -> Entity:
    """Stands for everything from the first entity that was not looked at."""
    nothing = Fields({}, (), node.end)
    media = MediaType("application/octet-stream", {})
    return Entity(node.section, nothing, media, parent=node.parent, defects=("too-many-parts",))


def _open(node: _Node) -> tuple[Entity, list[_Node]]:
    """Read one entity, and find what lies in it."""
    fields = read_fields(node.source, node.start, node.end)
    default = "message/rfc822" if node.parent == "multipart/digest" else "text/plain"
    media, bad_type = fields.media_type(default=default)
    entity = Entity(
        section=node.section,
        fields=fields,
        media=media,
        parent=node.parent,
        first=node.first,
        defects=(bad_type,) if bad_type else (),
    )
    is_message = media.name in MESSAGE_TYPES
    if not is_message and not media.name.startswith("multipart/"):
        return _leaf(entity, node), []
    if node.depth >= MAX_DEPTH:
        return _leaf(entity, node, media="application/octet-stream", why="nested-too-deep"), []
    return _enclosed(entity, node) if is_message else _multipart(entity, node)


def _leaf(entity: Entity, node: _Node, *, media: str = "", why: str = "") -> Entity:
    return replace(
        entity,
        body=node.source[entity.fields.end : node.end],
        media=replace(entity.media, name=media) if media else entity.media,
        defects=(*entity.defects, why) if why else entity.defects,
    )


def _enclosed(entity: Entity, node: _Node) -> tuple[Entity, list[_Node]]:
    """An enclosed message and the work of reading it.

    RFC 2046, 5.2.1 forbids to encode one, but programs do; only then are its bytes copied. Its
    only part is numbered 1 below it, and so is the first part of its multipart.
    """
    source, start, end = node.source, entity.fields.end, node.end
    raw = source[start:end]
    body, defect = transfer.decode(raw, entity.fields.token(b"content-transfer-encoding"))
    if body is not raw:
        source, start, end = body, 0, len(body)
    child = _Node(
        source,
        start_of_message(source, start, end),
        end,
        section=f"{entity.section}.1",
        prefix=entity.section,
        depth=node.depth + 1,
        parent=entity.media.name,
    )
    defects = (*entity.defects, defect) if defect else entity.defects
    return replace(entity, body=body, defects=defects), [child]


def _multipart(entity: Entity, node: _Node) -> tuple[Entity, list[_Node]]:
    """A multipart and the work of reading its parts; plain text if it has no boundary in it."""
    boundary = entity.media.parameters.get("boundary", "").rstrip().encode()
    start = entity.fields.end
    cut = _cut(node.source, start, node.end, b"--" + boundary)
    if not boundary or not cut.parts:
        return _leaf(entity, node, media="text/plain", why="bad-boundary"), []
    defects = ("bad-boundary",) if cut.loose else ()
    outside = _outside(cut)
    if outside:
        defects = (*defects, "text-outside-parts")
    if entity.fields.says_text():
        outside = node.source[start : node.end]
    defects = (*entity.defects, *defects)
    entity = replace(entity, section=node.prefix, outside=outside, defects=defects)
    return entity, [_part(node, entity, *each) for each in enumerate(cut.parts, 1)]


def _part(node: _Node, entity: Entity, number: int, span: tuple[int, int]) -> _Node:
    section = f"{node.prefix}.{number}" if node.prefix else str(number)
    return _Node(
        node.source,
        *span,
        section=section,
        prefix=section,
        depth=node.depth + 1,
        parent=entity.media.name,
        first=number == 1,
    )


@dataclass(frozen=True, slots=True)
class _Cut:
    """A multipart's body cut at its delimiters (RFC 2046, 5.1.1)."""

    preamble: bytes = b""
    parts: tuple[tuple[int, int], ...] = ()  # where each begins and ends
    epilogue: bytes = b""
    loose: bool = False  # its delimiters share their lines with other characters


def _cut(source: bytes, start: int, end: int, dashed: bytes) -> _Cut:
    """Cut at the lines that are the delimiter, or, without any, at those that begin with it.

    RFC 2046, 5.1.1 lets a reader do the latter, but where boundaries are nested and one begins
    like the other only the former tells them apart.
    """
    strict = _cut_at(source, start, end, dashed, loose=False)
    return strict if strict.parts else _cut_at(source, start, end, dashed, loose=True)


def _cut_at(source: bytes, start: int, end: int, dashed: bytes, *, loose: bool) -> _Cut:
    """Stops at one part more than is ever looked at."""
    parts: list[tuple[int, int]] = []
    preamble, begins = b"", -1
    for line, after, closes in _delimiters(source, start, end, dashed, loose=loose):
        if begins < 0:
            preamble = source[start:line]
        elif line > begins:  # nothing lies between doubled delimiters
            parts.append((begins, _without_line_end(source, begins, line)))
        begins = after
        if closes or len(parts) > MAX_ENTITIES:
            return _Cut(preamble, tuple(parts), source[after:end] if closes else b"", loose)
    if begins >= 0:
        parts.append((begins, _before_glued_end(source, begins, end, dashed)))
    return _Cut(preamble, tuple(parts), loose=loose)


def _before_glued_end(source: bytes, start: int, end: int, dashed: bytes) -> int:
    """Where the last part ends if its closing delimiter sticks to a text without a line end."""
    closing = dashed + b"--"
    last = source[max(start, end - len(closing) - 4) : end].rstrip()
    if not last.endswith(closing):
        return end
    return source.rindex(closing, start, end)


def _outside(cut: _Cut) -> bytes:
    """What is written outside the parts, where mail programs do not look."""
    told = [cut.preamble] if _tells_something(cut.preamble) else []
    return b"\n".join([*told, cut.epilogue]) if told or cut.epilogue.strip() else b""


def _tells_something(preamble: bytes) -> bool:
    """Whether a preamble is more than the usual word to readers without MIME."""
    text = preamble.strip().lower()
    return len(text) > MAX_PREAMBLE or (bool(text) and not any(map(text.count, _USUAL)))


def _delimiters(
    source: bytes, start: int, end: int, dashed: bytes, *, loose: bool
) -> Iterator[tuple[int, int, bool]]:
    """Yield each delimiter line: where it begins, where the next begins, whether it closes."""
    found = source.find(dashed, start, end)
    while found >= 0:
        after = found + len(dashed)
        if found == start or source[found - 1] in b"\r\n":
            closes = source.startswith(b"--", after, end)
            position = after + 2 * closes
            rest = (
                _next_line(source, position, end) if loose else _line_after(source, position, end)
            )
            if rest is not None:
                yield found, rest, closes
                after = rest
        found = source.find(dashed, after, end)


def _next_line(source: bytes, position: int, end: int) -> int:
    """Where the next line begins, whatever is left on this one."""
    line_end = _LINE_END.search(source, position, end)
    return line_end.end() if line_end else end


def _line_after(source: bytes, position: int, end: int) -> int | None:
    """Where the next line begins, if only blanks are left on this one."""
    while position < end and source[position] in b" \t":
        position += 1
    if source.startswith(b"\r\n", position, end):
        return position + 2
    if position >= end:
        return end
    return position + 1 if source[position] in b"\r\n" else None


def _without_line_end(source: bytes, start: int, end: int) -> int:
    """The line end before a delimiter belongs to the delimiter (RFC 2046, 5.1.1)."""
    if source.endswith(b"\r\n", start, end):
        return end - 2
    return end - 1 if source.endswith((b"\n", b"\r"), start, end) else end
