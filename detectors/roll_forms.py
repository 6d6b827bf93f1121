"""The forms under which somebody on the roll may stand in a text, made plain to be hashed.

A form is `n ann pupil`: its kind, the given name, the surname; no accents, marks or capitals.
"""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from detectors.given_names import spoken
from section9 import PersonRole

_TITLES = frozenset("mr mrs miss ms mx dr prof professor sir dame rev revd fr sr cllr".split())  # noqa: SIM905 - words read best as words
_BRACKETS = re.compile(r"\([^)]*\)|\"[^\"]*\"")


@dataclass(frozen=True, slots=True)
class Enrolled:
    """Somebody on the roll, in clear: only as long as it takes to hash them."""

    name: str
    role: PersonRole
    known_as: str = ""  # a given name, or a whole one
    upn: str = ""
    admission_number: str = ""
    born: str = ""  # tells two people of one name apart


@lru_cache(maxsize=65_536)
def plain(word: str) -> str:
    """Return the letters and digits of a word, in lower case, without accents."""
    if word.isascii() and word.isalnum():
        return word.lower()
    apart = unicodedata.normalize("NFKD", word)
    return "".join(char for char in apart if char.isalnum()).lower()


def full(given: str, surname: str) -> str:
    """Return the form of a whole name, also of `a pupil` and `ann p`; both are plain."""
    return f"n {given} {surname}"


def given_form(word: str) -> str:
    """Return the form that says that a word is somebody's given name."""
    return f"g {word}"


def surname_form(word: str) -> str:
    """Return the form that says that a word is somebody's surname, or begins it."""
    return f"s {word}"


def upn_form(code: str) -> str:
    """Return the form of a Unique Pupil Number."""
    return f"u {plain(code)}"


def admission_form(code: str) -> str:
    """Return the form of an admission number; zeros in front do not count."""
    return f"a {plain(code).lstrip('0')}"


def forms(one: Enrolled) -> Iterator[str]:
    """Yield each form of one person, some of them twice."""
    for name in _names(one):
        yield from _forms_of_name(name)
    if one.upn:
        yield upn_form(one.upn)
    if one.admission_number:
        yield admission_form(one.admission_number)


def words(one: Enrolled) -> Iterator[str]:
    """Yield the forms of the single words: of the given names and the beginnings of surnames."""
    for given, *rest in _names(one):
        yield from map(given_form, spoken(given))
        yield from map(surname_form, _surnames(rest))
    for piece in re.split(r"[\s,-]+", f"{one.name} {one.known_as}"):
        yield surname_form(plain(piece))


def _names(one: Enrolled) -> Iterator[list[str]]:
    """Yield the whole names of somebody, plain and given name first; of two words at least."""
    name = _cut(one.name)
    if len(name) > 1:
        yield name
    called = _cut(one.known_as)
    if len(called) > 1:
        yield called
    elif called and len(name) > 1:
        yield [called[0], *name[1:]]


def _cut(name: str) -> list[str]:
    """Cut a name into plain words: `Pupil, Ann` is turned round, titles go."""
    last, comma, first = _BRACKETS.sub(" ", name).partition(",")
    turned = f"{first} {last}" if comma else last
    cut = [word for word in map(plain, turned.split()) if word]
    while len(cut) > 1 and cut[0] in _TITLES:
        del cut[0]
    return cut


def _forms_of_name(name: list[str]) -> Iterator[str]:
    given, *rest = name
    for surname in _surnames(rest):
        yield from (full(called, surname) for called in spoken(given))
        yield from (full(called, surname[0]) for called in spoken(given))
        yield full(given[0], surname)


def _surnames(rest: list[str]) -> set[str]:
    """Return what may be the surname of all that follows a given name: the last word or more."""
    return {"".join(rest[-count:]) for count in (1, 2, len(rest))}
