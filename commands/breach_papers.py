"""The papers of a breach: its assessment, the draft for the ICO, the letter, the register."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from commands.app import App
from commands.breach_standing import show
from commands.breaching import breach, desk, json_option, sha256_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from archive.books import Head
    from cases.blast import Blast, Known, Read
    from cases.breach_risk import Proposal
    from cases.breaches import Breach
    from evidence.nameless import Names
    from evidence.papers import Paper
    from section9 import Record

__all__ = ["breach"]

FOLDER = click.Path(file_okay=False, path_type=Path)
pdf_option = click.option("--pdf/--no-pdf", "as_pdf", default=True, help="Write PDF too, or not.")


@breach.command("assess")
@click.argument("breach_id", metavar="BREACH")
@json_option
@click.pass_obj
def assess(app: App, breach_id: str, *, as_json: bool) -> None:
    """Count whose data is in whose hands, and propose how to weigh it. You decide.

    Counts are of what could be told apart, and so the least there are. Each look is recorded.

    \b
    section9 breach assess B-0001
    """
    from cases.breach_risk import proposal
    from commands.breach_lines import assessment_line
    from commands.lines import echo_json

    found = desk(app).seen(breach_id)
    counted = _counted(app, found)[1]
    proposed = proposal(counted)
    if as_json:
        echo_json(assessment_line(found, counted, proposed))
        return
    _print_assessment(found, proposed)


@breach.command("draft")
@click.argument("breach_id", metavar="BREACH")
@click.argument("folder", type=FOLDER)
@pdf_option
@json_option
@click.pass_obj
def draft(app: App, breach_id: str, folder: Path, *, as_pdf: bool, as_json: bool) -> None:
    """Draft the report to the ICO that comes next, initial or further: JSON, HTML and PDF.

    It follows the ICO's form and names nobody: where it would, nothing is written, and the error
    says which answer to write anew. From the same state of the archive it is the same each time.

    \b
    section9 breach draft B-0001 B-0001
    """
    from evidence import breach as form
    from evidence.papers import paper

    found = desk(app).seen(breach_id)
    mail, counted = _counted(app, found)
    made = form.draft(found, counted, controller=app.settings.trust.name, heads=_heads(app))
    name = f"{found.id}-{made.phase}"
    sheet = paper(name, "breach.html", made, schema="section9.breach-draft/1")
    _write(app, folder, sheet, form.typed(found), mail.records, as_pdf=as_pdf, as_json=as_json)
    for question in made.open:
        click.echo(f"no answer yet: {question}", err=True)


@breach.command("letter")
@click.argument("breach_id", metavar="BREACH")
@click.argument("folder", type=FOLDER)
@pdf_option
@json_option
@click.pass_obj
def letter(app: App, breach_id: str, folder: Path, *, as_pdf: bool, as_json: bool) -> None:
    """Draft the letter to the people concerned (Article 34), in plain language, with blanks.

    \b
    section9 breach letter B-0001 B-0001
    """
    from evidence import breach as form
    from evidence import breach_letter
    from evidence.papers import paper

    found = desk(app).seen(breach_id)
    mail, counted = _counted(app, found)
    made = breach_letter.letter(found, counted, controller=app.settings.trust.name)
    sheet = paper(
        f"{found.id}-letter", "breach_letter.html", made, schema="section9.breach-letter/1"
    )
    _write(app, folder, sheet, form.typed(found), mail.records, as_pdf=as_pdf, as_json=as_json)


@breach.command("register")
@click.argument("folder", type=FOLDER, required=False)
@click.option("--year", type=click.IntRange(2018, 9999), help="Of awareness.  [default: all]")
@pdf_option
@json_option
@click.pass_obj
def register(
    app: App, folder: Path | None, *, year: int | None, as_pdf: bool, as_json: bool
) -> None:
    """Show every breach that you may know of, or write the register as JSON, HTML and PDF.

    It has those that were not reported, with the reasons, and the reasons for each delay.

    \b
    section9 breach register --year 2026
    section9 breach register --year 2026 register-2026
    """
    from archive.books import Book
    from cases.breach_register import of_year
    from evidence import breach as form
    from evidence import breach_register
    from evidence.papers import paper

    found = of_year(desk(app).visible().values(), year)
    if folder is None:
        for one in found:
            show(app, one, as_json=as_json)
        return
    made = breach_register.register(
        found,
        controller=app.settings.trust.name,
        year=year,
        head=app.ledger.head(Book.CASES),
    )
    name = f"breach-register-{year}" if year else "breach-register"
    said = {where: words for one in found for where, words in form.typed(one).items()}
    sheet = paper(name, "breach_register.html", made, schema="section9.breach-register/1")
    _write(app, folder, sheet, said, (), as_pdf=as_pdf, as_json=as_json)


def _counted(app: App, found: "Breach") -> "tuple[Read, Blast]":
    """Read a breach's mail through the gate, and count."""
    from cases.blast import blast
    from cases.breach_reading import read

    mail = read(app.gate, found)
    return mail, blast(mail, known_people(app))


def known_people(app: App) -> "Known":
    """The directory, the roll and whom the trust has agreed to send such data to."""
    from cases.blast import Known
    from commands.reading import agreed
    from detectors.roll import Roll
    from detectors.roll_file import ROLL_FILE
    from people import Directory

    directory = Directory(app.people_path)
    roll = Roll(app.people_path.with_name(ROLL_FILE))
    return Known(directory.person, directory.named, roll, agreed(app.settings.trust))


def _heads(app: App) -> "tuple[Head, ...]":
    from archive.books import Book

    return (app.ledger.head(Book.MAIL), app.ledger.head(Book.CASES))


def _write(  # noqa: PLR0913 - a paper, what it may not say, and how it is wanted
    app: App,
    folder: Path,
    sheet: "Paper",
    said: "Mapping[str, str]",
    records: "Iterable[Record]",
    *,
    as_pdf: bool,
    as_json: bool,
) -> None:
    """Write a paper if it names nobody, and say where it is."""
    from commands.breach_lines import PaperLine
    from commands.lines import echo_json
    from evidence.papers import write

    guard = nameless(app, records)
    guard.require_none(said, ())
    for path in write(folder, sheet, guard, as_pdf=as_pdf):
        if as_json:
            echo_json(PaperLine(str(path), path.stat().st_size, sha256_of(path)))
        else:
            click.echo(path)


def nameless(app: App, records: "Iterable[Record]") -> "Names":
    """What no paper may say: the directory, what some mail gives away, what detectors find."""
    from detectors.scan import Scanner
    from evidence.nameless import names
    from people import Directory

    known = known_people(app)
    scanner = Scanner(person=known.person, named=known.named, roll=known.roll)
    everybody = Directory(app.people_path).everybody()
    return names(everybody, records, scan=scanner.scan_text)


def _print_assessment(found: "Breach", proposed: "Proposal") -> None:
    click.secho(f"{found.id}  case {found.case}", bold=True)
    for one in proposed.considered:
        click.secho(one.question, bold=True)
        click.echo(f"    {one.answer}")
    click.secho("Proposed; the decision is yours", bold=True)
    click.echo(f"    likelihood {proposed.likelihood}, harm {proposed.harm}: {proposed.verdict}")
    people = "tell the people concerned" if proposed.tell_people else "no high risk to people seen"
    click.echo(f"    Article 34: {people}")
    for reason in proposed.reasons:
        click.echo(f"    - {reason}")
    click.echo(
        f"    section9 breach decide {found.id} {proposed.verdict} "
        f"--likelihood {proposed.likelihood} --harm {proposed.harm} --reason …"
    )
