"""The conductor of collectors: what a mailbox holds is filed, and what befell it is told.

A mailbox is looked through before anything is fetched, so that a message which moved is known to
be missing where it was by the time it is met where it is. What is missing and was not met may
have moved to a folder that had been looked at already: so the mailbox is then looked through once
more, and only what is still missing was purged.

The ledger is written first, then the memory. A run may be killed anywhere and begun again: what
was filed is known by then, and the rest is done.
"""

import hashlib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

import structlog

from archive.mail_events import Collected, Turned
from ingest.collectors import story
from ingest.collectors.door import (
    Folder,
    FolderError,
    FolderId,
    FolderKind,
    Item,
    ItemId,
    Mailbox,
    NotFetched,
    Server,
)
from ingest.collectors.landing import Batch, Landed, Landing
from ingest.collectors.memory import Copy, Memory, Place
from ingest.collectors.outcome import Failure, Outcome, Watch
from ingest.jobs import Sliced
from ingest.pipeline import ACTOR, Filed, Pipeline, batched
from section9 import BlobId, Sighting, SightingId

REACH = tuple(FolderKind)  # from within its owner's reach to beyond
TOLD = 200  # turns in a ledger segment, at most

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Collector:
    """Collects mailboxes, one after the other."""

    pipeline: Pipeline
    memory: Memory
    landing: Landing
    clock: Callable[[], datetime]

    def collect(self, server: Server, mailbox: str, watch: Watch) -> Outcome:
        """Look through a mailbox, file what is new and tell what befell the rest.

        Raises `MailboxError`, `ServerError`; what was filed by then stays so.
        """
        self.memory.follow(self.pipeline.ledger)
        place = self.memory.place(server.source, mailbox)
        with server.open(mailbox) as box:
            run = _Run(self, place, box, watch)
            run.go()
        log.info("collected", new=run.outcome.new, turned=run.outcome.turns.total())
        return run.outcome


@dataclass(frozen=True, slots=True)
class _Found:
    """What one look at a folder found to be fetched."""

    folder: Folder
    items: dict[ItemId, Item]


@dataclass(frozen=True, slots=True)
class _Missing:
    """A copy that is not where it was, and when that was noticed."""

    copy: Copy
    noticed: datetime


