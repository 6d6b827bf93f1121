"""The roll: who of it stands in a text, what is kept of it, and what it raises."""

import stat
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from clocked import growth

from detectors.evaluate import unmarked
from detectors.normalise import fold
from detectors.roll import Roll
from detectors.roll_file import KEY_FILE, ROLL_FILE, RollError, save
from detectors.roll_forms import Enrolled
from detectors.scan import Scanner
from section9 import (
    ParsedMail,
    Part,
    Participant,
    PartId,
    PartKind,
    PersonRole,
    Recipient,
)

STUDENT, STAFF = PersonRole.STUDENT, PersonRole.STAFF
PEOPLE = (
    Enrolled("Ann Mary Pupil", STUDENT, upn="B801200005001", admission_number="004512"),
    Enrolled("William Thackray", STUDENT),
    Enrolled("Siân O'Brien-Jones", STUDENT, known_as="Shan"),
    Enrolled("Jan van der Berg", STUDENT),
    Enrolled("Quill, Oskar", STUDENT, known_as="Oz Quillfeather"),
    Enrolled("Will May", STUDENT),
    Enrolled("Rose Green", STUDENT),
    Enrolled("Grace Day", STUDENT),
    Enrolled("Chloe Lomax", STUDENT),
    Enrolled("Chloe Lomax", STUDENT, born="2011-04-05"),
    Enrolled("Dr Philippa Oyelaran", STAFF),
    Enrolled("Sam Vosper", STUDENT),
    Enrolled("Sam Vosper", STAFF),
)

# What a text names is marked; the letter tells how plainly: Name, Hint, or number (#).
ROWS = [
    ("N", "I saw «Ann Pupil» today."),
    ("N", "«Ann Mary Pupil»'s bag"),
    ("N", "«Ann M. Pupil» was late"),
    ("N", "«Ann Mary-Lou Pupil» was late"),
    ("N", "«Pupil, Ann» (7B)"),
    ("N", "«PUPIL Ann» 7B"),
    ("N", "«ANN PUPIL»"),
    ("N", "Forename\tSurname\n«Ann\tPupil»\t7B"),
    ("N", "Surname,Forename\n«Pupil,Ann»,7B"),
    ("N", '"«Pupil","Ann»"'),
    ("N", "| «Ann | Pupil» | 7B |"),
    ("N", "«Ann\u00a0Pupil» and"),
    ("N", "«A\u200bnn Pupil» and"),
    ("N", "a long line of a letter that was wrapped within the name of «Ann\nPupil» by a program"),
    ("", "Yours,\nAnn\nPupil numbers are attached"),
    ("N", "so «Bill Thackray» said"),
    ("N", "and «Will Thackray» came"),
    ("N", "«Sian O’Brien-Jones»"),
    ("N", "«Siân O'Brien Jones»"),
    ("N", "«Shan O'Brien-Jones»"),
    ("N", "«Jan van der Berg»"),
    ("N", "«Oskar Quill»"),
    ("N", "«Oz Quillfeather»"),
    ("", "Oz Quill"),
    ("NN", "«Ann Pupil», «Chloe Lomax» and others"),
    ("N", "«Pip Oyelaran» teaches"),
    ("H", "with «A. Pupil» of 7B"),
    ("H", "with «A Pupil» of 7B"),
    ("H", "with «Ann P» of 7B"),
    ("H", "«Will May» do that?"),
    ("H", "«Rose Green» curtains"),
    ("H", "«Grace Day» is on Sunday"),
    ("H", "All is well. «Will Thackray» be there?"),
    ("#", "UPN «B801200005001»"),
    ("#", "code «B801 2000 05001»"),
    ("#", "Admission No: «4512»"),
    ("#", "adm number «004512»"),
    ("", "number 4512"),
    ("", "ann pupil"),
    ("", "Ann Pupils"),
    ("", "AnnPupil and Annette Pupil"),
    ("", "Ann said that Pupil numbers fell"),
    ("", "I asked Ann? Pupil numbers fell"),
    ("", "Ann Pupil School, the Ann Pupil Foundation"),
    ("", "Thackray, Ann, and others"),
    ("", "James, Pupil, Ann and Bob"),
    ("", "Ann Thackray and William Pupil"),
    ("", "UPN B801200005002"),
]


@pytest.fixture(scope="module")
def roll(tmp_path_factory: pytest.TempPathFactory) -> Roll:
    path = tmp_path_factory.mktemp("roll") / ROLL_FILE
    save(path, PEOPLE)
    return Roll(path)


@pytest.mark.parametrize(("letters", "marked"), ROWS)
def test_who_is_named(roll: Roll, letters: str, marked: str) -> None:
    """Names in their usual forms are met, as plainly as they stand, and nothing else is."""
    text, spans = unmarked(marked)

    named = dict(_spans(roll, text))

    expected = {(span.start, span.end): how for span, how in zip(spans, letters, strict=True)}
    assert expected == named


def _spans(roll: Roll, text: str) -> Iterator[tuple[tuple[int, int], str]]:
    folded = fold(text)
    for one in roll.named(folded.text, [(0, len(folded.text))]):
        span = folded.original(one.start, one.end)
        yield (span.start, span.end), "#" if one.how.name == "NUMBER" else one.how.name[0]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("I saw Ann Pupil today.", ["low"]),
        ("Ann Pupil, and Ann Pupil again, or Pupil, Ann.", ["low"]),
        ("Ann Pupil and Chloe Lomax", ["low", "low"]),
        ("code B801200005001", ["high"]),
        ("Will May do that? Rose Green curtains for Grace Day.", []),
        ("Grace Day (7B) was hurt.", ["low"]),
        ("A. Pupil in year 9", ["low"]),
        ("A. Pupil called", []),
        ("Pip Oyelaran teaches", []),
        ("Sam Vosper, who is a pupil or a teacher", []),
    ],
)
def test_a_name_alone_alerts_nobody(roll: Roll, text: str, expected: list[str]) -> None:
    """A pupil is reported once and low; words of every day and initials only where more speaks."""
    findings = Scanner(roll=roll).scan_text(text)

    assert expected == [one.confidence for one in findings if one.rule == "pupil-on-roll"]


