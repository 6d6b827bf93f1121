"""The scanner: whole mails, long texts, hidden and quoted text, order and limits."""

import subprocess
import sys
from dataclasses import replace

import pytest

from detectors.scan import MOST_FINDINGS, Scanner
from section9 import Confidence, ParsedMail, Part, PartId, PartKind, Span

NUMBER = "999 759 5874"
BODY = Part(
    id=PartId("1"),
    kind=PartKind.BODY,
    media_type="text/plain",
    filename="",
    size=0,
    sha256="",
    text=f"Her NHS number is {NUMBER}.",
)
MAIL = ParsedMail(message_id="", date=None, subject="", from_=(), parts=(BODY,))


def test_scans_subject_and_parts_in_order() -> None:
    """Findings name the part they are in: the subject first, then the parts as they come."""
    second = replace(BODY, id=PartId("2"), kind=PartKind.ATTACHMENT, text="NINO AB123456C")
    mail = replace(MAIL, subject=f"NHS {NUMBER}", parts=(BODY, second))

    findings = Scanner().scan(mail)

    assert [("subject", "nhs-number"), ("1", "nhs-number"), ("2", "nino")] == [
        (each.part, each.rule) for each in findings
    ]


def test_a_part_that_repeats_is_not_scanned_again() -> None:
    """An alternative that says the same gives no second finding."""
    again = replace(BODY, id=PartId("2"), repeats=True)

    findings = Scanner().scan(replace(MAIL, parts=(BODY, again)))

    assert ["1"] == [each.part for each in findings]


@pytest.mark.parametrize(
    ("field", "note"), [("hidden", "hidden from the reader"), ("quoted", "in quoted text")]
)
def test_says_where_few_would_see_it(field: str, note: str) -> None:
    """What stands in hidden or quoted text is found, and the finding says that it does."""
    start = BODY.text.index(NUMBER)
    spans = (Span(start + 3, start + 5), Span(0, 2))
    part = Part(
        id=BODY.id,
        kind=BODY.kind,
        media_type=BODY.media_type,
        filename="",
        size=0,
        sha256="",
        text=BODY.text,
        hidden=spans if field == "hidden" else (),
        quoted=spans if field == "quoted" else (),
    )

    [finding] = Scanner().scan(replace(MAIL, parts=(part,)))

    assert note == finding.why.rpartition("; ")[2]


def test_offsets_are_into_the_text_as_it_came() -> None:
    """Zero-width characters before and within a number do not shift its span."""
    text = "\u200bNHS\u200b number 999\u200b 759 5874"

    [finding] = Scanner().scan_text(text)

    assert "999\u200b 759 5874" == text[finding.start : finding.end]


def test_a_heading_far_above_still_names_its_column() -> None:
    """The last row of a long table is judged by the heading at its top."""
    rows = "".join(f"Pupil {n},7{chr(65 + n % 26)},note {n}\n" for n in range(5_000))
    text = f"Name,Form,NHS No\n{rows}Ann Example,7A,9997595874\n"

    [finding] = Scanner().scan_text(text)

    assert Confidence.HIGH == finding.confidence
    assert "9997595874" == text[finding.start : finding.end]


def test_a_long_text_is_read_only_round_its_suspects() -> None:
    """Findings far apart in a long text are all found, each in its place."""
    prose = "The quick brown fox jumps over the lazy dog.\n" * 2_000
    text = f"NHS no {NUMBER}.\n{prose}NI number AB123456C.\n{prose}UPN B801200005001\n"

    findings = Scanner().scan_text(text)

    assert [NUMBER, "AB123456C", "B801200005001"] == [text[f.start : f.end] for f in findings]
    assert {Confidence.HIGH} == {each.confidence for each in findings}


@pytest.mark.parametrize("joint", [" ", "\n", ", "])
def test_findings_are_bounded_and_say_so(joint: str) -> None:
    """Past the limit one more finding stands for all the rest."""
    text = joint.join(["UPN B801200005001"] * (MOST_FINDINGS + 500))

    findings = Scanner().scan_text(text)

    assert MOST_FINDINGS + 1 == len(findings)
    assert findings[-1].why.startswith("more of this shape")


@pytest.mark.parametrize("unit", ["1", "1 ", "999 123 4568 ", "AB 12 34 56 ", '"1,', "\u200b1"])
def test_hostile_text_gives_nothing(unit: str) -> None:
    """Runs of digits and of nearly-identifiers hold no identifier."""
    assert [] == [
        each for each in Scanner().scan_text(unit * 20_000 + ".") if each.confidence != "low"
    ]


def test_the_same_text_gives_the_same_findings() -> None:
    """Findings come in the order of the text, every time."""
    text = "card 4111111111111111, UPN B801200005001, NINO AB123456C, NHS 9997595874"

    findings = Scanner().scan_text(text)

    assert sorted(findings, key=lambda each: each.start) == list(findings)
    assert findings == Scanner().scan_text(text)


def test_names_the_rules_that_ran() -> None:
    """The ledger records which versions read a mail."""
    rules = Scanner().rules.split(" ")

    assert rules == sorted(rules)
    assert {"bank-account/2", "nhs-number/1", "telephone/1"} <= set(rules)


def test_spacy_waits_until_a_text_needs_it() -> None:
    """Importing the scanner and reading an ordinary mail never loads spaCy."""
    script = (
        "import sys; from detectors.scan import Scanner; "
        "Scanner().scan_text('Lunch at 12.30 on 01/02/2024? Call 01632 960123.'); "
        "print('spacy' in sys.modules)"
    )

    done = subprocess.run([sys.executable, "-c", script], check=True, capture_output=True)

    assert b"False" == done.stdout.strip()
