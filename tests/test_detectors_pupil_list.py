"""Lists of pupils: tables by their headings, rows of names by what stands with them."""

from pathlib import Path

import pytest
from clocked import growth

from detectors.roll import Roll
from detectors.roll_file import ROLL_FILE, save
from detectors.roll_forms import Enrolled
from detectors.scan import Scanner
from section9 import (
    Finding,
    ParsedMail,
    Part,
    PartId,
    PartKind,
    PersonRole,
    Recipient,
)

ROWS = "Ann Pupil\t7B\t01/02/2012\nBob Other\t7B\t02/03/2012\nCara Third\t7C\t03/04/2012\n"
NAMES = ("Ann Pupil", "Bob Other", "Cara Third", "Dev Fourth", "Ewa Fifth")


def lists(text: str, scanner: Scanner | None = None) -> list[Finding]:
    found = (scanner or Scanner()).scan_text(text)
    return [one for one in found if one.rule == "pupil-list"]


def rows(*beside: str, lead: str = "") -> str:
    return lead + "".join(
        f"{name} {beside[index % len(beside)] if beside else ''}".strip() + "\n"
        for index, name in enumerate(NAMES)
    )


@pytest.mark.parametrize(
    ("text", "expected", "people"),
    [
        (f"Name\tForm\tDOB\n{ROWS}", "high", 3),
        (f"See below.\n\nPupil\tClass\tBorn on the\n{ROWS}", "high", 3),
        ("Name\tForm\nAnn Pupil\t7B\nBob Other\t7B\nCara Third\t8C\n", "medium", 3),
        ("Name,DOB\nAnn Pupil,1/2/12\nBob Other,\nCara Third,3/4/12\n", "medium", 3),
        ('Name,UPN\n"Pupil, Ann",\n"Other, Bob",\n"Third, Cara",\n', "high", 3),
        ("Surname;Forename;Year\nPupil;Ann;7\nOther;Bob;8\nThird;Cara;R\n", "medium", 3),
        ("Surname,Forename,DOB,Form\nPupil,Ann,1/2/12,7B\nOther,Bob\nThird,Cara,,7C\n", "high", 3),
        (
            "| Student | Year |\n|---|---|\n| Ann P | 7 |\n| Bob O | 8 |\n| Cara T | 9 |\n",
            "high",
            3,
        ),
        (
            "Name        DOB\nAnn Pupil   1/2/12\nBob Other   2/3/12\nCara Third  3/4/12\n",
            "medium",
            3,
        ),
        ("Child\tSEN\nAnn\tK\nBob\tE\nCara\tK\nAnn\tK\n", "high", 3),
        ("UPN\tFSM\nB801200005001\tT\nV201000190001\tF\nJ373200022001\tT\n", "high", 3),
        ("Learner Name\tAttendance %\nAnn Pupil\t93\nBob Other\t88\nCara Third\t97\n", "high", 3),
        (f"Sheet1\nName\tForm\tDOB\n{ROWS}Sheet2\nnothing\n", "high", 3),
        (rows("7B", "8C"), "medium", 5),
        (rows("(7B)", lead="Register\n"), "high", 5),
        (rows(", 01/02/2012", lead="The pupils on the trip are:\n\n"), "high", 5),
        (rows(lead="The children are:\n"), "low", 5),
    ],
)
def test_a_list_is_told_by_its_columns(text: str, expected: str, people: int) -> None:
    """Names with what schools note of pupils are a list, and the different ones are counted."""
    [finding] = lists(text)

    assert expected == finding.confidence
    assert f"{people} " in finding.why
    assert not [name for name in NAMES if name in finding.why]


