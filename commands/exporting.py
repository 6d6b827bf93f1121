"""`section9 export`: the evidence of a case, as files that a third party can verify."""

from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING

import click

from commands.app import App
from commands.completing import QUERIES
from commands.investigation import case_option
from commands.progress import progress

if TYPE_CHECKING:
    from cases.exporting import Export, Exports, Wish
    from evidence.folder import Folder
    from evidence.pack import Made

FILE = click.Path(dir_okay=False, path_type=Path)
Command = Callable[..., None]
ASKED = "Password of the zip"


def form_option(name: str, help_: str) -> Callable[[Command], Command]:
    """An option that asks for one form of the pack more."""
    return click.option(f"--{name}", "asked", flag_value=name, multiple=True, help=help_)


@click.command()
@case_option
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path))
@click.option(
    "--query",
    default="*",
    shell_complete=QUERIES,
    help="Which messages of the scope.  [default: all]",
)
@click.option("--limit", type=click.IntRange(1), help="The newest so many alone.")
@form_option("pdf", "Each message as PDF too; far slower.")
@form_option("mbox", "All messages in one mbox too, for a mail program.")
@form_option("load", "Concordance DAT and OPT too, for a review platform.")
@form_option("edrm", "EDRM XML 1.2 too, likewise.")
@click.option("--bates", metavar="PREFIX", help="Number documents like that; brings --load.")
@click.option("--zip", "target", type=FILE, help="All of it once more as an encrypted zip.")
@click.option("--password-file", type=FILE, help="Holds the zip's password.  [default: asked for]")
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
    asked: tuple[str, ...],
    bates: str | None,
    target: Path | None,
    password_file: Path | None,
    again: int | None,
    as_json: bool,
) -> None:
    """Write a case's messages into a folder: originals, readable pages, ledger, sums.

    The export is on record before anything is given. Interrupted, it goes on when the same
    command is run again; --again makes an earlier export anew, the same byte for byte.

    \b
    section9 export --case C-0001 /media/stick/C-0001
    section9 export --case C-0001 --query 'finding:nhs-number' evidence
    section9 export --case C-0001 --pdf --bates LARKMERE- --zip evidence.zip evidence
    """
    from cases.exporting import Exports, Wish
    from evidence.folder import Folder
    from evidence.pack import make
    from ingest.parse import parse_with_contents

    wish = Wish(query, limit, _forms(asked, bates), f"section9 {version('section9')}")
    password = _password(folder, target, password_file) if target else ""
    exports, pack = Exports(app.gate), Folder(folder)
    begun = begun_in(exports, pack, case_id, wish, again)
    with progress("Exporting", total=len(begun.event.mails), unit="messages") as bar:
        made = make(exports, begun, pack, parse=parse_with_contents, advance=bar.advance)
    zipped = _zipped(folder, target, password, made.files) if target else ""
    pack.finish()
    _print(begun, made, folder, zipped, as_json=as_json)


def _forms(asked: tuple[str, ...], bates: str | None) -> tuple[str, ...]:
    """The forms as the ledger has them: each once, in one order."""
    from evidence.forms import BATES, DOCUMENTED, Bates, Form
    from evidence.pdf import require

    if Form.PDF in asked:
        require()
    if bates is None:
        return tuple(form for form in Form if form in asked)
    wanted = asked if DOCUMENTED.intersection(asked) else (*asked, Form.LOAD)
    return (*_forms(wanted, None), f"{BATES}{Bates(bates).prefix}")


def _password(folder: Path, target: Path, file: Path | None) -> str:
    """The zip's password, from a file or from the terminal, never from the command itself."""
    from commands.mailboxes import secret
    from evidence.parcel import require

    said: str = (
        secret(file) if file else click.prompt(ASKED, hide_input=True, confirmation_prompt=True)
    )
    require(folder, target, said)
    return said


def _zipped(folder: Path, target: Path, password: str, files: int) -> str:
    from evidence.parcel import parcel

    with progress("Encrypting", total=files + 1, unit="files") as bar:
        return parcel(folder, target, password, advance=bar.advance)


def begun_in(
    exports: "Exports", folder: "Folder", case_id: str, wish: "Wish", again: int | None
) -> "Export":
    """The export that the folder has begun to hold, or a new one that it begins to."""
    from evidence.folder import Begun, ExportFolderError

    found = folder.begun()
    if found is None:
        folder.require_writable()
        export = exports.again(case_id, again) if again else exports.begin(case_id, wish)
        case = export.case.id
        folder.begin(Begun(case, export.number, wish.query, wish.limit, wish.forms))
        return export
    asked = (case_id.upper(), wish.query, wish.limit, wish.forms)
    same = (found.case, found.query, found.limit, found.forms) == asked
    if not same or again not in {None, found.export}:
        raise ExportFolderError(folder.root, "holds the beginning of another export")
    return exports.again(case_id, found.export)


def _print(export: "Export", made: "Made", folder: Path, zipped: str, *, as_json: bool) -> None:
    from commands.case_lines import export_line
    from commands.lines import echo_json

    event = export.event
    if as_json:
        echo_json(export_line(export, made, zipped=zipped))
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
    if zipped:
        click.echo(f"sha256 of the zip         {zipped}")
