"""Forbidden contact between staff and students, as one message and its people tell it."""

import io
from collections.abc import Sequence
from datetime import UTC, date, datetime

import pytest

from demo import trust
from demo.mailbox import messages as demo_messages
from detectors import acts
from detectors.contact.grading import is_late
from detectors.contact.networks import is_network, named
from detectors.contact.phrases import phrases
from detectors.contact.wording import read
from detectors.contract import Exempt
from detectors.scan import Scanner
from detectors.training import contacts
from ingest.parse import parse
from people import read_csv
from section9 import (
    Category,
    Confidence,
    Finding,
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

LOW, MEDIUM, HIGH = Confidence
STAFF, COLLEAGUE, HOME = "o.wren@school.example", "c.lane@school.example", "olly@homepost.example"
PUPIL, PARENT = "22freya@pupils.school.example", "mum@homepost.example"
CLASS = [PUPIL, *(f"22{n}@pupils.school.example" for n in range(4))]
PEOPLE = {
    STAFF: Person(STAFF, "Oliver Wren", PersonRole.STAFF),
    HOME: Person(HOME, "Oliver Wren", PersonRole.STAFF),
    COLLEAGUE: Person(COLLEAGUE, "Carys Lane", PersonRole.STAFF),
    PARENT: Person(PARENT, "Astrid Booth", PersonRole.PARENT),
    **{one: Person(one, f"Freya {one[2:4]}", PersonRole.STUDENT) for one in CLASS},
}
NOON, NIGHT = datetime(2026, 10, 6, 11, tzinfo=UTC), datetime(2026, 10, 6, 21, 30, tzinfo=UTC)
EXEMPT = Exempt(STAFF, PUPIL, date(2026, 10, 31))


def scanner(*, exempt: tuple[Exempt, ...] = (), today: datetime = NIGHT) -> Scanner:
    return Scanner(
        person=PEOPLE.get,
        named=lambda name: tuple(one for one in PEOPLE.values() if one.name == name),
        domains=frozenset({"school.example"}),
        exempt=exempt,
        clock=lambda: today,
    )


def mail(
    text: str, *, sent: datetime = NOON, subject: str = "", quoted: bool = False
) -> ParsedMail:
    spans = (Span(0, len(text)),) if quoted else ()
    body = Part(PartId("1"), PartKind.BODY, "text/plain", "", 0, "", text, quoted=spans)
    return ParsedMail(message_id="", date=sent, subject=subject, from_=(), parts=(body,))


def seen(
    letter: ParsedMail,
    sender: str = STAFF,
    to: Sequence[str] = (PUPIL,),
    with_: Scanner | None = None,
) -> list[Finding]:
    """What the rules say; what a model reads beside them is for `test_acts_read`."""
    found = (with_ or scanner()).scan(letter, sender=sender, recipients=[*map(Recipient, to)])
    ruled = (one for one in found if one.why != acts.WHY)
    return [one for one in ruled if one.category is Category.STUDENT_CONTACT]


def told(found: Sequence[Finding]) -> set[tuple[str, Confidence]]:
    return {(one.rule, one.confidence) for one in found}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Keep this between us.", {("secrecy", MEDIUM)}),
        ("Please don’t tell your mum.", {("secrecy", MEDIUM)}),
        ("dont tell ur mum", {("secrecy", MEDIUM)}),
        ("I'll pick you up at eight.", {("meeting-arranged", MEDIUM)}),
        ("Add me on Snapchat.", {("contact-exchanged", MEDIUM)}),
        ("You are so beautiful.", {("affection", MEDIUM)}),
        ("You look great.", {("affection", LOW)}),
        ("Text me. It's our little secret.", {("contact-exchanged", HIGH), ("secrecy", HIGH)}),
        ("It would be good to talk, I am on 07700 900123.", {("contact-exchanged", LOW)}),
        ("See you on Monday.", set()),
    ],
)
def test_what_staff_say_to_a_student(text: str, expected: set[tuple[str, Confidence]]) -> None:
    """Strong phrases are medium, two kinds together high, and weak ones low."""
    assert expected == told(seen(mail(text)))


@pytest.mark.parametrize(
    "text",
    [
        "I can't keep this between us.",
        "Please do not add me on Snapchat.",
        "If anyone asks you to keep this between us, come to me.",
        'The villain says "keep this between us" and leaves.',
        "Your mum will pick you up at reception.",
        "Meet me in room 12 at lunch.",
        "The trip phone is 07700 900123, in an emergency only.",
        "Kind regards\nMr Wren\nTel. 07700 900123",
        "The letters were missing you'll find.",
        "I love you all, what a concert!",
        "In act 2 of the play the other characters learn of our little secret.",
    ],
)
def test_what_is_denied_quoted_or_told_of_others_is_not_said(text: str) -> None:
    """A lesson on secrets asks for none; a signature gives no number away."""
    assert set() == {one for one in told(seen(mail(text))) if one[1] is not LOW}


