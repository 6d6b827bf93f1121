"""The one search for the cue words of every rule."""

import pytest

from detectors.cues import MOST, lexicon
from section9 import RuleId, Span

ONE, OTHER = RuleId("one"), RuleId("other")
LEXICON = lexicon({ONE: frozenset({"safe house", "sen"}), OTHER: frozenset({"sen"})})


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("The Safe House.", {ONE: [Span(4, 14)]}),
        ("the safe\nhouse", {ONE: [Span(4, 14)]}),
        ("sen", {ONE: [Span(0, 3)], OTHER: [Span(0, 3)]}),
        ("sent, absent, sen2", {}),
        ("\ud83d sen", {ONE: [Span(2, 5)], OTHER: [Span(2, 5)]}),
        ("İ sen", {ONE: [Span(2, 5)], OTHER: [Span(2, 5)]}),
        ("", {}),
    ],
)
def test_a_cue_is_met_as_whole_words_blind_to_case(
    text: str, expected: dict[RuleId, list[Span]]
) -> None:
    """Each rule hears of its own cues, where they stand in the text as it is."""
    assert expected == LEXICON.look(text)


def test_a_text_of_nothing_but_cues_is_bounded() -> None:
    """However often a cue is repeated, so many are kept and no more."""
    assert MOST == len(LEXICON.look("sen " * 5 * MOST)[ONE])


def test_no_cues_find_nothing() -> None:
    """Rules without cues cost nothing and find nothing."""
    assert {} == lexicon({}).look("sen")
