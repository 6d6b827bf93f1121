"""The letters that the detectors are measured with, and what they must reach on them."""

import pytest

from detectors.evaluate import score
from detectors.scan import Scanner
from detectors.training.letters import LABELLED, letters, templates

EACH = 4
IDENTIFIERS = {rule for rule, _ in LABELLED.values()}  # the lists they stand in are not labelled


def test_no_sentence_is_both_tuned_on_and_judged_on() -> None:
    """The two files of templates have no line of prose in common."""
    tuned, judged = (
        {line for text in templates(which) for line in text.split("\n") if len(line.split()) > 4}
        for which in ("train", "test")
    )

    assert set() == tuned & judged


def test_the_same_seed_gives_the_same_letters() -> None:
    """A figure can be measured again."""
    assert list(letters("train", each=2)) == list(letters("train", each=2))


@pytest.mark.parametrize("which", ["train", "test"])
def test_every_label_marks_a_value(which: str) -> None:
    """Labels lie within their text, in order and apart."""
    for letter in letters(which, each=EACH):
        edges = [edge for label in letter.spans for edge in (label.start, label.end)]
        assert edges == sorted(edges)
        assert not edges or edges[-1] <= len(letter.text)


def test_the_identifiers_reach_their_aims() -> None:
    """Over the letters that are judged on: precision of 0.98 and recall of 0.97, all together."""
    scored = score(Scanner(), letters("test", each=EACH))
    scores = [one for rule, one in scored.items() if rule in IDENTIFIERS]

    found, labels = sum(one.found for one in scores), sum(one.labels for one in scores)

    assert 0.98 <= sum(one.right for one in scores) / found
    assert 0.97 <= sum(one.met for one in scores) / labels
