"""What is seen again costs little: the detectors remember, and find the same all the same."""

import re
from random import Random

import pytest

from detectors.judge import judged
from detectors.scan import Scanner
from detectors.shapes import led

SCANNER = Scanner()


def test_a_passage_that_comes_again_is_judged_once() -> None:
    """A signature, a footer or a quoted line is judged the first time; then its answer is known."""
    first = judged("you lot should go back to where you came from")

    again = judged("you lot should go back to where you came from")

    assert again is first


def test_passages_that_differ_are_judged_apart() -> None:
    """Each has an answer of its own, whichever was asked about before."""
    kind, unkind = judged("thank you all for coming"), judged("go and kill yourself you idiot")

    assert kind.abuse < unkind.abuse


def test_a_shape_is_found_from_its_lead_as_it_is_without() -> None:
    """Looking from a character that a shape begins with misses nothing and adds nothing."""
    shape = re.compile(r"(?<![\w-])(?:[A-Z]{2}\d ?[A-Z]|[A-Z]\d\d)(?!\w)")
    lead = re.compile(r"[A-Z](?<![\w-].)[A-Z]?\d")
    random = Random(9)  # noqa: S311 - not for secrets
    texts = ["".join(random.choices("AB12 -\n", k=40)) for _ in range(2_000)]

    found = [[match.span() for match in led(lead, shape, text)] for text in texts]

    assert [[match.span() for match in shape.finditer(text)] for text in texts] == found
    assert sum(map(len, found)) > 100


@pytest.mark.parametrize("length", [120, 800, 4_000])
def test_what_offends_is_found_wherever_it_stands(length: int) -> None:
    """A long text is looked through once, and then only where something stood: nothing is lost."""
    ordinary = "The trip is on Monday. Bring a coat, please. "
    before = ordinary * (length // len(ordinary))
    text = f"{before}What a load of sh1t. {before}F u c k it all. {before}"

    found = SCANNER.scan_text(text)

    assert {"sh1t", "F u c k"} == {text[one.start : one.end] for one in found}
