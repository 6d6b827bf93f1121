"""`section9 redact`: mail of a case, given to somebody who may not see all that is in it."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from cases.roles import Deed
from commands.app import App
from commands.investigation import case_option
from commands.redaction import (
    Choice,
    choice_options,
    decide_on,
    give,
    look_through,
    print_bundle,
    print_proposals,
    subject,
)

if TYPE_CHECKING:
    from cases.disclosing import Disclosures

query_option = click.option(
    "--query", default="*", help="Which messages of the scope.  [default: all]"
)
json_option = click.option("--json", "as_json", is_flag=True, help="One JSON object a line.")
keep_option = click.option(
    "--keep", multiple=True, metavar="NAME|ADDRESS", help="Whose data may be seen: who gets it."
)


@click.group()
def redact() -> None:
    """Take out of a case's mail what its reader may not see: proposed, decided, burnt in.

    \b
    section9 redact propose --case C-0001 --keep 'Jane Doe' --keep j.doe@home.example
    section9 redact propose 1f3a9c --case C-0001        each place, with the words around it
    section9 redact decide 1f3a9c --case C-0001 --accept 1,3 --also 'the girl in 7B'
    section9 redact decide --case C-0001 --accept all   all that is not decided yet
    section9 redact bundle FOLDER --case C-0001         pages without what was taken out
    """


@redact.command()
@case_option
@click.argument("mail", required=False, default="")
@query_option
@keep_option
@json_option
@click.pass_obj
def propose(  # noqa: PLR0913 - each is an option of the command
    app: App, mail: str, *, case_id: str, query: str, keep: tuple[str, ...], as_json: bool
) -> None:
    """Look through messages for what is other people's, and propose what to take out.

    Proposed are names, addresses and numbers of pupils, parents and people outside, and what
    the detectors found; staff who act in their post are left.

    \b
    section9 redact propose --case C-0001 --query 'finding:*' --keep 'Jane Doe'
    """
    from commands.lines import echo_json
    from commands.redaction_lines import redaction_line

    book = _book(app)
    matter = book.of_case(case_id, query)
    names = [one for one in keep if "@" not in one]
    kept = subject(names, [one for one in keep if "@" in one])
    for record, proposed in look_through(app, book, matter, kept, mail):
        if as_json:
            echo_json(redaction_line(matter, record.mail, proposed))
        else:
            print_proposals(matter, record, proposed, in_full=bool(mail))


@redact.command()
@case_option
@click.argument("mail", required=False, default="")
@query_option
@choice_options
@click.pass_obj
def decide(app: App, mail: str, *, case_id: str, query: str, wish: Choice) -> None:
    """Decide what is taken out of a message; without MAIL, of all that are not decided yet.

    The same words then go from its headers, its text and its attachments. The ledger keeps where
    and why, and never the words.

    \b
    section9 redact decide 77ab01 --case C-0001 --withhold legal-privilege --reason 'advice'
    """
    book = _book(app)
    matter = book.of_case(case_id, query)
    decide_on(book, matter, wish, mail)


@redact.command()
@case_option
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path))
@query_option
@click.option("--pdf", "as_pdf", is_flag=True, help="Each message as PDF too; far slower.")
@json_option
@click.pass_obj
def bundle(  # noqa: PLR0913 - each is an option of the command
    app: App, folder: Path, *, case_id: str, query: str, as_pdf: bool, as_json: bool
) -> None:
    """Write the messages into a folder, as pages with what was decided burnt in.

    The originals are not among them: `export` gives those. It is recorded before anything is
    given. Interrupted, it goes on when the same command is run again.

    \b
    section9 redact bundle /media/stick/C-0001 --case C-0001
    """
    from commands.lines import echo_json
    from commands.redaction_lines import disclosure_line
    from evidence.disclosure import PDF, cover

    book = _book(app)
    matter = book.of_case(case_id, query)
    forms = ("redacted", *((PDF,) if as_pdf else ()))
    made = give(app, matter, book.records(matter), folder, cover, forms=forms)
    if as_json:
        echo_json(disclosure_line(matter, made))
    else:
        print_bundle(made, folder)


def _book(app: App) -> "Disclosures":
    from cases.disclosing import Disclosures

    app.accounts.require(app.actor, Deed.EXPORT)
    return Disclosures(app.gate)
