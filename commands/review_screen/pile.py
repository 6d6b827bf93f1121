"""What lies on the reviewer's desk: the messages of one question, page by page. No screen here."""

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from search.order import Order

if TYPE_CHECKING:
    from cases.answers import Answer, Conversation
    from cases.gate import Gate
    from search.index import Hit

PAGE = 100  # messages of one question to the gate: each page is recorded as a search


@dataclass(frozen=True, slots=True)
class Row:
    """One message of a list."""

    hit: "Hit"
    withheld: int | None  # bytes, where only its metadata may be shown
    depth: int = 0  # in a conversation
    missing: int = 0  # messages above it that are not in scope or not archived


@dataclass(frozen=True, slots=True)
class Pile:
    """The messages of a question, as many as have been looked at so far."""

    query: str
    order: Order
    rows: tuple[Row, ...]
    answer: "Answer"  # of the last page
    title: str = ""  # what to call it, where it is not the query that says it
    places: dict[str, int] = field(default_factory=dict, compare=False)  # of rows, by mail

    @property
    def total(self) -> int:
        """How many there are in all."""
        return self.answer.page.total

    @property
    def whole(self) -> bool:
        """Tell whether all of them are here."""
        return self.answer.page.next is None


def ask(gate: "Gate", case: str, query: str, order: Order = Order.NEWEST) -> Pile:
    """Ask for the first page. Raises as `Gate.search` does."""
    return _with(Pile(query, order, (), gate.search(case, query, limit=PAGE, order=order)))


def more(gate: "Gate", case: str, pile: Pile) -> Pile:
    """Add the next page; nothing where there is none."""
    after = pile.answer.page.next
    if after is None:
        return pile
    answer = gate.search(case, pile.query, limit=PAGE, after=after, order=pile.order)
    return _with(replace(pile, answer=answer))


def conversation(found: "Conversation") -> Pile:
    """The messages of a conversation, each under what it answers."""
    sizes = found.answer.sizes
    rows = tuple(
        Row(hit, sizes.get(hit.mail), reply.depth, reply.missing)
        for reply, hit in zip(found.thread.replies, found.answer.page.hits, strict=True)
    )
    pile = Pile("", Order.OLDEST, rows, found.answer, "conversation")
    pile.places.update({row.hit.mail: place for place, row in enumerate(rows)})
    return pile


def _with(pile: Pile) -> Pile:
    """Put the rows of the last page after the others."""
    answer = pile.answer
    fresh = tuple(Row(hit, answer.sizes.get(hit.mail)) for hit in answer.page.hits)
    pile.places.update(
        {row.hit.mail: place for place, row in enumerate(fresh, start=len(pile.rows))}
    )
    return replace(pile, rows=pile.rows + fresh)
