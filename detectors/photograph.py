"""Photographs of pupils among the attachments, told by their names and the words with them.

No picture is looked at. Policy clause 7.3: students' photographs go nowhere that is not secure.
"""

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache

from detectors.contract import Context, MailDetector, Rule
from detectors.cues import Lexicon, lexicon
from detectors.vocabulary import Topic, spelled
from section9 import (
    Category,
    Confidence,
    Finding,
    ParsedMail,
    Part,
    PartKind,
    RuleId,
)

RULE = Rule(
    id=RuleId("pupil-photograph"),
    version=1,
    category=Category.PERSONAL_DATA,
    clause="7.3",
    severity=3,
    title="Photographs of pupils",
    help="A child's picture beside a name or a school must not reach people who were not agreed.",
)

_IMAGE_NAME = re.compile(
    r"\.(?:jpe?g|png|heic|heif|gif|tiff?|bmp|webp|raw|cr2|nef)\Z", re.IGNORECASE
)
_CAMERA = re.compile(r"\A(?:img|dsc[fn]?|pxl|photo|picture|p\d)[ _-]?\d", re.IGNORECASE)
_DECORATION = re.compile(
    r"logo|banner|signature|icon|\Aimage\d{3}\.|footer|header|badge", re.IGNORECASE
)
_SMALLEST = 30_000  # bytes: below it are logos and the like
_READ = 4_000  # characters of the mail's own text in which its subject shows
_PICTURES, _PUPILS = RuleId("pictures"), RuleId("pupils")


def detect(mail: ParsedMail, _found: Sequence[Finding], _context: Context) -> Iterator[Finding]:
    """Yield a finding for each picture that seems to show pupils."""
    pictures = [part for part in mail.parts if _is_picture(part)]
    spoken = _topics(_words(mail)) if pictures else frozenset()
    for part in pictures:
        if judged := _judged(part.filename, spoken):
            confidence, why = judged
            yield _finding(part, confidence, why)


def _is_picture(part: Part) -> bool:
    named = part.media_type.startswith("image/") or _IMAGE_NAME.search(part.filename)
    return bool(
        part.kind is PartKind.ATTACHMENT
        and named
        and part.size >= _SMALLEST
        and not _DECORATION.search(part.filename)
    )


def _words(mail: ParsedMail) -> str:
    """Return the subject and the beginning of what its author wrote."""
    bodies = (part.text for part in mail.parts if part.kind is PartKind.BODY)
    return f"{mail.subject}\n{next(bodies, '')[:_READ]}"


def _judged(filename: str, spoken: frozenset[RuleId]) -> tuple[Confidence, str] | None:
    """Weigh a picture's own name, then what the mail with it speaks of."""
    named = _topics(filename.replace("_", " ").replace("-", " ").rpartition(".")[0])
    if _PUPILS in named:
        sure = _PICTURES in named | spoken
        why = "a picture whose name speaks of pupils"
        return (Confidence.HIGH if sure else Confidence.MEDIUM), why
    if {_PICTURES, _PUPILS} <= named | spoken:
        return Confidence.MEDIUM, "a picture, and the words with it speak of pupils and pictures"
    if _PUPILS in spoken and _CAMERA.match(filename):
        return Confidence.LOW, "a camera's picture, and the words with it speak of pupils"
    return None


def _topics(text: str) -> frozenset[RuleId]:
    return frozenset(_lexicon().look(text))


@lru_cache(maxsize=1)
def _lexicon() -> Lexicon:
    return lexicon(
        {
            _PICTURES: spelled(frozenset({Topic.PICTURE})),
            _PUPILS: spelled(frozenset({Topic.SCHOOL, Topic.OCCASION})),
        }
    )


def _finding(part: Part, confidence: Confidence, why: str) -> Finding:
    """Make a finding of a part as a whole: it has no text to point into."""
    return Finding(
        rule=RULE.id,
        version=RULE.version,
        category=RULE.category,
        clause=RULE.clause,
        part=part.id,
        start=0,
        end=0,
        confidence=confidence,
        severity=RULE.severity,
        why=why,
    )


DETECTOR = MailDetector((RULE,), detect)
