"""The quarantine: messages that could not be read, what is known of them, and the way back."""

import os
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

import msgspec

from ingest.durable import sync_folder
from ingest.spool import Quarantined, Spool, SpoolUnwritableError
from ingest.spool_errors import QuarantineMissingError
from section9 import Envelope, SpoolId


@dataclass(frozen=True, slots=True)
class Aside:
    """A message that was set aside, without a word of it."""

    note: Quarantined
    size: int  # bytes, the envelope included
    envelope: Envelope | None  # None where the file does not begin with one

    @property
    def received(self) -> datetime | None:
        """When the listener took it in."""
        return self.envelope.received if self.envelope else None


def everything(spool: Spool) -> Iterator[Aside]:
    """Tell what is known of each message that was set aside, the oldest first."""
    return (_aside(spool, note) for note in spool.quarantined())


def inspect(spool: Spool, entry: SpoolId) -> Aside:
    """Tell what is known of one message. Raises QuarantineMissingError."""
    note = next((one for one in spool.quarantined() if one.id == entry), None)
    if note is None:
        raise QuarantineMissingError(entry)
    return _aside(spool, note)


def _aside(spool: Spool, note: Quarantined) -> Aside:
    path = spool.aside / note.id
    with path.open("rb") as file:
        line = file.readline()
    try:
        envelope = msgspec.json.decode(line, type=Envelope)
    except msgspec.DecodeError:
        envelope = None
    return Aside(note, path.stat().st_size, envelope)


def retry(spool: Spool, entry: SpoolId) -> None:
    """Put a message back into the spool, where it is read again. Repeating it is safe.

    Its note stays, and counts the attempts, until the message is archived. Raises
    QuarantineMissingError or SpoolUnwritableError.
    """
    back, aside = spool.path(entry), spool.aside / entry
    try:
        if not back.exists():
            os.link(aside, back)
            sync_folder(back.parent)  # the new name before the old one's end
        aside.unlink()
        sync_folder(spool.aside)
    except FileNotFoundError as error:
        raise QuarantineMissingError(entry) from error
    except OSError as error:
        raise SpoolUnwritableError(error) from error
