"""Certificates of purges: what is gone, by name, and by which rule.

    archive/certificates/<sha256>.json

A certificate is put before the `Purged` event that names it by its SHA-256, so the ledger's chain
holds it too. One that no event names decided nothing: a hold had come first.
"""

from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import TypeVar

import msgspec

from archive.store import FolderStore, KeyMissingError
from section9 import BlobId, MailId, Section9Error, SightingId

Kind = TypeVar("Kind")
"""`Certificate`, or what stands for it where web lines are purged."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One message that was purged."""

    mail: MailId
    rule: str  # why it went: the rule of retention, or the request that two people agreed on
    copies: tuple[SightingId, ...]
    blobs: tuple[BlobId, ...]  # the SHA-256 of the exact bytes that went
    kept: tuple[BlobId, ...] = ()  # bytes that stay, because another message needs them too


@dataclass(frozen=True, slots=True)
class Certificate:
    """What one step of a purge took."""

    at: datetime
    by: str
    entries: tuple[Entry, ...]


class CertificateError(Section9Error):
    """A certificate that the ledger names is gone or was altered."""

    exit_code = 20

    def __init__(self, name: str, what: str) -> None:
        super().__init__(
            f"certificate {name[:12]} {what}: restore it from a replica, then run `section9 verify`"
        )
        self.name = name


def put(store: FolderStore, certificate: object) -> str:
    """Store a certificate durably; return its SHA-256. The same again is no error."""
    content = msgspec.json.format(msgspec.json.encode(certificate), indent=1) + b"\n"
    name = sha256(content).hexdigest()
    store.put_all_new({key_of(name): content})
    return name


def get(store: FolderStore, name: str, kind: type[Kind]) -> Kind:
    """Read a certificate of a kind. Raises `CertificateError` when it is not what was named."""
    try:
        content = store.get(key_of(name))
    except KeyMissingError as error:
        raise CertificateError(name, "is not in the archive") from error
    if sha256(content).hexdigest() != name:
        raise CertificateError(name, "was altered")
    return msgspec.json.decode(content, type=kind)


def key_of(name: str) -> str:
    """Say where the store keeps a certificate."""
    return f"certificates/{name}.json"
