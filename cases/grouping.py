"""A search whose messages are folded: into what quotes them whole, into their like, into threads.

The newest of what is found and open are compared, as many as `MOST`; what is withheld is counted
and compared with nothing. The look is recorded like any search, with the messages that are shown.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from itertools import islice

from cases.answers import Answer
from cases.gate import Gate
from search.excerpts import hit, marking
from search.folding import Fold, folded, sketch
from search.index import Page
from search.order import Order
from section9 import MailId, Record

MOST = 2_000  # messages


@dataclass(frozen=True, slots=True)
class Grouped:
    """A page of messages that stand for others too."""

    answer: Answer
    folded: Mapping[MailId, tuple[MailId, ...]]  # by the message that is shown for them
    compared: int  # messages, of all that were found
    shown: int  # messages that nothing was left to fold into


def grouped(  # noqa: PLR0913 - each says what is listed, and how
    gate: Gate, case: str, typed: str, *, by: Fold, limit: int, order: Order
) -> Grouped:
    """Find messages in a case's scope, and fold them."""
    sight, asked = gate.sight(case, "search"), gate.asked(typed)
    records = islice(gate.index.records(sight.open(asked)), MOST)
    sketches = [sketch(record, slim=_slim) for record in records]
    if order is Order.OLDEST:
        sketches.reverse()
    stands_for = folded(sketches, by)
    shown = [one.mail for one in sketches if one.mail not in stands_for]
    marks = marking(sight.narrow(asked))
    found = (gate.index.get(mail) for mail in shown[:limit])
    hits = tuple(hit(record, marks) for record in found if record)
    page = Page(hits, gate.index.count(sight.narrow(asked)), next=None)
    answer = gate.given(sight, typed, asked, page)
    return Grouped(answer, _turned(stands_for), len(sketches), len(shown))


def _slim(record: Record) -> Record:
    """A record without the text of its parts."""
    return replace(record, parsed=replace(record.parsed, parts=()), findings=())


def _turned(stands_for: Mapping[MailId, MailId]) -> dict[MailId, tuple[MailId, ...]]:
    found: dict[MailId, tuple[MailId, ...]] = {}
    for mail, shown in stands_for.items():
        found[shown] = (*found.get(shown, ()), mail)
    return found
