"""The conversation of a message, as far as a case sees it.

It is followed through Message-IDs, from round to round, by questions that are narrowed like any
other: what lies outside the scope is neither found nor told apart from what is not archived.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import islice

from search.threads import adopted, base_subject, references
from search.tree import Exact, Phrase, Query, any_of, clean
from search.words import words
from section9 import MailId, Record

MOST = 1_000  # messages of a conversation
NAMES = 5_000  # Message-IDs that are looked for

Find = Callable[[Query], Iterator[Record]]
"""Streams the records that a question finds; it is the asker's to narrow it."""


@dataclass(frozen=True, slots=True)
class Alike:
    """The open messages of one subject, and which of them hang together by it alone."""

    records: dict[MailId, Record]
    ties: dict[MailId, list[MailId]]


@dataclass(slots=True)
class Gathered:
    """What has been found of a conversation so far."""

    records: dict[MailId, Record]
    names: set[str] = field(default_factory=set)  # Message-IDs that were looked for
    alike: dict[str, Alike] = field(default_factory=dict)  # by subject

    @property
    def whole(self) -> bool:
        """Tell whether nothing was left out for being too much."""
        return len(self.records) < MOST and len(self.names) < NAMES


def gather(first: Record, *, find: Find, find_open: Find) -> Gathered:
    """Collect the conversation of a message.

    `find_open` finds only what is open: a subject is content, and links nothing that is withheld.
    """
    gathered = Gathered({first.mail: first})
    fresh = [first]
    while fresh and gathered.whole:
        found = [*_by_reference(gathered, fresh, find), *_by_subject(gathered, fresh, find_open)]
        fresh = [record for record in found if record.mail not in gathered.records]
        room = MOST - len(gathered.records)
        gathered.records |= {record.mail: record for record in fresh[:room]}
    return gathered


def _by_reference(gathered: Gathered, fresh: list[Record], find: Find) -> Iterator[Record]:
    """Find what the new messages answer, and whatever refers to the same as they do."""
    named = {name for record in fresh for name in (_name(record), *references(record)) if name}
    asked = sorted(named - gathered.names)[: NAMES - len(gathered.names)]
    gathered.names |= set(asked)
    if asked:
        yield from islice(find(any_of([Exact("thread", name) for name in asked])), MOST)


def _by_subject(gathered: Gathered, fresh: list[Record], find_open: Find) -> Iterator[Record]:
    """Find the replies that name nothing, and what they answer."""
    for record in fresh:
        subject, _ = base_subject(record.parsed.subject)
        if words(subject) and subject not in gathered.alike:
            gathered.alike[subject] = _alike(subject, find_open)
    for alike in gathered.alike.values():
        yield from _tied(gathered, alike)


def _alike(subject: str, find_open: Find) -> Alike:
    found = islice(find_open(Phrase("subject", tuple(words(subject)))), MOST)
    same = (one for one in found if base_subject(one.parsed.subject)[0] == subject)
    records = {one.mail: one for one in same}
    ties: dict[MailId, list[MailId]] = {}
    for answer, answered in adopted(records.values()).items():
        ties.setdefault(answer, []).append(answered)
        ties.setdefault(answered, []).append(answer)
    return Alike(records, ties)


def _tied(gathered: Gathered, alike: Alike) -> Iterator[Record]:
    """Those of the messages of one subject that hang together with what is known already."""
    waiting = [mail for mail in alike.ties if mail in gathered.records]
    seen = set(waiting)
    while waiting:
        for mail in alike.ties[waiting.pop()]:
            if mail not in seen:
                seen.add(mail)
                waiting.append(mail)
                yield alike.records[mail]


def _name(record: Record) -> str:
    return clean(record.parsed.message_id)
