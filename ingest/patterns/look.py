"""A look for patterns: follow what the ledger has told since the last one, and decide on it.

What is new since costs its own reading and the histories of the pairs that it touches, nothing
else. Killed anywhere it is gone on with; run twice it adds nothing.
"""

import fcntl
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime
from hashlib import sha256
from pathlib import Path

from archive import certificates
from archive.books import Book
from archive.case_events import Purged, RuleSwitched
from archive.certificates import Certificate
from archive.ledger import Ledger
from archive.mail_events import Rescanned, Sighted
from archive.pattern_events import (
    ContactExcepted,
    PatternFound,
    PatternId,
    PatternLapsed,
)
from archive.segment import Segment
from archive.store import FolderStore
from detectors.contract import Context
from detectors.patterns import decide
from detectors.patterns.decide import Excused
from detectors.patterns.history import Pattern, SchoolYear, Sign
from detectors.patterns.weighing import (
    Weighed,
    closely,
    to_read_closely,
    weighed,
    with_signs,
)
from ingest.patterns.memory import Memory, Pair
from search.index import Index
from search.sealed import is_sealed
from search.tree import AnyOf, Exact
from section9 import MailId, PartId, Person, Recipient, Record, RuleId

ACTOR = "section9"
TOGETHER = 200  # pairs decided at once, and messages asked after
MOST = 200
"""Messages that a pattern names; of more, the newest, and `why` counts them all."""
LAPSED = "what is left of its messages makes no pattern"
EXCUSED = "a declared exception covers the two"


PATTERNS = frozenset(rule.id for rule in decide.RULES)
Changed = PatternFound | PatternLapsed


@dataclass(frozen=True, slots=True)
class Trust:
    """Who the people of the trust are, and what it says of days."""

    person: Callable[[str], Person | None]
    named: Callable[[str], tuple[Person, ...]]
    domains: frozenset[str] = frozenset()
    holiday: Callable[[date], bool] = decide.Calendar().is_holiday


@dataclass(slots=True)
class Looked:
    """What a look did."""

    messages: int = 0
    pairs: int = 0
    found: int = 0
    lapsed: int = 0


@dataclass(frozen=True, slots=True)
class Tried:
    """What stands, and what would if every rule of a pattern were on."""

    now: Mapping[PatternId, Pattern]
    before: Mapping[PatternId, PatternFound]

    def without(self, concerned: Callable[[Sequence[str]], bool]) -> "Tried":
        """Leave out what concerns somebody who must not learn of it."""
        return Tried(
            {id_: one for id_, one in self.now.items() if not concerned(one.people)},
            {id_: one for id_, one in self.before.items() if not concerned(one.people)},
        )


