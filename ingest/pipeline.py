"""The one conductor: what the workers drafted goes to the ledger, then to the index.

The ledger is the truth and the index follows it. A crash between the two leaves a segment that
the index has not applied, and `catch_up` applies it; a crash before leaves the message where it
was waiting. Every step may be run again.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import islice
from typing import TypeVar

import msgspec
import structlog

from archive.books import Book
from archive.case_events import Sealed
from archive.ledger import Ledger
from archive.mail_events import Collected, Rescanned, Scanned, Sighted, Turned
from archive.segment import Segment
from cases.custody import Custody
from ingest.jobs import Draft, Incoming, Replayed, Reread
from ingest.pool import Pool
from ingest.replay import grouped, replayed
from search.index import Index, RecordRejectedError
from search.sealed import emptied, is_sealed
from section9 import Defect, MailId, ParsedMail, Record, Sighting, SightingId

BATCH = 200  # messages in a ledger segment, at most
LOOK_UP = 2_000  # jobs asked after in the index at once
REDUCED = 200  # characters of the subject, and people of each header, of a record that is refused
ACTOR = "section9"
BY_HASH = "on a hash list"

log = structlog.get_logger()

Item = TypeVar("Item")


@dataclass(frozen=True, slots=True)
class Filed:
    """What became of some jobs: each is new, was known already, or failed."""

    new: tuple[Draft, ...] = ()
    known: tuple[SightingId, ...] = ()
    failed: tuple[Draft, ...] = ()
    lost: tuple[Draft, ...] = ()  # their blobs were purged while they were read: read them again

    @property
    def copies(self) -> tuple[SightingId, ...]:
        """Every copy that is in the archive and the index now."""
        return (*self.known, *(draft.job.copy for draft in self.new))


@dataclass(frozen=True, slots=True)
class Pipeline:
    """Reads jobs with the pool's workers and files what they find."""

    ledger: Ledger
    index: Index
    pool: Pool
    clock: Callable[[], datetime]
    custody: Custody

    def file(self, incoming: Iterable[Incoming]) -> Iterator[Filed]:
        """File all that arrived, some at a time. What has been yielded is durable."""
        for some in batched(incoming, LOOK_UP):
            self.custody.refresh()
            known = self._known([arrival.copy for arrival in some])
            yield Filed(known=tuple(one.copy for one in some if one.copy in known))
            fresh = [arrival for arrival in some if arrival.copy not in known]
            while fresh:
                lost: list[Incoming] = []
                for drafts in batched(self.pool.drafts(fresh), BATCH):
                    with self.custody.filing():
                        filed = self._file(drafts)
                    yield filed
                    lost += [one.job for one in filed.lost if isinstance(one.job, Incoming)]
                fresh = lost

    def _file(self, drafts: Sequence[Draft]) -> Filed:
        read = [(copy_of(record), draft) for draft in drafts if (record := draft.record)]
        # Another process may have been quicker, with filing or with purging.
        known = self._known([copy for copy, _ in read])
        lost = self._lost([draft for copy, draft in read if copy not in known])
        read = [(copy, draft) for copy, draft in read if draft not in lost]
        new = {copy: draft for copy, draft in read if copy not in known}
        if new:
            self._seal(map(_record, new.values()))
            events = [event for draft in new.values() for event in self._events(draft)]
            head = self.ledger.append(Book.MAIL, events)
            self._index(self._present(map(_record, new.values())), segment=head.number)
        failed = tuple(draft for draft in drafts if not draft.record)
        # A copy that was met twice is new once and known once: what is counted adds up.
        old = Counter(copy for copy, _ in read) - Counter(new.keys())
        return Filed(tuple(new.values()), tuple(old.elements()), failed, tuple(lost))

    def _seal(self, records: Iterable[Record]) -> None:
        """Write down what a hash list sealed, before it is filed."""
        mails = dict.fromkeys(record.mail for record in records if is_sealed(record))
        now, sealed = self.clock(), self.custody.sealed
        events = [Sealed(now, ACTOR, mail, None, BY_HASH) for mail in mails if mail not in sealed]
        if events:
            self.ledger.append(Book.CASES, events)
            self.custody.refresh()
            log.error("sealed", messages=len(events))

    def _known(self, copies: Sequence[SightingId]) -> set[SightingId]:
        """Tell which copies are in the archive, or were until they were purged."""
        return self.index.known(copies) | self.custody.purged_copies(copies)

    def _lost(self, drafts: Sequence[Draft]) -> list[Draft]:
        """Find the drafts whose bytes are no longer stored: another message took them with it."""
        blobs = {copy.message for draft in drafts for copy in _record(draft).sightings}
        blobs |= {copy.blob for draft in drafts for copy in _record(draft).sightings}
        gone = self.custody.lost(blobs)
        return [
            draft
            for draft in drafts
            if any({copy.blob, copy.message} & gone for copy in _record(draft).sightings)
        ]

    def _events(self, draft: Draft) -> Iterator[Sighted | Scanned]:
        record, now = _record(draft), self.clock()
        for sighting in record.sightings:
            yield Sighted(at=now, by=ACTOR, mail=record.mail, sighting=sighting)
            yield Scanned(
                at=now,
                by=ACTOR,
                mail=record.mail,
                blob=sighting.message,
                rules=draft.rules,
                findings=record.findings,
                defects=record.parsed.defects,
            )

    def file_again(self, drafts: Sequence[Draft], *, by: str) -> Sequence[Draft]:
        """File what rules found in archived mail; give the drafts that were filed.

        Left out is mail that was purged or sealed while it was read, and what a hash list seals.
        """
        with self.custody.filing():
            records = [_record(draft) for draft in drafts]
            self._seal(records)
            self.index.put(list(filter(is_sealed, records)), segment=None)
            filed = self._still_open(drafts)
            events = [_rescanned(draft, self.clock(), by) for draft in filed]
            if events:
                head = self.ledger.append(Book.MAIL, events)
                self._index([_record(draft) for draft in filed], segment=head.number)
            return filed

    def _still_open(self, drafts: Sequence[Draft]) -> Sequence[Draft]:
        jobs = {one.job.mail: one.job for one in drafts if isinstance(one.job, Reread)}
        known = self.index.known([job.sightings[0].id for job in jobs.values()])
        here = {mail for mail, job in jobs.items() if job.sightings[0].id in known}
        here -= self.custody.sealed
        return [draft for draft in drafts if _record(draft).mail in here]

    def tell(self, events: Sequence[Turned | Collected]) -> None:
        """Write down what befell copies in their mailboxes, and index it."""
        with self.custody.filing():
            self._tell(events)

    def _tell(self, events: Sequence[Turned | Collected]) -> None:
        head = self.ledger.append(Book.MAIL, events)
        records: dict[MailId, Record] = {}
        for event in events:
            if isinstance(event, Turned):
                known = records.get(event.mail) or self.index.get(event.mail)
                if known is None:
                    return  # dropped meanwhile: `catch_up` decides on the whole segment
                records[event.mail] = replace(known, sightings=_told(known, event.sighting))
        self._index(list(records.values()), segment=head.number)

    def catch_up(self, *, progress: Callable[[int], None] = lambda _: None) -> None:
        """Bring the index up to the ledger. `progress` hears the number of each segment done."""
        for segments in grouped(map(self._segment, self.behind())):
            self.custody.refresh()
            jobs = (self._marked(job) for segment in segments for job in replayed(segment))
            records = [_record(draft) for draft in self.pool.drafts(jobs)]
            *others, last = (segment.number for segment in segments)
            with self.custody.filing():
                self._index(self._present(records), segment=last)
                for number in others:  # a crash before here puts their records in once more
                    self.index.put((), segment=number)
            for segment in segments:
                progress(segment.number)

    def _present(self, records: Iterable[Record]) -> list[Record]:
        """Leave out what was purged, of which the ledger still tells, and empty what is sealed."""
        records, sealed = list(records), self.custody.sealed
        copies = self.custody.purged_copies(copy.id for one in records for copy in one.sightings)
        mails = self.custody.purged_mails(one.mail for one in records if not one.sightings)
        returned = {one.mail for one in records if _without(one, copies).sightings}
        gone = {mail for mail in mails - returned if not self.index.get(mail)}
        return [
            emptied(present) if one.mail in sealed else present
            for one in records
            if (present := _without(one, copies)).sightings
            or not (one.sightings or one.mail in gone)
        ]

    def reread(self, mail: MailId) -> None:
        """Index a message afresh from the ledger and its bytes: its seal was broken."""
        segments = self.ledger.segments(Book.MAIL)
        jobs = (job for one in segments for job in replayed(one) if job.mail == mail)
        records = [_record(draft) for draft in self.pool.drafts(jobs)]
        with self.custody.filing():
            self.index.drop([mail])
            self.index.put(self._present(records), segment=None)

    def _marked(self, job: Replayed) -> Replayed:
        """Have nothing read of a sealed message but its header."""
        return msgspec.structs.replace(job, sealed=job.mail in self.custody.sealed)

    def _segment(self, number: int) -> Segment:
        return next(self.ledger.segments(Book.MAIL, after=number - 1))

    def _index(self, records: Sequence[Record], *, segment: int) -> None:
        """Index records; one that the engine refuses is indexed by less of it, and says so."""
        try:
            self.index.put(records, segment=segment)
        except RecordRejectedError as error:
            for mail, kind in error.refused.items():
                log.error("record_refused", mail=mail, kind=kind)  # noqa: TRY400 - may quote mail
            less = [_reduced(one) if one.mail in error.refused else one for one in records]
            self.index.put(less, segment=segment)

    def behind(self) -> Sequence[int]:
        """Number the ledger's segments that the index has not applied."""
        applied = {number for run in self.index.applied() for number in run}
        last = self.ledger.head(Book.MAIL).number
        return [number for number in range(1, last + 1) if number not in applied]


