"""Styles that keep text from a reader's eye: the tricks of CSS 2.1 and of Outlook's `mso-hide`."""

import re
from functools import lru_cache

MAX_SHEET = 100_000  # characters of style sheets that are read
MAX_REMEMBERED = 500  # characters of a style whose answer is kept

_SPACE = re.compile(r"\s+")
_SIMPLE = re.compile(r"(?:[a-z][a-z0-9]*)?([.#][a-z0-9_-]+)\Z")
_ZERO = re.compile(r"[+-]?0*(?:\.0*)?(?:px|pt|em|rem|ex|%|in|cm|mm)?\Z")
_WHITE = frozenset({"white", "#fff", "#ffffff", "rgb(255,255,255)"})
_BLACK = frozenset({"black", "#000", "#000000", "rgb(0,0,0)"})
_HIDING = frozenset({("display", "none"), ("visibility", "hidden"), ("mso-hide", "all")})


def hides(style: str) -> bool:
    """Whether a `style` attribute or a rule's body makes text invisible."""
    if not style:
        return False
    return _hides_again(style) if len(style) <= MAX_REMEMBERED else _hides(style)


def _hides(style: str) -> bool:
    declared = _declarations(style)
    if not _HIDING.isdisjoint(declared.items()):
        return True
    if any(_is_zero(declared.get(name, "")) for name in ("font-size", "opacity")):
        return True
    if declared.get("overflow") == "hidden" and any(
        _is_zero(declared.get(name, "")) for name in ("height", "max-height", "width", "max-width")
    ):
        return True
    background = declared.get("background-color") or declared.get("background", "")
    return same_colour(declared.get("color", ""), background)


_hides_again = lru_cache(maxsize=4096)(_hides)  # one style is on hundreds of elements


def same_colour(one: str, other: str) -> bool:
    """Whether two colours, as CSS or `bgcolor` writes them, are plainly the same."""
    if not one or not other:
        return False
    return one == other or any(one in names and other in names for names in (_WHITE, _BLACK))


def hidden_names(sheet: str) -> frozenset[str]:
    """`.class` and `#id` selectors that a style sheet hides, outside `@media`.

    Read by cutting at braces, so linear in the sheet; selectors with more than one step are
    passed over.
    """
    names: set[str] = set()
    depth = 0
    for piece in _without_comments(sheet[:MAX_SHEET].lower()).split("}"):
        *outer, body = piece.split("{")
        depth += len(outer)
        if depth == 1 and outer and hides(body):
            found = (_SIMPLE.match(selector.strip()) for selector in outer[0].split(","))
            names.update(match[1] for match in found if match)
        depth = max(0, depth - 1)
    return frozenset(names)


def _without_comments(sheet: str) -> str:
    first, *rest = sheet.split("/*")
    return first + "".join(piece.partition("*/")[2] for piece in rest)


def _declarations(style: str) -> dict[str, str]:
    """Property to value, in lower case without blanks and `!important`; the last one holds."""
    squeezed = _SPACE.sub("", style.lower()).replace("!important", "")
    pairs = (declaration.partition(":") for declaration in squeezed.split(";"))
    return {name: value for name, _, value in pairs if value}


def _is_zero(value: str) -> bool:
    return value[:1] in {"0", "."} and _ZERO.match(value) is not None
