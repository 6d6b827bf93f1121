"""What `triage show` and `triage figures` print."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

import click

from cases.answers import Opened
from cases.gate_errors import MailNotInScopeError, WithheldError
from cases.telling import safe
from cases.triage.desk import Triage
from cases.triage.figures import Figures
from cases.triage.items import Item
from cases.triage.queue import Entry
from commands import triage_words as words
from commands.display import marked
from commands.lines import echo_json
from commands.triage_desk import name
from commands.triage_lines import rule_figure_line, time_line
from section9 import Finding, MailId, Record, Span

MOST_LOOKED_AT = 20  # messages of a pattern at once


@dataclass(frozen=True, slots=True)
class Look:
    """One message of an item, as far as it may be seen; `opened` is None where it may not."""

    mail: MailId
    opened: Opened | None


def looks(triage: Triage, item: Item, *, reason: str | None) -> Iterator[Look]:
    """Look at the messages of an item: masked, or all of them where a reason is given."""
    for mail in item.mails[:MOST_LOOKED_AT]:
        try:
            opened = triage.look(item, mail) if reason is None else triage.open(mail, reason=reason)
        except (MailNotInScopeError, WithheldError):
            if not item.is_pattern:
                raise
            opened = None
        yield Look(mail, opened)


def print_item(entry: Entry, *, now: datetime) -> None:
    """Say what an item is and why it is here."""
    item = entry.item
    click.secho(f"{name(item.id)}  {words.severity(item)}", bold=True)
    waits = f"waits {words.age(item.since, now)}" if entry.waits else "decided"
    click.echo(f"    {waits}; there since {item.since:%Y-%m-%d %H:%M} UTC")
    click.echo(f"    {words.people(item)}")
    for phrase in words.standing(entry):
        click.echo(f"    {phrase}")
    for numbers, said in grouped(entry):
        click.echo(f"{numbers:>7}  {said}")


def grouped(entry: Entry) -> Iterator[tuple[str, str]]:
    """Each finding's number and why it is one; those that say the same stand together."""
    alike: dict[str, list[int]] = {}
    for number, finding in enumerate(entry.item.findings, 1):
        alike.setdefault(f"{why(finding)}{_verdict(entry, finding)}", []).append(number)
    for said, numbers in alike.items():
        first, last = numbers[0], numbers[-1]
        follow = len(numbers) > 1 and last - first + 1 == len(numbers)
        yield f"{first}-{last}" if follow else ", ".join(map(str, numbers)), said


def why(finding: Finding) -> str:
    """Say what was found, how surely, and why."""
    where = "" if finding.part == "pattern" else f" in part {finding.part}"
    return (
        f"{finding.rule} (severity {finding.severity}, {finding.confidence} confidence, clause"
        f" {finding.clause}){where}: {finding.why}"
    )


def _verdict(entry: Entry, finding: Finding) -> str:
    made = entry.decision(finding)
    return f"  [{made.verdict}]" if made else ""


def print_look(look: Look) -> None:
    """Print what may be seen of a message."""
    if look.opened is None:
        click.secho(f"\n── {look.mail[:12]}: nothing in it was flagged by itself", dim=True)
        click.echo("   to read it takes a case on these people: `section9 case open`")
        return
    record = look.opened.record
    sent = f"{record.date:%Y-%m-%d %H:%M}" if record.date else "without a date"
    said = "all of it" if look.opened.view == "text" else "what was matched is masked"
    click.secho(f"\n── {look.mail[:12]}  {sent}  ({said})", dim=True)
    click.echo(f"Subject  {safe(record.parsed.subject)}")
    for part, text, spans in texts(record):
        click.secho(f"── part {part}", dim=True)
        click.echo(marked(text, spans, colour="red"))


def texts(record: Record) -> Iterator[tuple[str, str, list[Span]]]:
    """The parts of a record that have text: a name, the text, and where something was found."""
    for part in record.parsed.parts:
        if part.text.strip() and not part.repeats:
            here = [Span(one.start, one.end) for one in record.current if one.part == part.id]
            yield f"{part.id} {safe(part.filename)}".strip(), part.text, here


def print_figures(made: Figures, *, as_json: bool) -> None:
    """Print how often each rule was right, and how long things waited."""
    if as_json:
        for line in (*map(rule_figure_line, made.rules), *map(time_line, made.waited)):
            echo_json(line)
        return
    if not made.rules:
        click.echo("nothing has been decided yet: `section9 triage list` has what waits")
        return
    click.secho(
        f"{'rule':<28}{'confirmed':>10}{'dismissed':>10}  precision (95 % interval)", bold=True
    )
    for rule in made.rules:
        dismissed = sum(times for _, times in rule.dismissed)
        found = rule.precision
        share = f"{found.share:.0%} ({found.low:.0%} to {found.high:.0%})" if found else "-"
        name = f"{rule.rule.rule}/{rule.rule.version}"
        click.echo(f"{name:<28}{rule.confirmed:>10}{dismissed:>10}  {share}")
    click.secho(f"\n{'severity':<28}{'items':>10}{'median':>10}  nine in ten within", bold=True)
    for one in made.waited:
        name = f"{one.severity} {words.SEVERITIES[one.severity]}"
        click.echo(f"{name:<28}{one.items:>10}{words.span(one.median):>10}  {words.span(one.p90)}")
