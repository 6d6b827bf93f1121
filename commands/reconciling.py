"""`section9 reconcile`: what the mail server says that it delivered, held against the archive."""

from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import click

from cases.telling import safe
from commands.app import App

if TYPE_CHECKING:
    from commands.upkeep_lines import ReconcileLine
    from ingest.reconcile import Compared, Missing
    from ingest.traces.claim import Skipped

INCOMPLETE = 43  # exit code


@dataclass(slots=True)
class Balance:
    """Counts of lines that add up."""

    archived: int = 0
    incomplete: int = 0
    missing: int = 0
    skipped: "Counter[Skipped]" = field(default_factory=Counter)

    @property
    def lacking(self) -> int:
        """Deliveries that the archive lacks, or of which it lacks somebody."""
        return self.incomplete + self.missing

    @property
    def deliveries(self) -> int:
        """Lines that claim one."""
        return self.archived + self.lacking

    def add(self, compared: "Compared") -> None:
        """Count what became of some lines."""
        whole = sum(gap.whole for gap in compared.missing)
        self.archived += compared.archived
        self.missing += whole
        self.incomplete += len(compared.missing) - whole
        self.skipped.update(compared.skipped)


@click.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line.")
@click.pass_obj
def reconcile(app: App, file: Path, *, as_json: bool) -> None:
    """List what a mail server says that it delivered, and the archive has not.

    FILE is a message trace of Exchange (Get-MessageTrackingLog), Microsoft 365 or Google Workspace
    as CSV, or a log of Postfix; which, is told by its look. Shows Message-IDs, times and the
    trace's own recipients, never mail. Exit code 43 says that something is missing.

    \b
    section9 reconcile trace.csv
    """
    from commands.lines import echo_json
    from commands.progress import progress
    from ingest.reconcile import reconcile as compare
    from ingest.traces.file import open_trace

    balance = Balance()
    journal = frozenset(map(str.lower, app.settings.journal.addresses))
    size = file.stat().st_size
    with open_trace(file, journal=journal) as trace:
        with progress("reconciling", total=size, unit="bytes") as bar:
            for compared in compare(trace.entries, app.index.sent_to):
                balance.add(compared)
                for gap in compared.missing:
                    _print_missing(gap, as_json=as_json)
                bar.reach(trace.position())
        _record(app, trace.sha256, trace.form, balance)
        line = _line(app, trace.form, balance)
    if as_json:
        echo_json(line)
    else:
        _print(line)
    if balance.lacking:
        raise click.exceptions.Exit(INCOMPLETE)


def _record(app: App, sha256: str, form: str, balance: Balance) -> None:
    """Write down that somebody asked which messages the archive has."""
    from archive.access_events import Reconciled
    from archive.books import Book

    counts = (balance.deliveries, balance.lacking)
    app.ledger.append(Book.ACCESS, (Reconciled(app.clock(), app.actor, sha256, form, *counts),))


def _line(app: App, form: str, balance: Balance) -> "ReconcileLine":
    from archive.books import Book
    from commands.upkeep_lines import ReconcileLine
    from ingest.traces.claim import Skipped

    last, applied = app.ledger.head(Book.MAIL).number, sum(map(len, app.index.applied()))
    return ReconcileLine(
        form=form,
        lines=balance.deliveries + balance.skipped.total(),
        archived=balance.archived,
        incomplete=balance.incomplete,
        missing=balance.missing,
        other_steps=balance.skipped[Skipped.OTHER_STEP],
        journal=balance.skipped[Skipped.JOURNAL],
        no_message_id=balance.skipped[Skipped.NO_MESSAGE_ID],
        unreadable=balance.skipped[Skipped.UNREADABLE],
        spooled=len(app.waiting()),
        behind=last - applied,
    )


def _print_missing(gap: "Missing", *, as_json: bool) -> None:
    from commands.lines import echo_json
    from commands.upkeep_lines import MissingLine

    claim = gap.claim
    if as_json:
        echo_json(MissingLine(claim.line, claim.at, claim.message_id, gap.recipients))
        return
    what = f"without {', '.join(gap.recipients)}" if gap.recipients else "missing"
    click.echo(safe(f"line {claim.line}  {claim.at}  <{claim.message_id}>  {what}"))


def _print(line: "ReconcileLine") -> None:
    click.echo(
        f"{line.lines:,} lines of {line.form} = {line.archived:,} deliveries archived"
        f" + {line.incomplete:,} without a recipient + {line.missing:,} missing"
        f" + {line.other_steps:,} other steps + {line.journal:,} journal copies"
        f" + {line.no_message_id:,} without a Message-ID + {line.unreadable:,} unreadable"
    )
    if line.no_message_id or line.unreadable:
        click.secho("what has no Message-ID or cannot be read could not be looked for", fg="yellow")
    if line.spooled or line.behind:
        click.secho(
            f"{line.spooled:,} messages wait to be archived, and the index is {line.behind:,}"
            " entries behind: run it again once they are in",
            fg="yellow",
        )
    if line.missing or line.incomplete:
        click.secho("the archive lacks what is listed above", fg="red")
    else:
        click.secho("all that the trace says was delivered is in the archive", fg="green")
