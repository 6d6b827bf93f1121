"""Encoded words in header fields (RFC 2047), and header text made fit to show."""

import binascii
import re
from itertools import groupby

from ingest.mime import charsets, transfer

BAD_ENCODED_WORD = "bad-encoded-word"

# The text is sought with `find` from here: a pattern for the whole word would read to the end
# of the line from every `=?` that is never closed.
_OPENING = re.compile(r"=\?([^?\s]{1,80})\?([bBqQ])\?")
_SPACES = re.compile(r"\s+")
# C0 and C1 controls and DEL; a tab becomes a space before this is asked.
_CONTROLS = dict.fromkeys([*range(0x20), *range(0x7F, 0xA0)])


def decode(raw: bytes) -> tuple[str, str | None]:
    """The text of an unstructured field on one line, and the code of a defect if it is broken."""
    return decode_text(charsets.decode(raw, "")[0])


def decode_text(text: str) -> tuple[str, str | None]:
    """Replace each encoded word, wherever it stands: programs write them inside quotes too."""
    if "=?" not in text:
        return printable(text), None
    runs: list[str] = []
    defect = None
    for label, group in groupby(_tokens(text), key=lambda token: token[0]):
        pieces = "".join(piece for _, piece in group)
        if label is None:
            runs.append(pieces)
            continue
        # A character, or four letters of base64, may be cut between two words: join first.
        word, problem = charsets.decode(_bytes(pieces, label[1]), label[0])
        runs.append(word)
        defect = BAD_ENCODED_WORD if problem else defect
    return printable("".join(runs)), defect


_Label = tuple[str, str] | None  # charset and encoding of a word; None for plain text


def _tokens(text: str) -> list[tuple[_Label, str]]:
    """Cut into plain text and encoded words, in one pass."""
    tokens: list[tuple[_Label, str]] = []
    position = 0
    for opening in _OPENING.finditer(text):
        if opening.start() < position:
            continue
        closing = text.find("?=", opening.end())
        if closing < 0:
            break
        between = text[position : opening.start()]
        if between and not (tokens and tokens[-1][0] and between.isspace()):  # RFC 2047, 6.2
            tokens.append((None, between))
        charset = opening[1].partition("*")[0].lower()  # RFC 2231, 5: a language may follow
        tokens.append(((charset, opening[2].upper()), text[opening.end() : closing]))
        position = closing + 2
    tokens.append((None, text[position:]))
    return tokens


def _bytes(letters: str, encoding: str) -> bytes:
    """What the letters of encoded words stand for."""
    encoded = letters.encode("utf-8")
    if encoding == "B":
        return transfer.decode(encoded, "base64")[0]
    return binascii.a2b_qp(encoded, header=True)


def printable(text: str) -> str:
    """One line without control characters, its runs of blanks made one."""
    if text.isprintable() and "  " not in text:
        return text.strip()
    return _SPACES.sub(" ", text).translate(_CONTROLS).strip()
