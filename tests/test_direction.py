"""Which way a message crossed the trust's border: by who really sent it and really got it."""

import dataclasses
from datetime import UTC, datetime

import pytest

from search.direction import direction, own_domains
from search.merge import merge
from section9 import (
    BlobId,
    Direction,
    MailId,
    ParsedMail,
    Participant,
    Recipient,
    Record,
    Sighting,
    SightingId,
    Source,
)

NOW = datetime(2026, 9, 1, tzinfo=UTC)
TRUST = frozenset({"school.example", "trust.example"})
ADA, BEN = "ada@school.example", "ben@trust.example"
PUPIL = "pupil@years.school.example"  # a domain under the trust's
EVE, MUM = "eve@rival.example", "mum@home.example"
LOOKALIKE = "head@notschool.example"


def people(*addresses: str) -> tuple[Participant, ...]:
    return tuple(Participant("", address) for address in addresses)


def record(
    from_: str = "",
    *to: str,
    sender: str = "",
    told: tuple[str, ...] = (),
    trust: frozenset[str] = TRUST,
) -> Record:
    """A message as its header tells, and what a mail server `told` of it."""
    parsed = ParsedMail("m@x", NOW, "", from_=people(*filter(None, from_.split())), to=people(*to))
    recipients = tuple(map(Recipient, told))
    copy = Sighting(
        SightingId(f"{sender}{told}"),
        BlobId("b"),
        Source.SMTP,
        NOW,
        recipients=recipients,
        sender=sender,
    )
    own = own_domains(parsed, (copy,), trust)
    return Record(MailId("m"), NOW, parsed, (copy,), (), own)


@pytest.mark.parametrize(
    ("mail", "expected"),
    [
        (record(ADA, BEN), "internal"),
        (record(ADA, PUPIL), "internal"),
        (record(ADA, MUM), "outbound"),
        (record(ADA, BEN, MUM), "outbound"),
        (record(ADA, LOOKALIKE), "outbound"),
        (record(EVE, ADA), "inbound"),
        (record(EVE, ADA, MUM), "inbound"),
        (record(EVE, MUM), "inbound"),
        (record(EVE), "inbound"),
        (record(LOOKALIKE, ADA), "inbound"),
        (record("Ada@School.Example", "BEN@trust.example."), "internal"),
        (record(f"{ADA} {EVE}", BEN), "inbound"),
        # The server's word goes before the header's.
        (record(ADA, BEN, told=(MUM,)), "outbound"),
        (record(ADA, MUM, told=(BEN,)), "internal"),
        (record(ADA, BEN, sender=EVE, told=(BEN,)), "inbound"),
        (record(EVE, BEN, sender=ADA, told=(BEN,)), "internal"),
        (record(ADA, told=(BEN, MUM)), "outbound"),
        # A name of Exchange's directory tells no domain.
        (record(ADA, BEN, sender="[ex:/o=trust/cn=ada]", told=(BEN,)), "internal"),
        (record(ADA, BEN, told=("[ex:/o=trust/cn=ben]",)), "internal"),
        # What nobody knows is not guessed.
        (record(ADA), "unknown"),
        (record("", BEN), "unknown"),
        (record(ADA, BEN, trust=frozenset()), "unknown"),
        (record(EVE, ADA, trust=frozenset()), "unknown"),
    ],
)
def test_the_direction_follows_from_who_sent_it_and_who_got_it(mail: Record, expected: str) -> None:
    """The mail server's word first, the header where it said nothing, and no guess."""
    assert expected == direction(mail)


def test_copies_prove_together_where_a_message_went() -> None:
    """A report on those inside and one on those outside are one outbound message."""
    inside, outside = record(ADA, BEN, told=(BEN,)), record(ADA, BEN, told=(MUM,))

    joined = {direction(merge(inside, outside)), direction(merge(outside, inside))}

    assert {Direction.OUTBOUND} == joined
    assert Direction.INTERNAL is direction(inside)


def test_a_record_read_before_the_domains_were_set_learns_them_from_a_later_copy() -> None:
    """What one record does not know, the other may."""
    before = dataclasses.replace(record(ADA, BEN), own=None)

    known = {direction(merge(before, record(ADA, BEN))), direction(merge(record(ADA, BEN), before))}

    assert {Direction.INTERNAL} == known
