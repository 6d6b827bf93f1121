"""Maildir and Maildir++: folders of messages, one file each, with flags in its name."""

import base64
import binascii
import re
from dataclasses import dataclass
from pathlib import PurePath

DELIVERED = frozenset({"cur", "new"})
SHIFTED = re.compile(r"&([A-Za-z0-9+,]*)-")
FLAGS = re.compile(r"[:;!]2,([A-Za-z]*)$")  # `;` and `!` where a file system refuses the colon


@dataclass(frozen=True, slots=True)
class Place:
    """Where a message lies: its folder as a person knows it, and its name that never changes."""

    folder: str
    item: str
    trashed: bool


def place(path: PurePath) -> Place | None:
    """Read the place of a message off its path; None where the path is not of a Maildir."""
    if len(path.parts) < 3 or path.parts[-2] not in DELIVERED:  # noqa: PLR2004 - folder/cur/name
        return None
    levels = [level for part in path.parts[:-2] for level in _levels(part)]
    name = path.name
    flags = FLAGS.search(name)
    unique = name[: flags.start()] if flags else name
    return Place("/".join(levels), unique, trashed=bool(flags and "T" in flags[1]))


def _levels(part: str) -> list[str]:
    """A Maildir++ folder stands beside the others, its levels joined by dots: `.Clubs.Chess`."""
    levels = part[1:].split(".") if part.startswith(".") and part.strip(".") else [part]
    return [SHIFTED.sub(_unshifted, level) for level in levels]


def _unshifted(match: re.Match[str]) -> str:
    """Decode one stretch of modified UTF-7 (RFC 3501, 5.1.3); one that is none stays."""
    if not match[1]:
        return "&"
    padded = match[1].replace(",", "/") + "=" * (-len(match[1]) % 4)
    try:
        return base64.b64decode(padded, validate=True).decode("utf-16-be")
    except (binascii.Error, UnicodeDecodeError):
        return match[0]
