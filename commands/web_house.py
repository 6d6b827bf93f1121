"""Where the web logs of a data folder are, opened for the commands that need them."""

import fcntl
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from section9 import Section9Error

if TYPE_CHECKING:
    from archive.batches import Batches
    from commands.app import App
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
