"""One message as patterns take it: who sent it to whom, and what was found in it. Pure.

Between an adult and a student every message counts; between others only one with something in it,
or a laugh. A private address that nobody knows is kept too, because the reply chain may tell whose
it is.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from hashlib import sha256

from detectors.contact.grading import Circumstances
from detectors.contact.pairs import Contact, Known, Party, Side, contact, is_private, party
from detectors.contact.phrases import PERSONAL
from detectors.contact.wording import faint, is_personal_talk, read
from detectors.contract import Context
from detectors.patterns.bullying import KINDS
from detectors.patterns.history import Passed, Sign
from detectors.providers import is_personal
from detectors.spans import merged, touches
from section9 import Category, Confidence, Finding, MailId, ParsedMail, Part, PartKind, Person, Span

_READERS = 3  # of a message that is said to anybody in particular
_CLASS = 40  # students of one message that are told apart
_READ = 2_000  # characters in which a laugh is looked for
_LONGEST = 20_000  # characters of a part that is read for hints
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
    readers = _readers(mail, context)
    yield from _with_stranger(mail, readers, passed, context)
    if (passed.laughs or any(sign.rule in KINDS for sign in passed.signs)) and (
        len(readers) <= _READERS
    ):
        by = _key(context.sender.lower(), context)
        for to in dict.fromkeys(_key(one, context) for one in readers if _is_own(one, context)):
            if to != by:
                yield Weighed(replace(passed, by=by, to=to, reached=len(readers)))


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
    mail: ParsedMail, readers: Sequence[str], passed: Passed, context: Context
) -> Iterator[Weighed]:
    """Yield what passed, alone, between a private address and an adult or a student.

    No detector knows yet that it is between the two sides: its words are read here, as barely sure.
    """
    if len(readers) != 1 or not any(_is_stranger(one, context) for one in _ends(readers, context)):
        return
    passed = replace(passed, signs=(*passed.signs, *_spoken(mail)))
    ends = _ends(readers, context)
    known = [party(one, "", context, day=passed.sent.date()) for one in ends]
    for stranger, other in (ends, known[1]), (ends[::-1], known[0]):
        if other and _is_stranger(stranger[0], context):
            key = key_of(other.person, context)
            by, to = (stranger[0], key) if stranger[0] == ends[0] else (key, stranger[0])
            both = replace(passed, by=by, to=to, private=True, linked=True)
            adult = key if other.side is Side.ADULT else stranger[0]
            yield Weighed(both, adult=adult, stranger=stranger[0])


def _ends(readers: Sequence[str], context: Context) -> tuple[str, str]:
    return context.sender.lower(), readers[0]


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
            said = [sign.rule for sign in own] or faint(_unquoted(part))
            yield from dict.fromkeys(Sign(rule, 1, Confidence.LOW) for rule in sorted(said))


def _hinted(mail: ParsedMail, passed: Passed, *, by_adult: bool) -> Iterator[Sign]:
    """Yield what a message hints at beside what was found in it."""
    found = {sign.rule for sign in passed.signs}
    bodies = (one for one in mail.parts if one.kind is PartKind.BODY and not one.repeats)
    texts = [_unquoted(part) for part in bodies]
    hinted = frozenset().union(*map(faint, texts))
    yield from (Sign(rule, 1, Confidence.LOW) for rule in sorted(hinted - found))
    if by_adult and any(map(is_personal_talk, texts)):
        yield Sign(PERSONAL, 1, Confidence.LOW)


def _unquoted(part: Part) -> str:
    """Return a part's text with a blank for each character that somebody else had written."""
    text = part.text[:_LONGEST]
    for span in merged(part.quoted):
        if span.start < len(text):
            end = min(span.end, len(text))
            text = text[: span.start] + " " * (end - span.start) + text[end:]
    return text


def _is_stranger(address: str, context: Context) -> bool:
    return is_personal(address.rpartition("@")[2]) and context.person(address) is None


def _is_guessed(one: Party) -> bool:
    return one.private and one.known is Known.NAME


def _readers(mail: ParsedMail, context: Context) -> list[str]:
    """Return whom a message is to: those of its To header, or all where it names none."""
    every = list(dict.fromkeys(one.address.lower() for one in context.recipients))
    named = {one.address for one in mail.to}
    first = [one for one in every if one in named] or every
    return [one for one in first if one != context.sender.lower()]


def _key(address: str, context: Context) -> str:
    person = context.person(address)
    return key_of(person, context) if person else address


def _is_own(address: str, context: Context) -> bool:
    """Whether an address is of somebody of the trust."""
    return context.person(address) is not None or not is_private(address, context.domains)


def _signs(mail: ParsedMail, findings: Sequence[Finding]) -> Iterator[Sign]:
    """Yield what patterns are made of; what somebody else had written is not the sender's."""
    quoted = {part.id: merged(part.quoted) for part in mail.parts}
    for one in findings:
        counts = one.category is Category.STUDENT_CONTACT or one.rule in KINDS
        if counts and not touches(quoted.get(one.part, ()), Span(one.start, one.end)):
            yield Sign(one.rule, one.severity, one.confidence)


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
