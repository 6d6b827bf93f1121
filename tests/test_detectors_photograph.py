"""Photographs of pupils, told by names and words."""

import pytest

from detectors.scan import Scanner
from section9 import Confidence, ParsedMail, Part, PartId, PartKind

LARGE = 400_000


def mail(filename: str, body: str, *, size: int = LARGE, subject: str = "") -> ParsedMail:
    text = Part(PartId("1"), PartKind.BODY, "text/plain", "", len(body), "", body)
    image = Part(PartId("2"), PartKind.ATTACHMENT, "image/jpeg", filename, size, "")
    return ParsedMail(message_id="", date=None, subject=subject, from_=(), parts=(text, image))


@pytest.mark.parametrize(
    ("filename", "body", "expected"),
    [
        ("year_5_class_photo.jpg", "As promised.", Confidence.HIGH),
        ("Y5-pupils-swimming.jpg", "See attached.", Confidence.MEDIUM),
        ("IMG_2041.jpg", "Some photos of the children on sports day.", Confidence.MEDIUM),
        ("IMG_2041.jpg", "The children loved it!", Confidence.LOW),
    ],
)
def test_a_picture_of_pupils_is_told_by_its_words(
    filename: str, body: str, expected: Confidence
) -> None:
    """Its name and the words of the mail decide how sure it is."""
    [finding] = Scanner().scan(mail(filename, body))

    assert ("pupil-photograph", "7.3", "2", expected) == (
        finding.rule,
        finding.clause,
        finding.part,
        finding.confidence,
    )


@pytest.mark.parametrize(
    ("filename", "body", "size"),
    [
        ("school-logo.png", "Photos of the children", LARGE),
        ("image001.png", "Photos of the children", LARGE),
        ("IMG_2041.jpg", "Photos of the children", 4_000),
        ("IMG_2041.jpg", "The boiler, as requested.", LARGE),
        ("boiler-photo.jpg", "Here is the leak.", LARGE),
    ],
)
def test_other_pictures_are_left_alone(filename: str, body: str, size: int) -> None:
    """Logos, small pictures and boilers are no photographs of pupils."""
    assert () == Scanner().scan(mail(filename, body, size=size))
