"""The passages by another hand that hate is told from its mention by: their form alone.

No detector is run on them here: whoever mends a detector by them must write new ones.
"""

import re
from collections import Counter, defaultdict
from importlib.resources import files

from bench.another_hand import constructions, passages, vocabulary
from bench.offensive import stance

TEMPLATES = files("detectors.training").joinpath("templates")
ENOUGH, GROUPS = 25, 7
FUNCTIONS = {"hateful": 20, "harmless": 13, "abusive": 1}


def _bare(line: str) -> str:
    """Return a construction without its slots, spaces and punctuation."""
    return re.sub(r"\{\w+\}|[\s!-/:-@\[-`{-~]", "", line).lower()


def test_every_function_has_enough_constructions() -> None:
    """Each of the functions is there, in no fewer than 25 ways, none written twice."""
    ways = defaultdict(list)
    for one in constructions():
        ways[stance(one.said), one.said.function].append(_bare(one.said.text))

    assert FUNCTIONS == Counter(of for of, _ in ways)
    assert min(len(set(texts)) for texts in ways.values()) >= ENOUGH
    assert [] == [function for function, texts in ways.items() if len(set(texts)) < len(texts)]


def test_every_function_that_speaks_of_groups_speaks_of_many() -> None:
    """No fewer than 7 groups each; all of hatred is of some group."""
    groups = defaultdict(set)
    for said in passages():
        groups[stance(said), said.function].add(said.kind)

    few = [function for function, of in groups.items() if len(of) < GROUPS and of != {""}]

    assert [] == few
    assert [] == [said for said in passages() if stance(said) == "hateful" and not said.kind]


def test_what_is_harmless_is_said_of_all_groups_alike() -> None:
    """So that false alarms compare: all but the words that only some have taken back."""
    of = Counter(
        said.kind
        for said in passages()
        if said.kind and not said.heads and said.function != "reclaimed"
    )

    assert set(vocabulary().groups) == set(of)
    assert len(set(of.values())) == 1


def test_passages_are_whole() -> None:
    """Between 2,000 and 4,000, each another, no slot or mark of the file left in any."""
    texts = [said.text for said in passages()]

    assert len(texts) in range(2_000, 4_000)
    assert len(set(texts)) == len(texts)
    assert not [text for text in texts if set(text) & set("{}[]") or text != text.strip()]


def test_no_construction_was_taught_or_tuned_on() -> None:
    """Not even in other letters, or with other punctuation; a failure repeats none of them."""
    others = [one for one in TEMPLATES.iterdir() if not one.name.endswith("-blind.txt")]
    seen = {_bare(line) for one in others for line in one.read_text("utf-8").splitlines()}

    shared = sum(_bare(one.said.text) in seen for one in constructions())

    assert 0 == shared
