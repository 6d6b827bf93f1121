"""National Insurance numbers: a table of what must be found, how surely, and what must not.

Marks (« ») stand round each span to find, and the letters before the text give the confidence of
each in order: High, Medium, Low. All numbers are invented.
"""

import pytest

from detectors.evaluate import unmarked
from detectors.scan import Scanner

ROWS = [
    ("H", "NI number: «AB 12 34 56 C»"),
    ("H", "National Insurance number «AB123456C»"),
    ("H", "NINO «AB 123456 C»"),
    ("H", "N.I. No. «AB-12-34-56-C»"),
    ("H", "my nat ins no is «ab123456c» thanks"),
    ("H", "ni number «ab 12 34 56 c»"),
    ("H", "«CE123456A» is my National Insurance number"),
    ("H", "Name\tNI Number\tStart\nAnn Example\t«AB 12 34 56 C»\t01/09/2024\n"),
    ("HH", "Employee,NINO\nAnn Example,«AB123456C»\nBob Example,«CE123456A»\n"),
    ("M", "NI no «AB 12 34 56»"),
    ("M", "National Insurance: «A B 1 2 3 4 5 6 C»"),
    ("H", "Payroll starter form for Ann Example: «AB123456C»"),
    ("H", "Please add to payroll, HMRC tax code 1257L, «AB 12 34 56 D»"),
    ("H", "DOB 01/02/1980, «JX123456D»"),
    ("H", "NI: «AB 12 34 56\u00a0C»"),
    ("H", "NI: «АB123456C»"),
    ("H", "NI: «AB12\u200b3456C»"),
    ("M", "Ann Example «AB123456C»"),
    ("M", "«AB 12 34 56 C»"),
    ("M", "Ann («AB123456C») rang"),
    ("MM", "«AB123456C» «CE123456A»"),
    ("L", "see «ab123456c» in the log"),
    ("L", "Order reference «AB123456C»"),
    ("L", "Part no. «CE 12 34 56 A»"),
    ("L", "Serial,Item\n«AB123456C»,Laptop\n"),
    ("", "QQ 12 34 56 A is the example on the form; NI number QQ123456C"),
    ("", ("NI number BG123456A, GB123456A, NK123456A, KN123456A, TN123456A, NT123456A, ZZ123456A")),
    ("", ("NI number DA123456A, FA123456A, IA123456A, UA123456A, VA123456A, AO123456A, AQ123456A")),
    ("", "NI number AB123456E"),
    ("", "NI number AB 12 34 5 C"),
    ("", "NI number AB1234567C"),
    ("", "TRN 11 a1 11 11, teacher ref 1234567"),
    ("", "Passport AB1234567 and licence EXAMP 801026 AB9CD"),
    ("", "They paid at 123456 a month, by 200000 a year"),
    ("", "postcode AB12 3CD, car AB12 CDE, flight BA 1234"),
    ("", "Royal Mail AB123456789GB"),
    ("", "commit 9fab123456c0 and XAB123456C"),
    ("", "https://shop.example/item/AB123456C/view"),
    ("", "AB123456C-2 and 7-AB123456C"),
    ("", "NI number: see form NI38; room AB 12, group 34, code 56"),
    ("L", "«ab 01 02 03 d»"),
    ("M", "NI number: «AB 12 34\n56 C»"),
    ("M", "> my NI number is «AB 12\n> 34 56 C»"),
    ("", "grant of 200000 a, at 123456 b, to 100000 c"),
]


@pytest.mark.parametrize(("levels", "marked"), ROWS)
def test_found_where_marked_and_nowhere_else(levels: str, marked: str) -> None:
    """Every marked span is found with its confidence, and nothing else of this rule is."""
    text, spans = unmarked(marked)

    findings = Scanner().scan_text(text)

    found = [each for each in findings if each.rule == "nino"]
    expected = [(s.start, s.end, level) for s, level in zip(spans, levels, strict=True)]
    assert expected == [(f.start, f.end, f.confidence[0].upper()) for f in found]


@pytest.mark.parametrize(("levels", "marked"), [row for row in ROWS if row[0]])
def test_why_never_repeats_the_number(levels: str, marked: str) -> None:
    """A reader of a finding learns what spoke for it, and no part of the number."""
    text, spans = unmarked(marked)

    findings = Scanner().scan_text(text)

    assert len(levels) <= len(findings)
    values = [text[s.start : s.end].lower() for s in spans]
    assert not [f.rule for f in findings for value in values if value in f.why.lower()]
