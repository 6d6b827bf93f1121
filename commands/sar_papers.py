"""Looking through the mail of a subject access request, deciding, and the bundle."""

from pathlib import Path

import click

from commands.app import App
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
from commands.sars import desk, json_option, sar

__all__ = ["sar"]


@sar.command("propose")
@click.argument("sar_id", metavar="SAR")
@click.argument("mail", required=False, default="")
@json_option
@click.pass_obj
def propose(app: App, sar_id: str, mail: str, *, as_json: bool) -> None:
    """Look through what was found for other people's data, and propose what to take out.

    With MAIL, the beginning of an id, each place is shown with the words around it.

    \b
    section9 sar propose S-0001
    section9 sar propose S-0001 1f3a9c0b21de
    """
    from commands.lines import echo_json
    from commands.sar_lines import message_line

    book, found = desk(app), desk(app).seen(sar_id)
    person = subject(found.opened.names, found.opened.addresses)
    for record, proposed in look_through(app, book, found, person, mail):
        if as_json:
            echo_json(message_line(found, record.mail, proposed))
        else:
            print_proposals(found, record, proposed, in_full=bool(mail))


@sar.command("decide")
@click.argument("sar_id", metavar="SAR")
@click.argument("mail", required=False, default="")
@choice_options
@click.pass_obj
def decide(app: App, sar_id: str, mail: str, *, wish: Choice) -> None:
    """Decide what is taken out of a message; without MAIL, of all that are not decided yet.

    The same words then go from its headers, its text and its attachments.

    \b
    section9 sar decide S-0001 1f3a9c0b21de --accept 1,3 --also 'the girl in 7B'
    section9 sar decide S-0001 77ab01 --withhold legal-privilege --reason 'advice of 3 March'
    section9 sar decide S-0001 --accept all
    """
    decide_on(desk(app), desk(app).seen(sar_id), wish, mail)


@sar.command("bundle")
@click.argument("sar_id", metavar="SAR")
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path))
@click.option("--pdf", "as_pdf", is_flag=True, help="Each message as PDF too; far slower.")
@json_option
@click.pass_obj
def bundle(app: App, sar_id: str, folder: Path, *, as_pdf: bool, as_json: bool) -> None:
    """Write what is disclosed into a folder: pages with what was decided burnt in.

    The originals are not among them. It is recorded before anything is given. Interrupted, it
    goes on when the same command is run again.

    \b
    section9 sar bundle S-0001 S-0001
    """
    from commands.lines import echo_json
    from commands.sar_lines import bundle_line
    from evidence.disclosure import PDF
    from evidence.sar_cover import cover

    book, found = desk(app), desk(app).seen(sar_id)
    forms = ("sar", *((PDF,) if as_pdf else ()))
    made = give(app, found, book.records(found), folder, cover(found), forms=forms)
    if as_json:
        echo_json(bundle_line(found, made))
    else:
        print_bundle(made, folder)
