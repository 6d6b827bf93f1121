"""What the transformer reads in what passes between people of the trust (clauses 6.2, 6.4, 8)."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from clocked import cpu_seconds

from detectors import acts
from detectors.catalogue import MAIL_DETECTORS
from detectors.contract import Exempt
from detectors.patterns.history import Passed
from detectors.patterns.weighing import CLOSELY, to_read_closely
from detectors.scan import Scanner
from detectors.training import contacts
from section9 import Confidence, Finding, MailId, ParsedMail, Part, PartId, PartKind, Span

SCORN = "It was embarrassing to watch you flounder in front of the whole department."
HUSH = "Officially this conversation never happened, all right?"
HOME = f"22f@pupils.{contacts.DOMAIN}"


def mail(text: str, *, by: str = "adult", to: str = "colleague", quoted: int = 0) -> ParsedMail:
    """A message; of its text so many characters at the end are quoted."""
    spans = (Span(len(text) - quoted, len(text)),) if quoted else ()
    body = Part(PartId("1"), PartKind.BODY, "text/plain", "", 0, "", text, quoted=spans)
    who = {**contacts.WHO, "colleague": (contacts.WHO["child+colleague"][1],)}
    return ParsedMail(
        "", datetime(2026, 10, 5, 10, tzinfo=UTC), "", who[by], who[to], parts=(body,)
    )


def noted(message: ParsedMail, scanner: Scanner | None = None) -> list[Finding]:
    found = (scanner or contacts.scanner()).scan(message)
    return [one for one in found if one.why == acts.WHY]


@pytest.mark.parametrize(
    ("text", "to", "rule"),
    [
        (SCORN, "colleague", "belittling"),
        (HUSH, "child", "secrecy"),
        ("I keep thinking about your smile, you know.", "child", "affection"),
    ],
)
def test_what_no_phrase_says_is_noted(text: str, to: str, rule: str) -> None:
    """Low and hardly grave: one message is never more. The passage is what the finding spans."""
    greeting = "Hi,\n\n"

    found = [one for one in noted(mail(greeting + text, to=to)) if one.rule == rule]

    assert [(len(greeting), len(greeting) + len(text))] == [(one.start, one.end) for one in found]
    assert all(one.confidence is Confidence.LOW and one.severity <= 2 for one in found)


@pytest.mark.parametrize(
    "message",
    [
        mail(HUSH, to="child+parent"),
        mail(HUSH, to="child+colleague"),
        mail(HUSH, to="children"),
        mail(SCORN, to="network-news"),
        mail(SCORN, by="network-news"),
        mail(f"Thank you.\n\n{SCORN}", quoted=len(SCORN)),
        mail("Please bring the register to the office by ten, thank you."),
        mail("Well done on Friday, your essay was much better than the last one.", to="child"),
    ],
)
def test_what_it_is_not_asked_about(message: ParsedMail) -> None:
    """What others watch, a class, outside mail, what is quoted; and ordinary mail is nothing."""
    assert [] == noted(message)


def test_a_declared_exception_is_left_alone() -> None:
    """What a parent who works at the school writes to their child is not read for contact."""
    adult = contacts.PEOPLE[0].address
    excepted = Exempt(adult, HOME, datetime(2099, 1, 1, tzinfo=UTC).date())
    scanner = replace(contacts.scanner(), exempt=(excepted,))

    assert "secrecy" not in {one.rule for one in noted(mail(HUSH, to="child"), scanner)}


def test_every_rule_of_it_may_be_switched_off() -> None:
    """By its name, as what phrases find."""
    off = replace(contacts.scanner(), runs=lambda rule: rule != "belittling")

    assert acts.DETECTOR in MAIL_DETECTORS
    assert "belittling" not in {one.rule for one in noted(mail(SCORN), off)}


def test_only_some_passages_of_a_message_are_read() -> None:
    """A long one costs no more than ten passages."""
    every = [f"You have {number} of them, and I have as many again." for number in range(2000)]

    long, short = ("\n".join(lines) for lines in (every, every[:20]))
    read = list(acts.read(short))

    assert list(acts.read(long)) == read
    assert cpu_seconds(lambda: list(acts.read(long))) < 5


def test_what_is_read_closely() -> None:
    """What came by an address that nobody knew: the newest of it."""
    at = datetime(2026, 10, 5, tzinfo=UTC)
    known = Passed(MailId("x"), at, "a", "b")
    linked = [replace(known, mail=MailId(f"{n:03d}"), linked=True) for n in range(CLOSELY + 9)]

    assert [] == to_read_closely([known])
    assert [one.mail for one in linked[-CLOSELY:]] == to_read_closely([known, *linked])


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", []),
        ("One. Two!", ["One. Two!"]),
        ("lol\nur weird\n\nbye", ["lol\n", "ur weird\n", "\n", "bye"]),
        (f"{'a b ' * 20}\n{'c d ' * 5}end.\nHi", [f"{'a b ' * 20}\n{'c d ' * 5}end.\n", "Hi"]),
        ("x" * 900, ["x" * 400, "x" * 400, "x" * 100]),
    ],
)
def test_passages_are_sentences_and_short_lines(text: str, expected: list[str]) -> None:
    """Every character is in one; a sentence may go on over lines that are wrapped."""
    assert expected == [text[start:end] for start, end in acts.passages(text)]