def confidences(roll: Roll, text: str, to: str, *, sender: str = "") -> list[str]:
    body = Part(PartId("1"), PartKind.BODY, "text/plain", "", 0, "", text)
    writer = Participant("Ann Pupil" if sender else "", sender or "office@larkmere.example")
    mail = ParsedMail(message_id="", date=None, subject="", from_=(writer,), parts=(body,))
    scanner = Scanner(roll=roll, domains=frozenset({"larkmere.example"}))
    findings = scanner.scan(mail, recipients=(Recipient(to),))
    return [one.confidence for one in findings if one.rule == "pupil-on-roll"]


ONE = "Ann Pupil is doing well."
WITH_MORE = "Ann Pupil, NHS number 999 759 5874"
LIST = "Name\tForm\nAnn Pupil\t7B\nChloe Lomax\t7B\nOskar Quill\t7C\nBill Thackray\t8A\n"
MANY = "Ann Pupil, Chloe Lomax, Oskar Quill and also Bill Thackray came."


@pytest.mark.parametrize(
    ("text", "to", "expected"),
    [
        (ONE, "head@larkmere.example", ["low"]),
        (WITH_MORE, "head@larkmere.example", ["low"]),
        (MANY, "head@larkmere.example", ["low"] * 4),
        (ONE, "sales@shop.example", ["low"]),
        (WITH_MORE, "sales@shop.example", ["medium"]),
        (MANY, "sales@shop.example", ["medium"] * 4),
        (LIST, "sales@shop.example", ["low"] * 4),
    ],
)
def test_names_are_raised_where_they_leave_the_trust(
    roll: Roll, text: str, to: str, expected: list[str]
) -> None:
    """Outside, beside other data or among several, a name is worth a look; a list says it once."""
    found = confidences(roll, text, to)

    assert expected == found


def test_whoever_writes_or_gets_a_mail_is_not_reported(roll: Roll) -> None:
    """A signature tells nobody anything."""
    found = confidences(roll, "Yours, Ann Pupil", "x@shop.example", sender="a@larkmere.example")

    assert [] == found


def test_nothing_of_the_roll_can_be_read_at_rest(tmp_path: Path) -> None:
    """The file holds hashes under a key of its own, and both are for their owner alone."""
    path = tmp_path / ROLL_FILE

    save(path, PEOPLE)

    content = path.read_bytes().lower()
    secrets = (b"pupil\x00", b"thackray", b"b801200005001", b"4512", b"quill")
    assert not [one for one in secrets if one in content]
    for file in (path, tmp_path / KEY_FILE):
        assert 0o600 == stat.S_IMODE(file.stat().st_mode)


def test_another_key_makes_other_hashes(tmp_path: Path) -> None:
    """Whoever has the file alone cannot try names on it."""
    one, other = tmp_path / "one" / ROLL_FILE, tmp_path / "other" / ROLL_FILE
    for path in (one, other):
        path.parent.mkdir()
        save(path, PEOPLE)

    assert one.read_bytes().partition(b"\n")[2] != other.read_bytes().partition(b"\n")[2]


def test_an_import_is_taken_over_and_keeps_its_key(tmp_path: Path) -> None:
    """A worker that runs sees the new roll; who is missing from it has left."""
    path = tmp_path / ROLL_FILE
    save(path, PEOPLE)
    roll = Roll(path)
    key = (tmp_path / KEY_FILE).read_bytes()

    save(path, PEOPLE[1:])
    roll.refresh()

    assert () == roll.named("Ann Pupil")
    assert key == (tmp_path / KEY_FILE).read_bytes()


def damaged(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-1])


def of_another_key(path: Path) -> None:
    path.with_name(KEY_FILE).chmod(0o600)
    path.with_name(KEY_FILE).write_bytes(bytes(32))


def without_key(path: Path) -> None:
    path.with_name(KEY_FILE).unlink()


def empty(path: Path) -> None:
    path.write_bytes(b"")


@pytest.mark.parametrize("spoil", [damaged, of_another_key, without_key, empty])
def test_a_roll_that_cannot_be_used_is_an_error(
    tmp_path: Path, spoil: Callable[[Path], None]
) -> None:
    """Nothing is scanned as if nobody were on the roll; one line says what to do."""
    path = tmp_path / ROLL_FILE
    save(path, PEOPLE)
    spoil(path)

    with pytest.raises(RollError, match=r"section9 people import"):
        Roll(path)


def test_without_an_import_nobody_is_named(tmp_path: Path) -> None:
    """A fresh archive works before any directory was imported."""
    assert () == Roll(tmp_path / ROLL_FILE).named("Ann Pupil")


def test_a_text_of_nothing_but_names_takes_linear_time(roll: Roll) -> None:
    """No arrangement of words is dear."""
    text = "Ann Pupil, William Grace O'Brien-Jones May Will van der Day Rose A. B. C. "

    assert growth(lambda times: roll.named(text * times), 500) < 1.2
