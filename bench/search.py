"""How fast ten typical searches are on each engine, and how their cost grows with the archive.

The records are made from real mail: every message of the corpus again and again, each time from
another of a thousand addresses and with the subject of another message. For each size there is an
index of its own, in which mail of five years came in order of date, as journaled mail does; it is
put in as it is made, so memory stays flat. At each size every search asks for a first page of
twenty, with its count; half of the tries are in the other order.

    python -P -m bench.search                         10,000 and 100,000 records on both engines
    python -P -m bench.search 1000000 sqlite          ... and 1,000,000, on SQLite alone
    python -P -m bench.search 1000000 sqlite FOLDER   the same, with indices that are kept there
"""

import os
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from itertools import islice
from pathlib import Path
from statistics import quantiles

from bench.elastic import fresh, node
from bench.table import Row
from bench.throughput import CORPUS, corpus
from commands.logs import log_to_stderr
from ingest.jobs import LookSettings
from ingest.looking import opened
from ingest.pipeline import batched
from search.elastic import open_elastic
from search.index import Index
from search.query import parse
from search.sqlite import open_sqlite
from search.tree import Everything
from section9 import (
    BlobId,
    MailId,
    Participant,
    Record,
    Sighting,
    SightingId,
    Source,
)

SIZES = (10_000, 100_000, 1_000_000)
USUAL = 100_000
TRIES = 20
BATCH = 500
AUTHORS = 1_000
BEGAN = datetime(2021, 9, 1, tzinfo=UTC)
SPAN = timedelta(days=5 * 365)
STEP = 7_919  # a prime: what follows one another has little in common

SEARCHES = (
    "meeting",
    "free money",
    '"click here"',
    "invest*",
    "subject:report -spam",
    "from:author17@school.example",
    "from:author17@school.example list date:2024",
    "has:attachment date:2025-03",
    "finding:* date:>=2025",
    "date:>=2022-01 date:<=2025-12",
)

ALL = "all ten"
ENGINES = ("sqlite", "elastic")

Timings = Mapping[str, Sequence[float]]  # milliseconds of each search


def main(
    size: int = USUAL, engines: Sequence[str] = ENGINES, kept: Path | None = None
) -> list[Row]:
    """Measure engines up to a size; SQLite's files stay in a folder where one is given."""
    log_to_stderr()
    if not CORPUS.is_dir():
        print(f"no mail to measure searches on: {CORPUS} is absent")
        return []
    base, rows = read(corpus()), list[Row]()
    if "sqlite" in engines:
        with tempfile.TemporaryDirectory() as folder:
            files = kept or Path(folder)
            rows += measure(
                lambda size: open_sqlite(files / f"sqlite-{size}.sqlite", mode="write"), base, size
            )
    if "elastic" in engines:
        with node() as url:
            if url:
                rows += measure(lambda _: open_elastic(fresh(url), mode="write"), base, size)
    return rows


def measure(opened: Callable[[int], Index], base: Sequence[Record], largest: int) -> Iterator[Row]:
    """Fill an index of each size, unless that was done before, and search it."""
    before = None
    for size in (one for one in SIZES if one <= largest):
        with closing(opened(size)) as index:
            held, began = index.count(Everything()), time.perf_counter()
            for some in batched(islice(variants(base, range(size)), held, None), BATCH):
                index.put(some, segment=None)
            rate = (size - held) / (time.perf_counter() - began)
            found = timings(index)
            report(f"{index.description}, {size:,} records ({rate:,.0f}/s in)", found, before)
            yield row(f"ten searches in {size:,}, {index.description}", found[ALL], before)
            before = found


# --- records ----------------------------------------------------------------------------------


def read(contents: Sequence[bytes]) -> list[Record]:
    """Parse and scan the corpus."""
    nobody = LookSettings(people=os.devnull)
    with opened(nobody) as reader:
        return [reader.new(sighting(content), content, give_up="") for content in contents]


def sighting(content: bytes) -> Sighting:
    """Make a copy of a message up."""
    digest = sha256(content).hexdigest()
    return Sighting(SightingId(digest), BlobId(digest), Source.SMTP, BEGAN)


def variants(base: Sequence[Record], numbers: range) -> Iterator[Record]:
    """Yield a record for each number, in order of date, no two the same."""
    for done, number in enumerate(numbers):
        date = BEGAN + SPAN * (done / len(numbers))
        yield variant(base[number % len(base)], base[number * STEP % len(base)], number, date)


def variant(record: Record, other: Record, number: int, date: datetime) -> Record:
    """Send a message again: at another time, from somebody else, under another subject."""
    copy = sighting(str(number).encode())
    author = Participant("A. Author", f"author{number * STEP % AUTHORS}@school.example")
    parsed = replace(
        record.parsed,
        message_id=f"{number}@school.example",
        date=date,
        subject=other.parsed.subject,
        from_=(author,),
    )
    return Record(MailId(copy.blob), date, parsed, (copy,), record.findings)


# --- searches ---------------------------------------------------------------------------------


def timings(index: Index) -> dict[str, list[float]]:
    """Time each search over and over; the first time, which warms up, does not count."""
    found: dict[str, list[float]] = {text: [] for text in SEARCHES}
    for turn in range(TRIES + 1):
        for text in SEARCHES[:: 1 if turn % 2 else -1]:
            began = time.perf_counter()
            index.search(parse(text), limit=20)
            found[text].append((time.perf_counter() - began) * 1_000)
    found = {text: times[1:] for text, times in found.items()}
    return found | {ALL: [one for times in found.values() for one in times]}


def report(title: str, found: Timings, before: Timings | None) -> None:
    """Print the median and the 95th percentile of each search, and how they grew."""
    print(f"\n{title}; load average {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores")
    print(f"{'p50 ms':>10}{'p95 ms':>10}{'growth':>8}")
    for text, times in found.items():
        p50, p95 = median_and_p95(times)
        growth = f"{p50 / median_and_p95(before[text])[0]:.1f}x" if before else ""
        print(f"{p50:>10.1f}{p95:>10.1f}{growth:>8}  {text}")


def row(what: str, times: Sequence[float], before: Timings | None) -> Row:
    """Tell of all the searches at once; there is no public tool that answers the same ones."""
    p50, p95 = median_and_p95(times)
    growth = p50 / median_and_p95(before[ALL])[0] if before else None
    beside = f"{growth:.1f} times as long as in a tenth of it" if growth else ""
    return Row(what, f"p50 {p50:.1f}, p95 {p95:.1f} ms", beside)


def median_and_p95(times: Sequence[float]) -> tuple[float, float]:
    """Cut at one half and at nineteen twentieths."""
    cuts = quantiles(times, n=20, method="inclusive")
    return cuts[9], cuts[18]


if __name__ == "__main__":
    match sys.argv[1:]:
        case []:
            main()
        case [size]:
            main(int(size))
        case [size, engine]:
            main(int(size), [engine])
        case [size, engine, folder]:
            main(int(size), [engine], Path(folder))