def test_small_print_asks_for_no_secrecy() -> None:
    """The disclaimer under every mail of a trust is no sign."""
    text = "Homework.\n\nIf you received this in error, notify the sender and delete this email."

    assert [] == seen(mail(text))
    assert {("secrecy", MEDIUM)} == told(seen(mail(f"Keep this between us. {text}")))


@pytest.mark.parametrize(
    ("sender", "to", "expected"),
    [
        (HOME, [PUPIL], {("personal-address", HIGH, 4)}),
        (PUPIL, [HOME], {("personal-address", HIGH, 3)}),
        (HOME, [PUPIL, PARENT], {("personal-address", MEDIUM, 3)}),
        (STAFF, [PUPIL], set()),
        (PARENT, [PUPIL], set()),
        (HOME, [STAFF], set()),
    ],
)
def test_private_addresses(
    sender: str, to: list[str], expected: set[tuple[str, Confidence, int]]
) -> None:
    """An address at home is a finding of its own, less grave where a parent got it too."""
    found = seen(mail("Hello."), sender, to)

    assert expected == {(one.rule, one.confidence, one.severity) for one in found}


@pytest.mark.parametrize(
    ("to", "expected"),
    [
        ([PUPIL], (MEDIUM, 4)),
        ([PUPIL, COLLEAGUE], (LOW, 3)),
        ([PUPIL, PARENT], (LOW, 3)),
        (CLASS, (LOW, 3)),
    ],
)
def test_who_else_got_it_lowers(to: list[str], expected: tuple[Confidence, int]) -> None:
    """To one child alone is graver than with a witness or to a class."""
    [one] = seen(mail("I'll pick you up at eight."), to=to)

    assert expected == (one.confidence, one.severity)


def test_late_hours_and_quoting_weigh() -> None:
    """At night a step graver, though no surer; in quoted text a step less of both."""
    [noon] = seen(mail("Text me."))
    [night] = seen(mail("Text me.", sent=NIGHT))
    [quoted] = seen(mail("Text me.", quoted=True))

    assert (noon.severity + 1, noon.confidence) == (night.severity, night.confidence)
    assert (noon.severity - 1, LOW) == (quoted.severity, quoted.confidence)
    assert "late at night" in night.why


@pytest.mark.parametrize(
    ("sent", "late"),
    [
        ("2026-10-24T21:00+00:00", True),
        ("2026-10-24T20:59+00:00", False),
        ("2026-10-26T21:00+00:00", False),
        ("2026-10-26T22:00+00:00", True),
        ("2026-03-29T05:00+00:00", False),
        ("2026-03-28T05:00+00:00", True),
        ("2026-07-01T22:00+02:00", False),
    ],
)
def test_late_is_told_by_clocks_in_the_uk(sent: str, *, late: bool) -> None:
    """From 22:00 to 06:00, summer time included, whatever zone the header has."""
    assert late is is_late(datetime.fromisoformat(sent))


@pytest.mark.parametrize(
    ("sender", "to"),
    [(STAFF, [COLLEAGUE]), (PUPIL, [CLASS[1]]), (STAFF, [PARENT]), (STAFF, ["x@shop.example"])],
)
def test_other_people_s_mail_is_left_alone(sender: str, to: list[str]) -> None:
    """Colleagues, friends and parents may give one another lifts."""
    assert [] == seen(mail("Text me, and I'll pick you up. Keep it between us."), sender, to)


def test_a_stranger_who_writes_to_a_student_is_low() -> None:
    """Nobody knows who it is: it can be searched for, and alerts nobody."""
    found = seen(mail("Don't tell your mum, I'll pick you up."), "x@shop.example")

    assert {("secrecy", LOW), ("meeting-arranged", LOW)} == told(found)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Keep this between us.", LOW),
        ("Sir said after school is fine. Keep this between us.", MEDIUM),
        ("Your homework was great. Add me on Snapchat.", MEDIUM),
    ],
)
def test_bare_text_is_judged_by_how_it_reads(text: str, expected: Confidence) -> None:
    """Without people, what reads as said to a student is medium, and anything else low."""
    found = [one for one in Scanner().scan_text(text) if one.category is Category.STUDENT_CONTACT]

    assert [expected] == [one.confidence for one in found]


@pytest.mark.parametrize(
    ("today", "expected"),
    [(datetime(2026, 10, 31, tzinfo=UTC), LOW), (NOON.replace(month=11), HIGH)],
)
def test_a_declared_exception_holds_until_its_last_day(
    today: datetime, expected: Confidence
) -> None:
    """Parent and child may write to each other: a note remains, that alerts nobody."""
    with_ = scanner(exempt=(EXEMPT,), today=today)

    found = seen(mail("I'll pick you up, love you."), HOME, with_=with_)

    assert {expected} == {one.confidence for one in found}


