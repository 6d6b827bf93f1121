"""Tables in plain text: the cells that may head a place."""

import pytest

from detectors.layout import tables


def headings_over(text: str, value: str) -> list[str] | None:
    """Return the cells over a value, top one first; None where no table holds it."""
    place = text.index(value)
    for table in tables(text):
        if table.start < place < table.end:
            return [text[s.start : s.end].strip() for s in table.headings_of(text, place)]
    return None


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Name\tNHS\tDOB\nAnn\t9991\t2010\n", ["NHS"]),
        ("Name\tNHS\tDOB\nAnn\t\t2010\nBob\t9991\t2011\n", ["NHS"]),
        ("Name,NHS,DOB\r\nAnn,9991,2010\r\n", ["NHS"]),
        ('Name,NHS\n"Example, Ann",9991\n', ["NHS"]),
        ("Name;NHS\nAnn;9991\n", ["NHS"]),
        ("| Name | NHS |\n|---|---|\n| Ann | 9991 |\n", ["NHS", "---"]),
        ("Name      NHS     DOB\nAnn       9991    2010\n", ["NHS"]),
        ("Dear all, see below\n\nName,NHS\nAnn,9991\n", ["NHS"]),
        ("Name\tNHS\nAnn\tAB 12 34 56 C\nBob\t9991\n", ["NHS"]),
        ("Year 2024\tList\nAnn\t9991\n", None),
        ("Name,NHS\nno table here\nAnn,9991\n", None),
        ("a line\n9991\n", None),
        ("Hi Sue, see below\nName,NHS\nAnn,9991\n", ["see below", "NHS"]),
        ("Name,NHS\nAnn,\nBob,9991\n", ["NHS", ""]),
    ],
)
def test_heading(text: str, expected: list[str] | None) -> None:
    """The heading is among the first lines without numbers, with as many cells as the rows."""
    found = headings_over(text, "9991")

    assert expected == found
