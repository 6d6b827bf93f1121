"""Who is writing to whom: staff to students, students to staff, and by which addresses.

Policy clauses 6.2 and 6.4: staff have no contact with students, or with leavers under 18, by
personal address. Volunteers and governors count as staff; parents are neither. Pure.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from enum import Enum, auto

from detectors.contract import Context, Exempt
from detectors.providers import is_personal
from section9 import ParsedMail, Participant, Person, PersonRole

ADULTS = frozenset({PersonRole.STAFF, PersonRole.VOLUNTEER, PersonRole.GOVERNOR})
OF_AGE = 18
_LEFT_LONG_AGO = 7  # years after which a leaver is of age for sure: nobody leaves before eleven
_GROUP = 3  # so many students at once are a class, a club or a list
_NOT_LETTERS = re.compile(r"[^a-z]+")


class Side(Enum):
    """On which side of the rule somebody stands."""

    ADULT = auto()
    CHILD = auto()  # a student, or a leaver under 18


class Known(Enum):
    """By what we know whose address it is."""

    DIRECTORY = auto()
    NAME = auto()  # a private address that bears the name of somebody in the directory


@dataclass(frozen=True, slots=True)
class Party:
    """Somebody on one of the sides, and the address they used."""

    address: str
    person: Person
    side: Side
    known: Known
    private: bool  # the address is none of the trust's


@dataclass(frozen=True, slots=True)
class Contact:
    """A message across the two sides."""

    sender: Party
    reached: tuple[Party, ...]  # those of the other side; never empty
    watched: bool  # a parent, or a second adult of the trust, got it too

    @property
    def group(self) -> bool:
        """Whether it went to as many as make a class or a list."""
        return len(self.reached) >= _GROUP

    @property
    def by_adult(self) -> bool:
        """Whether the adult wrote it."""
        return self.sender.side is Side.ADULT

    @property
    def adults(self) -> tuple[Party, ...]:
        """Those on the side of the trust."""
        return (self.sender,) if self.by_adult else self.reached

    @property
    def children(self) -> tuple[Party, ...]:
        """Those on the side of the students."""
        return self.reached if self.by_adult else (self.sender,)


def contact(mail: ParsedMail, context: Context, *, day: date) -> Contact | None:
    """Tell who of the two sides a message of that day joins; None where it joins nobody."""
    names = _names(mail)
    sender = party(context.sender.lower(), names.get(context.sender.lower(), ""), context, day=day)
    if sender is None:
        return None
    others = [one for one in _reached(context) if one != sender.address]
    parties = [party(one, names.get(one, ""), context, day=day) for one in others]
    reached = tuple(one for one in parties if one and one.side is not sender.side)
    if not reached:
        return None
    ends = [one.person for one in (sender, *reached)]
    return Contact(sender, reached, any(_watches(one, ends, context) for one in others))


def party(address: str, name: str, context: Context, *, day: date) -> Party | None:
    """Tell whose address it is and on which side they stand; None for anybody else."""
    private = is_private(address, context.domains)
    if person := context.person(address):
        side = side_of(person, day)
        return Party(address, person, side, Known.DIRECTORY, private) if side else None
    if private and is_personal(address.rpartition("@")[2]):
        return _by_name(address, name, context, day=day)
    return None


def side_of(person: Person, day: date) -> Side | None:
    """Tell on which side somebody stands on a day; None for parents and grown-up leavers."""
    if person.role in ADULTS:
        return Side.ADULT
    return Side.CHILD if person.role is PersonRole.STUDENT and not _grown(person, day) else None


def is_private(address: str, domains: frozenset[str]) -> bool:
    """Whether an address is none of the trust's; without domains, a private provider's."""
    domain = address.rpartition("@")[2]
    if is_personal(domain):
        return True
    return bool(domains) and not any(domain == own or domain.endswith(f".{own}") for own in domains)


def is_own(address: str, context: Context) -> bool:
    """Whether an address is of somebody of the trust."""
    return context.person(address) is not None or not is_private(address, context.domains)


def readers(mail: ParsedMail, context: Context) -> list[str]:
    """Return whom a message is to: those of its To header, or all where it names none."""
    every = _reached(context)
    named = {one.address for one in mail.to}
    first = [one for one in every if one in named] or every
    return [one for one in first if one != context.sender.lower()]


def without_exempt(met: Contact, exempt: Iterable[Exempt], context: Context) -> Contact | None:
    """Leave out whoever may write to each other; None where nobody else is left."""
    pairs = tuple(exempt)
    left = tuple(
        one for one in met.reached if not any(_covers(pair, met, one, context) for pair in pairs)
    )
    return Contact(met.sender, left, met.watched) if left else None


def _grown(person: Person, day: date) -> bool:
    """Whether somebody has left and is of age; who has not left is a student whatever their age."""
    left, born = person.leaving_date, person.date_of_birth
    if left is None or day <= left:
        return False
    years, since = (OF_AGE, born) if born else (_LEFT_LONG_AGO, left)
    return (day.year - years, day.month, day.day) >= (since.year, since.month, since.day)


def _by_name(address: str, name: str, context: Context, *, day: date) -> Party | None:
    """Link a private address by its name, unless a parent or somebody of both sides bears it."""
    bearers = context.named(name) or context.named(_spelled(address))
    sides = {side_of(person, day) for person in bearers}
    side = sides.pop() if len(sides) == 1 else None
    return Party(address, bearers[0], side, Known.NAME, private=True) if side else None


def _spelled(address: str) -> str:
    """Return the name that an address spells: `jane.doe77@…`."""
    return " ".join(_NOT_LETTERS.split(address.partition("@")[0])).strip()


def _names(mail: ParsedMail) -> dict[str, str]:
    """Return by which name each address goes in the headers."""
    everybody: Iterator[Participant] = (
        one for field in (mail.bcc, mail.cc, mail.to, mail.from_) for one in field
    )
    return {one.address: one.name for one in everybody}


def _reached(context: Context) -> list[str]:
    return list(dict.fromkeys(one.address.lower() for one in context.recipients))


def _watches(address: str, ends: Sequence[Person], context: Context) -> bool:
    """Whether an address is of a parent or an adult of the trust who is neither end of it."""
    person = context.person(address)
    if person is None or person.role not in {*ADULTS, PersonRole.PARENT}:
        return False
    return not any(_same(person, end, context) for end in ends)


def _covers(pair: Exempt, met: Contact, one: Party, context: Context) -> bool:
    adult, child = (met.sender, one) if met.by_adult else (one, met.sender)
    return _is(adult, pair.adult, context) and _is(child, pair.child, context)


def _is(one: Party, address: str, context: Context) -> bool:
    """Whether an address is of the same person, by the directory."""
    person = context.person(address)
    return one.address == address or bool(person and _same(person, one.person, context))


def _same(one: Person, other: Person, context: Context) -> bool:
    """Whether two addresses in the directory are of one person: by name and role."""
    named = one.name == other.name or other in context.named(one.name)
    return named and one.role is other.role
