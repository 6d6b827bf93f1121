"""The directory of people: who a trust's addresses belong to."""

import io
import os
from datetime import date
from pathlib import Path

import pytest

from people import Directory, Entry, PeopleFileError, read_csv, save
from section9 import Person, PersonRole

HEADER = "address,name,role,school,year group,leaving date,date of birth\n"
ROW = "Ada.Quill@school.example,Ada Quill,student,Hill School,9,31/08/2029,2012-05-01\n"
ADA = Person(
    address="ada.quill@school.example",
    name="Ada Quill",
    role=PersonRole.STUDENT,
    school="Hill School",
    year_group="9",
    leaving_date=date(2029, 8, 31),
    date_of_birth=date(2012, 5, 1),
)


def test_a_row_is_read_whatever_the_case_of_its_address_and_the_form_of_its_dates() -> None:
    """ISO and British dates are both taken, and addresses are compared in lower case."""
    people = read_csv(io.StringIO(HEADER + ROW))

    assert (Entry(ADA),) == people


def test_what_the_roll_needs_is_read_where_a_file_has_it() -> None:
    """A known name and the numbers are columns that may be there; they are no part of a person."""
    header = HEADER.strip() + ",Known As,UPN,admission-number\n"

    people = read_csv(io.StringIO(header + ROW.strip() + ",Addy,B801200005001,004512\n"))

    assert (Entry(ADA, "Addy", "B801200005001", "004512"),) == people


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("name,role\nAda,student\n", 1),
        (HEADER + "nobody,Ada,student,,,,\n", 2),
        (HEADER + ROW + "b@school.example,Bo,wizard,,,,\n", 3),
        (HEADER + ROW + "b@school.example,Bo,staff,,,31.08.2029,\n", 3),
        (HEADER + ROW + ROW, 3),
        ("", 1),
    ],
    ids=["no-address-column", "no-at", "unknown-role", "bad-date", "address-twice", "empty"],
)
def test_a_bad_file_is_refused_by_line_and_never_quoted(text: str, line: int) -> None:
    """Whoever imports hears which line is wrong; nobody's details get into an error."""
    with pytest.raises(PeopleFileError) as caught:
        read_csv(io.StringIO(text))

    assert line == caught.value.line
    assert "Ada" not in str(caught.value)


def test_an_import_replaces_the_directory_and_a_running_reader_takes_it_over(
    tmp_path: Path,
) -> None:
    """Who is missing from the new file has left, also for a worker that started before."""
    path = tmp_path / "people.jsonl"
    save(path, [ADA])
    directory = Directory(path)
    os.utime(path, ns=(1, 1))

    save(path, [])
    directory.refresh()

    assert directory.person(ADA.address) is None


def test_a_person_is_found_by_any_spelling_of_the_address(tmp_path: Path) -> None:
    """Mail writes addresses in capitals too."""
    path = tmp_path / "people.jsonl"
    save(path, [ADA])

    directory = Directory(path)

    assert directory.person("ADA.QUILL@School.example") == ADA


def test_without_an_import_nobody_is_known(tmp_path: Path) -> None:
    """A fresh archive works before any directory was imported."""
    assert Directory(tmp_path / "people.jsonl").person("a@school.example") is None
