"""How fast mail gets into Elasticsearch: the whole pipeline beside its two halves.

Each round reads the same mail three times, with empty folders and empty indices: the pipeline
with detection alone (messages are archived, parsed and scanned, and no more), the bulk helper of
Elasticsearch's own client with the same documents, made beforehand, and the whole pipeline, which
does both and writes the ledger. The ratio is to the slower of the halves; medians are printed.

The node is the one of the tests, or a server whose address is in SECTION9_TEST_ELASTICSEARCH.
"""

import importlib
import os
import secrets
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import msgspec
from elasticsearch.helpers import bulk

from bench.table import Row
from bench.throughput import lay_out
from commands.app import SETTINGS_FILE, App
from commands.logs import log_to_stderr
from ingest.files import Files
from ingest.jobs import Sliced
from search.elastic import open_elastic
from search.elastic_client import ElasticSettings
from search.elastic_document import body
from search.elastic_generations import discard
from search.elastic_layout import Names
from section9 import Record

ROUNDS = 3
JVM = ("-Xms2g", "-Xmx2g", "-XX:+UseG1GC")  # as compose.yaml has it
TESTS = Path(__file__).parents[1] / "tests"

DETECTION, BULK, SECTION9 = "detection", "helpers.bulk", "section9"

Measure = Callable[[App, ElasticSettings], float]


def main() -> list[Row]:
    """Run the three in turn and print what came of it."""
    log_to_stderr()
    with node() as url, tempfile.TemporaryDirectory() as scratch:
        return [measure(url, Path(scratch))] if url else []


def measure(url: str, scratch: Path) -> Row:
    """Run all rounds."""
    maildir = lay_out(scratch / "mail")
    records: list[Record] = []
    halves_and_whole: dict[str, Measure] = {
        DETECTION: lambda app, _: seconds_to_detect(app, maildir, records),
        BULK: lambda _, settings: seconds_to_send(settings, records),
        SECTION9: lambda app, _: seconds_to_file(app, maildir),
    }
    rates: dict[str, list[float]] = {name: [] for name in halves_and_whole}
    for turn in range(ROUNDS):
        for name, seconds in halves_and_whole.items():
            settings = fresh(url)
            taken = seconds(opened(scratch / f"{name}-{turn}", settings), settings)
            tidy(settings)
            rates[name].append(len(records) / taken)
    return report(len(records), rates)


@contextmanager
def node() -> Iterator[str]:
    """A server's address; empty, with a line that says why, where none can be had."""
    if given := os.environ.get("SECTION9_TEST_ELASTICSEARCH"):
        yield given
        return
    sys.path.append(str(TESTS))  # whose node it is
    nodes = importlib.import_module("elastic_node")
    with tempfile.TemporaryDirectory() as data:
        try:
            own = nodes.start(Path(data), port=nodes.free_port(), jvm=JVM)
        except nodes.NodeUnavailableError as error:
            print(f"no Elasticsearch to measure: {error}")
            yield ""
            return
        try:
            yield own.url
        finally:
            own.stop()


def fresh(url: str) -> ElasticSettings:
    """Settings under which nobody has written yet."""
    return ElasticSettings(url, prefix=f"b{secrets.token_hex(6)}", replicas=0)


def opened(home: Path, settings: ElasticSettings) -> App:
    """Make an empty data folder whose index is on Elasticsearch, and empty too."""
    home.mkdir()
    search = f'[search]\nurl = "{settings.url}"\nprefix = "{settings.prefix}"\nreplicas = 0\n'
    (home / SETTINGS_FILE).write_text(search)
    open_elastic(settings, mode="write").close()
    return App(home)


def tidy(settings: ElasticSettings) -> None:
    """Delete what was written, so that every try finds a server with the same to carry."""
    with closing(open_elastic(settings, mode="write")) as index:
        discard(index.client, index.names)


# --- what is measured -------------------------------------------------------------------------


def seconds_to_detect(app: App, maildir: Path, records: list[Record]) -> float:
    """Archive, parse and scan; keep what was drafted the first time."""
    began = time.perf_counter()
    with app.pipeline() as pipeline:
        drafts = [*pipeline.pool.drafts(arriving(app, maildir))]
    taken = time.perf_counter() - began
    if not records:
        records += [draft.record for draft in drafts if draft.record]
    return taken


def seconds_to_send(settings: ElasticSettings, records: list[Record]) -> float:
    """Send the same documents, made beforehand, to indices of the same mapping."""
    with closing(open_elastic(settings, mode="write")) as index:
        documents = [document(record, index.names) for record in records]
        began = time.perf_counter()
        bulk(index.client, documents)
        return time.perf_counter() - began


def seconds_to_file(app: App, maildir: Path) -> float:
    """Do all that `section9 ingest` does."""
    began = time.perf_counter()
    with app.pipeline() as pipeline:
        filed = sum(len(some.new) for some in pipeline.file(arriving(app, maildir)))
    taken = time.perf_counter() - began
    if not filed:
        sys.exit("nothing was filed: look at the lines above")
    return taken


def arriving(app: App, maildir: Path) -> Iterator[Sliced]:
    """Yield the mail in a folder as `section9 ingest` meets it."""
    files = Files(mailbox="", seen=app.clock(), store=app.blobs.put_all, scratch=app.data)
    return (one for one in files.messages([maildir]) if isinstance(one, Sliced))


def document(record: Record, names: Names) -> dict[str, Any]:
    """Make what the bulk helper takes."""
    index = names.dated(record.date) if record.date else names.undated
    return {"_index": index, "_id": record.mail, "_source": msgspec.to_builtins(body(record))}


def report(count: int, rates: Mapping[str, list[float]]) -> Row:
    """Print the rates, and the pipeline's as a ratio to the slower of the halves."""
    medians = {name: statistics.median(found) for name, found in rates.items()}
    print(f"{count:,} messages into Elasticsearch, median of {ROUNDS} rounds")
    for name, rate in medians.items():
        print(f"{name:<16}{rate:>8,.0f} messages/s")
    slower = min(DETECTION, BULK, key=medians.__getitem__)
    both = 1 / (1 / medians[DETECTION] + 1 / medians[BULK])
    print(f"section9 is {medians[SECTION9] / medians[slower]:.2f} times as fast as {slower} alone")
    print(
        f"and {medians[SECTION9] / both:.2f} times as the halves after one another: {both:,.0f}/s,"
    )
    print("which is the most there is where each of them keeps every core busy")
    print(f"load average {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores")
    ours, beside = medians[SECTION9], f"{slower} alone {medians[slower]:,.0f}/s, the slower half"
    what = "mail into Elasticsearch, on the same cores"
    return Row(what, f"{ours:,.0f} messages/s", beside, ours / medians[slower])


if __name__ == "__main__":
    main()
