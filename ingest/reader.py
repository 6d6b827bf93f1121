"""What a worker does with one message: parse, extract, scan, and draft its record."""

import traceback
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import datetime
from itertools import chain

import structlog

from detectors.scan import Scanner
from ingest.attachments import Extracted, Extractor
from ingest.formats.kinds import looks_like_mail
from ingest.hashes import HashLists
from ingest.identity import believed_date, mail_id
from ingest.jobs import Replayed, Reread
from ingest.parse import parse, parse_with_contents
from search.direction import own_domains
from search.sealed import SEALED, emptied, emptied_mail, is_sealed
from search.unread import SCAN_FAILED, is_unjudged
from search.versions import above_first
from section9 import (
    Defect,
    Finding,
    MailId,
    ParsedMail,
    Part,
    PartId,
    PartKind,
    Record,
    RuleVersion,
    Sighting,
    Source,
)

log = structlog.get_logger()

UNJUDGED = Defect(SCAN_FAILED, part=None, hides=True)
HEADERS = 64 * 1024
"""Bytes at the start of a message in which headers are looked for when nothing else is read."""


class Reader:
    """Turns exact bytes into records. One a process: its extractor serves one at a time."""

    def __init__(
        self, *, extractor: Extractor, scanner: Scanner, hashes: HashLists | None = None
    ) -> None:
        self._extractor = extractor
        self._hashes = hashes
        self.scanner = scanner

    @property
    def rules(self) -> str:
        """The rules that run on what arrives, by version."""
        return self.scanner.rules

    def new(self, sighting: Sighting, message: bytes, *, give_up: str) -> Record:
        """Draft the record of a message that arrived. `give_up` files it unread, and says why."""
        sightings = (sighting,)
        mail, parsed = self._parse(message, give_up, hashes=self._hashes)
        if is_sealed(parsed):
            return emptied(Record(mail, _date(parsed, sightings), parsed, sightings))
        parsed = _with_losses(parsed, sightings)
        parsed, findings = self._scanned(parsed, sightings, self.scanner)
        own = own_domains(parsed, sightings, self.scanner.domains)
        date, versions = _date(parsed, sightings), _versions(parsed, self.rules)
        return Record(mail, date, parsed, sightings, findings, own, versions)

    def reread(self, job: Reread, message: bytes, *, give_up: str) -> tuple[Record, str]:
        """Draft what the rules of the job find in an archived message; also say which they are.

        It went to whomever any of its copies names. The record is without copies: those known
        are indexed.
        """
        scanner = replace(self.scanner, runs=frozenset(job.rules).__contains__)
        _, parsed = self._parse(message, give_up, hashes=self._hashes)
        if is_sealed(parsed):
            return emptied(Record(job.mail, None, parsed, ())), ""
        parsed = _with_losses(parsed, job.sightings)
        parsed, findings = self._scanned(parsed, job.sightings, scanner)
        versions = _versions(parsed, scanner.rules)
        return Record(job.mail, None, parsed, (), findings, versions=versions), scanner.rules

    def _scanned(
        self, parsed: ParsedMail, sightings: tuple[Sighting, ...], scanner: Scanner
    ) -> tuple[ParsedMail, tuple[Finding, ...]]:
        """Scan, and note it where a rule fails: its fault must not cost a message its text."""
        try:
            findings = scanner.scan(
                parsed,
                sender=next((one.sender for one in sightings if one.sender), ""),
                recipients=tuple(dict.fromkeys(to for one in sightings for to in one.recipients)),
            )
        except MemoryError:  # the worker cannot go on
            raise
        except Exception as bug:  # noqa: BLE001 - where it is, and of which kind; its words may be mail
            traceback.print_tb(bug.__traceback__)
            log.error("scan-failed", blob=sightings[0].blob, bug=type(bug).__name__)  # noqa: TRY400 - as above
            return replace(parsed, defects=(*parsed.defects, UNJUDGED)), ()
        return parsed, findings

    def replayed(self, job: Replayed, message: bytes, *, give_up: str) -> Record:
        """Draft again the record of a message in the ledger: filed and found as it says there."""
        _, parsed = self._parse(message, give_up or (SEALED if job.sealed else ""))
        parsed = _with_losses(parsed, job.sightings)
        date = _date(parsed, job.sightings)
        own = own_domains(parsed, job.sightings, self.scanner.domains)
        if job.unjudged and not is_unjudged(parsed):  # it can be read by now, but no rule has
            parsed = replace(parsed, defects=(*parsed.defects, UNJUDGED))
        return Record(job.mail, date, parsed, job.sightings, job.findings, own, job.versions)

    def findings(self, content: bytes) -> tuple[Finding, ...]:
        """Scan one file that is not archived: a mail, or any document that has text."""
        if looks_like_mail(content):
            return self.scanner.scan(self._parse(content, "")[1])
        got = self._extractor.extract(content, media_type="", filename="")
        inner = (self.scanner.scan_text(part.text, part=part.id) for part in got.parts)
        return (*self.scanner.scan_text(got.text), *chain.from_iterable(inner))

    def _parse(
        self, content: bytes, give_up: str, *, hashes: HashLists | None = None
    ) -> tuple[MailId, ParsedMail]:
        """Who a message is, by what it says itself, and all that could be read of it."""
        if give_up:
            parsed = unread(content, give_up)
            return mail_id(parsed), parsed
        parsed, contents = parse_with_contents(content)
        if hashes and hashes.match((content, *contents.values()), _digests(parsed)):
            return mail_id(parsed), emptied_mail(parsed)  # unread: clause 7.4
        whole = self._extracted(parsed, contents)
        if hashes and hashes.match((), _digests(whole)):  # what lay in an archive
            return mail_id(parsed), emptied_mail(parsed)
        return mail_id(parsed), whole

    def _extracted(self, parsed: ParsedMail, contents: Mapping[PartId, bytes]) -> ParsedMail:
        """Fill in the text of attachments that are documents, and the files inside them."""
        parts, defects = [], list(parsed.defects)
        for part in parsed.parts:
            if part.kind is PartKind.ATTACHMENT and not part.text and part.id in contents:
                got = self._extractor.extract(
                    contents[part.id], media_type=part.media_type, filename=part.filename
                )
                parts += [replace(part, text=got.text), *_parts_inside(part, got)]
                defects += _defects_inside(part, got)
            else:
                parts.append(part)
        return replace(parsed, parts=tuple(parts), defects=tuple(defects))


