"""New text told from what a reply or a forward repeats."""

import pytest

from ingest.mime.quoting import merged, quoted
from section9 import Span


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("new\n> old\n> old\nnew\n", ["> old\n> old\n"]),
        ("a\n>b\nc\n>>d", [">b\n", ">>d"]),
        ("new\n\nOn 3 May 2024, Ann wrote:\n> old\nnew", ["On 3 May 2024, Ann wrote:\n> old\n"]),
        ("new\nOn 3 May 2024, at 10:00, Ann\n<ann@x.example> wrote:\n\n> old", None),
        ("new\nOn 3 May 2024, Ann wrote:\nold\nold", None),
        ("new\n-----Original Message-----\nold\nold", None),
        ("new\n---------- Forwarded message ---------\nold", None),
        ("new\nBegin forwarded message:\n\nold", None),
        ("new\nFrom: Ann\nSent: today\nTo: Bob\nSubject: x\n\nold", None),
        ("new\n*From:* Ann\n*Date:* today\n*To:* Bob\n\nold", None),
        ("new\n________________________________\nFrom: Ann\nSent: x\nTo: Bob\n\nold", None),
        # near misses
        ("On reflection he wrote:\nthis is new", []),
        ("On 3 May we met. I wrote it all down.", []),
        ("Open from: 9\nFrom: Monday\nTo: Friday\nnew", []),
        ("----------\nnew", []),
        ("________________________________\nregards", []),
        ("a > b", []),
        ("", []),
    ],
)
def test_quoted_lines(text: str, expected: list[str] | None) -> None:
    """What other programs mark as quoted is; None stands for all after the first line."""
    if expected is None:
        expected = [text.removeprefix("new\n").lstrip("\n")]

    assert expected == [text[span.start : span.end] for span in quoted(text)]


def test_markup_counts_as_following_an_attribution() -> None:
    """Below a quotation that the markup ends, text is new again."""
    text = "new\nOn 3 May 2024, Ann wrote:\nold\nnew"
    start = text.index("old")

    spans = quoted(text, marked=(Span(start, start + 4),))

    assert [Span(4, start + 4)] == list(spans)


def test_nothing_is_sought_in_what_is_marked() -> None:
    """A forwarding mark inside a quotation does not quote what stands below it."""
    text = "-----Original Message-----\nold\nnew"

    assert (Span(0, 31),) == quoted(text, marked=(Span(0, 31),))


def test_spans_that_touch_become_one() -> None:
    """Spans are in order and apart."""
    spans = [Span(5, 7), Span(0, 2), Span(2, 3), Span(6, 9)]

    assert (Span(0, 3), Span(5, 9)) == merged(spans)
