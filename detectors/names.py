"""Whether a stretch of text speaks of one person: a name as people write it, or a pronoun.

Two opinions: shapes (two capitalised words that are no title of something, initials with a
surname, a child called by a first name and initial), and what was learnt (`recogniser`). Where
they agree somebody is named; where one stands alone, as on `devan was late` or `Holy Trinity`, it
counts no more than a pronoun. Policies and minutes speak of pupils in the plural and name nobody,
which is what tells them from somebody's record.
"""

import re
from collections.abc import Iterator
from enum import IntEnum
from itertools import chain

from detectors.recogniser import people

NOT_A_NAME = frozenset(
    """
    a academy acceptable after all also am an and any april are as assistant at august autumn be
    before best board both bristol but can care carers chair children christmas class college
    committee company council county covid could court day dear december department deputy did do
    does each early east easter education english executive faculty february first following for
    free friday from geography german good government governors great group half hall has have he
    head hello help her here hi his history house how human i if in information inset is it its
    january july june key kind last learning let level local london maths manchester many march
    may meals meeting monday most mr mrs ms national new no north not november now number nursery
    october of office officer on one open or our parent parents people plan plans please police
    policy post primary private privacy procedure protection public pupil pupils re report
    resources royal safeguarding saturday school schools science secondary section senior
    september service services she should since so social some south spanish special spring staff
    stage st standards state student students subject sunday support team term thank thanks that
    the their then there these they this those thursday to today tomorrow trust tuesday uk under
    united university until up us vice warm we wednesday week weekly welcome welfare west what
    when where which who why will wishes with work world would year yes yours you your yesterday
    annual review education health educational psychologist individual
    """.split()  # noqa: SIM905 - words read best as words
)
"""Words that begin sentences, or stand in the names of places, posts and days."""
_WORD = r"[A-Z][a-z]+(?:[’'-][A-Z]?[a-z]+)*"
_AROUND = 80  # characters on either side that tell whether somebody is meant
_FULL = re.compile(rf"\b({_WORD})(?: [A-Z]\.?)? ({_WORD}|[A-Z]{{3,}})\b")
_TITLED = re.compile(rf"\b(?:Mr|Mrs|Ms|Miss|Mx|Dr|Sir|Rev)\.? (?:[A-Z]\.? )?{_WORD}\b")
_INITIAL = re.compile(rf"\b(?:[A-Z]\.? {_WORD}|{_WORD} [A-Z]\b\.?)(?! ?&)")
_PRONOUN = re.compile(
    r"\b(?:he|she|him|her|his|hers|they have been|my (?:son|daughter|child|husband|wife)"
    r"|(?:our|your|the|this) (?:son|daughter|child|pupil|student|lad|boy|girl|colleague))\b",
    re.IGNORECASE,
)


class Naming(IntEnum):
    """How plainly a text says whom it is about."""

    NOBODY = 0
    SOMEBODY = 1  # a pronoun, `my son`, or what may be a name
    NAMED = 2


def naming(text: str) -> Naming:
    """Tell how plainly a sentence or a row says whom it is about; linear."""
    if _TITLED.search(text):
        return Naming.NAMED
    shaped, spoken_of = _is_shaped(text), bool(_PRONOUN.search(text))
    if spoken_of and not shaped:
        return Naming.SOMEBODY  # whatever was learnt
    learnt = bool(people(text))
    if shaped and learnt:
        return Naming.NAMED
    return Naming.SOMEBODY if shaped or learnt else Naming.NOBODY


def agreed(text: str) -> Iterator[str]:
    """Give the names of people, each once, on which shapes and what was learnt agree; linear."""
    seen: set[str] = set()
    for match in filter(_is_name, _FULL.finditer(text)):
        if match[0] not in seen:
            seen.add(match[0])
            around = text[max(match.start() - _AROUND, 0) : match.end() + _AROUND]
            if any(match[1] in one.split() for one in learnt(around)):
                yield match[0]


def learnt(text: str) -> Iterator[str]:
    """Give what is read as the name of somebody by what was learnt alone; linear."""
    return (text[one.start : one.end] for one in people(text))


def _is_shaped(text: str) -> bool:
    """Whether anything in a text has the shape of a name."""
    found = chain(_FULL.finditer(text), _INITIAL.finditer(text))
    return any(map(_is_name, found))


def _is_name(match: re.Match[str]) -> bool:
    """Whether none of the words is one that begins sentences or names an office."""
    words = [word.strip(".").lower() for word in match[0].split()]
    return not any(word in NOT_A_NAME for word in words)