def _parts_inside(part: Part, got: Extracted) -> Iterator[Part]:
    """The files inside an attachment, as parts below it."""
    return (replace(inner, id=PartId(f"{part.id}.{inner.id}")) for inner in got.parts)


def _defects_inside(part: Part, got: Extracted) -> Iterator[Defect]:
    if got.defect_code:
        yield Defect(got.defect_code, part.id, got.hides)
    for defect in got.defects:
        place = f"{part.id}.{defect.part}" if defect.part else part.id
        yield replace(defect, part=PartId(place))


def unread(content: bytes, why: str) -> ParsedMail:
    """Read nothing but the headers of a message that could not be read; `why` is its defect."""
    headers, _, _ = content[:HEADERS].replace(b"\r\n", b"\n").lstrip(b"\n").partition(b"\n\n")
    parsed = parse(headers + b"\n\n")
    defect = Defect(why, part=None, hides=True)
    return replace(parsed, parts=(), defects=(*parsed.defects, defect))


def _versions(parsed: ParsedMail, rules: str) -> tuple[RuleVersion, ...]:
    """What a record remembers of the rules that judged it; nothing where none could."""
    return () if is_unjudged(parsed) else above_first(rules)


def _digests(parsed: ParsedMail) -> Iterator[str]:
    return (part.sha256 for part in parsed.parts)


def _with_losses(parsed: ParsedMail, sightings: tuple[Sighting, ...]) -> ParsedMail:
    """Note what is missing from bytes that were rebuilt, since the bytes cannot tell."""
    lost = (code for one in sightings if one.rebuilt for code in one.rebuilt.lost)
    defects = tuple(Defect(code, part=None, hides=True) for code in dict.fromkeys(lost))
    return replace(parsed, defects=(*parsed.defects, *defects)) if defects else parsed


def _date(parsed: ParsedMail, sightings: tuple[Sighting, ...]) -> datetime | None:
    """When the message was sent; the moment of its arrival stands in where a server tells it."""
    if not sightings:  # a later entry about a message whose date is known from its first
        return None
    seen = min(sighting.seen for sighting in sightings)
    arrived = min((at for at in map(_arrived, sightings) if at), default=None)
    return believed_date(parsed, seen=seen, arrived=arrived)


def _arrived(sighting: Sighting) -> datetime | None:
    """When a copy arrived: here, where SMTP brought it; else as its mailbox's server says."""
    return sighting.seen if sighting.source is Source.SMTP else sighting.arrived
