"""`section9 report`: what the Board and the yearly review of monitoring are told. Names nobody."""

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

import click

from cases.roles import Deed
from commands.app import App
from commands.setup_facts import setup
from section9 import Section9Error

if TYPE_CHECKING:
    from archive.events import Event
    from archive.report_events import Period, Volumes
    from cases.sampling import Estimate
    from cases.yearly import Year
    from evidence.board.told import Told
    from evidence.reports import Report
    from search.tree import Query

FOLDER = click.Path(file_okay=False, path_type=Path)
folder_argument = click.argument("folder", type=FOLDER, required=False)
year_option = click.option("--year", type=click.IntRange(1990, 9998), required=True, metavar="Y")
json_option = click.option("--json", "as_json", is_flag=True, help="One JSON object.")


class ReportFileError(Section9Error):
    """A report cannot be written where it was to be."""

    exit_code: ClassVar[int] = 2

    def __init__(self, path: Path) -> None:
        super().__init__(f"{path} is there already or cannot be written: name another folder")


@click.group()
def report() -> None:
    """Report on a year of monitoring, without naming anybody.

    \b
    section9 report board --year 2026 FOLDER      to the Trust Board
    section9 report monitoring --year 2026 FOLDER the yearly review that the DfE asks for
    section9 report dpia FOLDER                   the facts of a data protection impact assessment
    section9 report notice                        what users are to be told
    """


@report.command()
@year_option
@folder_argument
@json_option
@click.pass_obj
def board(app: App, *, year: int, folder: Path | None, as_json: bool) -> None:
    """Tell the Board of a year: volumes, findings, triage, breaches, cases, retention, trends.

    With FOLDER it is written there as HTML and PDF; else it is printed. Years begin where
    [reports] year_begins of section9.toml says.

    \b
    section9 report board --year 2026 board-papers
    """
    from commands.lines import echo_json
    from commands.report_lines import board_line
    from evidence.board.report import board as written

    told = _told(app, year, record=True)
    if as_json:
        echo_json(board_line(told))
    else:
        _give(written(told, now=app.case_clock()), folder, f"board-{year}")


@report.command()
@year_option
@folder_argument
@click.pass_obj
def monitoring(app: App, *, year: int, folder: Path | None) -> None:
    """Give the facts of the yearly review of filtering and monitoring, and its open questions.

    \b
    section9 report monitoring --year 2026 review
    """
    from evidence.board.review import review

    told = _told(app, year, record=False)
    _give(review(told, setup(app), now=app.case_clock()), folder, f"monitoring-{year}")


@report.command()
@folder_argument
@click.pass_obj
def dpia(app: App, *, folder: Path | None) -> None:
    """Give the facts of a data protection impact assessment, from the settings in force.

    \b
    section9 report dpia assessment
    """
    from evidence.board.assessment import assessment

    app.accounts.require(app.actor, Deed.BOARD)
    now = app.case_clock()
    _give(assessment(setup(app), now=now), folder, f"dpia-{now:%Y-%m-%d}")


@report.command()
@click.pass_obj
def notice(app: App) -> None:
    """Draft what users are told, from the settings in force; `notice add` records it when given.

    \b
    section9 report notice > notice.txt
    """
    from evidence.board.assessment import notice as drafted

    click.echo(drafted(setup(app)), nl=False)


def _told(app: App, year: int, *, record: bool) -> "Told":
    from archive.books import Book
    from cases import yearly
    from evidence.board.told import Told

    app.accounts.require(app.actor, Deed.BOARD)
    this = yearly.period(year, begins=app.settings.reports.begins)
    decided = tuple(app.ledger.events(Book.CASES))
    known, last_known = _volumes(app, this), _last(app, decided, yearly.before(this))
    if record:
        _record(app, known)
    return Told(
        trust=app.settings.trust.name,
        this=_year(app, known, decided),
        last=_year(app, last_known[0], decided),
        recorded=last_known[1],
        missed=_missed(decided, this),
    )


def _missed(decided: "tuple[Event, ...]", this: "Period") -> "tuple[Estimate, ...]":
    """What the samples of the year's months say."""
    from cases.sampling import estimates
    from cases.yearly import months

    wanted = months(this)
    return tuple(one for one in estimates(decided) if one.month in wanted)


def _volumes(app: App, this: "Period") -> "Volumes":
    from cases.volumes import Counter

    return Counter(app.index, this).volumes(_schools(app))


def _last(app: App, decided: "tuple[Event, ...]", last: "Period") -> "tuple[Volumes, bool]":
    """Last year's counts, and whether its own report made them."""
    from cases.volumes import recorded

    found = recorded(decided, last)
    return (found, True) if found else (_volumes(app, last), False)


def _schools(app: App) -> "Mapping[str, Query]":
    from cases.sight import participant
    from people import Directory

    people = Directory(app.people_path)
    return {school: participant(people.addresses_at(school)) for school in people.schools()}


def _year(app: App, volumes: "Volumes", decided: "tuple[Event, ...]") -> "Year":
    from archive.books import Book
    from cases.oversight import affairs
    from cases.yearly import year

    looked = app.ledger.events(Book.ACCESS)
    return year(volumes, decided, looked, tuple(app.casebook.cases().values()), affairs(decided))


def _record(app: App, volumes: "Volumes") -> None:
    from archive.books import Book
    from archive.report_events import BoardReported

    app.ledger.append(Book.CASES, (BoardReported(app.case_clock(), app.actor, volumes),))


def _give(report: "Report", folder: Path | None, name: str) -> None:
    """Print a report, or write it as HTML, and as PDF where this machine can make one."""
    from evidence import pdf, reports

    if folder is None:
        click.echo(reports.text(report))
        return
    html = reports.html(report)
    _write(folder / f"{name}.html", html.encode())
    try:
        pdf.require()
    except pdf.PdfError as error:
        click.echo(f"no PDF was made: {error}", err=True)
    else:
        _write(folder / f"{name}.pdf", pdf.made(html).content)


def _write(path: Path, content: bytes) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("xb") as file:
            file.write(content)
    except OSError as error:
        raise ReportFileError(path) from error
    click.echo(f"{path}")
