"""Which lines of a text were written earlier and are repeated: replies and forwards.

Follows what mail programs write: `>` before each line (RFC 3676, 4.5), `On … wrote:`, Outlook's
`-----Original Message-----` and its block of From, Sent, To and Subject. Everything below one of
the latter is quoted, since those programs answer on top. English only.
"""

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator

from section9 import Span

MAX_ATTRIBUTION = 300  # characters of an `On … wrote:` over two lines
MAX_FOLDS = 2  # line ends within it
MAX_BLOCK_LINES = 6  # lines below From: in which Outlook's Sent: and Subject: stand
MAX_SPANS = 10_000  # more are joined to the last

# Where a quotation may begin. One pass in C finds the few lines that are worth a look.
_CANDIDATE = re.compile(
    r"^[ \t]{0,3}(?:(?P<prefix>>)|(?P<on>\*?On )|(?P<block>\*?From:)|(?P<dashes>-{2,})"
    r"|(?P<begin>Begin forwarded message:))",
    re.MULTILINE | re.IGNORECASE,
)
_DASHED = re.compile(
    r"-{2,}[ \t]*(?:original (?:message|appointment)|forwarded (?:message|by)|forwarded message"
    r" (?:from|begins here))\b",
    re.IGNORECASE,
)
_BLOCK_FIELD = re.compile(r"[ \t>*]{0,9}(sent|date|to|subject):", re.IGNORECASE)
_RULE = re.compile(r"[ \t]*_{20,}[ \t]*\Z")


def quoted(text: str, *, marked: tuple[Span, ...] = ()) -> tuple[Span, ...]:
    """The quoted spans of a text, in order, apart from one another; linear in its length.

    `marked` is what the markup already tells to be quoted, in order: nothing is sought in it,
    and it counts as following an attribution just as lines with `>` do.
    """
    return merged([*marked, *_found(text, marked)])


def merged(spans: Iterable[Span]) -> tuple[Span, ...]:
    """Spans in order, those that touch or overlap made one; the excess of MAX_SPANS too."""
    joined: list[Span] = []
    for span in sorted(spans, key=lambda each: (each.start, each.end)):
        last = joined[-1] if joined else None
        if last and (span.start <= last.end or len(joined) == MAX_SPANS):
            joined[-1] = Span(last.start, max(last.end, span.end))
        else:
            joined.append(span)
    return tuple(joined)


def _found(text: str, marked: tuple[Span, ...]) -> Iterator[Span]:
    position = 0
    for candidate in _CANDIDATE.finditer(text):
        start = candidate.start()
        if start < position or _span_at(marked, start):
            continue
        if candidate["prefix"]:
            position = _line_end(text, start)
            yield Span(start, position)
        elif candidate["on"] and (end := _attribution_end(text, start)):
            position = _next_text(text, end)
            if not text.startswith(">", position) and not _span_at(marked, position):
                yield Span(start, len(text))
                return
            yield Span(start, position)
        elif _opens_the_rest(text, candidate):
            yield Span(_from_rule(text, start), len(text))
            return


def _span_at(spans: tuple[Span, ...], position: int) -> bool:
    """Whether one of the ordered spans holds a position."""
    index = bisect_right(spans, position, key=lambda span: span.start) - 1
    return index >= 0 and position < spans[index].end


def _opens_the_rest(text: str, candidate: re.Match[str]) -> bool:
    """Whether a forwarding mark or an Outlook block stands here: all below it is quoted."""
    if candidate["dashes"]:
        return _DASHED.match(text, candidate.start("dashes")) is not None
    if candidate["block"]:
        return _is_block(text, candidate.start())
    return candidate["begin"] is not None


def _is_block(text: str, start: int) -> bool:
    """From:, and two of Sent:, Date:, To: and Subject: in the lines below (Outlook, Gmail)."""
    seen = set()
    line = _line_end(text, start)
    for _ in range(MAX_BLOCK_LINES):
        field = _BLOCK_FIELD.match(text, line)
        if field:
            seen.add(field[1].lower())
        line = _line_end(text, line)
    return len(seen) > 1


def _attribution_end(text: str, start: int) -> int | None:
    """The end of `On 3 May 2024, somebody wrote:`, which may run over a few lines.

    It must name a number, as every date does: "On reflection he wrote:" is prose.
    """
    window = text[start : start + MAX_ATTRIBUTION]
    found = window.find("wrote:")
    sentence = window[: found + len("wrote:")]
    if found < 0 or sentence.count("\n") > MAX_FOLDS or not any(map(str.isdigit, sentence)):
        return None
    end = _line_end(text, start + len(sentence))
    return end if not text[start + len(sentence) : end].strip("* \t\n") else None


def _next_text(text: str, position: int) -> int:
    """Past the blank lines below an attribution, a few of them at most."""
    window = text[position : position + MAX_ATTRIBUTION]
    return position + len(window) - len(window.lstrip())


def _from_rule(text: str, start: int) -> int:
    """Outlook draws a line of underscores above its block: it belongs to the quotation."""
    above = text[max(0, start - MAX_ATTRIBUTION) : start]
    kept = above.rstrip()
    rule = kept.rpartition("\n")[2]
    return start - len(above) + len(kept) - len(rule) if _RULE.match(rule) else start


def _line_end(text: str, position: int) -> int:
    """Where the next line begins."""
    found = text.find("\n", position)
    return found + 1 if found >= 0 else len(text)
