"""`section9 review`: what the reviewers of a case say of its mail, on a screen or by commands."""

import secrets
import sys
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

import click

from archive.review_events import Verdict
from cases.telling import moment, safe
from commands.app import App
from commands.choosing import Choice, choosing, chosen
from commands.completing import CASES, QUERIES
from commands.covering import coverage
from commands.investigation import NO_HITS, case_option

if TYPE_CHECKING:
    from cases.reviewing import Opinion, Reviewed
    from cases.reviews import Reviews
    from commands.review_screen.app import ReviewApp

json_option = click.option("--json", "as_json", is_flag=True, help="JSON.")


@click.group(invoke_without_command=True)
@click.option(
    "--case",
    "case_id",
    metavar="CASE",
    shell_complete=CASES,
    help="The case whose mail is reviewed.",
)
@click.option(
    "--query",
    default="*",
    shell_complete=QUERIES,
    help="Which messages of its scope.  [default: all]",
)
@click.pass_context
def review(context: click.Context, *, case_id: str | None, query: str) -> None:
    """Review a case: on a screen, or by the commands below. All that is said is recorded.

    The screen has a key for everything (? lists them) and works over SSH. What is opened in it
    is recorded as `section9 show` records it.

    \b
    section9 review --case C-0001
    section9 review --case C-0001 --query 'finding:* -is:reviewed'
    """
    if context.invoked_subcommand:
        return
    if not case_id:
        raise click.UsageError("name the case to review with --case, or one of the commands")
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        raise click.UsageError("the screen needs a terminal; `section9 review --help` has commands")
    screen(context.obj, case_id, query).run()


def screen(app: App, case: str, query: str = "*") -> "ReviewApp":
    """The screen over a case, before it is shown. Raises `NoAuthorityError`."""
    from cases.reviews import Reviews
    from cases.saved import Searches
    from commands.review_screen.app import ReviewApp
    from commands.review_screen.desk import Desk

    reviews = Reviews(app.gate)
    found = reviews.review(case).case
    app.gate.asked(query)
    return ReviewApp(Desk(reviews, Searches(app.gate), found, app.looked, query))


review.add_command(coverage)


@review.command("tag")
@choosing
@case_option
@click.option("--add", multiple=True, metavar="TAG", help="Put it on; may be repeated.")
@click.option("--remove", multiple=True, metavar="TAG", help="Take it off; may be repeated.")
@json_option
@click.pass_obj
def tag(  # noqa: PLR0913 - each is an option of the command
    app: App,
    mails: tuple[str, ...],
    *,
    separator: str,
    query: str,
    case_id: str,
    add: tuple[str, ...],
    remove: tuple[str, ...],
    as_json: bool,
) -> None:
    """Put tags on messages, or take them off; `tag:TAG` finds them in the case.

    \b
    section9 review tag 1f3a9c0b21de --case C-0001 --add hr/grievance
    section9 review tag --query 'from:coach-firm' --case C-0001 --add coach --remove hot
    """
    some = chosen(app, case_id, Choice(mails, separator, query))
    done = _reviews(app).tag(case_id, some, add=add, remove=remove)
    _print_done(app, case_id, "tag", done, as_json=as_json)


@review.command("note")
@choosing
@case_option
@click.option("--text", required=True, help="The note; written to the ledger, in no export.")
@json_option
@click.pass_obj
def note(  # noqa: PLR0913 - each is an option of the command
    app: App,
    mails: tuple[str, ...],
    *,
    separator: str,
    query: str,
    case_id: str,
    text: str,
    as_json: bool,
) -> None:
    """Write a note on messages. A later note corrects it; none is ever taken off.

    \b
    section9 review note 1f3a9c0b21de --case C-0001 --text 'the same as in the letter of 3 May'
    """
    some = chosen(app, case_id, Choice(mails, separator, query))
    _print_done(app, case_id, "note", _reviews(app).note(case_id, some, text), as_json=as_json)


