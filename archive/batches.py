"""Batches of web-log lines: exact bytes, stored once, named by their SHA-256.

    archive/weblogs/ab/<sha256>.log.zst

`zstdcat FILE | sha256sum` prints the file's name, and `zstdcat FILE` the lines as they came, each
ended by a newline. Wrapped as blobs are, and kept apart from them: they go by rules of their own.
"""

import re
from collections.abc import Iterable, Iterator
from hashlib import sha256

from archive import frame
from archive.blobs import BlobMissingError, BlobTamperedError
from archive.store import FolderStore, KeyMissingError
from section9 import BlobId

KEY = re.compile(r"weblogs/([0-9a-f]{2})/(\1[0-9a-f]{62})\.log\.zst")


class Batches:
    """The batches of one store."""

    def __init__(self, store: FolderStore) -> None:
        self.store = store

    def put(self, lines: Iterable[bytes]) -> BlobId:
        """Store lines durably, each without its newline; return the batch's name.

        One that is there already is read back and never replaced: raises `BlobTamperedError` when
        it is damaged.
        """
        content = b"".join(line + b"\n" for line in lines)
        blob = BlobId(sha256(content).hexdigest())
        if self.store.put_all_new({key_of(blob): frame.wrap(content)}):
            self.get(blob)
        return blob

    def get(self, blob: BlobId) -> list[bytes]:
        """Return the lines. Raises `BlobMissingError`, `BlobTamperedError`."""
        try:
            content = frame.unwrap(self.store.get(key_of(blob)))
        except KeyMissingError as error:
            raise BlobMissingError(blob) from error
        except frame.FrameError as error:
            raise BlobTamperedError(blob, None) from error
        if (found := sha256(content).hexdigest()) != blob:
            raise BlobTamperedError(blob, BlobId(found))
        return content.split(b"\n")[:-1]

    def remove_all(self, blobs: Iterable[BlobId]) -> None:
        """Remove batches for ever. Only `cases.web_purge` may: it asks the holds first."""
        self.store.remove_all(map(key_of, blobs))

    def ids(self) -> Iterator[BlobId]:
        """Yield the name of every batch that is there."""
        for key in self.store.keys("weblogs/"):
            if match := KEY.fullmatch(key):
                yield BlobId(match[2])

    def strays(self) -> Iterator[str]:
        """Yield the keys among the batches that name none, and that we never wrote."""
        return (key for key in self.store.keys("weblogs/") if not KEY.fullmatch(key))


def key_of(blob: BlobId) -> str:
    """Say where the store keeps a batch."""
    return f"weblogs/{blob[:2]}/{blob}.log.zst"
