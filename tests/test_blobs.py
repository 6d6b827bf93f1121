"""Blobs: named by their content, stored once, checked on every read."""

import shutil
import subprocess
from hashlib import sha256
from pathlib import Path

import pytest
import zstandard
from hypothesis import given
from hypothesis import strategies as st

from archive import frame
from archive.blobs import BlobMissingError, Blobs, BlobTamperedError
from archive.store import FolderStore
from section9 import BlobId

MAIL = b"From: ann@school.example\r\nSubject: Harvest festival\r\n\r\nBring apples.\r\n"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """Name the archive's folder."""
    return tmp_path / "archive"


@pytest.fixture
def blobs(root: Path) -> Blobs:
    """Open an empty archive."""
    return Blobs(FolderStore(root))


def overwrite(root: Path, blob: BlobId, stored: bytes) -> None:
    """Tamper with a blob, as somebody with the rights to the disk can."""
    path = root / Blobs.key_of(blob)
    path.chmod(0o640)
    path.write_bytes(stored)


def test_a_blob_is_named_by_its_content(blobs: Blobs) -> None:
    """The name is the SHA-256 of the exact bytes, and they come back exact."""
    blob = blobs.put(MAIL)

    assert blob == sha256(MAIL).hexdigest()
    assert blobs.get(blob) == MAIL


def test_stock_tools_can_check_a_blob(blobs: Blobs, root: Path) -> None:
    """Without us, `zstdcat FILE | sha256sum` prints the name, and the file lies where it should."""
    if not shutil.which("zstdcat"):
        pytest.skip("zstdcat is not installed (Debian: zstd)")
    blob = blobs.put(MAIL)
    path = root / "blobs" / blob[:2] / blob[2:4] / f"{blob}.eml.zst"

    read = subprocess.run(["zstdcat", path], check=True, capture_output=True).stdout
    tested = subprocess.run(["zstd", "--test", path], check=False, capture_output=True)

    assert sha256(read).hexdigest() == blob
    assert tested.returncode == 0


def test_a_batch_keeps_its_order_and_stores_copies_once(blobs: Blobs) -> None:
    """Each content gets its id in turn, also the one that is there twice."""
    ids = blobs.put_all([b"b", b"a", b"b", b""])

    assert [blobs.get(blob) for blob in ids] == [b"b", b"a", b"b", b""]
    assert list(blobs.ids()) == sorted(set(ids))


def test_an_existing_blob_is_verified_and_never_replaced(blobs: Blobs, root: Path) -> None:
    """To put a blob again touches nothing."""
    blob = blobs.put(MAIL)
    before = (root / Blobs.key_of(blob)).stat()

    again = blobs.put(MAIL)

    assert again == blob
    assert (root / Blobs.key_of(blob)).stat() == before


def test_a_damaged_blob_is_not_mended_by_putting_it_again(blobs: Blobs, root: Path) -> None:
    """Damage is evidence: it is reported, not papered over."""
    blob = blobs.put(MAIL)
    overwrite(root, blob, b"not zstd at all")

    with pytest.raises(BlobTamperedError):
        blobs.put(MAIL)


def test_an_exchanged_blob_is_found(blobs: Blobs, root: Path) -> None:
    """A well-formed blob with other content does not pass, and the error names what it is."""
    blob = blobs.put(MAIL)
    overwrite(root, blob, frame.wrap(b"forged"))

    with pytest.raises(BlobTamperedError) as error:
        blobs.get(blob)

    assert error.value.actual == sha256(b"forged").hexdigest()
    assert "section9 verify" in str(error.value)


def test_a_missing_blob_is_an_error_of_its_own(blobs: Blobs) -> None:
    """Missing is told apart from damaged."""
    with pytest.raises(BlobMissingError, match="section9 verify"):
        blobs.get(BlobId("ab" * 32))


def test_strays_are_no_blobs(blobs: Blobs, root: Path) -> None:
    """A file that we never wrote, or in the wrong folder, is not taken for a blob."""
    blob = blobs.put(MAIL)
    (root / "blobs/note.txt").touch()
    (root / f"blobs/00/{blob}.eml.zst").parent.mkdir()
    (root / f"blobs/00/{blob}.eml.zst").touch()

    assert list(blobs.ids()) == [blob]
    assert sorted(blobs.strays()) == [f"blobs/00/{blob}.eml.zst", "blobs/note.txt"]


@given(content=st.binary() | st.text().map(lambda text: text.encode() * 50))
def test_wrapping_loses_nothing(content: bytes) -> None:
    """Any bytes come out as they went in."""
    assert frame.unwrap(frame.wrap(content)) == content


def test_every_altered_byte_breaks_the_frame() -> None:
    """Also those that decompress to the same content are found: the seal covers the frame."""
    wrapped = frame.wrap(MAIL)
    for place in range(len(wrapped)):
        for flip in range(1, 256):
            altered = bytearray(wrapped)
            altered[place] ^= flip

            with pytest.raises(frame.FrameError):
                frame.unwrap(bytes(altered))


def sealed(inner: bytes) -> bytes:
    """Put an honest seal on a forged frame."""
    return inner + frame._seal(inner)


@pytest.mark.parametrize(
    "inner",
    [
        b"",
        zstandard.ZstdCompressor(write_content_size=False).compress(bytes(1000)),
        zstandard.ZstdCompressor().compress(bytes(1000)) + b"trailing",
        # A frame of single-segment type that claims 2^62 bytes (RFC 8878, 3.1.1.1).
        bytes.fromhex("28b52ffde0") + (1 << 62).to_bytes(8, "little") + bytes.fromhex("010000"),
    ],
    ids=["empty", "no-size", "trailing", "huge"],
)
def test_a_forged_frame_is_refused_before_it_fills_the_memory(inner: bytes) -> None:
    """Whoever can write the archive can seal too, so the frame is judged before it is trusted."""
    with pytest.raises(frame.FrameError):
        frame.unwrap(sealed(inner))