@dataclass(frozen=True, slots=True)
class Look:
    """Follows the ledger into the memory, and writes down what patterns it makes."""

    ledger: Ledger
    store: FolderStore
    index: Index
    memory: Memory
    trust: Trust
    clock: Callable[[], datetime]
    excused: Sequence[Excused] = ()
    runs: Callable[[RuleId], bool] = lambda _rule: True
    done: Looked = field(default_factory=Looked)

    def run(self, *, progress: Callable[[int], None] = lambda _: None) -> Looked:
        """Take in what is new and decide on what waits."""
        self._follow(progress)
        while pairs := self.memory.waiting(TOGETHER):
            self._record([event for pair in pairs for event in self._decided(pair)])
            self.memory.decided(pairs)
            self.done.pairs += len(pairs)
        return self.done

    def tried(self, *, progress: Callable[[int], None] = lambda _: None) -> Tried:
        """Decide on every pair as if all pattern rules were on, and write nothing down."""
        self._follow(progress)
        now: dict[PatternId, Pattern] = {}
        for pair in self.memory.pairs():
            now |= self._patterns(pair)
        return Tried(now, {one.pattern: one for one in self.memory.all_standing()})

    # --- following ------------------------------------------------------------------------------

    def _follow(self, progress: Callable[[int], None]) -> None:
        books = (Book.MAIL, Book.CASES)
        if any(self.memory.applied(book) > self.ledger.head(book).number for book in books):
            self.memory.begin_again()  # an older archive was restored
        self._follow_cases()
        applied = {number for run in self.index.applied() for number in run}
        for segment in self.ledger.segments(Book.MAIL, after=self.memory.applied(Book.MAIL)):
            if segment.number not in applied:  # the index follows, and so do we
                return
            weighed_ = list(self._weighed(_mails(segment)))
            with self.memory.following(Book.MAIL, segment.number):
                for mail, found in weighed_:
                    self.memory.take(mail, found)
            self.done.messages += len(weighed_)
            progress(len(weighed_))

    def _follow_cases(self) -> None:
        for segment in self.ledger.segments(Book.CASES, after=self.memory.applied(Book.CASES)):
            with self.memory.following(Book.CASES, segment.number):
                for event in segment.events:
                    match event:
                        case PatternFound():
                            self.memory.stands(event)
                        case PatternLapsed():
                            self.memory.lapses(event.pattern)
                        case ContactExcepted():
                            self.memory.wait_for([(event.adult, event.child)])
                        case RuleSwitched() if event.rule in PATTERNS:
                            self.memory.wait_for_all()
                        case Purged():
                            self._purge(event.certificate)
                        case _:  # cases, holds and requests stand in the same book
                            pass

    def _purge(self, certificate: str) -> None:
        """Forget messages that were purged; what came again since is in the index."""
        entries = certificates.get(self.store, certificate, Certificate).entries
        gone = [entry.mail for entry in entries if self.index.get(entry.mail) is None]
        self.memory.forget(gone)

    def _weighed(self, mails: Sequence[MailId]) -> Iterator[tuple[MailId, tuple[Weighed, ...]]]:
        """Weigh messages of a segment, as the index has them; what it lacks was purged."""
        for start in range(0, len(mails), TOGETHER):
            some = mails[start : start + TOGETHER]
            asked = AnyOf(tuple(Exact("id", mail) for mail in some))
            for record in self.index.records(asked):
                if record.date and not is_sealed(record):
                    yield record.mail, self._weigh(record, record.date)

    def _weigh(self, record: Record, sent: datetime) -> tuple[Weighed, ...]:
        context = Context(
            PartId("subject"),
            domains=self.trust.domains,
            person=self.trust.person,
            named=self.trust.named,
            sender=_sender(record),
            recipients=_recipients(record),
        )
        return weighed(record.parsed, record.current, context, id_=record.mail, sent=sent)

    # --- deciding -------------------------------------------------------------------------------

    def _decided(self, pair: Pair) -> Iterator[Changed]:
        """Yield what has changed of the patterns of two people in a year."""
        found = self._patterns(pair)
        for id_ in dict.fromkeys(_possible(pair)):
            if event := self._changed(id_, found.get(id_)):
                yield event

    def _patterns(self, pair: Pair) -> dict[PatternId, Pattern]:
        """Return the patterns of two people in a year, and of many who turn on one of them."""
        history, adult = self.memory.between(pair)
        history = with_signs(history, self._closely(to_read_closely(history)))
        people = (pair.one, pair.other)
        every = decide.between(
            history, people=people, adult=adult, excused=self.excused, holiday=self.trust.holiday
        )
        found = {_id(one, pair.year): one for one in every}
        for reader in people:
            if one := decide.against(self.memory.hurting(reader, pair.year), to=reader):
                found[_id(one, pair.year)] = one
        return found

    def _closely(self, mails: Sequence[MailId]) -> Mapping[MailId, Sequence[Sign]]:
        """Return what is seen in messages that are read closely, each of them once."""
        known = self.memory.read_closely(mails)
        left = tuple(Exact("id", mail) for mail in mails if mail not in known)
        records = self.index.records(AnyOf(left)) if left else ()
        new = {one.mail: closely(one.parsed) for one in records if not is_sealed(one)}
        self.memory.note_closely(new)
        return known | new

    def _changed(self, id_: PatternId, found: Pattern | None) -> Changed | None:
        """Return the event of a pattern that is not as it was, or is no more.

        Of a rule that is not on what stands is left as it is.
        """
        known = self.memory.standing(id_)
        if found is None:
            return PatternLapsed(self.clock(), ACTOR, id_, self._lapse(known)) if known else None
        if not self.runs(found.rule.id):
            return None
        event = self._found(id_, found)
        if known and _same(known, event):
            return None
        return event

    def _lapse(self, known: PatternFound) -> str:
        """Say why a pattern is no more."""
        pairs = {(one.adult, one.child) for one in self.excused}
        covered = known.rule == decide.CONTACT and known.people in pairs
        return EXCUSED if covered else LAPSED

    def _found(self, id_: PatternId, one: Pattern) -> PatternFound:
        named = one.messages[-MOST:]
        return PatternFound(
            at=self.clock(),
            by=ACTOR,
            pattern=id_,
            rule=one.rule.id,
            version=one.rule.version,
            category=one.rule.category,
            clause=one.rule.clause,
            severity=one.severity,
            confidence=one.confidence,
            people=one.people,
            target=one.people[-1],
            mails=tuple(dict.fromkeys(each.mail for each in named)),
            why=one.why,
            since=one.messages[0].sent,
            until=one.messages[-1].sent,
        )

    def _record(self, events: Sequence[Changed]) -> None:
        """Write events down; the memory learns of them as it follows the book."""
        if not events:
            return
        latest = {event.pattern: event for event in events}  # of one target, by several pairs
        self.ledger.append(Book.CASES, list(latest.values()))
        found = sum(isinstance(event, PatternFound) for event in latest.values())
        self.done.found += found
        self.done.lapsed += len(latest) - found
        self._follow_cases()


