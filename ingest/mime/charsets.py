"""Bytes to text: the charset a mail declares, and what to try when it lies or says nothing."""

import re
from encodings.aliases import aliases
from functools import lru_cache

BAD_CHARSET = "bad-charset"
UNKNOWN_CHARSET = "unknown-charset"

# Codecs without an alias of their own, and the supersets that mail programs really write when
# they declare the older name (WHATWG Encoding, 4.2 gives the same replacements).
_SUPERSETS = {
    "ascii": "ascii",
    "iso8859_1": "cp1252",
    "latin_1": "cp1252",
    "iso8859_9": "cp1254",
    "tis_620": "cp874",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "shift_jis": "cp932",
    "euc_kr": "cp949",
    "big5": "big5hkscs",
    "koi8_u": "koi8_u",
    "cp874": "cp874",
    "utf_8_sig": "utf_8_sig",
}
_NICKNAMES = {
    "iso_8859_8_i": "iso8859_8",
    "iso_8859_8_e": "iso8859_8",
    "windows_874": "cp874",
    "x_sjis": "cp932",
    "x_gbk": "gb18030",
    "ks_c_5601_1987": "cp949",
    "unicode_1_1_utf_7": "utf_7",
    "x_mac_roman": "mac_roman",
    "utf8mb4": "utf_8",
}
# Quadratic to decode, or meant for Python source: no mail program writes them.
_REFUSED = frozenset({"punycode", "idna", "unicode_escape", "raw_unicode_escape", "undefined"})
_KNOWN = (frozenset(aliases.values()) | frozenset(_SUPERSETS)) - _REFUSED
_NOT_ALNUM = re.compile(r"[^a-z0-9]+")
_UTF16 = frozenset({"utf_16", "utf_16_le", "utf_16_be"})


def decode(data: bytes, charset: str) -> tuple[str, str | None]:
    """Text for `data`, and the code of a defect if the declared charset did not do.

    An empty `charset` or `us-ascii` says nothing: UTF-8, then windows-1252 are tried, as every
    mail program does. The text has no NUL and no lone surrogate. Never raises.
    """
    codec = codec_for(charset)
    if codec is None:
        return _clean(_guess(data)), UNKNOWN_CHARSET
    if codec == "ascii":
        return _clean(_guess(data)), None
    try:
        text = data.decode(_with_byte_order(data, codec))
    except UnicodeError:
        return _clean(_salvage(data, codec)), BAD_CHARSET
    except LookupError:  # base64, rot13 …: Python knows the name, but not as a charset
        return _clean(_guess(data)), UNKNOWN_CHARSET
    return _clean(text), None


@lru_cache(maxsize=1024)
def codec_for(charset: str) -> str | None:
    """Python's codec for a MIME charset name; None when there is none.

    Looked up in a table rather than by `codecs.lookup`, which would import and remember a
    module for each name a stranger invents.
    """
    name = _NOT_ALNUM.sub("_", charset[:40].partition("(")[0].lower()).strip("_")
    if name in {"", "us_ascii"}:
        return "ascii"
    codec = _NICKNAMES.get(name) or aliases.get(name, name)
    return _SUPERSETS.get(codec, codec) if codec in _KNOWN else None


def _clean(text: str) -> str:
    """Without NUL, a leading byte order mark, and surrogates (UTF-7 can spell them)."""
    if "\0" in text:
        text = text.replace("\0", "")
    if not text.isascii():
        text = text.removeprefix("\ufeff").encode("utf-8", "replace").decode("utf-8")
    return text


def _guess(data: bytes) -> str:
    """What an undeclared text most probably is."""
    if b"\0" in data:
        zeros = max(data[0::2].count(0), data[1::2].count(0))
        if zeros * 4 > len(data):  # every second byte of Latin text in UTF-16 is zero
            return data.decode(_with_byte_order(data, "utf_16"), "replace")
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return _mostly_utf8(data)


def _mostly_utf8(data: bytes) -> str:
    """Broken UTF-8 if more of it is whole than broken, else windows-1252."""
    text = data.decode("utf-8", "replace")
    beyond_ascii = len(text) - len(text.encode("ascii", "ignore"))
    return text if text.count("\ufffd") * 2 < beyond_ascii else data.decode("cp1252", "replace")


def _salvage(data: bytes, codec: str) -> str:
    """The best of a text that breaks the charset it declares."""
    if codec in {"utf_8", "utf_8_sig"}:
        text = data.decode("utf-8", "replace")
        keeps_its_word = not text.replace("\ufffd", "").isascii()
        return text if keeps_its_word else data.decode("cp1252", "replace")
    if codec not in _UTF16:
        try:
            return data.decode("utf-8")  # declared out of habit by a program that writes UTF-8
        except UnicodeDecodeError:
            pass
    return data.decode(codec, "replace")


def _with_byte_order(data: bytes, codec: str) -> str:
    """UTF-16 without a mark: the side on which the zeros lie tells the order (RFC 2781, 4.3)."""
    if codec != "utf_16" or data[:2] in {b"\xff\xfe", b"\xfe\xff"}:
        return codec
    return "utf_16_be" if data[0::2].count(0) > data[1::2].count(0) else "utf_16_le"
