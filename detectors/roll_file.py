"""The roll at rest: keyed hashes of names and numbers, and the numbers of the people behind them.

`roll.bin` is a line of JSON and three arrays: sorted hashes of the forms (8 bytes each, BLAKE2b
with the key), for each the number of a person (4 bytes), and for each person a role (1 byte).
It is mapped, not read: all workers share one copy in memory, and opening it takes no time.
The key lies in `roll.key`, for its owner alone. docs/detectors.md says what that protects.
"""

import mmap
import os
import secrets
import sys
from array import array
from bisect import bisect_left
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from hashlib import blake2b
from pathlib import Path
from typing import ClassVar

import msgspec

from detectors.roll_forms import Enrolled, forms, words
from section9 import PersonRole, Section9Error

FORMAT = "section9-roll/1"
ROLL_FILE = "roll.bin"
KEY_FILE = "roll.key"
KEY_BYTES = 32
NOBODY = 2**32 - 1  # the number behind a word that is a name, but names nobody alone
_CHECK = "check"
_ROLES = tuple(PersonRole)


class RollError(Section9Error):
    """The roll is there and cannot be used. Nothing is scanned as if there were none."""

    exit_code: ClassVar[int] = 3

    def __init__(self, problem: str) -> None:
        super().__init__(
            f"the roll of people {problem}: run `section9 people import FILE.csv` to make it again"
        )


class Head(msgspec.Struct, frozen=True):
    """The first line of the file."""

    format: str
    byteorder: str
    check: str  # what the key makes of a known word: another key is noticed
    hashes: int
    people: int
    roles: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Table:
    """An open roll."""

    key: bytes
    hashes: memoryview  # of uint64, sorted
    numbers: memoryview  # of uint32, of who stands behind the hash at the same place
    roles: memoryview  # of uint8, by the number of a person

    def numbers_of(self, form: str) -> frozenset[int]:
        """Return the numbers of the people with this form; nearly always none."""
        wanted = hashed(form, self.key)
        place = bisect_left(self.hashes, wanted)
        return frozenset(self._run(place, wanted))

    def has(self, form: str) -> bool:
        """Whether a form is on the roll at all."""
        wanted = hashed(form, self.key)
        place = bisect_left(self.hashes, wanted)
        return place < len(self.hashes) and self.hashes[place] == wanted

    def role(self, number: int) -> PersonRole:
        """Return who somebody is to the trust."""
        return _ROLES[self.roles[number]]

    def _run(self, place: int, wanted: int) -> Iterator[int]:
        while place < len(self.hashes) and self.hashes[place] == wanted:
            yield self.numbers[place]
            place += 1


def hashed(form: str, key: bytes) -> int:
    """Hash a form with the key. Of 64 bits: a strange word hits a large roll once in 10^13."""
    digest = blake2b(form.encode("utf-8", "replace"), digest_size=8, key=key).digest()
    return int.from_bytes(digest, "big")


def save(path: Path, everybody: Iterable[Enrolled]) -> int:
    """Replace the roll at `path`, durably; returns how many people are on it."""
    key = _key_made(path.with_name(KEY_FILE))
    people = tuple(dict.fromkeys(everybody))
    pairs = sorted(_pairs(people, key))
    head = Head(
        FORMAT, sys.byteorder, _check(key), len(pairs), len(people), tuple(map(str, _ROLES))
    )
    fresh = path.with_suffix(".new")
    fresh.unlink(missing_ok=True)
    with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(msgspec.json.encode(head) + b"\n")
        array("Q", (form for form, _ in pairs)).tofile(file)
        array("I", (number for _, number in pairs)).tofile(file)
        array("B", (_ROLES.index(one.role) for one in people)).tofile(file)
        file.flush()
        os.fsync(file.fileno())
    fresh.replace(path)  # whole or not at all
    return len(people)


def _pairs(people: Iterable[Enrolled], key: bytes) -> Iterator[tuple[int, int]]:
    """Yield each hash once with each number behind it."""
    single: set[str] = set()
    for number, one in enumerate(people):
        single.update(words(one))
        yield from ((hashed(form, key), number) for form in set(forms(one)))
    yield from ((hashed(form, key), NOBODY) for form in single)


def opened(path: Path) -> Table | None:
    """Open the roll; None where no directory was imported. Raises `RollError`."""
    try:
        with path.open("rb") as file:
            mapped = memoryview(mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ))
            line = file.readline()
    except FileNotFoundError:
        return None
    except (OSError, ValueError) as error:
        raise RollError("cannot be opened") from error
    return _table(_head(line), mapped[len(line) :], _key(path.with_name(KEY_FILE)))


def _table(head: Head, arrays: memoryview, key: bytes) -> Table:
    if head.check != _check(key):
        raise RollError("was made with another key")
    if head.byteorder != sys.byteorder or head.roles != tuple(map(str, _ROLES)):
        raise RollError("was made for another machine or version")
    middle, last = 8 * head.hashes, 12 * head.hashes
    if len(arrays) != last + head.people:
        raise RollError("is damaged")
    return Table(
        key, arrays[:middle].cast("Q"), arrays[middle:last].cast("I"), arrays[last:].cast("B")
    )


def _head(line: bytes) -> Head:
    try:
        head = msgspec.json.decode(line, type=Head)
    except msgspec.DecodeError as error:
        raise RollError("is damaged") from error
    if head.format != FORMAT:
        raise RollError("is of another version")
    return head


def _check(key: bytes) -> str:
    return f"{hashed(_CHECK, key):016x}"


def _key(path: Path) -> bytes:
    try:
        key = path.read_bytes()
    except OSError as error:
        raise RollError("has no key that can be read") from error
    if len(key) != KEY_BYTES:
        raise RollError("has a damaged key (roll.key): remove that file")
    return key


def _key_made(path: Path) -> bytes:
    """Return the key; made once, whole or not at all, for this account alone."""
    if not path.exists():
        fresh = path.with_suffix(".new-key")
        fresh.unlink(missing_ok=True)
        with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(secrets.token_bytes(KEY_BYTES))
            file.flush()
            os.fsync(file.fileno())
        fresh.replace(path)
    return _key(path)
