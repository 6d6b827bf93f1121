"""Making the index of web visits again from the archive: batch by batch, as each was laid out."""

from collections.abc import Callable

from archive import web_book
from archive.batches import Batches
from archive.ledger import Ledger
from archive.web_book import Batch
from ingest.weblogs.forms import read_line, reader_of
from ingest.weblogs.lines import LONGEST, RawLine
from search.web import WebIndex, WebLine


def catch_up(
    ledger: Ledger,
    batches: Batches,
    index: WebIndex,
    *,
    progress: Callable[[int], None] = lambda _: None,
) -> int:
    """Index every batch that is not in; return how many there are in all."""
    book = web_book.read(ledger, batches.store)
    applied = index.applied()
    for number, batch in book.batches.items():
        if number not in applied:
            index.put(number, lines_of(batch, batches))
        progress(1)
    return len(book.batches)


def lines_of(batch: Batch, batches: Batches) -> list[WebLine]:
    """Read a batch's lines again, as they were read when they came."""
    if batch.blob is None:
        return []
    read, layout = reader_of(batch.taken.layout), batch.taken.layout
    found = []
    for position, content in zip(
        web_book.spread(batch.positions), batches.get(batch.blob), strict=True
    ):
        raw = RawLine(position, content, cut=len(content) >= LONGEST)
        line = read_line(raw, layout, read)
        found.append(WebLine(position, line.digest, line.visit))
    return found
