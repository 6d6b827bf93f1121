"""The composition root: where the rooms are opened and handed to one another.

Every room is opened when a command first asks for it, so `--help` costs nothing.
"""

import os
import pwd
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from commands.acting import acting_account
from section9 import Section9Error, Sighting, SpoolId

if TYPE_CHECKING:
    from archive.blobs import Blobs
    from archive.ledger import Ledger
    from archive.store import FolderStore
    from cases.casebook import Casebook
    from cases.custody import Custody
    from cases.desk import Desk
    from cases.gate import Gate
    from cases.holds import Holds
    from cases.notices import Notices
    from cases.purge import Purge
    from cases.retaining import Retention
    from cases.roles import Accounts, Deed
    from cases.sealing import Seals
    from commands.engines import Engine
    from commands.settings import Settings
    from ingest.collectors.collect import Collector
    from ingest.lookers import Lookers
    from ingest.pipeline import Pipeline
    from ingest.pool import Pool
    from ingest.service import OpenPipeline
    from ingest.spool import Spool
    from search.glossary import Glossary
    from search.index import Index


SETTINGS_FILE = "section9.toml"
PEOPLE_FILE = "people.jsonl"
COLLECTED = "collected.sqlite"

Looked = Callable[[Sighting], datetime | None]


class NoDataFolderError(Section9Error):
    """There is no data folder where one was looked for."""

    exit_code: ClassVar[int] = 3

    def __init__(self, home: Path) -> None:
        super().__init__(
            f"no {SETTINGS_FILE} in {home}: make one with `section9 init {home}`, "
            "or name the data folder with --home"
        )


