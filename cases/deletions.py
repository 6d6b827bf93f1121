"""What was deleted from the mailboxes of a case, and which deletions stand out. Pure.

A burst is many deletions in one mailbox that were found together. How many are many depends on
the mailbox: somebody who tidies up every day deletes as much every day.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from statistics import median

from archive.case_words import Scope
from section9 import Change, MailId, Record, Sighting, Turn

TOGETHER = timedelta(minutes=10)
"""Deletions that follow one another no slower than this belong together. What one run of a
collector found between two looks does, for it is found within minutes."""
MANY = 20
"""Fewer that belong together are no burst."""
UNUSUAL = 5
"""How many times the mailbox's usual number makes a burst."""
USUAL = 3
"""Groups of deletions after which a mailbox has a usual number."""


@dataclass(frozen=True, slots=True)
class Deletion:
    """One copy that was deleted or purged, and what is to be said of that."""

    mail: MailId
    date: datetime | None  # of the message
    subject: str  # empty where the case withholds it
    mailbox: str
    folder: str  # where the copy was before; empty where it was deleted when first met
    turn: Turn
    restored: bool  # it is not deleted any more
    burst: int = 0  # how many belong together, where those are a burst
    after: tuple[str, ...] = ()  # what had begun by then: the case, a hold
    perhaps_after: tuple[str, ...] = ()  # what began between the two times


def deletions(
    records: Iterable[Record], scope: Scope, *, since: datetime | None, open_: frozenset[MailId]
) -> list[Deletion]:
    """List what was deleted from a scope's mailboxes, newest first.

    `since` leaves out what was found before; `open_` are the messages whose subject, and the
    folder that it was in, may be told.
    """
    found = [
        one if one.mail in open_ else replace(one, subject="", folder="")
        for record in records
        for copy in record.sightings
        if _covers(scope, copy.mailbox)
        for one in _of_copy(record, copy)
        if since is None or one.turn.before >= since
    ]
    return sorted(found, key=lambda one: (one.turn.before, one.mail), reverse=True)


def with_bursts(found: Sequence[Deletion]) -> list[Deletion]:
    """Mark those that belong to a burst; the order stays."""
    sizes: dict[int, int] = {}
    for groups in _groups(found).values():
        for number, group in enumerate(groups):
            others = [len(other) for n, other in enumerate(groups) if n != number]
            if _is_burst(len(group), others):
                sizes |= dict.fromkeys(group, len(group))
    return [replace(one, burst=sizes.get(number, 0)) for number, one in enumerate(found)]


def with_beginnings(found: Iterable[Deletion], began: Mapping[str, datetime]) -> Iterator[Deletion]:
    """Mark those that happened after the case, or a hold, began; `began` are moments by name."""
    for one in found:
        after, before = one.turn.after, one.turn.before
        surely = tuple(name for name, at in began.items() if after is not None and after >= at)
        perhaps = tuple(name for name, at in began.items() if name not in surely and before > at)
        yield replace(one, after=surely, perhaps_after=perhaps)


def _covers(scope: Scope, mailbox: str) -> bool:
    owners = {*scope.people, *scope.mailboxes}
    return mailbox in owners or mailbox.rpartition("@")[2] in scope.domains


def _of_copy(record: Record, copy: Sighting) -> Iterator[Deletion]:
    met_deleted = bool(copy.story) and copy.story[0].item == copy.item
    folder = "" if met_deleted else copy.folder
    for turn in copy.story:
        if turn.change in {Change.DELETED, Change.PURGED}:
            yield Deletion(
                mail=record.mail,
                date=record.date,
                subject=record.parsed.subject,
                mailbox=copy.mailbox,
                folder=folder,
                turn=turn,
                restored=copy.deleted is None,
            )
        folder = turn.folder


def _groups(found: Sequence[Deletion]) -> dict[str, list[list[int]]]:
    """Part each mailbox's deletions into those that belong together, by their places."""
    groups: dict[str, list[list[int]]] = defaultdict(list)
    last: dict[str, datetime] = {}
    for number in sorted(range(len(found)), key=lambda number: found[number].turn.before):
        one = found[number]
        before = last.get(one.mailbox)
        if before is None or one.turn.before - before > TOGETHER:
            groups[one.mailbox].append([])
        groups[one.mailbox][-1].append(number)
        last[one.mailbox] = one.turn.before
    return groups


def _is_burst(size: int, others: Sequence[int]) -> bool:
    usual = median(others) if len(others) >= USUAL else 0
    return size >= MANY and size > UNUSUAL * usual
