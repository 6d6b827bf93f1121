"""Looking through the mail of a subject access request, deciding, and the bundle."""

from collections.abc import Iterator
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING

import click

from archive.redaction_events import Code
from commands.app import App
from commands.investigation import SHORT
from commands.sars import desk, json_option, sar

if TYPE_CHECKING:
    from archive.redaction_events import Proposed, Redaction
    from cases.sars import Sar
    from evidence.proposing import Around, Subject
    from evidence.sar_bundle import Bundle
    from section9 import MailId, Record

__all__ = ["sar"]

CODES = click.Choice([code.value for code in Code])
AROUND = 30  # characters shown on either side of what is proposed


@sar.command("propose")
@click.argument("sar_id", metavar="SAR")
@click.argument("mail", required=False, default="")
@json_option
@click.pass_obj
def propose(app: App, sar_id: str, mail: str, *, as_json: bool) -> None:
    """Look through what was found for other people's data, and propose what to take out.

    With MAIL, the beginning of an id, each place is shown with the words around it.

    \b
    section9 sar propose S-0001
    section9 sar propose S-0001 1f3a9c0b21de
    """
    from evidence.proposing import proposals

    book, found = desk(app), desk(app).seen(sar_id)
    subject, around = _subject(found), _around(app)
    records = _chosen(book.records(found, mail), mail)
    made = {record.mail: proposals(record, subject, around) for record in records}
    book.propose(found, made)
    for record in records:
        _print_proposals(found, record, made[record.mail], in_full=bool(mail), as_json=as_json)


@sar.command("decide")
@click.argument("sar_id", metavar="SAR")
@click.argument("mail", required=False, default="")
@click.option("--accept", default="", metavar="all|none|1,3", help="Which proposals to follow.")
@click.option("--also", multiple=True, metavar="WORDS", help="More words to take out.")
@click.option("--code", type=CODES, default=Code.THIRD_PARTY.value, help="Why; for --also.")
@click.option("--withhold", type=CODES, help="Give nothing of the message, and why.")
@click.option("--reason", default="", help="Written to the ledger.")
@click.pass_obj
def decide(  # noqa: PLR0913 - each is an option of the command
    app: App,
    sar_id: str,
    mail: str,
    *,
    accept: str,
    also: tuple[str, ...],
    code: str,
    withhold: str | None,
    reason: str,
) -> None:
    """Decide what is taken out of a message; without MAIL, of all that are not decided yet.

    The same words then go from its headers, its text and its attachments.

    \b
    section9 sar decide S-0001 1f3a9c0b21de --accept 1,3 --also 'the girl in 7B'
    section9 sar decide S-0001 77ab01 --withhold legal-privilege --reason 'advice of 3 March'
    section9 sar decide S-0001 --accept all
    """
    from cases.sar_desk import Decision
    from evidence.proposing import also as wherever
    from evidence.redaction import texts

    if not (accept or withhold):
        raise click.UsageError("give --accept all, none or numbers; or --withhold and why")
    book, found = desk(app), desk(app).seen(sar_id)
    withheld = Code(withhold) if withhold else None
    decisions = []
    for record in _chosen(book.records(found, mail), mail):
        if mail or record.mail not in found.decided:
            taken = () if withhold else _accepted(found, record.mail, accept)
            whole = texts(record)
            more = (one for words in also for one in wherever(whole, words, Code(code)))
            decisions.append(Decision(record.mail, (*taken, *more), withheld, reason.strip()))
    book.decide(found, decisions)
    click.echo(f"{len(decisions):,} message{'' if len(decisions) == 1 else 's'} decided")


@sar.command("bundle")
@click.argument("sar_id", metavar="SAR")
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path))
@click.option("--pdf", "as_pdf", is_flag=True, help="Each message as PDF too; far slower.")
@json_option
@click.pass_obj
def bundle(app: App, sar_id: str, folder: Path, *, as_pdf: bool, as_json: bool) -> None:
    """Write what is disclosed into an empty folder: pages with what was decided burnt in.

    The originals are not among them. It is recorded before anything is given.

    \b
    section9 sar bundle S-0001 S-0001
    """
    from cases.exporting import Exports, Wish
    from cases.sars import SarRefusedError
    from commands.progress import progress
    from evidence import sar_bundle
    from evidence.folder import Folder
    from evidence.pdf import require

    if as_pdf:
        require()
    book, found = desk(app), desk(app).seen(sar_id)
    if left := sar_bundle.undecided(found, book.records(found)):
        raise SarRefusedError(
            f"{left:,} messages of {found.id} are not decided: `section9 sar propose {found.id}` "
            f"shows them, `section9 sar decide {found.id}` decides"
        )
    target = Folder(folder)
    target.begun()
    forms = ("sar", *((sar_bundle.PDF,) if as_pdf else ()))
    exports = Exports(app.gate)
    export = exports.begin(
        found.case, Wish(found.query, forms=forms, program=f"section9 {version('section9')}")
    )
    with progress("Redacting", total=len(export.event.mails), unit="messages") as bar:
        made = sar_bundle.make(
            exports,
            export,
            found,
            target,
            controller=app.settings.trust.name,
            advance=bar.advance,
        )
    _print_bundle(found, made, folder, as_json=as_json)


