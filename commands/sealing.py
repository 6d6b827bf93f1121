"""`section9 seal`: suspected illegal content is not opened, copied or forwarded (clause 7.4)."""

from collections.abc import Iterator
from typing import BinaryIO

import click

from commands.app import App
from commands.investigation import case_option


class _Sealing(click.Group):
    """Takes `seal MAIL` for `seal put MAIL`: whoever must stop and seal has no time to look up."""

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Find the subcommand; what is none of them is a message."""
        known = args[0] in self.commands
        return super().resolve_command(ctx, args if known else ["put", *args])


@click.group(cls=_Sealing)
def seal() -> None:
    """Seal suspected illegal content: nothing of it is shown, searched or exported from then on.

    \b
    section9 seal 1f3a9c0b21de --case C-0001 --reason 'suspected indecent image'
    """


@seal.command("put")
@click.argument("mail")
@case_option
@click.option("--reason", required=True, help="Why; written to the ledger.")
@click.pass_obj
def put(app: App, mail: str, *, case_id: str, reason: str) -> None:
    """Seal a message of a case's scope, at once; the head teacher is told, without content.

    \b
    section9 seal put 1f3a9c0b21de --case C-0001 --reason 'suspected indecent image'
    """
    from commands.alerting import tell
    from commands.logs import log_to_stderr

    log_to_stderr()
    found = app.gate.find(case_id, mail, act="seal")
    with app.custody() as custody:
        app.seals(custody).seal(found, app.casebook.case(case_id), reason=reason)
    click.echo(f"{found} is sealed")
    tell(app)


@seal.command("list")
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line.")
@click.pass_obj
def list_seals(app: App, *, as_json: bool) -> None:
    """List the sealed messages: ids, when, by whom and why.

    \b
    section9 seal list
    """
    from archive.books import Book
    from cases.roles import Deed
    from cases.sealing import fold
    from commands.keeping_lines import seal_line
    from commands.lines import echo_json

    app.accounts.require(app.actor, Deed.SEE_CASES)
    for mail, sealed in fold(app.ledger.events(Book.CASES)).items():
        if as_json:
            echo_json(seal_line(sealed))
        else:
            where = f"in case {sealed.case}" if sealed.case else "on arrival"
            click.echo(f"{mail[:12]}  {sealed.at:%Y-%m-%d %H:%M} {where} by {sealed.by}")
            click.echo(f"    {sealed.reason}")


@seal.command("break")
@click.argument("mail")
@case_option
@click.option("--reason", required=True, help="Why; written to the ledger.")
@click.pass_obj
def break_seal(app: App, mail: str, *, case_id: str, reason: str) -> None:
    """Break a seal. It takes two people.

    Run it once to ask, have somebody else approve, and run it again.

    \b
    section9 seal break 1f3a9c0b21de --case C-0001 --reason 'the police have cleared it'
    section9 approve R-0004                        # somebody else
    section9 seal break 1f3a9c0b21de --case C-0001 --reason 'the police have cleared it'
    """
    from cases.approvals import ApprovalMissingError
    from cases.sealing import asked_break
    from commands.holding import ask
    from commands.logs import log_to_stderr

    log_to_stderr()
    found, case = app.gate.find(case_id, mail, act="break-seal"), app.casebook.case(case_id)
    try:
        with app.custody() as custody:
            app.seals(custody).break_(found, case, reason=reason)
    except ApprovalMissingError as error:
        ask(app, asked_break(found, case, reason=reason), error)
        return
    with app.pipeline() as pipeline:
        pipeline.reread(found)
    click.echo(f"the seal of {found} is broken")


@seal.command("add-hashes")
@click.argument("file", type=click.File("rb"))
@click.pass_obj
def add_hashes(app: App, file: BinaryIO) -> None:
    """Add a list of files that nobody may open: a SHA-256 or MD5 at the start of each line.

    From then on a message that carries one of them, or is one, is sealed on arrival, unread.

    \b
    section9 seal add-hashes hashes.txt
    """
    import hashlib

    from archive.books import Book
    from archive.case_events import HashesAdded
    from ingest.hashes import add

    app.require_operator()
    digest = hashlib.sha256()

    def lines() -> Iterator[bytes]:
        for line in file:
            digest.update(line)
            yield line

    added = add(app.data, lines())
    event = HashesAdded(app.clock(), app.actor, digest.hexdigest(), added.new)
    app.ledger.append(Book.CASES, (event,))
    click.echo(f"{added.new:,} new, {added.known:,} known; {added.unread:,} lines hold no digest")
