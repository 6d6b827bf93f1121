"""Hold the ledger against its anchors, to find what was rewritten, removed, inserted or reordered.

What was written before the last anchor cannot be changed unseen by anybody who cannot sign, nor
by root, who can, where an anchor that was sent away is given.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from cryptography.x509 import Certificate

from archive import anchors as form
from archive import stamps
from archive.anchors import Anchor, AnchorError, Anchors, PublicKeys, Signed, name_of
from archive.books import Book, Head
from archive.case_events import Anchored
from archive.events import Event
from archive.ledger import Ledger
from archive.stamps import StampError
from archive.store import StoreError
from archive.walk import Problem, ProblemKind, Walk


@dataclass(frozen=True, slots=True)
class Given:
    """An anchor that was kept elsewhere, and where it came from."""

    name: str  # the file's
    signed: Signed


@dataclass(frozen=True, slots=True)
class Evidence:
    """What is known of the ledger from outside of it."""

    heads: tuple[Head, ...] = ()  # of the checkpoint
    given: tuple[Given, ...] = ()
    roots: tuple[Certificate, ...] = ()  # authorities of time stamps; without any none is checked


@dataclass(frozen=True, slots=True)
class Audit:
    """What `audit` found: the ledger is as it was anchored when there are no problems."""

    heads: tuple[Head, ...]  # of every book, as found
    events: int
    anchors: int  # that are proven, those given among them
    stamped: int  # time stamps that are proven
    last: Anchor | None  # the newest that is proven
    problems: tuple[Problem, ...]


def audit(
    ledger: Ledger,
    anchors: Anchors,
    keys: PublicKeys,
    evidence: Evidence,
    *,
    progress: Callable[[int], None] = lambda _events: None,
) -> Audit:
    """Walk every chain against the anchors in the archive and the evidence from outside.

    Memory holds the anchors' hashes, and what is found wrong.
    """
    work = _Work(ledger, anchors, keys, progress)
    work.walk.believe(evidence.heads, "the checkpoint")
    for one in evidence.given:
        work.take_given(one)
    work.take_kept(evidence.roots)
    work.walk.call_witnesses()
    for book in Book:
        work.walk.walk(book)
    work.walk.weigh_witnesses()
    work.compare()
    return Audit(
        heads=tuple(work.walk.heads[book] for book in Book),
        events=work.walk.events,
        anchors=len(work.proven),
        stamped=work.stamped,
        last=max(work.proven.values(), key=lambda one: one.number, default=None),
        problems=tuple(work.walk.problems.values()),
    )


class _Work:
    """One run of `audit`, and what it has found so far."""

    def __init__(
        self, ledger: Ledger, anchors: Anchors, keys: PublicKeys, progress: Callable[[int], None]
    ) -> None:
        self._anchors = anchors
        self._keys = keys
        self._progress = progress
        self._hashes: dict[int, str] = {}  # of the anchors that are kept here
        self._given: dict[int, str] = {}
        self._recorded: dict[int, str] = {}  # by the ledger
        self.walk = Walk(ledger, self._hear)
        self.proven: dict[str, Anchor] = {}  # by hash
        self.stamped = 0

    def take_given(self, given: Given) -> None:
        """Believe an anchor that was kept elsewhere, if it is signed."""
        if anchor := self._proven(given.signed, given.name):
            self._given[anchor.number] = given.signed.sha256

    def take_kept(self, roots: Sequence[Certificate]) -> None:
        """Believe the anchors that lie in the archive, each if it is signed and follows."""
        before = None
        for number in self._anchors.numbers():
            name = name_of(number)
            try:
                signed = self._anchors.signed(number)
            except (AnchorError, StoreError) as error:
                self.walk.report(ProblemKind.BAD_ANCHOR, name, str(error))
                continue
            self._hashes[number] = signed.sha256
            anchor = self._proven(signed, name)
            if anchor and anchor.number != number:
                self._bad(name, f"was signed as {name_of(anchor.number)}")
            if anchor and before and anchor.previous != before:
                self._bad(name, "does not follow the anchor before it: one was removed or altered")
            before = signed.sha256
            if roots:
                self._check_stamp(number, signed.content, roots)

    def compare(self) -> None:
        """Set the anchors against those that the ledger recorded and those given."""
        for says, numbers in (("the ledger", self._recorded), ("the one given", self._given)):
            for number, sha256 in numbers.items():
                kept = self._hashes.get(number)
                if kept is None:
                    self._bad(name_of(number), f"is gone from the archive; {says} names it")
                elif kept != sha256:
                    self._bad(name_of(number), f"in the archive is another than {says} names")

    def _proven(self, signed: Signed, name: str) -> Anchor | None:
        try:
            anchor = form.read(signed, self._keys, name=name)
        except AnchorError as error:
            self._bad(name, error.what)
            return None
        self.proven[signed.sha256] = anchor
        self.walk.believe(anchor.heads, f"{name} of {anchor.at:%Y-%m-%d %H:%M}")
        return anchor

    def _check_stamp(self, number: int, content: bytes, roots: Sequence[Certificate]) -> None:
        response = self._anchors.get(number, "tsr")
        if response is None:
            return
        try:
            stamps.check(response, content, roots)
        except StampError as error:
            self.walk.report(ProblemKind.BAD_STAMP, f"time stamp of {name_of(number)}", error.why)
        else:
            self.stamped += 1

    def _hear(self, book: Book, _number: int, events: Sequence[Event]) -> None:
        if book is Book.CASES:
            for event in events:
                if isinstance(event, Anchored):
                    self._recorded[event.number] = event.sha256
        self._progress(self.walk.events)

    def _bad(self, name: str, what: str) -> None:
        self.walk.report(ProblemKind.BAD_ANCHOR, name, what)
