"""`section9 audit`: what was done, the proof that its record is whole, and the heads sent away."""

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from commands.app import App
from commands.digesting import digest, enter
from commands.indexing import NOT_WHOLE, record

if TYPE_CHECKING:
    from archive.audit import Audit, Given
    from cases.oversight import Entry, Wanted
    from commands.anchoring import Made

WAITS = 44  # exit code
DAY = click.DateTime(formats=["%Y-%m-%d"])
FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.group()
def audit() -> None:
    """See what was done, prove that its record is whole, and keep that proof elsewhere."""


@audit.command("log")
@click.option("--by", multiple=True, help="Acts of this account; may be repeated.")
@click.option("--act", "--kind", "kinds", multiple=True, help="`searched`, `viewed`, `refused` …")
@click.option("--case", "case", default="", help="Acts in this case, its requests and its holds.")
@click.option("--mail", default="", help="Acts on this message, searches that showed it too.")
@click.option("--since", type=DAY, help="From this day on (UTC).")
@click.option("--until", type=DAY, help="Up to this day, included.")
@click.option(
    "--book",
    "books",
    multiple=True,
    type=click.Choice(["mail", "cases", "access", "web"]),
    default=("cases", "access"),
    show_default=True,
    help="Of these books of the ledger; mail and web are what was archived.",
)
@click.option("--newest-first", is_flag=True, help="Begin with the latest.")
@click.option("--limit", type=click.IntRange(min=1), help="End after so many.")
@click.option("--words", is_flag=True, help="With the queries and reasons, as staff typed them.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line.")
@click.pass_obj
def log(  # noqa: PLR0913 - a filter each
    app: App,
    *,
    by: tuple[str, ...],
    kinds: tuple[str, ...],
    case: str,
    mail: str,
    since: datetime | None,
    until: datetime | None,
    books: tuple[str, ...],
    newest_first: bool,
    limit: int | None,
    words: bool,
    as_json: bool,
) -> None:
    """Tell what was done, oldest first: who, when, what, in which case; no content.

    Takes a role that may read the audit log. That you read it is on the ledger too. What
    concerns your own addresses is left out.

    \b
    section9 audit log --by i.nspector --since 2026-11-01
    section9 audit log --mail 3f2a --json
    """
    from itertools import islice

    from archive.books import Book
    from cases.oversight import Wanted, affairs, chosen, entries
    from commands.audit_lines import entry_line
    from commands.lines import echo_json

    wanted = Wanted(
        by=frozenset(by),
        kinds=frozenset(_known_kinds(kinds)),
        case=_an_id(case, r"[Cc]-[0-9]{4,9}", "--case"),
        mail=_an_id(mail.lower(), r"[0-9a-f]{4,64}", "--mail"),
        since=since.date() if since else None,
        until=until.date() if until else None,
    )
    enter(app, "log", _told(wanted, words=words))
    about = affairs(app.ledger.events(Book.CASES))
    read = app.ledger.backwards if newest_first else app.ledger.segments
    found = entries((read(Book(book)) for book in books), newest_first=newest_first)
    mine = app.accounts.addresses(app.actor)
    for entry in islice(chosen(found, wanted, about, reader=mine), limit):
        line = entry_line(entry, about, typed=words)
        if as_json:
            echo_json(line)
        else:
            _print_entry(entry, line.case, line.mail, words=line.words)


def _known_kinds(kinds: tuple[str, ...]) -> tuple[str, ...]:
    from archive.segment import kinds as known

    if unknown := sorted(set(kinds) - known()):
        raise click.BadParameter(
            f"no act is called {', '.join(unknown)}; they are {', '.join(sorted(known()))}"
        )
    return kinds


def _an_id(typed: str, pattern: str, option: str) -> str:
    import re

    if typed and not re.fullmatch(pattern, typed):
        raise click.BadParameter(f"{option} takes an id, as `C-0001` or `3f2a17`")
    return typed


def _told(wanted: "Wanted", *, words: bool) -> tuple[str, ...]:
    """The filters as the ledger keeps them."""
    many = [("by", wanted.by), ("act", wanted.kinds)]
    single = [("case", wanted.case), ("mail", wanted.mail), ("words", "yes" if words else "")]
    days = [("since", wanted.since), ("until", wanted.until)]
    given = [(name, value) for name, values in many for value in sorted(values)]
    return tuple(f"{name}={value}" for name, value in (*given, *single, *days) if value)


def _print_entry(entry: "Entry", case: str, mail: str, *, words: tuple[str, ...]) -> None:
    from cases.oversight import facts, id_of
    from cases.telling import safe

    event = entry.event
    ids = (case, id_of(event, "request"), id_of(event, "hold"), mail[:12])
    told = " ".join(f"{name}={_one_line(value)}" for name, value in facts(event).items())
    typed = "".join(f"\n    {_one_line(one)}" for one in words)
    where = f"{entry.book} {entry.segment}"
    line = f"{event.at:%Y-%m-%d %H:%M:%S}  {where:<12} {event.by:<16} {event.kind:<17}"
    click.echo(safe(f"{line} {' '.join(filter(None, (*ids, told)))}".rstrip() + typed))


def _one_line(typed: object) -> str:
    """Let nobody's line end look like the beginning of another entry."""
    return " ".join(str(typed).split())


