"""`section9 triage confirm|dismiss|suppress|link|ack|undo`: each act is an event on the ledger."""

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import click

from commands.app import App
from commands.triage_desk import DAY, case_option, desk, json_option, name

if TYPE_CHECKING:
    from archive.triage_events import Triaged
    from cases.triage.desk import Choice

DISMISSALS = ["mistaken", "harmless", "permitted", "known", "other"]

rule_option = click.option("--rule", default="", help="Only what this rule found.")
finding_option = click.option(
    "--finding", "number", type=click.IntRange(min=1), help="Only this one of `show`."
)
items_argument = click.argument("items", metavar="ITEM…", nargs=-1, required=True)


@click.command("confirm")
@items_argument
@case_option
@rule_option
@finding_option
@click.option("--reason", default="", help="A word on it, for whoever reads the record.")
@json_option
@click.pass_obj
def confirm(  # noqa: PLR0913 - each is an option of the command
    app: App,
    items: tuple[str, ...],
    *,
    case_id: str,
    rule: str,
    number: int | None,
    reason: str,
    as_json: bool,
) -> None:
    """Say that what was found is what the rule says: all of an item, or one finding of it.

    \b
    section9 triage confirm 1f3a9c0b21de --reason 'sent to a parent by mistake'
    section9 triage confirm 1f3a9c0b21de --rule nhs-number
    """
    mine, choice = desk(app, case_id), _choice(rule, number)
    for item in items:
        _print_decision(mine.confirm(item, choice, reason=reason), as_json=as_json)


@click.command("dismiss")
@items_argument
@case_option
@click.option(
    "--as",
    "dismissal",
    required=True,
    type=click.Choice(DISMISSALS),
    help="mistaken: it is not there; harmless: a lesson, a quotation; permitted: agreed; "
    "known: dealt with already.",
)
@click.option("--reason", required=True, help="In words; written to the ledger.")
@rule_option
@finding_option
@json_option
@click.pass_obj
def dismiss(  # noqa: PLR0913 - each is an option of the command
    app: App,
    items: tuple[str, ...],
    *,
    case_id: str,
    dismissal: str,
    reason: str,
    rule: str,
    number: int | None,
    as_json: bool,
) -> None:
    """Say why what was found is no matter: all of an item, or one finding of it.

    \b
    section9 triage dismiss 1f3a9c0b21de --as harmless --reason 'a poem of the anthology'
    """
    from archive.triage_events import Dismissal

    mine, choice = desk(app, case_id), _choice(rule, number)
    for item in items:
        made = mine.dismiss(item, choice, dismissal=Dismissal(dismissal), reason=reason)
        _print_decision(made, as_json=as_json)


def _choice(rule: str, number: int | None) -> "Choice":
    from cases.triage.desk import Choice

    return Choice(rule, number or 0)


def _print_decision(made: "Triaged", *, as_json: bool) -> None:
    from commands.lines import echo_json
    from commands.triage_lines import decision_line

    if as_json:
        echo_json(decision_line(made))
        return
    rules = ", ".join(dict.fromkeys(one.rule for one in made.findings))
    why = f" as {made.dismissal}" if made.dismissal else ""
    click.echo(f"{name(made.item)}  {made.verdict}{why} by {made.by}, {made.at:%H:%M}: {rules}")


