"""Messages like one: between the same people, with the same words. The same on either engine.

What tells a message from others is chosen here, by how few messages of the case's scope have it
(inverse document frequency), and both engines are asked for mail with some of it. What they find
is weighed here too, so nothing hangs on an engine's own score. The look is recorded.
"""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from heapq import nlargest
from itertools import islice
from math import log

from cases.answers import Answer
from cases.gate import Gate
from cases.sight import Sight
from search.document import document
from search.excerpts import hit, marking
from search.fields import DEFAULT, PROSE_COLUMNS, TEXT_COLUMNS
from search.folding import own_text
from search.index import Page
from search.tree import All, AnyOf, Everything, Exact, Not, Query, Word, clean
from search.words import stem, words
from section9 import MailId, Record

TELLING = 12  # words, and as many people, by which a message is known
ASKED = 40  # words that are counted to choose them from
SHORTEST = 4  # letters of such a word
WEIGHED = 500  # messages, the newest
ALIKE = 0.1  # of what the message itself weighs


@dataclass(frozen=True, slots=True)
class Marks:
    """What tells a message from others, and how much each of it weighs."""

    words: Mapping[str, float]  # by their stems
    people: Mapping[str, float]
    query: Query

    @property
    def weight(self) -> float:
        """What the message itself weighs."""
        return sum(self.words.values()) + sum(self.people.values())


def similar(gate: Gate, case: str, mail: str, *, limit: int) -> Answer:
    """Find what is most like a message of a case's scope, the likest first.

    Of a message that is withheld only the people are compared.
    """
    found = gate.find(case, mail, act="similar")
    sight = gate.sight(case, "similar", mail)
    [*open_] = gate.index.records(sight.open(Exact("id", found)))
    marks = _marks(gate, sight, found, open_[0] if open_ else gate.index.get(found), bool(open_))
    others = islice(gate.index.records(sight.open(marks.query)), WEIGHED)
    weighed = [(_weight(marks, one), one.mail) for one in others]
    best = nlargest(limit, ((w, m) for w, m in weighed if w >= ALIKE * marks.weight))
    records = (gate.index.get(one) for _, one in best)
    shown = marking(marks.query)
    hits = tuple(hit(record, shown) for record in records if record)
    return gate.given(sight, f"similar {found}", marks.query, Page(hits, len(hits), next=None))


def _marks(
    gate: Gate,
    sight: Sight,
    mail: MailId,
    record: Record | None,
    is_open: bool,  # noqa: FBT001 - private
) -> Marks:
    """Choose what tells a message from the others in sight."""
    said = _said(record) if record and is_open else Counter[str]()
    people = _people(record) if record else []
    total = gate.index.count(sight.open(Everything()))

    def rarity(query: Query) -> float:
        return log((total + 1) / (gate.index.count(sight.open(query)) + 1))

    asked = {word: times * rarity(Word(DEFAULT, word)) for word, times in said.most_common(ASKED)}
    telling = nlargest(TELLING, asked, key=asked.__getitem__)
    rare = {address: rarity(Exact("participant", address)) for address in people}
    named = nlargest(TELLING, rare, key=rare.__getitem__)
    either = [AnyOf(tuple(Exact("participant", address) for address in named))]
    if telling:
        either.append(AnyOf(tuple(Word(DEFAULT, word) for word in telling)))
    return Marks(
        {stem(word): asked[word] / said[word] for word in telling},
        {address: rare[address] for address in named},
        All((*either, Not(Exact("id", mail)))),
    )


def _said(record: Record) -> Counter[str]:
    """The words that a message says itself, a form for each stem, and how often."""
    counted = Counter[str]()
    forms: dict[str, str] = {}
    for word in words(f"{record.parsed.subject}\n{own_text(record)}"):
        if len(word) >= SHORTEST and word.isalpha():
            counted[forms.setdefault(stem(word), word)] += 1
    return counted


def _people(record: Record) -> list[str]:
    parsed = record.parsed
    everybody = (*parsed.from_, *parsed.to, *parsed.cc, *parsed.bcc)
    return sorted({clean(one.address) for one in everybody if one.address})


def _weight(marks: Marks, record: Record) -> float:
    stems = {stem(word) for word in _prose(record)}
    shared = sum(weight for stemmed, weight in marks.words.items() if stemmed in stems)
    people = set(_people(record))
    return shared + sum(weight for address, weight in marks.people.items() if address in people)


def _prose(record: Record) -> Iterator[str]:
    for column, text in zip(TEXT_COLUMNS, document(record).texts, strict=True):
        if column in PROSE_COLUMNS:
            yield from words(text)
