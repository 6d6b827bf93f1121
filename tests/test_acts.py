"""What is done to the reader: our lines are whole, and the transformer tells the acts apart."""

import pytest

from bench.acts import measured
from detectors.judge import Judgement, judged
from detectors.training.acts import lines
from detectors.training.passages import ACTS, QUESTIONS


def test_the_transformer_answers_what_it_was_taught() -> None:
    """The questions of the training and the fields of a judgement are the same, in one order."""
    assert QUESTIONS == Judgement.__slots__


def test_lines_to_judge_by_are_apart() -> None:
    """No sentence and no construction is both learnt from and judged by; every act is in both."""
    learnt, kept = [*lines("train", each=1)], [*lines("dev", each=1)]

    assert {one.text for one in learnt}.isdisjoint(one.text for one in kept)
    assert {one.construction for one in learnt}.isdisjoint(one.construction for one in kept)
    for listed in (learnt, kept):
        assert set(ACTS) == {act for one in listed for act in one.acts}


PAIRS = [
    # the act, somebody who does it, and a sentence like it that does not
    ("belittling", "you really are the thickest person i ever taught", "that was a thick book"),
    ("shunning", "we all agreed you are not invited any more", "you are all invited to the fair"),
    ("intimidation", "one word and everybody hears what you did", "one word in line two is wrong"),
    ("secrecy", "please don't show these messages to your mum", "please show this to your mum"),
    ("meeting", "i could pick you up on saturday, just us two", "the coach leaves on saturday"),
    ("exchange", "here is my private number, text me there", "the office number is on the site"),
    ("affection", "i keep thinking about your lovely smile", "please smile for the class photo"),
    ("personal", "my wife and i hardly talk now, you get me", "my class and i enjoyed your talk"),
]


@pytest.mark.parametrize(("act", "done", "plain"), PAIRS)
def test_an_act_seems_likelier_where_it_is_done(act: str, done: str, plain: str) -> None:
    """Each act is told from an ordinary sentence of much the same words."""
    likely = [getattr(judged(text), act) for text in (done, plain)]

    assert likely[0] > 2 * likely[1]


def test_figures_are_what_they_are_called() -> None:
    """Of four lines, two with the act: one pair in four is upside down, one alarm in two right."""
    area, precision, recall = measured([0.9, 0.4, 0.6, 0.1], [True, True, False, False])

    assert (0.75, 0.5, 0.5) == (area, precision, recall)
