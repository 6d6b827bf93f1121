"""`section9 collect`: mailboxes on servers, with what was moved and deleted in them."""

import sys
import time
from collections.abc import Iterable
from typing import TYPE_CHECKING

import click

from cases.telling import safe
from commands.app import App
from section9 import Change

if TYPE_CHECKING:
    from ingest.collectors.collect import Collector
    from ingest.collectors.door import Server, ServerError
    from ingest.collectors.outcome import Outcome, Watch

LOGGED = 30.0  # seconds between two lines of a log that tell how far a run has come


@click.group()
def collect() -> None:
    """Collect mailboxes from their servers, with what was moved and deleted in them.

    Every folder is read, the deleted items too, and nothing in a mailbox is changed. What was
    there before and is not any more is recorded: when it was last there, and where it went.
    Run it again and again: each run takes only what is new, and an interrupted one goes on.
    """


@collect.command()
@click.argument("mailboxes", nargs=-1, metavar="[MAILBOX]…")
@click.option("--json", "as_json", is_flag=True, help="The counts of each mailbox, one a line.")
@click.pass_obj
def imap(app: App, mailboxes: tuple[str, ...], *, as_json: bool) -> None:
    """Collect from an IMAP server: all that `[collect.imap]` lists, or the MAILBOXes named.

    docs/collecting/imap.md says how to let it in.

    \b
    section9 collect imap
    section9 collect imap j.doe@school.example
    """
    from commands.mailboxes import mailboxes as listed_in
    from commands.settings_collect import imap_server

    settings = app.settings.collect.imap
    listed = listed_in(settings.mailboxes, settings.mailboxes_file)
    collect_all(app, imap_server(settings, listed), mailboxes or listed, as_json=as_json)


@collect.command()
@click.argument("mailboxes", nargs=-1, metavar="[MAILBOX]…")
@click.option("--json", "as_json", is_flag=True, help="The counts of each mailbox, one a line.")
@click.pass_obj
def exchange(app: App, mailboxes: tuple[str, ...], *, as_json: bool) -> None:
    """Collect from an Exchange Server: all that `[collect.exchange]` lists, or those named.

    docs/collecting/exchange.md says what the account needs, and no more.

    \b
    section9 collect exchange
    section9 collect exchange j.doe@school.example
    """
    from commands.mailboxes import mailboxes as listed_in
    from commands.settings_clouds import exchange_server

    settings = app.settings.collect.exchange
    named = mailboxes or listed_in(settings.mailboxes, settings.mailboxes_file)
    collect_all(app, exchange_server(settings), named, as_json=as_json)


@collect.command()
@click.argument("mailboxes", nargs=-1, metavar="[MAILBOX]…")
@click.option("--json", "as_json", is_flag=True, help="The counts of each mailbox, one a line.")
@click.pass_obj
def graph(app: App, mailboxes: tuple[str, ...], *, as_json: bool) -> None:
    """Collect from Microsoft 365: all that `[collect.graph]` lists, or the MAILBOXes named.

    docs/collecting/graph.md says what the application needs, and no more.

    \b
    section9 collect graph
    section9 collect graph j.doe@school.example
    """
    from contextlib import closing

    from commands.mailboxes import mailboxes as listed_in
    from commands.settings_clouds import graph_server

    settings = app.settings.collect.graph
    named = mailboxes or listed_in(settings.mailboxes, settings.mailboxes_file)
    with closing(graph_server(settings)) as server:
        collect_all(app, server, named, as_json=as_json)


def collect_all(app: App, server: "Server", mailboxes: Iterable[str], *, as_json: bool) -> None:
    """Collect some mailboxes and print what became of each; one that fails stops no other.

    Exits with 1 when something could not be taken. A server that refuses us ends the run, after
    what was collected until then is said.
    """
    from commands.alerting import tell
    from commands.logs import log_to_stderr
    from commands.watching import look

    log_to_stderr()
    app.require_operator()
    named = list(dict.fromkeys(mailbox.lower() for mailbox in mailboxes))
    if not named:
        raise click.UsageError("no mailbox is named: list them in section9.toml, or name one")
    closing = Closing(as_json=as_json)
    with app.collector() as collector:
        from commands.progress import progress

        with progress("collecting mail", total=0, unit="messages") as bar:
            stopped = closing.take_all(collector, server, named, Paced(bar))
    look(app)
    tell(app)
    closing.print()
    if stopped:
        raise stopped
    if closing.incomplete:
        raise click.exceptions.Exit(1)


