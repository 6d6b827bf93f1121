"""Which documents would exhaust the tree builder of HTML, told before it sees them."""

import re
from collections import Counter

MAX_SIMPLE = 4_096  # characters; nothing so short costs more than milliseconds
MAX_TAGS = 300_000  # lexbor spends some 150 bytes on each
MAX_ATTRIBUTES = 4_000_000  # characters of all together, pictures in `data:` apart
MAX_DEPTH = 500  # open elements; Chromium stops at 512
MAX_SEPARATORS = 300  # blanks in one tag: its attributes are compared with one another
MAX_REOPENED = 200_000  # unclosed `<b>` and the like, times tags: each block opens them anew

_FORMATTING = frozenset({
    "a", "b", "big", "code", "em", "font", "i", "nobr", "s", "small", "strike", "strong", "tt",
    "u"
})  # fmt: skip
# Elements that cannot nest in themselves: their end tags may be left out, or they have none.
_UNNESTED = frozenset({
    "area", "base", "basefont", "bgsound", "br", "col", "embed", "frame", "hr", "img", "input",
    "keygen", "link", "meta", "param", "source", "track", "wbr", "p", "li", "td", "th", "tr",
    "dd", "dt", "option", "colgroup", "thead", "tbody", "tfoot", "html", "head", "body"
})  # fmt: skip
_DATA_URI = re.compile(r"data:[^\s\"'<>)]{100,}", re.IGNORECASE)
_TAG = re.compile(r"<(/?)([a-zA-Z][^\s/<>]*)([^<>]*)")
_SEPARATOR = re.compile(r"[\s/]+")


def too_complex(html: str) -> bool:
    """Whether a tree builder could take more than linear time or memory over a document.

    Reckons tag by tag, end tags only against their own name. Attributes can be written that
    deceive it; a worker's limits on time and memory stand behind it.
    """
    if len(html) <= MAX_SIMPLE:
        return False
    counted = _DATA_URI.sub("", html) if "data:" in html else html
    unclosed: Counter[str] = Counter()
    depth = formatting = attributes = 0
    for tags, tag in enumerate(_TAG.finditer(counted)):
        name = tag[2].lower()
        attributes += len(tag[3])
        if tags > MAX_TAGS or attributes > MAX_ATTRIBUTES or formatting * tags > MAX_REOPENED:
            return True
        if len(tag[3]) > MAX_SEPARATORS and len(_SEPARATOR.findall(tag[3])) > MAX_SEPARATORS:
            return True
        if name in _UNNESTED or (tag[1] and not unclosed[name]):
            continue
        step = -1 if tag[1] else 1
        unclosed[name] += step
        depth += step
        formatting += step * (name in _FORMATTING)
        if depth > MAX_DEPTH:
            return True
    return False
