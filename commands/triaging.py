"""`section9 triage`: what was flagged, and what somebody makes of it."""

import sys
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import click

from commands import triage_deciding as deciding
from commands.app import App
from commands.triage_desk import DAY, case_option, desk, json_option, name
from section9 import Category

if TYPE_CHECKING:
    from cases.triage.desk import Triage
    from cases.triage.queue import Entry


@click.group(invoke_without_command=True)
@case_option
@click.pass_context
def triage(context: click.Context, *, case_id: str) -> None:
    """Decide what was flagged: a screen on a terminal, or the commands below.

    It works under the standing programme (`section9 case open --programme`): masked excerpts
    first, and a reason to open more. ITEM is an id as `list` prints it, or any unique beginning.

    \b
    section9 triage                        the screen; off a terminal, the list
    section9 triage list                   what waits for you, the gravest first
    section9 triage show 1f3a9c0b21de
    section9 triage dismiss 1f3a9c0b21de --as harmless --reason 'a history lesson'
    """
    if context.invoked_subcommand:
        return
    if sys.stdin.isatty() and sys.stdout.isatty():
        from commands.triage_screen import show_screen

        show_screen(desk(context.obj, case_id))
    else:
        context.invoke(list_items, case_id=case_id)


@triage.command("list")
@case_option
@click.option("--suppressed", is_flag=True, help="What is kept quiet, and by which suppression.")
@click.option("--all", "everything", is_flag=True, help="What was decided, too.")
@click.option("--severity", default=1, type=click.IntRange(1, 5), help="This grave and graver.")
@click.option("--category", type=click.Choice([one.value for one in Category]), help="Of a kind.")
@click.option("--limit", default=50, show_default=True, type=click.IntRange(1, 100_000))
@json_option
@click.pass_obj
def list_items(  # noqa: PLR0913 - a filter each
    app: App,
    *,
    case_id: str,
    suppressed: bool = False,
    everything: bool = False,
    severity: int = 1,
    category: str | None = None,
    limit: int = 50,
    as_json: bool = False,
) -> None:
    """List what waits for you: who, when and what was found, without a word of content.

    The gravest come first, and of these what has waited longest.

    \b
    section9 triage list --severity 4
    section9 triage list --suppressed
    """
    triage = desk(app, case_id)
    if suppressed:
        _print_suppressions(app, triage, as_json=as_json)
    listed = _entries(triage, suppressed=suppressed, everything=everything)
    wanted = [
        entry
        for entry in listed
        if entry.item.severity >= severity
        and category in {None, *(one.category.value for one in entry.item.findings)}
    ]
    for entry in wanted[:limit]:
        _print_entry(app, entry, as_json=as_json)
    what = "kept quiet" if suppressed else "there" if everything else "waiting for you"
    click.echo(
        f"{len(wanted):,} {what} in case {triage.case.id}, {min(limit, len(wanted)):,} shown",
        err=True,
    )


def _entries(triage: "Triage", *, suppressed: bool, everything: bool) -> "list[Entry]":
    if suppressed:
        return triage.queue.suppressed()
    return triage.queue.everything() if everything else triage.queue.waiting()


def _print_suppressions(app: App, triage: "Triage", *, as_json: bool) -> None:
    from cases.triage.suppressing import suppressions
    from commands.lines import echo_json
    from commands.triage_lines import suppression_line

    now = app.case_clock()
    for held in suppressions(triage):
        if as_json:
            echo_json(suppression_line(held, now=now))
            continue
        ends = "ended" if held.until <= now else "until"
        click.secho(
            f"{held.suppression}  {held.rule} up to severity {held.severity}, {held.extent}"
            f" {' and '.join(held.addresses)}, {ends} {held.until:%Y-%m-%d}",
            bold=True,
        )
        click.echo(f"    {held.by} on {held.at:%Y-%m-%d}: {held.reason}")


def _print_entry(app: App, entry: "Entry", *, as_json: bool) -> None:
    from commands import triage_words as words
    from commands.lines import echo_json
    from commands.triage_lines import item_line

    if as_json:
        echo_json(item_line(entry))
        return
    item = entry.item
    click.echo(
        f"{click.style(name(item.id), fg='yellow')}"
        f"  {click.style(words.severity(item), bold=True)}"
        f"  {words.age(item.since, app.case_clock())}"
        f"  {words.kinds(item)}: {words.rules(item)}"
    )
    sent = f"{item.sent:%Y-%m-%d %H:%M}" if item.sent else "without a date"
    done = "".join(f"  [{phrase}]" for phrase in words.standing(entry))
    click.echo(f"    {sent}  {words.people(item)}{done}")


@triage.command("show")
@click.argument("item")
@case_option
@click.option("--open", "open_", is_flag=True, help="All of the message; it takes a --reason.")
@click.option("--reason", default="", help="Why all of it; written to the ledger.")
@json_option
@click.pass_obj
def show_item(  # noqa: PLR0913 - each is an option of the command
    app: App, item: str, *, case_id: str, open_: bool, reason: str, as_json: bool
) -> None:
    """Show one item: what was found and why, and what stands around it, masked. It is recorded.

    \b
    section9 triage show 1f3a9c0b21de
    section9 triage show 1f3a9c0b21de --open --reason 'the pupil may be at risk'
    """
    from commands.lines import echo_json
    from commands.triage_lines import excerpt_lines, item_line
    from commands.triage_pages import looks, print_item, print_look

    triage = desk(app, case_id)
    entry = triage.queue.item(item)
    seen = [*looks(triage, entry.item, reason=reason if open_ else None)]
    if as_json:
        echo_json(item_line(entry))
    else:
        print_item(entry, now=app.case_clock())
    for look in seen:
        if not as_json:
            print_look(look)
        elif look.opened:
            for line in excerpt_lines(entry.item.id, look.opened):
                echo_json(line)


@triage.command("figures")
@click.option("--since", type=DAY, help="Decisions from this day on (UTC).")
@click.option("--until", type=DAY, help="Up to this day, included.")
@json_option
@click.pass_obj
def figures(app: App, *, since: datetime | None, until: datetime | None, as_json: bool) -> None:
    """Sum up the decisions: how often each rule was right, and how long things waited.

    \b
    section9 triage figures --since 2026-09-01
    """
    from archive.books import Book
    from cases.roles import Deed
    from cases.triage.figures import figures as sum_up
    from commands.triage_pages import print_figures

    app.accounts.require(app.actor, Deed.TRIAGE)
    made = sum_up(
        app.ledger.events(Book.CASES),
        since=since.replace(tzinfo=UTC) if since else None,
        until=until.replace(tzinfo=UTC) + timedelta(days=1) if until else None,
    )
    print_figures(made, as_json=as_json)


for command in (
    deciding.confirm,
    deciding.dismiss,
    deciding.suppress,
    deciding.link,
    deciding.ack,
    deciding.undo,
):
    triage.add_command(command)