def test_an_exception_covers_only_its_two() -> None:
    """Who writes to their own child and to another has no exception for the other."""
    found = seen(mail("Hi"), HOME, [PUPIL, CLASS[1]], with_=scanner(exempt=(EXEMPT,)))

    assert {("personal-address", HIGH)} == told(found)


@pytest.mark.parametrize(
    ("subject", "to", "expected"),
    [
        ("Oliver Wren sent you a friend request", PUPIL, {("social-notification", HIGH)}),
        ("Freya fr (@freya.b) started following you", STAFF, {("social-notification", HIGH)}),
        ("New message from Freya fr", STAFF, {("social-notification", HIGH)}),
        ("Ada Quill wants to be friends", PUPIL, {("social-notification", LOW)}),
        ("Carys Lane accepted your request", STAFF, {("social-notification", LOW)}),
        ("Posts that you missed", STAFF, set()),
        ("Oliver Wren sent you a friend request", PARENT, set()),
    ],
)
def test_notices_of_social_networks(
    subject: str, to: str, expected: set[tuple[str, Confidence]]
) -> None:
    """A notice that joins staff and a student is high; of anybody else it is low."""
    sender = "notification@facebookmail.com"

    assert expected == told(seen(mail("See more.", subject=subject), sender, [to]))


def test_networks_are_told_by_their_domains() -> None:
    """A domain that only ends alike is no network's."""
    assert [True, False] == [*map(is_network, ("x@mail.instagram.com", "x@notinstagram.com"))]
    assert () == named("Weekly digest", "Posts that you follow.")


def test_the_reason_never_repeats_the_mail() -> None:
    """It says of what kind the words are and where they stand, not what they are."""
    text = "Text me on 07700 900123, it's our little secret."

    for one in seen(mail(text)):
        assert "07700" not in one.why
        assert text[one.start : one.end].lower() not in one.why.lower()


def test_offsets_are_of_the_text_as_it_came() -> None:
    """Curly apostrophes, line ends and capitals that grow move nothing."""
    text = "İİ Please don’t tell\nyour mum."

    [sign] = read(text).signs

    assert "don’t tell\nyour mum" == text[sign.start : sign.end]


def test_every_phrase_is_plain() -> None:
    """The file of phrases is written out whole: no bracket, no set and no capital is left."""
    for found in phrases().values():
        assert not [one for one in found if set(one) & set("[]|$") or one != one.lower().strip()]


def test_the_two_files_of_messages_share_no_sentence() -> None:
    """What is tuned on is not judged on."""
    tuned, judged = (
        {line for text in contacts.templates(which) for line in text.split("\n")[2:] if line}
        for which in ("train", "test")
    )

    assert set() == tuned & judged


@pytest.mark.parametrize("which", ["train", "test"])
def test_alarms_reach_their_aims(which: str) -> None:
    """Precision of 0.9 at a recall of 0.9, over the messages that are judged on too."""
    alarms = contacts.judge(contacts.scanner(), [*contacts.messages(which, each=2)])

    assert 0.9 <= alarms.precision
    assert 0.9 <= alarms.recall


def test_the_demo_raises_alarms_in_one_story_and_nowhere_else() -> None:
    """Half a term of ordinary school mail is quiet; the teacher and the cellist are not."""
    entries = read_csv(io.StringIO(trust.people_csv()))
    people = {entry.person.address: entry.person for entry in entries}
    demo = Scanner(person=people.get, domains=frozenset({trust.DOMAIN}))

    alarms = [
        {delivery.mail_from, *delivery.rcpt_to}
        for delivery, raw in demo_messages()
        if any(
            one.category is Category.STUDENT_CONTACT and one.confidence is not LOW
            for one in demo.scan(
                parse(raw),
                sender=delivery.mail_from,
                recipients=[*map(Recipient, delivery.rcpt_to)],
            )
        )
    ]

    assert len(alarms) >= 6
    assert {"22flindqvist@pupils.larkmere.example"} == set.intersection(*alarms)
    assert all(any("wrenfield" in one for one in pair) and len(pair) == 2 for pair in alarms)


def test_who_sent_it_is_read_from_the_header_where_no_server_tells() -> None:
    """A message from a file is judged by its headers."""
    letter = ParsedMail(
        message_id="",
        date=NOON,
        subject="",
        from_=(Participant("Oliver Wren", "ow@gmail.com"),),
        to=(Participant("", PUPIL),),
    )

    found = [one for one in scanner().scan(letter) if one.category is Category.STUDENT_CONTACT]

    assert {("personal-address", MEDIUM)} == told(found)
