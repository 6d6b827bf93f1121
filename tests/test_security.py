"""docs/security.md is a promise for each attack: the tests that it names exist."""

import re
from pathlib import Path

TESTS = Path(__file__).parent
TABLE = TESTS.parent / "docs" / "security.md"


def test_every_attack_names_tests_that_exist() -> None:
    """A row without a test is a claim; a test that was renamed takes its row with it."""
    text = "\n".join(path.read_text() for path in TESTS.glob("test_*.py"))
    written = set(re.findall(r"^(?:async )?def (test_\w+)", text, re.MULTILINE))
    rows = [
        line
        for line in TABLE.read_text().splitlines()
        if line.startswith("| ") and not line.startswith(("| attack", "| ---"))
    ]

    named = [re.findall(r"`(test_\w+)`", row) for row in rows]

    assert [] == [row for row, tests in zip(rows, named, strict=True) if not tests]
    assert set() == {test for tests in named for test in tests} - written
