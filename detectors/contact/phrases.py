"""The phrases of `lexicons/contact.txt`, and the rules whose signs they are."""

import re
from collections.abc import Iterator, Mapping
from functools import lru_cache, partial
from importlib.resources import files
from itertools import product

from section9 import RuleId

SECRECY, MEETING = RuleId("secrecy"), RuleId("meeting-arranged")
EXCHANGE, AFFECTION = RuleId("contact-exchanged"), RuleId("affection")
PERSONAL = RuleId("personal-talk")
"""No rule of one message: what an adult writes to a student that is about nothing of school."""

_CHOICE = re.compile(r"\[([^\[\]]*)\]")
_SET = re.compile(r"\$(\w+)")
_HEADING = "== "


@lru_cache(maxsize=2)
def phrases(file: str = "contact.txt") -> Mapping[str, frozenset[str]]:
    """Return every phrase of a file, written out, by its heading: `strong secrecy`."""
    text = files("detectors").joinpath("lexicons", file).read_text("utf-8")
    lines = [line for line in text.splitlines() if line and not line.startswith("#")]
    sets = dict(line[1:].split(" = ") for line in lines if line.startswith("$") and " = " in line)
    found: dict[str, set[str]] = {}
    heading = ""
    for line in lines:
        if line.startswith(_HEADING):
            heading = line.removeprefix(_HEADING)
        elif heading:
            found.setdefault(heading, set()).update(_spread(line, sets))
    return {name: frozenset(phrases) for name, phrases in found.items()}


def _spread(pattern: str, sets: Mapping[str, str]) -> Iterator[str]:
    """Yield every phrase that a pattern stands for, with and without its apostrophes."""
    fill = partial(_SET.sub, lambda match: sets[match[1]])
    whole = _SET.sub(r"[$\1]", _CHOICE.sub(lambda match: fill(match[0]), pattern))
    pieces = _CHOICE.split(_CHOICE.sub(lambda match: fill(match[0]), whole))
    choices = [piece.split("|") if odd % 2 else [piece] for odd, piece in enumerate(pieces)]
    for chosen in product(*choices):
        phrase = "".join(chosen).strip().replace(" '", "'")
        yield phrase
        yield phrase.replace("'", "")
