"""What somebody wrote themselves in a message: its bodies, without what they quote."""

from collections.abc import Iterator

from detectors.spans import merged
from section9 import ParsedMail, Part, PartKind

_LONGEST = 20_000  # characters of a part: messages between people are shorter


def bodies(mail: ParsedMail) -> Iterator[tuple[Part, str]]:
    """Yield each body and its text, with a blank for each character that is quoted."""
    for part in mail.parts:
        if part.kind is PartKind.BODY and part.text and not part.repeats:
            yield part, unquoted(part)


def unquoted(part: Part) -> str:
    """Return a part's text with a blank for each character that somebody else had written."""
    text = part.text[:_LONGEST]
    for span in merged(part.quoted):
        if span.start < len(text):
            end = min(span.end, len(text))
            text = text[: span.start] + " " * (end - span.start) + text[end:]
    return text
