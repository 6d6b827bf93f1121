"""Address lists (RFC 5322, 3.4), read in one pass and in bounded time whatever they hold."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from ingest.mime import words
from section9 import Participant

MAX_ADDRESSES = 10_000  # in one field
MAX_ADDRESS = 320  # characters: 64 before the @ and 255 after it (RFC 5321, 4.5.3.1)
MAX_NAME = 1_000  # characters

TOO_MANY_ADDRESSES = "too-many-addresses"
BAD_ADDRESS = "bad-address"

# An encoded word is one token, since a comma or a bracket may stand in it unescaped. Every
# alternative but the last reads on to a character that the others begin with.
_TOKEN = re.compile(
    r"""(?P<word>=\?[^?\s]{1,80}\?[bBqQ]\?[^?]*\?=)
      | (?P<quoted>"[^"\\]*(?:\\.[^"\\]*)*")
      | <(?P<angle>[^<>]*)>
      | (?P<mark>[(),;:])
      | (?P<text>[^"<(),;:=\\]+ | \\. | .)""",
    re.DOTALL | re.VERBOSE,
)

_COMMENT = re.compile(r"\([^()]*\)")


@dataclass(slots=True)
class _Reader:
    """What has been read of the mailbox at hand; private to one call of `read`."""

    phrase: list[str] = field(default_factory=list)  # with quotes, as written
    comment: list[str] = field(default_factory=list)
    angle: str | None = None

    def take(self) -> Participant | None:
        """The mailbox that ends here, if there is one; the reader is empty afterwards."""
        mailbox = _participant("".join(self.phrase), "".join(self.comment), self.angle)
        self.phrase.clear()
        self.comment.clear()
        self.angle = None
        return mailbox


def read(text: str) -> tuple[tuple[Participant, ...], str | None]:
    """The mailboxes of a list, groups opened, and the code of a defect if any.

    A mailbox without an `@` keeps its word as the name. Two addresses in one mailbox, a way to
    show one sender and mean another, both count.
    """
    comments = _closes_comments(text)
    found: list[Participant] = []
    for mailbox in _mailboxes(text, comments=comments):
        if len(found) == MAX_ADDRESSES:
            return tuple(found), TOO_MANY_ADDRESSES
        found.append(mailbox)
    return tuple(found), None if comments else BAD_ADDRESS


def _closes_comments(text: str) -> bool:
    """Whether each `(` outside quotes has its `)`; if not, neither means anything."""
    if "(" not in text:
        return True
    depth = 0
    for token in _TOKEN.finditer(text):
        depth += {"(": 1, ")": -1 if depth else 0}.get(token[0], 0)
    return depth == 0


def _mailboxes(text: str, *, comments: bool) -> Iterator[Participant]:
    reader = _Reader()
    depth = 0
    for token in _TOKEN.finditer(text):
        mark = token["mark"]
        if comments and mark in {"(", ")"} and (depth or mark == "("):
            reader.comment.append(mark if depth > (mark == ")") else " ")
            depth += 1 if mark == "(" else -1
        elif depth:
            reader.comment.append(token[0])
        elif mark in {",", ";"} or (token["angle"] is not None and reader.angle is not None):
            yield from _present(reader.take())
            reader.angle = token["angle"]
        elif mark == ":":
            _end_group_name(reader)
        elif token["angle"] is not None:
            reader.angle = token["angle"]
        else:
            reader.phrase.append(token[0])
    yield from _present(reader.take())


def _present(mailbox: Participant | None) -> Iterator[Participant]:
    if mailbox is not None:
        yield mailbox


def _end_group_name(reader: _Reader) -> None:
    """What stood before a colon named a group (`undisclosed-recipients:;`) or was `mailto`."""
    reader.take()


def _participant(phrase: str, comment: str, angle: str | None) -> Participant | None:
    phrase = phrase.strip()
    if angle is None:
        phrase, angle = _bare(phrase)
    shown, said = _name(phrase), _name(comment)
    name = f"{shown} ({said})" if shown and said else shown or said
    address = _address(angle)
    return Participant(name, address) if name or address else None


def _bare(phrase: str) -> tuple[str, str]:
    """Name and address of a mailbox without brackets: the last word with an `@` is the address."""
    if "@" not in phrase:
        return phrase, ""
    if phrase.startswith('"') and '"@' in phrase:  # a quoted local part may hold blanks
        return "", phrase
    before, _, last = phrase.rpartition(" ")
    if "@" in last:
        return before, last
    return phrase, next(word for word in phrase.split(" ") if "@" in word)


def _name(phrase: str) -> str:
    if not phrase:
        return ""
    text = words.decode_text(_unquoted(phrase[: MAX_NAME * 4]))[0]
    return text.strip("\"' ")[:MAX_NAME]


def _unquoted(phrase: str) -> str:
    return re.sub(r'\\(.)|"', lambda match: match[1] or "", phrase, flags=re.DOTALL)


def _address(angle: str) -> str:
    """Lower case, without blanks, controls and the source route of RFC 5322, 4.4."""
    text = angle[: MAX_ADDRESS * 4]
    if "=?" in text:
        text = words.decode_text(text)[0]
    if "(" in text:
        text = _COMMENT.sub("", text)
    if text.startswith("@"):
        text = text.rpartition(":")[2]
    text = words.printable(text).strip("<> ").removeprefix("mailto:")
    if '"' not in text:  # a quoted local part may hold blanks
        text = "".join(text.split())
    return text.lower()[:MAX_ADDRESS]
