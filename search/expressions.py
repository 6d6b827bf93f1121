r"""Regular expressions on whole values: a small language that no engine needs long for.

Signs stand for themselves but for `.` (any one), `[a-z]` and `[^a-z]`, `( | )`, `* + ?` and
`{2}`, `{2,}`, `{2,5}`; `\.` is the sign itself, `\d` a digit. There is nothing that looks back or
ahead, so RE2 and Lucene run it in time linear in the value. Values are in lower case, and so is
what is compared with them. An expression describes all of a value: `.*` leaves an end open.
"""

import re
from collections.abc import Callable
from functools import lru_cache

MAX_LENGTH = 200  # characters
MAX_REPEAT = 30  # of `{2,30}`

_TOKEN = re.compile(
    r"""  \\(?P<escaped>.)
        | \[(?P<no>\^?)(?P<members>(?:\\.|[^\]\\])+)\]
        | (?P<repeat>[*+?]|\{[0-9]{1,2}(?:,[0-9]{0,2})?\})
        | (?P<shape>[().|])
        | (?P<plain>[^\\\[\]{}*+?])
    """,
    re.VERBOSE | re.DOTALL,
)
_MEMBER = re.compile(r"\\(.)|(.)", re.DOTALL)


class ExpressionError(ValueError):
    """An expression that cannot be read: where, and why."""

    def __init__(self, position: int, problem: str) -> None:
        super().__init__(problem)
        self.position = position
        self.problem = problem


def read(written: str) -> str:
    """Check an expression as it was typed, and give it in the form that both engines take.

    Every sign but letters and digits that stands for itself is escaped. Raises `ExpressionError`.
    """
    if len(written) > MAX_LENGTH:
        raise ExpressionError(MAX_LENGTH, f"longer than {MAX_LENGTH} characters")
    text = written.removeprefix("^")
    shift = len(written) - len(text)
    text = text[:-1] if re.search(r"(?<!\\)(?:\\\\)*\$$", text) else text
    pieces, open_at, before, position = list[str](), list[int](), "(", 0
    while position < len(text):
        token = _TOKEN.match(text, position)
        if token is None:
            raise ExpressionError(shift + position, "this sign needs a \\ before it")
        kind = _kind(token)
        _check(kind, before, open_at, shift + position)
        if kind == "(":
            open_at.append(shift + position)
        pieces.append(_written(token, shift + position))
        before, position = kind, token.end()
    _check("end", before, open_at, shift + position)
    found = "".join(pieces)
    try:
        compiled(found)
    except ValueError as error:
        raise ExpressionError(0, "too much is repeated, or a range runs backwards") from error
    return found


def of_wildcards(written: str) -> str:
    """Give the expression of a value with `*` and `?` in it; a backslash makes a sign plain."""
    pieces = []
    for escaped, plain in _MEMBER.findall(written):
        pieces.append({"*": ".*", "?": "."}.get(plain) or _literal((escaped or plain).lower()))
    return "".join(pieces)


@lru_cache(maxsize=64)
def compiled(expression: str) -> Callable[[str], bool]:
    """Give what tells whether all of a value fits. Raises `ValueError` for what is too large."""
    import re2  # noqa: PLC0415 - only a query with an expression pays for it

    options = re2.Options()
    options.log_errors = False
    options.dot_nl = True
    try:
        fits = re2.compile(expression, options).fullmatch
    except re2.error as error:
        raise ValueError(str(error)) from error
    return lambda value: fits(value) is not None


def _kind(token: re.Match[str]) -> str:
    """Say what a token is to its neighbours: `(`, `)`, `|`, a repeat or one character."""
    if token["repeat"]:
        return "repeat"
    return token["shape"] if token["shape"] in {"(", ")", "|"} else "one"


def _check(kind: str, before: str, open_at: list[int], position: int) -> None:
    """Refuse what stands for nothing. Raises `ExpressionError`."""
    if kind == "repeat" and before not in {"one", ")"}:
        raise ExpressionError(position, "nothing stands before this that can be repeated")
    if kind in {")", "|", "end"} and before in {"(", "|"}:
        raise ExpressionError(position, "nothing stands here")
    if kind == ")":
        if not open_at:
            raise ExpressionError(position, "this parenthesis was never opened")
        open_at.pop()
    if kind == "end" and open_at:
        raise ExpressionError(open_at[-1], "this parenthesis is never closed")


def _written(token: re.Match[str], position: int) -> str:
    if token["members"]:
        return f"[{token['no']}{_members(token['members'], position)}]"
    if token["repeat"]:
        if any(int(number) > MAX_REPEAT for number in re.findall(r"\d+", token["repeat"])):
            raise ExpressionError(position, f"more than {MAX_REPEAT} times")
        return token["repeat"]
    if token["shape"]:
        return token["shape"]
    if token["plain"]:
        return _literal(token["plain"].lower())
    return _escaped(token["escaped"], position)


def _members(written: str, position: int) -> str:
    """Write the characters of a class; a - between two of them is a range."""
    pieces = []
    for escaped, plain in _MEMBER.findall(written):
        if escaped:
            pieces.append("0-9" if escaped == "d" else _escaped(escaped, position))
        else:
            pieces.append("-" if plain == "-" else _literal(plain.lower()))
    if pieces[0] == "-":
        pieces[0] = r"\-"
    if pieces[-1] == "-":
        pieces[-1] = r"\-"
    return "".join(pieces)


def _escaped(sign: str, position: int) -> str:
    if sign == "d":
        return "[0-9]"
    if sign.isalnum():
        raise ExpressionError(position, f"\\{sign} has no meaning here")
    return _literal(sign)


def _literal(character: str) -> str:
    """Write a character, or two that one became in lower case, so that it means itself."""
    return "".join(c if c.isalnum() or c > "\x7f" else f"\\{c}" for c in character)
