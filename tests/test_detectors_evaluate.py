"""Measuring the rules, and what they do on public cases and on ordinary mail."""

import email
import json
from collections import Counter
from collections.abc import Iterator
from email.message import Message
from itertools import chain
from pathlib import Path

import pytest

from detectors import school_records
from detectors.catalogue import TEXT_DETECTORS
from detectors.evaluate import (
    Label,
    LabelError,
    Labelled,
    Score,
    at_least,
    false_alarms,
    read_labelled,
    score,
    unmarked,
)
from detectors.scan import Scanner
from section9 import Confidence, Finding, RuleId, Span

DATA = Path(__file__).parents[2] / "shared" / "data"
CASES = DATA / "presidio_uk_cases" / "cases.json"
HAM = DATA / "mail_spamassassin"
RULES = {
    "test_uk_nhs_recognizer.py": ("nhs-number", 2),
    "test_uk_nino_recognizer.py": ("nino", 2),
    "test_credit_card_recognizer.py": ("payment-card", 3),
}
# Where we differ: an airline's UATP card, labelled and bare (nobody pays a school with one); an
# NHS number with a leading 0 and no label (a telephone's, until it is named); and a span of theirs
# that begins with a space.
DIFFERENCES = {"payment-card": 2, "nhs-number": 1, "nino": 1}

NINO = RuleId("nino")


def test_scores_by_shared_characters() -> None:
    """A finding is right, and a label met, where they share a character."""
    texts = [
        Labelled("1", "NINO AB123456C", (Label(NINO, 6, 9),)),
        Labelled("2", "NINO CE123456A"),
        Labelled("3", "nothing", (Label(NINO, 0, 7),)),
    ]

    scores = score(Scanner(), texts)

    assert {NINO: Score(found=2, right=1, labels=2, met=1)} == scores
    assert (0.5, 0.5) == (scores[NINO].precision, scores[NINO].recall)


def test_counts_false_alarms_per_thousand() -> None:
    """Alarms on text that holds nothing are counted per 1,000 texts, from medium up."""
    texts = ["NINO AB123456C", "lunch?", "see ab123456c", "9997595874"]

    assert {NINO: 250.0} == false_alarms(Scanner(), texts)


def test_reads_labels() -> None:
    """Labelled text is one JSON object a line; empty lines are nothing."""
    line = b'{"id": "7", "text": "x", "spans": [{"rule": "nino", "start": 0, "end": 1}]}\n'

    labelled = list(read_labelled([line, b"\n"]))

    assert [Labelled("7", "x", (Label(NINO, 0, 1),))] == labelled


def test_a_broken_label_is_named_by_its_line() -> None:
    """The error tells which line to mend, and repeats none of it."""
    with pytest.raises(LabelError, match=r"line 2 is no labelled text") as raised:
        list(read_labelled([b"\n", b'{"id": "secret"}']))

    assert "secret" not in str(raised.value)


def test_takes_marks_out() -> None:
    """Hand-written cases give their text without marks, and the marked spans."""
    assert ("a bc d", (Span(2, 4), Span(5, 6))) == unmarked("a «bc» «d»")


@pytest.mark.skipif(not CASES.exists(), reason=f"no public cases at {CASES.name}")
def test_agrees_with_public_cases() -> None:
    """Microsoft Presidio's cases come out the same, but for the four differences told above."""
    differ = Counter[str]()
    for case in json.loads(CASES.read_text()):
        rule, place = RULES.get(case["source"], ("", 0))
        if not rule:
            continue
        findings = Scanner().scan_text(case["values"][0])
        found = [[each.start, each.end] for each in findings if each.rule == rule]
        if found != case["values"][place]:
            differ[rule] += 1

    assert DIFFERENCES == differ


@pytest.mark.skipif(not HAM.exists(), reason=f"no ordinary mail at {HAM.name}")
def test_ordinary_mail_raises_next_to_no_alarm() -> None:
    """One mail in a hundred at most gives something away, and one at most is offensive.

    That is with a finding of medium confidence or more. Of identifiers none has but for a true
    one: a thread of five mails complains of one address on the Internet, and calls it one.
    """
    paths = sorted(chain(HAM.glob("easy-ham-*/*"), HAM.glob("hard-ham-*/*")))
    scanner = Scanner()

    alarms = [
        {one.rule for text in texts_of(path) for one in sure(scanner.scan_text(text))}
        for path in paths
    ]

    spoken = {rule.id for detector in TEXT_DETECTORS for rule in detector.rules}
    assert len([rules for rules in alarms if rules - spoken]) <= len(paths) / 100
    assert len([rules for rules in alarms if rules & spoken]) <= len(paths) / 100
    records = {detector.rule.id for detector in school_records.DETECTORS}
    assert {"ip-address"} == set().union(*alarms) - records - spoken


def sure(findings: tuple[Finding, ...]) -> tuple[Finding, ...]:
    return at_least(findings, Confidence.MEDIUM)


def texts_of(path: Path) -> Iterator[str]:
    """Yield the subject and each text part of a stored mail."""
    mail: Message = email.message_from_bytes(path.read_bytes())
    yield str(mail["Subject"])
    for part in mail.walk():
        if part.get_content_maintype() == "text":
            content = part.get_payload(decode=True)
            yield content.decode("latin-1") if isinstance(content, bytes) else ""
