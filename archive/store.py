"""A write-once store in a folder: `put_new` refuses a key that exists, `get` reads one.

`remove_all` is for `cases/purge.py` alone, by way of the blobs; nothing else can be removed.

Blobs and the ledger speak to nothing else, so that a store with the same verbs can take the
folder's place. A key is a relative path in lower case, as in `ledger/mail/000000000042.jsonl`.

What is put here is durable when the call returns, also through a power cut, and nothing is ever
overwritten. Files are read-only (0440): it stops accidents; tampering is for `verify` to find.
"""

import ctypes
import os
import re
import secrets
import time
from collections.abc import Iterable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import BinaryIO

from section9 import Section9Error

KEY = re.compile(r"[a-z0-9][a-z0-9.-]*(?:/[a-z0-9][a-z0-9.-]*)*")
STAGING = "tmp"  # no key may begin with it
STALE = 24 * 60 * 60  # seconds: no write takes a day, so a staged file of that age is a crash's
REMOVABLE = ("blobs/", "weblogs/")  # the only keys that can be: no act is ever taken back
FEW = 3  # contents up to which each is synced by itself

_LIBC = ctypes.CDLL(None, use_errno=True)  # for syncfs, which Python does not offer


class KeyTakenError(Section9Error):
    """A key that was to be put new exists already; what is there is durable."""

    exit_code = 24

    def __init__(self, key: str) -> None:
        super().__init__(f"{key} exists and is never overwritten: read it, or take another key")
        self.key = key


class KeyMissingError(Section9Error):
    """Nothing is stored under a key."""

    exit_code = 25

    def __init__(self, key: str) -> None:
        super().__init__(f"{key} is not in the archive: run `section9 verify`")
        self.key = key


class StoreError(Section9Error):
    """The operating system would not read or write: disk full, no permission, bad sectors."""

    exit_code = 26

    def __init__(self, key: str, reason: str) -> None:
        super().__init__(f"{key}: {reason}: put the archive's disk right, then run this again")
        self.key = key
        self.reason = reason


class FolderStore:
    """The store in the folder `root`, whose parent must exist.

    Any number of processes may share it. Every method raises `StoreError` when the operating
    system fails, and `ValueError` on a malformed key.
    """

    def __init__(self, root: Path) -> None:
        self._root = root
        self._staging = root / STAGING
        with _translated(str(root)):
            root.mkdir(mode=0o750, exist_ok=True)
            self._staging.mkdir(mode=0o750, exist_ok=True)
            _sync_folder(root)
            _sync_folder(root.parent)
            _clear_stale(self._staging)

    def put_new(self, key: str, content: bytes) -> None:
        """Store `content` durably. Raises `KeyTakenError` if the key exists."""
        if self.put_all_new({key: content}):
            raise KeyTakenError(key)

    def put_all_new(self, contents: Mapping[str, bytes]) -> frozenset[str]:
        """Store each content under its key; return the keys that were taken and left alone.

        All of it is durable on return, the taken keys too: another process may have linked one a
        moment ago and not have made the folder durable yet. After an error some keys may be
        stored: put all of them again.
        """
        for key in contents:
            _refuse_malformed(key)
        # Opened before anything is written: it hears of every error that comes after.
        with _opened(self._root) as root, ExitStack() as staging:
            sync = _Together(root) if len(contents) > FEW else _Apart(self._root)
            staged = {
                key: staging.enter_context(self._staged(key, content))
                for key, content in contents.items()
                if not self.has(key)  # spares the write: the link below would refuse it
            }
            # Before a name exists: a name must never lead to bytes that a crash can take.
            with _translated("staged files"):
                sync.files(staged.values())
            new = {key for key, file in staged.items() if self._link(file, key)}
            # A name is durable once its folder is, and a folder once its parents are. All the
            # parents, each time: a folder that we find may be another process's newest.
            with _translated("folders"):
                sync.folders({up for key in contents for up in _folders_of(key)})
        return frozenset(contents.keys() - new)

    def get(self, key: str) -> bytes:
        """Return what is stored. Raises `KeyMissingError`."""
        path = self._path(key)
        with _translated(key):
            try:
                return path.read_bytes()
            except FileNotFoundError as error:
                raise KeyMissingError(key) from error

    def has(self, key: str) -> bool:
        """Tell whether something is stored under the key."""
        path = self._path(key)
        with _translated(key):
            return os.path.lexists(path)

    def remove_all(self, keys: Iterable[str]) -> None:
        """Remove what is stored under the keys, durably; what is gone already is no error.

        Raises `ValueError` on a key that is neither a blob's nor a web log's.
        """
        paths = {key: self._path(key) for key in keys}
        if not all(key.startswith(REMOVABLE) for key in paths):
            raise ValueError(
                "only blobs and web logs can be removed: see REMOVABLE in archive/store.py"
            )
        for key, path in paths.items():
            with _translated(key):
                path.unlink(missing_ok=True)
        for folder in {path.parent for path in paths.values()}:
            if folder.is_dir():
                _sync_folder(folder)

    def keys(self, prefix: str) -> Iterator[str]:
        """Yield in order every key under a folder such as `blobs/`, malformed names included.

        Folders are read one at a time, so memory stays flat however many keys there are.
        """
        if prefix != f"{prefix[:-1]}/" or not KEY.fullmatch(prefix[:-1]):
            raise ValueError(f"malformed prefix {prefix!r}: it names a folder and ends in a slash")
        if self.has(prefix[:-1]):
            yield from self._walk(prefix)

    def _walk(self, folder: str) -> Iterator[str]:
        with _translated(folder), os.scandir(self._root / folder) as entries:
            names = sorted(
                f"{entry.name}/" if entry.is_dir(follow_symlinks=False) else entry.name
                for entry in entries
            )
        for name in names:
            if name.endswith("/"):
                yield from self._walk(folder + name)
            else:
                yield folder + name

    @contextmanager
    def _staged(self, key: str, content: bytes) -> Iterator[BinaryIO]:
        """Hold the content in a complete file that has no name of its own in the archive."""
        # In the store's own file system, because a link cannot leave it.
        path = self._staging / secrets.token_hex(16)
        with _translated(key), path.open("xb") as file:
            try:
                file.write(content)
                file.flush()
                os.fchmod(file.fileno(), 0o440)
                yield file
            finally:
                path.unlink(missing_ok=True)

    def _link(self, file: BinaryIO, key: str) -> bool:
        """Give a staged file its key; False where the key is taken. The folder is not synced."""
        target = self._path(key)
        with _translated(key):
            if not os.path.isdir(target.parent):  # noqa: PTH112 - asked for every message
                target.parent.mkdir(mode=0o750, parents=True, exist_ok=True)
            try:
                # Unlike a rename, a link refuses a name that exists, atomically.
                os.link(file.name, target)
            except FileExistsError:
                return False
        return True

    def _path(self, key: str) -> Path:
        _refuse_malformed(key)
        return self._root / key


