"""Forbidden contact between staff and students, as far as one message and its people tell it.

Policy clauses 6.2 and 6.4: by personal address, number or handle, on social networks; with what
goes with it: arrangements to meet, secrecy, flattery. What only weeks of mail tell is not here.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime

from detectors.contact import grading
from detectors.contact.grading import Circumstances, Grade
from detectors.contact.networks import is_network, named
from detectors.contact.pairs import Contact, Party, contact, party, without_exempt
from detectors.contact.phrases import AFFECTION, EXCHANGE, MEETING, SECRECY
from detectors.contact.wording import Reading, Sign, read
from detectors.contract import Context, MailDetector, Rule, finding
from detectors.spans import merged, touches
from section9 import (
    Category,
    Confidence,
    Finding,
    ParsedMail,
    Part,
    PartId,
    PartKind,
    PersonRole,
    RuleId,
    Span,
)

EXEMPT = "a declared exception covers the two"


def _rule(name: RuleId, title: str, help_: str, severity: int, clause: str = "6.2") -> Rule:
    return Rule(name, 1, Category.STUDENT_CONTACT, clause, severity, title, help_)


ADDRESS = _rule(
    RuleId("personal-address"),
    "Staff and a student by a private address",
    "Staff and students write to each other by the trust's addresses alone.",
    grading.ADDRESS_GRAVITY,
)
NOTICE = _rule(
    RuleId("social-notification"),
    "A social network joins staff and a student",
    "Staff have no contact with students on social media; any approach is reported.",
    4,
)
SPOKEN = {
    SECRECY: _rule(
        SECRECY,
        "Secrecy between staff and a student",
        "An adult who asks a child to keep a secret is a reason to act.",
        grading.GRAVITY[SECRECY],
        "6.4",
    ),
    MEETING: _rule(
        MEETING,
        "Staff and a student arrange to meet",
        "Meetings outside school and lifts are agreed with parents and with the school.",
        grading.GRAVITY[MEETING],
        "6.4",
    ),
    EXCHANGE: _rule(
        EXCHANGE,
        "A number, handle or private address between staff and a student",
        "Staff give students no private way to be reached, and take none.",
        grading.GRAVITY[EXCHANGE],
    ),
    AFFECTION: _rule(
        AFFECTION,
        "Feelings, looks or gifts between staff and a student",
        "Flattery and gifts are how boundaries are moved.",
        grading.GRAVITY[AFFECTION],
        "6.4",
    ),
}


def detect(mail: ParsedMail, _found: Sequence[Finding], context: Context) -> Iterator[Finding]:
    """Yield what a message gives away of contact that the policy forbids."""
    day = _day(mail, context)
    if is_network(context.sender):
        yield from _notified(mail, context, day)
    elif met := contact(mail, context, day=day):
        live = [one for one in context.exempt if _today(context) <= one.until]
        left = without_exempt(met, live, context)
        found = _between(mail, left or met, context)
        yield from found if left else map(_excused, found)
    elif _may_hide_a_student(context):
        yield from _unknown(mail, context)


def _between(mail: ParsedMail, met: Contact, context: Context) -> Iterator[Finding]:
    """Yield what passes between the two sides."""
    texts = [(part, read(text)) for part, text in _texts(mail)]
    kinds = len({sign.rule for _, reading in texts for sign in reading.signs})
    around = Circumstances(met, grading.is_late(mail.date), kinds)
    if grade := grading.of_address(around):
        yield _finding(ADDRESS, context, Span(0, 0), grade)
    for part, reading in texts:
        quoted = merged(part.quoted)
        for sign in reading.signs:
            span = Span(sign.start, sign.end)
            if grade := grading.of_sign(sign, around, quoted=touches(quoted, span)):
                yield _finding(SPOKEN[sign.rule], replace(context, part=part.id), span, grade)


def _unknown(mail: ParsedMail, context: Context) -> Iterator[Finding]:
    """Yield what is said where nobody knows who the two are."""
    for part, text in _texts(mail):
        reading = read(text)
        if _somebody_is_known(context):
            reading = Reading(reading.signs)
        for sign in reading.signs:
            if grade := grading.unknown(sign, reading):
                place = replace(context, part=part.id)
                yield _finding(SPOKEN[sign.rule], place, _span(sign), grade)


def _notified(mail: ParsedMail, context: Context, day: date) -> Iterator[Finding]:
    """Yield the notice of a social network that came to staff or to a student."""
    reached = [party(one.address.lower(), "", context, day=day) for one in context.recipients]
    names = named(mail.subject, next((text for _, text in _bodies(mail)), ""))
    for one in reached:
        if one and names:
            known = any(_is_across(one, name, context, day) for name in names)
            yield _finding(NOTICE, context, Span(0, 0), grading.of_notice(known=known))
            return


def _is_across(one: Party, name: str, context: Context, day: date) -> bool:
    """Whether a name is of somebody on the other side than a recipient."""
    people = (party(person.address, "", context, day=day) for person in context.named(name))
    return any(other and other.side is not one.side for other in people)


def _may_hide_a_student(context: Context) -> bool:
    """Whether somebody unknown may be writing to a student, or nobody at all is known."""
    people = [context.person(address) for address in _addresses(context)]
    student = any(one and one.role is PersonRole.STUDENT for one in people)
    return not any(people) or (student and not all(people))


def _somebody_is_known(context: Context) -> bool:
    return any(context.person(address) for address in _addresses(context))


def _addresses(context: Context) -> list[str]:
    return [context.sender.lower(), *(one.address.lower() for one in context.recipients)]


def _texts(mail: ParsedMail) -> Iterator[tuple[Part, str]]:
    """Yield the subject and what was written in the message itself."""
    subject = Part(PartId("subject"), PartKind.BODY, "text/plain", "", 0, "", mail.subject)
    yield subject, mail.subject
    yield from _bodies(mail)


def _bodies(mail: ParsedMail) -> Iterator[tuple[Part, str]]:
    for part in mail.parts:
        if part.kind is PartKind.BODY and part.text and not part.repeats:
            yield part, part.text


def _day(mail: ParsedMail, context: Context) -> date:
    """Return the day of a message, which decides who is a student: never a day to come."""
    return min(mail.date.date(), _today(context)) if mail.date else _today(context)


def _today(context: Context) -> date:
    return (context.now or datetime.now(UTC)).date()


def _span(sign: Sign) -> Span:
    return Span(sign.start, sign.end)


def _finding(rule: Rule, context: Context, span: Span, grade: Grade) -> Finding:
    made = finding(
        rule,
        context,
        start=span.start,
        end=span.end,
        confidence=grade.confidence,
        why=grade.why,
    )
    return replace(made, severity=grade.severity)


def _excused(found: Finding) -> Finding:
    """Keep what passes between parent and child as a note that alerts nobody."""
    why = f"{found.why}; {EXEMPT}"
    return replace(found, confidence=Confidence.LOW, severity=1, why=why)


DETECTOR = MailDetector((ADDRESS, NOTICE, *SPOKEN.values()), detect)