@review.command("mark")
@choosing
@case_option
@click.option(
    "--as",
    "verdict",
    required=True,
    type=click.Choice([one.value for one in Verdict]),
    help="What it is to the case.",
)
@click.option("--reason", default="", help="Why; privilege and --settle need it.")
@click.option("--settle", is_flag=True, help="End a dispute; the case's investigator alone.")
@json_option
@click.pass_obj
def mark(  # noqa: PLR0913 - each is an option of the command
    app: App,
    mails: tuple[str, ...],
    *,
    separator: str,
    query: str,
    case_id: str,
    verdict: str,
    reason: str,
    settle: bool,
    as_json: bool,
) -> None:
    """Say what messages are to the case: relevant, not-relevant, privileged or undecided.

    Each reviewer's last word stands; where they differ, `is:disputed` finds it. What anybody
    calls privileged is in no export, and only the investigator and who said so can read it.

    \b
    section9 review mark 1f3a9c0b21de --case C-0001 --as relevant
    section9 search 'from:newsletter' --case C-0001 --format ids0 |
        section9 review mark --stdin0 --case C-0001 --as not-relevant
    """
    some = chosen(app, case_id, Choice(mails, separator, query))
    reviews = _reviews(app)
    done = reviews.mark(case_id, some, Verdict(verdict), reason=reason, settle=settle)
    _print_done(app, case_id, "mark", done, as_json=as_json)


@review.command("assign")
@choosing
@case_option
@click.option("--to", "reviewer", required=True, help="A reviewer of the case; '' takes back.")
@json_option
@click.pass_obj
def assign(  # noqa: PLR0913 - each is an option of the command
    app: App,
    mails: tuple[str, ...],
    *,
    separator: str,
    query: str,
    case_id: str,
    reviewer: str,
    as_json: bool,
) -> None:
    """Give messages to a reviewer of the case; `todo:NAME` finds what waits for them.

    \b
    section9 review assign --query 'date:2026-09' --case C-0001 --to s.econd
    """
    some = chosen(app, case_id, Choice(mails, separator, query))
    done = _reviews(app).assign(case_id, some, reviewer)
    _print_done(app, case_id, "assign", done, as_json=as_json)


@review.command("second")
@case_option
@click.option("--of", "of", required=True, help="Whose verdicts are checked: an account.")
@click.option("--to", "reviewer", required=True, help="Who checks them: another.")
@click.option(
    "--share",
    type=click.FloatRange(0, 100, min_open=True),
    default=100,
    show_default=True,
    metavar="PERCENT",
    help="How much of them, drawn at random.",
)
@click.option("--seed", type=click.IntRange(0), help="Draw as it was drawn before.")
@json_option
@click.pass_obj
def second(  # noqa: PLR0913 - each is an option of the command
    app: App,
    *,
    case_id: str,
    of: str,
    reviewer: str,
    share: float,
    seed: int | None,
    as_json: bool,
) -> None:
    """Have another reviewer say again what one reviewer decided: all of it, or a sample.

    `coverage` counts how often the two agree. What was drawn for the two before is not drawn
    again; the seed is on the ledger.

    \b
    section9 review second --case C-0001 --of s.econd --to i.nspector --share 10
    """
    from cases.reviews import Draw

    draw = Draw(share / 100, secrets.randbelow(2**32) if seed is None else seed)
    done = _reviews(app).ask_again(case_id, of=of, reviewer=reviewer, draw=draw)
    _print_done(app, case_id, "second", done, as_json=as_json)


@review.command("admit")
@click.argument("reviewer", metavar="ACCOUNT")
@case_option
@click.option("--reason", required=True, help="Why; written to the ledger.")
@click.pass_obj
def admit(app: App, reviewer: str, *, case_id: str, reason: str) -> None:
    """Let another account review a case beside its investigator: an authoriser's act.

    \b
    section9 review admit s.econd --case C-0001 --reason 'ten thousand messages by Friday'
    """
    case = app.casebook.admit(case_id, reviewer, reason=reason)
    click.echo(f"{reviewer} reviews case {case.id} from now on")


