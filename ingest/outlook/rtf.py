"""HTML that Outlook has wrapped in RTF, unwrapped again (MS-OXRTFEX, 2.1.3), in linear time."""

import codecs
import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

HEAD = 1024  # bytes in which the RTF says what it was made from
TOKEN = re.compile(
    rb"\\'(?P<byte>[0-9a-fA-F]{2})|\\(?P<word>[a-zA-Z]+)(?P<number>-?[0-9]{1,9})? ?"
    rb"|\\(?P<symbol>[^a-zA-Z])|(?P<brace>[{}])|(?P<text>[^\\{}\r\n]+)|[\r\n]+",
    re.DOTALL,
)
WORDS = {
    b"par": "\r\n",
    b"line": "\r\n",
    b"tab": "\t",
    b"lquote": "&lsquo;",
    b"rquote": "&rsquo;",
    b"ldblquote": "&ldquo;",
    b"rdblquote": "&rdquo;",
    b"bullet": "&bull;",
    b"endash": "&ndash;",
    b"emdash": "&mdash;",
}
SYMBOLS = {b"~": "&nbsp;", b"_": "&shy;", b"{": "{", b"}": "}", b"\\": "\\"}
UNSEEN = frozenset({b"colortbl", b"stylesheet", b"info", b"pntext", b"listtable", b"mhtmltag"})
CHARSETS = {
    128: 932, 129: 949, 134: 936, 136: 950, 161: 1253, 162: 1254, 163: 1258,
    177: 1255, 178: 1256, 186: 1257, 204: 1251, 222: 874, 238: 1250,
}  # fmt: skip
"""Windows code pages of the `\\fcharset` numbers that are not 1252."""


def made_from_html(rtf: bytes) -> bool:
    """Tell whether the RTF is HTML in disguise."""
    return b"\\fromhtml1" in rtf[:HEAD]


def made_from_text(rtf: bytes) -> bool:
    """Tell whether the RTF says no more than the plain body does."""
    return b"\\fromtext" in rtf[:HEAD]


def to_html(rtf: bytes) -> str:
    """Give back the HTML. Never raises; what is malformed is read as far as it goes."""
    reader = _Reader()
    return "".join(piece for token in TOKEN.finditer(rtf) for piece in reader.take(token))


@dataclass(frozen=True, slots=True)
class _Group:
    """What a brace opens, and the next one closes again."""

    unseen: bool = False  # in a destination that shows nothing
    not_html: bool = False  # between `\\htmlrtf` and `\\htmlrtf0`
    fonts: bool = False
    codepage: str = ""
    skip: int = 1  # bytes that stand in for a `\\u` character


@dataclass(slots=True)
class _Reader:
    """Where in the RTF we are."""

    group: _Group = field(default_factory=_Group)
    outer: list[_Group] = field(default_factory=list)
    pending: bytearray = field(default_factory=bytearray)  # of `\\'hh`: characters may have two
    codepage: str = "cp1252"
    font_pages: dict[int, str] = field(default_factory=dict)
    font: int = 0
    starred: bool = False  # the next word names a destination that may be ignored
    passed_over: int = 0  # how much still stands in for a `\\u` character

    def take(self, token: re.Match[bytes]) -> Iterator[str]:
        """Read one token; yield what it shows."""
        if token["byte"]:
            self._byte(int(token["byte"], 16))
            return
        yield from self._flush()
        if token["brace"]:
            self._brace(token["brace"])
        elif token["word"]:
            yield from self._word(token["word"], token["number"])
        elif token["symbol"]:
            yield from self._symbol(token["symbol"])
        elif token["text"]:
            yield from self._text(token["text"])

    def _byte(self, value: int) -> None:
        if self.passed_over:
            self.passed_over -= 1
        elif self._shows:
            self.pending.append(value)

    @property
    def _shows(self) -> bool:
        return not (self.group.unseen or self.group.not_html or self.group.fonts)

    def _flush(self) -> Iterator[str]:
        if self.pending:
            yield bytes(self.pending).decode(self.group.codepage or self.codepage, "replace")
            self.pending.clear()

    def _brace(self, brace: bytes) -> None:
        self.passed_over = 0
        if brace == b"{":
            self.outer.append(self.group)
        elif self.outer:
            self.group = self.outer.pop()

    def _word(self, word: bytes, digits: bytes | None) -> Iterator[str]:
        number = int(digits) if digits else None
        starred, self.starred = self.starred, False
        if word == b"htmltag" and starred:
            return
        if starred or word in UNSEEN:
            self.group = replace(self.group, unseen=True)
        elif word == b"htmlrtf":
            self.group = replace(self.group, not_html=number != 0)
        elif word == b"u" and number is not None and self._shows:
            self.passed_over = self.group.skip
            yield chr(number % 0x10000)
        elif word in WORDS and self._shows:
            yield WORDS[word]
        else:
            self._format(word, number)

    def _format(self, word: bytes, number: int | None) -> None:
        if word == b"fonttbl":
            self.group = replace(self.group, fonts=True)
        elif number is None:
            return
        elif word == b"ansicpg":
            self.codepage = _known(number)
        elif word == b"uc":
            self.group = replace(self.group, skip=max(0, number))
        elif word == b"f" and self.group.fonts:
            self.font = number
        elif word == b"fcharset" and self.group.fonts:
            if number in CHARSETS:
                self.font_pages[self.font] = _known(CHARSETS[number])
        elif word == b"f":
            self.group = replace(self.group, codepage=self.font_pages.get(number, ""))

    def _symbol(self, symbol: bytes) -> Iterator[str]:
        if symbol == b"*":
            self.starred = True
        elif self.passed_over:
            self.passed_over -= 1
        elif symbol in SYMBOLS and self._shows:
            yield SYMBOLS[symbol]

    def _text(self, words: bytes) -> Iterator[str]:
        shown = words[self.passed_over :]
        self.passed_over = max(0, self.passed_over - len(words))
        if self._shows:
            yield shown.decode(self.group.codepage or self.codepage, "replace")


def _known(number: int) -> str:
    """The name of a code page that Python knows; any other is read as the Western one."""
    name = "utf-8" if number == 65001 else f"cp{number}"  # noqa: PLR2004 - Windows's number for it
    try:
        codecs.lookup(name)
    except LookupError:
        return "cp1252"
    return name
