"""What of a record can be searched: the words of its text columns, its exact values, its moment.

Pure, and the same for every engine. An engine that stores no text must get exactly the same
document again to take a record out, so a change here changes what an index holds: raise the
engines' schema version with it.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import PurePosixPath

from search.dates import stamp
from search.direction import EXTERNAL, direction
from search.fields import PEOPLE_COLUMNS, TEXT_COLUMNS
from search.sealed import is_sealed
from search.sizes import figure, size_of
from search.tree import clean
from search.words import fold
from section9 import (
    Change,
    Confidence,
    Finding,
    Part,
    Participant,
    PartKind,
    Record,
    Role,
    Sighting,
    Trust,
)

SEAM = "\ue000"
"""A word that no text has (words hold no private-use characters), so no phrase crosses it."""

ENCRYPTED = frozenset({"encrypted", "encrypted-office", "encrypted-pdf", "encrypted-zip"})
"""Defects of what can be read with a key that the archive has not."""
LEVELS = 12  # of a folder's path, whose ends can be searched

Texts = dict[str, list[str]]


@dataclass(frozen=True, slots=True)
class Document:
    """A record as an engine takes it in."""

    moment: datetime | None
    texts: tuple[str, ...]  # folded (see `words.py`), in order of TEXT_COLUMNS
    values: frozenset[tuple[str, str]]  # column and value; every sighting's id is one


def document(record: Record) -> Document:
    """Take out of a record what can be searched."""
    people = {column: tuple(_people(record, column)) for column in PEOPLE_COLUMNS}
    texts = {
        "subject": [record.parsed.subject],
        "body": [part.text for part in record.parsed.parts if is_body(part)],
        "attachment": [part.text for part in record.parsed.parts if not is_body(part)],
        "filename": [part.filename for part in record.parsed.parts],
        **{column: [f"{one.name} {one.address}" for one in people[column]] for column in people},
    }
    return Document(
        moment=record.date,
        texts=tuple(_joined(texts[column]) for column in TEXT_COLUMNS),
        values=frozenset(_values(record, people)),
    )


def is_body(part: Part) -> bool:
    """Tell whether a part is read with the message, rather than opened from it."""
    return part.kind is not PartKind.ATTACHMENT


def _joined(texts: Iterable[str]) -> str:
    return f" {SEAM} ".join(fold(text) for text in texts if text)


def _people(record: Record, column: str) -> Iterable[Participant]:
    """Give the names and addresses of one column.

    The envelope's recipients are those the sighting proves; the SMTP session's own RCPT TO is
    often the journal address, which nobody means by a recipient.
    """
    match column:
        case "from":
            return record.parsed.from_
        case "to":
            return record.parsed.to
        case "cc":
            return record.parsed.cc
        case "bcc":
            return (*record.parsed.bcc, *_proven_bcc(record))
        case "reply_to":
            return record.parsed.reply_to
    return (Participant("", address) for address in _seen_addresses(record, column))


def _proven_bcc(record: Record) -> Iterator[Participant]:
    """Give those whom a mail server's report names as Bcc, which the header hides."""
    known = {one.address for one in record.parsed.bcc}
    named = (one for copy in record.sightings for one in copy.recipients if one.role is Role.BCC)
    for address in dict.fromkeys(one.address for one in named):
        if address not in known:
            yield Participant("", address)


def _seen_addresses(record: Record, column: str) -> list[str]:
    """Give the addresses that the copies tell, each once, in order."""
    found = set[str]()
    for sighting in record.sightings:
        if column == "envelope":
            found.update(recipient.address for recipient in sighting.recipients)
        elif column == "mailbox":
            found.add(sighting.mailbox)
        elif sighting.sender:  # a report's own envelope only says who journals
            found.add(sighting.sender)
        elif sighting.envelope is not None:
            found.add(sighting.envelope.mail_from)
    return sorted(found - {""})


