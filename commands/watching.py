"""The look for patterns after filing: the composition root's part for bullying and contact."""

from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

import structlog

from commands.app import App

if TYPE_CHECKING:
    from cases.exceptions import Excepted
    from cases.rulebook import Rulebook
    from detectors.contract import Context
    from detectors.patterns.decide import Calendar, Excused
    from ingest.patterns.look import Look, Looked, Tried
    from people import Directory

log = structlog.get_logger()

MEMORY, LOCK = "patterns.sqlite", "patterns.lock"


@dataclass(frozen=True)
class Watch:
    """Looks for patterns again and again, with one directory of people."""

    app: App
    directory: "Directory"
    excepted: "Excepted"
    rulebook: "Rulebook"

    def look(
        self, *, afresh: bool = False, progress: Callable[[int], None] = lambda _: None
    ) -> "Looked":
        """Take in what is new since the last look, or everything, and decide on it."""
        with self._opened() as look:
            if afresh:
                look.memory.begin_again()
            return look.run(progress=progress)

    def tried(self, *, progress: Callable[[int], None] = lambda _: None) -> "Tried":
        """Decide on everything as if every rule of a pattern were on; nothing is written down."""
        with self._opened() as look:
            return look.tried(progress=progress)

    @contextmanager
    def _opened(self) -> "Iterator[Look]":
        """What one look takes; one process at a time."""
        from ingest.patterns.look import Look, Trust, alone
        from ingest.patterns.memory import Memory

        app = self.app
        self.directory.refresh()
        self.excepted.refresh()
        self.rulebook.refresh()
        trust = Trust(
            person=self.directory.person,
            named=self.directory.named,
            domains=_domains(app),
            holiday=calendar(app).is_holiday,
        )
        with (
            alone(app.data / LOCK),
            closing(Memory(app.data / MEMORY)) as memory,
            closing(app.engine.read()) as index,
        ):
            yield Look(
                *(app.ledger, app.store, index, memory, trust, app.clock),
                excused=tuple(self._excused()),
                runs=self.rulebook.is_on,
            )

    def _excused(self) -> "Iterator[Excused]":
        """Who may write to each other, by the addresses that stand for people."""
        from commands.reading import exempt
        from detectors.patterns.decide import Excused

        context = _context(self.app, self.directory)
        for one in (*exempt(self.app.settings.trust), *self.excepted.exempt()):
            adult, child = (_key(address, context) for address in (one.adult, one.child))
            yield Excused(adult, child, one.until)

    def look_and_log(self) -> None:
        """Look, and log what came of it: nobody watches a service's terminal."""
        if (done := self.look()).found or done.lapsed:
            log.info("patterns", found=done.found, lapsed=done.lapsed)


@contextmanager
def watching(app: App) -> Iterator[Watch]:
    """What looks for patterns, for as long as the block lasts."""
    from cases.exceptions import Excepted
    from cases.rulebook import Rulebook
    from people import Directory

    directory = Directory(app.people_path)
    yield Watch(app, directory, Excepted(app.ledger), Rulebook(app.ledger))


def look(app: App) -> None:
    """Look once, after a command that filed mail."""
    with watching(app) as watch:
        watch.look()


def calendar(app: App) -> "Calendar":
    """The terms that the settings name, in order."""
    from detectors.patterns.decide import Calendar

    return Calendar(tuple(sorted((one.first, one.last) for one in app.settings.trust.terms)))


def standing_for(app: App, address: str) -> str:
    """The address by which patterns know whoever has this one."""
    from people import Directory

    return _key(address.lower(), _context(app, Directory(app.people_path)))


def _key(address: str, context: "Context") -> str:
    from detectors.patterns.weighing import key_of

    person = context.person(address)
    return key_of(person, context) if person else address


def _context(app: App, directory: "Directory") -> "Context":
    from detectors.contract import Context
    from section9 import PartId

    return Context(
        PartId("subject"),
        domains=_domains(app),
        person=directory.person,
        named=directory.named,
    )


def _domains(app: App) -> frozenset[str]:
    return frozenset(map(str.lower, app.settings.trust.domains))
