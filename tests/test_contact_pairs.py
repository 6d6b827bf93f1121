"""Who is writing to whom, told by the directory."""

from datetime import date
from pathlib import Path

import pytest

from detectors.contact.pairs import Contact, Known, Side, contact, side_of, without_exempt
from detectors.contract import Context, Exempt
from people import Directory, name_key, save
from section9 import (
    ParsedMail,
    Participant,
    PartId,
    Person,
    PersonRole,
    Recipient,
)

DAY = date(2026, 10, 7)
STAFF, STUDENT, PARENT = PersonRole.STAFF, PersonRole.STUDENT, PersonRole.PARENT
PEOPLE = (
    Person("o.wren@school.example", "Mr Oliver Wren", STAFF),
    Person("olly@tinpost.example", "Oliver Wren", STAFF),
    Person("c.lane@school.example", "Carys Lane", STAFF),
    Person("v.hart@gmail.com", "Vera Hart", PersonRole.VOLUNTEER),
    Person("22freya@pupils.school.example", "Freya Booth", STUDENT),
    Person("22zain@pupils.school.example", "Zain Mir", STUDENT),
    Person("22kofi@pupils.school.example", "Kofi Antwi", STUDENT),
    Person("mum.booth@gmail.com", "Astrid Booth", PARENT),
    Person("s.dual@school.example", "Sam Dual", STAFF),
    Person("sam@gmail.com", "Sam Dual", PARENT),
)


@pytest.fixture
def directory(tmp_path: Path) -> Directory:
    save(tmp_path / "people.jsonl", PEOPLE)
    return Directory(tmp_path / "people.jsonl")


def met(
    directory: Directory, sender: str, *recipients: str, name: str = "", names: tuple[str, ...] = ()
) -> Contact | None:
    return contact(
        ParsedMail(
            message_id="",
            date=None,
            subject="",
            from_=(Participant(name, sender),),
            to=tuple(map(Participant, names, recipients)),
        ),
        told(directory, sender, *recipients),
        day=DAY,
    )


def told(directory: Directory, sender: str, *recipients: str) -> Context:
    return Context(
        PartId("subject"),
        domains=frozenset({"school.example"}),
        person=directory.person,
        named=directory.named,
        sender=sender,
        recipients=tuple(map(Recipient, recipients)),
    )


STAFF_AT_WORK, STAFF_AT_HOME = "o.wren@school.example", "olly@tinpost.example"
PUPIL, FRIEND, THIRD = (f"22{one}@pupils.school.example" for one in ("freya", "zain", "kofi"))


@pytest.mark.parametrize(
    ("sender", "name", "expected"),
    [
        (STAFF_AT_WORK, "", (Side.ADULT, Known.DIRECTORY, False)),
        (STAFF_AT_HOME, "", (Side.ADULT, Known.DIRECTORY, True)),
        ("v.hart@gmail.com", "", (Side.ADULT, Known.DIRECTORY, True)),
        ("xyz@gmail.com", "Oliver Wren", (Side.ADULT, Known.NAME, True)),
        ("xyz@gmail.com", "WREN, Oliver J", (Side.ADULT, Known.NAME, True)),
        ("oliver.wren81@gmail.com", "", (Side.ADULT, Known.NAME, True)),
        ("xyz@gmail.com", "Olly", None),
        ("xyz@shop.example", "Oliver Wren", None),
        ("other@gmail.com", "Sam Dual", None),
        ("mum.booth@gmail.com", "Astrid Booth", None),
        (FRIEND, "", None),
    ],
)
def test_who_writes_to_a_student(
    directory: Directory, sender: str, name: str, expected: tuple[Side, Known, bool] | None
) -> None:
    """Staff are told by address, and by name at a private provider; parents are not staff."""
    found = met(directory, sender, PUPIL, name=name)

    actual = found and (found.sender.side, found.sender.known, found.sender.private)
    assert expected == actual


def test_a_student_writes_from_home(directory: Directory) -> None:
    """A student's name at a private provider is linked the same way."""
    found = met(directory, "x@gmail.com", STAFF_AT_WORK, name="Freya Booth")

    assert found
    assert (Side.CHILD, Known.NAME, True) == (
        found.sender.side,
        found.sender.known,
        found.sender.private,
    )


def test_a_recipient_is_linked_by_the_name_in_the_header(directory: Directory) -> None:
    """A private address that a member of staff writes to is the student's whose name it bears."""
    found = met(directory, STAFF_AT_WORK, "fb@gmail.com", names=("Freya Booth",))

    assert found
    assert "Freya Booth" == found.reached[0].person.name


@pytest.mark.parametrize(
    ("recipients", "group", "watched"),
    [
        ([PUPIL], False, False),
        ([PUPIL, FRIEND, THIRD], True, False),
        ([PUPIL, "mum.booth@gmail.com"], False, True),
        ([PUPIL, "c.lane@school.example"], False, True),
        ([PUPIL, STAFF_AT_HOME], False, False),
        ([PUPIL, "stranger@shop.example"], False, False),
    ],
)
def test_who_else_got_it(
    directory: Directory, recipients: list[str], *, group: bool, watched: bool
) -> None:
    """A class makes a group; a parent or a colleague watches, the sender's own address does not."""
    found = met(directory, STAFF_AT_WORK, *recipients)

    assert found
    assert (group, watched) == (found.group, found.watched)


@pytest.mark.parametrize(
    ("left", "born", "expected"),
    [
        (None, None, Side.CHILD),
        (None, date(2007, 1, 1), Side.CHILD),
        (date(2027, 7, 31), date(2008, 1, 1), Side.CHILD),
        (date(2026, 7, 31), date(2008, 10, 8), Side.CHILD),
        (date(2026, 7, 31), date(2008, 10, 7), None),
        (date(2019, 10, 8), None, Side.CHILD),
        (date(2019, 10, 7), None, None),
    ],
)
def test_a_leaver_counts_until_eighteen(
    left: date | None, born: date | None, expected: Side | None
) -> None:
    """On the day of the birthday it ends; where no birth is known, seven years after leaving."""
    leaver = Person("x@pupils.example", "X Y", STUDENT, leaving_date=left, date_of_birth=born)

    assert expected is side_of(leaver, DAY)


@pytest.mark.parametrize("sender", [STAFF_AT_WORK, STAFF_AT_HOME])
def test_one_s_own_child_is_left_out(directory: Directory, sender: str) -> None:
    """A declared pair may write to each other, by any address of theirs; others may not."""
    pair = Exempt(STAFF_AT_WORK, PUPIL, DAY)
    own, both = met(directory, STAFF_AT_WORK, PUPIL), met(directory, STAFF_AT_HOME, PUPIL, FRIEND)
    context = told(directory, sender)

    assert own
    assert both
    left = without_exempt(both, [pair], context)

    assert without_exempt(own, [pair], context) is None
    assert left
    assert [FRIEND] == [one.address for one in left.reached]


@pytest.mark.parametrize(
    "name", ["José Núñez", "Dr. Jose NUNEZ", "Núñez, José (Staff)", "Mr José M. Núñez"]
)
def test_a_name_is_one_however_written(name: str) -> None:
    """Case, accents, titles, brackets, order and names between do not part a name from itself."""
    assert "jose nunez" == name_key(name)


@pytest.mark.parametrize("name", ["", "Mr", "Freya", "Miss Booth", "(office)", ", "])
def test_half_a_name_names_nobody(name: str) -> None:
    """One word is no name: half a school is called Freya."""
    assert "" == name_key(name)