class Paced:
    """Passes on how far a run has come; where there is no terminal to show it, it is logged."""

    def __init__(self, bar: "Watch", *, every: float = LOGGED) -> None:
        self._bar = bar
        self._every = every
        self._began = self._logged = time.monotonic()
        self._expected = self._done = 0

    def expect(self, amount: int) -> None:
        """So many more are to be fetched."""
        self._expected += amount
        self._bar.expect(amount)

    def advance(self, amount: int) -> None:
        """So many more are done."""
        self._done += amount
        self._bar.advance(amount)
        now = time.monotonic()
        if now - self._logged >= self._every and not sys.stderr.isatty():
            self._logged = now
            self._log(self._done / (now - self._began))

    def _log(self, rate: float) -> None:
        import structlog

        left = self._expected - self._done
        structlog.get_logger().info(
            "collecting",
            done=self._done,
            of=self._expected,
            per_second=round(rate, 1),
            seconds_left=round(left / rate) if rate else None,
        )


class Closing:
    """What became of each mailbox, and the sum of it."""

    def __init__(self, *, as_json: bool) -> None:
        self._as_json = as_json
        self.outcomes: list[Outcome] = []
        self._failed: dict[str, str] = {}  # why, by mailbox

    @property
    def incomplete(self) -> bool:
        """Whether something could not be taken."""
        return bool(self._failed) or any(one.failed or one.unread for one in self.outcomes)

    def take_all(
        self, collector: "Collector", server: "Server", mailboxes: Iterable[str], watch: "Watch"
    ) -> "ServerError | None":
        """Collect mailboxes and keep what is to be said of each; gives what ended it early."""
        from ingest.collectors.door import MailboxError, ServerError

        for mailbox in mailboxes:
            try:
                self.outcomes.append(collector.collect(server, mailbox, watch))
            except MailboxError as error:
                self._failed[mailbox] = str(error)
            except ServerError as error:
                return error
        return None

    def print(self) -> None:
        """Say it; failures on standard error."""
        for outcome in self.outcomes:
            for failure in outcome.failed:
                where = f"{outcome.mailbox} {failure.folder} {failure.item}"
                click.echo(safe(f"{where}: {failure.why}; the next run tries again"), err=True)
            for folder, why in outcome.unread.items():
                click.echo(safe(f"{outcome.mailbox} {folder}: {why}"), err=True)
        for mailbox, why in self._failed.items():
            click.echo(safe(f"{mailbox}: {why}"), err=True)
        for outcome in self.outcomes:
            self._print_one(outcome)
        if not self._as_json and len(self.outcomes) + len(self._failed) > 1:
            failed = f"; {len(self._failed):,} mailboxes failed" if self._failed else ""
            click.echo(f"{len(self.outcomes):,} mailboxes: {_counts(self.outcomes)}{failed}")

    def _print_one(self, outcome: "Outcome") -> None:
        from commands.lines import collect_line, echo_json

        if self._as_json:
            echo_json(collect_line(outcome))
        else:
            click.echo(safe(f"{outcome.mailbox}: {_counts([outcome])}"))


def _counts(outcomes: "list[Outcome]") -> str:
    """Say what was seen, as a sum, and what had befallen what was known."""
    new = sum(one.new for one in outcomes)
    known = sum(one.known for one in outcomes)
    failed = sum(len(one.failed) for one in outcomes)
    seen = sum(one.seen for one in outcomes)
    turns = [
        f"{count:,} {change}"
        for change in Change
        if (count := sum(one.turns[change] for one in outcomes))
    ]
    told = f"; {', '.join(turns)}" if turns else ""
    return f"{seen:,} seen = {new:,} new + {known:,} known + {failed:,} failed{told}"