@audit.command("verify")
@click.option("--anchor", "files", multiple=True, type=FILE, help="An anchor kept elsewhere: .json")
@click.option("--key", "keys", multiple=True, type=FILE, help="Your own copy of the public key.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object.")
@click.pass_obj
def verify(app: App, *, files: tuple[Path, ...], keys: tuple[Path, ...], as_json: bool) -> None:
    """Prove that nothing on the ledger was rewritten, removed, inserted or reordered.

    Every chain is walked against the anchors in the archive and those given, which were kept
    elsewhere: an anchor's .sig lies beside its .json. Exit code 20 says that it is not whole.

    \b
    section9 audit verify
    section9 audit verify --key audit.pub --anchor anchor-000007.json
    """
    from archive.anchors import Anchors
    from archive.audit import Evidence
    from archive.audit import audit as prove
    from commands import anchoring
    from commands.audit_lines import audit_line
    from commands.keys import roots
    from commands.lines import echo_json
    from commands.progress import progress

    evidence = Evidence(
        heads=app.ledger.remembered(),
        given=tuple(map(_given, files)),
        roots=roots(app.settings.audit.tsa_ca),
    )
    trusted = anchoring.keys(app, keys)
    with progress("walking", total=None, unit="entries") as bar:
        found = prove(app.ledger, Anchors(app.store), trusted, evidence, progress=bar.reach)
    _record(app, found)
    if as_json:
        echo_json(audit_line(found))
    else:
        _print_audit(found)
    if found.problems:
        raise click.exceptions.Exit(NOT_WHOLE)


def _given(file: Path) -> "Given":
    from archive.anchors import Signed
    from archive.audit import Given

    signature = file.with_suffix(".sig")
    if not signature.is_file():
        raise click.BadParameter(f"{signature} is not there: an anchor comes with its signature")
    return Given(file.name, Signed(file.read_bytes(), signature.read_bytes()))


def _record(app: App, found: "Audit") -> None:
    from archive.access_events import Audited

    problems = len(found.problems)
    record(app, Audited(app.clock(), app.actor, found.heads, found.anchors, problems), "audit")


def _print_audit(found: "Audit") -> None:
    for problem in found.problems:
        click.secho(f"{problem.kind}: {problem.where}: {problem.detail}", fg="red")
    click.echo(
        f"{found.events:,} entries walked; {found.anchors:,} anchors and"
        f" {found.stamped:,} time stamps hold"
    )
    for head in found.heads:
        click.echo(f"the {head.book} book ends at {head.number:,} with {head.sha256}")
    if found.problems:
        click.secho(f"{len(found.problems):,} problems: the ledger is not as it was", fg="red")
    elif found.last is None:
        click.secho(
            "the chains hold, but nothing is anchored yet: run `section9 audit anchor`", fg="yellow"
        )
    else:
        last = found.last
        click.secho(
            f"the ledger is as it was at anchor {last.number} of"
            f" {last.at:%Y-%m-%d %H:%M:%S} UTC, and what follows is chained to it",
            fg="green",
        )


@audit.command("anchor")
@click.option("--json", "as_json", is_flag=True, help="One JSON object.")
@click.pass_obj
def anchor(app: App, *, as_json: bool) -> None:
    """Sign the end of every book, have it time-stamped, and mail it to who oversees.

    Exit code 44 says that it is made, and waits to be mailed or stamped; the next one does that.

    \b
    section9 audit anchor
    """
    from cases.roles import Deed
    from commands import anchoring
    from commands.audit_lines import anchor_line
    from commands.lines import echo_json

    app.require_operator(Deed.ANCHOR)
    made = anchoring.make(app)
    if as_json:
        echo_json(anchor_line(made))
    else:
        _print_anchor(app, made)
    if made.troubles:
        raise click.exceptions.Exit(WAITS)


def _print_anchor(app: App, made: "Made") -> None:
    from archive.anchors import key_of

    number = made.anchor.number
    click.echo(f"anchor {number}: {app.data / 'archive' / key_of(number, 'json')}")
    click.echo(f"SHA-256  {made.signed.sha256}")
    for head in made.anchor.heads:
        click.echo(f"{head.book:<8} {head.number:,} {head.sha256}")
    click.echo(f"{made.stamped:,} time-stamped, {made.mailed:,} mails sent")
    for trouble in made.troubles:
        click.secho(f"waits: {trouble}", fg="yellow", err=True)
    if not app.settings.audit.mail_to:
        click.secho(
            "it lies on this host alone: name who keeps it in [audit] mail_to",
            err=True,
            fg="yellow",
        )


@audit.command("keygen")
@click.pass_obj
def keygen(app: App) -> None:
    """Make the key that signs anchors, and print its public half, to be kept elsewhere.

    The private half is for the account of the service alone. `init` makes one too.

    \b
    sudo -u section9 section9 audit keygen > audit.pub
    """
    from cases.roles import Deed
    from commands.anchoring import key_path
    from commands.keys import make_key

    app.require_operator(Deed.ANCHOR)
    path = key_path(app)
    if path.absolute().is_relative_to(app.data / "archive"):
        raise click.UsageError("[audit] key lies in the archive, which is copied: name another")
    click.echo(make_key(path), nl=False)
    click.echo(
        f"{path} signs the anchors. Keep what was printed where nobody of this host can change it.",
        err=True,
    )


audit.add_command(digest)
