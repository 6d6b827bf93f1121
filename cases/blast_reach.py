"""In whose hands the mail of a breach is: pure, from the recipient ledger. Counts, never names.

Whom a mail server proves to have been sent it counts; where none told, whom the header names.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from detectors.contract import Context
from detectors.exposure import Agreed, Reach, reach
from search.threads import base_subject
from section9 import ParsedMail, PartId, Person, PersonRole, Recipient, Record

HANDS: Mapping[Reach, str] = {
    Reach.INSIDE: "colleagues of the trust",
    Reach.SCHOOL: "colleagues at another school of the trust",
    Reach.AGREED: "recipients outside with whom it is agreed",
    Reach.PUPIL: "pupils",
    Reach.PARENT: "parents and carers",
    Reach.OUTSIDE: "other recipients outside",
    Reach.PRIVATE: "private addresses outside",
    Reach.ONESELF: "what seems to be the sender's own private address",
    Reach.FORWARDED: "addresses outside to which a rule forwards",
    Reach.LOOKALIKE: "addresses at a domain that looks like the trust's",
}
"""How a report says who they are."""
WITHIN = frozenset({Reach.INSIDE, Reach.SCHOOL, Reach.AGREED})
"""Who may well have been meant; of any other somebody has to say whether they were."""


@dataclass(frozen=True, slots=True)
class Received:
    """Who was sent it, and who sent it."""

    hands: Mapping[Reach, int]  # different addresses
    proven: bool  # by a mail server; else the headers alone say so
    sender: str  # who opened the door: `a member of staff`
    forwarded: bool  # what was sent on had come from somebody else
    copies: int
    mailboxes: int
    deleted: int  # copies that are deleted or purged since
    visible: int  # addresses that every recipient could see

    @property
    def people(self) -> int:
        """How many addresses were sent it."""
        return sum(self.hands.values())

    @property
    def outside(self) -> int:
        """Those that are neither colleagues nor agreed."""
        return sum(count for who, count in self.hands.items() if who not in WITHIN)


@dataclass(frozen=True, slots=True)
class Aftermath:
    """What became of it in the conversation."""

    replies: int
    forwards: int
    further: int  # addresses that were sent it or an answer only then
    outside: int  # of these, outside the trust
    recalls: int


def received(
    records: Sequence[Record],
    *,
    person: Callable[[str], Person | None],
    agreed: Sequence[Agreed],
) -> Received:
    """Say who was sent some messages."""
    hands: dict[str, Reach] = {}
    for record in records:
        day = record.date.date() if record.date else None
        live = frozenset(one.to for one in agreed if day is None or day <= one.until)
        context = _context(record, person)
        for one in recipients(record):
            hands.setdefault(one.address.lower(), reach(one, context, agreed=live))
    counts = Counter(hands.values())
    copies = [copy for record in records for copy in record.sightings]
    return Received(
        hands={who: counts[who] for who in Reach if counts[who]},
        proven=all(any(copy.recipients for copy in one.sightings) for one in records),
        sender=_senders(records, person),
        forwarded=any(base_subject(record.parsed.subject)[1] for record in records),
        copies=len(copies),
        mailboxes=len({copy.mailbox for copy in copies if copy.mailbox}),
        deleted=sum(copy.deleted is not None for copy in copies),
        visible=max((len(_shown(record.parsed)) for record in records), default=0),
    )


def recipients(record: Record) -> tuple[Recipient, ...]:
    """Everybody whom a message was sent to, as far as is known."""
    proven = tuple(one for copy in record.sightings for one in copy.recipients)
    return proven or tuple(Recipient(address) for address in _addressed(record.parsed))


def aftermath(records: Sequence[Record], after: Iterable[Record], *, recalls: int) -> Aftermath:
    """Say what became of it in the conversation."""
    first = {one.address.lower() for record in records for one in recipients(record)}
    first |= {one.address for record in records for one in record.parsed.from_}
    own = {domain for record in records for domain in record.own or ()}
    forwards = replies = 0
    further: set[str] = set()
    for record in after:
        sent_on = _is_forward(record.parsed.subject)
        forwards, replies = forwards + sent_on, replies + (not sent_on)
        further |= {one.address.lower() for one in recipients(record)} - first
        own |= {*(record.own or ())}
    outside = sum(address.rpartition("@")[2] not in own for address in further)
    return Aftermath(replies, forwards, len(further), outside, recalls)


def _context(record: Record, person: Callable[[str], Person | None]) -> Context:
    sender = next((one.address for one in record.parsed.from_), "")
    own = frozenset(record.own or ())
    return Context(PartId("subject"), domains=own, person=person, sender=sender)


def _addressed(parsed: ParsedMail) -> Iterator[str]:
    return (one.address for one in (*parsed.to, *parsed.cc, *parsed.bcc))


def _shown(parsed: ParsedMail) -> set[str]:
    return {one.address for one in (*parsed.to, *parsed.cc)}


def _senders(records: Iterable[Record], person: Callable[[str], Person | None]) -> str:
    """Say who sent it, each kind once: `a member of staff`."""
    said = (_sender(record, person) for record in records)
    return " and ".join(dict.fromkeys(said))


def _sender(record: Record, person: Callable[[str], Person | None]) -> str:
    address = next((one.address for one in record.parsed.from_), "")
    known = person(address.lower())
    if known:
        return _ROLES[known.role]
    own = address.rpartition("@")[2].lower() in (record.own or ())
    return "somebody at the trust who is not in the directory" if own else "somebody outside"


_ROLES = {
    PersonRole.STAFF: "a member of staff",
    PersonRole.STUDENT: "a pupil",
    PersonRole.GOVERNOR: "a governor or trustee",
    PersonRole.PARENT: "a parent or carer",
    PersonRole.VOLUNTEER: "a volunteer",
}


def _is_forward(subject: str) -> bool:
    return subject.strip().casefold().startswith(("fw:", "fwd:"))
