"""Where the web logs of a data folder are, opened for the commands that need them."""

import fcntl
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from section9 import Section9Error

if TYPE_CHECKING:
    from archive.batches import Batches
    from cases.web_gate import WebGate
    from cases.web_sight import Users
    from commands.app import App
    from search.glossary import Glossary, Lookup
    from search.web import WebIndex

INDEX = Path("index") / "web.sqlite"
LOCK = "weblogs.lock"


class WebBusyError(Section9Error):
    """Somebody else is taking web logs in, or purging them."""

    exit_code: ClassVar[int] = 31

    def __init__(self) -> None:
        super().__init__("web logs are being taken in or purged: run this again when it is done")


def batches(app: "App") -> "Batches":
    """The exact lines of every log."""
    from archive.batches import Batches

    return Batches(app.store)


@contextmanager
def gate(app: "App") -> "Iterator[WebGate]":
    """The one way to anybody's web visits, for as long as the block lasts."""
    from cases.web_gate import WebGate

    who = users(app)
    with reading(app) as index:
        yield WebGate(app.gate, index, batches(app), who, _glossary(app))


def users(app: "App") -> "Users":
    """Who is who in web logs, by the directory. It is read when somebody is first asked for."""
    from functools import cache

    from cases.web_sight import Users
    from people import Directory

    @cache
    def directory() -> Directory:
        return Directory(app.people_path)

    return Users(
        of=lambda address: directory().users_of(address),
        at=lambda domain: directory().users_at(domain),
        like=lambda name: directory().users_like(name),
    )


def _glossary(app: "App") -> "Glossary":
    """What names stand for in a query of visits: user names, where that of mail has addresses."""
    from dataclasses import replace

    from people import Directory

    def named(lookup: "Lookup") -> "Lookup":
        directory = Directory(app.people_path)
        return lambda name: [user for one in lookup(name) for user in directory.users_of(one)]

    known = app.glossary
    addresses = {field: named(lookup) for field, lookup in known.addresses.items()}
    return replace(known, addresses=addresses)


@contextmanager
def reading(app: "App") -> "Iterator[WebIndex]":
    """Open the index for searching; where there never was one, an empty one."""
    from search.web_sqlite import open_web_sqlite

    path = app.data / INDEX
    if not path.exists():
        with writing(app):  # makes it
            pass
    with closing(open_web_sqlite(path, mode="read")) as index:
        yield index


@contextmanager
def writing(app: "App") -> "Iterator[WebIndex]":
    """Open the index for filing, and make it where there is none. Nobody else writes meanwhile."""
    from search.web_sqlite import open_web_sqlite

    path = app.data / INDEX
    path.parent.mkdir(mode=0o750, exist_ok=True)
    with _alone(app.data / LOCK), closing(open_web_sqlite(path, mode="write")) as index:
        yield index


@contextmanager
def afresh(app: "App") -> "Iterator[WebIndex]":
    """Give a new index, which takes the old one's place after the block."""
    from search.generations import discard, next_generation, switch
    from search.web_sqlite import open_web_sqlite

    path = app.data / INDEX
    path.parent.mkdir(mode=0o750, exist_ok=True)
    generation = next_generation(path)
    discard(generation)
    with _alone(app.data / LOCK):
        with closing(open_web_sqlite(generation, mode="write")) as index:
            yield index
        switch(path, generation)


@contextmanager
def _alone(lock: Path) -> Iterator[None]:
    """Hold the lock between processes. The system lets go of it when a process dies."""
    with lock.open("ab") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise WebBusyError from error
        yield
