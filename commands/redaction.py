"""Redaction at the command line: what is proposed, what a person decides, and what is given.

A matter is a subject access request (`section9 sar`) or a case (`section9 redact`).
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import wraps
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import click

from archive.redaction_events import Code
from commands.app import App
from commands.investigation import SHORT

if TYPE_CHECKING:
    from archive.redaction_events import Proposed, Redaction
    from cases.disclosing import Decision, Matter, Matters
    from evidence.disclosure import Bundle, Cover
    from evidence.proposing import Around, Subject
    from section9 import MailId, Record

CODES = click.Choice([code.value for code in Code])
Kind = TypeVar("Kind", bound="Matter")
AROUND = 30  # characters shown on either side of what is proposed


@dataclass(frozen=True, slots=True)
class Choice:
    """What somebody typed of what to take out."""

    accept: str
    also: tuple[str, ...]
    code: Code  # of `also`
    withhold: Code | None
    reason: str


def choice_options(command: Callable[..., None]) -> Callable[..., None]:
    """The options that say what to take out; the command is given them as `wish`.

    Raises `click.UsageError` where they say nothing.
    """

    @wraps(command)
    def wished(
        *given: object,
        accept: str,
        also: tuple[str, ...],
        code: str,
        withhold: str | None,
        reason: str,
        **others: object,
    ) -> None:
        if not (accept or withhold):
            raise click.UsageError("give --accept all, none or numbers; or --withhold and why")
        withheld = Code(withhold) if withhold else None
        command(*given, wish=Choice(accept, also, Code(code), withheld, reason.strip()), **others)

    for option in _CHOICES:
        wished = option(wished)
    return wished


_CHOICES = (
    click.option("--reason", default="", help="Written to the ledger."),
    click.option("--withhold", type=CODES, help="Give nothing of the message, and why."),
    click.option("--code", type=CODES, default=Code.THIRD_PARTY.value, help="Why; for --also."),
    click.option("--also", multiple=True, metavar="WORDS", help="More words to take out."),
    click.option("--accept", default="", metavar="all|none|1,3", help="Which proposals to follow."),
)


def subject(names: Iterable[str], addresses: Iterable[str]) -> "Subject":
    """Whose data may stay: whoever is given the mail."""
    from evidence.proposing import Subject
    from people import name_key

    return Subject(
        frozenset(map(name_key, names)) - {""}, frozenset(one.lower() for one in addresses)
    )


def look_through(
    app: App, book: "Matters[Kind]", matter: "Kind", reader: "Subject", mail: str
) -> "list[tuple[Record, tuple[Proposed, ...]]]":
    """Propose what to take out of a matter's messages; it is on record before it is shown.

    `mail` is the beginning of an id, for that message alone.
    """
    from evidence.proposing import proposals

    known = _around(app)
    made = [
        (record, proposals(record, reader, known))
        for record in _chosen(book.records(matter, mail), mail)
    ]
    book.propose(matter, {record.mail: proposed for record, proposed in made})
    return made


def decide_on(book: "Matters[Kind]", matter: "Kind", wish: Choice, mail: str) -> None:
    """Decide what is taken out of one message, or of all that are not decided yet."""
    records = _chosen(book.records(matter, mail), mail)
    made = _decisions(matter, records, wish, again=bool(mail))
    book.decide(matter, made)
    click.echo(f"{len(made):,} message{'' if len(made) == 1 else 's'} decided")


def _decisions(
    matter: "Matter", records: "list[Record]", wish: Choice, *, again: bool
) -> "list[Decision]":
    """What that comes to for each message; only with `again` for those decided before."""
    from cases.disclosing import Decision
    from evidence.proposing import also as wherever
    from evidence.redaction import texts

    made = []
    for record in records:
        if again or record.mail not in matter.decided:
            taken = () if wish.withhold else _accepted(matter, record.mail, wish.accept)
            whole = texts(record)
            more = (one for words in wish.also for one in wherever(whole, words, wish.code))
            made.append(Decision(record.mail, (*taken, *more), wish.withhold, wish.reason))
    return made


def give(  # noqa: PLR0913 - what is given, of what, and where
    app: App,
    matter: "Matter",
    records: "Iterator[Record]",
    folder: Path,
    cover: "Cover",
    *,
    forms: tuple[str, ...],
) -> "Bundle":
    """Fill a folder with a matter's messages, what was decided burnt in; or go on filling it."""
    from cases.exporting import Exports, Wish
    from commands.exporting import begun_in
    from commands.progress import progress
    from evidence import disclosure
    from evidence.folder import Folder
    from evidence.pdf import require

    if disclosure.PDF in forms:
        require()
    target, exports = Folder(folder), Exports(app.gate)
    if target.begun() is None and (left := disclosure.undecided(matter, records)):
        raise disclosure.UndecidedError(matter.id, left)
    wish = Wish(matter.query, forms=forms, program=f"section9 {version('section9')}")
    export = begun_in(exports, target, matter.case, wish, None)
    with progress("Redacting", total=len(export.event.mails), unit="messages") as bar:
        return disclosure.make(
            exports,
            export,
            matter,
            target,
            cover=cover,
            controller=app.settings.trust.name,
            advance=bar.advance,
        )


def print_bundle(made: "Bundle", folder: Path) -> None:
    """Say what was given, and what was not."""
    click.echo(f"{made.given:,} of {made.found:,} messages, {made.redacted:,} places taken out")
    if made.closed:
        click.echo(f"{made.closed:,} more are protected or sealed, and not given", err=True)
    if made.own:
        click.echo(f"{made.own:,} in scope are your own: somebody else has to look", err=True)
    click.echo(f"{folder}, sha256 of SHA256SUMS {made.sha256}")


def _chosen(records: "Iterator[Record]", mail: str) -> "list[Record]":
    """All messages, or the only one whose id begins so."""
    found = list(records)
    if mail and len(found) != 1:
        raise click.UsageError(f"{mail} begins the ids of {len(found):,} messages of this matter")
    return found


def _accepted(matter: "Matter", mail: "MailId", accept: str) -> "tuple[Redaction, ...]":
    """The proposals of a message that are followed."""
    if accept == "none":
        return ()
    known = matter.proposed.get(mail)
    if known is None:
        raise click.UsageError(f"nothing is proposed yet for {mail[:SHORT]}: `propose` is first")
    proposed = known.proposed
    if accept == "all":
        return tuple(one.redaction for one in proposed)
    numbers = [int(one) if one.isdecimal() else 0 for one in accept.split(",")]
    if not all(0 < number <= len(proposed) for number in numbers):
        raise click.UsageError(f"--accept takes all, none, or of 1 to {len(proposed)}, such as 1,3")
    return tuple(proposed[number - 1].redaction for number in numbers)


def _around(app: App) -> "Around":
    """What is known of people, to propose by."""
    from commands.breach_papers import known_people
    from evidence.proposing import Around

    known = known_people(app)
    return Around(known.person, known.roll)


def print_proposals(
    matter: "Matter", record: "Record", proposed: "tuple[Proposed, ...]", *, in_full: bool
) -> None:
    """Print a message's line, and with `in_full` each place with the words around it."""
    decided = "  decided" if record.mail in matter.decided else ""
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
