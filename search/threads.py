"""Conversations: which message answers which, by RFC 5256's REFERENCES algorithm. Pure.

References and In-Reply-To decide. A subject decides nothing, but for a reply whose program wrote
neither: it answers the newest earlier message of that subject in which its author took part.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import pairwise

from search.tree import clean
from section9 import MailId, Record

MAX_REFERENCES = 100  # of a message, the last; RFC 5322 has no limit, and mail is hostile
DEEPEST = 1_000  # answers to answers

Parents = dict[str, str]
"""The name of what each name answers. A name is a Message-ID, of a message known or not."""


@dataclass(frozen=True, slots=True)
class Reply:
    """One message of a conversation, at its place in it."""

    record: Record
    parent: MailId | None  # the nearest known message that it answers
    depth: int  # 0 for what answers nothing that is known
    missing: int  # messages between the two, or before it, that are only referred to


@dataclass(frozen=True, slots=True)
class Thread:
    """A conversation: each answer under what it answers, the oldest first."""

    replies: tuple[Reply, ...]
    missing: int  # messages that these refer to and that are not among them


def references(record: Record) -> tuple[str, ...]:
    """The Message-IDs that a message names as what it answers, the nearest last (RFC 5256, 3)."""
    parsed = record.parsed
    named = parsed.references or parsed.in_reply_to[:1]
    return tuple(dict.fromkeys(map(clean, named)))[-MAX_REFERENCES:]


def base_subject(subject: str) -> tuple[str, bool]:
    """A subject without what replying and forwarding add, and whether they added any.

    RFC 5256, 2.1, in the form of `tree.clean`.
    """
    base, answers = clean(subject), False
    while True:
        shorter = _unlead(base.removesuffix("(fwd)").rstrip())
        if shorter == base:
            return base, answers
        base, answers = shorter, True


def thread(records: Iterable[Record]) -> Thread:
    """Put the messages of one conversation in order."""
    known = _named(records)
    parents = _linked(known)
    answers: dict[str, list[str]] = {}
    gaps: dict[str, int] = {}
    for name in known:
        above, gaps[name] = _nearest(name, parents, known)
        answers.setdefault(above, []).append(name)
    replies = tuple(_walk(known, answers, gaps))
    return Thread(replies, len(_referred(known.values()) - known.keys()))


def adopted(records: Iterable[Record]) -> dict[MailId, MailId]:
    """What replies that name nothing answer, by their subjects, among messages of one subject."""
    found: dict[MailId, MailId] = {}
    earlier: list[tuple[MailId, set[str]]] = []
    for record in sorted((one for one in records if one.date), key=_age):
        if not references(record) and base_subject(record.parsed.subject)[1]:
            author = {one.address for one in record.parsed.from_}
            answered = next((mail for mail, people in reversed(earlier) if author & people), None)
            if answered:
                found[record.mail] = answered
        earlier.append((record.mail, _people(record)))
    return found


def _unlead(subject: str) -> str:
    """Take one `re:`, `fw:` or `fwd:` off, with the `[list]` names around it."""
    rest = subject
    while rest.startswith("[") and "]" in rest:
        rest = rest.partition("]")[2].lstrip()
    for leader in ("re", "fwd", "fw"):
        after = rest.removeprefix(leader).lstrip()
        if after != rest and after.startswith("[") and "]" in after:
            after = after.partition("]")[2].lstrip()
        if after != rest and after.startswith(":"):
            return after[1:].lstrip()
    return subject


def _people(record: Record) -> set[str]:
    """The addresses of those who wrote a message or got it."""
    parsed = record.parsed
    people = (*parsed.from_, *parsed.to, *parsed.cc, *parsed.bcc)
    proven = (one for copy in record.sightings for one in copy.recipients)
    return {one.address for one in people} | {one.address for one in proven}


def _named(records: Iterable[Record]) -> dict[str, Record]:
    """Messages by their Message-IDs; one that has none, or another's, by its own id."""
    known: dict[str, Record] = {}
    for record in sorted(records, key=_age):
        name = clean(record.parsed.message_id)
        known[record.mail if not name or name in known else name] = record
    return known


def _referred(records: Iterable[Record]) -> set[str]:
    return {name for record in records for name in references(record)}


def _linked(known: dict[str, Record]) -> Parents:
    """Say what answers what (RFC 5256, REFERENCES, step 1), and whom an orphan's subject finds."""
    parents: Parents = {}
    for name, record in known.items():
        chain = references(record)
        for parent, child in pairwise(chain):
            if child not in parents and not _loops(parents, parent, child):
                parents[child] = parent
        # What a message says of itself counts for more than what others say of it.
        if chain and not _loops(parents, chain[-1], name):
            parents[name] = chain[-1]
    names = {record.mail: name for name, record in known.items()}
    for child, parent in _adoptions(known.values()):
        if not _loops(parents, names[parent], names[child]):
            parents[names[child]] = names[parent]
    return parents


def _adoptions(records: Iterable[Record]) -> Iterator[tuple[MailId, MailId]]:
    alike: dict[str, list[Record]] = {}
    for record in records:
        alike.setdefault(base_subject(record.parsed.subject)[0], []).append(record)
    for subject, some in alike.items():
        if subject:
            yield from adopted(some).items()


def _loops(parents: Parents, parent: str, child: str) -> bool:
    """Tell whether a link would close a circle, or hang on a chain too long to be people's."""
    above: str | None = parent
    for _ in range(DEEPEST):
        if above is None or above == child:
            return above == child
        above = parents.get(above)
    return True


def _nearest(name: str, parents: Parents, known: dict[str, Record]) -> tuple[str, int]:
    """The nearest known message above one, empty where there is none, and how many are missing."""
    missing, above = 0, parents.get(name, "")
    while above and above not in known:
        missing, above = missing + 1, parents.get(above, "")
    return above, missing


def _walk(
    known: dict[str, Record], answers: dict[str, list[str]], gaps: dict[str, int]
) -> Iterator[Reply]:
    """Yield the messages, each with all that answers it before the next."""
    waiting = [("", name, 0) for name in _newest_first(answers.get("", ()), known)]
    while waiting:
        above, name, depth = waiting.pop()
        parent = known[above].mail if above else None
        yield Reply(known[name], parent, depth, gaps[name])
        below = _newest_first(answers.get(name, ()), known)
        waiting += [(name, answer, depth + 1) for answer in below]


def _newest_first(names: Iterable[str], known: dict[str, Record]) -> list[str]:
    return sorted(names, key=lambda name: _age(known[name]), reverse=True)


def _age(record: Record) -> tuple[bool, float, MailId]:
    """Order messages from the oldest on; those without a date come last."""
    moment = record.date
    return moment is None, moment.timestamp() if moment else 0, record.mail