@click.command("suppress")
@click.argument("item")
@case_option
@click.option("--sender", "extent", flag_value="sender", help="All that this sender writes.")
@click.option("--pair", "extent", flag_value="pair", help="What these two write to each other.")
@click.option("--with", "other", default="", help="The other one, where several got it.")
@click.option("--list", "list_", default="", metavar="ADDRESS", help="All sent to this address.")
@rule_option
@click.option("--until", type=DAY, help="The first day on which it is flagged again.")
@click.option("--days", type=click.IntRange(1, 366), help="For so many days.  [default: 30]")
@click.option("--reason", required=True, help="Why; written to the ledger.")
@json_option
@click.pass_obj
def suppress(  # noqa: PLR0913 - each is an option of the command
    app: App,
    item: str,
    *,
    case_id: str,
    extent: str | None,
    other: str,
    list_: str,
    rule: str,
    until: datetime | None,
    days: int | None,
    reason: str,
    as_json: bool,
) -> None:
    """Keep a rule quiet about a sender, a pair or a list, until a day. Never about what is graver.

    `triage list --suppressed` shows what is kept quiet, `triage undo S-0001` ends it.

    \b
    section9 triage suppress 1f3a9c0b21de --pair --days 90 --reason 'agreed with the council'
    """
    from archive.triage_events import SuppressionExtent
    from cases.triage.suppressing import Quiet
    from cases.triage.suppressing import suppress as keep_quiet
    from commands.lines import echo_json
    from commands.triage_lines import suppression_line

    asked = "list" if list_ else "pair" if other else extent
    if asked is None:
        raise click.UsageError("say whom: --sender, --pair, or --list ADDRESS")
    if until and days:
        raise click.UsageError("--until and --days say the same: give one")
    ends = until.replace(tzinfo=UTC) if until else app.case_clock() + timedelta(days or 30)
    quiet = Quiet(SuppressionExtent(asked), ends, reason, rule, list_ or other)
    held = keep_quiet(desk(app, case_id), item, quiet)
    if as_json:
        echo_json(suppression_line(held, now=app.case_clock()))
        return
    click.echo(
        f"{held.suppression}  {held.rule} keeps quiet up to severity {held.severity}"
        f" until {held.until:%Y-%m-%d %H:%M} UTC"
    )


@click.command("link")
@click.argument("item")
@click.argument("to", metavar="CASE")
@case_option
@json_option
@click.pass_obj
def link(app: App, item: str, to: str, *, case_id: str, as_json: bool) -> None:
    """Make an item part of a case; what of it waits is confirmed with that.

    \b
    section9 triage link 1f3a9c0b21de C-0012
    """
    from commands.lines import echo_json
    from commands.triage_lines import act_line

    made = desk(app, case_id).link(item, to)
    if as_json:
        echo_json(act_line(made))
    else:
        click.echo(f"{name(made.item)}  part of {made.into} by {made.by}")


@click.command("ack")
@items_argument
@case_option
@json_option
@click.pass_obj
def ack(app: App, items: tuple[str, ...], *, case_id: str, as_json: bool) -> None:
    """Say that you see to items: nobody is alerted of them again, and they wait on.

    \b
    section9 triage ack 1f3a9c0b21de
    """
    from commands.lines import echo_json
    from commands.triage_lines import act_line

    mine = desk(app, case_id)
    for item in items:
        made = mine.acknowledge(item)
        if as_json:
            echo_json(act_line(made))
        else:
            click.echo(f"{name(made.item)}  {made.by} sees to it since {made.at:%Y-%m-%d %H:%M}")


@click.command("undo")
@click.argument("item", metavar="ITEM|SUPPRESSION")
@case_option
@click.option("--reason", required=True, help="Why; written to the ledger.")
@json_option
@click.pass_obj
def undo(app: App, item: str, *, case_id: str, reason: str, as_json: bool) -> None:
    """Take back what was decided on an item, or a suppression: it waits again.

    \b
    section9 triage undo 1f3a9c0b21de --reason 'the wrong line'
    section9 triage undo S-0001 --reason 'the agreement ended'
    """
    from cases.triage.suppressing import end
    from commands.lines import echo_json
    from commands.triage_lines import TriageActLine

    mine = desk(app, case_id)
    if item.upper().startswith("S-"):
        taken: str = end(mine, item, reason=reason).suppression
    else:
        taken = mine.undo(item, reason=reason).id
    if as_json:
        echo_json(TriageActLine(taken, "undone", None, mine.actor, app.case_clock()))
    else:
        click.echo(f"{name(taken)}  taken back: it waits again")
