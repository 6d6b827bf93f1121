"""Purging: the one way in which anything is ever deleted. It asks the holds.

    decide      nothing is held on the `cases` book as it stands: certificate, then `Purged`
    carry out   waiting copies, index entries, blobs, then `PurgeFinished`
    scrub       the traces that are left in the index's files

The holds and the decision stand in one book, and the decision is appended only if the book has
not moved since the holds were asked: a hold that was placed a moment before wins. An interrupted
purge is carried out by whoever purges or files next, before they do anything else.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import ClassVar

from archive import certificates
from archive.blobs import BlobMissingError, Blobs, BlobTamperedError
from archive.books import Book
from archive.case_events import Purged, PurgeFinished
from archive.certificates import Certificate, Entry
from archive.events import Event
from archive.ledger import Ledger
from cases import holds
from cases.copies import Copies
from cases.custody import Custody
from cases.deciding import record
from cases.holds import Guards
from search.index import Index
from section9 import BlobId, MailId, Section9Error, SightingId

SEAL = "seal"

Kept = Mapping[MailId, tuple[str, ...]]
"""Messages that may not go, and by what each is kept."""
Keep = Callable[[Index, tuple[Event, ...]], Kept]
"""Finds what may not go, by the index and the `cases` book as they are."""
Consent = Callable[[tuple[Event, ...]], Sequence[Event]]
"""Decides on the `cases` book whether it may be done; gives what is to be written with it."""


class HeldError(Section9Error):
    """Something that was to be purged before its time is kept."""

    exit_code: ClassVar[int] = 13

    def __init__(self, kept: Kept) -> None:
        names = sorted({name for reasons in kept.values() for name in reasons})
        super().__init__(
            f"{len(kept):,} of these messages are kept by {', '.join(names)}: "
            "nothing was purged; have that ended first"
        )
        self.kept = dict(kept)


class IndexBehindError(Section9Error):
    """The index does not know all mail, so the holds cannot be asked."""

    exit_code: ClassVar[int] = 31

    def __init__(self, segments: int) -> None:
        super().__init__(
            f"the index is {segments:,} entries behind the archive, so nothing was purged: "
            "run `section9 ingest` or `conduct`, or `section9 index rebuild`, and then this again"
        )


@dataclass(frozen=True, slots=True)
class Doomed:
    """A message that is to go, and by which rule."""

    mail: MailId
    rule: str


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of messages that were to go."""

    certificate: str  # its SHA-256; empty where nothing went
    purged: tuple[MailId, ...]
    kept: Kept


@dataclass(frozen=True, slots=True)
class Outside:
    """What of a message lies outside of the archive, and what its wrapping holds beside it."""

    enclosed: Callable[[bytes], Iterable[BlobId]]  # the originals in a journal report
    forget: Callable[[Sequence[SightingId]], None]  # copies in the spool and the quarantine


def nothing_more(_events: tuple[Event, ...]) -> Sequence[Event]:
    """Consent of a rule: retention needs nobody's."""
    return ()


def no_guards(_events: tuple[Event, ...]) -> Guards:
    """Keep nothing beyond what is held or sealed."""
    return {}


