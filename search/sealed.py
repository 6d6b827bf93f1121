"""What is left of a sealed message in an index: that it exists, when, between whom; not a word."""

from dataclasses import replace
from typing import Final

from section9 import Defect, ParsedMail, Participant, Record

SEALED: Final = "sealed"
"""The defect of a record that was emptied: clause 7.4 forbids to open, copy or forward it."""


def is_sealed(what: Record | ParsedMail) -> bool:
    """Tell whether a record or a message was emptied."""
    parsed = what.parsed if isinstance(what, Record) else what
    return any(defect.code == SEALED for defect in parsed.defects)


def emptied(record: Record) -> Record:
    """A record without a word of its message; the addresses stay, by which scopes find it."""
    copies = tuple(replace(copy, folder="", story=()) for copy in record.sightings)
    return replace(record, parsed=emptied_mail(record.parsed), sightings=copies, findings=())


def emptied_mail(parsed: ParsedMail) -> ParsedMail:
    """A message without its words: names and subject are the sender's words too."""
    return ParsedMail(
        message_id="",
        date=parsed.date,
        subject="",
        from_=_nameless(parsed.from_),
        to=_nameless(parsed.to),
        cc=_nameless(parsed.cc),
        bcc=_nameless(parsed.bcc),
        defects=(Defect(SEALED, part=None, hides=True),),
    )


def _nameless(people: tuple[Participant, ...]) -> tuple[Participant, ...]:
    return tuple(dict.fromkeys(Participant("", one.address) for one in people))