def _rescanned(draft: Draft, now: datetime, by: str) -> Rescanned:
    record = _record(draft)
    if not isinstance(draft.job, Reread):
        raise TypeError(type(draft.job))
    return Rescanned(
        at=now,
        by=by,
        mail=record.mail,
        blob=draft.job.blob,
        rules=draft.rules,
        findings=record.findings,
        defects=record.parsed.defects,
    )


def _told(record: Record, sighting: Sighting) -> tuple[Sighting, ...]:
    return tuple(sighting if one.id == sighting.id else one for one in record.sightings)


def _without(record: Record, copies: set[SightingId]) -> Record:
    return replace(record, sightings=tuple(x for x in record.sightings if x.id not in copies))


def copy_of(record: Record) -> SightingId:
    """The one copy that a freshly drafted record speaks of."""
    return record.sightings[0].id


def batched(items: Iterable[Item], most: int) -> Iterator[Sequence[Item]]:
    """Yield the items in lists of `most`; the last may be shorter."""
    rest = iter(items)
    while some := list(islice(rest, most)):
        yield some


def _reduced(record: Record) -> Record:
    """What of a record any engine takes: who, when, which copies, what was found; no text."""
    refused = Defect("refused-by-index", part=None, hides=True)
    parsed = ParsedMail(
        message_id="",
        date=record.parsed.date,
        subject=record.parsed.subject[:REDUCED],
        from_=record.parsed.from_[:REDUCED],
        to=record.parsed.to[:REDUCED],
        cc=record.parsed.cc[:REDUCED],
        defects=(*record.parsed.defects, refused),
    )
    return replace(record, parsed=parsed)


def _record(draft: Draft) -> Record:
    """The record as drafted; for a message that the ledger holds, at least that it exists."""
    if draft.record:
        return draft.record
    if not isinstance(draft.job, Replayed):
        raise TypeError(draft.failed)
    unread = Defect(draft.failed, part=None, hides=True)
    nothing = ParsedMail(message_id="", date=None, subject="", from_=(), defects=(unread,))
    return Record(draft.job.mail, None, nothing, draft.job.sightings, draft.job.findings)
