"""The directory of people: an address in, a `Person` out.

Imported from a CSV file that the trust's information system gives, and kept as one JSON
object a line, so that 100,000 people load in a fraction of a second and the file can be read
without us. An import replaces the whole directory: who is missing from the file has left it.
"""

import csv
import hashlib
import os
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import ClassVar, TextIO

import msgspec

from section9 import Person, PersonRole, Section9Error

REQUIRED = ("address", "name", "role")
OPTIONAL = ("school", "year_group", "leaving_date", "date_of_birth", "user_name")
FOR_THE_ROLL = ("known_as", "upn", "admission_number")
DATE_FORMATS = ("%Y-%m-%d", "%d/%m/%Y")  # ISO 8601, and as UK school systems export
_TITLES = frozenset({"dr", "miss", "mr", "mrs", "ms", "mx", "prof", "professor", "rev", "sir"})


class PeopleFileError(Section9Error):
    """A directory file cannot be taken. Nothing of it was imported."""

    exit_code: ClassVar[int] = 2

    def __init__(self, line: int, problem: str) -> None:
        super().__init__(f"line {line}: {problem}; nothing was imported: mend it and import again")
        self.line = line


@dataclass(frozen=True, slots=True)
class Entry:
    """A line of the directory: a person, and what is kept of them as hashes alone, on the roll."""

    person: Person
    known_as: str = ""
    upn: str = ""
    admission_number: str = ""


