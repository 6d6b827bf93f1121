"""Blobs: exact bytes, stored once, named by their SHA-256.

    archive/blobs/ab/cd/<sha256>.eml.zst

`zstdcat FILE | sha256sum` prints the file's name, so the archive can be checked without us.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from hashlib import sha256

from archive import frame
from archive.store import FolderStore, KeyMissingError
from section9 import BlobId, Section9Error

KEY = re.compile(r"blobs/([0-9a-f]{2})/([0-9a-f]{2})/(\1\2[0-9a-f]{60})\.eml\.zst")


class BlobMissingError(Section9Error):
    """No blob of that name is in the archive."""

    exit_code = 21

    def __init__(self, blob: BlobId) -> None:
        super().__init__(
            f"blob {blob[:12]} is not in the archive: "
            "restore it from a replica, then run `section9 verify`"
        )
        self.blob = blob


class BlobTamperedError(Section9Error):
    """A stored blob no longer matches its name. `actual` is None when it cannot be unwrapped."""

    exit_code = 20

    def __init__(self, expected: BlobId, actual: BlobId | None) -> None:
        now = f"hashes to {actual[:12]}" if actual else "has a broken seal"
        super().__init__(
            f"blob {expected[:12]} now {now}: restore it from a replica, then run `section9 verify`"
        )
        self.expected = expected
        self.actual = actual


class Blobs:
    """The blobs of one store. Threads may share it."""

    def __init__(self, store: FolderStore) -> None:
        self.store = store

    def put(self, content: bytes) -> BlobId:
        """Store one blob, as `put_all` does."""
        return self.put_all([content])[0]

    def put_all(self, contents: Sequence[bytes]) -> list[BlobId]:
        """Store each content durably; return its id, in the same order.

        One batch costs far less than as many single puts, and is held in memory whole. A blob
        that is there already is read back and never replaced: raises `BlobTamperedError` when it
        is damaged, `ValueError` on a content above `frame.LARGEST` bytes.
        """
        ids = [_id_of(content) for content in contents]
        unique = dict(zip(ids, contents, strict=True))
        taken = self.store.put_all_new(
            {self.key_of(blob): frame.wrap(content) for blob, content in unique.items()}
        )
        for blob in unique:
            if self.key_of(blob) in taken:
                self.get(blob)
        return ids

    def get(self, blob: BlobId) -> bytes:
        """Return the exact bytes. Raises `BlobMissingError`, `BlobTamperedError`."""
        try:
            wrapped = self.store.get(self.key_of(blob))
        except KeyMissingError as error:
            raise BlobMissingError(blob) from error
        try:
            content = frame.unwrap(wrapped)
        except frame.FrameError as error:
            raise BlobTamperedError(blob, None) from error
        if _id_of(content) != blob:
            raise BlobTamperedError(blob, _id_of(content))
        return content

    def has(self, blob: BlobId) -> bool:
        """Tell whether a blob is there, unread."""
        return self.store.has(self.key_of(blob))

    def remove_all(self, blobs: Iterable[BlobId]) -> None:
        """Remove blobs for ever. Only `cases.purge` may: it asks the holds, and says so first."""
        self.store.remove_all(map(self.key_of, blobs))

    def ids(self) -> Iterator[BlobId]:
        """Yield the name of every blob, in order; memory stays flat."""
        for key in self.store.keys("blobs/"):
            if match := KEY.fullmatch(key):
                yield BlobId(match[3])

    def strays(self) -> Iterator[str]:
        """Yield the keys among the blobs that name none, and that we never wrote."""
        return (key for key in self.store.keys("blobs/") if not KEY.fullmatch(key))

    @staticmethod
    def key_of(blob: BlobId) -> str:
        """Say where the store keeps a blob: 65,536 folders, so that none grows large."""
        return f"blobs/{blob[:2]}/{blob[2:4]}/{blob}.eml.zst"


def _id_of(content: bytes) -> BlobId:
    return BlobId(sha256(content).hexdigest())
