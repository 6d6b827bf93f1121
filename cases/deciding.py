"""Deciding on a book: an event is appended only to the book that it was decided on."""

from collections.abc import Callable, Sequence

from archive.books import Book
from archive.events import Event
from archive.ledger import Ledger, LedgerMovedError


def record(
    ledger: Ledger, book: Book, decide: Callable[[tuple[Event, ...]], Sequence[Event]]
) -> Sequence[Event]:
    """Append what `decide` makes of a book, in one segment; return it.

    Where somebody else wrote meanwhile, it is decided again on the book as it is then. What
    `decide` raises goes through, and nothing is written.
    """
    while True:
        head = ledger.head(book)
        events = decide(tuple(ledger.events(book)))
        try:
            ledger.append(book, events, after=head)
        except LedgerMovedError:
            continue
        return events
