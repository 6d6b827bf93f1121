"""`section9 patterns`: what shows only over many messages, and looking for it again."""

from functools import partial
from typing import TYPE_CHECKING

import click

from commands.app import App

if TYPE_CHECKING:
    from archive.pattern_events import PatternFound
    from commands.pattern_lines import PatternTrialLine


@click.group()
def patterns() -> None:
    """See what shows only over many messages: bullying, and contact with students over weeks.

    They are looked for whenever mail was filed. Who it is about, and what was written, is for
    whoever triages: `section9 triage list`.
    """


@patterns.command("list")
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line.")
@click.pass_obj
def list_(app: App, *, as_json: bool) -> None:
    """List the patterns that stand, the gravest first: what and how grave, never whom.

    Left out is what concerns your own addresses.

    \b
    section9 patterns list
    """
    from archive.books import Book
    from cases.patterns import fold, gravest_first
    from commands.lines import echo_json
    from commands.pattern_lines import pattern_line

    standing = gravest_first(fold(app.ledger.events(Book.CASES)))
    seen = [one for one in standing if not app.accounts.concerned(app.actor, one.people)]
    for one in seen:
        if as_json:
            echo_json(pattern_line(one))
        else:
            _print(one)
    if not (seen or as_json):
        click.echo("no pattern stands")


def _print(one: "PatternFound") -> None:
    pattern = click.style(one.pattern, fg="yellow")
    graded = f"severity {one.severity}  {one.confidence:<6}  clause {one.clause}"
    click.echo(f"{pattern}  {graded}  {one.rule}  {one.since:%Y-%m-%d} to {one.until:%Y-%m-%d}")
    click.echo(f"    {one.why}")


@patterns.command("test")
@click.option("--json", "as_json", is_flag=True, help="One JSON object a rule.")
@click.pass_obj
def test(app: App, *, as_json: bool) -> None:
    """Count the patterns that would stand if all of their rules were on. Nothing is changed.

    For before `section9 rules enable bullying`. Left out is what
    concerns your own addresses. Recorded.

    \b
    section9 patterns test
    """
    from archive.access_events import RulesTried
    from archive.books import Book
    from cases.roles import Deed
    from commands.history import rules
    from commands.lines import echo_json
    from commands.pattern_lines import trial_line
    from commands.watching import watching
    from detectors.patterns.decide import RULES

    app.accounts.require(app.actor, Deed.TUNE)
    with watching(app) as watch:
        tried = watch.tried().without(partial(app.accounts.concerned, app.actor))
    every = rules(app)
    for line in (trial_line(rule, every[rule.id][1].state, tried) for rule in RULES):
        if as_json:
            echo_json(line)
        else:
            _print_trial(line)
    read = {each.mail for one in tried.now.values() for each in one.messages}
    versions = " ".join(f"{rule.id}/{rule.version}" for rule in RULES)
    app.ledger.append(Book.ACCESS, (RulesTried(app.clock(), app.actor, versions, len(read), ()),))


def _print_trial(line: "PatternTrialLine") -> None:
    name = f"{line.rule}/{line.version}"
    now = f"{line.now.high:,} high, {line.now.medium:,} medium, {line.now.low:,} low"
    click.echo(f"{name:<28}{line.state:<7}{now}; {line.new:,} new, {line.gone:,} gone")


@patterns.command("recheck")
@click.option("--json", "as_json", is_flag=True, help="One JSON object.")
@click.pass_obj
def recheck(app: App, *, as_json: bool) -> None:
    """Look through all archived mail for patterns, as if for the first time.

    For after the directory of people, the settings or the program changed. What no longer makes
    a pattern lapses. Interrupted, run `section9 patterns recheck` again.

    \b
    section9 patterns recheck
    """
    from commands.lines import echo_json
    from commands.logs import log_to_stderr
    from commands.pattern_lines import LookLine
    from commands.progress import progress
    from commands.watching import watching
    from search.tree import Everything

    log_to_stderr()
    app.require_operator()
    total = app.index.count(Everything())
    with watching(app) as watch, progress("looking again", total=total, unit="messages") as bar:
        done = watch.look(afresh=True, progress=bar.advance)
    if as_json:
        echo_json(LookLine(done.messages, done.pairs, done.found, done.lapsed))
        return
    click.echo(
        f"{done.messages:,} messages between {done.pairs:,} pairs of people: "
        f"{done.found:,} patterns found or changed, {done.lapsed:,} lapsed"
    )
