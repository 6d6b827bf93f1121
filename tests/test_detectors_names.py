"""Names by what was learnt, and what becomes of both opinions about a name.

Marks (« ») stand round each name to find.
"""

import subprocess
import sys
import time
from pathlib import Path

import pytest

from detectors.evaluate import Label, Score, tally, unmarked
from detectors.names import Naming, naming
from detectors.recogniser import WEIGHTS, people
from detectors.training.letters import templates
from detectors.training.named import LOOKALIKES, PERSON, named, words
from detectors.training.names import DEV, TRAIN, learnt, lessons, posts

WNUT = Path(__file__).parents[2] / "shared" / "data" / "wnut17"
NAMES = [
    "«Sarah Jones» was off today.",
    "We moved «Mohammed Hussain» and «Zofia Nowak» to the front.",
    "Please ring «priya patel» about the trip.",
    "«Sean O'Brien» has an EHCP.",
    "Form tutor: «J. Fletcher»",
    "Larch House won the cup in May half term.",
    "Year Six say Grace before meals.",
    "The History department is visiting York with Ofsted.",
    "",
]
HOSTILE = [
    "Ann " * 5_000,
    "A" * 200_000,
    "\n\t \u200b" * 10_000,
    "Mr. " * 5_000,
    "\U0001f600" * 9_000,
]
NO_PICKLE = """
import sys
sys.addaudithook(lambda event, _: sys.exit("unpickled") if event == "pickle.find_class" else None)
from detectors.recogniser import people
assert people("Sarah Jones was off today.")
"""


@pytest.mark.parametrize("marked", NAMES)
def test_people_are_found_and_houses_are_not(marked: str) -> None:
    """People of many origins, also in small letters; what schools call houses is nobody."""
    text, spans = unmarked(marked)

    assert spans == people(text)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Sarah Jones was late", Naming.NAMED),  # by its shape, and by what was learnt
        ("sarah jones was late", Naming.SOMEBODY),  # learnt, and no shape
        ("Priya was late", Naming.SOMEBODY),
        ("Holy Trinity was open", Naming.SOMEBODY),  # the shape alone
        ("the bus was late", Naming.NOBODY),
    ],
)
def test_two_opinions_that_agree_name_somebody(text: str, expected: Naming) -> None:
    """A shape and what was learnt make a name together; one alone counts as a pronoun does."""
    assert expected is naming(text)


def test_names_kept_apart_are_found() -> None:
    """Over letters whose names and sentences were never learnt from, four names in five."""
    score = scored(4)

    assert 0.78 <= score.precision
    assert 0.70 <= score.recall


def scored(each: int) -> Score:
    pairs = (
        (
            [Label(PERSON, one.start, one.end) for one in people(letter.text)],
            [one for one in letter.spans if one.rule == PERSON],
        )
        for letter in named("test", each=each)
    )
    return tally(pairs)[PERSON]


def test_nothing_is_both_learnt_and_judged() -> None:
    """No word and no line of prose is on both sides."""
    for kind in ("first", "last", *LOOKALIKES):
        assert set() == set(words(kind, "train")) & set(words(kind, "test"))
    learnt_lines, judged_lines = (
        {line for text in templates(f"names-{which}") for line in text.split("\n") if "{" in line}
        for which in ("train", "test")
    )
    shared = {line for line in learnt_lines & judged_lines if len(line.split()) > 4}
    assert set() == shared


def test_the_same_lessons_teach_the_same() -> None:
    """The weights can be made again."""
    texts = list(named("train", each=1))[:40]

    assert learnt(texts, epochs=1) == learnt(texts, epochs=1)


@pytest.mark.skipif(not WNUT.exists(), reason=f"no posts at {WNUT.name}")
def test_posts_are_read_whole() -> None:
    """Every post of the public set is read, and others stand in for those it names."""
    texts = lessons(WNUT)

    assert (3_394, 1_009) == (len(list(posts(WNUT / TRAIN))), len(list(posts(WNUT / DEV))))
    for text in texts:
        edges = [edge for one in text.spans for edge in (one.start, one.end)]
        assert sorted(edges) == edges
        assert not edges or edges[-1] <= len(text.text)


def test_the_weights_are_small_and_hold_no_code() -> None:
    """Reading them unpickles nothing, and they weigh less than 5 MB."""
    done = subprocess.run([sys.executable, "-c", NO_PICKLE], capture_output=True, check=False)

    assert (0, b"") == (done.returncode, done.stderr)
    assert 5_000_000 > WEIGHTS.stat().st_size


@pytest.mark.parametrize("text", HOSTILE, ids=["names", "word", "blanks", "titles", "faces"])
def test_hostile_text_costs_little(text: str) -> None:
    """A long text of names or of one word is read in linear time."""
    began = time.process_time()

    naming(text)

    assert 15 > time.process_time() - began
