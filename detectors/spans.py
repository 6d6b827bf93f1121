"""Spans in order: merged once, then asked in logarithmic time."""

from bisect import bisect_right
from collections.abc import Iterable, Sequence

from section9 import Span


def merged(spans: Iterable[Span]) -> tuple[Span, ...]:
    """Return the spans in order, those that overlap or touch made one."""
    apart: list[Span] = []
    for span in sorted(spans, key=lambda each: each.start):
        if apart and span.start <= apart[-1].end:
            apart[-1] = Span(apart[-1].start, max(apart[-1].end, span.end))
        else:
            apart.append(span)
    return tuple(apart)


def touches(spans: Sequence[Span], span: Span) -> bool:
    """Whether any of the merged spans shares a character with this one."""
    last = bisect_right(spans, span.end - 1, key=lambda each: each.start) - 1
    return last >= 0 and spans[last].end > span.start
