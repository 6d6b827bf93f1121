"""How grave a leak is: what it is, times who received it (policy clauses 4.5, 6.3 and 7.2).

A rule's severity is that of its data in a stranger's hands. It falls where the data stayed within
the Trust, went to a recipient agreed with it, came in from outside, or only stood in quoted text;
it rises with a private, forwarded or look-alike recipient, with many of them, and with many
values. Pure: the mail, the people and the day in, findings out.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from enum import Enum

from detectors.contract import Context
from detectors.lookalike import resembles
from detectors.providers import is_personal
from section9 import Category, Finding, Person, PersonRole, Recipient, RuleId

LEAKS = frozenset(
    {
        Category.PERSONAL_DATA,
        Category.FINANCIAL,
        Category.CREDENTIALS,
        Category.SPECIAL_CATEGORY,
    }
)
"""The categories whose gravity depends on who received them."""

QUOTED = "in quoted text"
MANY_PEOPLE = 5
MANY_VALUES = 10
_LEAST, _MOST = 1, 5


@dataclass(frozen=True, slots=True)
class Agreed:
    """Somebody outside whom the Trust has agreed to send such data, and until when."""

    to: str  # an address or a domain, lower case
    until: date  # the last day


class Reach(Enum):
    """Who a recipient is to the Trust: how much it weighs, and how a finding says it."""

    INSIDE = (-1, "it stayed within the Trust")
    AGREED = (-1, "it went to a recipient agreed with the Trust")
    SCHOOL = (0, "it went to another school of the Trust")
    PUPIL = (0, "it went to a student")
    PARENT = (0, "it went to a parent")
    OUTSIDE = (0, "it went outside")
    PRIVATE = (1, "it went to a private address outside")
    ONESELF = (1, "it went to what seems to be the sender's own address at home")
    FORWARDED = (1, "it was forwarded outside by a rule")
    LOOKALIKE = (1, "it went to a domain that looks like the Trust's")

    @property
    def step(self) -> int:
        """How much it adds to a severity."""
        return int(self.value[0])

    @property
    def words(self) -> str:
        """How a finding says it; names nobody."""
        return str(self.value[1])


ROLES = {PersonRole.STUDENT: Reach.PUPIL, PersonRole.PARENT: Reach.PARENT}
BEYOND = frozenset(Reach) - {Reach.INSIDE, Reach.AGREED, Reach.SCHOOL, Reach.PUPIL}


@dataclass(frozen=True, slots=True)
class Exposure:
    """What a message's recipients make of the data in it."""

    step: int
    words: tuple[str, ...]


def weighed(
    findings: Sequence[Finding], context: Context, *, agreed: Sequence[Agreed], today: date
) -> Iterator[Finding]:
    """Yield the findings, those of leaks as grave as their recipients make them."""
    exposure = exposed(context, agreed=agreed, today=today)
    counts = Counter(one.rule for one in findings)
    for one in findings:
        if one.category in LEAKS and exposure:
            yield _graded(one, exposure, counts)
        else:
            yield one


def exposed(context: Context, *, agreed: Sequence[Agreed], today: date) -> Exposure | None:
    """Judge the worst that became of a message; None where nobody knows who is inside."""
    if not context.domains or not context.recipients:
        return None
    live = frozenset(one.to for one in agreed if today <= one.until)
    reached = [reach(one, context, agreed=live) for one in context.recipients]
    worst = max(reached, key=lambda one: one.step)
    outside = sum(one in BEYOND for one in reached)
    if _is_foreign(context.sender, context) and not outside:
        return Exposure(-2, ("it came in from outside",))
    many = (1, (f"{outside} recipients outside at once",)) if outside >= MANY_PEOPLE else (0, ())
    return Exposure(worst.step + many[0], (worst.words, *many[1]))


def leaves(context: Context, *, agreed: Sequence[Agreed], today: date) -> bool:
    """Whether a message of the Trust's own reached anybody but itself, parents and the agreed."""
    if not context.domains or _is_foreign(context.sender, context):
        return False
    live = frozenset(one.to for one in agreed if today <= one.until)
    reached = {reach(one, context, agreed=live) for one in context.recipients}
    return bool(reached & (BEYOND - {Reach.PARENT}))


def reach(recipient: Recipient, context: Context, *, agreed: frozenset[str]) -> Reach:
    """Tell who one recipient is to the Trust."""
    address = recipient.address.lower()
    domain = address.rpartition("@")[2]
    person = context.person(address)
    if {address, *_with_parents(domain)} & agreed:
        return Reach.AGREED
    role = ROLES.get(person.role) if person else None
    if not _is_foreign(address, context):
        return role or (Reach.SCHOOL if _elsewhere(person, context) else Reach.INSIDE)
    return role or _stranger(recipient, domain, context)


def _stranger(recipient: Recipient, domain: str, context: Context) -> Reach:
    """Tell what a recipient outside is, of whom the directory knows nothing."""
    if recipient.forwarded_from:
        return Reach.FORWARDED
    if any(resembles(domain, own) for own in context.domains):
        return Reach.LOOKALIKE
    if not is_personal(domain):
        return Reach.OUTSIDE
    mine = _same_person(recipient.address.lower(), context.sender)
    return Reach.ONESELF if mine else Reach.PRIVATE


def _elsewhere(person: Person | None, context: Context) -> bool:
    """Whether a colleague works at another school than the sender; not known is not elsewhere."""
    sender = context.person(context.sender.lower())
    if not (person and sender and person.school and sender.school):
        return False
    return person.school != sender.school


def _is_foreign(address: str, context: Context) -> bool:
    """Whether an address lies outside the Trust's domains and those under them."""
    return not context.domains.intersection(_with_parents(address.lower().rpartition("@")[2]))


def _with_parents(domain: str) -> set[str]:
    labels = domain.split(".")
    return {".".join(labels[start:]) for start in range(len(labels))}


def _same_person(address: str, sender: str) -> bool:
    """Whether two addresses are built from the same surname: `j.doe` and `janedoe77`."""
    one, other = address.partition("@")[0], sender.lower().partition("@")[0]
    longest = max(_letters(other), key=len, default="")
    return len(longest) > 3 and longest in "".join(_letters(one))  # noqa: PLR2004 - shorter parts are in many names


def _letters(local: str) -> list[str]:
    return "".join(char if char.isalpha() else " " for char in local).split()


def _graded(one: Finding, exposure: Exposure, counts: Counter[RuleId]) -> Finding:
    """Put the exposure, the number of values and the place in the text together."""
    quoted = one.why.endswith(QUOTED)
    bulk = counts[one.rule] >= MANY_VALUES
    severity = one.severity + exposure.step + bulk - quoted
    words = [*exposure.words, *([f"{counts[one.rule]} in this message"] if bulk else [])]
    return replace(
        one,
        severity=min(_MOST, max(_LEAST, severity)),
        why="; ".join((one.why, *words)),
    )
