"""One message as patterns take it: who sent it to whom, and what was found in it. Pure.

Between an adult and a student every message counts, and between people of the trust one to few of
them; between others only one with something in it, or a laugh. A private address that nobody knows
is kept too, because the reply chain may tell whose it is.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from hashlib import sha256

from detectors import acts
from detectors.contact.grading import Circumstances
from detectors.contact.pairs import (
    Contact,
    Known,
    Party,
    Side,
    contact,
    is_own,
    is_private,
    party,
    readers,
)
from detectors.contact.phrases import PERSONAL
from detectors.contact.wording import faint, is_personal_talk, read
from detectors.contract import Context
from detectors.own_words import bodies, unquoted
from detectors.patterns.bullying import KINDS, READERS
from detectors.patterns.history import Passed, Sign, in_order
from detectors.providers import is_personal
from detectors.spans import merged, touches
from section9 import Category, Confidence, Finding, MailId, ParsedMail, PartKind, Person, Span

CLOSELY = 60
"""Messages of two people in a year that are read closely, at most."""
_CLASS = 40  # students of one message that are told apart
_READ = 2_000  # characters in which a laugh is looked for
_ANSWERED = 5  # messages that one refers to, at most
_LAUGH = re.compile(
    r"\b(?:(?:ha){2,}h?|(?:he){2,}|lol|lmao|rofl|just kidding|only joking|only kidding|jk)\b"
    r"|[\U0001F602\U0001F923\U0001F61C\U0001F609\U0001F606\U0001F604\U0001F639]|[:;]-?[)DP](?!\w)",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Weighed:
    """One message between two people, and what links it to others."""

    passed: Passed
    adult: str = ""  # which of the two it is, where the other is a student
    stranger: str = ""  # which of the two is an address that nobody knows
    id: str = ""  # of its Message-ID, hashed
    answers: tuple[str, ...] = ()  # of those it refers to, hashed likewise


def weighed(
    mail: ParsedMail, findings: Sequence[Finding], context: Context, *, id_: MailId, sent: datetime
) -> tuple[Weighed, ...]:
    """Return what passed from the sender to each reader; nothing where it matters to no pattern.

    `context` names the sender and the recipients, and knows the people of the trust.
    """
    signs = tuple(dict.fromkeys(_signs(mail, findings)))
    passed = Passed(id_, sent, "", "", signs, laughs=_laughs(mail))
    found = list(_pairs(mail, passed, context))
    if not found:
        return ()
    answers = dict.fromkeys((*mail.in_reply_to[:_ANSWERED], *mail.references[-_ANSWERED:]))
    return tuple(
        replace(one, id=_hashed(mail.message_id), answers=tuple(map(_hashed, answers)))
        for one in found
    )


def to_read_closely(history: Sequence[Passed]) -> list[MailId]:
    """Return what came by an address that only the reply chain links, the newest of it.

    Nobody knew when it came that it was between an adult and a student.
    """
    return [one.mail for one in in_order(history) if one.linked][-CLOSELY:]


def closely(mail: ParsedMail) -> tuple[Sign, ...]:
    """Return what the transformer sees in a message, each barely sure."""
    read = {act.rule for _, text in bodies(mail) for act in acts.read(text)}
    return tuple(Sign(rule, 1, Confidence.LOW, read=True) for rule in sorted(read))


def with_signs(history: Sequence[Passed], signs: Mapping[MailId, Sequence[Sign]]) -> list[Passed]:
    """Add what was seen more closely to what was found in messages."""
    return [
        replace(one, signs=(*one.signs, *more)) if (more := signs.get(one.mail)) else one
        for one in history
    ]


def key_of(person: Person, context: Context) -> str:
    """Return the address that stands for somebody: the trust's own, where it is but one.

    Two people of one name have two addresses of the trust, and are never made one.
    """
    if not is_private(person.address, context.domains):
        return person.address
    same = (one for one in context.named(person.name) if one.role is person.role)
    own = [one.address for one in same if not is_private(one.address, context.domains)]
    return own[0] if len(own) == 1 else person.address


def _pairs(mail: ParsedMail, passed: Passed, context: Context) -> Iterator[Weighed]:
    """Yield the two ends of what passed, for each reader that counts."""
    if met := contact(mail, context, day=passed.sent.date()):
        yield from _across(mail, met, passed, context)
        return
    to = readers(mail, context)
    yield from _with_stranger(mail, to, passed, context)
    if len(to) <= READERS:
        by = _key(context.sender.lower(), context)
        own = (each for each in to if is_own(each, context) and _counts(each, passed, context))
        for one in dict.fromkeys(_key(each, context) for each in own):
            if one != by:
                yield Weighed(replace(passed, by=by, to=one, reached=len(to)))


def _across(mail: ParsedMail, met: Contact, passed: Passed, context: Context) -> Iterator[Weighed]:
    """Yield what passed between an adult and each of the students, or the other way."""
    by = key_of(met.sender.person, context)
    if len(met.reached) == 1:
        hints = _hinted(mail, passed, by_adult=met.by_adult)
        passed = replace(passed, signs=(*passed.signs, *hints))
    for one in met.reached[:_CLASS]:
        around = Circumstances(Contact(met.sender, (one,), met.watched), late=False, kinds=0)
        to = key_of(one.person, context)
        both = replace(
            passed,
            by=by,
            to=to,
            reached=len(met.reached),
            watched=met.watched,
            private=around.private,
            linked=any(_is_guessed(each) for each in (met.sender, one)),
        )
        yield Weighed(both, adult=by if met.by_adult else to)


def _with_stranger(
    mail: ParsedMail, to: Sequence[str], passed: Passed, context: Context
) -> Iterator[Weighed]:
    """Yield what passed, alone, between a private address and an adult or a student.

    No detector knows yet that it is between the two sides: its words are read here, as barely sure.
    """
    if len(to) != 1 or not any(_is_stranger(one, context) for one in _ends(to, context)):
        return
    passed = replace(passed, signs=(*passed.signs, *_spoken(mail)))
    ends = _ends(to, context)
    known = [party(one, "", context, day=passed.sent.date()) for one in ends]
    for stranger, other in (ends, known[1]), (ends[::-1], known[0]):
        if other and _is_stranger(stranger[0], context):
            key = key_of(other.person, context)
            by, reader = (stranger[0], key) if stranger[0] == ends[0] else (key, stranger[0])
            both = replace(passed, by=by, to=reader, private=True, linked=True)
            adult = key if other.side is Side.ADULT else stranger[0]
            yield Weighed(both, adult=adult, stranger=stranger[0])


def _counts(reader: str, passed: Passed, context: Context) -> bool:
    """Whether a message matters to bullying: what has nothing in it does between people we know."""
    known = context.person(reader) and context.person(context.sender.lower())
    return bool(known) or passed.laughs or any(sign.rule in KINDS for sign in passed.signs)


def _ends(to: Sequence[str], context: Context) -> tuple[str, str]:
    return context.sender.lower(), to[0]


def _spoken(mail: ParsedMail) -> Iterator[Sign]:
    """Yield each kind of what is said in a message, in its own words."""
    for part in mail.parts:
        if part.kind is PartKind.BODY and part.text and not part.repeats:
            quoted = merged(part.quoted)
            own = (
                sign
                for sign in read(part.text).signs
                if not touches(quoted, Span(sign.start, sign.end))
            )
            said = [sign.rule for sign in own] or faint(unquoted(part))
            yield from dict.fromkeys(Sign(rule, 1, Confidence.LOW) for rule in sorted(said))


def _hinted(mail: ParsedMail, passed: Passed, *, by_adult: bool) -> Iterator[Sign]:
    """Yield what a message hints at beside what was found in it."""
    found = {sign.rule for sign in passed.signs}
    texts = [text for _, text in bodies(mail)]
    hinted = frozenset().union(*map(faint, texts))
    yield from (Sign(rule, 1, Confidence.LOW) for rule in sorted(hinted - found))
    if by_adult and any(map(is_personal_talk, texts)):
        yield Sign(PERSONAL, 1, Confidence.LOW)


def _is_stranger(address: str, context: Context) -> bool:
    return is_personal(address.rpartition("@")[2]) and context.person(address) is None


def _is_guessed(one: Party) -> bool:
    return one.private and one.known is Known.NAME


def _key(address: str, context: Context) -> str:
    person = context.person(address)
    return key_of(person, context) if person else address


def _signs(mail: ParsedMail, findings: Sequence[Finding]) -> Iterator[Sign]:
    """Yield what patterns are made of; what somebody else had written is not the sender's."""
    quoted = {part.id: merged(part.quoted) for part in mail.parts}
    for one in findings:
        counts = one.category is Category.STUDENT_CONTACT or one.rule in KINDS
        if counts and not touches(quoted.get(one.part, ()), Span(one.start, one.end)):
            yield Sign(one.rule, one.severity, one.confidence, read=one.why == acts.WHY)


def _laughs(mail: ParsedMail) -> bool:
    """Whether the writer laughs, in their own words."""
    for part in mail.parts:
        if part.kind is PartKind.BODY and part.text and not part.repeats:
            quoted = merged(part.quoted)
            laughs = _LAUGH.finditer(part.text[:_READ])
            return any(not touches(quoted, Span(one.start(), one.end())) for one in laughs)
    return False


def _hashed(message_id: str) -> str:
    """Name a Message-ID without keeping it; empty for none."""
    return sha256(message_id.encode(errors="replace")).hexdigest()[:32] if message_id else ""
