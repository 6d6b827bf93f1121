"""Unique Pupil Numbers: a check letter and twelve characters (DfE, Unique pupil numbers guide).

Local authority (3 digits), establishment (4), year (2), serial (3); a temporary number ends with
a letter in place of the last digit. One random code in twenty-three passes the check.
"""

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from stdnum.gb import upn

from detectors.contract import Context, Detector, Rule, Suspect, Text
from detectors.shapes import Seat, matches, seat
from detectors.verdict import Terms, judged
from detectors.vocabulary import Topic
from section9 import Category, Confidence, Finding, RuleId

if TYPE_CHECKING:
    from spacy.tokens import Doc

RULE = Rule(
    id=RuleId("upn"),
    version=1,
    category=Category.PERSONAL_DATA,
    clause="4.5",
    severity=3,
    title="Unique Pupil Number",
    help="Follows one child through every school; for use inside education only.",
)
TERMS = Terms(
    names=frozenset({Topic.UPN}),
    hints=frozenset({Topic.SCHOOL, Topic.PERSON, Topic.BIRTH, Topic.ADDRESS}),
    contested=Confidence.LOW,
)

_SHAPE = re.compile(
    r"(?<!\w)[A-HJ-NP-RT-Z](?:[ -]?\d){11}[ -]?[A-HJ-NP-RT-Z0-9](?!\w)", re.ASCII | re.IGNORECASE
)
_USUAL = re.compile(r"[A-Z](?:\d{11}| \d{3} \d{4} \d{2} \d{2})[A-Z0-9]", re.ASCII)
_COMPACT = re.compile(r"\w{13}", re.ASCII)
# Authorities made after python-stdnum's list (England 2019 to 2023), and those of Wales.
_NEWER_AUTHORITIES = frozenset({"838", "839", "940", "941", "942", "943"})
_WELSH_AUTHORITIES = frozenset(map(str, range(660, 682)))


def suspects(seen: Text) -> Iterator[Suspect]:
    """Yield the codes whose check letter is right."""
    for match in matches(_SHAPE, seen.text, seen.zones):
        code = re.sub(r"[ -]", "", match[0]).upper()
        if upn.calc_check_digit(code[1:]) != code[0]:
            continue
        how = seat(seen.text, *match.span())
        if how is not Seat.EMBEDDED:
            known = _known_authority(code)
            alone = _alone(match[0], known=known) if how is Seat.FREE else None
            yield Suspect(*match.span(), alone)


def _known_authority(code: str) -> bool:
    return code[1:4] in _NEWER_AUTHORITIES | _WELSH_AUTHORITIES or upn.is_valid(code)


def _alone(written: str, *, known: bool) -> Confidence | None:
    """What the way of writing is worth; less in small letters or of an unknown authority."""
    if _USUAL.fullmatch(written):
        return Confidence.MEDIUM if known else Confidence.LOW
    return Confidence.LOW if _COMPACT.fullmatch(written) else None


def detect(doc: "Doc", context: Context) -> Iterator[Finding]:
    """Yield each UPN; its name or talk of pupils near by makes it high."""
    return judged(
        doc,
        context,
        RULE,
        suspects,
        TERMS,
        what="13 characters with the right check letter of a UPN",
    )


DETECTOR = Detector(RULE, suspects, detect)
