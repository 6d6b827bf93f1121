"""Parameters of Content-Type and Content-Disposition (RFC 2045, 5.1; RFC 2231)."""

import re
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import unquote_to_bytes

from ingest.mime import charsets, words

MAX_TYPE = 300  # characters in which the type is sought: 127 and a comment (RFC 6838, 4.2)

# A blank may stand for a forgotten semicolon, but only the first of a run is tried. Possessive,
# so that nothing is read twice.
_PARAMETER = re.compile(
    r"""(?:;|(?<=\S)\s)\s*+([^\s=;"]{1,100}+)\s*+=\s*+
        (?:"([^"\\]*+(?:\\.[^"\\]*+)*+)"|((?:[^;\s]++|\s++(?![\w*-]{1,100}+=))*+))""",
    re.DOTALL | re.VERBOSE,
)
_NAME = re.compile(r"([^*]+)(?:\*(\d{1,6}))?(\*?)\Z")
_TYPE = re.compile(r"\s*([a-z0-9][\w!#$&^.+-]{0,62})\s*/\s*([\w!#$&^.+-]{1,63})", re.ASCII)
_COMMENT = re.compile(r"\([^()]*\)")
_QUOTED_PAIR = re.compile(r"\\(.)", re.DOTALL)


@dataclass(frozen=True, slots=True)
class MediaType:
    """A media type in lower case, and its parameters by lower-case name."""

    name: str  # `text/plain`
    parameters: Mapping[str, str]


def read_media_type(value: str) -> MediaType | None:
    """A Content-Type; None where no type can be read in it."""
    head = _COMMENT.sub(" ", value[:MAX_TYPE].partition(";")[0].lower())
    if head.strip() == "text":  # before MIME (RFC 1049) it had no subtype
        return MediaType("text/plain", read_parameters(value))
    match = _TYPE.match(head)
    return MediaType(f"{match[1]}/{match[2]}", read_parameters(value)) if match else None


def read_parameters(value: str) -> dict[str, str]:
    """The parameters of a structured field: continuations joined, charsets decoded.

    The first of two equal names holds. A name with a charset (`filename*`) is preferred to the
    plain one (RFC 6266, 4.3). Linear in the length of the value.
    """
    if "=" not in value:
        return {}
    plain: dict[str, str] = {}
    sections: defaultdict[str, dict[int, tuple[str, bool]]] = defaultdict(dict)
    for match in _PARAMETER.finditer(value):
        name = _NAME.match(match[1].lower())
        if name is None:
            continue
        text = _QUOTED_PAIR.sub(r"\1", match[2]) if match[2] is not None else match[3].strip('" ')
        if name[2] is None and not name[3]:
            plain.setdefault(name[1], text)
        else:
            sections[name[1]].setdefault(int(name[2] or 0), (text, bool(name[3])))
    return {
        **{name: words.decode_text(text)[0] for name, text in plain.items()},
        **{name: _join(numbered) for name, numbered in sections.items()},
    }


def _join(numbered: Mapping[int, tuple[str, bool]]) -> str:
    """Put the sections of RFC 2231, 3 and 4 in order; the first names the charset."""
    ordered = [numbered[number] for number in sorted(numbered)]
    first, extended = ordered[0]
    charset = ""
    if extended and first.count("'") >= 2:  # noqa: PLR2004 - charset'language'text
        charset, _, first = first.split("'", 2)
        ordered[0] = (first, extended)
    data = b"".join(
        unquote_to_bytes(text) if encoded else text.encode("utf-8") for text, encoded in ordered
    )
    return words.printable(charsets.decode(data, charset)[0])
