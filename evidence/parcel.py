"""A finished pack as one zip, encrypted with AES-256 (WinZip AE-2), which 7-Zip and its kin open.

The directory of an encrypted zip stays readable, and names of attachments are personal data: so the
pack is zipped plainly first, and that one file is what the parcel holds.
"""

import os
import shutil
from collections.abc import Callable
from hashlib import file_digest
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO, ClassVar
from zipfile import ZIP_DEFLATED, ZipFile

from evidence.folder import UNFINISHED
from section9 import Section9Error

MIN_PASSWORD = 12  # characters
SUFFIX = ".part"


class ParcelError(Section9Error):
    """The parcel cannot be made like that."""

    exit_code: ClassVar[int] = 2


def require(pack: Path, target: Path, password: str) -> None:
    """Raise `ParcelError` for a place that takes no zip, or a password guessed too easily."""
    if target.exists():
        raise ParcelError(f"{target} is there already: name another file for the zip")
    if pack.resolve() in target.resolve().parents:
        raise ParcelError(f"{target} is inside the pack: name a file elsewhere for the zip")
    if not os.access(target.parent, os.W_OK):
        raise ParcelError(f"{target.parent} cannot be written: name another place for the zip")
    if len(password) < MIN_PASSWORD:
        raise ParcelError(
            f"the password has less than {MIN_PASSWORD} characters: take a longer one"
        )


def parcel(pack: Path, target: Path, password: str, *, advance: Callable[[int], None]) -> str:
    """Write the zip and give its SHA-256; `advance` is told of files as they are done."""
    from pyzipper import WZ_AES, ZIP_STORED, AESZipFile  # noqa: PLC0415 - for this alone

    unfinished = target.with_name(target.name + SUFFIX)
    with TemporaryFile(dir=target.parent) as plain:
        _zip(pack, plain, advance)
        with AESZipFile(unfinished, "w", ZIP_STORED, encryption=WZ_AES) as outer:
            outer.setpassword(password.encode())
            plain.seek(0)
            with outer.open(f"{pack.resolve().name}.zip", "w", force_zip64=True) as inside:
                shutil.copyfileobj(plain, inside)
    unfinished.replace(target)
    with target.open("rb") as file:
        return file_digest(file, "sha256").hexdigest()


def _zip(pack: Path, file: IO[bytes], advance: Callable[[int], None]) -> None:
    with ZipFile(file, "w", ZIP_DEFLATED) as inner:
        for path in sorted(one for one in pack.rglob("*") if one.is_file()):
            name = path.relative_to(pack)
            if name.parts[0] != UNFINISHED:
                inner.write(path, pack.resolve().name / name)
                advance(1)
