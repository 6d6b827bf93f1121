"""Certificates of purged web lines: how many of which batches are gone, and what remains.

They lie beside those of mail, `archive/certificates/<sha256>.json`, and are named by the ledger in
the same way. No line, user or site stands in one.
"""

from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256

import msgspec

from archive.certificates import CertificateError, key_of
from archive.store import FolderStore, KeyMissingError
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


def put(store: FolderStore, certificate: WebCertificate) -> str:
    """Store a certificate durably; return its SHA-256. The same again is no error."""
    content = msgspec.json.format(msgspec.json.encode(certificate), indent=1) + b"\n"
    name = sha256(content).hexdigest()
    store.put_all_new({key_of(name): content})
    return name


def get(store: FolderStore, name: str) -> WebCertificate:
    """Read a certificate. Raises `CertificateError` when it is not what the ledger names."""
    try:
        content = store.get(key_of(name))
    except KeyMissingError as error:
        raise CertificateError(name, "is not in the archive") from error
    if sha256(content).hexdigest() != name:
        raise CertificateError(name, "was altered")
    return msgspec.json.decode(content, type=WebCertificate)
