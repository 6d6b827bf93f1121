"""`section9 terms`: what each of many terms finds in a case, alone and together."""

import csv
from pathlib import Path
from typing import TYPE_CHECKING

import click

from cases.telling import moment, safe
from commands.app import App
from commands.display import echo_hanging, whose
from commands.investigation import case_option, say_what_is_not_seen
from commands.progress import progress

if TYPE_CHECKING:
    from cases.termlist import TermReport

WIDEST = 48  # characters of a term in the table
FORMULA = ("=", "+", "-", "@", "\t", "\r")  # how a cell begins that a spreadsheet would run


class TermsFileError(click.ClickException):
    """The list cannot be read."""

    exit_code = 2


@click.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@case_option
@click.option(
    "--csv",
    "csv_file",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="OUT",
    help="Write the table as CSV too.",
)
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line.")
@click.pass_obj
def terms(app: App, file: Path, *, case_id: str, csv_file: Path | None, as_json: bool) -> None:
    """Count what each term of a list finds in a case, alone and together.

    FILE has a query a line, in UTF-8; lines that begin with # are remarks. For each term: the
    messages that it finds, those that no other term finds, and the conversations they are of.
    Every term is recorded as a search. Nothing is run where a line cannot be read (exit code 2).

    \b
    section9 terms agreed-terms.txt --case C-0001 --csv hits.csv
    """
    from cases.termlist import check, count, read
    from commands.lines import echo_json
    from commands.review_lines import terms_lines

    try:
        listed = read(file.read_text(encoding="utf-8-sig"))
    except UnicodeDecodeError as error:
        raise TermsFileError(f"{file} is not UTF-8: save it as that and run again") from error
    check(app.gate, listed)
    if csv_file:
        csv_file.open("a").close()  # or what took long to count could not be written
    with progress("Searching", total=len(listed), unit="terms") as bar:
        report = count(app.gate, case_id, listed, advance=bar.advance)
    if csv_file:
        _write(csv_file, report)
    if as_json:
        for line in terms_lines(report):
            echo_json(line)
    else:
        _print(report)
    _say_what_ran(report)


def _print(report: "TermReport") -> None:
    click.secho(f"{'line':>6}{'messages':>10}{'unique':>10}{'threads':>10}  term", bold=True)
    for one in report.hits:
        text = safe(one.term.text)
        short = text if len(text) <= WIDEST else f"{text[: WIDEST - 1]}…"
        counts = f"{one.messages:>10,}{one.unique:>10,}{one.threads:>10,}"
        click.echo(f"{one.term.line:>6}{counts}  {short}")
    total = f"{report.messages:>10,}{'':>10}{report.threads:>10,}"
    click.secho(f"{'':>6}{total}  together", bold=True)


def _say_what_ran(report: "TermReport") -> None:
    answer = report.answer
    scope, as_of = whose(answer.authority.scope), answer.as_of.number
    echo_hanging(
        f"{len(report.hits):,} terms in case {answer.authority.case}: {scope}, as of entry "
        f"{as_of:,}, {moment(answer.at)} UTC",
        err=True,
    )
    say_what_is_not_seen(answer)


def _write(file: Path, report: "TermReport") -> None:
    """Write the table; a term that a spreadsheet would take for a formula gets an apostrophe."""
    with file.open("w", encoding="utf-8", newline="") as out:
        rows = csv.writer(out)
        rows.writerow(("line", "term", "messages", "unique", "threads"))
        for one in report.hits:
            text = f"'{one.term.text}" if one.term.text.startswith(FORMULA) else one.term.text
            rows.writerow((one.term.line, text, one.messages, one.unique, one.threads))
        rows.writerow(("", "together", report.messages, "", report.threads))
