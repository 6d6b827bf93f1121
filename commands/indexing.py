"""`section9 index` and `section9 verify`: the index is made again, the archive is proven."""

from typing import TYPE_CHECKING

import click

from commands import web_upkeep
from commands.app import App

if TYPE_CHECKING:
    from archive.access_events import AccessEvent
    from archive.verify import Verification

NOT_WHOLE = 20  # exit code


@click.group()
def index() -> None:
    """Keep the index, which follows the archive and may be made again at any time."""


@index.command("rebuild")
@click.pass_obj
def rebuild(app: App) -> None:
    """Make the index again from the archive. Searches use the old one until the new is whole.

    \b
    section9 index rebuild
    """
    from archive.books import Book
    from commands.logs import log_to_stderr
    from commands.progress import progress

    log_to_stderr()
    app.require_operator()
    last = app.ledger.head(Book.MAIL).number
    with app.rebuilding() as pipeline, progress("indexing", total=last, unit="entries") as bar:
        while pipeline.behind():  # again for what was filed meanwhile
            pipeline.catch_up(progress=lambda _: bar.advance(1))
    click.echo(f"the index holds all of the archive, up to entry {last:,}")
    if batches := web_upkeep.rebuild(app):
        click.echo(f"and every web log, {batches:,} batches")


@index.command("status")
@click.option("--json", "as_json", is_flag=True, help="One JSON object.")
@click.pass_obj
def index_status(app: App, *, as_json: bool) -> None:
    """Say what the index is and how far it has come.

    \b
    section9 index status
    """
    from archive.books import Book
    from commands.lines import IndexLine, echo_json
    from search.tree import Everything

    web = web_upkeep.state(app)
    line = IndexLine(
        engine=app.index.description,
        messages=app.index.count(Everything()),
        applied=sum(map(len, app.index.applied())),
        entries=app.ledger.head(Book.MAIL).number,  # last: the index never seems ahead of it
        web_batches=web.batches,
        web_applied=web.batches - web.behind,
    )
    if as_json:
        echo_json(line)
        return
    click.echo(f"{line.engine}: {line.messages:,} messages")
    click.echo(f"{line.applied:,} of the archive's {line.entries:,} entries are in")
    if web.batches:
        click.echo(f"{line.web_applied:,} of {web.batches:,} batches of web logs are in")


@click.command()
@click.option("--json", "as_json", is_flag=True, help="One JSON object.")
@click.pass_obj
def verify(app: App, *, as_json: bool) -> None:
    """Prove that the archive is whole: rehash every message, walk every chain, miss nothing.

    Exit code 20 says that it is not, and the lines before it what is wrong.

    \b
    section9 verify
    """
    from archive.verify import verify as prove
    from commands.lines import echo_json, verify_line
    from commands.progress import progress

    with progress("rehashing", total=None, unit="messages") as bar:
        found = prove(
            app.blobs,
            app.ledger,
            heads=app.ledger.remembered(),
            waiting=app.waiting,
            progress=lambda done: bar.reach(done.blobs),
        )
    _record(app, found)
    if as_json:
        echo_json(verify_line(found))
    else:
        _print(found)
    if found.problems:
        raise click.exceptions.Exit(NOT_WHOLE)


def _record(app: App, found: "Verification") -> None:
    from archive.access_events import Verified

    heads, blobs, problems = found.heads, found.blobs, len(found.problems)
    record(app, Verified(app.clock(), app.actor, heads, blobs, problems), "verification")


def record(app: App, event: "AccessEvent", what: str) -> None:
    """Record that the archive was examined, and say so where its ledger can take nothing."""
    from archive.books import Book
    from archive.ledger import LedgerBrokenError

    try:
        app.ledger.append(Book.ACCESS, (event,))
    except LedgerBrokenError as error:
        click.echo(f"this {what} could not be recorded: {error}", err=True)


def _print(found: "Verification") -> None:
    for problem in found.problems:
        click.secho(f"{problem.kind}: {problem.where}: {problem.detail}", fg="red")
    for note in found.notes:
        click.echo(f"note: {note.where}: {note.detail}")
    click.echo(f"{found.blobs:,} messages rehashed, {found.events:,} entries walked")
    for head in found.heads:
        click.echo(f"the {head.book} book ends at {head.number:,} with {head.sha256}")
    if found.problems:
        click.secho(f"{len(found.problems):,} problems: the archive is not whole", fg="red")
    else:
        click.secho("the archive is whole", fg="green")
