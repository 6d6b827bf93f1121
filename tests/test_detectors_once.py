"""What is seen again costs little: the detectors remember, and find the same all the same."""

from detectors.judge import judged


def test_a_passage_that_comes_again_is_judged_once() -> None:
    """A signature, a footer or a quoted line is judged the first time; then its answer is known."""
    first = judged("you lot should go back to where you came from")

    again = judged("you lot should go back to where you came from")

    assert again is first


def test_passages_that_differ_are_judged_apart() -> None:
    """Each has an answer of its own, whichever was asked about before."""
    kind, unkind = judged("thank you all for coming"), judged("go and kill yourself you idiot")

    assert kind.abuse < unkind.abuse
