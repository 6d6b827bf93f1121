"""`section9 detect`: the detectors alone, in the shape that DESIGN.md section 7 fixes."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from running import House, made

TEXT = "Her NHS number is 943 476 5919."
KEYS = ["rule", "category", "clause", "confidence", "severity", "part", "start", "end", "why"]


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    with made(tmp_path_factory.mktemp("detect") / "house") as house:
        yield house


def test_jsonl_has_the_agreed_shape(house: House, tmp_path: Path) -> None:
    """The id comes back as it was given, the keys are these, and the text is never repeated."""
    mail = tmp_path / "mail.eml"
    mail.write_bytes(b"Subject: trip\r\n\r\n" + TEXT.encode() + b"\r\n")
    lines = (
        b'{"id": "a", "text": "%s"}\n\n{"id": 7, "text": ""}\n{"id": "", "path": "%s"}\n'
        b'{"more": [1], "text": "nothing", "id": "d"}'
    ) % (TEXT.encode(), bytes(mail))

    done = house.run("detect", "--jsonl", given=lines)
    found = [house.read(line) for line in done.stdout.splitlines()]

    assert (0, b"") == (done.returncode, done.stderr)
    assert ["a", 7, "", "d"] == [line["id"] for line in found]
    assert [1, 0, 1, 0] == [len(line["findings"]) for line in found]
    assert all({"id", "findings"} == set(line) for line in found)
    [finding] = found[0]["findings"]
    assert set(KEYS) == set(finding)
    assert ("nhs-number", "personal-data") == (finding["rule"], finding["category"])
    assert "943 476 5919" == TEXT[finding["start"] : finding["end"]]
    assert b"5919" not in done.stdout


@pytest.mark.parametrize(
    "line",
    [
        b"{",
        b"[]",
        b"{}",
        b'{"id": "x"}',
        b'{"id": 1.5, "text": ""}',
        b'{"text": "no id"}',
        b'{"id": "x", "text": null}',
        b'{"id": "x", "text": "a", "path": "b"}',
        b'{"id": "x", "path": "/no/such/file"}',
        b'{"id": "x", "path": "/"}',
        b'{"id": "x", "path": "\\u0000"}',
        b'{"id": "x", "text": "\xff"}',
    ],
)
def test_a_bad_line_is_named_by_its_number(house: House, line: bytes) -> None:
    """What came before it is answered; the code is 2, and the line is not quoted."""
    done = house.run("detect", "--jsonl", given=b'{"id": 1, "text": ""}\n' + line + b"\n")

    assert (2, 1) == (done.returncode, len(done.stdout.splitlines()))
    assert b"section9: line 2: " == done.stderr[:18]
    assert 1 == len(done.stderr.splitlines())


def test_files_are_read_as_mail_or_as_documents(house: House, tmp_path: Path) -> None:
    """A folder is walked; each finding is one line, whatever the file is called."""
    (tmp_path / "mail.eml").write_bytes(b"Subject: trip\r\n\r\n" + TEXT.encode() + b"\r\n")
    (tmp_path / "notes.txt").write_text(TEXT)
    (tmp_path / "\x1b[2J\udcff.txt").write_text(TEXT)

    done = house.run("detect", tmp_path)

    assert (0, b"") == (done.returncode, done.stderr)
    assert 3 == done.stdout.count(b"nhs-number")
    assert b"\x1b" not in done.stdout


def test_it_needs_no_data_folder(tmp_path: Path) -> None:
    """Anybody can try the detectors, anywhere."""
    done = House(tmp_path).run("detect", "--jsonl", given=b'{"id": 1, "text": "nothing"}\n')

    assert (0, b'{"id":1,"findings":[]}\n') == (done.returncode, done.stdout)


EXCEPTION = """
[[trust.exception]]
adult = "Ada.Quill@school.example"
child = "bo@pupils.school.example"
reviewer = "d.sl"
until = 2999-07-31
why = "mother and son"
"""
PEOPLE = (
    b"address,name,role\nada.quill@school.example,Ada Quill,staff\n"
    b"bo@pupils.school.example,Bo,student\n"
)
LIFT = (
    b"From: ada.quill@school.example\r\nTo: bo@pupils.school.example\r\n\r\n"
    b"I'll pick you up at six. Keep it between us.\r\n"
)


def test_parent_and_child_are_declared_in_the_settings(house: House, tmp_path: Path) -> None:
    """An alarm is a note once the exception stands in section9.toml, which needs a reviewer."""
    (tmp_path / "people.csv").write_bytes(PEOPLE)
    (tmp_path / "lift.eml").write_bytes(LIFT)
    house.run("people", "import", tmp_path / "people.csv")
    settings = house.home / "section9.toml"
    plain = settings.read_text()

    before = house.run("detect", tmp_path / "lift.eml").stdout
    settings.write_text(plain + EXCEPTION)
    after = house.run("detect", tmp_path / "lift.eml").stdout
    settings.write_text(plain + EXCEPTION.replace('reviewer = "d.sl"\n', ""))
    refused = house.run("detect", tmp_path / "lift.eml")
    settings.write_text(plain)

    assert (2, 0) == (before.count(b"(high, "), after.count(b"(high, "))
    assert 2 == after.count(b"(low, severity 1)")
    assert (3, True) == (refused.returncode, b"reviewer" in refused.stderr)