class _Run:
    """One mailbox, looked through once."""

    def __init__(self, by: Collector, place: Place, box: Mailbox, watch: Watch) -> None:
        self._by = by
        self._memory = by.memory
        self._place = place
        self._box = box
        self._watch = watch
        self._began = by.clock()
        self._missing: dict[SightingId, _Missing] = {}
        self._looks: dict[FolderId, tuple[FolderId, str, datetime, str]] = {}
        self._vanished = 0
        self._unsure = False  # what is missing may be where nobody could look for it
        self._tried: set[tuple[str, ItemId]] = set()  # in vain, in this run: by folder
        self.outcome = Outcome(place.source, place.mailbox)

    def go(self) -> None:
        """Do it all."""
        self._take(self._survey(count=True))
        if self._missing or self._vanished:
            self._take(self._survey(count=False))
        put_off = bool(self._missing) and self._unsure
        if not put_off:
            self._tell_purged()
        self._close(looked=not put_off)

    # --- looking --------------------------------------------------------------------------------

    def _survey(self, *, count: bool) -> list[_Found]:
        """Look at every folder; `count` what is known there already, at the first time."""
        folders = self._box.folders()
        named = [(folder.id, folder.path) for folder in folders]
        self._memory.follow_names(self._place, named)
        found = [one for folder in folders if (one := self._try(folder, count=count))]
        for path in self._memory.folders(self._place) - {path for _, path in named}:
            self._miss(self._memory.there(self._place, path).values())
        fresh = sum(len(one.items) for one in found)
        self.outcome.seen += fresh
        self._watch.expect(fresh)
        return found

    def _try(self, folder: Folder, *, count: bool) -> _Found | None:
        try:
            return self._look(folder, count=count)
        except FolderError as error:
            self._unsure = True
            self.outcome.unread[folder.path] = str(error)
            return None

    def _look(self, folder: Folder, *, count: bool) -> _Found:
        at = self._by.clock()
        look = self._box.look(folder, self._state(folder))
        there = self._memory.there(self._place, folder.path)
        present = {item.id: item for item in look.present}
        gone = there.keys() - present.keys() if look.whole else there.keys() & set(look.gone)
        self._miss(there[item] for item in gone)
        for item in there.keys() & present.keys():
            self._missing.pop(there[item], None)
        fresh = {id_: item for id_, item in present.items() if id_ not in there}
        for failed in self._memory.failures(self._place, folder.path):
            if failed in there or (look.whole and failed not in present) or failed in look.gone:
                self._memory.forgive(self._place, folder.path, failed)
            else:
                fresh.setdefault(failed, Item(failed))
        fresh = {id_: one for id_, one in fresh.items() if (folder.path, id_) not in self._tried}
        if count:
            self.outcome.known += len(there) - len(gone)
            self.outcome.seen += len(there) - len(gone)
        self._looks[folder.id] = (folder.id, folder.path, at, look.state)
        return _Found(folder, fresh)

    def _state(self, folder: Folder) -> str:
        if folder.id in self._looks:
            return self._looks[folder.id][3]
        return self._memory.state(self._place, folder.id)

    def _miss(self, sightings: Iterable[SightingId]) -> None:
        noticed = self._by.clock()
        for sighting in sightings:
            if sighting not in self._missing:
                self._missing[sighting] = _Missing(self._memory.copy(sighting), noticed)

    # --- fetching and filing --------------------------------------------------------------------

    def _take(self, found: Iterable[_Found]) -> None:
        """Fetch what is new. A copy that was lost is rather met where mail is kept than beyond."""
        for one in sorted(found, key=lambda one: REACH.index(one.folder.kind)):
            fresh = self._moved_by_name(one)
            if fresh:
                fetched = self._box.fetch(one.folder, fresh)
                for batch in self._by.landing.batches(fetched):
                    self._file(one, batch)

    def _moved_by_name(self, found: _Found) -> list[Item]:
        """Tell of the copies that moved here, as their lasting names show; give the others."""
        turned, fresh = [], []
        for item in found.items.values():
            copy = self._memory.lasting(self._place, item.lasting) if item.lasting else None
            if copy and copy.folder != found.folder.path:
                turned.append((copy, item))
            else:
                fresh.append(item)
        for some in batched(turned, TOLD):
            self._tell_moved(found.folder, some)
            self._watch.advance(len(some))
        return fresh

    def _file(self, found: _Found, batch: Batch) -> None:
        """File what came, but for the copies that only moved here."""
        turned: list[tuple[Copy, Item]] = []
        jobs: dict[SightingId, tuple[Sliced, Item]] = {}
        for one in batch:
            item = found.items[one.id]
            if isinstance(one, NotFetched):
                self._not_fetched(found.folder, one)
            elif copy := self._same(found.folder, one.blob, {copy for copy, _ in turned}):
                turned.append((copy, item))
            else:
                job = _job(self._place, found.folder, item, one)
                jobs[job.copy] = (job, item)
        self._tell_moved(found.folder, turned)
        self._watch.advance(len(batch) - len(jobs))
        for filed in self._by.pipeline.file(job for job, _ in jobs.values()):
            self._count(found.folder, filed, {copy: item for copy, (_, item) in jobs.items()})

    def _same(self, folder: Folder, blob: BlobId, taken: set[Copy]) -> Copy | None:
        """Find a copy that was lost and has these bytes: in the same folder rather than another."""
        lost = [
            copy
            for copy in self._memory.same(self._place, blob)
            if copy not in taken and (not copy.folder or copy.sighting in self._missing)
        ]
        here = (copy for copy in lost if copy.folder == folder.path)
        missing = (copy for copy in lost if copy.sighting in self._missing)
        return next(here, None) or next(missing, None) or next(iter(lost), None)

    def _not_fetched(self, folder: Folder, one: NotFetched) -> None:
        if one.vanished:
            self._vanished += 1
            self.outcome.seen -= 1
            self._memory.forgive(self._place, folder.path, one.id)
        else:
            self._fail(folder, one.id, one.why)

    def _fail(self, folder: Folder, item: ItemId, why: str) -> None:
        # A message that fails for the first time may be one that moved. Later it is let be so.
        self._unsure |= item not in self._memory.failures(self._place, folder.path)
        self._tried.add((folder.path, item))
        self.outcome.failed.append(Failure(folder.path, item, why))
        self._memory.fail(self._place, folder.path, item, why)

    def _count(self, folder: Folder, filed: Filed, items: dict[SightingId, Item]) -> None:
        """Count what was filed, and remember it now that the ledger has it."""
        self._memory.follow(self._by.pipeline.ledger)
        self._memory.name_lasting((copy, items[copy].lasting) for copy in filed.copies)
        self._watch.advance(len(filed.copies) + len(filed.failed))
        self.outcome.new += len(filed.new)
        self.outcome.known += len(filed.known)
        self.outcome.findings += sum(len(d.record.findings) for d in filed.new if d.record)
        for copy in filed.copies:
            self._memory.forgive(self._place, folder.path, items[copy].id)
        for draft in filed.failed:
            self._fail(folder, items[draft.job.copy].id, draft.failed)

    # --- telling --------------------------------------------------------------------------------

    def _tell_moved(self, folder: Folder, turned: Sequence[tuple[Copy, Item]]) -> None:
        """Tell of copies that are now in this folder; in the same one, only a name changed."""
        events = []
        for copy, item in turned:
            missing = self._missing.pop(copy.sighting, None)
            if copy.folder != folder.path and (sighting := self._sighting(copy)):
                noticed = missing.noticed if missing else self._by.clock()
                after = self._last_there(copy)
                told = story.moved(sighting, folder, item, after=after, before=noticed)
                events.append(self._event(copy, told))
        self._tell(events)
        for copy, item in turned:
            self._memory.rename(copy.sighting, folder.path, item.id)
            self._memory.forgive(self._place, folder.path, item.id)
        self._memory.name_lasting((copy.sighting, item.lasting) for copy, item in turned)
        self.outcome.known += len(turned)

    def _tell_purged(self) -> None:
        """Tell of what is found nowhere any more."""
        for some in batched(self._missing.values(), TOLD):
            events = []
            for missing in some:
                if sighting := self._sighting(missing.copy):
                    after = self._last_there(missing.copy)
                    told = story.gone(sighting, after=after, before=missing.noticed)
                    events.append(self._event(missing.copy, told))
            self._tell(events)
            for missing in some:
                self._memory.rename(missing.copy.sighting, "", ItemId(""))

    def _sighting(self, copy: Copy) -> Sighting | None:
        """Give a copy as the index has it; None if it was disposed of meanwhile."""
        record = self._by.pipeline.index.get(copy.mail)
        copies = record.sightings if record else ()
        return next((one for one in copies if one.id == copy.sighting), None)

    def _last_there(self, copy: Copy) -> datetime:
        looked = self._memory.looked(self._place, copy.folder) if copy.folder else None
        return max(looked, copy.since) if looked else copy.since

    def _event(self, copy: Copy, sighting: Sighting) -> Turned:
        return Turned(self._by.clock(), ACTOR, copy.mail, sighting)

    def _tell(self, events: Sequence[Turned]) -> None:
        if events:
            self._by.pipeline.tell(events)
            self._memory.follow(self._by.pipeline.ledger)
            self.outcome.turns.update(event.sighting.story[-1].change for event in events)

    def _close(self, *, looked: bool) -> None:
        """Record the run, then remember how far it came.

        Where it was put off to say what was purged, the next run must miss it again: so this one
        does not count as a look.
        """
        outcome = self.outcome
        looks = tuple(self._looks.values()) if looked else ()
        outcome.folders = len(self._looks)
        collected = Collected(
            at=self._by.clock(),
            by=ACTOR,
            source=self._place.source,
            mailbox=self._place.mailbox,
            began=self._began,
            folders=tuple(path for _, path, _, _ in looks),
            seen=outcome.seen,
            new=outcome.new,
            known=outcome.known,
            failed=len(outcome.failed),
            turned=outcome.turns.total(),
        )
        self._by.pipeline.tell([collected])
        self._memory.finish(self._place, looks)


def _job(place: Place, folder: Folder, item: Item, landed: Landed) -> Sliced:
    """Name a copy by where it lies, so that reading it again gives it again."""
    named = f"{place.source}\0{place.mailbox}\0{folder.id}\0{item.id}"
    begun = story.begun(folder, item, arrived=landed.arrived, seen=landed.seen)
    sighting = Sighting(
        id=SightingId(hashlib.sha256(named.encode(errors="surrogateescape")).hexdigest()),
        blob=landed.blob,
        source=place.source,
        seen=landed.seen,
        mailbox=place.mailbox,
        folder=folder.path,
        item=item.id,
        arrived=landed.arrived,
        story=tuple(begun),
    )
    return Sliced(sighting, landed.path, landed.start, landed.length)
