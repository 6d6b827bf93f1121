"""`section9 doctor`: everything that can go wrong, looked at, with what to do."""

import os
import shutil
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import click

from commands import monitoring, web_upkeep
from commands.app import App
from section9 import Section9Error

if TYPE_CHECKING:
    from ingest.health import Check

WARNED, FAILED = 40, 41  # exit codes
COLOURS = {"OK": "green", "WARN": "yellow", "FAIL": "red"}


@click.command()
@click.option("--json", "as_json", is_flag=True, help="One JSON object a check.")
@click.pass_obj
def doctor(app: App, *, as_json: bool) -> None:
    """Look at everything that can go wrong: a line each, OK, WARN or FAIL, with what to do.

    Quick, so that a monitoring system may run it every minute. Exit code 0: all well; 40: there are
    warnings; 41: something has failed.

    \b
    section9 doctor
    """
    from commands.lines import echo_json
    from commands.upkeep_lines import CheckLine
    from ingest.health import Level, worst

    checks = tuple(examine(app))
    for check in checks:
        if as_json:
            echo_json(CheckLine(check.name, check.level, check.said, check.advice))
        else:
            level = click.style(f"{check.level:<4}", fg=COLOURS[check.level])
            advice = f": {check.advice}" if check.advice else ""
            click.echo(f"{level}  {check.name:<13}{check.said}{advice}")
    code = {Level.OK: 0, Level.WARN: WARNED, Level.FAIL: FAILED}[worst(checks)]
    if code:
        raise click.exceptions.Exit(code)


def examine(app: App) -> Iterator["Check"]:
    """Measure, and have each thing judged."""
    from ingest import health
    from ingest.account import last_heard

    journal, now = app.settings.journal, app.clock()
    free = shutil.disk_usage(app.data).free
    folder = app.data.stat()
    yield health.disk(free, int(journal.min_free_disk))
    yield health.spool(app.spool.size(), _oldest(app, now), journal.max_spool_messages)
    yield health.conductor(running=_is_conducted(app))
    yield health.quarantine(len(app.spool.quarantined()))
    yield _index(app)
    yield web_upkeep.check(app)
    yield health.silence(last_heard(app.ledger, app.spool), now, journal.silent_after)
    yield health.clock(_newest(app), now)
    yield _anchors(app, now)
    yield _alerts(app)
    yield monitoring.check_routing(app)
    yield monitoring.check_triage(app)
    yield monitoring.check_samples(app)
    yield health.permissions(folder.st_mode, ours=folder.st_uid == os.geteuid())
    yield _certificate(journal.tls_certificate, now)


def _oldest(app: App, now: datetime) -> timedelta | None:
    """How long the first message has waited; none where none does."""
    from ingest.spool import SpoolError

    try:
        return next(
            (now - app.spool.read(entry).envelope.received for entry in app.spool.pending(limit=1)),
            None,
        )
    except SpoolError:  # it has left, or is damaged: the conductor says so
        return None


def _is_conducted(app: App) -> bool:
    from ingest.spool import SpoolConsumedError

    try:
        with app.spool.consume_lock():
            return False
    except SpoolConsumedError:
        return True


def _index(app: App) -> "Check":
    from archive.books import Book
    from ingest import health

    try:
        applied = sum(map(len, app.index.applied()))
    except Section9Error as error:
        return health.index(0, trouble=str(error))
    return health.index(app.ledger.head(Book.MAIL).number - applied)


def _newest(app: App) -> datetime | None:
    """When the last entry of any book was written."""
    from archive.books import Book
    from archive.segment import decode

    moments = []
    for book in Book:
        if number := app.ledger.head(book).number:
            moments += [one.at for one in decode(book, number, app.ledger.raw(book, number)).events]
    return max(moments, default=None)


def _anchors(app: App, now: datetime) -> "Check":
    from archive.anchors import Anchors
    from ingest import health

    try:
        return health.anchors(Anchors(app.store).last_made(), now)
    except Section9Error as error:
        return health.anchors(None, now, trouble=str(error))


def _alerts(app: App) -> "Check":
    from commands.alerting import examine as examine_alerts
    from ingest import health

    try:
        return examine_alerts(app)
    except Section9Error as error:  # the index: its own check says more
        return health.Check("alerts", health.Level.WARN, str(error))


def _certificate(file: Path | None, now: datetime) -> "Check":
    from cryptography import x509

    from ingest import health

    if file is None:
        return health.certificate(None, now)
    try:
        expires = x509.load_pem_x509_certificate(file.read_bytes()).not_valid_after_utc
    except (OSError, ValueError) as error:
        return health.certificate(None, now, trouble=f"cannot be read ({type(error).__name__})")
    return health.certificate(expires.astimezone(UTC), now)
