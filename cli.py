"""The command line: `section9 COMMAND`. Parses who and where, and turns errors into exit codes.

Exit codes: 0 done; 1 failed; 2 the command or query was wrong; 3 settings; 4 nothing matched;
10 no authority; 11 a case refused; 12 a second person is missing; 20 the archive does not verify;
21 to 28 the archive, 30 to 32 the index cannot be used as it is; 50 to 52 a
mailbox server; 130 interrupted. docs/operating.md has them all.
"""

import io
import os
import re
import sys
from collections.abc import Sequence
from pathlib import Path

import click

from commands import (
    alerts,
    auditing,
    breach_papers,
    casework,
    collecting,
    completing,
    conversing,
    deleting,
    detecting,
    doctor,
    excepting,
    exporting,
    helping,
    holding,
    incidents,
    indexing,
    intake,
    investigation,
    likening,
    noticing,
    patterning,
    quarantining,
    reconciling,
    redacting,
    reporting,
    requesting,
    rescanning,
    retaining,
    reviewing,
    ruling,
    sampling,
    sar_papers,
    saving,
    scheduling,
    sealing,
    searching,
    serving,
    setup,
    term_lists,
    timelining,
    triaging,
    weblogs,
)
from commands.app import App
from section9 import Section9Error

UNREAD = re.compile("[\udc80-\udcff]")
"""What Python makes of bytes that are no text in the encoding of the terminal."""


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.option(
    "--home",
    type=click.Path(file_okay=False, path_type=Path),
    envvar="SECTION9_HOME",
    help="The data folder.  [default: this one, if it has a section9.toml; or /var/lib/section9]",
)
@click.version_option(package_name="section9")
@click.pass_context
def cli(context: click.Context, home: Path | None) -> None:
    """Archive, monitor and search a schools trust's e-mail, under its acceptable-use policy.

    \b
    section9 init /srv/section9            make a data folder
    section9 serve                         take in the mail server's journal
    section9 case open …                   the authority that every search needs
    section9 search QUERY --case C-0001    find mail in a case's scope
    """
    if os.environ.get("NO_COLOR"):  # https://no-color.org
        context.color = False
    context.obj = App(home=(home or completing.default_home()).absolute())


for command in (
    setup.init,
    setup.status,
    doctor.doctor,
    alerts.alert,
    sampling.sample,
    serving.serve,
    scheduling.schedule,
    serving.conduct,
    serving.account,
    intake.ingest,
    intake.people,
    collecting.collect,
    detecting.detect,
    casework.case,
    requesting.approve,
    requesting.request,
    noticing.notice,
    searching.search,
    investigation.show,
    conversing.thread,
    likening.similar,
    deleting.deletions,
    timelining.timeline,
    reviewing.review,
    saving.saved,
    term_lists.terms,
    exporting.export,
    breach_papers.breach,
    sar_papers.sar,
    triaging.triage,
    incidents.incident,
    holding.hold,
    sealing.seal,
    retaining.retention,
    retaining.purge,
    indexing.index,
    indexing.verify,
    ruling.rules,
    rescanning.rescan,
    auditing.audit,
    reconciling.reconcile,
    weblogs.weblog,
    patterning.patterns,
    quarantining.quarantine,
    redacting.redact,
    reporting.report,
    helping.help_,
    completing.completion,
):
    cli.add_command(command)


intake.people.add_command(excepting.exception)


def main() -> None:
    """Run the command line; a person's mistake gives one line and a code, never a traceback."""
    completing.install()
    os.umask(0o027)  # what is written is mail: for the account and its group alone
    _print_anything()
    try:
        _check_arguments(sys.argv[1:])
        code = cli.main(standalone_mode=False)
        sys.stdout.flush()
        sys.exit(code)
    except Section9Error as error:
        click.echo(f"section9: {error}", err=True)
        sys.exit(error.exit_code)
    except click.ClickException as error:
        _explained(error).show()
        sys.exit(error.exit_code)
    except (click.Abort, KeyboardInterrupt):
        click.echo("section9: interrupted; run the same command again to go on", err=True)
        sys.exit(130)
    except BrokenPipeError:  # `section9 search … | head`
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # or the exit fails again
        sys.exit(1)
    except OSError as error:  # what no room foresaw: a folder that may not be written, a full disk
        where = f"{error.filename}: " if error.filename else ""
        click.echo(f"section9: {where}{error.strerror}: put it right, then run it again", err=True)
        sys.exit(1)


def _print_anything() -> None:
    """Let what a terminal's encoding has no sign for be printed by its number, and end nothing."""
    if isinstance(sys.stdout, io.TextIOWrapper) and sys.stdout.errors == "strict":
        sys.stdout.reconfigure(errors="backslashreplace")


def _check_arguments(given: Sequence[str]) -> None:
    """Refuse what is no text in the terminal's encoding, unless it is the name of a file."""
    for place, argument in enumerate(given, start=1):
        if UNREAD.search(argument) and not os.path.lexists(argument):
            said = f"argument {place} is not in the encoding of this terminal: write it in UTF-8"
            raise click.UsageError(said)


def _explained(error: click.ClickException) -> click.ClickException:
    """Say what to do with a query that was taken for an option."""
    if not isinstance(error, click.NoSuchOption) or error.ctx is None:
        return error
    if all(one.name != "query" for one in error.ctx.command.params):
        return error
    said = f"{error.message} A query that begins with - goes last, after --; or write NOT."
    return click.NoSuchOption(error.option_name, said, error.possibilities, error.ctx)


if __name__ == "__main__":
    main()
