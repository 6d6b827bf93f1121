"""Unique Pupil Numbers: a table of what must be found, how surely, and what must not.

Marks (« ») stand round each span to find, and the letters before the text give the confidence of
each in order: High, Medium, Low. All numbers are invented.
"""

import pytest

from detectors.evaluate import unmarked
from detectors.scan import Scanner

ROWS = [
    ("H", "UPN: «B801200005001»"),
    ("H", "Unique Pupil Number «V201000190001»"),
    ("H", "His U.P.N. is «J373200022001»"),
    ("H", "«H936123420004» (UPN)"),
    ("H", "temporary UPN «B80120000500B»"),
    ("H", ("Name\tUPN\tDOB\nAnn\t«B801200005001»\t01/02/2012\nBob\tQ200000190002\t03/04/2012\n")),
    ("HH", ("UPN,Surname,Forename\n«B801200005001»,Example,Ann\n«J373200022001»,Other,Bob\n")),
    ("HHH", "UPNs:\n«B801200005001»\n«V201000190001»\n«J373200022001»\n"),
    ("H", "upn «b801200005001»"),
    ("H", "UPN «B 801 2000 05 001»"),
    ("M", "UPN «B-801-2000-05-001»"),
    ("H", "UPN: «A999400022117»"),
    ("H", "UPN «Z838400022117» came with her from Dorset"),
    ("H", "UPN «L660200018005» came with him from Wales"),
    ("H", "The pupil «B801200005001» moved in June."),
    ("H", "CTF for «V201000190001» attached"),
    ("H", "Student: Ann Example «J373200022001»"),
    ("H", "Ann Example, DOB 01/02/2012, «J373200022001»"),
    ("H", '{"upn":"«B801200005001»","year":7}'),
    ("H", "UPN: «B8012\u200b00005001»"),
    ("H", "UPN: «Ｂ801200005001»"),
    ("M", "«B801200005001»"),
    ("M", "Ann Example «H936123420004» joined us."),
    ("MM", "«B801200005001», «V201000190001»"),
    ("L", "order number «B801200005001»"),
    ("L", "asset tag «B801200005001» is a laptop"),
    ("L", "see «b801200005001» please"),
    ("", "UPN A801200005001"),
    ("", "UPN B801200005002"),
    ("", "UPN I801200005001, O801200005001, S801200005001"),
    ("", "UPN B80120000500"),
    ("", "UPN B8012000050011"),
    ("", "xB801200005001 and B801200005001x"),
    ("L", "«A999400022117» from an authority that never was"),
    ("", "UCI 123450200001A, ULN 1234567890"),
    ("", "URN 123456, LAESTAB 801/2000"),
    ("", "https://cdn.example/B801200005001/img.png"),
    ("", "B801200005001-77"),
    ("", "tracking JD0002218012000050 and JJD01234567890"),
    ("MM", "the pupils' upns are «B801200005001»/«V201000190001»"),
    ("M", "file «B801200005001».pdf attached"),
    ("M", "report_«B801200005001»_2024.pdf"),
]


@pytest.mark.parametrize(("levels", "marked"), ROWS)
def test_found_where_marked_and_nowhere_else(levels: str, marked: str) -> None:
    """Every marked span is found with its confidence, and nothing else of this rule is."""
    text, spans = unmarked(marked)

    findings = Scanner().scan_text(text)

    found = [each for each in findings if each.rule == "upn"]
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