@review.command("dismiss")
@click.argument("reviewer", metavar="ACCOUNT")
@case_option
@click.option("--reason", required=True, help="Why; written to the ledger.")
@click.pass_obj
def dismiss(app: App, reviewer: str, *, case_id: str, reason: str) -> None:
    """End a reviewer's part in a case. What they said stands.

    \b
    section9 review dismiss s.econd --case C-0001 --reason 'left the trust'
    """
    case = app.casebook.dismiss(case_id, reviewer, reason=reason)
    click.echo(f"{reviewer} reviews case {case.id} no more")


@review.command("show")
@click.argument("mail")
@case_option
@json_option
@click.pass_obj
def show(app: App, mail: str, *, case_id: str, as_json: bool) -> None:
    """Tell all that reviewers said of a message: who said what last, and where they differ.

    \b
    section9 review show 1f3a9c0b21de --case C-0001
    """
    from commands.lines import echo_json
    from commands.review_lines import review_line

    said = _reviews(app).review(case_id)
    found = app.gate.find(case_id, mail, act="review")
    if as_json:
        echo_json(review_line(said.case, found, said.of(found)))
        return
    click.echo(f"Mail        {found}")
    for name, value in told(said.of(found)):
        click.echo(f"{click.style(f'{name:<12}', bold=True)}{safe(value)}")


def told(one: "Reviewed") -> Iterator[tuple[str, str]]:
    """What is said of a message, in lines: what they are about, and what they say."""
    yield "Stands as", (one.verdict or "not reviewed") + (", disputed" if one.disputed else "")
    if one.settled:
        yield "Settled", _opinion(one.settled)
    for opinion in one.opinions.values():
        yield "Verdict", _opinion(opinion)
    if one.assigned:
        yield "Given to", one.assigned
    for check in one.checks.values():
        word = check.second or "nothing yet"
        agrees = "" if check.second is None else (", agreed" if check.agreed else ", not agreed")
        yield "Checked", f"{check.of} said {check.first}, {check.reviewer} {word}{agrees}"
    for tag, said in sorted(one.tags.items()):
        yield "Tag", f"{tag}, by {said.by}, {moment(said.at)}"
    for note in one.notes:
        yield "Note", f"{note.text}, by {note.said.by}, {moment(note.said.at)}"


def _opinion(one: "Opinion") -> str:
    reason = f": {one.reason}" if one.reason else ""
    return f"{one.verdict}, by {one.said.by}, {moment(one.said.at)}{reason}"


@review.command("next")
@case_option
@click.option(
    "--query",
    default="*",
    shell_complete=QUERIES,
    help="Among which messages.  [default: the whole scope]",
)
@json_option
@click.pass_obj
def next_(app: App, *, case_id: str, query: str, as_json: bool) -> None:
    """Find the message to review next: what waits for you, then what waits for anybody.

    Exit code 4 says that all is reviewed. The search is recorded.

    \b
    section9 review next --case C-0001
    """
    from commands.investigation import print_hits
    from search.order import Order

    for asked in waiting(query, app.actor):
        answer = app.gate.search(case_id, asked, limit=1, order=Order.OLDEST)
        if answer.page.hits:
            print_hits(answer, as_json=as_json)
            click.echo(f"{answer.page.total:,} wait", err=True)
            return
    click.echo("all of it is reviewed", err=True)
    raise click.exceptions.Exit(NO_HITS)


def waiting(query: str, actor: str) -> Iterable[str]:
    """Queries for what is to be reviewed, the more pressing first."""
    yield f'({query}) todo:"{actor}"'
    yield f"({query}) -is:reviewed -is:undecided -assigned:*"


def _reviews(app: App) -> "Reviews":
    from cases.reviews import Reviews

    return Reviews(app.gate)


def _print_done(app: App, case: str, act: str, done: int, *, as_json: bool) -> None:
    from commands.lines import echo_json
    from commands.review_lines import ReviewedLine

    found = app.casebook.case(case).id
    if as_json:
        echo_json(ReviewedLine(found, act, done))
    else:
        click.echo(f"{DONE[act]}: {done:,} message{'' if done == 1 else 's'} of case {found}")


DONE = {
    "tag": "tagged",
    "note": "noted",
    "mark": "marked",
    "assign": "assigned",
    "second": "to be reviewed again",
}
