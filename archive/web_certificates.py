"""Certificates of purged web lines: how many of which batches are gone, and what remains.

They lie beside those of mail, `archive/certificates/<sha256>.json`, and are named by the ledger in
the same way, by `certificates.put`. No line, user or site stands in one.
"""

from dataclasses import dataclass
from datetime import datetime

from archive.web_events import Run
from section9 import BlobId


@dataclass(frozen=True, slots=True)
class WebEntry:
    """What became of one batch."""

    batch: int
    gone: BlobId  # the SHA-256 of the exact bytes that went
    purged: int  # lines of it
    remains: BlobId | None  # the same lines but those; None where all went
    positions: tuple[Run, ...]  # in the batch as it was taken, of what remains


@dataclass(frozen=True, slots=True)
class WebCertificate:
    """What one step of a purge took."""

    at: datetime
    by: str
    rule: str
    entries: tuple[WebEntry, ...]
