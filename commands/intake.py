"""`section9 ingest` and `section9 people import`: what is brought in by hand."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

import click

from cases.telling import safe
from commands.app import App

if TYPE_CHECKING:
    from commands.progress import Bar
    from detectors.roll_forms import Enrolled
    from ingest.files import Files, Skipped
    from ingest.jobs import Job, Sliced, Stored
    from ingest.pipeline import Filed
    from people import Entry


@dataclass(slots=True)
class Tally:
    """Counts that add up: seen = new + known + failed."""

    new: int = 0
    known: int = 0
    findings: int = 0
    failed: list[str] = field(default_factory=list)
    skipped: list[str] = field(default_factory=list)

    @property
    def seen(self) -> int:
        """Every message that was met."""
        return self.new + self.known + len(self.failed)

    def add(self, filed: "Filed") -> None:
        """Count what became of some messages."""
        self.new += len(filed.new)
        self.known += len(filed.known)
        self.findings += sum(len(d.record.findings) for d in filed.new if d.record)
        self.failed += [f"{_place(draft.job)}: {draft.failed}" for draft in filed.failed]

    def skip(self, skipped: "Skipped") -> None:
        """Count a file that gave no message."""
        (self.failed if skipped.failed else self.skipped).append(f"{skipped.place} {skipped.why}")


def _place(job: "Job") -> str:
    """Say where a message lies that could not be filed."""
    from ingest.jobs import Sliced, Stored

    if not isinstance(job, Sliced | Stored):
        return job.copy
    return " ".join(filter(None, (job.sighting.folder, job.sighting.item)))


@click.command()
@click.argument(
    "paths", nargs=-1, required=True, type=click.Path(exists=True, path_type=Path), metavar="PATH…"
)
@click.option("--mailbox", default="", help="Whose mailbox this is: an address.")
@click.option(
    "--journal",
    is_flag=True,
    help="They are journal reports of your own mail server: believe whom they name.",
)
@click.option("--json", "as_json", is_flag=True, help="The closing counts as one JSON object.")
@click.pass_obj
def ingest(
    app: App, paths: tuple[Path, ...], *, mailbox: str, journal: bool, as_json: bool
) -> None:
    """Archive, scan and index mail from files, whatever they are called.

    Taken are eml files, folders of them, mbox, Maildir, Outlook's .msg, .pst and .ost, and zip,
    tar and gzip archives of any of these. What is damaged or needs a password is named, with the
    reason, and the rest goes on. It ends with counts that add up: seen = new + known + failed.

    Running it again adds nothing that is there already and tries again what failed, so an
    interrupted run may be repeated.

    \b
    section9 ingest --mailbox j.doe@school.example ~/export/Inbox.mbox ~/export/eml/
    section9 ingest --mailbox j.doe@school.example ~/Maildir
    section9 ingest --mailbox head@school.example archive.pst 'FW trip.msg' backup.zip
    section9 ingest --journal /var/spool/journal-export/
    """
    from commands.alerting import tell
    from commands.logs import log_to_stderr
    from commands.watching import look

    log_to_stderr()
    app.require_operator()
    tally = Tally()
    try:
        _take(app, paths, tally, mailbox=mailbox.lower(), vouched=journal)
    except KeyboardInterrupt:
        click.echo(f"so far: {_sums(tally)}", err=True)
        raise
    look(app)
    tell(app)
    _close(tally, as_json=as_json)


def _take(app: App, paths: tuple[Path, ...], tally: Tally, *, mailbox: str, vouched: bool) -> None:
    """Take in all that is in the files, and count it."""
    with app.pipeline() as pipeline:
        from commands.progress import progress
        from ingest.files import Files, find

        size = sum(path.stat().st_size for _, path in find(paths))
        files = Files(
            mailbox=mailbox,
            seen=app.clock(),
            store=app.blobs.put_all,
            scratch=app.data,
            vouched=vouched,
        )
        with progress("reading mail", total=size, unit="bytes") as bar:
            pipeline.catch_up()
            for filed in pipeline.file(_taken(files, paths, tally, bar)):
                tally.add(filed)


def _taken(
    files: "Files", paths: tuple[Path, ...], tally: Tally, bar: "Bar"
) -> Iterator["Sliced | Stored"]:
    """Pass on the messages; count what is none."""
    from ingest.files import Skipped

    for one in files.messages(paths):
        bar.reach(int(files.done))
        if isinstance(one, Skipped):
            tally.skip(one)
        else:
            yield one


def _close(tally: Tally, *, as_json: bool) -> None:
    from commands.lines import IngestLine, echo_json

    for line in (*tally.skipped, *tally.failed):
        click.echo(safe(line), err=True)
    if as_json:
        echo_json(
            IngestLine(
                seen=tally.seen,
                new=tally.new,
                known=tally.known,
                failed=len(tally.failed),
                skipped=len(tally.skipped),
                findings=tally.findings,
            )
        )
    else:
        click.echo(f"{_sums(tally)}; {len(tally.skipped):,} files were not mail")
    if tally.failed:
        raise click.exceptions.Exit(1)


def _sums(tally: Tally) -> str:
    return (
        f"{tally.seen:,} seen = {tally.new:,} new + {tally.known:,} known"
        f" + {len(tally.failed):,} failed; {tally.findings:,} findings"
    )


@click.group()
def people() -> None:
    """Keep the directory: who is staff, student, governor, parent or volunteer."""


@people.command("import")
@click.argument("file", type=click.File(encoding="utf-8-sig"))
@click.pass_obj
def import_people(app: App, file: TextIO) -> None:
    """Replace the directory with a CSV file's.

    Columns: address, name, role; and school, year group, leaving date, date of birth, user name,
    known as, UPN, admission number where known. Dates are 2026-09-01 or 01/09/2026. A person with
    several addresses has a line for each; the user name is what web logs call them. The last three
    are kept as hashes alone.

    \b
    section9 people import people.csv
    """
    import csv

    from archive.books import Book
    from archive.case_events import PeopleImported
    from detectors import roll_file
    from people import read_csv, save

    app.require_operator()
    try:
        everybody = read_csv(file)
    except (UnicodeDecodeError, csv.Error) as error:
        raise click.UsageError("FILE is not CSV in UTF-8; nothing was imported") from error
    roll_file.save(app.people_path.with_name(roll_file.ROLL_FILE), map(_enrolled, everybody))
    digest = save(app.people_path, (entry.person for entry in everybody))
    event = PeopleImported(app.clock(), app.actor, digest, len(everybody))
    app.ledger.append(Book.CASES, (event,))
    click.echo(f"{len(everybody):,} addresses are in the directory")


def _enrolled(entry: "Entry") -> "Enrolled":
    """Return what of a line goes on the roll."""
    from detectors.roll_forms import Enrolled

    person = entry.person
    born = str(person.date_of_birth or "")
    numbers = (entry.upn, entry.admission_number)
    return Enrolled(person.name, person.role, entry.known_as, *numbers, born=born)
