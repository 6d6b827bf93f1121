"""Passages to judge by, of a hand that had not read the text to train on.

The file `hate-blind.txt` tells its own form. What is harmless is said of every group, so that
groups may be compared; what is hateful of a few, in turn.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from importlib.resources import files
from itertools import cycle, islice

from detectors.training.passages import Said

EACH = 4  # groups that hatred is said of, and other words that fill a slot
_GROUP = "group "
_HEADING = re.compile(r"^## (.+)$", re.MULTILINE)
_LINE = re.compile(r"(?:\[([a-z ]+)\] )?(.+)")
_SLOT = re.compile(r"\{(\w+)\}")
_FORMS = ("group", "one", "identity", "slurs", "slur")
_OF_GROUP = frozenset({*_FORMS, "person", "a_slur", "glued"})

Fills = Mapping[str, str]  # by slot


@dataclass(frozen=True, slots=True)
class Construction:
    """What is said, with its slots unfilled, and of whom it can be said."""

    said: Said
    kinds: Sequence[str]  # none: of no group


@dataclass(frozen=True, slots=True)
class Words:
    """What fills the slots, in turn."""

    groups: Mapping[str, Sequence[Fills]]  # by kind: women, gay, ...
    others: Mapping[str, Sequence[str]]  # by slot: names, things, ...


def passages() -> Iterator[Said]:
    """Yield every passage, each time the same."""
    words = vocabulary()
    for number, one in enumerate(constructions()):
        for turn, kind in enumerate(_whom(one, number), start=number):
            fills = {slot: listed[turn % len(listed)] for slot, listed in words.others.items()}
            if kind:
                fills |= words.groups[kind][turn % len(words.groups[kind])]
            yield replace(one.said, text=_filled(one.said.text, fills), kind=kind)


def vocabulary() -> Words:
    """Read the words: groups, and lists of others."""
    lists = {name: body for name, body in _sections() if ":" not in name}
    groups = {
        name.removeprefix(_GROUP): [_forms(line) for line in body.splitlines()]
        for name, body in lists.items()
        if name.startswith(_GROUP)
    }
    others = {name: body.split(", ") for name, body in lists.items() if not name.startswith(_GROUP)}
    return Words(groups, others)


def constructions() -> Iterator[Construction]:
    """Read what is said."""
    every = tuple(vocabulary().groups)
    for name, body in _sections():
        heads, of, function = name.partition(" : ")
        for only, text in _LINE.findall(body) if of else ():
            kinds = tuple(only.split()) or (every if _slots(text) & _OF_GROUP else ())
            yield Construction(Said(text, frozenset(heads.split()) - {"none"}, function), kinds)


def _sections() -> Iterator[tuple[str, str]]:
    """Yield each section's heading and body."""
    path = files("detectors.training").joinpath("templates", "hate-blind.txt")
    _, *pieces = _HEADING.split(path.read_text("utf-8"))
    return zip(pieces[::2], (body.strip() for body in pieces[1::2]), strict=True)


def _forms(line: str) -> Fills:
    """Return what a group is called, slot by slot."""
    forms = dict(zip(_FORMS, line.split(" | "), strict=True))
    return forms | {
        "person": _article(forms["one"]),
        "a_slur": _article(forms["slur"]),
        "glued": forms["group"].replace(" ", ""),
    }


def _article(noun: str) -> str:
    return f"{'an' if noun[0] in 'aeiouAEIOU' else 'a'} {noun}"


def _whom(one: Construction, number: int) -> Sequence[str]:
    """Return of whom a construction is said, once for each passage."""
    if not one.kinds:
        return ("",) * (EACH if _slots(one.said.text) else 1)
    if not one.said.heads:
        return one.kinds
    return tuple(islice(cycle(one.kinds), number, number + min(EACH, len(one.kinds))))


def _slots(text: str) -> frozenset[str]:
    """Return which words are to be filled in."""
    return frozenset(slot.lower() for slot in _SLOT.findall(text))


def _filled(text: str, fills: Fills) -> str:
    """Fill the slots; one that begins with a capital begins a sentence."""

    def fill(slot: re.Match[str]) -> str:
        filled = fills[slot[1].lower()]
        return filled[0].upper() + filled[1:] if slot[1][0].isupper() else filled

    return _SLOT.sub(fill, text)
