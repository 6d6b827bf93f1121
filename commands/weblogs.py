"""`section9 weblog import`: logs of the web filter and the proxy, taken in (clause 5.5)."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import click

from cases.telling import safe
from commands import web_house
from commands.app import App
from commands.investigation import case_option
from section9 import Section9Error

if TYPE_CHECKING:
    from commands.progress import Bar
    from ingest.weblogs.forms import Terms
    from ingest.weblogs.lines import Log
    from ingest.weblogs.take import BadLine, Taking, Tally

NAMED = 100  # bad lines that are named
GROWING = timedelta(minutes=10)
"""A log that changed so lately may be at the middle of its last line."""
STDIN = Path("-")


@dataclass(slots=True)
class Sums:
    """What became of all the logs."""

    tally: "Tally"
    files: int = 0
    bad: list[str] = field(default_factory=list)  # the first of them
    failed: list[str] = field(default_factory=list)

    def name_bad(self, file: str, lines: "list[BadLine]") -> None:
        """Remember where lines could not be read."""
        room = NAMED - len(self.bad)
        self.bad += [f"{file} line {line.number:,}: {line.why}" for line in lines[:room]]


@click.group()
def weblog() -> None:
    """Keep the logs of the web filter and the proxy beside the mail (clause 5.5)."""


@weblog.command("import")
@click.argument(
    "files",
    nargs=-1,
    required=True,
    type=click.Path(exists=True, allow_dash=True, path_type=Path),
    metavar="FILE…",
)
@click.option(
    "--format",
    "form",
    type=click.Choice(["squid", "combined", "w3c", "csv"]),
    help="How they are written.  [default: told by their look]",
)
@click.option(
    "--mapping",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Of CSV, which column says what: a TOML file (docs/weblogs.md).",
)
@click.option("--zone", default="", help="Of times that name none: Europe/London.")
@click.option(
    "--past-due",
    is_flag=True,
    help="Visits older than web logs are kept, too: for a hold. What none keeps goes next time.",
)
@click.option("--json", "as_json", is_flag=True, help="The closing counts as one JSON object.")
@click.pass_obj
def import_logs(  # noqa: PLR0913 - each is an option of the command
    app: App,
    files: tuple[Path, ...],
    *,
    form: str | None,
    mapping: Path | None,
    zone: str,
    past_due: bool,
    as_json: bool,
) -> None:
    """Archive logs of a web filter or proxy: Squid's, W3C Extended, or CSV.

    FILE may be compressed (gz, zst), a folder of logs, or - for standard input. The same lines are
    never taken twice: an interrupted run may be repeated, a growing log given again every night.
    Lines that cannot be read are kept, counted and named by their numbers. It ends with counts that
    add up; exit code 1 says that a file could not be read.

    \b
    section9 weblog import /var/log/squid/
    section9 weblog import --format csv --mapping filter.toml export-2026-03.csv.gz
    zcat access.log.2.gz | section9 weblog import -
    """
    from commands.logs import log_to_stderr
    from ingest.weblogs.take import Tally

    log_to_stderr()
    app.require_operator()
    terms = _terms(app, form, mapping, zone)
    sums = Sums(Tally())
    try:
        _take(app, files, terms, sums, oldest=None if past_due else _oldest(app))
    except KeyboardInterrupt:
        click.echo(f"so far: {_said(sums)}", err=True)
        raise
    _close(sums, as_json=as_json)


@weblog.command("show")
@click.argument("visit")
@case_option
@click.option("--json", "as_json", is_flag=True, help="One JSON object.")
@click.pass_obj
def show(app: App, visit: str, *, case_id: str, as_json: bool) -> None:
    """Open one visit of a case's scope, with its line exactly as it came. Every look is recorded.

    VISIT is a name as `section9 search QUERY --web` prints it.

    \b
    section9 weblog show W-42.317 --case C-0001
    """
    from zoneinfo import ZoneInfo

    from commands.lines import echo_json
    from commands.web_lines import opened_line
    from commands.web_searching import print_opened

    with web_house.gate(app) as gate:
        opened = gate.show(case_id, visit)
    if as_json:
        echo_json(opened_line(opened))
    else:
        print_opened(opened, ZoneInfo(app.settings.trust.zone))


def _terms(app: App, form: str | None, mapping: Path | None, zone: str) -> "Terms":
    from archive.web_events import LogForm
    from ingest.weblogs.forms import Terms
    from ingest.weblogs.mapping import UNMAPPED, check_zone, read_mapping

    mapped = read_mapping(mapping) if mapping else UNMAPPED
    return Terms(
        form=LogForm(form) if form else LogForm.CSV if mapping else None,
        mapped=mapped,
        zone=check_zone(zone) if zone else "",
        local=app.settings.trust.zone,
    )


def _oldest(app: App) -> datetime:
    from cases.retention import later

    return later(app.clock(), -app.settings.retention.web_log_months)


def _take(
    app: App, files: tuple[Path, ...], terms: "Terms", sums: Sums, *, oldest: datetime | None
) -> None:
    from commands.progress import progress
    from ingest.weblogs.lines import find
    from ingest.weblogs.replay import catch_up
    from ingest.weblogs.take import Taking

    batches = web_house.batches(app)
    found = list(find(files))
    size = sum(file.stat().st_size for file in found if file != STDIN)
    with (
        web_house.writing(app) as index,
        progress("reading logs", total=size or None, unit="bytes") as bar,
    ):
        catch_up(app.ledger, batches, index)
        taking = Taking(app.ledger, batches, index, app.actor, app.clock)
        for file in found:
            sums.files += 1
            try:
                _take_one(taking, file, terms, sums, bar, oldest=oldest)
            except Section9Error as error:
                if error.exit_code != 2:  # noqa: PLR2004 - the file's own fault; the next may do
                    raise
                sums.failed.append(str(error).replace("FILE", str(file), 1))


def _take_one(  # noqa: PLR0913 - what is taken, how, and where it is told
    taking: "Taking",
    file: Path,
    terms: "Terms",
    sums: Sums,
    bar: "Bar",
    *,
    oldest: datetime | None,
) -> None:
    with _opened(file) as (log, name, growing):
        done = 0
        for tally, bad in taking.take(log.lines, terms, name=name, oldest=oldest, growing=growing):
            sums.tally.add(tally)
            sums.name_bad(name, bad)
            bar.advance(log.position() - done)
            done = log.position()


@contextmanager
def _opened(file: Path) -> "Iterator[tuple[Log, str, bool]]":
    """Open a log; give its name, and whether it may still be being written."""
    import time

    from ingest.weblogs.lines import Log, lines_of, open_log

    if file == STDIN:
        yield Log(lines_of(sys.stdin.buffer), lambda: 0), "standard input", False
        return
    with open_log(file) as log:
        growing = time.time() - file.stat().st_mtime < GROWING.total_seconds()
        yield log, file.name, growing


def _close(sums: Sums, *, as_json: bool) -> None:
    from commands.lines import echo_json
    from commands.web_lines import WebImportLine

    tally = sums.tally
    for line in (*sums.bad, *sums.failed):
        click.echo(safe(line), err=True)
    if tally.bad > len(sums.bad):
        click.echo(f"and {tally.bad - len(sums.bad):,} more lines that cannot be read", err=True)
    if as_json:
        echo_json(
            WebImportLine(
                files=sums.files,
                failed=len(sums.failed),
                lines=tally.lines,
                visits=tally.visits,
                bad=tally.bad,
                known=tally.known,
                overdue=tally.overdue,
                other=tally.other,
                unfinished=tally.unfinished,
            )
        )
    else:
        click.echo(_said(sums))
    if sums.failed:
        raise click.exceptions.Exit(1)


def _said(sums: Sums) -> str:
    tally = sums.tally
    return (
        f"{tally.lines:,} lines = {tally.visits:,} visits + {tally.bad:,} bad + {tally.known:,}"
        f" known + {tally.overdue:,} overdue + {tally.other:,} other"
        f"{f' + {tally.unfinished:,} unfinished' if tally.unfinished else ''}"
        f"; {sums.files:,} files{f', {len(sums.failed):,} failed' if sums.failed else ''}"
    )
