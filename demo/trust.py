"""Larkmere Learning Trust: its people, whom they write to, and its mailing lists.

The people stand in people.csv, ready for `section9 people import`; correspondents.csv holds
shared mailboxes and the world outside. Both are plain files so that a reader can open them.
"""

import csv
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

HOME = Path(__file__).parent
DOMAIN = "larkmere.example"
LIST_DOMAIN = f"lists.{DOMAIN}"
ARCHIVE = f"archive@{DOMAIN}"

CENTRAL = "Larkmere Learning Trust"
HIGH = "Larkmere High School"
HALLOWBECK = "Hallowbeck Primary School"
TARN_LANE = "Tarn Lane Primary School"


@dataclass(frozen=True, slots=True)
class Contact:
    """Somebody, or some list, that a message can name."""

    name: str
    address: str
    members: tuple[str, ...] = ()  # addresses, of a mailing list alone

    @property
    def delivered(self) -> tuple[str, ...]:
        """The addresses that the envelope carries: a list is expanded on the way."""
        return self.members or (self.address,)


def people_csv() -> str:
    """The directory: address, name, role, school, year group, leaving date, date of birth."""
    return (HOME / "people.csv").read_text(encoding="utf-8")


@cache
def contacts() -> Mapping[str, Contact]:
    """Everybody by address, and by the part before the @ as the prose calls them."""
    everyone = (*_listed("people.csv"), *_listed("correspondents.csv"), *_lists())
    by_local_part = {contact.address.split("@")[0]: contact for contact in everyone}
    return by_local_part | {contact.address: contact for contact in everyone}


def _listed(file: str) -> Iterator[Contact]:
    for row in _rows(file):
        yield Contact(row["name"], row["address"])


def _lists() -> Iterator[Contact]:
    yield _list("all-staff", "All staff", role="staff")
    yield _list("trustees", "Trustees and governors", role="governor")
    yield _list("high-staff", "Larkmere High staff", role="staff", school=HIGH)
    yield _list("high-parents", "Larkmere High parents", role="parent", school=HIGH)
    yield _list("hallowbeck-staff", "Hallowbeck staff", role="staff", school=HALLOWBECK)
    yield _list("hallowbeck-parents", "Hallowbeck parents", role="parent", school=HALLOWBECK)
    yield _list("tarnlane-staff", "Tarn Lane staff", role="staff", school=TARN_LANE)
    yield _list("tarnlane-parents", "Tarn Lane parents", role="parent", school=TARN_LANE)
    yield _list("sixth-form", "Sixth form", role="student", year_group="13")
    for year in ("7", "8", "9", "10", "11"):
        yield _list(f"year{year}", f"Year {year}", role="student", school=HIGH, year_group=year)


def _list(local_part: str, name: str, **wanted: str) -> Contact:
    """A mailing list of everybody still here whose columns hold what is wanted.

    Staff are reached at work alone, though the directory knows some by a second address.
    """
    members = tuple(
        row["address"]
        for row in _rows("people.csv")
        if all(row[column] == value for column, value in wanted.items())
        and not row["leaving_date"]
        and (DOMAIN in row["address"] or row["role"] == "parent")
    )
    return Contact(name, f"{local_part}@{LIST_DOMAIN}", members)


def _rows(file: str) -> list[dict[str, str]]:
    with (HOME / file).open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))
