"""`section9 serve`: the listener, and beside it the conductor in a process of its own."""

import os
import signal
import socket
import sys
from contextlib import contextmanager
from threading import Event, Thread
from types import FrameType
from typing import TYPE_CHECKING

import click

from commands.app import App

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ingest.smtp.counts import Counts
    from ingest.smtp.terms import ListenerSettings

NICENESS = 10  # of the conductor and its workers: taking mail in goes first


@click.command()
@click.pass_obj
def serve(app: App) -> None:
    """Take in the mail server's journal, archive it, scan it and index it.

    Answers 250 only when a message is safely on disk. Stops at SIGTERM or Ctrl-C, when what is
    being received is complete.

    \b
    section9 --home /srv/section9 serve
    """
    import asyncio

    from commands.logs import log_to_stderr

    log_to_stderr()
    asyncio.run(_serve(app))


async def _serve(app: App) -> None:
    import asyncio

    from ingest.listener import listen
    from ingest.spool import Spool, new_run
    from ingest.supervisor import keep_running

    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    spool = Spool(app.data, run=new_run())
    beside = [asyncio.create_task(keep_running(_command(app, "conduct"), stop=stop))]
    if app.settings.alerts.smtp_host:
        watch = keep_running(_command(app, "alert", "watch"), stop=stop, name="alerts")
        beside.append(asyncio.create_task(watch))
    try:
        with _measured(app) as counts:
            settings = _listener_settings(app)
            await listen(settings, spool, stop=stop, ready=_say_ready, counts=counts)
    finally:
        stop.set()
        await asyncio.gather(*beside)


def _command(app: App, *words: str) -> list[str]:
    """How a command of ours is run in a process of its own, which ends when we do."""
    return [sys.executable, "-P", "-m", "cli", "--home", str(app.data), *words, "--attended"]


@contextmanager
def _measured(app: App) -> "Iterator[Counts]":
    """Counts of the listener, served as metrics where the settings say so."""
    from ingest.smtp.counts import Counts

    counts, where = Counts(), app.settings.metrics.listen
    if not where:
        yield counts
        return
    from commands.metrics import served

    with served(app, counts, listen=where) as address:
        click.echo(f"metrics on {address}", err=True)
        yield counts


def _listener_settings(app: App) -> "ListenerSettings":
    from ingest.smtp.terms import ListenerSettings

    journal = app.settings.journal
    return ListenerSettings(
        host=journal.host,
        port=journal.port,
        hostname=journal.hostname or socket.getfqdn(),
        allowed=journal.peers,
        max_message_bytes=int(journal.max_message_size),
        tls_cert=journal.tls_certificate,
        tls_key=journal.tls_key,
        require_tls=journal.require_tls,
        client_ca=journal.client_ca,
        client_certificates=journal.client_certificates,
        users=journal.accounts,
        require_auth=journal.require_auth,
        max_connections=journal.max_connections,
        timeout=journal.timeout,
        min_free_bytes=int(journal.min_free_disk),
        max_spool_messages=journal.max_spool_messages,
        max_spool_bytes=int(journal.max_spool_size),
    )


def _say_ready(host: str, port: int) -> None:
    click.echo(f"taking mail in on {host} port {port}; Ctrl-C to stop", err=True)


@click.command()
@click.option("--attended", is_flag=True, hidden=True, help="End when standard input closes.")
@click.pass_obj
def conduct(app: App, *, attended: bool) -> None:
    """Archive, scan and index what is spooled; `serve` runs this beside its listener.

    Run it alone to empty the spool of a listener that is stopped. Stops at SIGTERM or Ctrl-C,
    after the batch in hand.

    \b
    section9 --home /srv/section9 conduct
    """
    from commands.logs import log_to_stderr
    from commands.watching import watching
    from ingest.service import conduct as empty_spool

    log_to_stderr()
    os.nice(NICENESS)
    stop = ending(attended=attended)
    with app.pipelines() as open_pipeline, watching(app) as watch:
        empty_spool(app.spool, open_pipeline, stop=stop, after_work=watch.look_and_log)


def ending(*, attended: bool) -> Event:
    """Set at SIGTERM and Ctrl-C, and when attended at the end of standard input."""
    stop = Event()

    def end(_signal: int, _frame: FrameType | None) -> None:
        stop.set()

    signal.signal(signal.SIGTERM, end)
    signal.signal(signal.SIGINT, end)
    if attended:
        Thread(target=_end_with_stdin, args=(stop,), daemon=True).start()
    return stop


def _end_with_stdin(stop: Event) -> None:
    # Unbuffered: a thread inside sys.stdin holds its lock, and Python aborts when it ends us.
    while os.read(sys.stdin.fileno(), 1):
        pass
    stop.set()


@click.command("account")
@click.argument("name")
@click.password_option()
def account(name: str, password: str) -> None:
    """Print a line for the accounts file: who may authenticate to the listener.

    \b
    section9 account exchange >> /etc/section9/accounts
    """
    from ingest.smtp.users import user_line

    click.echo(user_line(name, password))
