"""Passages by stance and construction, written by us, each with what it is.

A file is sections, `## hate threat : what it is called`, with one construction a line. In it
`{group}` is filled with a group, `(a|b|)` with one of the choices. The constructions to train on
and those to be judged by are in files of their own.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from random import Random

HEADS = ("hate", "abuse", "threat", "offensive")
"""Of a group; of a person; violence; insult or swearing at whatever."""
ACTS = (
    *("belittling", "shunning", "intimidation"),
    *("secrecy", "meeting", "exchange", "affection", "personal"),
)
"""What is done to the reader, as `detectors.judge.Judgement` says of each."""
QUESTIONS = (*HEADS, *ACTS)
"""All that the transformer answers, in its order; the linear model answers HEADS alone."""
_WITHIN = {"said": "hate", "fine": "positive identity", "ordinary": "ordinary"}
"""Slots that hold a whole passage: of any section with that head, or of the section so called."""
FINER = ("unsaid", "named", "sworn", "voiced", "single")
"""Files of the fourth course: what the others left weak, each idea beside its harmless twin."""
_WORDS_OF = dict.fromkeys(("talk", *FINER), "more")
"""Which words fill constructions that have none of their own."""
_SECTION = re.compile(r"^## ([a-z ]+) : (.+)$", re.MULTILINE)
_WORDS = re.compile(r"^## (\w+)(?: (\w+))?$", re.MULTILINE)
_CHOICE = re.compile(r"\(([^()]*\|[^()]*)\)")
_SLOT = re.compile(r"\{(\w+)\}")
_NESTS = re.compile(r"\{(?:said|fine|ordinary)\}")


@dataclass(frozen=True, slots=True)
class Said:
    """A passage, what it is, and how it was made."""

    text: str
    heads: frozenset[str]  # of HEADS; none: harmless
    function: str  # what the construction is called
    kind: str = ""  # whom it speaks of: race, sex, ...


@dataclass(frozen=True, slots=True)
class Words:
    """What fills the slots; the words to judge by are others than those to train on."""

    groups: Mapping[str, Sequence[Sequence[str]]]  # by kind: many of them, one, and being one
    slurs: Mapping[str, Sequence[str]]  # by kind
    fills: Mapping[str, Sequence[str]]  # by slot


@lru_cache(maxsize=4)
def vocabulary(which: str) -> Words:
    """Read the words of `train`, `more`, `dev` or `test`."""
    path = files("detectors.training").joinpath("templates", f"stance-words-{which}.txt")
    pieces = _WORDS.split(path.read_text("utf-8"))
    groups: dict[str, list[list[str]]] = {}
    slurs: dict[str, list[str]] = {}
    fills: dict[str, list[str]] = {}
    for name, kind, body in zip(pieces[1::3], pieces[2::3], pieces[3::3], strict=True):
        if name == "group":
            groups[kind] = [line.split(" | ") for line in body.strip().splitlines()]
        else:
            listed = body.strip().split(", ")
            (slurs if kind else fills)[kind or name] = listed
    return Words(groups, slurs, fills)


def constructions(which: str) -> Iterator[tuple[str, frozenset[str], str]]:
    """Yield each construction of a file, as `train` or `test`: line, heads, function."""
    path = files("detectors.training").joinpath("templates", f"stance-{which}.txt")
    pieces = _SECTION.split(path.read_text("utf-8"))
    for heads, function, body in zip(pieces[1::3], pieces[2::3], pieces[3::3], strict=True):
        for line in filter(None, body.splitlines()):
            yield line, frozenset(heads.split()) - {"none"}, function


def passages(which: str, *, each: int, seed: int = 9) -> Iterator[Said]:
    """Yield `each` passages of every construction; the same seed gives the same ones."""
    listed = tuple(constructions(which))
    words = vocabulary(_WORDS_OF.get(which, which))
    kinds = tuple(words.groups)
    for number, (line, heads, function) in enumerate(listed):
        random = Random(f"{seed} {which} {number}")  # noqa: S311 - not for secrets
        for copy in range(each):
            kind = kinds[copy % len(kinds)]
            whole = _nested(line, listed, random)
            yield Said(_filled(whole, words, kind, random), heads, function, kind)


def _nested(line: str, listed: Sequence[tuple[str, frozenset[str], str]], random: Random) -> str:
    """Put whole passages where a construction has room for one."""
    for slot, asked in _WITHIN.items():
        while f"{{{slot}}}" in line:
            lines = [
                one
                for one, heads, function in listed
                if (asked in heads or asked == function) and not _NESTS.search(one)
            ]
            line = line.replace(f"{{{slot}}}", random.choice(lines), 1)
    return line


def _filled(line: str, words: Words, kind: str, random: Random) -> str:
    """Choose, and fill the slots; the group stays the same throughout a passage."""
    many, one, being = random.choice(words.groups[kind])
    fills = {
        "group": many,
        "singular": one,
        "person": f"{'an' if one[0] in 'aeiou' else 'a'} {one}",
        "identity": being,
    }

    def fill(slot: re.Match[str]) -> str:
        name = slot[1]
        return fills.get(name) or random.choice(
            words.slurs[kind] if name == "slur" else words.fills[name]
        )

    while _CHOICE.search(line):
        line = _CHOICE.sub(lambda match: random.choice(match[1].split("|")), line)
    text = re.sub(r"\s+", " ", _SLOT.sub(fill, line)).strip()
    return text[0].upper() + text[1:] if random.randrange(2) else text