def _print_bundle(found: "Sar", made: "Bundle", folder: Path, *, as_json: bool) -> None:
    from commands.lines import echo_json
    from commands.sar_lines import SarBundleLine

    if as_json:
        line = SarBundleLine(
            sar=found.id,
            found=made.found,
            given=made.given,
            redacted=made.redacted,
            closed=made.closed,
            own=made.own,
            files=made.files,
            sha256=made.sha256,
        )
        echo_json(line)
        return
    click.echo(f"{made.given:,} of {made.found:,} messages, {made.redacted:,} places taken out")
    if made.closed:
        click.echo(f"{made.closed:,} more are protected or sealed, and not given", err=True)
    if made.own:
        click.echo(f"{made.own:,} in scope are your own: somebody else has to look", err=True)
    click.echo(f"{folder}, sha256 of SHA256SUMS {made.sha256}")


def _chosen(records: "Iterator[Record]", mail: str) -> "list[Record]":
    """All messages, or the only one whose id begins so."""
    chosen = list(records)
    if mail and len(chosen) != 1:
        raise click.UsageError(f"{mail} begins the ids of {len(chosen):,} messages of this request")
    return chosen


def _accepted(found: "Sar", mail: "MailId", accept: str) -> "tuple[Redaction, ...]":
    """The proposals of a message that are followed."""
    if accept == "none":
        return ()
    known = found.proposed.get(mail)
    if known is None:
        raise click.UsageError(f"nothing is proposed yet: `section9 sar propose {found.id}`")
    proposed = known.proposed
    if accept == "all":
        return tuple(one.redaction for one in proposed)
    numbers = [int(one) if one.isdecimal() else 0 for one in accept.split(",")]
    if not all(0 < number <= len(proposed) for number in numbers):
        raise click.UsageError(f"--accept takes all, none, or of 1 to {len(proposed)}, such as 1,3")
    return tuple(proposed[number - 1].redaction for number in numbers)


def _subject(found: "Sar") -> "Subject":
    from evidence.proposing import Subject
    from people import name_key

    names = frozenset(name_key(one) for one in found.opened.names) - {""}
    return Subject(names, frozenset(found.opened.addresses))


def _around(app: App) -> "Around":
    from commands.breach_papers import known_people
    from evidence.proposing import Around

    known = known_people(app)
    return Around(known.person, known.roll)


def _print_proposals(
    found: "Sar",
    record: "Record",
    proposed: "tuple[Proposed, ...]",
    *,
    in_full: bool,
    as_json: bool,
) -> None:
    from commands.lines import echo_json
    from commands.sar_lines import message_line

    if as_json:
        echo_json(message_line(found, record.mail, proposed))
        return
    decided = "  decided" if record.mail in found.decided else ""
    when = f"{record.date:%Y-%m-%d %H:%M}" if record.date else "without a date"
    click.echo(
        f"{click.style(record.mail[:SHORT], fg='yellow')}  {when}  "
        f"{len(proposed):,} places proposed{decided}"
    )
    if in_full:
        _print_places(record, proposed)


def _print_places(record: "Record", proposed: "tuple[Proposed, ...]") -> None:
    from cases.telling import safe
    from evidence.redaction import texts

    whole = texts(record)
    for number, one in enumerate(proposed, start=1):
        place, text = one.redaction, whole[one.redaction.part]
        before = text[max(place.start - AROUND, 0) : place.start]
        after = text[place.end : place.end + AROUND]
        what = click.style(f"«{safe(text[place.start : place.end])}»", fg="red")
        shown = f"{safe(before)}{what}{safe(after)}".replace("\n", " ")
        click.echo(f"  {number:3}  {place.part:8}  {shown}")
        click.echo(f"       {place.code}: {one.why}")
