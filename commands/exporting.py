"""`section9 export`: the evidence of a case, as files that a third party can verify."""

from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING

import click

from commands.app import App
from commands.investigation import case_option
from commands.progress import progress

if TYPE_CHECKING:
    from cases.exporting import Export, Exports, Wish
    from evidence.folder import Folder
    from evidence.pack import Made


@click.command()
@case_option
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path))
@click.option("--query", default="*", help="Which messages of the scope.  [default: all]")
@click.option("--limit", type=click.IntRange(1), help="The newest so many alone.")
@click.option("--pdf", "as_pdf", is_flag=True, help="Each message as PDF too; far slower.")
@click.option("--again", type=click.IntRange(1), metavar="ENTRY", help="Make an export once more.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object.")
@click.pass_obj
def export(  # noqa: PLR0913 - each is an option of the command
    app: App,
    folder: Path,
    *,
    case_id: str,
    query: str,
    limit: int | None,
    as_pdf: bool,
    again: int | None,
    as_json: bool,
) -> None:
    """Write a case's messages into a folder: originals, readable pages, ledger, sums.

    The export is on record before anything is given. Interrupted, it goes on when the same
    command is run again; --again makes an earlier export anew, the same byte for byte.

    \b
    section9 export --case C-0001 /media/stick/C-0001
    section9 export --case C-0001 --query 'finding:nhs-number' evidence
    """
    from cases.exporting import Exports, Wish
    from evidence.folder import Folder
    from evidence.pack import PDF, make
    from evidence.pdf import require
    from ingest.parse import parse_with_contents

    if as_pdf:
        require()
    forms = (PDF,) if as_pdf else ()
    wish = Wish(query, limit, forms, f"section9 {version('section9')}")
    exports, target = Exports(app.gate), Folder(folder)
    begun = _begun(exports, target, case_id, wish, again)
    with progress("Exporting", total=len(begun.event.mails), unit="messages") as bar:
        made = make(exports, begun, target, parse=parse_with_contents, advance=bar.advance)
    _print(begun, made, folder, as_json=as_json)


def _begun(
    exports: "Exports", folder: "Folder", case_id: str, wish: "Wish", again: int | None
) -> "Export":
    """The export that the folder has begun to hold, or a new one that it begins to."""
    from evidence.folder import Begun, ExportFolderError

    found = folder.begun()
    if found is None:
        export = exports.again(case_id, again) if again else exports.begin(case_id, wish)
        case = export.case.id
        folder.begin(Begun(case, export.number, wish.query, wish.limit, wish.forms))
        return export
    asked = (case_id.upper(), wish.query, wish.limit, wish.forms)
    same = (found.case, found.query, found.limit, found.forms) == asked
    if not same or again not in {None, found.export}:
        raise ExportFolderError(folder.root, "holds the beginning of another export")
    return exports.again(case_id, found.export)


def _print(export: "Export", made: "Made", folder: Path, *, as_json: bool) -> None:
    from commands.case_lines import export_line
    from commands.lines import echo_json

    event = export.event
    if as_json:
        echo_json(export_line(export, made))
        return
    click.echo(
        f"{made.messages:,} messages in {made.files:,} files ({made.size:,} bytes): {folder}"
    )
    if event.withheld:
        click.echo(f"{len(event.withheld):,} messages are withheld, and listed as that", err=True)
    if event.own:
        click.echo(f"{event.own:,} messages in scope are your own, and not given", err=True)
    if event.behind:
        click.echo(f"the index is {event.behind:,} entries behind the archive", err=True)
    click.echo(f"export {export.number} of case {event.case}; to be written on the statement:")
    click.echo(f"sha256 of SHA256SUMS  {made.sha256}")
