"""Taking logs in: what a log has that the archive has not yet goes into batches.

    batch     the exact lines, stored once
    ledger    the batch on the `web` book; from here on it counts
    index     what the lines say

Each step may be run again, so a crash costs nothing. Whether a line is there already is asked of
the index by the line's own bytes, and by how often they stood in the log: the same log, longer,
compressed or under another name, gives only what is new. Two proxies' equal lines in two logs are
taken for one.
"""

from collections import Counter, OrderedDict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from itertools import chain, islice

from archive.batches import Batches
from archive.books import Book
from archive.ledger import Ledger
from archive.web_book import gathered
from archive.web_events import Layout, WebTaken
from ingest.weblogs.forms import LOOKED_AT, LogReader, ReadLine, Terms, tell
from ingest.weblogs.lines import LogFileError, RawLine
from search.web import BATCH_SIZE, LineDigest, WebIndex, WebLine

REPEATED = 100_000
"""Lines of a log that are remembered, for those that stand there more than once: such follow one
another, for a line names its time."""
ASKED = 2_000  # lines asked after at once


@dataclass(frozen=True, slots=True)
class BadLine:
    """A line that could not be read. It is kept as it is."""

    number: int
    why: str


@dataclass(slots=True)
class Tally:
    """Counts that add up: lines = visits + bad + known + overdue + other."""

    visits: int = 0
    bad: int = 0
    known: int = 0
    overdue: int = 0  # older than web logs are kept; not taken
    other: int = 0  # blank, or said of the log itself
    unfinished: int = 0  # the end of a log that is being written; taken next time

    @property
    def lines(self) -> int:
        """Every line that was met."""
        return self.visits + self.bad + self.known + self.overdue + self.other + self.unfinished

    def add(self, other: "Tally") -> None:
        """Count another's."""
        for name in self.__slots__:
            setattr(self, name, getattr(self, name) + getattr(other, name))


@dataclass(frozen=True, slots=True)
class Taking:
    """What takes logs in, for one archive."""

    ledger: Ledger
    batches: Batches
    index: WebIndex
    actor: str
    clock: Callable[[], datetime]
    size: int = BATCH_SIZE  # lines of a batch, at most

    def take(
        self,
        lines: Iterable[RawLine],
        terms: Terms,
        *,
        name: str,
        oldest: datetime | None,
        growing: bool,
    ) -> Iterator[tuple[Tally, list[BadLine]]]:
        """Take one log in; yield what became of its lines, some at a time.

        `oldest` is before which a visit is not taken; of a `growing` log the last line is left
        for later where it does not end. Raises `NoLogError`, `HeaderError`, `LogFileError`.
        """
        rest = iter(lines)
        head = list(islice(rest, LOOKED_AT))
        if not head:
            return
        reader = LogReader(tell(head, terms), terms)
        work = _Work(self, name)
        try:
            for some in _gathered(chain(head, rest)):
                yield self._some(some, reader, work, oldest=oldest, growing=growing)
        finally:  # whatever broke off, what was read until then counts
            work.flush()

    def _some(
        self,
        some: list[RawLine],
        reader: LogReader,
        work: "_Work",
        *,
        oldest: datetime | None,
        growing: bool,
    ) -> tuple[Tally, list[BadLine]]:
        tally, read = Tally(), list[tuple[ReadLine, Layout]]()
        for raw in some:
            if growing and not raw.ended:
                tally.unfinished += 1
                continue
            line = reader.line(raw)
            if line is None or reader.layout is None:
                tally.other += 1
            elif oldest and line.visit and line.visit.time < oldest:
                tally.overdue += 1
            else:
                read.append((line, reader.layout))
        there = self.index.seen(line.digest for line, _ in read)
        work.written.clear()
        bad = []
        for line, layout in read:
            if not work.is_new(line, there):
                tally.known += 1
                continue
            work.add(line, layout)
            tally.visits += line.visit is not None
            if line.visit is None:
                bad.append(BadLine(line.raw.number, line.why))
        tally.bad = len(bad)
        return tally, bad


def _gathered(lines: Iterable[RawLine]) -> Iterator[list[RawLine]]:
    """Gather lines; those before a break are given, and then the error is raised."""
    some: list[RawLine] = []
    try:
        for line in lines:
            some.append(line)
            if len(some) == ASKED:
                yield some
                some = []
    except LogFileError:
        yield some
        raise
    yield some


@dataclass(slots=True)
class _Work:
    """One log: what of it waits to be written, and what was met in it."""

    taking: Taking
    name: str
    layout: Layout | None = None
    waiting: list[ReadLine] = field(default_factory=list)
    pending: Counter[LineDigest] = field(default_factory=Counter)  # of those that wait
    written: Counter[LineDigest] = field(default_factory=Counter)  # since the index was asked
    met: OrderedDict[LineDigest, int] = field(default_factory=OrderedDict)

    def is_new(self, line: ReadLine, there: Mapping[LineDigest, int]) -> bool:
        """Tell whether a line stands here more often than in the archive."""
        number = self.met.pop(line.digest, 0) + 1
        self.met[line.digest] = number
        if len(self.met) > REPEATED:
            self.met.popitem(last=False)
        known = there.get(line.digest, 0) + self.pending[line.digest] + self.written[line.digest]
        return number > known

    def add(self, line: ReadLine, layout: Layout) -> None:
        """Have a line wait, until there are enough or the next is laid out otherwise."""
        if layout != self.layout or len(self.waiting) >= self.taking.size:
            self.flush()
            self.layout = layout
        self.waiting.append(line)
        self.pending[line.digest] += 1

    def flush(self) -> None:
        """Write what waits as one batch."""
        if not self.waiting or self.layout is None:
            return
        taking, times = self.taking, [line.visit.time for line in self.waiting if line.visit]
        event = WebTaken(
            at=taking.clock(),
            by=taking.actor,
            blob=taking.batches.put(line.raw.content for line in self.waiting),
            file=self.name,
            layout=self.layout,
            lines=gathered(line.raw.number for line in self.waiting),
            visits=len(times),
            bad=len(self.waiting) - len(times),
            since=min(times, default=None),
            until=max(times, default=None),
        )
        head = taking.ledger.append(Book.WEB, (event,))
        indexed = (
            WebLine(position, line.digest, line.visit)
            for position, line in enumerate(self.waiting, 1)
        )
        taking.index.put(head.number, list(indexed))
        self.written.update(self.pending)
        self.pending = Counter()
        self.waiting = []
