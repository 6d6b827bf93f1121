"""How grave a leak is: data times recipient."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from detectors.contract import Context
from detectors.exposure import Agreed, Reach, reach
from detectors.lookalike import resembles
from detectors.scan import Scanner
from section9 import (
    ParsedMail,
    Part,
    Participant,
    PartId,
    PartKind,
    Person,
    PersonRole,
    Recipient,
    Span,
)

OWN = frozenset({"larkmere.example"})
PEOPLE = {
    "ann.pupil@larkmere.example": PersonRole.STUDENT,
    "mum@gmail.com": PersonRole.PARENT,
    "head@larkmere.example": PersonRole.STAFF,
    "j.wrenfield@larkmere.example": PersonRole.STAFF,
    "cook@larkmere.example": PersonRole.STAFF,
}
SCHOOLS = {"cook@larkmere.example": "Thornby", "j.wrenfield@larkmere.example": "Hallowbeck"}
TODAY = date(2026, 11, 1)
AGREED = (Agreed("la.example", date(2026, 12, 31)), Agreed("old.example", date(2026, 10, 31)))


def person(address: str) -> Person | None:
    role = PEOPLE.get(address)
    return Person(address, "Somebody Example", role, SCHOOLS.get(address, "")) if role else None


SCANNER = Scanner(
    person=person, domains=OWN, agreed=AGREED, clock=lambda: datetime(2026, 11, 1, tzinfo=UTC)
)
TEXT = "NHS number 999 759 5874"
BODY = Part(PartId("1"), PartKind.BODY, "text/plain", "", 0, "", TEXT)
MAIL = ParsedMail(message_id="", date=None, subject="", from_=(), parts=(BODY,))


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("office@larkmere.example", Reach.INSIDE),
        ("office@north.larkmere.example", Reach.INSIDE),
        ("head@larkmere.example", Reach.INSIDE),
        ("cook@larkmere.example", Reach.SCHOOL),
        ("ann.pupil@larkmere.example", Reach.PUPIL),
        ("mum@gmail.com", Reach.PARENT),
        ("sen@la.example", Reach.AGREED),
        ("sen@north.la.example", Reach.AGREED),
        ("sen@old.example", Reach.OUTSIDE),
        ("sales@shop.example", Reach.OUTSIDE),
        ("stranger@gmail.com", Reach.PRIVATE),
        ("jane.wrenfield@gmail.com", Reach.ONESELF),
        ("office@larkmeere.example", Reach.LOOKALIKE),
        ("office@larkrnere.example", Reach.LOOKALIKE),
        ("office@larkmere.co.example", Reach.LOOKALIKE),
    ],
)
def test_who_a_recipient_is_to_the_trust(address: str, expected: Reach) -> None:
    """Each recipient is told by domain, directory, agreement and likeness."""
    context = Context(
        PartId("1"), domains=OWN, person=person, sender="j.wrenfield@larkmere.example"
    )

    found = reach(Recipient(address), context, agreed=frozenset({"la.example"}))

    assert expected is found


def test_a_rule_that_forwards_outside_is_told() -> None:
    """Whoever is an alternate recipient outside got it by a rule, not by the sender's hand."""
    context = Context(PartId("1"), domains=OWN)
    forwarded = Recipient("x@shop.example", forwarded_from="head@larkmere.example")

    assert Reach.FORWARDED is reach(forwarded, context, agreed=frozenset())


@pytest.mark.parametrize(
    ("sender", "recipients", "severity"),
    [
        ("head@larkmere.example", ["office@larkmere.example"], 3),
        ("head@larkmere.example", ["sen@la.example"], 3),
        ("head@larkmere.example", ["sen@old.example"], 4),
        ("head@larkmere.example", ["stranger@gmail.com"], 5),
        ("head@larkmere.example", ["office@larkmere.example", "stranger@gmail.com"], 5),
        ("head@larkmere.example", [f"p{n}@shop.example" for n in range(5)], 5),
        ("mum@gmail.com", ["office@larkmere.example"], 2),
    ],
)
def test_severity_is_data_times_recipient(
    sender: str, recipients: list[str], severity: int
) -> None:
    """The same number is graver with a stranger than with a colleague."""
    sent_to = tuple(map(Recipient, recipients))

    [finding] = SCANNER.scan(MAIL, sender=sender, recipients=sent_to)

    assert severity == finding.severity


def test_headers_stand_in_where_no_server_spoke() -> None:
    """A message from a file has its recipients from its header."""
    mail = replace(
        MAIL,
        from_=(Participant("", "head@larkmere.example"),),
        cc=(Participant("", "stranger@gmail.com"),),
    )

    [finding] = SCANNER.scan(mail)

    assert (5, True) == (finding.severity, "private address" in finding.why)


def test_quoted_text_weighs_less_and_many_values_more() -> None:
    """What is only repeated is a step less grave; ten values in one message a step more."""
    sent_to = (Recipient("sales@shop.example"),)
    quoted = replace(BODY, quoted=(Span(0, len(TEXT)),))
    many = replace(BODY, text="\n".join([TEXT] * 10))

    [one] = SCANNER.scan(replace(MAIL, parts=(quoted,)), recipients=sent_to)
    ten = SCANNER.scan(replace(MAIL, parts=(many,)), recipients=sent_to)

    assert (3, [5] * 10) == (one.severity, [each.severity for each in ten])


def test_without_domains_nothing_is_weighed() -> None:
    """Where nobody said what the Trust's domains are, a rule's own severity stands."""
    [finding] = Scanner().scan(MAIL, recipients=(Recipient("stranger@gmail.com"),))

    assert 4 == finding.severity


@pytest.mark.parametrize(
    "domain", ["larkmere.example", "away.example", "larch.example", "a." * 200]
)
def test_other_names_do_not_resemble(domain: str) -> None:
    """One's own domain is no likeness of itself, nor is every name with some letters of it."""
    assert not resembles(domain, "larkmere.example")