@pytest.mark.parametrize(
    "text",
    [
        "Name\tDepartment\nAnn Pupil\tIT\nBob Other\tIT\nCara Third\tHR\n",
        "Staff name,DOB\nAnn Pupil,1/2/72\nBob Other,2/3/70\nCara Third,3/4/75\n",
        "Name\tForm\nAnn Pupil\t7B\nBob Other\t7C\n",
        "Name\tForm\nAnn Pupil\t7B\nAnn Pupil\t7B\nPupil Ann\t7B\n",
        "Name\tYear\nTitanic\t1912\nOlympic\t1911\nBritannic\t1914\n",
        "Name,Class\nreset,int\nbuild_all,str\nrun2,float\n",
        "Product\tPrice\nPens\t2.10\nRulers\t3.00\nGlue\t1.99\n",
        "First, the name of the class is wrong. Last, the form is missing.\nPlease mend both.\n",
        rows(lead="Invitation for the governors\n"),
        "Name;Passport;Expiry\nAnn Pupil;1;2/3/31\nBob Other;2;2/3/31\nCara Third;3;2/3/31\n",
        "- Water Bottle\n- Sun Hat\n- Packed Lunch\n- Warm Coat\n- Reading Book\n",
    ],
)
def test_other_tables_are_left_alone(text: str) -> None:
    """Staff, ships, programs and shopping are no pupils, nor are two of them a list."""
    assert [] == lists(text)


@pytest.fixture(scope="module")
def scanner(tmp_path_factory: pytest.TempPathFactory) -> Scanner:
    path: Path = tmp_path_factory.mktemp("roll") / ROLL_FILE
    save(path, [Enrolled(name, PersonRole.STUDENT) for name in NAMES])
    return Scanner(roll=Roll(path), domains=frozenset({"larkmere.example"}))


@pytest.mark.parametrize("text", [rows(), rows(lead="For the minibus:\n"), rows("\tback row")])
def test_with_a_roll_names_alone_are_a_list(scanner: Scanner, text: str) -> None:
    """Rows that name pupils on the roll need no heading."""
    [finding] = lists(text, scanner)

    assert "high" == finding.confidence
    assert finding.why.startswith("5 rows")
    assert finding.why.endswith("5 of them pupils on the roll")


@pytest.mark.parametrize(
    ("to", "expected"), [("head@larkmere.example", 3), ("a@shop.example", 4), ("a@gmail.com", 5)]
)
def test_a_list_is_as_grave_as_its_recipients(scanner: Scanner, to: str, expected: int) -> None:
    """Within the Trust a list is daily work; at somebody's private address it is a breach."""
    sheet = Part(PartId("2"), PartKind.ATTACHMENT, "text/csv", "7B.csv", 1, "", rows("7B"))
    mail = ParsedMail(message_id="", date=None, subject="", from_=(), parts=(sheet,))

    found = scanner.scan(mail, sender="office@larkmere.example", recipients=(Recipient(to),))

    assert [(PartId("2"), expected)] == [
        (one.part, one.severity) for one in found if one.rule == "pupil-list"
    ]


def test_a_heading_that_is_repeated_goes_on_with_its_table() -> None:
    """A long list has its headings on every page."""
    page = "Name\tForm\tDOB\n"

    found = lists(f"{page}{ROWS}{page}Dev Fourth\t7B\t04/05/2012\n")

    assert ["4"] == [one.why.split()[3] for one in found]


def test_another_heading_begins_another_table() -> None:
    """What stands above it takes nothing from the list below."""
    above = "Name\tForm\tDOB\nto be filled in\t\t\n"

    found = lists(f"{above}Pupil\tClass\tUPN\n{ROWS}")

    assert ["3"] == [one.why.split()[3] for one in found]


@pytest.mark.parametrize(
    "unit",
    [
        "Name\tForm\nAnn Pupil\t7B\n",
        "Ann Pupil 7B\n",
        "name, form, name, form, " * 20,
        'Name,"Form",\'"\n',
        "Class\n\n",
    ],
)
def test_hostile_tables_take_linear_time(scanner: Scanner, unit: str) -> None:
    """Whatever the rows hold, each costs what the others do."""
    assert growth(lambda times: lists(unit * times, scanner), 500) < 1.2
