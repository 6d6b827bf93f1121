"""Proposing what of a message is other people's data. Pure; a person decides.

Proposed are names, addresses and numbers of pupils, parents and people outside, and whatever a
detector found. Staff and governors who act in their post are left: the Act takes it for granted
that they may be named (Data Protection Act 2018, Schedule 2, paragraph 17). Whoever asked is left
too, by every name and address that the request gives.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from archive.redaction_events import Code, Proposed, Redaction
from cases.breach_data import Data, data_of
from detectors.normalise import fold
from detectors.roll import How, Roll
from detectors.shapes import zones
from evidence.letters import WORD, bare, key
from evidence.redaction import SHORTEST, Texts, texts
from people import name_key
from section9 import Category, Finding, PartId, Person, PersonRole, Record

ADDRESS = re.compile(r"[\w.+'-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,8}")
IN_POST = frozenset({PersonRole.STAFF, PersonRole.GOVERNOR, PersonRole.VOLUNTEER})
_LISTS = frozenset({"pupil-list", "pupil-on-roll", "pupil-photograph"})
_DISPLAYED = re.compile(r"([^,<>]+) <([^<>]+)>")


@dataclass(frozen=True, slots=True)
class Subject:
    """Whoever asked for their own data."""

    names: frozenset[str]  # as `name_key` spells them
    addresses: frozenset[str]

    def is_theirs(self, written: str) -> bool:
        """Tell whether a name or an address is that of whoever asked."""
        return written.lower() in self.addresses or name_key(written) in self.names


@dataclass(frozen=True, slots=True)
class Around:
    """What is known of everybody else."""

    person: Callable[[str], Person | None]  # by address
    roll: Roll


def proposals(record: Record, subject: Subject, around: Around) -> tuple[Proposed, ...]:
    """What to take out of one message, in the order of its texts."""
    whole = texts(record)
    named = [*_displayed(whole, subject, around), *_named(whole, subject, around)]
    found = [
        *named,
        *_alone(whole, named, subject),
        *_addresses(whole, subject, around),
        *_findings(record, whole, subject),
    ]
    order = {part: number for number, part in enumerate(whole)}
    place = {(one.redaction.part, one.redaction.start, one.redaction.end): one for one in found}
    return tuple(
        sorted(place.values(), key=lambda one: (order[one.redaction.part], one.redaction.start))
    )


def _addresses(whole: Texts, subject: Subject, around: Around) -> Iterator[Proposed]:
    """Addresses of others than staff."""
    for part, text in whole.items():
        for match in ADDRESS.finditer(text):
            if why := _whose(match[0], subject, around):
                yield _proposed(part, match.span(), f"an address of {why}")


def _displayed(whole: Texts, subject: Subject, around: Around) -> Iterator[Proposed]:
    """The names that headers give beside such addresses."""
    for part in _HEADERS:
        for match in _DISPLAYED.finditer(whole.get(part, "")):
            why = _whose(match[2], subject, around)
            if why and not subject.is_theirs(match[1].strip()):
                start = match.start(1) + len(match[1]) - len(match[1].lstrip())
                yield _proposed(part, (start, match.end(1)), f"the name of {why}")


def _alone(whole: Texts, named: Sequence[Proposed], subject: Subject) -> Iterator[Proposed]:
    """A first name or a surname alone, of somebody whom the message names in full elsewhere."""
    own = {word for name in subject.names for word in name.split()}
    parts = {
        bare(word[0])
        for one in named
        for word in WORD.finditer(_text(whole, one.redaction))
        if len(word[0]) >= SHORTEST and word[0][0].isupper() and key(word[0]) not in own
    }
    taken = {(one.redaction.part, one.redaction.start): one.redaction.end for one in named}
    for part, text in whole.items():
        end = 0
        for word in WORD.finditer(text):
            end = max(end, taken.get((part, word.start()), 0))
            if bare(word[0]) in parts and word.start() >= end:
                yield _proposed(part, word.span(), "part of a name that stands in full elsewhere")


def _text(whole: Texts, redaction: Redaction) -> str:
    return whole.get(redaction.part, "")[redaction.start : redaction.end]


_HEADERS = frozenset(map(PartId, ("from", "to", "cc", "bcc", "reply-to")))


def _whose(address: str, subject: Subject, around: Around) -> str:
    """Say whose address it is; empty for whoever asked, and for staff."""
    if subject.is_theirs(address):
        return ""
    known = around.person(address.lower())
    if known is None:
        return "somebody who is not in the directory"
    return "" if known.role in IN_POST else f"a {known.role}"


def _named(whole: Texts, subject: Subject, around: Around) -> Iterator[Proposed]:
    """Names of pupils and parents on the roll; every mention, not the first alone."""
    for part, text in whole.items():
        folded = fold(text)
        for one in around.roll.named(folded.text, zones(folded.text)):
            written = folded.text[one.start : one.end]
            if one.role in IN_POST or one.how is How.HINT or subject.is_theirs(written):
                continue
            place = folded.original(one.start, one.end)
            yield _proposed(part, (place.start, place.end), f"the name of a {one.role or 'person'}")


def _findings(record: Record, whole: Texts, subject: Subject) -> Iterator[Proposed]:
    """What detectors found; whose it is they cannot say."""
    for one in record.current:
        text = whole.get(one.part, "")[one.start : one.end]
        if data_of(one) is None or one.rule in _LISTS or subject.is_theirs(text):
            continue
        if WORD.search(text):
            why = f"{one.rule}: look whose it is"
            yield _proposed(one.part, (one.start, one.end), why, _code(one))


def _code(finding: Finding) -> Code:
    secret = finding.category is Category.CREDENTIALS
    return Code.SECURITY if secret and data_of(finding) is Data.CREDENTIALS else Code.THIRD_PARTY


def _proposed(
    part: PartId, span: tuple[int, int], why: str, code: Code = Code.THIRD_PARTY
) -> Proposed:
    return Proposed(Redaction(part, *span, code), why)


def also(whole: Mapping[PartId, str], words: str, code: Code) -> Sequence[Redaction]:
    """The places where words that a person typed stand in a message, in any case of letters."""
    wanted = [key(found[0]) for found in WORD.finditer(words)]
    places = []
    for part, text in whole.items():
        there = list(WORD.finditer(text))
        for first in range(len(there) - len(wanted) + 1):
            run = there[first : first + len(wanted)]
            if wanted and [key(found[0]) for found in run] == wanted:
                places.append(Redaction(part, run[0].start(), run[-1].end(), code))
    return places
