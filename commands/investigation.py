"""`section9 show`: reading a message, inside a case; and how the messages of a listing look."""

import sys
from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING

import click

from cases.telling import deliveries, names, origin, safe, tale
from commands.app import App
from commands.completing import CASES
from commands.display import echo_hanging, marked
from search.direction import direction
from section9 import Finding, MailId, ParsedMail, Part, PartKind, Record, Span

if TYPE_CHECKING:
    from cases.answers import Answer, Opened
    from commands.app import Looked
    from search.index import Hit

    Folded = Mapping[MailId, tuple[MailId, ...]]

NO_HITS = 4  # exit code
FEW = 5  # of the messages that one stands for are named
SHORT = 12  # digits of a mail's id that are shown; any unique beginning is understood

case_option = click.option(
    "--case",
    "case_id",
    required=True,
    metavar="CASE",
    shell_complete=CASES,
    help="The case that authorises this.",
)


def print_hits(answer: "Answer", *, as_json: bool, folded: "Folded | None" = None) -> None:
    """Print the messages of a page, and how many others each of them stands for."""
    from commands.lines import echo_json, hit_line, withheld_line

    for hit in answer.page.hits:
        size, others = answer.sizes.get(hit.mail), (folded or {}).get(hit.mail, ())
        if as_json:
            echo_json(hit_line(hit, others) if size is None else withheld_line(hit, size))
            continue
        _print_hit(hit, size)
        if others:
            few = ", ".join(mail[:SHORT] for mail in others[:FEW])
            more = " …" if len(others) > FEW else ""
            click.secho(f"    + {len(others):,} folded: {few}{more}", dim=True)


def _print_hit(hit: "Hit", withheld: int | None) -> None:
    """Print one hit; of one that is withheld, its size in place of its words."""
    when = f"{hit.date:%Y-%m-%d %H:%M}" if hit.date else "without a date  "
    echo_hanging(f"{click.style(hit.mail[:SHORT], fg='yellow')}  {when}  {people_of(hit)}")
    if withheld is not None:
        echo_hanging(f"    (metadata only: {withheld:,} bytes){''.join(badges(hit))}")
        return
    subject = marked(hit.subject.text, hit.subject.marks, colour="green")
    echo_hanging(f"    {subject or '(no subject)'}{''.join(badges(hit))}")
    if hit.excerpt.text:
        excerpt = marked(hit.excerpt.text, hit.excerpt.marks, colour="green")
        echo_hanging(f"    {excerpt}")


def people_of(hit: "Hit") -> str:
    """Say who wrote to whom, safe for a terminal."""
    more = f" and {hit.recipients - len(hit.to)} more" if hit.recipients > len(hit.to) else ""
    return safe(f"{hit.from_} → {', '.join(hit.to)}{more}")


def badges(hit: "Hit") -> Iterator[str]:
    """Say in a word each what sets a message apart."""
    for finding in hit.findings:
        yield click.style(f"  [{finding}]", fg="red")
    if hit.attachments:
        yield f"  [{hit.attachments} attached]"
    if hit.deleted:
        yield click.style("  [deleted]", fg="magenta")
    if hit.opaque:
        yield click.style("  [not fully readable]", fg="magenta")


def say_what_is_not_seen(answer: "Answer") -> None:
    """Say what no search sees, and what of it is not shown: on standard error too."""
    if answer.withheld:
        click.echo(
            f"{answer.withheld:,} of them are withheld: found and shown by their metadata alone",
            err=True,
        )
    if answer.own:
        click.echo(
            f"{answer.own:,} messages in scope are your own: somebody else must read them", err=True
        )
    if answer.unsearchable:
        click.echo(
            f"{answer.unsearchable:,} messages in scope could not be fully searched: is:opaque",
            err=True,
        )
    if answer.behind:
        click.echo(f"the index is {answer.behind:,} entries behind the archive", err=True)


@click.command()
@click.argument("mail")
@case_option
@click.option("--headers", "view", flag_value="headers", help="The header block, as it came.")
@click.option("--raw", "view", flag_value="raw", help="The exact bytes that are archived.")
@click.option("--text", "view", flag_value="text", default="text", hidden=True)
@click.option("--reason", default="", help="Why all of it, under the standing programme.")
@click.pass_obj
def show(app: App, mail: str, *, case_id: str, view: str, reason: str) -> None:
    """Open one message of a case's scope. Every look is recorded.

    MAIL is an id as `search` prints it, or any unique beginning of one.

    \b
    section9 show 1f3a9c0b21de --case C-0001
    section9 show 1f3a9c0b21de --case C-0001 --raw > message.eml
    """
    opened = app.gate.show(case_id, mail, view=view, reason=reason)
    if view == "raw" and not sys.stdout.isatty():
        sys.stdout.buffer.write(opened.content)
    elif view == "raw":
        click.echo(safe(_decoded(opened.content)))
    elif view == "headers":
        click.echo(header_text(opened))
    else:
        print_mail(opened, app.looked)


