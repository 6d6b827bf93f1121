"""The folded view: plain characters, and the way back to where they stood."""

import pytest

from detectors.normalise import fold
from section9 import Span


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("NHS 999", "NHS 999"),
        ("\uff21\uff22\uff11\uff12", "AB12"),
        ("\u0661\u0662\u0663", "123"),
        ("\U0001d7d7\U0001d7d7", "99"),
        ("12\u201334\u221256\u20117", "12-34-56-7"),
        ("9\u00a09\u20099\u202f9", "9 9 9 9"),
        ("9\u200b9\ufeff9\u00ad9\u2060", "9999"),
        ("\u0410\u0412\u0395", "ABE"),
        ("nhs_999.pdf", "nhs 999.pdf"),
        ("caf\u00e9 \u00a350 x\u00b2", "caf\u00e9 \u00a350 x\u00b2"),
    ],
)
def test_reads_as_a_person_reads(text: str, expected: str) -> None:
    """Digits, spaces and dashes of any kind become plain; what is not seen goes."""
    assert expected == fold(text).text


@pytest.mark.parametrize("filler", ["", "\u200b", "\u00ad\u2060", "\u00e9"])
def test_the_way_back_covers_the_original(filler: str) -> None:
    """A folded span maps to the characters it came from, removals within it included."""
    original = f"{filler}a{filler}1{filler}2{filler}3{filler}b"
    folded = fold(original)
    start = folded.text.index("1")
    end = folded.text.index("3") + 1

    span = folded.original(start, end)

    assert Span(original.index("1"), original.index("3") + 1) == span


def test_many_strange_characters_fold_alike() -> None:
    """The quick way for few strange characters and the way for many agree."""
    strange = "".join(map(chr, range(0xFF01, 0xFF5F)))

    folded = fold(strange)

    plain = "".join(map(chr, range(0x21, 0x7F)))
    assert (plain.replace("_", " "), plain) == (folded.text, folded.joined)
