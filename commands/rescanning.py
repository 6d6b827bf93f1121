"""`section9 rescan`: the rules of today on mail that earlier versions read (clause 12)."""

from datetime import datetime
from typing import TYPE_CHECKING

import click

from commands.app import App
from commands.ruling import named, rule_option, since_option

if TYPE_CHECKING:
    from ingest.rescan import Ran


@click.command()
@rule_option
@since_option
@click.option(
    "--all",
    "every",
    is_flag=True,
    help="Also what these versions have read; interrupted, it begins again.",
)
@click.option("--json", "as_json", is_flag=True, help="One JSON object.")
@click.pass_obj
def rescan(
    app: App, rules: tuple[str, ...], *, since: datetime | None, every: bool, as_json: bool
) -> None:
    """Run the rules that are on over archived mail which other versions of them read.

    What earlier versions found stays on record, and formerly: finds what is no longer found. Mail
    that a reader or a rule failed at is read again. Interrupted, it goes on when run again.

    \b
    section9 rescan
    section9 rescan --rule nhs-number --since 2026-09-01
    """
    from commands.lines import echo_json
    from commands.logs import log_to_stderr
    from commands.rule_lines import rescan_line
    from commands.watching import look

    log_to_stderr()
    app.require_operator()
    ran = _run(app, rules, since=since, every=every)
    look(app)
    if as_json:
        echo_json(rescan_line(ran))
    else:
        _print(ran)
    if ran.failed:
        raise click.exceptions.Exit(1)


def _run(app: App, rules: tuple[str, ...], *, since: datetime | None, every: bool) -> "Ran":
    from commands.history import open_mails, rescanning, rules_on
    from commands.progress import progress
    from ingest.rescan import Rescan

    wanted = {rule.id for rule in named(rules)}
    with rescanning(app) as (pipeline, history):
        on = rules_on(app)
        asked = {rule: number for rule, number in on.items() if not wanted or rule in wanted}
        if not asked:
            raise click.UsageError("none of these rules is on: see `section9 rules list`")
        mails = open_mails(pipeline.index, since, pipeline.custody)
        due = history.plan(mails, {} if every else asked)
        with progress("reading again", total=due, unit="messages") as bar:
            rescan = Rescan(pipeline, history, tuple(on), app.actor)
            return rescan.run(due, progress=bar.advance)


def _print(ran: "Ran") -> None:
    if not ran.due:
        click.echo("nothing is due: the rules that are on have read all mail in these versions")
        return
    left = f", {ran.left:,} purged or sealed meanwhile" if ran.left else ""
    click.echo(f"{ran.read:,} of {ran.due:,} messages read again{left}; {ran.findings:,} findings")
    for mail in ran.failed:
        click.secho(f"no rule could judge {mail}: its earlier findings stand", fg="red", err=True)