def _decoded(content: bytes) -> str:
    return content.replace(b"\r\n", b"\n").decode(errors="replace")


def header_text(opened: "Opened") -> str:
    """The header block of a message as it came, made safe."""
    block = opened.content.replace(b"\r\n", b"\n").lstrip(b"\n").partition(b"\n\n")[0]
    return safe(_decoded(block))


def print_mail(opened: "Opened", looked: "Looked") -> None:
    """Print a message as far as it was opened, with all that is known of it."""
    record = opened.record
    if opened.view in LESS:
        click.secho(LESS[opened.view], fg="yellow")
    click.echo(f"Mail        {record.mail}")
    for name, value in headers_told(record):
        if value:
            click.echo(f"{click.style(f'{name:<12}', bold=True)}{safe(value)}")
    for line in dict.fromkeys(deliveries(record)):
        click.echo(f"Sent to     {safe(line)}")
    for sighting in record.sightings:
        click.echo(f"Copy        {safe(origin(sighting))}")
        for line in tale(sighting, looked=looked(sighting)):
            click.echo(f"            {safe(line)}")
    for line in findings_told(record.current):
        click.secho(f"Finding     {line}", fg="red")
    for line in _earlier(record):
        click.echo(f"Earlier     {line}")
    for part in record.parsed.parts:
        _print_part(part, [f for f in record.current if f.part == part.id])


LESS = {
    "metadata": "Withheld: who, when and how much is all that this case opens of it now.",
    "excerpts": "What stands around the findings; --reason WHY opens all of it.",
}


def headers_told(record: Record) -> Iterator[tuple[str, str]]:
    """What a message says of itself: names and values, not yet safe; some are empty."""
    parsed: ParsedMail = record.parsed
    yield "Date", f"{record.date:%Y-%m-%d %H:%M:%S} UTC" if record.date else "not known"
    yield "Direction", direction(record)
    yield "From", names(parsed.from_)
    yield "To", names(parsed.to)
    yield "Cc", names(parsed.cc)
    yield "Bcc", names(parsed.bcc)
    yield "Subject", parsed.subject
    yield "Message-ID", parsed.message_id
    yield "Defects", ", ".join(sorted({defect.code for defect in parsed.defects}))


def findings_told(findings: Iterable[Finding]) -> Iterator[str]:
    """Say what was found, once for all the places where the same was found for the same reason."""
    alike: dict[tuple[object, ...], list[Finding]] = {}
    for finding in findings:
        key = (finding.rule, finding.confidence, finding.part, finding.why)
        alike.setdefault(key, []).append(finding)
    for first, *others in alike.values():
        times = f" × {len(others) + 1}" if others else ""
        yield (
            f"{first.rule}{times} ({first.confidence}, severity {first.severity}, clause"
            f" {first.clause}) in part {first.part}: {first.why}"
        )


def _earlier(record: Record) -> Iterator[str]:
    """Say what earlier versions of a rule found, version by version, and what became of it."""
    current, gone = set(record.current), set(record.gone)
    past = [one for one in record.findings if one not in current]
    for rule, version in sorted({(one.rule, one.version) for one in past}):
        found = [one for one in past if (one.rule, one.version) == (rule, version)]
        for again in (True, False):
            fate = "still found" if again else "no longer found"
            for line in findings_told(one for one in found if (one not in gone) is again):
                yield f"{line}; by version {version}, {fate}"


def _print_part(part: Part, findings: list[Finding]) -> None:
    """Print a part's text: findings stand out, quoted text is dim, hidden text is announced."""
    if part.repeats:
        return
    name = safe(part.filename) or part.kind
    click.secho(f"\n── part {part.id}: {name} ({part.media_type}, {part.size:,} bytes)", dim=True)
    if part.kind is PartKind.ATTACHMENT:
        click.secho(f"   sha256 {part.sha256}", dim=True)
    if part.hidden:
        click.secho("   some of this text is hidden from whoever reads the mail", fg="magenta")
    found = [Span(finding.start, finding.end) for finding in findings]
    click.echo(marked(part.text, found, colour="red"))
