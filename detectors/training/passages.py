"""Passages by stance and construction, written by us, each with what it is.

A file is sections, `## hate threat : what it is called`, with one construction a line. In it
`{group}` is filled with a group, `(a|b|)` with one of the choices. The constructions to train on
and those to be judged by are in files of their own.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from importlib.resources import files
from random import Random

HEADS = ("hate", "abuse", "threat")

GROUPS: dict[str, tuple[tuple[str, str, str], ...]] = {
    "race": (
        ("black people", "black person", "black"), ("asians", "asian person", "asian"),
        ("immigrants", "immigrant", "an immigrant"), ("pakistanis", "pakistani", "pakistani"),
        ("travellers", "traveller", "a traveller"), ("refugees", "refugee", "a refugee"),
        ("chinese people", "chinese person", "chinese"), ("arabs", "arab", "arab"),
    ),
    "sex": (("women", "woman", "a woman"), ("girls", "girl", "a girl"),
            ("females", "female", "female")),
    "lgbt": (("gay people", "gay person", "gay"), ("gays", "gay man", "gay"),
             ("lesbians", "lesbian", "a lesbian"), ("trans people", "trans person", "trans"),
             ("trans women", "trans woman", "transgender"), ("homosexuals", "homosexual", "gay")),
    "religion": (("muslims", "muslim", "muslim"), ("jews", "jew", "jewish"),
                 ("jewish people", "jewish person", "jewish"), ("hindus", "hindu", "a hindu"),
                 ("catholics", "catholic", "catholic"), ("sikhs", "sikh", "a sikh")),
    "disability": (("disabled people", "disabled person", "disabled"),
                   ("autistic people", "autistic person", "autistic"),
                   ("people with down syndrome", "disabled kid", "disabled"),
                   ("wheelchair users", "wheelchair user", "disabled")),
}  # fmt: skip
"""By rule: many of them, one of them, and what one says that one is."""

SLURS: dict[str, tuple[str, ...]] = {
    "race": ("paki", "nigger", "chink", "wog", "coon", "spic", "pikey"),
    "sex": ("bitch", "slut", "whore", "cunt", "slag"),
    "lgbt": ("faggot", "fag", "dyke", "tranny", "queer", "poof"),
    "religion": ("kike", "muzzie", "yid", "raghead"),
    "disability": ("retard", "spastic", "spaz", "cripple", "mong"),
}

_FILLS: dict[str, tuple[str, ...]] = {
    "bad": (
        "stupid", "lazy", "evil", "criminals", "terrorists", "dirty", "inferior", "worthless",
        "rapists", "dangerous", "thieves", "disgusting", "mentally ill", "paedophiles", "ugly",
        "liars", "degenerates", "pathetic", "violent", "perverts", "vile", "repulsive",
    ),
    "animal": (
        "animals", "vermin", "rats", "cockroaches", "scum", "pigs", "parasites", "apes", "filth",
        "a disease", "a cancer", "trash", "subhuman", "garbage", "freaks", "monkeys", "leeches",
    ),
    "insult": ("idiot", "moron", "loser", "prick", "bastard", "wanker", "twat", "arsehole",
               "pillock", "clown", "failure", "dickhead", "bellend", "fool", "creep"),
    "a_insult": ("a moron", "an idiot", "a pathetic loser", "a complete wanker", "a dickhead"),
    "kill": ("die", "be shot", "be killed", "be beaten", "hang", "burn", "be gassed"),
    "removed": ("banned", "deported", "locked up", "killed", "expelled"),
    "thing": ("printer", "laptop", "homework", "weather", "song", "film", "car", "traffic",
              "spreadsheet", "boiler", "game", "website", "food", "coffee", "exam"),
    "other": ("bankers", "politicians", "landlords", "vegans", "lawyers", "traffic wardens",
              "estate agents", "smokers", "nazis", "rapists", "city fans", "influencers"),
    "hate0": ("hate", "despise", "loathe"),
    "animal0": ("vermin", "scum", "animals", "trash"),
    "glued": ("women", "muslims", "blackpeople", "gays", "immigrants", "jews"),
    "starred": ("f*ggot", "n*gger", "r*tard", "wh*re", "p*ki"),
}  # fmt: skip
_WITHIN = {"said": "hate", "fine": "positive identity", "ordinary": "ordinary"}
"""Slots that hold a whole passage: of any section with that head, or of the section so called."""
_SECTION = re.compile(r"^## ([a-z ]+) : (.+)$", re.MULTILINE)
_CHOICE = re.compile(r"\(([^()]*\|[^()]*)\)")
_SLOT = re.compile(r"\{(\w+)\}")
_NESTS = re.compile(r"\{(?:said|fine|ordinary)\}")


@dataclass(frozen=True, slots=True)
class Said:
    """A passage, what it is, and how it was made."""

    text: str
    heads: frozenset[str]  # of HEADS; none: harmless
    function: str  # what the construction is called
    kind: str = ""  # whom it speaks of: a key of GROUPS


def constructions(which: str) -> Iterator[tuple[str, frozenset[str], str]]:
    """Yield each construction of `stance-train` or `stance-test`: line, heads, function."""
    path = files("detectors.training").joinpath("templates", f"stance-{which}.txt")
    pieces = _SECTION.split(path.read_text("utf-8"))
    for heads, function, body in zip(pieces[1::3], pieces[2::3], pieces[3::3], strict=True):
        for line in filter(None, body.splitlines()):
            yield line, frozenset(heads.split()) - {"none"}, function


def passages(which: str, *, each: int, seed: int = 9) -> Iterator[Said]:
    """Yield `each` passages of every construction; the same seed gives the same ones."""
    listed = tuple(constructions(which))
    for number, (line, heads, function) in enumerate(listed):
        random = Random(f"{seed} {which} {number}")  # noqa: S311 - not for secrets
        for copy in range(each):
            kind = tuple(GROUPS)[copy % len(GROUPS)]
            whole = _nested(line, listed, random)
            yield Said(_filled(whole, kind, random), heads, function, kind)


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


def _filled(line: str, kind: str, random: Random) -> str:
    """Choose, and fill the slots; the group stays the same throughout a passage."""
    many, one, being = random.choice(GROUPS[kind])
    fills = {
        "group": many,
        "singular": one,
        "person": f"{'an' if one[0] in 'aeiou' else 'a'} {one}",
        "identity": being,
    }

    def fill(slot: re.Match[str]) -> str:
        name = slot[1]
        return fills.get(name) or random.choice(SLURS[kind] if name == "slur" else _FILLS[name])

    while _CHOICE.search(line):
        line = _CHOICE.sub(lambda match: random.choice(match[1].split("|")), line)
    text = re.sub(r"\s+", " ", _SLOT.sub(fill, line)).strip()
    return text[0].upper() + text[1:] if random.randrange(2) else text