@dataclass(frozen=True)
class App:
    """One data folder, opened by one person."""

    home: Path
    clock: Callable[[], datetime] = lambda: datetime.now(UTC)

    @cached_property
    def data(self) -> Path:
        """The data folder, once it is known to be one. Raises `NoDataFolderError`."""
        if not (self.home / SETTINGS_FILE).is_file():
            raise NoDataFolderError(self.home)
        return self.home

    @cached_property
    def settings(self) -> "Settings":
        """What `section9.toml` and the environment say."""
        from commands.settings import load

        return load(self.data / SETTINGS_FILE)

    @cached_property
    def actor(self) -> str:
        """Who acts: the account that logged in, also behind `sudo`."""
        return acting_account(os.environ, uid=os.getuid(), owner=self.data.stat().st_uid)

    @cached_property
    def store(self) -> "FolderStore":
        """Where the archive lies."""
        from archive.store import FolderStore

        return FolderStore(self.data / "archive")

    @cached_property
    def blobs(self) -> "Blobs":
        """The exact bytes of every message."""
        from archive.blobs import Blobs

        return Blobs(self.store)

    @cached_property
    def ledger(self) -> "Ledger":
        """The record of every act."""
        from archive.ledger import Ledger

        return Ledger(self.store, checkpoint=self.data / "heads.json")

    @cached_property
    def engine(self) -> "Engine":
        """Where the index is: in the data folder, or on the cluster that the settings name."""
        from commands.engines import Cluster, Embedded
        from commands.settings import elastic

        if self.settings.search.url:
            return Cluster(elastic(self.settings.search))
        return Embedded(index_file(self.data))

    @cached_property
    def index(self) -> "Index":
        """The index, open for searching for as long as the command runs."""
        return self.engine.read()

    @cached_property
    def spool(self) -> "Spool":
        """What has been accepted and not yet filed."""
        from ingest.spool import Spool

        return Spool(self.data, run=None)

    @property
    def people_path(self) -> Path:
        """The directory of people, as last imported."""
        return self.data / PEOPLE_FILE

    @cached_property
    def case_clock(self) -> Callable[[], datetime]:
        """The clock by which authority is decided: setting the computer's back does not move it."""
        from cases.clock import not_before

        return not_before(self.ledger, self.clock)

    @cached_property
    def casebook(self) -> "Casebook":
        """The cases, as this person may change them."""
        from cases.casebook import Casebook

        return Casebook(
            self.ledger, actor=self.actor, clock=self.case_clock, accounts=self.accounts
        )

    @cached_property
    def notices(self) -> "Notices":
        """The notices given to users, as this person may record them."""
        from cases.notices import Notices

        return Notices(self.ledger, self.actor, self.case_clock, self.accounts)

    @cached_property
    def accounts(self) -> "Accounts":
        """Who may do what; the ledger learns of it where it changed."""
        from cases.rights import noted
        from commands.rights import accounts, fingerprint

        settings = self.settings
        return noted(
            self.ledger,
            accounts(settings.roles, settings.routing, domains=settings.trust.domains),
            sha256=fingerprint(settings),
            actor=self.actor,
            clock=self.case_clock,
        )

    def require_operator(self, deed: "Deed | None" = None) -> None:
        """Refuse who may not operate, or do another deed that a timer does: `NoAuthorityError`.

        The account that the data belongs to may: the service and its timers run as it.
        """
        from cases.roles import Deed

        uid = os.getuid()
        as_owner = uid == self.data.stat().st_uid and self.actor == pwd.getpwuid(uid).pw_name
        if not as_owner:
            self.accounts.require(self.actor, deed or Deed.OPERATE)

    @cached_property
    def desk(self) -> "Desk":
        """Where what takes two people is asked for and approved."""
        from cases.desk import Desk
        from commands.rights import terms

        return Desk(
            self.ledger,
            actor=self.actor,
            clock=self.case_clock,
            accounts=self.accounts,
            terms=terms(self.settings.approvals),
        )

    @cached_property
    def glossary(self) -> "Glossary":
        """What names of people, schools, terms and days stand for in a query, now."""
        from commands.naming import glossary

        return glossary(self.settings.trust, self.people_path, self.case_clock())

    @cached_property
    def gate(self) -> "Gate":
        """The one way to anybody's mail."""
        from cases.gate import Gate
        from commands.rights import protected

        return Gate(
            casebook=self.casebook,
            ledger=self.ledger,
            index=self.index,
            blobs=self.blobs,
            actor=self.actor,
            clock=self.case_clock,
            protected=protected(self.settings.protected),
            glossary=self.glossary,
        )

    @cached_property
    def holds(self) -> "Holds":
        """The holds, as this person may place and release them."""
        from cases.holds import Holds

        return Holds(
            self.ledger, self.actor, self.case_clock, self.accounts, glossary=self.glossary
        )

    @contextmanager
    def custody(self) -> "Iterator[Custody]":
        """What was purged and what is sealed, for as long as the block lasts."""
        from cases.custody import Custody

        with closing(Custody(self.ledger, self.store, self.data / "custody.lock")) as custody:
            yield custody

    @contextmanager
    def purging(self, custody: "Custody") -> "Iterator[Purge]":
        """The one way to delete anything, for as long as the block lasts."""
        from cases.copies import Copies
        from cases.purge import Outside, Purge
        from ingest.arrival import originals_in

        with closing(Copies(self.ledger, self.store)) as copies:
            yield Purge(
                ledger=self.ledger,
                blobs=self.blobs,
                indexes=self._indexes,
                custody=custody,
                copies=copies,
                outside=Outside(originals_in, self.spool.forget),
                actor=self.actor,
                clock=self.clock,
            )

    def seals(self, custody: "Custody") -> "Seals":
        """The seals, as this person may put them on and have them broken."""
        from cases.sealing import Seals

        return Seals(
            self.ledger, custody, self._indexes, self.actor, self.case_clock, self.accounts
        )

    def retention(self, custody: "Custody") -> "Retention":
        """The rules of retention, over this archive."""
        from cases.retaining import Retention
        from commands.keeping import policy
        from people import Directory

        return Retention(
            ledger=self.ledger,
            index=self.index,
            custody=custody,
            policy=policy(self.settings.retention),
            person=Directory(self.people_path).person,
            clock=self.clock,
        )

    @contextmanager
    def _indexes(self) -> "Iterator[list[Index]]":
        """Every index there is, for writing; the one that is searched comes first."""
        with ExitStack() as opened:
            found = [opened.enter_context(closing(self.engine.write()))]
            if unfinished := self.engine.unfinished():
                found.append(opened.enter_context(closing(unfinished)))
            yield found

    def looked(self, copy: Sighting) -> datetime | None:
        """When the folder in which a copy lies was last looked through; None if nobody knows."""
        from ingest.collectors.memory import last_looked

        return last_looked(self.data / COLLECTED, copy.source, copy.mailbox, copy.place)

    @contextmanager
    def pipeline(self) -> "Iterator[Pipeline]":
        """The conductor with its workers, for as long as the block lasts."""
        with self.pipelines() as opened, opened() as pipeline:
            yield pipeline

    @contextmanager
    def pipelines(self) -> "Iterator[OpenPipeline]":
        """A way to open the conductor again and again with the same workers.

        The index is opened afresh each time: a rebuild may have put a new one in its place.
        """
        with self.pool() as pool:  # first of all: the workers load while we do
            from ingest.pipeline import Pipeline

            @contextmanager
            def opened() -> "Iterator[Pipeline]":
                self._resume_purge(custody)
                with closing(self.engine.write()) as index:
                    yield Pipeline(self.ledger, index, pool, self.clock, custody)

            self._note_rules()
            with self.custody() as custody:
                yield opened

    def _note_rules(self) -> None:
        """Write down which rules read the mail from now on, where that changed."""
        from cases.rulebook import noted
        from detectors.catalogue import EVERY_RULE

        rules = " ".join(f"{rule.id}/{rule.version}" for rule in EVERY_RULE)
        noted(self.ledger, rules, actor=self.actor, clock=self.case_clock)

    @contextmanager
    def collector(self) -> "Iterator[Collector]":
        """What collects mailboxes, brought up to the ledger. One process at a time."""
        with self.pipeline() as pipeline:
            from ingest.collectors.collect import Collector
            from ingest.collectors.landing import landing
            from ingest.collectors.memory import Memory

            with (
                landing(self.data / "collecting", self.clock) as landed,
                closing(Memory(self.data / COLLECTED)) as memory,
            ):
                pipeline.catch_up()
                yield Collector(pipeline, memory, landed, self.clock)

    @contextmanager
    def rebuilding(self) -> "Iterator[Pipeline]":
        """The conductor over a new index, which takes the old one's place after the block."""
        from ingest.pipeline import Pipeline

        with (
            self.pool() as pool,
            self.custody() as custody,
            self.engine.afresh(publishing=custody.filing) as index,
        ):
            self._resume_purge(custody)
            yield Pipeline(self.ledger, index, pool, self.clock, custody)

    def _resume_purge(self, custody: "Custody") -> None:
        """Carry out a purge that was interrupted: nothing is filed on the half of it."""
        custody.refresh()
        if custody.unfinished:
            with self.purging(custody) as purge:
                purge.resume()

    def lookers(self) -> "Lookers":
        """What looks through mail that is not archived; needs no data folder."""
        from commands.reading import lookers

        has_data = (self.home / SETTINGS_FILE).is_file()
        return lookers(self.settings if has_data else None, self.home / PEOPLE_FILE)

    def waiting(self) -> "list[SpoolId]":
        """List every message that was accepted and is not archived."""
        pending = self.spool.pending(limit=sys.maxsize)
        return [*pending, *(one.id for one in self.spool.quarantined())]

    def pool(self) -> "Pool":
        """The workers that read mail; the caller ends them."""
        from commands.reading import pool

        return pool(self.settings, self.data, self.people_path)


def index_file(home: Path) -> Path:
    """Where a data folder has its embedded index."""
    return home / "index" / "section9.sqlite"
