"""Metrics for Prometheus, on a loopback address of `section9 serve`: numbers, and nobody's name.

Counters begin with the process; what lies on disk is measured when it is asked for. No label holds
an address, an id or a word of mail.
"""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from ipaddress import ip_address
from threading import Lock
from typing import TYPE_CHECKING

from prometheus_client import CollectorRegistry, start_http_server
from prometheus_client.core import CounterMetricFamily as CounterFamily
from prometheus_client.core import GaugeMetricFamily as GaugeFamily
from prometheus_client.registry import Collector

from archive.books import Book
from archive.mail_events import Scanned, Sighted
from commands.app import App
from commands.doctor import examine
from ingest.account import last_heard
from ingest.health import Level
from ingest.smtp.counts import Counts
from section9 import Section9Error, Source

if TYPE_CHECKING:
    from prometheus_client.core import Metric


_LISTEN = re.compile(r"\[?(?P<host>[0-9a-fA-F.:]{2,45})\]?:(?P<port>[0-9]{1,5})")


class MetricsError(Section9Error):
    """The metrics cannot be served."""

    exit_code = 3


class Exporter(Collector):
    """Measures one data folder and its listener. Any thread may ask; one at a time is answered."""

    def __init__(self, app: App, counts: Counts) -> None:
        self._app = app
        self._counts = counts
        self._asked = Lock()
        self._seen = app.ledger.head(Book.MAIL).number
        self._archived = self._copies = self._findings = self._opaque = 0

    def describe(self) -> "list[Metric]":
        """Say nothing beforehand: being registered must measure nothing."""
        return []

    def collect(self) -> "Iterator[Metric]":
        """Yield everything that is measured; without the archive, what the listener counted."""
        yield from self._of_listener()
        with self._asked:
            app = App(self._app.home, self._app.clock)  # afresh: an index may have been replaced
            try:
                yield from [*self._of_archive(app), *_of_disk(app)]
            except (Section9Error, OSError):
                yield _gauge("measured", "Whether the data folder could be measured.", 0)
            finally:
                if "index" in vars(app):
                    app.index.close()

    def _of_listener(self) -> "Iterator[Metric]":
        counts = self._counts
        yield _counter("accepted", "Messages answered with 250.", counts.accepted)
        yield _counter("accepted_bytes", "Their bytes.", counts.accepted_bytes)
        yield _counter("auth_failures", "Wrong passwords.", counts.auth_failed)
        refused = CounterFamily(
            "section9_refused", "Replies that refuse, by code.", labels=["code"]
        )
        for code, count in sorted(counts.refused.items()):
            refused.add_metric([code], count)
        yield refused

    def _of_archive(self, app: App) -> "Iterator[Metric]":
        for segment in app.ledger.segments(Book.MAIL, after=self._seen):
            self._count(segment.events)
            self._seen = segment.number
        yield _counter("archived", "Messages of the listener archived.", self._archived)
        yield _counter("copies", "Copies archived, whatever their road.", self._copies)
        yield _counter("findings", "What the detectors found.", self._findings)
        yield _counter("opaque", "Copies that could not be fully read.", self._opaque)
        yield _gauge("ledger_entries", "Entries of the mail book.", self._seen)

    def _count(self, events: tuple[object, ...]) -> None:
        for event in events:
            if isinstance(event, Sighted):
                self._copies += 1
                self._archived += event.sighting.source is Source.SMTP
            elif isinstance(event, Scanned):
                self._findings += len(event.findings)
                self._opaque += any(defect.hides for defect in event.defects)


def _of_disk(app: App) -> "Iterator[Metric]":
    size, heard = app.spool.size(), last_heard(app.ledger, app.spool)
    yield _gauge("spool_messages", "Messages that wait to be archived.", size.messages)
    yield _gauge("spool_bytes", "Their bytes.", size.bytes)
    yield _gauge("quarantined", "Messages set aside.", len(app.spool.quarantined()))
    if heard:
        moment = heard.timestamp()
        yield _gauge("last_message_timestamp_seconds", "When the last message came in.", moment)
    levels = list(Level)
    checks = GaugeFamily(
        "section9_check", "The checks of `section9 doctor`: 0 OK, 1 WARN, 2 FAIL.", labels=["name"]
    )
    for check in examine(app):
        checks.add_metric([check.name], levels.index(check.level))
    yield checks
    yield _gauge("measured", "Whether the data folder could be measured.", 1)


def _counter(name: str, about: str, value: int) -> CounterFamily:
    return CounterFamily(f"section9_{name}", about, value=value)


def _gauge(name: str, about: str, value: float) -> GaugeFamily:
    return GaugeFamily(f"section9_{name}", about, value=value)


@contextmanager
def served(app: App, counts: Counts, *, listen: str) -> Iterator[str]:
    """Serve the metrics for as long as the block lasts; gives their address.

    `listen` is `127.0.0.1:9109` or `[::1]:9109`. Raises MetricsError.
    """
    host, port = _address(listen)
    registry = CollectorRegistry()
    registry.register(Exporter(app, counts))
    try:
        server, thread = start_http_server(port, host, registry)
    except (OSError, OverflowError) as error:
        why = getattr(error, "strerror", None) or "no such port"
        raise MetricsError(
            f"metrics.listen cannot be had ({why}): free it or set another"
        ) from error
    try:
        yield f"http://{listen.rpartition(':')[0]}:{server.server_port}/metrics"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def _address(listen: str) -> tuple[str, int]:
    found = _LISTEN.fullmatch(listen)
    if found is None or not _is_loopback(found["host"]):
        raise MetricsError(
            "metrics.listen is no loopback address with a port: write 127.0.0.1:9109, and let a "
            "proxy with a login reach it from elsewhere"
        )
    return found["host"], int(found["port"])


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False
