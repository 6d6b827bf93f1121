"""A reader runs for months: what it met once does not stay in its memory."""

from detectors.language import read
from detectors.scan import Scanner


def test_words_that_are_met_once_are_forgotten() -> None:
    """A vocabulary that keeps each new word grows by some 400 bytes a word, for ever."""
    vocabulary = read("").vocab.strings
    known = len(vocabulary)

    found = Scanner().scan_text("zorblefrand quilmont NHS number 999 000 0018 vextrapole")

    assert ["nhs-number"] == [one.rule for one in found]
    assert known == len(vocabulary)
    assert "quilmont" not in vocabulary
