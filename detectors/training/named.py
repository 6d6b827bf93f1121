"""Letters to learn names from and to judge them by: every person in them marked, nobody real.

Templates, names and what looks like names are parted: what is judged on was never learnt from.
Schools and places are marked too, because whoever knows them takes them for people less often.
"""

import tomllib
from collections.abc import Iterator, Sequence
from functools import cache, partial
from importlib.resources import files
from random import Random
from zlib import crc32

from detectors.evaluate import Label, Labelled
from detectors.training import values as v
from detectors.training.letters import Slots, filled, templates
from section9 import RuleId

PERSON, ORGANISATION, PLACE = RuleId("person"), RuleId("organisation"), RuleId("place")
LOOKALIKES = {
    "place": PLACE,
    "house": PLACE,
    "org": ORGANISATION,
    "school": ORGANISATION,
    "subject": None,
    "term": None,
    "role": None,
    "thing": None,
}
"""The kinds of words that look like names, and how they are marked."""

_KEPT = 8  # one word in so many is kept for judging
_COINED = {
    "first": 0.4,
    "last": 0.5,
    "place": 0.4,
    "house": 0.4,
    "org": 0.3,
    "school": 0.4,
    "thing": 0.2,
}
"""How many words of a kind are coined: nobody has a list of them all."""
_TAILS = {
    "first": "",
    "last": "",
    "place": "ton;ham;by; Road; Street; Park;shire;ford; Bay; Valley; Lane;",
    "house": " House; Class; Room; Block; Hall; Group; Building; Wing",
    "org": " Ltd; Coaches; Trust; LLP; and Sons; Surgery; Foundation; Council; Group; Catering",
    "school": " Primary; Academy; High School; School; Juniors; College; Nursery",
    "thing": " syndrome; disease; Test; Reader; Maths; Scale; Profile; theorem",
}
_FORMS = {
    "{first} {last}": 40,
    "{first}": 22,
    "{first} {initial}": 8,
    "{initial} {last}": 4,
    "{initial}. {last}": 4,
    "{first} {initial}. {last}": 2,
    "{first} {first} {last}": 4,
    "{first} {last}-{last}": 4,
    "{last}, {first}": 4,
    "{first} {capitals}": 3,
    "{capitals} {first}": 2,
    "{first}-{first} {last}": 1,
    "{initial}{initial}": 1,
    "{first} {last} {last}": 1,
}
"""How people write a name, and how often."""
_PLAIN: dict[str, v.Maker] = {
    "title": lambda random: random.choice(("Mr", "Mrs", "Miss", "Ms", "Dr", "Mx")),
    "initial": lambda random: random.choice(v.LETTERS),
    "letter": lambda random: random.choice("ABCDEFG"),
    "number": lambda random: str(random.randrange(1, 40)),
    "date": v.near,
    "dob": v.birth,
    "phone": v.mobile,
}


def named(which: str, *, each: int, seed: int = 9) -> Iterator[Labelled]:
    """Yield `each` letters from every template of names; the same seed gives the same letters."""
    slots = _slots(which)
    for number, template in enumerate(templates(f"names-{which}")):
        random = Random(f"{seed} names {which} {number}")  # noqa: S311 - not for secrets
        for copy in range(each):
            letter = filled(f"names-{which}-{number}-{copy}", template, random, slots=slots)
            yield _typed(letter, random)


def renamed(text: Labelled, random: Random) -> Labelled:
    """Return a text to learn from with other people in the place of those in it."""
    written, labels, last = "", [], 0
    for one in text.spans:
        old = text.text[one.start : one.end]
        new = _person(random, slots=_slots("train")) if one.rule == PERSON else old
        written += text.text[last : one.start]
        labels.append(Label(one.rule, len(written), len(written) + len(new)))
        written += new.lower() if old.islower() else new
        last = one.end
    return Labelled(text.id, written + text.text[last:], tuple(labels))


@cache
def words(kind: str, which: str) -> Sequence[str]:
    """Return the words of a kind to learn from (`train`), or those kept for judging (`test`)."""
    text = files("detectors.training").joinpath("words.toml").read_text("utf-8")
    every = (word.strip() for word in tomllib.loads(text)[kind].split(";"))
    kept = which == "test"
    return tuple(word for word in every if (crc32(word.encode()) % _KEPT == 0) == kept)


@cache
def _slots(which: str) -> Slots:
    """Return what fills the slots of a template: names, what looks like them, and the rest."""
    word = partial(partial, _word, which=which)
    parts: Slots = {
        **{slot: (None, make) for slot, make in _PLAIN.items()},
        **{kind: (mark, word(kind=kind)) for kind, mark in LOOKALIKES.items()},
        **{kind: (PERSON, word(kind=kind)) for kind in ("first", "last")},
        "capitals": (None, lambda random: _word(random, kind="last", which=which).upper()),
    }
    full = partial(_filled, "{first} {last}", slots=parts)
    return {**parts, "full": (PERSON, full), "person": (PERSON, partial(_person, slots=parts))}


def _person(random: Random, *, slots: Slots) -> str:
    """Return a name in one of the forms that people write."""
    [form] = random.choices(list(_FORMS), weights=list(_FORMS.values()))
    return _filled(form, random, slots=slots)


def _filled(form: str, random: Random, *, slots: Slots) -> str:
    return filled("", form, random, slots=slots).text


def _word(random: Random, *, kind: str, which: str) -> str:
    """Return a word of a kind; to learn from, often a coined one."""
    if which == "test" or random.random() >= _COINED.get(kind, 0):
        return random.choice(words(kind, which))
    names = words("first" if kind == "first" else "last", which)
    begun, ended = random.choice(names), random.choice(names)
    coined = begun[: random.randrange(2, 5)] + ended[-random.randrange(2, 5) :].lower()
    return coined + random.choice(_TAILS[kind].split(";"))


def _typed(letter: Labelled, random: Random) -> Labelled:
    """Type one letter in eight as hurried people do, in small letters, and few in capitals."""
    [case] = random.choices((str, str.lower, str.upper), weights=(85, 12, 3))
    text = case(letter.text)
    return Labelled(letter.id, text, letter.spans) if len(text) == len(letter.text) else letter
