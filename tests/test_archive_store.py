"""The folder store: written once, durable, readable in order."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from archive.store import STALE, FolderStore, KeyMissingError, KeyTakenError, StoreError

PROJECT = Path(__file__).parents[1]


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """Name the store's folder."""
    return tmp_path / "archive"


@pytest.fixture
def store(root: Path) -> FolderStore:
    """Open an empty store."""
    return FolderStore(root)


def files(root: Path) -> Iterator[Path]:
    """Yield every file of the store, staged ones included."""
    return (path for path in root.rglob("*") if path.is_file())


def test_what_is_put_is_got(store: FolderStore) -> None:
    """The bytes come back as they were."""
    store.put_new("blobs/ab/one", b"\x00bytes\xff")

    assert store.get("blobs/ab/one") == b"\x00bytes\xff"


def test_a_key_is_never_overwritten(store: FolderStore) -> None:
    """The second to put a key is refused, and the first one's bytes stay."""
    store.put_new("ledger/mail/1", b"first")

    with pytest.raises(KeyTakenError):
        store.put_new("ledger/mail/1", b"second")

    assert store.get("ledger/mail/1") == b"first"


def test_a_batch_says_which_keys_were_taken(store: FolderStore) -> None:
    """A taken key is left alone and named; the others are stored."""
    store.put_new("a/1", b"old")

    taken = store.put_all_new({"a/1": b"new", "a/2": b"new", "b/1": b"new"})

    assert taken == {"a/1"}
    assert [store.get(key) for key in ("a/1", "a/2", "b/1")] == [b"old", b"new", b"new"]


def test_nothing_stored_is_an_error_of_its_own(store: FolderStore) -> None:
    """A missing key is told apart from a disk that fails."""
    with pytest.raises(KeyMissingError):
        store.get("blobs/none")

    assert not store.has("blobs/none")


def test_files_are_read_only_and_nothing_stays_staged(store: FolderStore, root: Path) -> None:
    """What lies in the archive invites no editor, and no half-written file lies beside it."""
    store.put_all_new({"a/1": b"x", "a/2": b"y"})

    assert {(path.name, path.stat().st_mode & 0o777) for path in files(root)} == {
        ("1", 0o440),
        ("2", 0o440),
    }


@pytest.mark.parametrize(
    "key", ["", "/etc/passwd", "../up", "a/../b", "a/./b", "a//b", "a/", "A", "tmp/x", "a\n", "-a"]
)
def test_malformed_keys_are_refused(store: FolderStore, key: str) -> None:
    """No key leads out of the store, into its staging, or to a name that tools stumble over."""
    with pytest.raises(ValueError, match="malformed key"):
        store.put_new(key, b"")
    with pytest.raises(ValueError, match="malformed key"):
        store.get(key)


@pytest.mark.parametrize("prefix", ["", "/", "blobs", "../", "a/../"])
def test_malformed_prefixes_are_refused(store: FolderStore, prefix: str) -> None:
    """A listing names a folder of the store."""
    with pytest.raises(ValueError, match="malformed"):
        list(store.keys(prefix))


def test_keys_come_in_order(store: FolderStore) -> None:
    """A listing is sorted as the keys themselves sort, and stays under its prefix."""
    keys = ["a/1/x", "a/1.x", "a/0", "a/10/y", "ab/1", "a/2"]
    store.put_all_new(dict.fromkeys(keys, b""))

    assert list(store.keys("a/")) == sorted(key for key in keys if key.startswith("a/"))
    assert list(store.keys("nothing/")) == []


def test_the_listing_is_lazy(store: FolderStore, root: Path) -> None:
    """Folders are read as they are reached: a million keys need no more memory than a folder's."""
    store.put_all_new({"a/1/x": b"", "a/2/x": b""})
    keys = store.keys("a/")

    first = next(keys)
    (root / "a/2/y").touch()

    assert [first, *keys] == ["a/1/x", "a/2/x", "a/2/y"]


def test_stale_staging_is_cleared_by_age(store: FolderStore, root: Path) -> None:
    """What a crash left staged goes after a day; what another process is writing stays."""
    for name, age in (("old", STALE + 60), ("young", 60)):
        (root / "tmp" / name).touch()
        os.utime(root / "tmp" / name, (time.time() - age,) * 2)

    FolderStore(root)

    assert [path.name for path in (root / "tmp").iterdir()] == ["young"]
    assert not store.has("a")


def test_a_failing_disk_is_told_in_words(tmp_path: Path, store: FolderStore, root: Path) -> None:
    """What the operating system refuses becomes one kind of error, with a next step."""
    (root / "blobs").write_bytes(b"a file where a folder should be")

    with pytest.raises(StoreError, match="put the archive's disk right"):
        store.put_new("blobs/ab", b"")
    with pytest.raises(StoreError):
        FolderStore(tmp_path / "no" / "such" / "parent")


def test_a_kill_leaves_whole_files_or_none(root: Path) -> None:
    """Killed at any moment, the store holds no torn file, and the same batch can be put again."""
    code = """if True:
        import sys
        from pathlib import Path
        from archive.store import FolderStore
        store = FolderStore(Path(sys.argv[1]))
        print("ready", flush=True)
        for n in range(1000):
            store.put_all_new({f"b/{n}/{m}": b"%d" % m * 5000 for m in range(20)})
    """
    with subprocess.Popen(
        [sys.executable, "-c", code, root], cwd=PROJECT, stdout=subprocess.PIPE
    ) as writer:
        assert writer.stdout
        writer.stdout.readline()
        time.sleep(0.2)
        writer.send_signal(signal.SIGKILL)

    store = FolderStore(root)
    survivors = list(store.keys("b/"))

    assert survivors
    for key in survivors:
        assert store.get(key) == key.rpartition("/")[2].encode() * 5000
    assert store.put_all_new(dict.fromkeys([*survivors, "b/new"], b"")) == frozenset(survivors)
