"""The blast radius of a breach: whose data, what data, in whose hands. Pure, and without names.

Everything here is a count or a word of ours. What was matched is compared with itself while it is
counted and is kept nowhere; so a draft made of this names nobody. Every count of people is of
those that could be told apart, and so is *at least*: `unknowns` says what was not counted.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from cases.blast_reach import Aftermath, Received, aftermath, received
from cases.breach_data import ONE_EACH, Data, data_of
from detectors import pupil_list, pupil_on_roll
from detectors.exposure import Agreed
from detectors.normalise import fold
from detectors.roll import How, Roll
from detectors.shapes import zones
from section9 import Confidence, Finding, Person, PersonRole, Record

CHILD, YOUNG = 18, 13


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of people besides the mail."""

    person: Callable[[str], Person | None]  # by address
    named: Callable[[str], tuple[Person, ...]]  # by name, as written
    roll: Roll
    agreed: tuple[Agreed, ...] = ()


@dataclass(frozen=True, slots=True)
class Read:
    """What was read of a breach, and what was not."""

    records: tuple[Record, ...]  # its messages, as far as the case opens them
    after: tuple[Record, ...] = ()  # what followed in their conversations
    recalls: int = 0  # attempts to call a message back
    closed: int = 0  # of its messages, how many the case opens in part only, or not at all
    missing: int = 0  # messages of the conversations that the case does not see
    behind: int = 0  # entries of the ledger that the index lacks


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of personal data in a breach."""

    data: Data
    records: int  # different values or passages, at least
    messages: int  # that hold any


@dataclass(frozen=True, slots=True)
class Ages:
    """The ages of the pupils concerned on the day of the breach, as far as they are known."""

    under_13: int = 0
    under_18: int = 0  # those under 13 not among them
    adult: int = 0
    unknown: int = 0


@dataclass(frozen=True, slots=True)
class Blast:
    """Whose data, what data, in whose hands."""

    messages: int
    first: datetime | None  # the date of the earliest message
    kinds: tuple[Kind, ...]  # in the order of the form
    people: Mapping[PersonRole, int]  # different people of the directory whom the mail tells of
    at_least: int  # people in all
    pupils: int  # of these, at least: also from lists that nobody's directory knows
    ages: Ages
    received: Received
    aftermath: Aftermath
    unknowns: tuple[str, ...]

    @property
    def records(self) -> int:
        """How many records of personal data, at least."""
        return sum(kind.records for kind in self.kinds)


def blast(read: Read, known: Known) -> Blast:
    """Count all of it."""
    people, pupils_known = _people(read.records, known)
    listed = max(map(_listed, read.records), default=0)
    pupils = max(people.get(PersonRole.STUDENT, 0), listed)
    values = _values(read.records)
    others = sum(count for role, count in people.items() if role is not PersonRole.STUDENT)
    each = max((len(found) for rule, found in values.items() if rule in ONE_EACH), default=0)
    first = min((record.date for record in read.records if record.date), default=None)
    return Blast(
        messages=len(read.records),
        first=first,
        kinds=tuple(_kinds(read.records)),
        people=people,
        at_least=max(pupils + others, each),
        pupils=pupils,
        ages=_ages(pupils_known, pupils, first.date() if first else None),
        received=received(read.records, person=known.person, agreed=known.agreed),
        aftermath=aftermath(read.records, read.after, recalls=read.recalls),
        unknowns=tuple(_unknowns(read, people)),
    )


def sure(record: Record) -> list[Finding]:
    """The findings of a message that are more than barely sure."""
    return [one for one in record.current if one.confidence is not Confidence.LOW]


def texts(record: Record) -> Iterator[str]:
    """The subject and every text of a message, each once."""
    yield record.parsed.subject
    yield from (part.text for part in record.parsed.parts if part.text and not part.repeats)


def matched(record: Record, finding: Finding) -> str:
    """The characters that a finding covers. They go into no count, page or log."""
    if finding.part == "subject":
        return record.parsed.subject[finding.start : finding.end]
    found = (part.text for part in record.parsed.parts if part.id == finding.part)
    return next(found, "")[finding.start : finding.end]


def _people(
    records: Iterable[Record], known: Known
) -> tuple[dict[PersonRole, int], list[Person | None]]:
    """Count the different people of the directory whom mail names; its writers and readers apart.

    With them the pupils among them, each with what is known of them.
    """
    met: dict[int, tuple[PersonRole, Person | None]] = {}
    for record in records:
        parties = _parties(record, known.roll)
        for text in texts(record):
            folded = fold(text).text
            for one in known.roll.named(folded, zones(folded)):
                if one.role and one.how is not How.HINT and one.people.isdisjoint(parties):
                    who = known.named(folded[one.start : one.end])
                    fits = [person for person in who if person.role is one.role]
                    key = min(one.people)
                    if key not in met or met[key][1] is None:
                        met[key] = (one.role, fits[0] if fits else None)
    counts: dict[PersonRole, int] = {}
    for role, _ in met.values():
        counts[role] = counts.get(role, 0) + 1
    ordered = {role: counts[role] for role in PersonRole if role in counts}
    return ordered, [who for role, who in met.values() if role is PersonRole.STUDENT]


def _parties(record: Record, roll: Roll) -> frozenset[int]:
    """Who wrote or got a message: what they sign with is no news of them."""
    parsed = record.parsed
    names = "\n".join(one.name for one in (*parsed.from_, *parsed.to, *parsed.cc, *parsed.bcc))
    return frozenset().union(*(one.people for one in roll.named(names)))


def _listed(record: Record) -> int:
    """How many people the longest list of pupils in a message has."""
    lists = (one for one in sure(record) if one.rule == pupil_list.RULE.id)
    return max((pupil_list.people_in(matched(record, one)) for one in lists), default=0)


def _values(records: Iterable[Record]) -> Mapping[str, set[str]]:
    """The different values that each rule found, written so that one value is one."""
    values: dict[str, set[str]] = defaultdict(set)
    for record in records:
        for one in sure(record):
            values[one.rule].add(_plain(matched(record, one)))
    return values


def _plain(value: str) -> str:
    return "".join(char for char in value.casefold() if char.isalnum())


def _kinds(records: Sequence[Record]) -> Iterator[Kind]:
    """Sum up the kinds of data; a list counts as many records as it has people."""
    values: dict[Data, set[str]] = defaultdict(set)
    mails: dict[Data, set[str]] = defaultdict(set)
    named: set[str] = set()
    for record in records:
        for one in sure(record):
            if data := data_of(one):
                mails[data].add(record.mail)
                if one.rule == pupil_on_roll.RULE.id:
                    named.add(_plain(matched(record, one)))
                elif one.rule != pupil_list.RULE.id:
                    values[data].add(f"{one.rule} {_plain(matched(record, one))}")
    people = max(len(named), *map(_listed, records))
    for data in Data:
        if data in mails:
            count = len(values[data]) + (people if data is Data.BASIC else 0)
            yield Kind(data, max(count, 1), len(mails[data]))


def _ages(known: Sequence[Person | None], pupils: int, day: date | None) -> Ages:
    ages = [_age(one.date_of_birth, day) for one in known if one and one.date_of_birth and day]
    young = sum(age < YOUNG for age in ages)
    children = sum(YOUNG <= age < CHILD for age in ages)
    return Ages(young, children, len(ages) - young - children, max(pupils - len(ages), 0))


def _age(born: date, day: date) -> int:
    """Whole years on a day."""
    return day.year - born.year - ((day.month, day.day) < (born.month, born.day))


def _unknowns(read: Read, people: Mapping[PersonRole, int]) -> Iterator[str]:
    """Say what could not be counted."""
    hidden = sum(any(one.hides for one in record.parsed.defects) for record in read.records)
    for number, what in (
        (read.closed, "of its messages the case does not open in full"),
        (hidden, "of its messages hold something that could not be read: encrypted, damaged"),
        (read.missing, "messages of the conversation are not archived or outside the case"),
        (read.behind, "entries of the ledger are not in the index yet"),
    ):
        if number:
            yield f"{number:,} {what}"
    if any(record.own is None for record in read.records):
        yield "the trust's domains were not set when it was read: everybody counts as outside"
    if not people:
        yield "nobody of the directory is named: people outside it are told apart by numbers alone"
