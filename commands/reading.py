"""What reads mail, as the settings want it: processes that archive it, or that only look."""

import os
import shutil
from pathlib import Path
from typing import TYPE_CHECKING

from commands.settings import Reading, Settings, Trust
from detectors.contract import Exempt
from detectors.exposure import Agreed
from ingest.jobs import WorkerSettings
from ingest.pool import Pool

if TYPE_CHECKING:
    from ingest.lookers import Lookers


def lookers(settings: Settings | None, people: Path) -> "Lookers":
    """What looks through mail that is not archived; without settings it knows no trust."""
    # Only here: the command that starts workers loads nothing that it does not need itself.
    from detectors.roll import Roll
    from detectors.roll_file import ROLL_FILE
    from ingest.jobs import LookSettings
    from ingest.lookers import Lookers

    Roll(people.with_name(ROLL_FILE))  # one that cannot be used is told here, not by each process
    trust = settings.trust if settings else Trust()
    told = LookSettings(
        people=str(people),
        domains=tuple(map(str.lower, trust.domains)),
        agreed=agreed(trust),
        exempt=exempt(trust),
        tesseract=tesseract(settings.reading) if settings else "",
    )
    return Lookers(told, processes=_workers(settings.reading) if settings else os.cpu_count() or 1)


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
    return Pool(told, workers=_workers(reading), deadline=reading.seconds_per_message)


def _workers(reading: Reading) -> int:
    return reading.workers or os.cpu_count() or 1


def agreed(trust: Trust) -> tuple[Agreed, ...]:
    """Whom the trust has agreed to send personal data to."""
    return tuple(Agreed(one.to, one.until) for one in trust.agreed)


def exempt(trust: Trust) -> tuple[Exempt, ...]:
    """Which of the staff and the students may write to each other, as parent and child."""
    return tuple(Exempt(one.adult, one.child, one.until) for one in trust.exception)


def tesseract(reading: Reading) -> str:
    """The path of the program that reads pictures, if it is installed and wanted."""
    return (shutil.which("tesseract") or "") if reading.ocr else ""
