"""The items of triage: flagged messages, and patterns over many. Pure, and without a word of mail.

An item holds what must be known to rank it and to say whom it concerns; its content is the
gate's to give.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from archive.case_events import RulesInForce
from archive.events import Event
from archive.pattern_events import PatternFound
from archive.triage_events import ItemId
from search.document import flags
from search.versions import read
from section9 import Finding, MailId, PartId, Record, RuleVersion

WHOLE = PartId("pattern")
"""The part of a finding that is on a pattern and not on any message."""

SHORT = 12  # digits of a message's id that are shown; any unique beginning is understood

InForce = Mapping[RuleVersion, datetime]


@dataclass(frozen=True, slots=True)
class Item:
    """One thing to decide about: who, when, and what was found."""

    id: ItemId
    since: datetime  # when it was there to be seen
    sent: datetime | None  # the message; of a pattern, the last of them
    sender: str  # an address, as are all of these, in lower case; empty where there is none
    recipients: tuple[str, ...]
    people: frozenset[str]  # everybody who took part
    findings: tuple[Finding, ...]  # the gravest first
    mails: tuple[MailId, ...]  # the message, or those that make the pattern

    @property
    def severity(self) -> int:
        """That of its gravest finding."""
        return max((one.severity for one in self.findings), default=0)

    @property
    def is_pattern(self) -> bool:
        """Tell whether it is made of several messages."""
        return self.id.startswith("P-")

    @property
    def rank(self) -> tuple[int, datetime, str]:
        """Its place in the queue: the gravest first, and of these what has waited longest."""
        return -self.severity, self.since, self.id


def short(item: str) -> str:
    """What an item is called: the beginning of a message's id, the whole of a pattern's."""
    return item if item.startswith("P-") else item[:SHORT]


def in_force(events: Iterable[Event]) -> InForce:
    """When each version of a rule began to read mail, from the `cases` book."""
    began: dict[RuleVersion, datetime] = {}
    for event in events:
        if isinstance(event, RulesInForce):
            for rule, version in read(event.rules).items():
                began.setdefault(RuleVersion(rule, version), event.at)
    return began


def of_record(record: Record, began: InForce) -> Item | None:
    """The item that a message makes; None where no rule's latest version flags it.

    It was there to be seen when its first copy came, but not before the rules that flag it.
    """
    findings = _ranked(one for one in record.current if flags(one))
    if not findings or not record.sightings:
        return None
    came = min(copy.seen for copy in record.sightings)
    ruled = (began.get(RuleVersion(one.rule, one.version), came) for one in findings)
    recipients = tuple(dict.fromkeys(_recipients(record)))
    sender = next((one.address for one in record.parsed.from_), "")
    return Item(
        id=ItemId(record.mail),
        since=max(came, min(ruled)),
        sent=record.date,
        sender=sender,
        recipients=recipients,
        people=frozenset(one.lower() for one in (*_authors(record), *recipients) if one),
        findings=findings,
        mails=(record.mail,),
    )


def of_pattern(found: PatternFound, *, since: datetime) -> Item:
    """The item that a pattern makes."""
    finding = Finding(
        rule=found.rule,
        version=found.version,
        category=found.category,
        clause=found.clause,
        part=WHOLE,
        start=0,
        end=0,
        confidence=found.confidence,
        severity=found.severity,
        why=found.why,
    )
    others = tuple(one for one in found.people if one != found.target)
    return Item(
        id=ItemId(found.pattern),
        since=since,
        sent=found.until,
        sender=next(iter(others), ""),
        recipients=(found.target,),
        people=frozenset(found.people),
        findings=(finding,),
        mails=found.mails,
    )


def _ranked(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    return tuple(sorted(findings, key=lambda one: (-one.severity, one.rule, one.part, one.start)))


def _authors(record: Record) -> Iterator[str]:
    yield from (one.address for one in record.parsed.from_)
    for copy in record.sightings:
        yield from (copy.sender, copy.on_behalf_of, copy.mailbox)


def _recipients(record: Record) -> Iterator[str]:
    parsed = record.parsed
    yield from (one.address for one in (*parsed.to, *parsed.cc, *parsed.bcc))
    for copy in record.sightings:
        for one in copy.recipients:
            yield from filter(None, (one.address, one.expanded_from, one.forwarded_from))