@contextmanager
def alone(lock: Path) -> Iterator[None]:
    """Let one look run at a time; the next waits. The system lets go when a process dies."""
    with lock.open("ab") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def _mails(segment: Segment) -> list[MailId]:
    """Return the messages that a segment brings, or tells something new of."""
    told = (one.mail for one in segment.events if isinstance(one, Sighted | Rescanned))
    return list(dict.fromkeys(told))


def _sender(record: Record) -> str:
    told = next((one.sender for one in record.sightings if one.sender), "")
    return (told or next((one.address for one in record.parsed.from_), "")).lower()


def _recipients(record: Record) -> tuple[Recipient, ...]:
    told = tuple(dict.fromkeys(to for one in record.sightings for to in one.recipients))
    parsed = record.parsed
    return told or tuple(Recipient(one.address) for one in (*parsed.to, *parsed.cc, *parsed.bcc))


def _possible(pair: Pair) -> Iterator[PatternId]:
    """Yield the id of every pattern that may be found where this pair is decided."""
    ends = (pair.one, pair.other)
    for by, to in (ends, ends[::-1]):
        for rule in decide.RULES:
            yield _named(rule.id, (by, to), pair.year)
        yield _named(decide.MANY, (to,), pair.year)


def _id(one: Pattern, year: SchoolYear) -> PatternId:
    """Name a pattern by its rule, its people and its year; of many, by whom it befalls alone."""
    people = one.people[-1:] if one.rule.id == decide.MANY else one.people
    return _named(one.rule.id, people, year)


def _named(rule: str, people: tuple[str, ...], year: SchoolYear) -> PatternId:
    digest = sha256("\n".join((rule, *people, str(year))).encode()).hexdigest()
    return PatternId(f"P-{digest[:12]}")


def _same(one: PatternFound, other: PatternFound) -> bool:
    """Whether two say the same, whenever they were found."""
    return _told(one) == _told(other)


def _told(one: PatternFound) -> tuple[object, ...]:
    return (one.version, one.severity, one.confidence, one.people, one.mails, one.why)
