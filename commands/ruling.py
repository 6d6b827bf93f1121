"""`section9 rules`: which detection rules there are, and trying them on history (clause 12)."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING

import click

from commands.app import App
from section9 import Confidence, RuleState

if TYPE_CHECKING:
    from cases.rulebook import Standing
    from detectors.changes import Change, Changes
    from detectors.contract import Rule

DAY = click.DateTime(formats=["%Y-%m-%d"])
SHORT = 12  # digits of a mail's id that are shown; any unique beginning is understood

rule_option = click.option(
    "--rule", "rules", multiple=True, metavar="RULE", help="Only this rule; may be repeated."
)
since_option = click.option("--since", type=DAY, help="Only mail of this day (UTC) and later.")
reason_option = click.option("--reason", required=True, help="Why; written to the ledger.")
last_option = click.option(
    "--last", type=click.IntRange(min=1), help="Only so many messages, the newest."
)
json_option = click.option("--json", "as_json", is_flag=True, help="One JSON object a line.")


@click.group()
def rules() -> None:
    """Keep the detection rules: what they look for, which are on, what another version changes."""


@rules.command("list")
@json_option
@click.pass_obj
def list_(app: App, *, as_json: bool) -> None:
    """List every rule of this program, and where it stands.

    \b
    section9 rules list
    """
    from commands.history import rules as every
    from commands.lines import echo_json
    from commands.rule_lines import rule_line

    for rule, standing in every(app).values():
        if as_json:
            echo_json(rule_line(rule, standing))
        else:
            _print_rule(rule, standing)


def _print_rule(rule: "Rule", standing: "Standing") -> None:
    name = f"{rule.id}/{rule.version}"
    since = standing.since if standing.version == rule.version else None
    day = f"since {since:%Y-%m-%d}" if since else "has read no mail here"
    state = click.style(f"{standing.state:<5}", fg=COLOURS[standing.state])
    grade = f"clause {rule.clause}  severity {rule.severity}"
    click.echo(f"{name:<28} {state} {grade}  {rule.category:<16} {rule.title}; {day}")
    if standing.by:
        click.echo(f"{'':<28} by {standing.by}: {standing.reason}")


COLOURS = {RuleState.ON: "green", RuleState.TRIAL: "yellow", RuleState.OFF: "red"}


@rules.command("enable")
@click.argument("rule")
@reason_option
@click.pass_obj
def enable(app: App, rule: str, *, reason: str) -> None:
    """Switch a rule on, for mail that comes from now on; `rescan` runs it on the rest.

    \b
    section9 rules enable telephone --reason 'tried on 2026, 2 false alarms a month'
    """
    _switch(app, rule, RuleState.ON, reason=reason)


@rules.command("trial")
@click.argument("rule")
@reason_option
@click.pass_obj
def trial(app: App, rule: str, *, reason: str) -> None:
    """Put a rule on trial: it flags nothing that comes, and `rules test` runs it on history.

    \b
    section9 rules trial telephone --reason 'version 2 is new'
    """
    _switch(app, rule, RuleState.TRIAL, reason=reason)


@rules.command("disable")
@click.argument("rule")
@reason_option
@click.pass_obj
def disable(app: App, rule: str, *, reason: str) -> None:
    """Switch a rule off. What it found stays on record.

    \b
    section9 rules disable vehicle-registration --reason 'DPO decision 12'
    """
    _switch(app, rule, RuleState.OFF, reason=reason)


def _switch(app: App, name: str, state: RuleState, *, reason: str) -> None:
    from commands.history import switches

    [rule] = every_named((name,))
    switches(app).switch(rule.id, rule.version, state, reason=reason)
    click.echo(f"{rule.id} is {state} from now on")


@rules.command("test")
@rule_option
@since_option
@last_option
@json_option
@click.pass_obj
def test(
    app: App,
    rules: tuple[str, ...],
    *,
    since: datetime | None,
    last: int | None,
    as_json: bool,
) -> None:
    """Run the rules on archived mail, and count what they find. Nothing is changed.

    Those that are on and on trial run, and any --rule that is off. Recorded.

    \b
    section9 rules test --last 5000
    section9 rules test --rule telephone --since 2026-09-01
    """
    from commands.lines import echo_json
    from commands.rule_lines import diff_line, trial_line

    changes, failed = _tried(app, named(rules), since=since, last=last)
    if as_json:
        for rule, standing, change in _each(app, changes):
            echo_json(diff_line(rule, standing, change))
        echo_json(trial_line(changes, failed=failed))
        return
    click.echo(f"{'':<28}{'':<7}{'messages':>9}{'high':>9}{'medium':>9}{'low':>9}")
    for rule, standing, change in _each(app, changes):
        name = f"{rule.id}/{rule.version}"
        counts = f"{change.messages:>9,}{_columns(change.now)}"
        click.echo(f"{name:<28}{standing.state:<7}{counts}")
    _print_sums(changes, failed)


@rules.command("diff")
@rule_option
@since_option
@last_option
@json_option
@click.pass_obj
def diff(
    app: App,
    rules: tuple[str, ...],
    *,
    since: datetime | None,
    last: int | None,
    as_json: bool,
) -> None:
    """Run the rules on archived mail, and show what differs from what is on record.

    It shows counts, and ids of some messages: what is in them is read in a case. Nothing is
    changed; `section9 rescan` is what changes it. Recorded.

    \b
    section9 rules diff --last 5000
    """
    from commands.lines import echo_json
    from commands.rule_lines import diff_line, trial_line

    changes, failed = _tried(app, named(rules), since=since, last=last)
    for rule, standing, change in _each(app, changes):
        if as_json:
            echo_json(diff_line(rule, standing, change))
        elif change.differs:
            _print_change(rule, standing, change)
    if as_json:
        echo_json(trial_line(changes, failed=failed))
        return
    if not any(change.differs for change in changes.rules.values()):
        click.echo("nothing differs")
    _print_sums(changes, failed)


def _tried(
    app: App, rules: "Sequence[Rule]", *, since: datetime | None, last: int | None
) -> "tuple[Changes, int]":
    """Try rules on archived mail, and record that it was done."""
    from commands.history import trying
    from commands.logs import log_to_stderr
    from commands.progress import progress

    log_to_stderr()
    wanted = [rule.id for rule in rules]
    with (
        trying(app, wanted, since=since, last=last) as trial,
        progress("reading", total=trial.expected, unit="messages") as bar,
    ):
        for _ in trial.run():
            bar.advance(1)
    return trial.changes, trial.failed


def _each(app: App, changes: "Changes") -> "Iterator[tuple[Rule, Standing, Change]]":
    from commands.history import rules

    every = rules(app)
    return ((*every[rule], change) for rule, change in changes.rules.items())


def _print_change(rule: "Rule", standing: "Standing", change: "Change") -> None:
    before, now = sum(change.before.values()), sum(change.now.values())
    head = f"{rule.id}/{rule.version} ({standing.state}): {before:,} findings before, {now:,} now"
    regraded = f", {change.regraded:,} graded otherwise" if change.regraded else ""
    click.secho(head + regraded, bold=True)
    for word, counts, mails in (
        ("new", change.new, change.new_in),
        ("gone", change.gone, change.gone_in),
    ):
        if counts:
            some = " ".join(mail[:SHORT] for mail in mails)
            click.echo(f"  {word:<6}{_words(counts)}, as in {some}")


def _words(counts: Mapping[Confidence, int]) -> str:
    levels = reversed(Confidence)
    return ", ".join(f"{counts[level]:,} {level}" for level in levels if counts.get(level))


def _columns(counts: Mapping[Confidence, int]) -> str:
    return "".join(f"{counts.get(level, 0):>9,}" for level in reversed(Confidence))


def _print_sums(changes: "Changes", failed: int) -> None:
    click.echo(
        f"{changes.messages:,} messages read; {changes.flagged_now:,} flagged,"
        f" {changes.flagged_before:,} before"
    )
    if failed:
        click.secho(f"no rule could judge {failed:,} more", fg="red", err=True)


def named(names: Sequence[str]) -> "list[Rule]":
    """The rules of these names that read a message by itself. Raises `click.UsageError`."""
    from detectors.patterns.decide import RULES

    for name in {rule.id for rule in RULES}.intersection(names):
        raise click.UsageError(
            f"{name} is decided on many messages: what it would find, `section9 patterns test` says"
        )
    return every_named(names)


def every_named(names: Sequence[str]) -> "list[Rule]":
    """The rules of these names. Raises `click.UsageError` on one that there is not."""
    import difflib

    from detectors.catalogue import EVERY_RULE

    known = {str(rule.id): rule for rule in EVERY_RULE}
    for name in names:
        if name not in known:
            near = difflib.get_close_matches(name, known, n=1)
            guess = f"did you mean {near[0]}? " if near else ""
            raise click.UsageError(f"there is no rule {name}: {guess}see `section9 rules list`")
    return [known[name] for name in dict.fromkeys(names)]