def _refuse_malformed(key: str) -> None:
    if not KEY.fullmatch(key) or key.split("/", maxsplit=1)[0] == STAGING:
        raise ValueError(f"malformed key {key!r}: see KEY in archive/store.py")


def _folders_of(key: str) -> Iterator[str]:
    """Yield every folder above a key, up to the store's own: `a/b/c` gives `a/b`, `a`, ``."""
    while key:
        key = key.rpartition("/")[0]
        yield key


class _Apart:
    """Makes a few files and names durable by an fsync each: it disturbs nobody else's writing."""

    def __init__(self, root: Path) -> None:
        self._root = root

    def files(self, files: Iterable[BinaryIO]) -> None:
        for file in files:
            os.fsync(file.fileno())

    def folders(self, folders: Iterable[str]) -> None:
        for folder in folders:
            _sync_folder(self._root / folder)


class _Together:
    """Makes many durable by one syncfs(2), which waits for everything in the file system.

    It reports a failed write since Linux 5.8; 64 messages at once measure seven times as fast as
    an fsync of each file and folder.
    """

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor

    def files(self, _files: Iterable[BinaryIO]) -> None:
        self._sync()

    def folders(self, _folders: Iterable[str]) -> None:
        self._sync()

    def _sync(self) -> None:
        if _LIBC.syncfs(self._descriptor) != 0:
            number = ctypes.get_errno()
            raise OSError(number, os.strerror(number))


def _sync_folder(path: Path) -> None:
    """Make the names in a folder durable: fsync of a file does not cover its name (fsync(2))."""
    with _opened(path) as descriptor:
        os.fsync(descriptor)


@contextmanager
def _opened(folder: Path) -> Iterator[int]:
    with _translated(str(folder)):
        descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        yield descriptor
    finally:
        os.close(descriptor)


def _clear_stale(staging: Path) -> None:
    """Remove what a crash left staged. It was never acknowledged, so nothing is lost."""
    for path in staging.iterdir():
        try:
            if path.lstat().st_mtime < time.time() - STALE:
                path.unlink()
        except FileNotFoundError:
            continue  # another process finished with it, or cleared it first


@contextmanager
def _translated(key: str) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise StoreError(key, error.strerror or type(error).__name__) from error
