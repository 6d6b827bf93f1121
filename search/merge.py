"""Two records of one mail become one: every copy, and everything ever found in it.

Copies of a message differ in what they prove: only the sender's own names the Bcc recipients,
only the mailbox tells of a deletion. So nothing that either record knows is lost.
"""

from dataclasses import replace
from datetime import datetime
from typing import TypeVar

from search.sealed import emptied, is_sealed
from search.unread import MENDABLE, is_unread
from search.versions import latest
from section9 import Defect, Finding, ParsedMail, Record, Sighting, Turn

_T = TypeVar("_T")


def merge(old: Record, new: Record) -> Record:
    """Join two records of the same mail; joining what is already there changes nothing.

    The text stays that of `old`, to which its findings point, unless a reader had failed at it.
    Sightings are joined by id, findings by (rule, version, part, start, end), people and defects
    by all they say.
    """
    if old == new:
        return old
    merged = replace(
        old,
        date=min((date for date in (old.date, new.date) if date is not None), default=None),
        parsed=_merge_parsed(old.parsed, new.parsed),
        sightings=_merge_sightings(old.sightings, new.sightings),
        findings=_merge_findings(old.findings, new.findings),
        own=_merge_own(old.own, new.own),
        versions=latest((*old.versions, *new.versions)),
    )
    # A seal that either carries is on all of it: what was known of the message is forgotten.
    return emptied(merged) if is_sealed(old) or is_sealed(new) else merged


def _merge_parsed(old: ParsedMail, new: ParsedMail) -> ParsedMail:
    if old == new:
        return old
    return replace(
        new if is_unread(old) and not is_unread(new) else old,
        date=old.date or new.date,
        from_=_union(old.from_, new.from_),
        to=_union(old.to, new.to),
        cc=_union(old.cc, new.cc),
        bcc=_union(old.bcc, new.bcc),
        reply_to=_union(old.reply_to, new.reply_to),
        in_reply_to=_union(old.in_reply_to, new.in_reply_to),
        references=_union(old.references, new.references),
        defects=_merge_defects(old.defects, new.defects),
    )


def _merge_defects(old: tuple[Defect, ...], new: tuple[Defect, ...]) -> tuple[Defect, ...]:
    """Keep every defect, but a failure of our own reader only while no reading went without it."""
    mended = {one for one in {*old} ^ {*new} if one.code in MENDABLE}
    return tuple(one for one in _union(old, new) if one not in mended)


def _merge_own(old: tuple[str, ...] | None, new: tuple[str, ...] | None) -> tuple[str, ...] | None:
    """Where one record does not know the trust's domains, the other may."""
    if old is None or new is None:
        return new if old is None else old
    return tuple(sorted({*old, *new}))


def _union(old: tuple[_T, ...], new: tuple[_T, ...]) -> tuple[_T, ...]:
    """Keep the order in which things came, each once."""
    return tuple(dict.fromkeys((*old, *new)))


def _merge_sightings(old: tuple[Sighting, ...], new: tuple[Sighting, ...]) -> tuple[Sighting, ...]:
    """Join by id, in order of time. A copy seen again may have been deleted in between."""
    joined = {sighting.id: sighting for sighting in old}
    for sighting in new:
        known = joined.get(sighting.id)
        joined[sighting.id] = sighting if known is None else _merge_sighting(known, sighting)
    return tuple(sorted(joined.values(), key=lambda sighting: (sighting.seen, sighting.id)))


def _merge_sighting(old: Sighting, new: Sighting) -> Sighting:
    first, again = sorted((old, new), key=lambda sighting: sighting.seen)
    return replace(
        first,
        mailbox=first.mailbox or again.mailbox,
        folder=first.folder or again.folder,
        envelope=first.envelope or again.envelope,
        recipients=_union(first.recipients, again.recipients),
        item=first.item or again.item,
        arrived=first.arrived or again.arrived,
        story=max(old.story, new.story, key=_length),
    )


def _length(story: tuple[Turn, ...]) -> tuple[int, list[tuple[datetime, str, str]]]:
    """Compare two tellings of one story: the longer goes on from the shorter."""
    return len(story), [(turn.before, turn.change, turn.folder) for turn in story]


def _merge_findings(old: tuple[Finding, ...], new: tuple[Finding, ...]) -> tuple[Finding, ...]:
    """Join by where they are. Copies went to different people: the gravest finding stands."""
    joined: dict[tuple[str, int, int, str, int], Finding] = {}
    for finding in (*old, *new):
        known = joined.setdefault(_identity(finding), finding)
        if (finding.severity, finding.why) > (known.severity, known.why):
            joined[_identity(finding)] = finding
    return tuple(joined[key] for key in sorted(joined))


def _identity(finding: Finding) -> tuple[str, int, int, str, int]:
    """Order a message's findings as a reader meets them, part by part."""
    return finding.part, finding.start, finding.end, finding.rule, finding.version
