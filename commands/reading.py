"""What reads mail, as the settings want it: the worker processes, or a reader in this one."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from commands.settings import Reading, Settings, Trust
from detectors.contract import Exempt
from detectors.exposure import Agreed
from ingest.jobs import WorkerSettings
from ingest.pool import Pool

if TYPE_CHECKING:
    from ingest.reader import Reader


@contextmanager
def reader(settings: Settings | None, people: Path) -> "Iterator[Reader]":
    """A reader in this process; without settings it knows no trust and reads no pictures."""
    # Only here: the command that starts workers loads nothing that it does not need itself.
    from detectors.roll import Roll
    from detectors.roll_file import ROLL_FILE
    from detectors.scan import Scanner
    from ingest.attachments import Extractor
    from ingest.reader import Reader
    from people import Directory

    trust = settings.trust if settings else Trust()
    directory = Directory(people)
    scanner = Scanner(
        person=directory.person,
        named=directory.named,
        roll=Roll(people.with_name(ROLL_FILE)),
        domains=frozenset(map(str.lower, trust.domains)),
        agreed=agreed(trust),
        exempt=exempt(trust),
    )
    with Extractor(tesseract=tesseract(settings.reading) if settings else "") as extractor:
        yield Reader(extractor=extractor, scanner=scanner)


def pool(settings: Settings, data: Path, people: Path) -> Pool:
    """The worker processes over one data folder."""
    from detectors.roll import Roll
    from detectors.roll_file import ROLL_FILE

    Roll(people.with_name(ROLL_FILE))  # one that cannot be used is told here, not by each worker
    reading = settings.reading
    told = WorkerSettings(
        home=str(data),
        archive=str(data / "archive"),
        people=str(people),
        domains=settings.trust.domains,
        journal_addresses=settings.journal.addresses,
        agreed=agreed(settings.trust),
        exempt=exempt(settings.trust),
        memory=int(reading.memory),
        tesseract=tesseract(reading),
    )
    workers = reading.workers or os.cpu_count() or 1
    return Pool(told, workers=workers, deadline=reading.seconds_per_message)


def agreed(trust: Trust) -> tuple[Agreed, ...]:
    """Whom the trust has agreed to send personal data to."""
    return tuple(Agreed(one.to, one.until) for one in trust.agreed)


def exempt(trust: Trust) -> tuple[Exempt, ...]:
    """Which of the staff and the students may write to each other, as parent and child."""
    return tuple(Exempt(one.adult, one.child, one.until) for one in trust.exception)


def tesseract(reading: Reading) -> str:
    """The path of the program that reads pictures, if it is installed and wanted."""
    return (shutil.which("tesseract") or "") if reading.ocr else ""