def _values(
    record: Record, people: dict[str, tuple[Participant, ...]]
) -> Iterator[tuple[str, str]]:
    for column, members in people.items():
        for one in members:
            address = clean(one.address)
            if address:
                yield column, address
    yield from _domains(people)
    yield from _border_values(record)
    yield from _mail_values(record)
    yield from _finding_values(record)
    for sighting in record.sightings:
        yield "sighting", sighting.id
        yield "source", sighting.source
        yield from _mailbox_values(sighting)
        yield from _envelope_values(sighting)


def _mailbox_values(sighting: Sighting) -> Iterator[tuple[str, str]]:
    """Give where a copy lay, and when it was deleted, over the whole of its story."""
    folders = (sighting.folder, *(turn.folder for turn in sighting.story))
    for folder in folders:
        yield from (("folder", end) for end in _ends(clean(folder)) if end)
    for turn in sighting.story:
        if turn.change in {Change.DELETED, Change.PURGED}:
            yield "deleted", stamp(turn.before)


def _ends(path: str) -> Iterator[str]:
    """Give a path as a person may name it: whole, or its last levels."""
    levels = path.split("/")
    yield path
    for number in range(1, min(len(levels), LEVELS)):
        yield "/".join(levels[-number:])


def _envelope_values(sighting: Sighting) -> Iterator[tuple[str, str]]:
    """Give what a mail server's word adds to a copy."""
    for one in sighting.recipients:
        yield "role", one.role
        if one.expanded_from:
            yield "list", clean(one.expanded_from)
    if sighting.on_behalf_of:
        yield "obo", clean(sighting.on_behalf_of)
    if sighting.trust is Trust.SUSPECT:
        yield "is", "forged"


def _border_values(record: Record) -> Iterator[tuple[str, str]]:
    way = direction(record)
    yield "direction", way
    if way in EXTERNAL:
        yield "is", "external"


def _domains(people: dict[str, tuple[Participant, ...]]) -> Iterator[tuple[str, str]]:
    for column, members in people.items():
        if column == "reply_to":
            continue
        for one in members:
            domain = clean(one.address).rpartition("@")[2]
            if domain:
                yield "domain", domain


def _mail_values(record: Record) -> Iterator[tuple[str, str]]:
    if record.parsed.message_id:
        yield "message_id", clean(record.parsed.message_id)
    for one in (*record.parsed.references, *record.parsed.in_reply_to):
        yield "references", clean(one)
    yield "size", figure(size_of(record))
    for part in record.parsed.parts:
        if part.kind is PartKind.ATTACHMENT:
            yield "has", "attachment"
            yield from (("type", name) for name in _types(part))
    if any(defect.hides for defect in record.parsed.defects):
        yield "is", "opaque"
    if any(defect.code in ENCRYPTED for defect in record.parsed.defects):
        yield "is", "encrypted"
    if is_sealed(record):
        yield "is", "sealed"
    if any(sighting.deleted for sighting in record.sightings):
        yield "is", "deleted"
    if any(map(flags, record.current)):
        yield "is", "flagged"


def flags(finding: Finding) -> bool:
    """Tell whether a finding flags its message: a signature's telephone number is barely one."""
    return finding.confidence is not Confidence.LOW


def _types(part: Part) -> Iterator[str]:
    """Give what an attachment is: `image/png`, `image`, `png`, and the end of its name."""
    media = clean(part.media_type)
    names = (media, *media.split("/"), clean(PurePosixPath(part.filename).suffix[1:]))
    yield from filter(None, names)


def _finding_values(record: Record) -> Iterator[tuple[str, str]]:
    for rule in {finding.rule for finding in record.gone}:
        yield "formerly", clean(rule)
    if record.current:
        yield "any", "finding"
    for finding in record.current:
        yield "finding", clean(finding.rule)
        yield "category", finding.category
        yield "clause", clean(finding.clause)
        yield "confidence", finding.confidence
        yield "severity", str(finding.severity)