@dataclass(frozen=True, slots=True)
class Purge:
    """Deletes messages for ever.

    `indexes` opens all there are, a half-made one too; the first is the one that is searched.
    They are opened in each turn, because a rebuild may have changed them.
    """

    ledger: Ledger
    blobs: Blobs
    indexes: Callable[[], AbstractContextManager[Sequence[Index]]]
    custody: Custody
    copies: Copies
    outside: Outside
    actor: str
    clock: Callable[[], datetime]

    def by_rule(
        self,
        doomed: Sequence[Doomed],
        *,
        guards: Callable[[tuple[Event, ...]], Guards] = no_guards,
    ) -> Outcome:
        """Purge what a rule lets go, but for what is kept. Call `scrub` when all is done."""

        def keep(index: Index, events: tuple[Event, ...]) -> Kept:
            return self._kept(index, doomed, {**holds.guards(events), **guards(events)})

        return self._purge(doomed, keep, consent=nothing_more)

    def early(self, doomed: Sequence[Doomed], *, consent: Consent) -> Outcome:
        """Purge before time: all of it or, where anything is kept, nothing (`HeldError`)."""

        def keep(index: Index, events: tuple[Event, ...]) -> Kept:
            if kept := self._kept(index, doomed, holds.guards(events)):
                raise HeldError(kept)
            return {}

        outcome = self._purge(doomed, keep, consent=consent)
        self.scrub()
        return outcome

    def resume(self) -> None:
        """Carry out what was decided and interrupted."""
        with self.custody.alone(), self.indexes() as indexes:
            self._resume(indexes)

    def sweep(self) -> None:
        """Remove again what a restored backup brought back of anything that was purged."""
        with self.custody.alone():
            self.copies.refresh()
            for event in self.ledger.events(Book.CASES):
                if isinstance(event, PurgeFinished):
                    self._sweep(certificates.get(self.blobs.store, event.certificate, Certificate))

    def _sweep(self, certificate: Certificate) -> None:
        named = (blob for entry in certificate.entries for blob in entry.blobs)
        back = [blob for blob in named if self.blobs.has(blob)]
        self.blobs.remove_all(set(back) - self.copies.needed_by_others(back, ()))

    def scrub(self) -> None:
        """Leave no trace of what was purged in any index."""
        with self.indexes() as indexes:
            for index in indexes:
                index.scrub()

    def _resume(self, indexes: Sequence[Index]) -> None:
        for name in self.custody.unfinished:
            self._carry_out(name, indexes)

    def _purge(self, doomed: Sequence[Doomed], keep: Keep, *, consent: Consent) -> Outcome:
        with self.custody.alone(), self.indexes() as indexes:
            self._resume(indexes)
            self._check(indexes[0])
            self.copies.refresh()
            outcome = self._decide(doomed, partial(keep, indexes[0]), consent)
            if outcome.certificate:
                self._carry_out(outcome.certificate, indexes)
        return outcome

    def _decide(
        self,
        doomed: Sequence[Doomed],
        keep: Callable[[tuple[Event, ...]], Kept],
        consent: Consent,
    ) -> Outcome:
        """Write down what goes, unless the book moves meanwhile: then all is asked again."""
        at = self.clock()
        outcome = Outcome("", (), {})

        def decide(events: tuple[Event, ...]) -> tuple[Event, ...]:
            nonlocal outcome
            more, kept = consent(events), keep(events)
            certificate = self._certificate(at, [one for one in doomed if one.mail not in kept])
            going = tuple(entry.mail for entry in certificate.entries)
            name = certificates.put(self.blobs.store, certificate) if going else ""
            outcome = Outcome(name, going, kept)
            return (self._decided(name, certificate), *more) if going else ()

        record(self.ledger, Book.CASES, decide)
        return outcome

    def _check(self, index: Index) -> None:
        behind = self.ledger.head(Book.MAIL).number - sum(map(len, index.applied()))
        if behind:
            raise IndexBehindError(behind)

    def _kept(self, index: Index, doomed: Sequence[Doomed], by: Guards) -> Kept:
        """Which of these messages are kept, and by what."""
        self.custody.refresh()
        mails = [one.mail for one in doomed]
        kept = holds.kept(index, mails, by)
        for mail in self.custody.sealed.intersection(mails):
            kept[mail] = (*kept.get(mail, ()), SEAL)
        return kept

    def _certificate(self, at: datetime, doomed: Sequence[Doomed]) -> Certificate:
        going = {one.mail for one in doomed}
        entries = (self._entry(one, going) for one in doomed)
        return Certificate(at, self.actor, tuple(entry for entry in entries if entry.copies))

    def _entry(self, one: Doomed, going: set[MailId]) -> Entry:
        own = self.copies.blobs_of(one.mail)
        beside = [found for blob, wraps in own.items() if wraps for found in self._enclosed(blob)]
        blobs = tuple(dict.fromkeys((*own, *beside)))
        kept = self.copies.needed_by_others(blobs, going)
        return Entry(
            mail=one.mail,
            rule=one.rule,
            copies=self.copies.of(one.mail),
            blobs=tuple(blob for blob in blobs if blob not in kept),
            kept=tuple(blob for blob in blobs if blob in kept),
        )

    def _enclosed(self, blob: BlobId) -> Iterable[BlobId]:
        """What is stored beside a journal report because it came inside it."""
        try:
            return self.outside.enclosed(self.blobs.get(blob))
        except (BlobMissingError, BlobTamperedError):  # nothing to be found in it; `verify` tells
            return ()

    def _decided(self, name: str, certificate: Certificate) -> Purged:
        return Purged(
            at=certificate.at,
            by=self.actor,
            certificate=name,
            mails=len(certificate.entries),
            blobs=sum(len(entry.blobs) for entry in certificate.entries),
            as_of=self.ledger.head(Book.MAIL),
        )

    def _carry_out(self, name: str, indexes: Sequence[Index]) -> None:
        """Delete what a certificate names. Every step may be run again: a crash costs nothing."""
        entries = certificates.get(self.blobs.store, name, Certificate).entries
        # Copies that wait go first: filed after this, they would bring the blobs back.
        self.outside.forget([copy for entry in entries for copy in entry.copies])
        for index in indexes:
            index.drop([entry.mail for entry in entries])
        self.blobs.remove_all(blob for entry in entries for blob in entry.blobs)
        self.ledger.append(Book.CASES, (PurgeFinished(self.clock(), self.actor, name),))
        self.custody.refresh()