class Directory:
    """Everybody the trust knows, by address. Empty until a directory was imported."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._stamp = 0
        self._people: Mapping[str, Person] = {}
        self._names: Mapping[str, tuple[Person, ...]] | None = None  # made when first asked for
        self.refresh()

    def person(self, address: str) -> Person | None:
        """Whose address this is, or None for somebody outside the directory."""
        return self._people.get(address.lower())

    def named(self, name: str) -> tuple[Person, ...]:
        """Everybody of that first name and surname, however written: `name_key`; flat in cost."""
        if self._names is None:
            self._names = _by_name(self._people.values())
        return self._names.get(name_key(name), ())

    def addresses_of(self, name: str) -> tuple[str, ...]:
        """Every address of whoever goes by a name, or of whoever has an address.

        Names agree by their words, in any order. People of one name are not told apart, unless
        an address is given and their dates of birth differ.
        """
        known = self.person(name)
        words = _words(known.name if known else name)
        return tuple(
            one.address
            for one in self._people.values()
            if one == known or (words and _words(one.name) == words and _same_birth(one, known))
        )

    def addresses_at(self, school: str) -> tuple[str, ...]:
        """The addresses of everybody of a school."""
        wanted = _words(school)
        found = (one.address for one in self._people.values() if _words(one.school) == wanted)
        return tuple(found) if wanted else ()

    def users_of(self, address: str) -> tuple[str, ...]:
        """What whoever has an address may be called in a web log: a user name, or the address."""
        known = self.person(address)
        return tuple(filter(None, (known.user if known else "", address.lower())))

    def users_at(self, domain: str) -> tuple[str, ...]:
        """The user names of everybody with an address of a domain."""
        ending = f"@{domain.lower()}"
        found = (address for address in self._people if address.endswith(ending))
        return tuple(user for address in found for user in self.users_of(address))

    def users_like(self, name: str) -> tuple[str, ...]:
        """The user names of everybody who may be meant by an address or part of a name."""
        words = name.casefold().split()
        meant = {
            one.address
            for one in self._people.values()
            if all(word in f"{one.name} {one.address} {one.user}".casefold() for word in words)
        }
        meant.update(self.addresses_of(name) if "@" in name else ())
        return tuple(user for address in sorted(meant) for user in self.users_of(address))

    def schools(self) -> tuple[str, ...]:
        """The names of the schools, in order."""
        return tuple(sorted({one.school for one in self._people.values() if one.school}))

    def everybody(self) -> Iterable[Person]:
        """Everybody, once for each address."""
        return self._people.values()

    def __len__(self) -> int:
        return len(self._people)

    def refresh(self) -> None:
        """Take over a newer import, if there is one; costs a `stat` when there is none."""
        stamp = self._path.stat().st_mtime_ns if self._path.exists() else 0
        if stamp != self._stamp:
            self._people = {person.address: person for person in _saved(self._path)}
            self._names = None
            self._stamp = stamp


def name_key(name: str) -> str:
    """Return a first name and a surname as all ways to write them agree; empty without both.

    `Dr José Núñez`, `Nunez, Jose (Staff)` and `JOSE M NUNEZ` are one: no case, accents, titles,
    brackets or names between.
    """
    bare = unicodedata.normalize("NFKD", name.partition("(")[0]).casefold()
    last, comma, first = bare.partition(",")
    words = [
        "".join(char for char in word if char.isalpha() or char == "-").strip("-")
        for word in (f"{first} {last}" if comma else bare).split()
    ]
    words = [word for word in words if word and word not in _TITLES]
    return f"{words[0]} {words[-1]}" if len(words) > 1 else ""


def _by_name(people: Iterable[Person]) -> Mapping[str, tuple[Person, ...]]:
    names: dict[str, list[Person]] = {}
    for person in people:
        if key := name_key(person.name):
            names.setdefault(key, []).append(person)
    return {key: tuple(found) for key, found in names.items()}


def read_csv(lines: TextIO) -> tuple[Entry, ...]:
    """Read a directory from CSV with a header line.

    Columns: address, name, role; and optionally school, year group, leaving date, date of
    birth, user name, known as, UPN, admission number. A person with several addresses has a row
    for each.

    Raises `PeopleFileError`, which names the line and never what stands in it.
    """
    rows = csv.DictReader(lines)
    rows.fieldnames = [_column(name) for name in rows.fieldnames or ()]
    if missing := [name for name in REQUIRED if name not in rows.fieldnames]:
        raise PeopleFileError(1, f"the header lacks {', '.join(missing)}")
    people: dict[str, Entry] = {}
    for row in rows:
        entry = _entry(rows.line_num, row)
        if entry.person.address in people:
            raise PeopleFileError(rows.line_num, "the address stands on an earlier line too")
        people[entry.person.address] = entry
    return tuple(people.values())


def save(path: Path, people: Iterable[Person]) -> str:
    """Replace the directory at `path`, durably; returns the SHA-256 of what was written."""
    content = b"".join(msgspec.json.encode(person) + b"\n" for person in people)
    fresh = path.with_suffix(".new")
    with fresh.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    fresh.replace(path)  # whole or not at all: a reader never sees half a directory
    return hashlib.sha256(content).hexdigest()


def _saved(path: Path) -> Iterator[Person]:
    decoder = msgspec.json.Decoder(Person)
    with path.open("rb") as lines:
        yield from map(decoder.decode, lines)


def _words(name: str) -> list[str]:
    return sorted(name.casefold().replace(",", " ").split())


def _same_birth(one: Person, other: Person | None) -> bool:
    """Tell whether two may be one person, as far as dates of birth say."""
    born = {person.date_of_birth for person in (one, other) if person and person.date_of_birth}
    return len(born) < 2  # noqa: PLR2004 - two dates are two people


def _column(heading: str) -> str:
    return heading.strip().lstrip("\ufeff").lower().replace(" ", "_").replace("-", "_")


def _entry(line: int, row: Mapping[str | None, str | None]) -> Entry:
    more = {name: (row.get(name) or "").strip() for name in FOR_THE_ROLL}
    return Entry(_person(line, row), **more)


def _person(line: int, row: Mapping[str | None, str | None]) -> Person:
    value = {name: (row.get(name) or "").strip() for name in REQUIRED + OPTIONAL}
    if "@" not in value["address"]:
        raise PeopleFileError(line, "the address has no @")
    return Person(
        address=value["address"].lower(),
        name=value["name"],
        role=_role(line, value["role"]),
        school=value["school"],
        year_group=value["year_group"],
        leaving_date=_date(line, "leaving date", value["leaving_date"]),
        date_of_birth=_date(line, "date of birth", value["date_of_birth"]),
        user=value["user_name"].lower().rpartition("\\")[2],
    )


def _role(line: int, text: str) -> PersonRole:
    try:
        return PersonRole(text.lower())
    except ValueError as error:
        known = ", ".join(PersonRole)
        raise PeopleFileError(line, f"the role is none of {known}") from error


def _date(line: int, column: str, text: str) -> date | None:
    if not text:
        return None
    for form in DATE_FORMATS:
        try:
            return datetime.strptime(text, form).date()  # noqa: DTZ007 - a day has no zone
        except ValueError:
            continue
    raise PeopleFileError(line, f"the {column} is neither 2026-09-01 nor 01/09/2026")
